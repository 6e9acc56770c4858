"""What is laid before the two in a 1:1: plain numbers with their as-of day, so that they can be kept as they were.

The pages, the PDF and the history draw from this alone: a 1:1 of the past shows what was shown then, whatever the data says now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, TypeAdapter

from paceline.saying.keeping import as_json, from_json
from paceline.saying.said import NOTHING, Said


def _read(kept: Any) -> Said:
    return kept if isinstance(kept, Said) else from_json(kept)


# A sentence, kept so that it can be told in the language of whoever reads it later.
Kept = Annotated[Said, PlainValidator(_read), PlainSerializer(as_json)]


@dataclass(frozen=True)
class Moved:
    """What changed over the same weeks."""

    metric: str
    change: float


@dataclass(frozen=True)
class Change:
    """A lasting change of one metric, over whole weeks from ``since`` to ``until``. ``change`` is relative.

    ``values``: by week (``weeks``: their first days), None where nothing is known. ``limits``: lower, usual, upper before the
    change. ``peers``: the values of comparable people over the weeks of the change, in order, without names; None where they may
    not be shown. ``own``: the rep's beside them. Values as readings have them. ``apart``: by how many weeks ``observed`` and
    ``expected`` are divided when they are told, as the same account counts in more than one (1: not).
    """

    metric: str
    unit: str
    better: bool | None
    observed: float
    expected: float
    change: float
    since: date
    until: date
    moved: tuple[Moved, ...]
    allowed: tuple[Kept, ...]
    weeks: tuple[date, ...]
    values: tuple[float | None, ...]
    limits: tuple[float, float, float] | None
    own: float | None = None
    peers: tuple[float, ...] | None = None
    apart: int = 1


@dataclass(frozen=True)
class GoalShown:
    """A goal and how it stands. ``expected``: by now at the usual pace; ``chance`` (0 to 1) and ``likely``: of the end. None:
    unknown. ``because``: why there is no value.
    """

    metric: str
    unit: str
    first: date
    until: date
    target: float
    value: float | None
    because: Kept | None
    expected: float | None
    chance: float | None
    likely: tuple[float, float] | None
    lower_is_better: bool


@dataclass(frozen=True)
class DealShown:
    """An open deal that wants a word. Days; ``over_by``: longer in its stage than the stage's limit; None: it isn't."""

    deal: str
    name: str
    amount: float | None
    close: date | None
    overdue: bool
    over_by: int | None
    quiet: int | None


@dataclass(frozen=True)
class FollowedUp:
    """What became of something agreed. ``outcome``: above, below, same, early, unknown; empty where there is no metric.

    ``better``: the way the difference goes is the better one. ``sentence``: before, after, and what was to be expected.
    """

    action: int
    text: str
    who: str
    first: date
    until: date
    metric: str
    target: float | None
    done: date | None
    over: bool
    outcome: str = ""
    better: bool | None = None
    sentence: Kept = NOTHING


@dataclass(frozen=True)
class Prepared:
    """Everything for one 1:1, as known at the end of ``day``."""

    day: date
    currency: str
    changes: tuple[Change, ...] = ()
    praise: tuple[Change, ...] = ()
    goals: tuple[GoalShown, ...] = ()
    deals: tuple[DealShown, ...] = ()
    ramp: Kept = NOTHING
    followed: tuple[FollowedUp, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        told: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return told

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> Prepared:
        """What was kept. ValueError for something else."""
        return _ADAPTER.validate_python(kept)


_ADAPTER = TypeAdapter(Prepared)
