"""Every number that a page links to its records is theirs: what they add up to is what is shown, in the file as on the page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from paceline.insight.waterfall import Deal, Standing, waterfall
from paceline.judging.waterfall import PipelineChange
from paceline.metrics.explain import Explanation
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Arithmetic, Constant, Grain, Kind, Measure, Term, Unit, at_grain
from paceline.project.running import Running
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope
from tests.product.conftest import Cast
from tests.product.stock import leaderboard

if TYPE_CHECKING:
    from django.test import Client

Opened = Callable[[str], "Client"]
PAGES = (
    ("manager", "/team/?period=last_month"),
    ("executive", "/team/"),
    ("executive", "/metrics/revenue/?period=last_quarter"),
    ("rep", "/reps/{rep}/"),
    ("manager", "/goals/"),
    ("manager", "/one-on-ones/{rep}/"),
    ("manager", "/forecast/"),
    ("executive", "/leaderboard/?metric=meetings_held"),
    ("manager", "/data-health/"),
)
_EVERY = 15  # one link in so many is followed to the page and the file of its records; of the others the number is asked alone
_NUMBER = re.compile(r"[\d–]")


class Links(HTMLParser):
    """The links of a page to records: where they lead, and what is written on them for the eye."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href, self._hidden = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and (told.get("href") or "").startswith("/records/"):
            self._href = told["href"] or ""
            self.found.append((self._href, ""))
        elif self._href and (self._hidden or "vh" in (told.get("class") or "").split()):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""
        elif self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if self._href and not self._hidden:
            self.found[-1] = (self._href, self.found[-1][1] + data)


def numbers_on(client: Client, address: str) -> Iterator[tuple[str, str]]:
    """Where each number of a page leads, and how it is written there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    links = Links()
    links.feed(answer.content.decode())
    for href, text in links.found:
        shown = re.sub(r"[▲▼!\s]+", " ", text).strip()
        if _NUMBER.search(shown):
            yield href, shown


def written_of(reading: Reading) -> set[str]:
    """How pages write a reading."""
    from paceline.pages.dashboards import written

    told = {written.reading(reading, short=short) or "–" for short in (True, False)}
    return {re.sub(r"\s+", " ", one) for one in told}


def asked_again(place: Running, user: Any, href: str) -> Reading:
    """The number that the records at an address are of, by the door of whoever follows the link."""
    from paceline.access.gate import door_of
    from paceline.pages.asked import asked_in
    from paceline.pages.dashboards import kept

    at = urlsplit(href)
    words = {name: values[-1] for name, values in parse_qs(at.query).items()}
    of = asked_in(words, door_of(user, "see_records"), words.get("rep"))
    return kept.one(place.store, unquote(at.path).split("/")[2], of.scope, of.period, as_of=of.as_of)


def test_what_a_number_shows_is_what_its_records_add_up_to(place: Running, cast: Cast, browser: Opened) -> None:
    followed, wrong = 0, []
    with leaderboard(place, "named"):
        for who, address in PAGES:
            shown = list(numbers_on(browser(who), address.format(rep=cast.rep_id("rep"))))
            assert shown, f"{who} {address} leads to no record"
            for number, (href, text) in enumerate(shown):
                reading = asked_again(place, cast[who], href)
                if text not in written_of(reading):
                    wrong.append(f"{who} {address}: {text} leads to {sorted(written_of(reading))} at {href}")
                elif number % _EVERY == 0:
                    followed += adds_up(browser(who), href)
    assert wrong == []
    assert followed > 10


def adds_up(client: Client, href: str) -> bool:
    """Whether there is a value; it is worked out again from the rows of the file."""
    page, at = client.get(href), urlsplit(href)
    told: Explanation = page.context["told"]
    assert "which isn’t the number" not in page.content.decode(), href
    file = client.get(f"{at.path.rstrip('/')}.csv?{at.query}")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    sums: dict[Measure, float | None] = {}
    for records in told.records:
        some, rows = rows[: records.table.num_rows], rows[records.table.num_rows :]
        known = [float(row["contribution"]) for row in some if row["contribution"]]
        sums[records.measure] = records.number if records.measure.kind is Kind.QUANTILE else sum(known)
    assert rows == []
    reading = told.reading
    if reading.value is None:
        return False
    scope = reading.scope
    grain = Grain.REP if scope.one_rep else Grain.COMPANY if scope.is_company else Grain.TEAM if scope.one_team else Grain.GROUP
    top = number_of(at_grain(reading.metric.numerator, grain), sums)
    bottom = 1.0 if reading.metric.denominator is None else number_of(at_grain(reading.metric.denominator, grain), sums)
    cents = 100 if reading.metric.unit is Unit.MONEY else 1
    assert top / bottom / cents == pytest.approx(reading.value), href
    return True


def number_of(term: Term, sums: dict[Measure, float | None]) -> float:
    """A term from the sums of the files' rows."""
    if isinstance(term, Constant):
        return term.value
    if isinstance(term, Measure):
        return sums[term] or 0.0
    assert isinstance(term, Arithmetic)
    left, right = number_of(term.left, sums), number_of(term.right, sums)
    return {"plus": left + right, "minus": left - right, "times": left * right, "distance": abs(left - right)}[term.operation]


def test_a_group_of_decided_deals_opens_to_these_very_deals(browser: Opened) -> None:
    manager, seen = browser("manager"), 0
    for cut in ("source",):
        for href, shown in numbers_on(manager, f"/decide/?by={cut}"):
            assert "group=" in href
            lists = manager.get(href).context["lists"]
            assert (lists[1].number, lists[1].count) == (shown, int(shown)), href
            seen += 1
    assert seen > 4


def test_a_part_of_a_reading_asked_by_a_program_leads_to_its_own_records(cast: Cast, browser: Opened) -> None:
    from django.test import Client

    from paceline.people import keys

    program = Client(headers={"Authorization": f"Bearer {keys.make(cast['executive'], 'crawl')[1]}"})
    executive, items = browser("executive"), []
    for cut in ("source", "role"):
        items += program.get(f"/api/v1/readings?metrics=win_rate&by={cut}&period=this_quarter").json()["items"]
    assert len(items) > 4
    for one in items:
        at = urlsplit(one["link"])
        told = executive.get(f"/records/{unquote(at.path).split('/')[2]}/?{at.query}").context["told"]
        assert told.reading.value == pytest.approx(one["value"]), one["link"]


def test_a_group_that_isnt_there_or_cant_be_cut_is_told(browser: Opened) -> None:
    manager = browser("manager")
    for group in ("source:Nowhere", "weather:rain", "colour"):
        assert manager.get("/records/win_rate/", {"group": group, "period": "this_quarter"}).status_code == 400


def test_a_deal_without_an_owner_is_in_the_forecast_and_leads_to_nobody(browser: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.pages.dashboards import forecast_views
    from paceline.pages.dashboards.later import soon

    def without_owners(*asked: Any) -> Any:
        found = soon(*asked)
        return replace(found, deals=tuple(replace(deal, rep_id="", rep_name="nobody") for deal in found.deals))

    monkeypatch.setattr(forecast_views, "soon", without_owners)
    page = browser("manager").get("/forecast/")
    assert page.status_code == 200
    assert "nobody · " in page.content.decode()


def test_a_changes_number_opens_to_its_weeks_and_each_week_to_its_records(place: Running, cast: Cast, browser: Opened) -> None:
    days = "since=2026-06-01&until=2026-06-15"
    page = browser("executive").get(f"/weeks/meetings_held/?{days}")
    rows = page.context["rows"]
    assert page.context["made_of"] == f"{sum(int(row['value']) for row in rows if row['counted'])} ÷ 3"
    for row in rows[::10]:
        assert int(row["value"]) == asked_again(place, cast["executive"], row["records"]).numerator, row
    rate = browser("executive").get(f"/weeks/email_response_rate/?{days}").context["rows"]
    for row in rate[::10]:
        reading = asked_again(place, cast["executive"], row["records"])
        assert row["value"] == f"{reading.numerator} ÷ {reading.denominator}", row

    assert browser("manager").get(f"/weeks/meetings_held/?{days}").status_code == 404, "the company's are for who sees everybody"
    mine = f"/weeks/meetings_held/?{days}&rep={cast.rep_id('rep')}"
    assert [browser(who).get(mine).status_code for who in ("rep", "manager", "peer", "other_manager")] == [200, 200, 404, 404]
    assert browser("executive").get("/weeks/meetings_held/").status_code == 400
    assert browser("executive").get(f"/weeks/revenue/?{days}").status_code == 404, "a sum of money is judged in no week"


def test_the_deals_of_a_pipelines_change_add_up_to_each_part(browser: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.pages.dashboards import export_views, forecast_views

    def standing(cents: int | None) -> Standing:
        return Standing(True, cents, cents, None, "R1")

    def told(_store: object, scope: Scope, opened: date, closed: date) -> PipelineChange:
        deals = [
            Deal("D1", standing(100_00), standing(150_00)), Deal("D2", standing(40_00), standing(90_50)),
            *(Deal(deal, None, standing(cents), start_day=epoch_day(closed)) for deal, cents in (("D3", 70_00), ("D4", None))),
        ]  # fmt: skip
        names = {"D1": "Acme & <b>Söhne</b>", "D3": "Borealis", "R1": "Ada Byron"}
        return PipelineChange(scope, opened, closed, None, "USD", waterfall(deals, epoch_day(opened), None), names, False)

    for room in (export_views, forecast_views):
        monkeypatch.setattr(room, "pipeline_change", told)
    manager, words = browser("manager"), "period=2026-05-04..2026-05-25"
    parts = {row["step"]: row for row in rows_of(manager, f"/forecast/changes.csv?{words}")}
    deals: dict[str, list[float]] = {}
    for row in rows_of(manager, f"/forecast/changes/deals.csv?{words}"):
        deals.setdefault(row["part"], []).append(float(row["amount"] or 0))
    assert deals == {"grown": [50.5, 50.0], "new": [70.0, 0.0]}
    for name, amounts in deals.items():
        assert len(amounts) == int(parts[name]["deals"])
        assert sum(amounts) == pytest.approx(float(parts[name]["amount"]))
    page = manager.get(f"/forecast/changes/?{words}").content.decode()
    named, told_beside = (
        ("Acme &amp; &lt;b&gt;Söhne&lt;/b&gt;", "Borealis", "D4", "Ada Byron"),
        ("without an amount", "in hindsight"),
    )
    for shown in (*named, "$50.50", "$70", *told_beside):
        assert shown in page


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    """A file's rows."""
    lines = client.get(address).content.decode("utf-8-sig").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
