"""Signals in a terminal, and as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from paceline.judging.signals import CompanySignals, Signal, Unknown

_ARROWS = {-1: "▼", 1: "▲"}
_STYLES = {False: "bold dark_orange", True: "bold dodger_blue1", None: "bold"}
_LINES = 12  # reps whose unknown metrics are named
_COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("id", pa.string()), ("level", pa.string()), ("name", pa.string()), ("who", pa.string()), ("metric", pa.string()),
    ("better", pa.bool_()), ("since", pa.date32()), ("fired", pa.date32()), ("until", pa.date32()), ("observed", pa.float64()),
    ("expected", pa.float64()), ("low", pa.float64()), ("high", pa.float64()), ("change", pa.float64()), ("n", pa.float64()),
    ("p_value", pa.float64()), ("quarters_between", pa.float64()), ("weight", pa.float64()), ("told", pa.date32()),
    ("new", pa.bool_()), ("verdict", pa.string()), ("sentence", pa.string()), ("records", pa.string()),
)  # fmt: skip


def show(found: CompanySignals, about: str, day: date, every: bool, console: Console) -> None:
    """Three things first, then the cards by rep, praise, possible absences, what is unknown, and how often we are wrong."""
    _print(console, f"{about}, signals as of {day}; budget of false alarms: {found.budget:g} per rep and quarter", "italic")
    _digest(found, console)
    for title, cards in (("Changed for everybody: told once, and allowed for in the cards below", found.common),
                         ("Slower or less than usual", found.falls), ("Better than usual", found.praise),
                         ("Changed, for better or worse", found.neither)):  # fmt: skip
        if cards:
            _print(console, f"\n{title}", "bold underline")
            for group in by_who(cards):
                _rep(group, every, console)
    if found.dismissed:
        _print(console, f"\nDismissed and still there: {', '.join(_short(one) for one in found.dismissed)}", "dim")
    if found.notices:
        _print(console, "\nPossible absences (no alarms)", "bold underline")
        for who, notice in found.notices:
            _print(console, f"{who}: {notice.sentence}")
    _unknown(found.unknown, console)
    _print(console, f"\nHow often are we wrong? {found.verdicts.sentence}", "dim")
    if found.firing or found.common:
        _print(
            console,
            "Right or wrong? paceline signals --confirm ID, or --dismiss ID --because WHY. What could be seen: --delays.",
            "dim",
        )


def _digest(found: CompanySignals, console: Console) -> None:
    lines = found.digest
    if not lines:
        if not found.standings and not found.unknown and not found.firing:
            _print(console, "\nNobody here sells on that day, so there is nothing to judge.", "bold")
            return
        burning = len(found.common) + len(found.firing)
        still = f" {burning} card{'s' * (burning != 1)} told before still fire{'s' * (burning == 1)}." if burning else ""
        _print(console, f"\nNothing new.{still}", "bold")
        return
    _print(console, "\nWhat matters today", "bold underline")
    for number, line in enumerate(lines, 1):
        _print(console, f"{number}. {line}")


def by_who(cards: Sequence[Signal]) -> list[list[Signal]]:
    """Cards of the same rep or team together; whose weightiest is weightiest comes first."""
    groups: dict[tuple[str, str], list[Signal]] = {}
    for one in cards:
        groups.setdefault((one.level, one.name), []).append(one)
    return list(groups.values())


def _rep(group: list[Signal], every: bool, console: Console) -> None:
    first = group[0]
    kind = {"rep": f" ({first.card.role})", "team": " (team)"}.get(first.level, "")
    _print(console, f"\n{first.who}{kind}", "bold")
    for place, one in enumerate(group):
        _card(one, every or one.is_news, place == 0, console)


def _card(one: Signal, full: bool, first: bool, console: Console) -> None:
    """A card: its line and, in full, what is behind it. What moved with it is told once, with the rep's weightiest."""
    mark = f"{_ARROWS[one.card.direction]} {one.metric.name} {_percent(one.card.change)} since {one.card.since:%-d %b %Y}"
    tail = "" if one.told is None else f"  {one.told.id}" + ("" if one.new else f", told {one.told.day:%-d %b %Y}")
    if one.told is not None and one.told.verdict:
        tail += f", {one.told.verdict}"
    line = Text(f"  {mark}", style=_STYLES[one.better])
    line.append(tail, style="not bold dim")
    console.print(line, soft_wrap=True)
    if full:
        for text in _details(one, first):
            _print(console, f"      {text}", "dim")


def _details(one: Signal, first: bool) -> list[str]:
    lines: list[str] = [one.sentence]
    if one.card.allowed:
        lines.append("Allowed for: " + "; ".join(each.sentence for each in one.card.allowed) + ".")
    if one.moved_with and first:
        lines.append("Moved with it: " + ", ".join(f"{name.lower()} {_percent(change)}" for name, change in one.moved_with) + ".")
    if one.drives:
        lines.append(f"It drives {' and '.join(name.lower() for name in one.drives)}.")
    return [*lines, f"→ {one.questions[0]}"] + (["  (and each week before)"] if len(one.questions) > 1 else [])


def _unknown(unknown: Sequence[Unknown], console: Console) -> None:
    if not unknown:
        return
    groups: dict[tuple[str, str], list[str]] = {}
    for one in unknown:
        groups.setdefault((one.who, one.why), []).append(one.metric.lower())
    _print(console, "\nNothing can be said about", "bold underline")
    for (who, why), metrics in list(groups.items())[:_LINES]:
        names = ", ".join(metrics[:3]) + (f" and {len(metrics) - 3} more" if len(metrics) > 3 else "")
        _print(console, f"{who}: {names}: {why}")
    if len(groups) > _LINES:
        _print(console, f"… and {len(groups) - _LINES} more; --format json has all.", "dim")


def show_delays(found: CompanySignals, console: Console) -> None:
    """What each class of metric lets one see within eight weeks, at the budget chosen."""
    _print(
        console,
        f"Falls laid on this company's own scrambled history, with {found.budget:g} false alarms per rep and quarter",
        "italic",
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Metrics of")
    for title in ("Lasting fall", "Seen within 8 weeks", "Usual wait", "Tried"):
        table.add_column(title, justify="right")
    for one in found.delays:
        wait = "–" if one.weeks is None or not one.tried else f"{one.weeks:.0f} weeks"
        seen = "–" if not one.tried else f"{one.seen:.0%}"
        table.add_row(one.label, f"−{one.fall:.0%}", seen, wait, str(one.tried))
    console.print(table)
    _print(
        console,
        "Below 5 a week hardly anything shows within 8 weeks, whatever is done: judge such results by the quarter.",
        "dim",
    )


def _short(one: Signal) -> str:
    return f"{one.who}, {one.metric.name.lower()}"


def _percent(change: float) -> str:
    return f"{'−' if change < 0 else '+'}{abs(change):.0%}"


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style or None, markup=False, soft_wrap=True)


def as_table(found: CompanySignals) -> pa.Table:
    """A row a firing card (dismissed ones too): the company's, then the others, weightiest first."""
    rows = [_row(one) for one in _every(found)]
    return pa.Table.from_pylist(rows, schema=pa.schema(_COLUMNS))


def _every(found: CompanySignals) -> tuple[Signal, ...]:
    return (*found.common, *found.firing, *found.dismissed)


def _row(one: Signal) -> dict[str, Any]:
    card, told = one.card, one.told
    return {
        "id": None if told is None else told.id, "level": one.level, "name": one.name, "who": one.who, "metric": one.metric.slug,
        "better": one.better, "since": card.since, "fired": card.fired, "until": card.until, "observed": card.observed,
        "expected": card.expected, "low": card.interval[0], "high": card.interval[1], "change": card.change, "n": card.n,
        "p_value": card.p_value, "quarters_between": card.quarters, "weight": card.weight,
        "told": None if told is None else told.day, "new": one.new, "verdict": None if told is None else told.verdict,
        "sentence": one.sentence, "records": one.questions[0],
    }  # fmt: skip


def as_json(found: CompanySignals) -> dict[str, Any]:
    """Everything there is to say."""
    return {
        "now": found.now, "budget": found.budget, "rep_quarters": found.rep_quarters, "digest": list(found.digest),
        "cards": [{**_row(one), "records": list(one.questions), "drives": list(one.drives),
                   "allowed": [each.sentence for each in one.card.allowed],
                   "moved_with": [{"metric": m.metric, "change": m.change} for m in one.card.moved_with]}
                  for one in _every(found)],
        "possible_absences": [{"who": who, "since": one.since, "weeks": one.weeks, "activity": one.activity,
                               "sentence": one.sentence} for who, one in found.notices],
        "unknown": [{"name": one.name, "who": one.who, "metric": one.metric, "why": one.why} for one in found.unknown],
        "standings": [{"rep": one.rep, "who": found.names[one.rep], "metric": one.metric, "state": one.state.value,
                       "because": one.because, "a_week": one.a_week, "smallest_fall": one.smallest_fall,
                       "smallest_rise": one.smallest_rise} for one in found.standings],
        "delays": [{"class": one.label, "fall": one.fall, "tried": one.tried, "seen": one.seen, "weeks": one.weeks}
                   for one in found.delays],
        "not_judged": dict(found.not_judged),
        "verdicts": {"told": found.verdicts.told, "confirmed": found.verdicts.confirmed,
                     "dismissed": found.verdicts.dismissed, "sentence": found.verdicts.sentence},
    }  # fmt: skip
