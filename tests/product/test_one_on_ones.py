"""A 1:1 from its agenda to what is agreed, followed up and kept as it was; and that nobody but the two reads a word of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from paceline.access.erasing import erase
from paceline.access.models import AuditEntry
from paceline.coaching import actions, agenda, holding, notes, wishes
from paceline.coaching.models import Action, Note, OneOnOne, Series, State, Wish
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Change, DealShown, FollowedUp, GoalShown, Moved, Prepared
from paceline.insight.cards import Card
from paceline.pages.one_on_ones.gather import _limits
from paceline.project.running import Running
from paceline.sales.periods import Period
from paceline.saying.said import own_words
from tests.product.conftest import NOW, UNTIL, Cast

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse

Browser = Callable[[str], "Client"]
MOMENT = datetime.fromtimestamp(NOW, UTC)
SECRET, SHARED = "she wants to leave, keep this to yourself", "we talked about her first big deal"
OTHERS = ("peer", "other_rep", "other_manager", "executive", "admin")


@pytest.fixture
def pair(cast: Cast) -> Pair:
    return Pair(cast.rep_id("manager"), cast.rep_id("rep"))


def _to(name: str, pair: Pair, **data: str) -> tuple[str, dict[str, str]]:
    return reverse(name, args=[pair.rep_id]), data


def _do(client: Client, name: str, pair: Pair, **data: str) -> _MonkeyPatchedWSGIResponse:
    answer = client.post(*_to(name, pair, **data))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return answer


def _agree(client: Client, pair: Pair, **more: str) -> None:
    told = {"text": "Ten first calls a day", "who": pair.rep_id, "metric": "", "target": "", "first": "2026-04-06",
            "last": "2026-06-01"}  # fmt: skip
    _do(client, "agree", pair, **{**told, **more})


def _meet(client: Client, pair: Pair, **more: str) -> None:
    told = {"weeks": "1", "weekday": "4", "at": "14:00", "minutes": "30", "time_zone": "Europe/Berlin"}
    _do(client, "one_on_one_series", pair, **{**told, **more})


def _held(browser: Browser, pair: Pair) -> OneOnOne:
    """A 1:1 with something of everything in it, held by the manager."""
    manager = browser("manager")
    _do(manager, "add_to_one_on_one", pair, text="Holiday in August")
    _do(manager, "next_notes", pair, shared=SHARED, private=SECRET)
    _agree(manager, pair, metric="meetings_held", target="12")
    _do(manager, "begin_one_on_one", pair)
    _do(manager, "end_one_on_one", pair, minutes="25")
    return OneOnOne.objects.get(state=State.HELD)


# --- the two ---


def test_from_agenda_to_history(browser: Browser, pair: Pair) -> None:
    one = _held(browser, pair)
    answer = browser("rep").get(reverse("one_on_one", args=[one.public_id]))
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (SHARED, "Holiday in August", "Ten first calls a day", "25 min", "as it was shown then"):
        assert words in page
    assert "Holiday in August" in browser("manager").get(reverse("one_on_ones_with", args=[pair.rep_id])).content.decode()


def test_a_private_note_is_its_authors_alone(browser: Browser, pair: Pair) -> None:
    one = _held(browser, pair)
    address = reverse("one_on_one", args=[one.public_id])
    assert SECRET in browser("manager").get(address).content.decode()
    for path in (address, reverse("one_on_ones_with", args=[pair.rep_id]), reverse("one_on_ones")):
        assert SECRET not in browser("rep").get(path).content.decode()
    assert notes.read(one, pair.rep_id) == notes.Notes("", "", SHARED)
    with pytest.raises(PermissionError):
        notes.write(one, "somebody", False, "x", MOMENT)


@pytest.mark.parametrize("visitor", OTHERS)
def test_for_everybody_else_there_is_no_such_page(visitor: str, cast: Cast, browser: Browser, pair: Pair) -> None:
    """And it answers as for an id that nobody has: not even that there is one can be told."""
    one = _held(browser, pair)
    wish = wishes.ask(pair, "goal", "a goal for renewals", MOMENT)
    action = Action.objects.get()
    reads = [reverse(name, args=[one.public_id]) for name in ("one_on_one", "one_on_one_pdf", "one_on_one_notes")]
    reads += [reverse(name, args=[pair.rep_id]) for name in ("one_on_ones_with", "next_one_pager", "one_on_one_calendar")]
    writes = [reverse("tick_action", args=[action.pk]), reverse("answer_wish", args=[wish.pk]), reads[2]]
    writes += [reverse(name, args=[pair.rep_id]) for name in (
        "order_agenda", "one_on_one_series", "one_on_one_when", "begin_one_on_one", "end_one_on_one", "skip_one_on_one", "agree",
        "next_notes", "ask_manager", "add_to_one_on_one")]  # fmt: skip
    client = browser(visitor)
    for address in reads:
        assert client.get(address).status_code == 404, address
    for address in writes:
        assert client.post(address, {"text": "x", "private": "x", "with": cast.rep_id("manager")}).status_code == 404, address
    action.refresh_from_db()
    assert (OneOnOne.objects.count(), Note.objects.count(), action.done_at) == (2, 2, None)


@pytest.mark.parametrize("visitor", ["executive", "admin", "other_manager", "peer"])
def test_what_others_see_is_the_same_with_and_without_a_one_on_one(
    visitor: str, browser: Browser, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pages that somebody else may open, byte for byte: a 1:1 leaves no trace but the time that it took."""
    monkeypatch.setattr("paceline.pages.one_on_ones.reading.noted", lambda *_: None)
    paths = ("/one-on-ones/", "/one-on-ones.ics", "/people/", "/notice/", f"/reps/{pair.rep_id}/", "/today/")

    def seen() -> list[tuple[int, str]]:
        client = browser(visitor)
        return [_plain(client.get(path)) for path in paths]

    before = seen()
    while any("Being worked out" in page for _, page in before):  # drivers come to a rep's page when they are ready
        before = seen()
    _held(browser, pair)
    wishes.ask(pair, "fix", "my call of Monday is missing", MOMENT)
    assert seen() == before


def _plain(answer: _MonkeyPatchedWSGIResponse) -> tuple[int, str]:
    import re

    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return answer.status_code, re.sub(r"DTSTAMP\S+", "", text)


def test_the_audit_log_tells_who_opened_and_held_it_and_no_word_of_it(browser: Browser, pair: Pair, cast: Cast) -> None:
    one = _held(browser, pair)
    address = reverse("one_on_one", args=[one.public_id])
    for _ in range(3):
        browser("rep").get(address)
    entries = list(AuditEntry.objects.values_list("what", "who"))
    rep, manager = (str(cast[name].public_id) for name in ("rep", "manager"))
    assert entries.count(("one_on_one_opened", rep)) == 1  # a look, not a button
    done = {what for what, who in entries if who == manager}
    assert {"one_on_one_begun", "one_on_one_held", "action_agreed", "note_kept"} <= done
    told = json.dumps(list(AuditEntry.objects.values_list("about", flat=True)))
    for word in ("leave", "big deal", "Holiday", "calls a day"):
        assert word not in told
    assert SECRET not in browser("admin").get("/audit/").content.decode()


@pytest.mark.parametrize(("visitor", "leads"), [("manager", True), ("rep", True), ("executive", False), ("admin", False)])
def test_the_reps_page_leads_to_the_one_on_one_of_the_two_alone(visitor: str, leads: bool, browser: Browser, pair: Pair) -> None:
    page = browser(visitor).get(reverse("rep", args=[pair.rep_id])).content.decode()
    assert (reverse("one_on_ones_with", args=[pair.rep_id]) in page) == leads


# --- what was shown is kept ---


def _prepared(**changes: object) -> Prepared:
    day = UNTIL
    change = Change(
        "meetings_held", "count", False, 5.0, 11.0, -0.55, day - timedelta(days=21), day - timedelta(days=7),
        (Moved("New opportunities", -0.3),), (own_words("2 days off"),),
        tuple(day - timedelta(days=7 * back) for back in range(8, 0, -1)),
        (11.0, 12.0, None, 10.0, 11.0, 6.0, 5.0, 4.0), (7.4, 11.4, 15.5), 5.0, (9.0, 10.0, 11.0, 12.0, 13.0),
    )  # fmt: skip
    quarter = date(2026, 4, 1), date(2026, 7, 1)
    goal = GoalShown("revenue", "money", *quarter, 110_000, 84_000, None, 100_000, 0.2, (80_000, 99_000), False)
    told = {
        "changes": (change,), "goals": (goal,), "deals": (DealShown("d1", "A & B", 10.0, day, True, 3, None),),
        "followed": (FollowedUp(1, "x", "r", day, day, "meetings_held", 12.0, None, True, "above", True, own_words("It rose.")),),
    }  # fmt: skip
    return Prepared(day, "EUR", **{**told, **changes})  # type: ignore[arg-type]


def test_what_was_prepared_is_kept_and_read_back_as_it_was() -> None:
    told = _prepared()
    assert Prepared.from_json(json.loads(json.dumps(told.to_json()))) == told


def test_a_past_page_shows_the_numbers_of_its_day_not_todays(browser: Browser, pair: Pair) -> None:
    one = agenda.upcoming(pair)
    holding.begin(one, _prepared(), MOMENT)
    holding.begin(one, _prepared(goals=()), MOMENT)  # it has begun already
    holding.end(one, _prepared(goals=()), 30, MOMENT)
    page = browser("rep").get(reverse("one_on_one", args=[one.public_id])).content.decode()
    usual = "5 where 11 would be usual (−55%)"
    for words in ("€84K", "of €110K", "16% behind pace", "20% likely", usual, "It rose.", "Beside peers"):
        assert words in page, words


def test_an_unheld_one_keeps_no_numbers_and_its_agenda_goes_on(browser: Browser, pair: Pair) -> None:
    _do(browser("rep"), "add_to_one_on_one", pair, text="My territory")
    _do(browser("rep"), "skip_one_on_one", pair)
    old = OneOnOne.objects.get(state=State.SKIPPED)
    assert old.shown == {}
    assert browser("rep").get(reverse("one_on_one", args=[old.public_id])).status_code == 200
    assert [item.text for item in agenda.on_it(agenda.to_come(pair))] == ["My territory"]


def test_a_length_that_no_talk_has_is_refused(browser: Browser, pair: Pair) -> None:
    for minutes in ("0", "481", "soon", ""):
        _do(browser("manager"), "end_one_on_one", pair, minutes=minutes)
    assert not OneOnOne.objects.filter(state=State.HELD).exists()


# --- what is agreed ---


def test_what_was_agreed_is_followed_up_until_it_was_talked_about(browser: Browser, pair: Pair) -> None:
    one = _held(browser, pair)
    action = Action.objects.get()
    assert (action.metric, action.target, action.closed_in) == ("meetings_held", 12.0, None)
    page = browser("rep").get(reverse("one_on_ones_with", args=[pair.rep_id])).content.decode()
    assert "Ten first calls a day" in page
    assert "Meetings held:" in page
    (shown,) = browser("rep").get(reverse("one_on_ones_with", args=[pair.rep_id])).context["followed"]
    assert shown["over"]  # it ran until 1 June, and now it is 30 June
    assert shown["came"]
    _do(browser("manager"), "end_one_on_one", pair, minutes="20")
    action.refresh_from_db()
    assert action.closed_in is not None
    assert action.closed_in != one
    assert action.came["outcome"] in actions.OUTCOMES.values()
    assert browser("rep").get(reverse("one_on_ones_with", args=[pair.rep_id])).context["followed"] == []


def test_a_plan_that_has_just_begun_is_too_early_to_tell(browser: Browser, pair: Pair) -> None:
    page = reverse("one_on_ones_with", args=[pair.rep_id])
    _agree(browser("manager"), pair, metric="meetings_held", first=UNTIL.isoformat(), last="2026-07-30")
    again = browser("manager").get(page).context["agree"]
    assert not {"text", "metric", "target"} & set(again.initial), "a second click agrees the same a second time"
    _do(browser("manager"), "end_one_on_one", pair, minutes="20")
    (shown,) = browser("manager").get(reverse("one_on_ones_with", args=[pair.rep_id])).context["followed"]
    assert str(shown["came"]) == "too early to tell"
    assert not shown["over"]


def test_a_promise_without_a_metric_is_ticked_off_by_either(browser: Browser, pair: Pair) -> None:
    _agree(browser("manager"), pair, who=pair.manager_id, text="Ask for a second licence", last=UNTIL.isoformat())
    action = Action.objects.get()
    assert [each.pk for each in actions.due(pair.manager_id, UNTIL)] == [action.pk]
    browser("rep").post(reverse("tick_action", args=[action.pk]), {"do": "done"})
    action.refresh_from_db()
    assert action.done_at is not None
    assert actions.due(pair.manager_id, UNTIL) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"text": ""}, "This field is required"), ({"who": "somebody"}, "Select a valid choice"),
     ({"last": "2026-04-06"}, "within a year"), ({"last": "2028-01-01"}, "within a year"),
     ({"metric": "revenue"}, "followed week by week")],
)  # fmt: skip
def test_what_cant_be_agreed_is_told(wrong: dict[str, str], why: str, browser: Browser, pair: Pair) -> None:
    told = {"text": "x", "who": pair.rep_id, "first": "2026-04-06", "last": "2026-06-01", **wrong}
    answer = browser("manager").post(*_to("agree", pair, **told), follow=True)
    assert why in answer.content.decode()
    assert not Action.objects.exists()


def test_a_share_is_aimed_at_in_percent(browser: Browser, pair: Pair) -> None:
    form = browser("manager").get(reverse("one_on_ones_with", args=[pair.rep_id])).context["agree"]
    slugs = [slug for slug, _ in form.fields["metric"].choices if slug]
    share = next(slug for slug in slugs if form.store.catalog[slug].unit.value == "percent")
    _agree(browser("manager"), pair, metric=share, target="25")
    assert Action.objects.get().target == pytest.approx(0.25)


# --- what is asked for ---


def test_a_rep_asks_and_the_manager_answers(browser: Browser, pair: Pair) -> None:
    _do(browser("rep"), "ask_manager", pair, kind="fix", text="My call of Monday is missing")
    _do(browser("rep"), "ask_manager", pair, kind="goal", text="")  # says nothing
    wish = Wish.objects.get()
    assert browser("manager").post(*_to("ask_manager", pair, kind="goal", text="x")).status_code == 404
    for path in ("/one-on-ones/", "/today/"):
        assert "asked of you" in browser("manager").get(path).content.decode().lower()
    page = browser("manager").get(reverse("one_on_ones_with", args=[pair.rep_id])).content.decode()
    assert "A fix of the data: My call of Monday is missing" in page  # on the agenda, too
    assert browser("rep").post(reverse("answer_wish", args=[wish.pk]), {"do": "yes"}).status_code == 404
    browser("manager").post(reverse("answer_wish", args=[wish.pk]), {"do": "yes", "answer": "Told the admin"})
    assert "Told the admin" in browser("rep").get(reverse("one_on_ones_with", args=[pair.rep_id])).content.decode()


# --- files ---


def test_the_calendar_has_times_and_no_word_of_the_talk(browser: Browser, pair: Pair) -> None:
    from icalendar import Calendar

    _meet(browser("manager"), pair, weeks="2", minutes="45")
    _agree(browser("manager"), pair, metric="meetings_held", target="12", last="2026-07-30")
    answer = browser("rep").get("/one-on-ones.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    made = Calendar.from_ical(answer.content)
    events = {str(event["uid"]).split("-")[0]: event for event in made.walk("VEVENT")}
    assert events["series"].decoded("rrule") == {"FREQ": ["WEEKLY"], "INTERVAL": [2]}
    start = events["series"].decoded("dtstart")
    assert (start.isoweekday(), start.hour, str(start.tzinfo)) == (4, 14, "Europe/Berlin")
    assert events["check"].decoded("dtstart") == date(2026, 7, 30)
    assert len(made.walk("VTIMEZONE")) == 1
    for word in ("Ten first", "Meetings", "12,", "12.0"):
        assert word not in answer.content.decode().replace("\r\n ", "")


def test_a_series_that_cant_be_is_told(browser: Browser, pair: Pair) -> None:
    told = {"weeks": "1", "weekday": "4", "at": "14:00", "minutes": "30", "time_zone": "Mars/Olympus"}
    answer = browser("manager").post(*_to("one_on_one_series", pair, **told), follow=True)
    assert "No time zone has this name" in answer.content.decode()
    assert not Series.objects.exists()


def test_one_meeting_moves_alone(browser: Browser, pair: Pair) -> None:
    _meet(browser("manager"), pair)
    _do(browser("manager"), "one_on_one_when", pair, at="2026-07-03T09:30")
    assert OneOnOne.objects.get().at == datetime(2026, 7, 3, 7, 30, tzinfo=UTC)
    assert Series.objects.get().weekday == 4


def test_the_one_pager_is_a_pdf_without_private_notes(browser: Browser, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.pages.documents import Document, as_pdf
    from paceline.pages.one_on_ones import files

    made: list[Document] = []

    def kept(document: Document) -> bytes:
        made.append(document)
        return as_pdf(document)

    monkeypatch.setattr(files, "as_pdf", kept)
    one = _held(browser, pair)
    answer = browser("manager").get(reverse("one_on_one_pdf", args=[one.public_id]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    told = json.dumps(made[0].plain())
    assert SHARED in told
    assert "Ten first calls a day" in told
    assert SECRET not in told


def test_without_the_extra_the_page_says_what_to_install(browser: Browser, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paceline.pages.documents.setting.find_spec", lambda _name: None)
    answer = browser("manager").get(reverse("next_one_pager", args=[pair.rep_id]), follow=True)
    assert "pip install &#x27;paceline[pdf]&#x27;" in answer.content.decode()


# --- one's own data ---


def test_what_one_wrote_is_in_ones_own_file_and_in_nobody_elses(browser: Browser, pair: Pair) -> None:
    _held(browser, pair)
    _do(browser("rep"), "next_notes", pair, private="I am tired")
    own = browser("manager").get("/you/data.json").content.decode()
    assert SECRET in own
    assert "I am tired" not in own
    hers = json.loads(browser("rep").get("/you/data.json").content)["one_on_ones"]
    assert [note["text"] for note in hers["notes"]] == ["I am tired"]
    assert [each["text"] for each in hers["agreed"]] == ["Ten first calls a day"]
    for name in ("peer", "admin", "executive"):
        told = browser(name).get("/you/data.json").content.decode()
        assert all(word not in told for word in (SECRET, SHARED, "I am tired", "Ten first calls"))


def test_an_erased_rep_leaves_no_word_and_the_time_stays(browser: Browser, pair: Pair, cast: Cast, place: Running) -> None:
    _held(browser, pair)
    wishes.ask(pair, "goal", "a goal for renewals", MOMENT)
    erase(place.project, place.engine, cast["rep"], "", cast["admin"])
    assert (Note.objects.count(), Action.objects.count(), Wish.objects.count()) == (0, 0, 0)
    held = OneOnOne.objects.get(state=State.HELD)
    assert (held.minutes, held.shown, held.items.count()) == (25, {}, 0)
    assert browser("manager").get(reverse("one_on_one", args=[held.public_id])).status_code == 200


def test_an_erased_managers_notes_go_and_the_reps_stay(browser: Browser, pair: Pair, cast: Cast, place: Running) -> None:
    one = _held(browser, pair)
    notes.write(one, pair.rep_id, False, "my own words", MOMENT)
    erase(place.project, place.engine, cast["manager"], "", cast["admin"])
    assert list(Note.objects.values_list("text", flat=True)) == ["my own words"]


@pytest.mark.parametrize(("kind", "told", "middle"), [("rate", 0.39, 0.39), ("count", 120.0, 30.0)])
def test_what_is_drawn_as_usual_is_what_the_change_is_told_against(kind: str, told: float, middle: float) -> None:
    """Also where the weeks before drifted, so that the limits alone would go on from the last of them."""
    weeks = tuple(Period.between(date(2026, 6, 1) + timedelta(weeks=n), date(2026, 6, 8) + timedelta(weeks=n)) for n in range(16))
    step = middle / 40
    values = [middle + step * (6 - n + n % 2) for n in range(12)] + [middle / 2] * 4
    blank = {field.name: None for field in fields(Card)}
    card = Card(**{**blank, "kind": kind, "expected": told, "allowed": (), "since": weeks[12].first, "until": weeks[15].first})  # type: ignore[arg-type]
    limits = _limits(weeks, values, card)
    assert limits is not None
    assert limits[0] < limits[1] < limits[2]
    assert limits[1] == pytest.approx(middle)
