"""The scoreboard as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paceline.cli.report import Board
from paceline.cli.sparkline import sparkline
from paceline.insight.scoreboard import PERIODS, RAMP_DAYS, Blocks, blocks_for, mark
from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Metric, Unit

STYLES = {"!": "bold dark_orange", "+": "bold dodger_blue1", "~": "dim", "": ""}
KEY = (
    "! worse than usual   + better than usual   ~ in the first 90 days, not judged   – no value   · no value then\n"
    "Usual: the natural limits (XmR) of the rep's own periods before. A mark is a reason to look, not a verdict."
)
_VALUE = 11  # characters of the longest value, mark included
_NAME = 18


def show(board: Board, metrics: Sequence[str], console: Console) -> None:
    """Every role's blocks, then the key. ``metrics``: these alone, in one block."""
    question = board.question
    settings = question.store.settings
    title = f"{settings.name}: {question.about}, {question.period.label}, as of {question.today}; money in {settings.currency}"
    console.print(title, style="italic", markup=False)
    for role in sorted({stint.role or "" for stint in board.people.values()}):
        blocks: Blocks = {"Metrics": tuple(metrics)} if metrics else blocks_for(role or None)
        reps = _reps(board, role, blocks)
        if reps:
            console.print(f"\n{role or 'No role'} ({len(reps)})", style="bold underline", markup=False)
            for name, slugs in blocks.items():
                console.print(_block(board, role, name, slugs, reps, console.width))
    console.print(KEY, style="dim", markup=False)


def _reps(board: Board, role: str, blocks: Blocks) -> list[str]:
    """Who gets a row, by name: people of the role with any value; managers only with results of their own."""
    managers = {stint.manager_id for stint in board.people.values()}
    results, *_ = blocks.values()
    every = tuple(slug for block in blocks.values() for slug in block)
    rows = [
        rep
        for rep, stint in board.people.items()
        if (stint.role or "") == role and _has_numbers(board, rep, results if rep in managers else every)
    ]
    return sorted(rows, key=lambda rep: board.people[rep].name or rep)


def _has_numbers(board: Board, rep: str, slugs: Sequence[str]) -> bool:
    return any(reading is not None and reading.n > 0 for slug in slugs for reading in board.history(slug, rep))


def _block(board: Board, role: str, name: str, slugs: Sequence[str], reps: list[str], width: int) -> Table:
    bars = _bars(width, len(slugs))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(Text(name, style="bold cyan"), width=_NAME, no_wrap=True, overflow="ellipsis")
    for slug in slugs:
        table.add_column(_heading(board.question.store.catalog[slug]), justify="right", vertical="bottom")
    for rep in reps:
        table.add_row(Text(board.people[rep].name or rep), *(_cell(board, slug, rep, bars) for slug in slugs))
    if len(reps) > 1:
        table.add_row(Text("All together", style="dim"), *(_together(board, role, slug, bars) for slug in slugs))
    return table


def _heading(metric: Metric) -> Text:
    unit = ", days" if metric.unit is Unit.DAYS and "days" not in metric.name.lower() else ""
    return Text(metric.name + unit)


def _bars(width: int, columns: int) -> int:
    """How many bars fit beside each value; none, if it would be fewer than four."""
    room = (width - _NAME) // columns - 2 - _VALUE
    return min(PERIODS, room) if room >= 4 else 0


def _cell(board: Board, slug: str, rep: str, bars: int) -> Text:
    history = board.history(slug, rep)
    values = [None if reading is None else reading.value for reading in history]
    hired = board.people[rep].hired_day
    ramping = hired is not None and board.periods[-1].until_day - hired < RAMP_DAYS
    sign = mark(values, board.question.store.catalog[slug].direction, ramping)
    text = f"{sign}{brief(history[-1])}" + (f" {sparkline(values)[-bars:]}" if bars else "")
    return Text(text, style=STYLES[sign])


def _together(board: Board, role: str, slug: str, bars: int) -> Text:
    """The role's pooled value, under the values."""
    found = board.together.where(metric=slug, role=role or None)
    return Text(brief(found[0] if found else None) + " " * (bars + 1 if bars else 0), style="dim")


def brief(reading: Reading | None) -> str:
    """A value in few characters: ``63 %``, ``10.0M``, ``51.8``; a dash where there is none."""
    if reading is None or reading.value is None:
        return "–"
    value, unit = reading.value, reading.metric.unit
    if unit is Unit.PERCENT:
        return f"{value:.0%}" if abs(value) >= 0.1 else f"{value:.1%}"
    if unit is Unit.SECONDS:
        return reading.text
    if abs(value) >= 10_000:
        return _large(value)
    return f"{value:,.0f}" if unit in (Unit.COUNT, Unit.MONEY) or abs(value) >= 100 else f"{value:.1f}"


def _large(value: float) -> str:
    """Three digits and a letter, ``25.4k`` or ``1.81M``."""
    size, letter = next((size, letter) for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if abs(value) >= size * 0.9995)
    scaled = value / size
    return f"{scaled:.{max(0, 2 - len(str(int(abs(scaled)))) + 1)}f}{letter}"
