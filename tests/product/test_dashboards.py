"""The data pages: what they show is what the engine answers, for the rows in sight and no others."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from threading import Semaphore
from typing import Any
from urllib.parse import parse_qsl, unquote
from weakref import ref
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from django.test import Client, RequestFactory

from paceline.access.doors import door_to
from paceline.insight.compare import UNLIKELY
from paceline.judging.drivers_read import FAMILIES
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.pages.dashboards import judged, later
from paceline.pages.dashboards.address import Address, Course
from paceline.pages.dashboards.kept import kept
from paceline.pages.dashboards.parts import first_of
from paceline.pages.dashboards.rep import page
from paceline.pages.dashboards.team import team, usual_of
from paceline.people.roles import Role
from paceline.project.running import Running
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.product.conftest import Cast

Browser = Callable[[str], Client]
PAGES = ("/today/", "/team/", "/forecast/", "/data-health/", "/metrics/", "/metrics/win_rate/", "/records/win_rate/", "/people/")


def text(answer: object) -> str:
    body: str = answer.content.decode()  # type: ignore[attr-defined]
    return unescape(re.sub(r"<[^>]+>", " ", body))


def big_number(answer: object) -> str:
    found = re.search(r'class="big">([^<]+)<', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def names_in_sight(place: Running, cast: Cast, role: str) -> tuple[set[str], set[str]]:
    """Names of those whom the role sees, and of everybody else."""
    user = cast[role]
    door = door_to(place.store, "see_team", Role(user.role), user.rep_id, True)
    seen = {person.rep_id for person in door.people()}
    stints = place.store.view().stints
    names = {stint.rep_id: stint.name for stint in stints if stint.name}
    ever = {stint.rep_id for stint in door.sight().members(stints)} | seen | {user.rep_id}
    mine = {names[rep] for rep in ever if rep in names}
    return mine, set(names.values()) - mine


def test_a_manager_reads_of_nobody_out_of_sight(place: Running, cast: Cast, browser: Browser) -> None:
    _, others = names_in_sight(place, cast, "other_manager")
    client = browser("other_manager")
    assert others
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        shown = text(answer)
        assert not [name for name in others if name in shown], path


def test_the_teams_file_has_the_engines_numbers(place: Running, cast: Cast, browser: Browser) -> None:
    answer = browser("manager").get("/team.csv?period=last_month")
    rows = list(csv.DictReader(line for line in io.StringIO(answer.content.decode()) if not line.startswith("#")))
    assert rows
    period = Period.containing("month", place.store.view().day, place.store.settings).before()
    sight = Scope.manager(cast.rep_id("manager"))
    for slug in ("meetings_held", "emails_sent", "win_rate"):
        expected = {r.group[0][1]: r.value for r in ask(place.store, slug, sight, period, ("rep",), mean_of_reps=False)}
        for row in (row for row in rows if row["metric"] == slug):
            value = float(row["value"]) if row["value"] else None
            assert value == expected[row["rep_id"]]
            assert row["value"] or row["none_because"]


@pytest.mark.parametrize("slug", ["meetings_held", "win_rate", "revenue", "days_between_touches", "stuck_opportunities"])
def test_a_numbers_records_add_up_on_its_page(slug: str, cast: Cast, browser: Browser) -> None:
    rep = cast.rep_id("rep")
    answer = browser("manager").get(f"/records/{slug}/?rep={rep}&period=this_quarter")
    assert answer.status_code == 200
    assert "which isn’t the number" not in text(answer)
    assert all(one.agrees for one in answer.context["lists"])


def test_a_mean_of_reps_stands_beside_shares_and_means_alone(browser: Browser) -> None:
    shown = [browser("manager").get(f"/records/{slug}/?period=2026-Q2").context["mean"] for slug in ("win_rate", "revenue")]
    assert shown[0]
    assert shown[1] is None


def test_the_records_file_has_every_row_and_goes_to_the_audit_log(place: Running, cast: Cast, browser: Browser) -> None:
    from paceline.access.models import AuditEntry

    rep = cast.rep_id("rep")
    client = browser("manager")
    answer = client.get(f"/records/meetings_held.parquet?rep={rep}&period=this_quarter")
    table = pq.read_table(io.BytesIO(answer.content))
    period = Period.containing("quarter", place.store.view().day, place.store.settings)
    reading = ask(place.store, "meetings_held", Scope.rep(rep) & Scope.manager(cast.rep_id("manager")), period).only()
    assert sum(table["contribution"].to_pylist()) == reading.value
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.what, entry.who) == ("exported", str(cast["manager"].public_id))


def test_the_team_page_shows_results_too(place: Running, cast: Cast, browser: Browser) -> None:
    page = browser("manager").get("/team/?show=results&period=last_month")
    assert {name for block in page.context["blocks"] for name, _ in block["groups"]} == {"Results"}
    answer = browser("manager").get(page.context["csv"])
    rows = list(csv.DictReader(line for line in io.StringIO(answer.content.decode()) if not line.startswith("#")))
    period = Period.containing("month", place.store.view().day, place.store.settings).before()
    sight = Scope.manager(cast.rep_id("manager"))
    expected = {r.group[0][1]: r.value for r in ask(place.store, "revenue", sight, period, ("rep",), mean_of_reps=False)}
    shown = {row["rep_id"]: float(row["value"]) for row in rows if row["metric"] == "revenue"}
    assert shown
    assert shown == {rep: expected[rep] for rep in shown}


def test_a_long_team_comes_in_parts_that_are_the_whole(place: Running) -> None:
    settings, day = place.store.settings, place.store.view().day
    course = Course.to(Period.containing("month", day, settings), day)
    whole = team(place.store, Scope.company(), course)
    parts = [team(place.store, Scope.company(), course, first=first, most=5) for first in range(0, whole.everybody, 5)]
    assert len(parts) > 1
    rows = [row.rep for part in parts for block in part.blocks for row in block.rows]
    assert rows == [row.rep for block in whole.blocks for row in block.rows]


def test_a_trend_is_a_file_too(browser: Browser) -> None:
    answer = browser("manager").get("/metrics/meetings_held.svg?period=last_month")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.content)
    assert root.tag.endswith("svg")
    assert "light-dark" in "".join(root.itertext())


def test_ids_of_any_letters_have_a_page() -> None:
    from django.urls import resolve, reverse

    for rep_id in ("rep-1", "00Q a/b", "ü%20?#"):
        address = reverse("rep", args=[rep_id])
        assert resolve(unquote(address)).kwargs == {"rep_id": rep_id}


def test_someone_elses_records_arent_there(cast: Cast, browser: Browser) -> None:
    rep = cast.rep_id("rep")
    for path in (
        f"/records/win_rate/?rep={rep}",
        f"/records/win_rate.csv?rep={rep}",
        f"/reps/{rep}/",
        f"/metrics/win_rate/?rep={rep}",
    ):
        assert browser("manager").get(path).status_code == 200
        assert browser("other_manager").get(path).status_code == 404
        assert browser("other_rep").get(path).status_code == 404


def test_a_reps_metric_page_names_no_peer(place: Running, cast: Cast, browser: Browser) -> None:
    """A distribution without names may be there; the names aren't."""
    me = cast.rep_id("rep")
    names = {stint.name for stint in place.store.view().stints if stint.name and stint.rep_id != me}
    shown = text(browser("rep").get("/metrics/meetings_held/?period=this_quarter"))
    assert not [name for name in names if name in shown]


def test_peers_are_shown_only_where_there_are_enough_to_hide_among(place: Running, cast: Cast) -> None:
    """Of fewer than five people with the role, a median would tell whose value it is."""
    user = cast["rep"]
    door = door_to(place.store, "see_peers", Role(user.role), user.rep_id, True)
    day = place.store.view().day
    course = Course.to(Period.containing("month", day, place.store.settings), day)
    peers = door.peers(user.rep_id)
    shown = page(place.store, Scope.rep(user.rep_id), user.rep_id, course, peers=peers)
    role = shown.who.role
    assert role is not None
    for cell in (cell for group in shown.groups for cell in group.cells if cell.against is not None):
        assert peers is not None
        found = ask(place.store, cell.metric.slug, peers & Scope.role(role), course.last, ("rep",), mean_of_reps=False)
        assert sum(reading.value is not None for reading in found) >= 5
    alone = page(place.store, Scope.rep(user.rep_id), user.rep_id, course, peers=Scope.reps([user.rep_id, cast.rep_id("peer")]))
    assert not [cell for group in alone.groups for cell in group.cells if cell.against is not None]


def test_no_value_is_a_dash_with_its_reason_and_never_a_zero(cast: Cast, browser: Browser) -> None:
    shown = text(browser("manager").get(f"/records/forecast_accuracy/?rep={cast.rep_id('rep')}&period=this_week"))
    assert "none, because" in shown
    assert not re.search(r"(?<![\d.,])0\.?0*%", shown.split("What it means")[0])


def test_an_address_that_says_nonsense_is_told_what_it_may_say(browser: Browser) -> None:
    client = browser("manager")
    wrong = (("period=last_weak", "last_week"), ("vs=everyone", "peers"), ("as_of=yesterday", "write it as 2026-06-30"))
    for query, hint in wrong:
        answer = client.get(f"/team/?{query}")
        assert answer.status_code == 400
        assert hint in text(answer)


def test_the_same_address_gives_the_same_page_as_of_a_past_day(browser: Browser) -> None:
    client = browser("manager")
    first = client.get("/team/?period=last_month&as_of=2026-06-15")
    assert first.status_code == 200
    assert "as known on" in text(first)
    assert text(client.get("/team/?period=last_month&as_of=2026-06-15")) == text(first)


def test_pages_speak_the_readers_language(browser: Browser) -> None:
    client = browser("manager")
    shown = client.get("/records/emails_sent/?period=this_quarter", headers={"accept-language": "de"})
    english = client.get("/records/emails_sent/?period=this_quarter", headers={"accept-language": "en"})
    assert big_number(shown) == big_number(english).replace(",", ".")


def test_an_address_keeps_only_what_differs_from_the_default() -> None:
    assert Address().query() == ""
    assert (
        Address(period="last_month", team="North").query(vs="year", rep="R 1") == "?period=last_month&vs=year&team=North&rep=R+1"
    )
    assert Address(team="North").query(team="") == ""


def test_a_running_period_is_held_against_the_same_days_of_those_before(place: Running) -> None:
    from datetime import date

    settings = place.store.settings
    month = Period.containing("month", date(2026, 6, 10), settings)
    course = Course.to(month, date(2026, 6, 10))
    assert course.so_far
    assert course.last == month
    assert {one.days for one in course.periods[:-1]} == {10}
    assert [one.first.day for one in course.periods] == [1] * len(course.periods)
    whole = Course.to(month, date(2026, 6, 30))
    assert not whole.so_far
    assert whole.periods[-2] == month.before()


def test_a_short_month_isnt_stretched_over_its_end(place: Running) -> None:
    from datetime import date

    march = Period.containing("month", date(2026, 3, 30), place.store.settings)
    february = Course.to(march, date(2026, 3, 30)).periods[-2]
    assert (february.first, february.until) == (date(2026, 2, 1), date(2026, 3, 1))


def test_a_team_is_shown_before_its_goals_are_worked_out(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_yet(*_: object) -> None:
        raise later.NotYetError

    words = {"as_of": "2026-04-20"}
    with monkeypatch.context() as patched:
        patched.setattr(judged, "goals_soon", not_yet)
        first = text(browser("manager").get("/team/", words))
    assert "Being worked out" in first
    assert "Median of reps" in first
    assert "Being worked out" not in text(browser("manager").get("/team/", words))


@pytest.mark.parametrize("path", ["/today/", "/team/", "/data-health/", "/data-health/restated/?metric=meetings_held"])
def test_a_page_that_takes_long_says_so_and_loads_itself_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(later, "WAIT", 0.0)
    monkeypatch.setattr(later, "_AT_ONCE", Semaphore(0))  # the work never begins
    day = {"as_of": "2026-04-21", "period": "2026-03", "since": "2026-04-02"}
    answer = browser("admin").get(path.split("?")[0], {**day, **dict(parse_qsl(path.partition("?")[2]))})
    assert answer["Refresh"] == str(later.AGAIN)


def test_goals_taken_together_count_only_those_who_have_one(place: Running, cast: Cast) -> None:
    door = door_to(place.store, "see_team", Role.MANAGER, cast.rep_id("manager"), True)
    period = Period.containing("quarter", place.store.view().day, place.store.settings)
    lines = judged.goal_lines(place.store, period, door.sight())
    found = judged.together(place.store, lines, door.sight())
    assert [one.target for one in found if one.line] == [one.line.goal.target for one in found if one.line]
    added_up = [one for one in found if one.line is None]
    assert added_up
    for one in added_up:
        same = [line for line in lines if line.goal.level == "rep" and (line.metric, line.period) == (one.metric, one.period)]
        assert one.people == len(same)
        together = sum(line.value or 0 for line in same)
        assert one.reading.value is not None
        assert one.reading.value <= together + 0.01  # a meeting of two of them is one meeting
        assert one.metric.slug != "revenue" or one.reading.value == pytest.approx(together)


def test_a_goal_whose_quarter_is_over_is_told_as_ended(browser: Browser) -> None:
    told = text(browser("manager").get("/team/", {"period": "last_quarter"}))
    assert "missed by" in told or "reached" in told
    assert "to date" not in told
    assert "behind pace" not in told
    assert "likely end" not in told


def test_the_parts_of_a_forecast_say_what_they_add_up_to(browser: Browser) -> None:
    assert "The parts are averages and add up to" in text(browser("manager").get("/forecast/"))


def test_an_ended_period_has_an_end_and_no_chances(browser: Browser) -> None:
    page = browser("manager").get("/forecast/?period=last_quarter")
    told = text(page)
    assert page.context["over"]
    assert "How it ended" in told
    guesses = ("8 in 10", "less than 1%", "most likely", "Without a forecast", "Deals that decide")
    assert not [word for word in guesses if word in told]
    assert "8 in 10" in text(browser("manager").get("/forecast/"))


def test_a_person_without_numbers_isnt_told_that_all_is_as_usual(cast: Cast, browser: Browser) -> None:
    page = browser("manager").get(f"/reps/{cast.rep_id('rep')}/?period=2024-01")
    assert page.context["silent"]
    assert "Everything is as usual" not in text(page)
    assert "There are no numbers of this period" in text(page)
    now = browser("manager").get(f"/reps/{cast.rep_id('rep')}/")
    assert not now.context["silent"]
    lasting = {one["metric"] for one in (*now.context["signals"], *now.context["praise"])}
    assert not lasting & {one["name"] for one in (*now.context["well"], *now.context["look"])}


def test_the_rep_page_says_which_goals_are_hardly_to_be_reached(place: Running, cast: Cast, browser: Browser) -> None:
    door = door_to(place.store, "see_team", Role.MANAGER, cast.rep_id("manager"), True)
    period = Period.containing("quarter", place.store.view().day, place.store.settings)
    lines = judged.goal_lines(place.store, period, door.sight())
    late = [one for one in lines if one.goal.level == "rep" and one.reach is not None and one.reach.chance <= UNLIKELY]
    assert late
    for line in late[:2]:
        shown = browser("manager").get(f"/reps/{line.goal.subject}/").content.decode()
        look = shown[shown.index('id="look"') : shown.index('id="well"')]
        assert f"{line.metric.name}, of the goal" in look
        assert ("against=goal" in look) == any(
            one.metric.slug in FAMILIES for one in late if one.goal.subject == line.goal.subject
        )


def test_what_was_read_before_a_load_is_let_go() -> None:
    class Loaded:
        state = (1, 0)

    class Answer:
        """Something large."""

    store: Any = Loaded()
    early = ref(kept(store, "a page", None, Answer))
    assert early() is not None
    assert kept(store, "a page", None, Answer) is early()
    store.state = (1, 1)
    kept(store, "another", None, Answer)
    assert early() is None


@pytest.mark.parametrize(("word", "first"), [("50", 50), ("", 0), ("-1", 0), ("x", 0), ("\u00b2", 0), ("9" * 5_000, 0)])
def test_a_part_begins_where_the_address_says_and_nonsense_is_the_beginning(word: str, first: int) -> None:
    assert first_of(RequestFactory().get("/team/", {"from": word})) == first


def test_a_usual_range_ends_where_the_metric_does() -> None:
    wins = usual_of(CATALOG["win_rate"], [0.9, 0.2, 1.0, 0.1, 0.9, 0.3, 1.0])
    meetings = usual_of(CATALOG["meetings_held"], [9, 2, 10, 1, 9, 3, 10])
    assert wins is not None
    assert meetings is not None
    assert (wins[0], wins[2], meetings[0]) == (0, 1, 0)
    assert meetings[2] > 10
