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
from paceline.saying.said import Said, say
from paceline.saying.values import Change, Day, Number, Word


def turn_sentence(turn: Turn, week: date, factor: Factor, currency: str) -> Said:
    """``Touches turned in the week of 3 August 2026: from 11 to 9.2 per person and working day (−16%); chance alone…``."""
    before, after = (_said(value, factor, currency) for value in (turn.before, turn.after))
    moved = say("from {before} to {after}", before=before, after=after)
    if factor.under is None:
        moved = say("from {before} to {after} per person and working day", before=before, after=after)
    if turn.change is not None:
        moved = say("{moved} ({change})", moved=moved, change=Change(turn.change))
    return say(
        "{driver} turned in the week of {week}: {moved}; chance alone turns any of them as much 1 time in {times}.",
        driver=Word(turn.driver, at_start=True), week=Day(week, "%-d %B %Y"), moved=moved,
        times=max(round(1 / turn.chance), 2),
    )  # fmt: skip


def _said(value: float, factor: Factor, currency: str) -> Said:
    """A rate in its unit: money, a share, or a number of things."""
    if factor.name in ("deal size", "amount of each"):
        return shown(value, Unit.MONEY, currency)
    if factor.name in ("win rate", "responses per contact", "acceptance", "share decided", "meetings per response"):
        return say("{number}", number=Number(value, ".1%" if value < 0.1 else ".0%"))
    return say("{number}", number=Number(value, ",.3g"))


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
