"""A signal as it is shown: what changed, what was expected, since when, how rare that is by chance, and what was allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

from paceline.insight.absence import Notice

NOTABLE = 0.05  # part of the usual below which what was allowed for isn't worth a word


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
    ``rows``: the table's rows behind it. ``usual``: the same of her own weeks before, with nothing allowed for but working time.
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
    usual: float | None = None

    @property
    def improvement(self) -> bool:
        """Whether it is good news. ``meaning`` below 0 marks metrics of which less is better."""
        return self.direction * self.meaning > 0

    @property
    def is_allowed_for(self) -> bool:
        """Whether what was expected is other than what is usual: the others' weeks or a hire's ramp make the difference."""
        return bool(self.allowed) and self.usual is not None and abs(self.expected - self.usual) >= NOTABLE * abs(self.usual)

    @property
    def weight(self) -> float:
        """Rank: what the change means for the rep's result; beyond a half or a double it is only told apart by its clearness."""
        ratio = abs(log(max(1 + self.change, 0.1)))
        return min(ratio, log(2)) * abs(self.meaning) * self.score


def sentence_of(card: Card) -> str:
    """``Since 12 May 2026: 61 meetings, 88 expected at the usual pace (−31 %). …``: the card's, with the table's own names."""
    how = {"count": ",.0f", "rate": ".1%"}.get(card.kind, ",.4g")
    observed, expected, usual = (format(value, how) for value in (card.observed, card.expected, card.usual or 0.0))
    what = f"{observed} {card.metric}" if card.kind == "count" else f"{card.metric} {observed}"
    return told_of(card, what, expected, usual)


def told_of(card: Card, what: str, expected: str, usual: str, level: str = "rep") -> str:
    """A card's sentence from its numbers in words; ``what`` was seen, with its name. What is usual and what was to be expected
    are told apart where something was allowed for, so that its change isn't taken for one against the usual.
    """
    change = f"({'−' if card.change < 0 else '+'}{abs(card.change):.0%})"
    if card.is_allowed_for:
        numbers = f"{what}, {expected} expected after what is allowed for {change}; usually {usual}"
    elif card.kind == "count":
        numbers = f"{what}, {expected} expected at the usual pace {change}"
    else:
        numbers = f"{what}, usually {expected} {change}"
    return f"Since {card.since:%-d %b %Y}: {numbers}. {rare_words(card.quarters).replace('rep', level)}"


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
