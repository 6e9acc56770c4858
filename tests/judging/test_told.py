"""A change is told once, however often one asks and however its onset is estimated."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from paceline.insight.cards import Card, State
from paceline.judging.told import Fresh, Told, UnknownCardError, Verdicts, judge, tell, told_cards, verdicts
from paceline.saying.said import own_words
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines.duckdb import open_duckdb

SINCE = date(2026, 3, 2)
DAY = 86_400
ANA = {("rep", "ana")}


def card(since: date = SINCE, weeks: int = 4, state: State = State.FIRING, direction: int = -1, metric: str = "calls") -> Fresh:
    fired = since + timedelta(weeks=weeks)
    one = Card("ana", "AE", metric, "count", direction, fired, since, fired, state, False, 10.0, 20.0, (15.0, 25.0), 10.0, -0.5,
               4.0, 0.001, 12.0, (), (), (), own_words("said"))  # fmt: skip
    return Fresh("rep", "ana", one, False, own_words(f"since {since}"))


@pytest.fixture
def engine() -> Engine:
    return open_duckdb()


def ids(found: dict[int, Told]) -> list[str]:
    return [found[place].id for place in sorted(found)]


def test_the_same_change_is_told_once_even_if_its_onset_moves(engine: Engine) -> None:
    first = tell(engine, [card()], ANA, 1 * DAY)
    moved = tell(engine, [card(SINCE + timedelta(weeks=2), 6)], ANA, 8 * DAY)
    assert ids(first) == ids(moved)
    assert moved[0].at == 1 * DAY
    assert len(told_cards(engine)) == 1


def test_another_change_the_other_way_or_much_later_is_another_card(engine: Engine) -> None:
    tell(engine, [card()], ANA, 1 * DAY)
    other = [card(direction=1), card(SINCE + timedelta(weeks=30)), card(metric="mails"), card()]
    found = tell(engine, other, ANA, 2 * DAY)
    assert len(set(ids(found))) == 4
    assert [found[place].at for place in sorted(found)] == [2 * DAY, 2 * DAY, 2 * DAY, 1 * DAY]


def test_two_cards_of_a_series_keep_their_own_ids(engine: Engine) -> None:
    """A further fall while the first burns: each told card stands for one card at most."""
    both = [card(state=State.OK), card(SINCE + timedelta(weeks=7), 3)]
    tell(engine, [card()], ANA, 1 * DAY)
    found = tell(engine, both, ANA, 2 * DAY)
    assert len(set(ids(found))) == 2
    assert ids(tell(engine, both, ANA, 3 * DAY)) == ids(found)


def test_what_was_past_before_anyone_looked_is_never_told(engine: Engine) -> None:
    assert tell(engine, [card(state=State.OK)], ANA, 1 * DAY) == {}
    assert told_cards(engine) == ()


def test_a_card_that_went_out_is_marked_and_only_of_those_looked_at(engine: Engine) -> None:
    tell(engine, [card()], ANA, 1 * DAY)
    tell(engine, [], {("rep", "bob")}, 2 * DAY)
    assert told_cards(engine)[0].ended is None
    tell(engine, [card(state=State.OK)], ANA, 3 * DAY)
    assert told_cards(engine)[0].ended == date(1970, 1, 4)


def test_verdicts_are_kept_and_the_latest_counts(engine: Engine) -> None:
    found = tell(engine, [card(), card(metric="mails")], ANA, 1 * DAY)
    judge(engine, ids(found)[0], confirmed=False, reason="was ill", at=2 * DAY)
    judge(engine, ids(found)[0][:5], confirmed=True, reason="no, was not", at=3 * DAY)
    one = next(known for known in told_cards(engine) if known.id == ids(found)[0])
    assert (one.verdict, one.reason, one.judged) == ("confirmed", "no, was not", date(1970, 1, 4))
    assert verdicts(told_cards(engine)) == Verdicts(2, 1, 0)


def test_an_unknown_id_says_what_is_near(engine: Engine) -> None:
    (known,) = ids(tell(engine, [card()], ANA, 1 * DAY))
    with pytest.raises(UnknownCardError, match=f"did you mean {known}"):
        judge(engine, known[:-1] + "z", confirmed=True, reason="", at=2 * DAY)


def test_few_verdicts_are_too_few() -> None:
    assert "none was judged yet" in Verdicts(5, 0, 0).sentence
    assert "needs about 30" in Verdicts(50, 20, 5).sentence
    assert Verdicts(50, 20, 5).share == 0.8
    assert Verdicts(90, 30, 10).sentence == "Of 90 cards told, 40 were judged: 30 confirmed (75%), 10 dismissed."
