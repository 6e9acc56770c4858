"""A signal as it is shown: what changed, what was expected, since when, how rare that is by chance, and what was allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

from paceline.insight.absence import Notice
from paceline.saying.said import Said, joined, say
from paceline.saying.values import Change, Day, Number, Value

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
    sentence: Said


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
    sentence: Said
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


def sentence_of(card: Card) -> Said:
    """``Since 12 May 2026: 61 meetings, 88 expected at the usual pace (−31 %). …``: the card's, with the table's own names."""
    how = {"count": ",.0f", "rate": ".1%"}.get(card.kind, ",.4g")
    observed, expected, usual = (Number(value, how) for value in (card.observed, card.expected, card.usual or 0.0))
    text = "{observed} {name}" if card.kind == "count" else "{name} {observed}"
    return told_of(card, say(text, observed=observed, name=card.metric), expected, usual)


def told_of(card: Card, what: Said, expected: Value, usual: Value, level: str = "rep") -> Said:
    """A card's sentence from its numbers; ``what`` was seen, with its name. What is usual and what was to be expected
    are told apart where something was allowed for, so that its change isn't taken for one against the usual.
    """
    since, change = Day(card.since, "%-d %b %Y"), Change(card.change)
    if card.is_allowed_for:
        numbers = say(
            "Since {since}: {what}, {expected} expected after what is allowed for ({change}); usually {usual}.",
            since=since, what=what, expected=expected, change=change, usual=usual,
        )  # fmt: skip
    elif card.kind == "count":
        numbers = say(
            "Since {since}: {what}, {expected} expected at the usual pace ({change}).",
            since=since, what=what, expected=expected, change=change,
        )  # fmt: skip
    else:
        numbers = say(
            "Since {since}: {what}, usually {expected} ({change}).", since=since, what=what, expected=expected, change=change
        )
    return joined([numbers, rare_words(card.quarters, level)])


_FALSE = {
    "rep": say("About 1 such card per rep and quarter is a false alarm."),
    "team": say("About 1 such card per team and quarter is a false alarm."),
    "company": say("About 1 such card per company and quarter is a false alarm."),
}
_NEVER = {
    "rep": say("By chance alone, one so clear hardly ever comes (less than once in 100 years of a rep)."),
    "team": say("By chance alone, one so clear hardly ever comes (less than once in 100 years of a team)."),
    "company": say("By chance alone, one so clear hardly ever comes (less than once in 100 years of a company)."),
}


def rare_words(quarters: float, level: str = "rep") -> Said:
    """How often chance brings such a card, in words. ``level``: whose (rep, team, company)."""
    if quarters < 1.5:
        return _FALSE[level]
    if quarters >= 400:
        return _NEVER[level]
    many = Number(quarters, ",.0f")
    if level == "rep":
        return say("By chance, one so clear comes about once in {quarters} quarters of a rep.", quarters=many)
    if level == "team":
        return say("By chance, one so clear comes about once in {quarters} quarters of a team.", quarters=many)
    return say("By chance, one so clear comes about once in {quarters} quarters of a company.", quarters=many)


def digest_of(cards: Sequence[Card], notices: Sequence[Notice], most: int = 3) -> tuple[Said, ...]:
    """The few things that matter today, one a rep, the weightiest first.

    Falls before praise, but one praise gets in if there is one.
    """
    best: dict[tuple[str, bool], Card] = {}
    for card in sorted(cards, key=lambda c: -c.weight):
        best.setdefault((card.rep, card.improvement), card)
    worse = [card for card in best.values() if not card.improvement]
    better = [card for card in best.values() if card.improvement]
    chosen = worse[: most - 1 if better else most] + better[: max(1, most - len(worse))]
    lines = [joined([card.rep, card.sentence], ": ") for card in chosen[:most]]
    return tuple(lines + [joined([n.rep, n.sentence], ": ") for n in notices][: most - len(lines)])
