"""Ramp, Decide, Drivers, the track record, boards and saved views: what they say, and to whom."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.test import Client

from paceline.pages.dashboards import later, parts
from paceline.project.running import Running
from tests.product.conftest import Cast

Opened = Callable[[str], Client]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked out in the background is waited for."""
    monkeypatch.setattr(later, "WAIT", 120.0)


@pytest.fixture
def boards(place: Running) -> Iterator[Callable[[str], None]]:
    """Chooses what the company allows of leaderboards; as it was at the end."""
    before = place.project

    def chosen(word: str) -> None:
        config = replace(before.config, pages=replace(before.config.pages, leaderboard=word))
        place.project = replace(before, config=config)

    yield chosen
    place.project = before


def rows(answer: object) -> list[dict[str, str]]:
    lines = io.StringIO(answer.content.decode())  # type: ignore[attr-defined]
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def page(client: Client, path: str, **words: str) -> str:
    answer = client.get(path, words)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.content.decode()


def test_the_parts_of_a_gap_add_up_to_it_and_nothing_is_called_a_cause(cast: Cast, browser: Opened) -> None:
    shown = page(browser("manager"), "/drivers/", rep=cast.rep_id("rep"), period="2026-05")
    assert "because" not in shown.split("<main")[1].lower().replace("none, because", "")
    if "be split" in shown:
        pytest.fail(shown.split("<main")[1][:2000])
    found = rows(browser("manager").get("/drivers.csv", {"rep": cast.rep_id("rep"), "period": "2026-05"}))
    top = sum(float(row["part"]) for row in found if row["depth"] == "0")
    leaves = sum(float(row["part"]) for row in found if row["leaf"] == "True")
    assert top == pytest.approx(leaves, abs=1)
    assert browser("other_manager").get("/drivers/", {"rep": cast.rep_id("rep")}).status_code == 404
    assert browser("manager").get("/drivers/", {"against": "the weather"}).status_code == 400


def test_a_reps_page_tells_the_drivers_in_brief_once_they_are_worked_out(cast: Cast, browser: Opened) -> None:
    def brief() -> str:
        return page(browser("rep"), f"/reps/{cast.rep_id('rep')}/").split('id="drivers"')[1].split("</section>")[0]

    whole = page(browser("rep"), brief().split('href="')[1].split('"')[0].replace("&amp;", "&"))
    gap = whole.split("A gap of ")[1].split("<")[0]
    assert f">{gap}</b>" in brief()
    assert "against" in brief()


def test_a_long_list_comes_in_parts(browser: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def names(shown: str) -> list[str]:
        return re.findall(r'<th scope="row">.*?>([^<]+)</', shown.split('id="who"')[1].split("</tbody>")[0])

    whole = names(page(browser("executive"), "/forecast/"))
    monkeypatch.setattr(parts, "MOST", 4)
    seen, address = [], "/forecast/"
    while address:
        shown = page(browser("executive"), address)
        seen += names(shown)
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        address = f"/forecast/{following[1]}" if following else ""
    assert seen == whole


def test_a_rep_sees_her_own_ramp_and_past_hires_only_as_curves(place: Running, cast: Cast, browser: Opened) -> None:
    names = {stint.name for stint in place.store.view().stints if stint.name and stint.rep_id != cast.rep_id("rep")}
    own = page(browser("rep"), "/ramp/").split("<main")[1]
    assert not [name for name in names if name in own]
    assert rows(browser("rep").get("/ramp.csv")) == [
        row for row in rows(browser("admin").get("/ramp.csv")) if row["rep"] == cast.rep_id("rep")
    ]
    assert browser("manager").get("/ramp/", {"metric": "no_such"}).status_code == 400


def test_decide_compares_by_every_cut_and_says_how_sure_it_is(browser: Opened) -> None:
    for cut in ("source", "product", "segment", "account_type", "type", "territory"):
        assert "Every measure by" in page(browser("executive"), "/decide/", by=cut)
    habits = page(browser("executive"), "/decide/", by="strategy")
    assert "An association, not a cause." in habits
    answer = browser("executive").get("/decide.csv", {"by": "source"})
    assert answer.status_code == 200, answer.content.decode()[:3000]
    found = rows(answer)
    assert {row["measure"] for row in found} == {"win_rate", "deal_size", "cycle_days", "value"}
    assert browser("rep").get("/decide/").status_code == 404
    assert browser("executive").get("/decide/", {"by": "moon"}).status_code == 400


def test_the_track_record_says_when_the_first_outcome_will_be_known(place: Running, browser: Opened) -> None:
    from paceline.judging.record import Prediction, keep
    from paceline.sales.periods import epoch_day

    assert "Nothing was said here yet" in page(browser("rep"), "/accuracy/")
    engine, day = place.engine, epoch_day(place.store.view().day)
    keep(engine, [Prediction("forecast", day, "company", "", "revenue", day, day + 31, 1.0, 0.5, 2.0)], place.store.now)
    from paceline.pages.dashboards.kept import _KEPT

    _KEPT.pop(place.store, None)  # the clock stands still here, so that the page would go on
    try:
        shown = page(browser("rep"), "/accuracy/")
        assert "The next outcome will be known on" in shown
        (forecast,) = [row for row in rows(browser("rep").get("/accuracy.csv")) if row["kind"] == "forecast" and not row["level"]]
        assert (forecast["n"], forecast["waiting"]) == ("0", "1")
    finally:
        for name in ("prediction", "prediction_outcome"):
            engine.drop(name)
        _KEPT.pop(place.store, None)


def test_boards_are_off_until_the_company_turns_them_on(browser: Opened, boards: Callable[[str], None]) -> None:
    assert browser("manager").get("/leaderboard/").status_code == 404
    assert browser("manager").get("/tv/").status_code == 404
    assert "/leaderboard/" not in page(browser("manager"), "/goals/")
    boards("anonymous")
    assert "/leaderboard/" in page(browser("manager"), "/goals/")
    assert browser("rep").get("/tv/").status_code == 404


def test_a_rep_sees_names_only_where_the_company_allows_them(
    place: Running, cast: Cast, browser: Opened, boards: Callable[[str], None]
) -> None:
    names = {stint.name for stint in place.store.view().stints if stint.name and stint.rep_id != cast.rep_id("rep")}
    boards("anonymous")
    own = page(browser("rep"), "/leaderboard/", period="2026-05").split("<main")[1]
    assert not [name for name in names if name in own]
    on_tv = page(browser("executive"), "/tv/", period="2026-05", metric="meetings_held", role="AE")
    assert not [name for name in names if name in on_tv]


def test_a_board_is_of_one_role_and_leaves_out_who_is_new(browser: Opened, boards: Callable[[str], None], place: Running) -> None:
    boards("named")
    shown = page(browser("executive"), "/leaderboard/", period="2026-05", metric="meetings_held", role="AE")
    people = {stint.rep_id: stint for stint in place.store.view().stints}
    others = [s.name for s in people.values() if s.role == "SDR" and s.name]
    table = shown.split("<main")[1]
    assert not [name for name in others if name in table]
    if "Fewer than five" not in table:
        paces = [float(word) for word in _paces(table)]
        assert paces == sorted(paces, reverse=True)
    wall = browser("executive").get("/tv/", {"period": "2026-05", "metric": "meetings_held", "role": "AE"})
    assert wall["Refresh"] == "300"
    assert "Refresh" not in browser("executive").get("/tv/", {"period": "2026-05", "still": "1", "role": "AE"})


def _paces(table: str) -> list[str]:
    import re

    return re.findall(r'data-name="Value"><b>([\d.]+)</b>', table)


def test_a_view_is_saved_shared_begun_with_and_deleted(browser: Opened, cast: Cast) -> None:
    from paceline.pages.plan.models import SavedView

    manager = browser("manager")
    address = "/team/?period=last_quarter&vs=before"
    assert manager.post("/views/save/", {"name": "Before summer", "address": address}).status_code == 302
    assert "Before summer" in page(manager, "/team/")
    assert "Before summer" not in page(browser("other_manager"), "/team/")
    one = SavedView.objects.get()
    assert browser("other_manager").post(f"/views/{one.pk}/", {"do": "delete"}).status_code == 404
    manager.post(f"/views/{one.pk}/", {"do": "share"})
    assert "Before summer" in page(browser("other_manager"), "/team/")
    assert "Before summer" not in page(browser("rep"), "/views/")  # she may not open the page
    assert browser("other_manager").post(f"/views/{one.pk}/", {"do": "delete"}).status_code == 404
    other = browser("other_manager")
    other.post(f"/views/{one.pk}/", {"do": "start"})
    assert other.get("/")["Location"] == address
    manager.post(f"/views/{one.pk}/", {"do": "delete"})
    assert other.get("/")["Location"] == "/today/"
    assert cast["manager"].views.count() == 0


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example/", "/no/such/page/", "/team.csv", "/\\x", "/users/"]
)
def test_a_view_is_one_of_our_pages_that_one_may_open(browser: Opened, address: str) -> None:
    answer = browser("manager").post("/views/save/", {"name": "x", "address": address})
    assert answer.status_code == 400
    assert "This isn’t a page of Paceline" in answer.content.decode()


def test_a_metrics_unit_is_told_as_its_values_are_written(browser: Opened) -> None:
    shown = page(browser("manager"), "/metrics/lead_response_time/")
    assert "<dd>seconds</dd>" not in shown
    assert "minutes or hours" in shown
