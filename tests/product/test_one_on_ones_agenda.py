"""What is on a 1:1's agenda: put there from anywhere, in an order, ticked off; by the two of them and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from paceline.coaching import agenda
from paceline.coaching.agenda import AgendaError, Point
from paceline.coaching.cadence import Cadence
from paceline.coaching.models import Item, OneOnOne
from paceline.coaching.pair import Pair
from paceline.coaching.series import meet
from paceline.coaching.words import Shift, changed
from paceline.metrics.vocabulary import Unit
from paceline.pages.one_on_ones.points import signed
from paceline.pages.told import in_words
from paceline.saying.said import catalogued
from tests.product.conftest import NOW, Cast
from tests.product.stock import stock

MOMENT = datetime.fromtimestamp(NOW, UTC)


@pytest.fixture
def pair(cast: Cast) -> Pair:
    return Pair(cast.rep_id("manager"), cast.rep_id("rep"))


def _texts(one: OneOnOne) -> list[str]:
    return [item.text for item in agenda.on_it(one)]


def test_from_any_page_a_point_comes_onto_the_next_one_on_one(cast: Cast, browser: Callable[[str], Client], pair: Pair) -> None:
    address = reverse("add_to_one_on_one", args=[pair.rep_id])
    told = {"kind": "signal", "text": "Meetings held fell", "link": "/metrics/meetings_held/", "key": "signal:meetings_held"}
    answer = browser("manager").post(address, {**told, "next": "/today/"})
    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    browser("manager").post(address, told)  # twice is once
    browser("rep").post(address, {"text": "Holiday in August"})
    (one,) = OneOnOne.objects.all()
    assert [(item.text, item.by) for item in one.items.all()] == [
        ("Meetings held fell", cast.rep_id("manager")), ("Holiday in August", cast.rep_id("rep")),
    ]  # fmt: skip


def test_what_was_made_by_us_is_told_in_the_language_of_whoever_reads_it(browser: Callable[[str], Client], pair: Pair) -> None:
    fell = changed(catalogued("Meetings held"), Shift(Unit.COUNT, 12, 24, -0.5, date(2026, 5, 11)), "USD")
    address = reverse("add_to_one_on_one", args=[pair.rep_id])
    browser("manager").post(address, {"kind": "signal", "said": signed(fell), "key": "signal:meetings_held"})
    browser("manager").post(address, {"kind": "note", "text": "Own words", "said": "forged {0.__class__}"})
    items = OneOnOne.objects.get().items.all()
    assert [item.text for item in items] == ["Meetings held: 12 where 24 would be usual (−50%), since 11 May", "Own words"]
    with override("de"):
        told = [in_words(item.told) for item in items]
    assert told == ["Gehaltene Termine: 12 bei zu erwartenden 24 (−50\u00a0%), seit 11.05.2026", "Own words"]


@pytest.mark.parametrize("visitor", ["peer", "other_rep", "other_manager", "executive", "admin", "anonymous", "deactivated"])
def test_nobody_else_puts_anything_on_it(visitor: str, browser: Callable[[str], Client], pair: Pair) -> None:
    answer = browser(visitor).post(reverse("add_to_one_on_one", args=[pair.rep_id]), {"text": "I was here"})
    assert answer.status_code == (302 if visitor in ("anonymous", "deactivated") else 404)
    assert not Item.objects.exists()


@pytest.mark.parametrize("link", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:x()"])
def test_a_point_never_leads_elsewhere(link: str, browser: Callable[[str], Client], pair: Pair) -> None:
    told = {"text": "Look", "link": link, "next": link}
    answer = browser("manager").post(reverse("add_to_one_on_one", args=[pair.rep_id]), told)
    assert answer["Location"] == "/people/"
    assert not Item.objects.exists()


def test_an_agenda_takes_texts_of_known_kinds_from_its_two(pair: Pair, cast: Cast) -> None:
    with pytest.raises(AgendaError, match="empty"):
        agenda.add(pair.manager_id, pair.rep_id, pair.rep_id, "note", "  ")
    with pytest.raises(AgendaError, match="no kind"):
        agenda.add(pair.manager_id, pair.rep_id, pair.rep_id, "secret", "x")
    with pytest.raises(AgendaError, match="only the two"):
        agenda.add(pair.manager_id, pair.rep_id, cast.rep_id("peer"), "note", "x")
    with pytest.raises(ValueError, match="two people"):
        agenda.add(pair.rep_id, pair.rep_id, pair.rep_id, "note", "x")


def test_points_are_ordered_ticked_off_taken_off_and_carried_over(pair: Pair) -> None:
    for text in ("first", "second", "third"):
        item = agenda.add(pair.manager_id, pair.rep_id, pair.rep_id, "note", text, key=text)
    one = item.one_on_one
    agenda.move(one, "third", -1)
    assert _texts(one) == ["first", "third", "second"]
    agenda.move(one, "first", 9)
    assert _texts(one) == ["third", "second", "first"]
    agenda.tick(one, "third", True, MOMENT)
    agenda.take_off(one, "second")
    assert _texts(one) == ["third", "first"]
    with pytest.raises(AgendaError, match="isn't on the agenda"):
        agenda.tick(one, "second", True, MOMENT)
    one.state = "held"
    one.save()
    following = agenda.upcoming(pair, MOMENT)
    agenda.carry_over(one, following)
    assert _texts(following) == ["first"]


def test_what_was_made_from_changes_is_stored_once_touched_and_stays_off_once_taken_off(pair: Pair) -> None:
    points = [Point("goal", "goal:revenue", "Revenue is behind"), Point("deal", "deal:1", "Deal 1 is late")]
    one = agenda.upcoming(pair, MOMENT)
    assert [item.pk for item in agenda.on_it(one, points)] == [None, None]
    agenda.write_down(one, points)
    agenda.take_off(one, "deal:1")
    agenda.write_down(one, points)
    assert [item.text for item in agenda.on_it(one, points)] == ["Revenue is behind"]
    agenda.add(pair.manager_id, pair.rep_id, pair.manager_id, "deal", "Deal 1 is late", key="deal:1")
    assert _texts(one) == ["Revenue is behind", "Deal 1 is late"]


def test_what_one_added_is_known_and_can_be_taken_back_by_whoever_added_it(pair: Pair) -> None:
    one = agenda.upcoming(pair, MOMENT)
    agenda.write_down(one, [Point("signal", "signal:dials", "Dials: half of usual")])
    assert agenda.added_by(pair.manager_id) == frozenset()
    agenda.add(pair.manager_id, pair.rep_id, pair.manager_id, "signal", "Dials: half of usual", key="signal:dials")
    assert agenda.added_by(pair.manager_id) == {(pair.rep_id, "signal:dials")}
    with pytest.raises(agenda.AgendaError):
        agenda.take_back(pair, pair.rep_id, "signal:dials")
    agenda.take_back(pair, pair.manager_id, "signal:dials")
    assert agenda.added_by(pair.manager_id) == agenda.added_by("") == frozenset()


def test_a_card_says_that_it_is_on_the_agenda_until_that_is_undone(cast: Cast, browser: Callable[[str], Client]) -> None:
    stock(cast)
    manager, address = browser("manager"), "/alerts/card-rep/"
    add = f"/one-on-ones/{cast.rep_id('rep')}/add/"
    assert b"Add to 1:1" in manager.get(address).content
    told = {"kind": "signal", "key": "signal:meetings_held", "text": "Meetings fell", "next": address}
    assert b"On the agenda" in manager.post(add, told, follow=True).content.split(b"<main")[1]
    shown = manager.get(address).content
    assert b"Add to 1:1" not in shown
    assert b"Undo" in shown
    manager.post(add, {"key": "signal:meetings_held", "do": "off", "next": address})
    assert b"Add to 1:1" in manager.get(address).content


def test_a_series_keeps_its_hour_when_the_clocks_change() -> None:
    weekly = Cadence(1, 4, time(14), "Europe/Berlin", date(2026, 3, 1))
    before = weekly.next_after(datetime(2026, 3, 20, tzinfo=UTC))
    assert before == datetime(2026, 3, 26, 13, tzinfo=UTC)
    assert weekly.next_after(before) == datetime(2026, 4, 2, 12, tzinfo=UTC)


def test_a_series_every_other_week_counts_from_its_first_day() -> None:
    other = Cadence(2, 2, time(9), "UTC", date(2026, 6, 3))  # a Wednesday: its week's Tuesday is past
    first = other.next_after(datetime(2026, 6, 1, tzinfo=UTC))
    assert first == datetime(2026, 6, 16, 9, tzinfo=UTC)
    assert other.next_after(first) == datetime(2026, 6, 30, 9, tzinfo=UTC)
    assert Cadence(0, 2, time(9), "UTC", date(2026, 6, 3)).next_after(first) is None


def test_when_the_two_meet_differently_the_next_one_moves(pair: Pair) -> None:
    one = agenda.upcoming(pair, MOMENT)
    dates = [one.at]
    meet(pair, Cadence(1, 4, time(14), "UTC", date(2026, 6, 30)), 45, MOMENT)
    one.refresh_from_db()
    assert [*dates, one.at] == [None, datetime(2026, 7, 2, 14, tzinfo=UTC)]
    assert one.minutes == 45
    assert agenda.upcoming(pair, MOMENT).pk == one.pk
