"""What changed an open pipeline between two days: parts that add up exactly, each with the deals it is made of.

Two photographs are compared, each as it was known on its day: the opening one and the closing one. A deal in both has grown or
shrunk, and its exchange rate may have moved. One in the closing alone has come in, one in the opening alone has gone, for one
reason each; one that came and was decided in between did both. Amounts are integer cents of the company's currency; an unknown
amount adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from paceline.saying.said import noted


class Cause(StrEnum):
    """Why the pipeline changed, in the order in which it is told."""

    NEW = noted("new")
    REOPENED = noted("reopened")
    PULLED_IN = noted("pulled in")
    TRANSFERRED_IN = noted("transferred in")
    RECORDED_LATE = noted("recorded late")
    GROWN = noted("grown")
    SHRUNK = noted("shrunk")
    CURRENCY = noted("currency")
    WON = noted("won")
    LOST = noted("lost")
    SLIPPED = noted("slipped")
    TRANSFERRED_OUT = noted("transferred out")
    REMOVED = noted("removed")


MEANING = {
    Cause.NEW: noted("started after the opening day"),
    Cause.REOPENED: noted("was closed on the opening day and open again later"),
    Cause.PULLED_IN: noted("its close date moved into the due days"),
    Cause.TRANSFERRED_IN: noted("came to an owner of these from others, or its owner came"),
    Cause.RECORDED_LATE: noted("had started by the opening day, which wasn't known then"),
    Cause.GROWN: noted("its amount rose, at the opening day's exchange rate"),
    Cause.SHRUNK: noted("its amount fell, at the opening day's exchange rate"),
    Cause.CURRENCY: noted("the exchange rate moved"),
    Cause.WON: noted("was won"),
    Cause.LOST: noted("was lost"),
    Cause.SLIPPED: noted("is open still, its close date moved out of the due days"),
    Cause.TRANSFERRED_OUT: noted("went to an owner outside, or its owner left"),
    Cause.REMOVED: noted("was deleted, merged into another, marked a test, or closed on an unknown day"),
}


@dataclass(frozen=True)
class Standing:
    """An open deal on a day. ``inside``: its owner is one of those asked about. ``cents``: at that day's rate; None: unknown.

    ``steady_cents``: the same amount at the opening day's rate (None: unknown, or no rate).
    """

    inside: bool
    cents: int | None
    steady_cents: int | None
    close_day: int | None
    owner: str | None = None


@dataclass(frozen=True)
class Closing:
    """A deal's close as known on the closing day. ``due``: its last expected close date lay within the due days."""

    won: bool
    day: int
    inside: bool
    cents: int | None
    steady_cents: int | None
    due: bool
    owner: str | None = None


@dataclass(frozen=True)
class Deal:
    """A deal on the two days. ``opening``, ``closing``: as it stood open (None: not open then, or not known).

    ``close``: its final close, if any is known by the closing day. ``closed_before``: it was known as closed on the opening day.
    ``start_day``: days since 1970-01-01, None: unknown. ``same_currency``: both amounts are native in one currency.
    """

    id: str
    opening: Standing | None = None
    closing: Standing | None = None
    close: Closing | None = None
    closed_before: bool = False
    start_day: int | None = None
    same_currency: bool = True


@dataclass(frozen=True)
class Move:
    """What one deal adds to one part, in cents (negative: it takes away). ``owner``: whose it was. ``known``: its amount is."""

    cause: Cause
    deal: str
    cents: int
    owner: str | None = None
    known: bool = True


@dataclass(frozen=True)
class Part:
    """One part of the change and the deals it is made of, the largest first."""

    cause: Cause
    moves: tuple[Move, ...]

    @property
    def cents(self) -> int:
        """The sum of its moves."""
        return sum(move.cents for move in self.moves)

    @property
    def deals(self) -> int:
        """How many deals."""
        return len(self.moves)

    @property
    def unknown(self) -> int:
        """Of how many of them the amount isn't known; they add nothing."""
        return sum(not move.known for move in self.moves)


@dataclass(frozen=True)
class Waterfall:
    """``opening + Σ parts = closing``, to the cent. Parts without any deal are left out."""

    opening: int
    parts: tuple[Part, ...]
    closing: int
    opening_deals: int
    closing_deals: int
    opening_unknown: int  # deals of the opening pipeline whose amount isn't known
    unknown: int  # the same of the closing one

    def cents(self, cause: Cause) -> int:
        """What a cause adds; 0 if no deal moved for it."""
        return sum(part.cents for part in self.parts if part.cause is cause)


def waterfall(deals: Iterable[Deal], opened: int, due_until: int | None) -> Waterfall:
    """The change of the pipeline from the end of day ``opened`` on.

    ``due_until``: only deals with a close date before that day (overdue ones included) are in the pipeline; None: all open ones.
    Days since 1970-01-01. Raises ArithmeticError if the parts shouldn't add up, which would be a fault of ours.
    """
    deals = list(deals)
    moves = [move for deal in deals for move in moves_of(deal, opened, due_until)]
    grouped: dict[Cause, list[Move]] = {cause: [] for cause in Cause}
    for move in moves:
        grouped[move.cause].append(move)
    parts = tuple(Part(cause, tuple(sorted(some, key=_largest))) for cause, some in grouped.items() if some)
    first = [deal.opening for deal in deals if deal.opening is not None and _counts(deal.opening, due_until)]
    last = [deal.closing for deal in deals if deal.closing is not None and _counts(deal.closing, due_until)]
    opening, closing = (sum(one.cents or 0 for one in some) for some in (first, last))
    if opening + sum(part.cents for part in parts) != closing:
        raise ArithmeticError(f"{opening} and the parts don't add up to {closing}")
    nothing_known = [sum(one.cents is None for one in some) for some in (first, last)]
    return Waterfall(opening, parts, closing, len(first), len(last), *nothing_known)


def _largest(move: Move) -> tuple[int, str]:
    return -abs(move.cents), move.deal


def _counts(one: Standing | None, due_until: int | None) -> bool:
    return one is not None and one.inside and _due(one.close_day, due_until)


def _due(close_day: int | None, due_until: int | None) -> bool:
    return due_until is None or (close_day is not None and close_day < due_until)


def moves_of(deal: Deal, opened: int, due_until: int | None) -> list[Move]:
    """What one deal does to the pipeline."""
    was, stays = _counts(deal.opening, due_until), _counts(deal.closing, due_until)
    if was and stays:
        assert deal.opening is not None
        assert deal.closing is not None
        return _changed(deal, deal.opening, deal.closing.cents, deal.closing.steady_cents, deal.closing.owner)
    if was:
        return _gone(deal)
    if stays:
        assert deal.closing is not None
        return [_whole(_entered(deal, opened, due_until), deal, deal.closing.cents, deal.closing.owner)]
    return _passed_through(deal, opened, due_until)


def _changed(deal: Deal, before: Standing, cents: int | None, steady: int | None, owner: str | None) -> list[Move]:
    """Grown or shrunk at the opening rate; what the rate adds to it. Their sum is the whole difference."""
    whole = (cents or 0) - (before.cents or 0)
    known = deal.same_currency and steady is not None
    size = (steady or 0) - (before.cents or 0) if known else whole
    found = [Move(Cause.GROWN if size > 0 else Cause.SHRUNK, deal.id, size, owner)] if size else []
    return found + ([Move(Cause.CURRENCY, deal.id, whole - size, owner)] if whole != size else [])


def _whole(cause: Cause, deal: Deal, cents: int | None, owner: str | None, sign: int = 1) -> Move:
    return Move(cause, deal.id, sign * (cents or 0), owner, cents is not None)


def _gone(deal: Deal) -> list[Move]:
    """A deal of the opening that isn't in the closing. A close takes away what it closed at; all else what it opened at."""
    before = deal.opening
    assert before is not None
    if deal.closing is None and deal.close is not None and deal.close.inside:
        close = deal.close
        cause = Cause.WON if close.won else Cause.LOST
        return [
            *_changed(deal, before, close.cents, close.steady_cents, close.owner),
            _whole(cause, deal, close.cents, close.owner, -1),
        ]
    if deal.closing is None and deal.close is None:
        cause = Cause.REMOVED
    else:
        inside = deal.closing is not None and deal.closing.inside
        cause = Cause.SLIPPED if inside else Cause.TRANSFERRED_OUT
    return [_whole(cause, deal, before.cents, before.owner, -1)]


def _entered(deal: Deal, opened: int, due_until: int | None) -> Cause:
    """Why a deal of the closing pipeline wasn't in the opening one."""
    if deal.opening is not None:
        return Cause.PULLED_IN if deal.opening.inside and not _due(deal.opening.close_day, due_until) else Cause.TRANSFERRED_IN
    if deal.closed_before:
        return Cause.REOPENED
    return Cause.NEW if deal.start_day is not None and deal.start_day > opened else Cause.RECORDED_LATE


def _passed_through(deal: Deal, opened: int, due_until: int | None) -> list[Move]:
    """Came in and was decided between the days, by one of those asked about: both are told, and cancel out."""
    close = deal.close
    if deal.closing is not None or close is None or not close.inside or close.day <= opened:
        return []
    if not (close.due or (close.won and _due(close.day, due_until))):
        return []
    return [
        _whole(_entered(deal, opened, due_until), deal, close.cents, close.owner),
        _whole(Cause.WON if close.won else Cause.LOST, deal, close.cents, close.owner, -1),
    ]
