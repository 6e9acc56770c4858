"""``paceline ramp``: new hires beside past hires at the same tenure."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import EVERYBODY, AsOfOption, Question, Whose, answered_or_told, asking, known_metrics, of_whom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from paceline.insight.ramp import Fan
    from paceline.judging.ramp import Cohort, Ramp

_WIDE = 48  # characters of a strip
KEY = (
    "░ 8 in 10 past hires   ▒ the middle half   │ their median   ● this hire; by month of tenure, per full month of working days"
)
KEY_RATE = "░ 8 in 10 past hires   ▒ the middle half   │ their median   ● this hire; by month of tenure"


@of_whom
def ramp(
    metric: Annotated[
        str, typer.Argument(help="A metric that adds up over months, or a rate; `paceline metrics list` shows them.")
    ] = "new_opportunities",
    whose: Whose = EVERYBODY,
    rate: Annotated[
        float, typer.Option("--rate", help="Share of normal hires that may ever be called slow.", min=0.01, max=0.5)
    ] = 0.1,
    curves: Annotated[bool, typer.Option("--curves", help="The past hires' curves, instead of the new hires.")] = False,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """New hires beside past hires of their role and segment, at the same month of tenure.

    Where each stands among them and how rare that is, who ramps too slowly, how long it takes to the first deal and to full
    productivity, and when a new hire is expected there. Part time and absences are counted by working days.

    Example: `paceline ramp new_opportunities --team North`
    """
    from paceline.judging.ramp import RampError, keep_ramps, settle_ramps
    from paceline.judging.ramp import ramp as judge

    with asking(project, whose, "today", as_of) as question, working("Aligning by tenure…"):
        slug = known_metrics(question.store, [metric])[0]
        try:
            found = judge(question.store, slug, question.scope, question.as_of, rate=rate)
        except RampError as error:
            raise answered_or_told(error) from None
        if question.as_of is None:
            keep_ramps(question.store, found)
            settle_ramps(question.store)
    write(found.curves_to_arrow if curves else found.to_arrow, form, lambda console: show(found, question, curves, console))


def show(found: Ramp, question: Question, curves: bool, console: Console) -> None:
    """Each new hire's picture and sentences, or the past hires' curves; then how long it took them."""
    about = question.about[:1].upper() + question.about[1:]
    console.print(f"{about}: {found.unit}, by tenure, as of {found.day}", style="italic", markup=False)
    if not found.hires:
        console.print("Nobody here is in the first twelve months.", markup=False)
    for one in () if curves else found.hires:
        who = ", ".join(filter(None, (one.role, one.segment)))
        style = "bold dark_orange" if one.standing.slow else "bold"
        console.print(f"\n{one.name} ({who}), hired {one.hired}", style=style, markup=False)
        console.print(one.sentence, markup=False)
        if one.paces:
            console.print(picture(one.fan, one.paces, found.counted))
    for cohort in found.cohorts:
        _cohort(found, cohort, curves, console)
    if found.hires or curves:
        console.print(KEY if found.counted else KEY_RATE, style="dim", markup=False)


def _cohort(found: Ramp, cohort: Cohort, curves: bool, console: Console) -> None:
    against = "" if cohort.full is None else f"; tenured peers' median {shown(cohort.full, found.counted)}"
    some = f"{cohort.hires} hire{'' if cohort.hires == 1 else 's'}"
    console.print(f"\n{cohort.label}: {some}{against}", style="bold underline", markup=False)
    for line in cohort.sentences:
        console.print(line, markup=False)
    if curves:
        console.print(picture(cohort.fan, (), found.counted))


def shown(value: float, counted: bool) -> str:
    """A pace for people."""
    if not isfinite(value):
        return "–"
    return (f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}") if counted else f"{value:.0%}"


def picture(fan: Fan, paces: Sequence[float], counted: bool) -> Table:
    """A row a month of tenure: the hire's pace, how many past hires had the month, and where they and the hire lie."""
    from rich.table import Table
    from rich.text import Text

    quantiles = fan.quantiles.T.tolist()
    values = [value for row in quantiles for value in row if isfinite(value)] + [one for one in paces if isfinite(one)]
    top = max([*values, 1e-9])
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for name in ("Month", *(("Pace",) if paces else ()), "Median", "Past"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", min_width=_WIDE, no_wrap=True)
    for month, (row, n) in enumerate(zip(quantiles, fan.n.tolist(), strict=True)):
        pace = paces[month] if month < len(paces) else float("nan")
        if n or isfinite(pace):
            own = (shown(pace, counted),) if paces else ()
            table.add_row(str(month + 1), *own, shown(row[2], counted), str(n), Text(strip(row, pace, top)))
    return table


def strip(quantiles: Sequence[float], pace: float, top: float, width: int = _WIDE) -> str:
    """A line from 0 to ``top``: shades from the first quantile to the last, the median, and the hire's mark (NaN: none)."""
    line = [" "] * width

    def at(value: float) -> int:
        return min(round(value / top * (width - 1)), width - 1)

    if all(isfinite(value) for value in quantiles):
        places = [max(at(value), 0) for value in quantiles]
        for mark, first, last in (("░", places[0], places[-1]), ("▒", places[1], places[-2]), ("│", places[2], places[2])):
            line[first : last + 1] = mark * (last + 1 - first)
    if isfinite(pace):
        line[max(at(pace), 0)] = "●"
    return "".join(line).rstrip()
