"""Which changes of an alert's state are told: each once, and nothing twice, whatever the data does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paceline.alerts.states import FIRING, NORMAL, NOTHING, news, stands
from paceline.insight.cards import State

LOOKS = st.lists(st.tuples(st.booleans(), st.sampled_from([None, State.OK, State.UNKNOWN])), max_size=30)


def _told(looks: list[tuple[bool, State | None]]) -> list[tuple[State, str]]:
    """The changes that are written down over a series of looks, and what is told of each."""
    history: list[State] = []
    out = []
    for fires, data in looks:
        after = stands(fires, data)
        if history and history[-1] is after:
            continue
        out.append((after, news(history, after)))
        history.append(after)
    return out


@given(LOOKS)
def test_firing_and_normal_are_told_by_turns_and_firing_first(looks: list[tuple[bool, State | None]]) -> None:
    said = [what for _, what in _told(looks) if what != NOTHING]
    assert said == [FIRING if number % 2 == 0 else NORMAL for number in range(len(said))]


@given(LOOKS)
def test_missing_data_is_never_news_and_hides_none(looks: list[tuple[bool, State | None]]) -> None:
    with_gaps = _told(looks)
    without = _told([(fires, data) for fires, data in looks if data is not State.UNKNOWN])
    assert all(what == NOTHING for state, what in with_gaps if state is State.UNKNOWN)
    assert [what for _, what in with_gaps if what != NOTHING] == [what for _, what in without if what != NOTHING]


@given(LOOKS)
def test_what_was_told_last_is_how_it_stands(looks: list[tuple[bool, State | None]]) -> None:
    known = [stands(fires, data) for fires, data in looks if data is not State.UNKNOWN]
    said = [what for _, what in _told(looks) if what != NOTHING]
    fires = bool(said) and said[-1] == FIRING
    assert fires is (bool(known) and known[-1] is State.FIRING)
