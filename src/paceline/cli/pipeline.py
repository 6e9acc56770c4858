"""``paceline pipeline``: what changed the open pipeline between two days, as a waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import EVERYBODY, Question, Whose, answered_or_told, asking, of_whom, read_day

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console
    from rich.table import Table

    from paceline.insight.waterfall import Move
    from paceline.judging.waterfall import PipelineChange
    from paceline.sales.periods import Period

ALL = "all"
_BAR = 34  # characters of the longest bar
_REST = 48  # of the columns beside the bar
_NAMED = 3  # deals named beside a part


@of_whom
def pipeline(
    whose: Whose = EVERYBODY,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="The first day, at its end; without it, 28 days before the second.", show_default=False
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="The second day, at its end; without it, today.", show_default=False),
    ] = None,
    due: Annotated[
        str,
        typer.Option(
            "--due",
            help="Deals with a close date before the end of this period, overdue ones included; `all`: all open deals, "
            "whatever their close date.",
        ),
    ] = "this_fiscal_quarter",
    deals: Annotated[bool, typer.Option("--deals", help="A row for each deal that moved, instead of one for each part.")] = False,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """What changed the open pipeline between two days: new, won, lost, slipped, pulled in, grown, shrunk…

    The parts add up to the cent. Each day is as it was known then, with the owners of that day. Words in --due, such as
    this_quarter, are meant as of the second day.

    Example: `paceline pipeline --team North --from 2026-06-30 --to 2026-09-30`
    """
    from paceline.judging.waterfall import PipelineError, pipeline_change

    with asking(project, whose, "today", until) as question, working("Comparing the two days…"):
        closed = question.today
        opened = _first_day(since, closed)
        try:
            change = pipeline_change(question.store, question.scope, opened, closed, _due(due, question))
        except PipelineError as error:
            raise answered_or_told(error) from None
    write(change.deals_to_arrow if deals else change.to_arrow, form, lambda console: show(change, question, deals, console))


def _first_day(since: str | None, closed: date) -> date:
    from datetime import timedelta

    return closed - timedelta(days=28) if since is None else read_day(since)


def _due(text: str, question: Question) -> Period | None:
    from dataclasses import replace

    from paceline.cli.failure import Exit, Failure
    from paceline.sales.periods import PeriodError, parse

    if text.strip().lower() == ALL:
        return None
    try:
        found = parse(text, question.store.settings, question.today)
    except PeriodError as error:
        raise Failure(f"--due: {error}.", f"`{ALL}` takes all open deals.", code=Exit.USAGE) from None
    calendar = found.grain == "fiscal_quarter" and question.store.settings.fiscal_start_month == 1
    return replace(found, grain="quarter") if calendar else found  # called what everyone calls it there


def show(change: PipelineChange, question: Question, deals: bool, console: Console) -> None:
    """The waterfall drawn, or its deals listed."""
    about = question.about[:1].upper() + question.about[1:]
    what = f"due by the end of {change.due.label}" if change.due else "whatever its close date"
    console.print(f"{about}: open pipeline {what}; money in {change.currency}", style="italic", markup=False)
    if not change.change.opening_deals and not change.change.closing_deals and not change.change.parts:
        console.print(f"No deal was open on {change.opened} or {change.closed}, and none came or went between.", markup=False)
        return
    console.print(_list(change) if deals else _drawn(change, console.width))
    if change.hindsight:
        console.print(change.hindsight, style="dim", markup=False)
    if change.change.unknown:
        few = change.change.unknown
        console.print(
            f"{few} open deal{'' if few == 1 else 's'} without a known amount add{'s' if few == 1 else ''} nothing.",
            style="dim",
            markup=False,
        )


def _list(change: PipelineChange) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Part", "Deal", "Id", "Owner"):
        table.add_column(name)
    table.add_column("Amount", justify="right")
    for row in change.deals_to_arrow().to_pylist():
        owner = row["rep_name"] or row["rep_id"] or "nobody"
        cells = (row["part"], row["name"] or "–", row["opportunity_id"], owner)
        table.add_row(*map(Text, cells), Text("unknown" if row["amount"] is None else f"{row['amount']:+,.2f}"))
    return table


def _drawn(change: PipelineChange, width: int) -> Table:
    """A row a part: its name, amount, number of deals, a bar from where the sum stood to where it goes, the largest deals."""
    from rich.table import Table
    from rich.text import Text

    rows = change.to_arrow().to_pylist()
    low = min(0.0, *(row["standing"] for row in rows))
    high = max(1.0, *(row["standing"] for row in rows))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Part", no_wrap=True)
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("Deals", justify="right", no_wrap=True)
    table.add_column("", min_width=_BAR, no_wrap=True)
    room = width - _BAR - _REST
    if room >= _BAR:
        table.add_column("Largest", style="dim", no_wrap=True, overflow="ellipsis", max_width=room)
    standing = 0.0
    for row in rows:
        ends = row["part"] in ("opening", "closing")
        start = 0.0 if ends else standing
        standing = row["standing"]
        known = row["amount"] or 0
        style = "bold" if ends else "green" if known > 0 else "red" if known < 0 else "dim"
        amount = "–" if row["amount"] is None else f"{known:,.0f}" if ends else f"{known:+,.0f}"
        name = f"{row['part']}, {change.opened if row['part'] == 'opening' else change.closed}" if ends else row["part"]
        cells = [Text(name), Text(amount), Text(str(row["deals"])), Text(bar(start, standing, low, high), style=style)]
        table.add_row(*cells, *([Text(_largest(change, row["part"]))] if room >= _BAR else []), style="bold" if ends else "")
    return table


def bar(start: float, end: float, low: float, high: float, width: int = _BAR) -> str:
    """A bar from one value to another on a line from ``low`` to ``high`` of so many characters; at least one mark."""
    left, right = (round((value - low) / (high - low) * width) for value in (min(start, end), max(start, end)))
    if left == right:
        return " " * min(left, width - 1) + "│"
    return " " * left + "█" * (right - left)


def _largest(change: PipelineChange, name: str) -> str:
    """The deals that move most in a part."""
    for part in change.change.parts:
        if part.cause.value == name:
            named = [_named(change, move) for move in part.moves[:_NAMED]]
            return ", ".join(named) + (f" and {part.deals - _NAMED} more" if part.deals > _NAMED else "")
    return ""


def _named(change: PipelineChange, move: Move) -> str:
    return f"{change.names.get(move.deal, move.deal)} {f'{move.cents / 100:+,.0f}' if move.known else '–'}"
