"""How large a simulated company is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """So many sellers (AEs and SDRs), with managers on top, over so many months up to the end date.

    ``pace`` multiplies what a seller does in a day: 1 gives about 25 mails, calls and meetings a working day, 1.55 about 38.
    ``recorded`` is the share of answered calls whose speaker turns are kept.
    """

    name: str
    sellers: int
    managers: int
    months: int
    pace: float = 1.0
    recorded: float = 0.25


DEMO = Size("demo", sellers=10, managers=2, months=18, recorded=0.6)
SMALL = Size("small", sellers=50, managers=6, months=24, pace=1.6)
MEDIUM = Size("medium", sellers=500, managers=60, months=36, pace=1.55)
LARGE = Size("large", sellers=2000, managers=220, months=60, pace=1.6, recorded=0.1)

SIZES: dict[str, Size] = {size.name: size for size in (DEMO, SMALL, MEDIUM, LARGE)}
