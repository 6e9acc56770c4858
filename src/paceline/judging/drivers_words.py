"""What is said of drivers: a turn with its unit, and the questions that show the records behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from paceline.insight.drivers import Factor, Split
from paceline.insight.drivers_turn import Turn
from paceline.judging.drivers_read import LINKS
from paceline.metrics.ask import ask
from paceline.metrics.reading import shown
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.sales.periods import Period
from paceline.sales.scope import Scope


def turn_sentence(turn: Turn, week: date, factor: Factor, currency: str) -> str:
    """``Touches turned in the week of 3 August 2026: from 11 to 9.2 a working day of each (−16%); chance alone…``."""
    change = "" if turn.change is None else f" ({turn.change:+.0%})".replace("-", "−")
    name = turn.driver[:1].upper() + turn.driver[1:]
    before, after = (_said(value, factor, currency) for value in (turn.before, turn.after))
    unit = " a working day of each" if factor.under is None else ""
    return (
        f"{name} turned in the week of {week.day} {week:%B %Y}: from {before} to {after}{unit}{change}; chance alone turns any "
        f"of them as much {_rarely(turn.chance)}."
    )


def _said(value: float, factor: Factor, currency: str) -> str:
    """A rate in its unit: money, a share, or a number of things."""
    if factor.name in ("deal size", "amount of each"):
        return shown(value, Unit.MONEY, currency)
    if factor.name in ("win rate", "responses per contact", "acceptance", "share decided", "meetings per response"):
        return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"
    return f"{value:,.3g}"


def _rarely(chance: float) -> str:
    return f"1 time in {max(round(1 / chance), 2):,}"


def look(store: Store, found: Split, turns: Sequence[Turn], scope: Scope, period: Period, as_of: date | None) -> tuple[str, ...]:
    """The questions that show the records of the earliest turn, and of the largest driver that is named in the gap's direction.

    Only of metrics that have a value here: of others there is nothing to see.
    """
    way = [one for one in turns if (one.after - one.before) * found.gap > 0] or list(turns)
    names = [way[0].driver] if way else []
    against = [one for one in found.leaves if one.named and one.part * found.gap > 0 and one.name not in LINKS]
    names += [one.name for one in sorted(against, key=lambda one: -abs(one.part))[:1]]
    metrics = {one.name: one.metric for one in found.drivers}
    slugs = list(dict.fromkeys(slug for name in names if (slug := metrics.get(name))))
    of = " ".join(
        f'--{clause.attribute} "{value}"'
        for clause in scope.clauses
        for value in sorted(clause.values)
        if len(clause.values) == 1
    )
    day = "" if as_of is None else f" --as-of {as_of}"
    asked = f"{of} --period {period.first}..{period.until}{day}".strip()
    readings = ask(store, slugs, scope, period, as_of=as_of, mean_of_reps=False) if slugs else ()
    there = {reading.slug for reading in readings if reading.value is not None}
    return tuple(f"paceline explain {slug} {asked}" for slug in slugs if slug in there)
