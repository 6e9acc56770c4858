"""Each way in which a deal changes a pipeline, and that the parts add up for any deals whatever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paceline.insight.waterfall import Cause, Closing, Deal, Standing, moves_of, waterfall

OPENED, DUE = 100, 190  # day of the first photograph, first day that isn't due


def open_at(cents: int | None, close_day: int | None = 150, inside: bool = True, steady: int | None = None) -> Standing:
    return Standing(inside, cents, cents if steady is None else steady, close_day, "ana" if inside else "bob")


def closed(won: bool, cents: int, day: int = 130, inside: bool = True, due: bool = True) -> Closing:
    return Closing(won, day, inside, cents, cents, due, "ana")


def told(deal: Deal, due_until: int | None = DUE) -> dict[str, int]:
    return {move.cause.value: move.cents for move in moves_of(deal, OPENED, due_until)}


def test_a_deal_in_both_grows_shrinks_and_its_rate_moves() -> None:
    assert told(Deal("d", open_at(500), open_at(800))) == {"grown": 300}
    assert told(Deal("d", open_at(500), open_at(200))) == {"shrunk": -300}
    assert told(Deal("d", open_at(500), open_at(900, steady=800))) == {"grown": 300, "currency": 100}
    assert told(Deal("d", open_at(500), open_at(500))) == {}
    assert told(Deal("d", open_at(None), open_at(500))) == {"grown": 500}


def test_an_amount_now_in_another_currency_has_no_rate_of_its_own() -> None:
    assert told(Deal("d", open_at(500), open_at(900, steady=800), same_currency=False)) == {"grown": 400}


def test_a_deal_comes_in_for_one_reason() -> None:
    now = open_at(700)
    assert told(Deal("d", None, now, start_day=120)) == {"new": 700}
    assert told(Deal("d", None, now, start_day=100)) == {"recorded late": 700}
    assert told(Deal("d", None, now, start_day=None)) == {"recorded late": 700}
    assert told(Deal("d", None, now, closed_before=True, start_day=20)) == {"reopened": 700}
    assert told(Deal("d", open_at(600, inside=False), now)) == {"transferred in": 700}
    assert told(Deal("d", open_at(600, close_day=DUE), now)) == {"pulled in": 700}
    assert told(Deal("d", open_at(600, close_day=None), now)) == {"pulled in": 700}


def test_a_deal_goes_for_one_reason() -> None:
    before = open_at(600)
    assert told(Deal("d", before, None, closed(False, 600))) == {"lost": -600}
    assert told(Deal("d", before, open_at(900, close_day=DUE))) == {"slipped": -600}
    assert told(Deal("d", before, open_at(900, close_day=None))) == {"slipped": -600}
    assert told(Deal("d", before, open_at(900, inside=False))) == {"transferred out": -600}
    assert told(Deal("d", before, None, closed(True, 900, inside=False))) == {"transferred out": -600}
    assert told(Deal("d", before)) == {"removed": -600}


def test_a_win_is_told_at_what_it_was_won_for() -> None:
    assert told(Deal("d", open_at(600), None, closed(True, 900))) == {"grown": 300, "won": -900}


def test_what_came_and_was_decided_in_between_is_told_twice() -> None:
    assert told(Deal("d", None, None, closed(True, 400), start_day=110)) == {"new": 400, "won": -400}
    assert told(Deal("d", None, None, closed(False, 400), closed_before=True, start_day=20)) == {"reopened": 400, "lost": -400}
    assert told(Deal("d", None, None, closed(True, 400, day=OPENED), start_day=20)) == {}
    assert told(Deal("d", None, None, closed(False, 400, due=False), start_day=110)) == {}
    assert told(Deal("d", None, None, closed(True, 400, inside=False), start_day=110)) == {}


def test_without_due_days_a_close_date_changes_nothing() -> None:
    assert told(Deal("d", open_at(600), open_at(600, close_day=900)), None) == {}


_CENTS = st.none() | st.integers(-10_000, 1_000_000)
_DAYS = st.none() | st.integers(80, 260)
_STANDING = st.none() | st.builds(Standing, st.booleans(), _CENTS, _CENTS, _DAYS)
_CLOSE = st.none() | st.builds(Closing, st.booleans(), st.integers(80, 200), st.booleans(), _CENTS, _CENTS, st.booleans())
_DEALS = st.lists(st.builds(Deal, st.text(max_size=3), _STANDING, _STANDING, _CLOSE, st.booleans(), _DAYS, st.booleans()))


@given(_DEALS, st.none() | st.just(DUE))
def test_the_parts_add_up_for_any_deals(deals: list[Deal], due_until: int | None) -> None:
    change = waterfall(deals, OPENED, due_until)
    assert change.opening + sum(part.cents for part in change.parts) == change.closing
    assert all(part.cents >= 0 for part in change.parts if part.cause is Cause.GROWN)
    assert all(part.cents <= 0 for part in change.parts if part.cause is Cause.SHRUNK)
