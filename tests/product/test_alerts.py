"""Alerts on the pages: looked for, acted on, taken back; each sees and does what is hers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from paceline.judging.signals import CompanySignals
from paceline.project.running import Running
from tests.product.conftest import Cast

if TYPE_CHECKING:
    from paceline.alerts.models import Alert


pytestmark = pytest.mark.usefixtures("looked")


@pytest.fixture(scope="module")
def found(place: Running) -> Iterator[CompanySignals]:
    """The company, judged and told once for all tests; what that wrote into the store is taken out again."""
    from paceline.judging.told import TABLE
    from paceline.pages.dashboards.judged import changes_told

    yield changes_told(place.store)
    place.engine.drop(TABLE)


@pytest.fixture
def looked(place: Running, found: CompanySignals) -> Running:
    """The company after a look."""
    from django.utils import timezone

    from paceline.alerts.follow import follow

    follow(found, timezone.now())
    return place


def _alerts(cast: Cast, who: str = "manager", **wanted: object) -> list[Alert]:
    """What somebody may see."""
    from paceline.alerts.sight import seen_through
    from paceline.pages.telling.doors import door_of

    return list(seen_through(door_of(cast[who], "see_alerts")).filter(**wanted))


def _fall(cast: Cast, who: str = "manager") -> Alert:
    return _alerts(cast, who, better=False)[0]


def test_a_second_look_at_the_same_changes_nothing(found: CompanySignals) -> None:
    from django.utils import timezone

    from paceline.alerts.follow import follow
    from paceline.alerts.models import Alert, Transition

    before = (Alert.objects.count(), Transition.objects.count())
    assert before[0] == len(found.firing) > 0
    assert follow(found, timezone.now()) == []
    assert (Alert.objects.count(), Transition.objects.count()) == before


def test_what_is_gone_is_back_to_usual_and_told_so_once(found: CompanySignals) -> None:
    from dataclasses import replace

    from django.utils import timezone

    from paceline.alerts.follow import follow
    from paceline.alerts.models import Alert, State

    nothing = replace(found, falls=(), praise=(), neither=(), dismissed=())
    changes = follow(nothing, timezone.now())
    known = [one for one in changes if one.after == State.OK]
    assert known
    assert {one.news for one in known} <= {"normal"}
    assert follow(nothing, timezone.now()) == []
    assert not Alert.objects.filter(state=State.FIRING).exists()


def test_an_old_change_seen_for_the_first_time_is_no_news(found: CompanySignals) -> None:
    from paceline.alerts.models import Transition

    for one in Transition.objects.select_related("alert"):
        is_new = one.alert.fired >= found.now - timedelta(days=28)
        assert (one.news == "firing") is (is_new and one.after == "firing")


def test_a_manager_sees_the_alerts_of_the_people_below_and_of_whole_teams(cast: Cast) -> None:
    from paceline.pages.telling.doors import door_of

    everybody = {(one.level, one.name) for one in _alerts(cast, "executive")}
    for who in ("manager", "other_manager"):
        door = door_of(cast[who], "see_alerts")
        people = {person.rep_id for person in door.people()}
        mine = {(one.level, one.name) for one in _alerts(cast, who)}
        assert {name for level, name in mine if level == "rep"} <= people
        assert mine < everybody
    assert not _alerts(cast, "rep")
    assert not _alerts(cast, "deactivated")


def test_snoozed_is_gone_from_ones_own_today_and_from_nobody_elses(
    cast: Cast, browser: Callable[[str], Client]
) -> None:
    alert, mark = _fall(cast), "id=\"alert-{}\""
    client = browser("manager")
    page = client.post(f"/alerts/{alert.card}/snooze/", {"for": "week", "next": "/alerts/"}, follow=True)
    assert page.redirect_chain == [("/alerts/", 302)]
    assert mark.format(alert.card) not in page.content.decode()
    assert mark.format(alert.card) not in client.get("/today/").content.decode()
    assert "snoozed" in client.get("/today/").content.decode()
    assert mark.format(alert.card) in client.get("/alerts/?state=snoozed").content.decode()
    assert mark.format(alert.card) in browser("executive").get("/alerts/").content.decode()
    act = alert.acts.get()
    assert browser("executive").post(f"/alerts/acts/{act.pk}/undo/").status_code == 404
    client.post(f"/alerts/acts/{act.pk}/undo/")
    assert mark.format(alert.card) in client.get("/alerts/").content.decode()


@pytest.mark.parametrize("told", [{"for": "date", "until": "2020-01-01"}, {"for": "date", "until": "soon"}, {"for": "ever"}, {}])
def test_a_snooze_without_an_end_ahead_is_none(
    cast: Cast, browser: Callable[[str], Client], told: dict[str, str]
) -> None:
    alert = _fall(cast)
    page = browser("manager").post(f"/alerts/{alert.card}/snooze/", told, follow=True)
    assert "ends on a day in the future" in page.content.decode()
    assert not alert.acts.exists()


def test_a_snooze_until_the_next_meeting_ends_with_it(cast: Cast) -> None:
    from django.utils import timezone

    from paceline.coaching.agenda import planned_by
    from paceline.coaching.models import OneOnOne
    from paceline.pages.telling.acts import next_meeting

    manager = cast["manager"]
    alert = next(one for one in _alerts(cast) if one.level == "rep")
    now = timezone.now()
    assert next_meeting(planned_by(manager.rep_id), alert, now) is None
    at = now + timedelta(days=3)
    OneOnOne.objects.create(manager_id=manager.rep_id, rep_id=alert.name, at=at)
    planned = planned_by(manager.rep_id)
    assert next_meeting(planned, alert, now) == at
    assert next_meeting(planned, alert, at) is None


def test_the_list_looks_up_ones_meetings_once_for_all_its_alerts(cast: Cast, browser: Callable[[str], Client]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from paceline.coaching.models import OneOnOne

    people = {one.name for one in _alerts(cast) if one.level == "rep"}
    for rep in people:
        OneOnOne.objects.create(manager_id=cast["manager"].rep_id, rep_id=rep, at=timezone.now() + timedelta(days=3))
    client = browser("manager")
    with CaptureQueriesContext(connection) as asked:
        shown = client.get("/alerts/?state=all").content.decode()
    assert len(people) > 1
    assert 'value="meeting"' in shown
    assert sum('FROM "coaching_oneonone"' in query["sql"] for query in asked) == 1


def test_no_issue_is_told_no_more_counts_as_a_false_alarm_and_can_be_taken_back(
    looked: Running, cast: Cast, browser: Callable[[str], Client]
) -> None:
    from paceline.access.audit import breaks
    from paceline.judging.told import told_cards

    def verdict() -> tuple[str | None, str]:
        card = next(one for one in told_cards(looked.engine) if one.id == alert.card)
        return card.verdict, card.reason

    alert, client = _fall(cast), browser("manager")
    client.post(f"/alerts/{alert.card}/dismiss/", {"reason": "a project <b>for marketing</b>"})
    assert verdict() == ("dismissed", "a project <b>for marketing</b>")
    for who in ("manager", "executive"):
        assert f"alert-{alert.card}" not in browser(who).get("/today/").content.decode()
    page = client.get("/alerts/?state=dismissed").content.decode()
    assert "&lt;b&gt;for marketing" in page
    client.post(f"/alerts/acts/{alert.acts.get().pk}/undo/")
    assert verdict() == (None, "")
    client.post(f"/alerts/{alert.card}/confirm/")
    assert verdict()[0] == "confirmed"
    history = client.get(f"/alerts/{alert.card}/").content.decode()
    assert all(word in history for word in ("not an issue", "taken back", "useful", "Manager"))
    client.post(f"/alerts/acts/{alert.acts.last().pk}/undo/")  # type: ignore[union-attr]
    assert not list(breaks())


def test_nobody_acts_on_what_is_out_of_sight(cast: Cast, browser: Callable[[str], Client]) -> None:
    mine = {one.card for one in _alerts(cast)}
    hidden = next(one for one in _alerts(cast, "executive") if one.card not in mine)
    for what in ("snooze", "dismiss", "confirm"):
        assert browser("manager").post(f"/alerts/{hidden.card}/{what}/", {"for": "day"}).status_code == 404
        assert browser("rep").post(f"/alerts/{_fall(cast).card}/{what}/", {"for": "day"}).status_code == 404
    assert browser("manager").get(f"/alerts/{hidden.card}/").status_code == 404
    assert not hidden.acts.exists()


def test_a_form_leads_back_to_pages_of_ours_alone(cast: Cast, browser: Callable[[str], Client]) -> None:
    alert = _fall(cast)
    for elsewhere in ("https://evil.example.com/", "//evil.example.com/", "javascript:alert(1)", "/\\evil.example.com"):
        answer = browser("manager").post(f"/alerts/{alert.card}/snooze/", {"for": "day", "next": elsewhere})
        assert answer["Location"] == "/alerts/"


def test_a_form_without_its_token_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["manager"])
    assert client.post(f"/alerts/{_fall(cast).card}/snooze/", {"for": "day"}).status_code == 403


def test_a_past_days_today_offers_nothing_to_do(browser: Callable[[str], Client]) -> None:
    page = browser("executive").get("/today/?as_of=2026-06-28").content.decode()
    assert "/snooze/" not in page


def test_a_review_is_of_the_rows_in_sight(looked: Running, cast: Cast, browser: Callable[[str], Client]) -> None:
    names = {stint.rep_id: stint.name or "" for stint in looked.store.view().stints}
    own = browser("rep").get("/review/week/2026-06-22/").content.decode()
    assert names[cast.rep_id("rep")] in own or "within what is usual" in own
    assert names[cast.rep_id("peer")] not in own
    assert names[cast.rep_id("other_rep")] not in browser("manager").get("/review/month/2026-05-10/").content.decode()
    assert browser("manager").get("/review/week/2026-06-22.pdf").content.startswith(b"%PDF")
    assert browser("manager").get("/review/day/2026-06-22/").status_code == 404
    assert browser("manager").get("/review/week/2027-01-01/").status_code == 400
    assert browser("manager").get("/review/week/soon/").status_code == 400
