"""How an alert stands, and what of its changes is worth a message. Pure.

Of a change that comes and goes people hear twice at most: that it fires, and once that it is back to usual. Not knowing is a
state, and no message: missing data neither ends an alert nor begins one.
"""

from __future__ import annotations

from collections.abc import Iterable

from paceline.insight.cards import State

FIRING, NORMAL, NOTHING = "firing", "normal", ""


def stands(fires: bool, data: State | None) -> State:
    """The state of an alert. ``fires``: its change is still seen; ``data``: how the metric stands as a whole, None where nobody
    looked (a team's, or someone who left).
    """
    if data is State.UNKNOWN:
        return State.UNKNOWN
    return State.FIRING if fires else State.OK


def news(before: Iterable[State], after: State) -> str:
    """What is to be told when a state follows those before it (oldest first): ``firing``, ``normal`` or nothing."""
    known = [state for state in before if state is not State.UNKNOWN]
    last = known[-1] if known else State.OK
    if after is State.UNKNOWN or after is last:
        return NOTHING
    return FIRING if after is State.FIRING else NORMAL
