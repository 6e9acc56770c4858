"""A signal as it is shown: what changed, what was expected, since when, how rare that is by chance, and what was allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

from paceline.insight.absence import Notice


class State(StrEnum):
    """Of a rep's metric: as usual, a card fires, or nothing can be said (and why is told beside)."""

    OK = "ok"
    FIRING = "firing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Allowed:
    """What was taken into account before calling it a change: ``what`` (days off, possible absence, team, ramp) and its words."""

    what: str
    sentence: str


@dataclass(frozen=True)
class Moved:
    """Another metric of the rep over the same weeks: its relative change and score."""

    metric: str
    change: float
    score: float


@dataclass(frozen=True)
class Card:
    """A lasting change of one metric of one rep against her own pace.

    ``observed`` and ``expected`` are sums of counts, shares of a rate, or means, over the weeks from ``since`` to ``until``
    (the last whole week, or the card's last). ``interval``: 80 % of what was to be expected. ``p_value``: chance of so
    little (or much) in these weeks alone; ``quarters``: rep-quarters in which chance brings one such card over all metrics.
    ``rows``: the table's rows behind it.
    """

    rep: str
    role: str
    metric: str
    kind: str
    direction: int
    fired: date
    since: date
    until: date
    state: State
    came_back: bool
    observed: float
    expected: float
    interval: tuple[float, float]
    n: float
    change: float
    score: float
    p_value: float
    quarters: float
    allowed: tuple[Allowed, ...]
    moved_with: tuple[Moved, ...]
    rows: tuple[int, ...]
    sentence: str
    meaning: float = 1.0

    @property
    def improvement(self) -> bool:
        """Whether it is good news. ``meaning`` below 0 marks metrics of which less is better."""
        return self.direction * self.meaning > 0

    @property
    def weight(self) -> float:
        """Rank: what the change means for the rep's result; beyond a half or a double it is only told apart by its clearness."""
        ratio = abs(log(max(1 + self.change, 0.1)))
        return min(ratio, log(2)) * abs(self.meaning) * self.score


def sentence_of(metric: str, kind: str, numbers: tuple[float, float, float], since: date, rare: str) -> str:
    """``Since 12 May: 61 meetings, 88 expected at the usual pace (−31 %). …`` from (observed, expected, change)."""
    observed, expected, change = numbers
    if kind == "count":
        what = f"{observed:,.0f} {metric}, {expected:,.0f} expected at the usual pace"
    elif kind == "rate":
        what = f"{metric} {observed:.1%}, usually {expected:.1%}"
    else:
        what = f"{metric} {observed:,.4g}, usually {expected:,.4g}"
    sign = "−" if change < 0 else "+"
    return f"Since {since:%-d %b %Y}: {what} ({sign}{abs(change):.0%}). {rare}"


def rare_words(quarters: float) -> str:
    """How often chance brings such a card, in words."""
    if quarters < 1.5:
        return "About 1 such card per rep and quarter is a false alarm."
    if quarters < 400:
        return f"By chance, one so clear comes about once in {quarters:,.0f} quarters of a rep."
    return "By chance alone, one so clear hardly ever comes (less than once in 100 years of a rep)."


def digest_of(cards: Sequence[Card], notices: Sequence[Notice], most: int = 3) -> tuple[str, ...]:
    """The few things that matter today, one a rep, the weightiest first.

    Falls before praise, but one praise gets in if there is one.
    """
    best: dict[tuple[str, bool], Card] = {}
    for card in sorted(cards, key=lambda c: -c.weight):
        best.setdefault((card.rep, card.improvement), card)
    worse = [card for card in best.values() if not card.improvement]
    better = [card for card in best.values() if card.improvement]
    chosen = worse[: most - 1 if better else most] + better[: max(1, most - len(worse))]
    lines = [f"{card.rep}: {card.sentence}" for card in chosen[:most]]
    return tuple(lines + [f"{n.rep}: {n.sentence}" for n in notices][: most - len(lines)])
