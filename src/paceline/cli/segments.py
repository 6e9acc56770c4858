"""``paceline segments``: where the effort pays, by product, territory, source, segment, account type, or habit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure, did_you_mean
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import EVERYBODY, AsOfOption, Question, Whose, asking, of_whom

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from paceline.insight.segments import Compared
    from paceline.insight.trends import Growth
    from paceline.judging.segments import Segments
    from paceline.judging.strategies import Strategies
    from paceline.sales.periods import Period

_WIDE = 140  # columns of a terminal, from which on there is room for everything
STRATEGY = "strategy"
TRAILING_YEAR = "trailing_365"
KEY = (
    "▲ above, ▼ below the company: lists of which at most one in five is wrong   ? too few to call (needs about so many deals)\n"
    "Each at the company's mix, between the ends of 8 in 10. Effort: share of touches; value: share of what is expected."
)
LANDMARK = (
    "Only deals still open at that age, and only what was done by then, so that deals which lived longer don't look busier. "
    "An association, not a cause."
)
_MARKS = {"above": "▲", "below": "▼", "usual": " ", "too few to call": "?"}
_STYLES = {"above": "bold dodger_blue1", "below": "bold dark_orange", "usual": "", "too few to call": "dim"}


@of_whom
def segments(
    by: Annotated[
        str,
        typer.Option("--by", help="product, territory, source, segment, account_type, type, or strategy (habits of selling)."),
    ] = "source",
    whose: Whose = EVERYBODY,
    period: Annotated[
        str,
        typer.Option(
            "--period",
            help="Deals won or lost in these days, as in `paceline ask`; without it, the 365 days up to today. "
            "Habits always look at the deals started in the last two years.",
        ),
    ] = TRAILING_YEAR,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """Where to put the effort: groups of deals compared fairly, with how sure that is.

    Win rate, deal size, cycle and the value of an opportunity, each at the company's mix of reps, segments and sources; growth;
    the share of effort beside the share of value. Or, by strategy, what goes along with reps' habits.

    Example: `paceline segments --by source --period 2026`
    """
    from paceline.judging.segments import BY
    from paceline.judging.segments import segments as judge
    from paceline.judging.strategies import strategies

    cut = by.strip().lower().replace("-", "_").replace(" ", "_")
    if cut not in (*BY, STRATEGY):
        near = did_you_mean(by, (*BY, STRATEGY))
        raise Failure(f"Deals can't be compared by {by!r}.", near, f"Choose one of {', '.join((*BY, STRATEGY))}.", Exit.USAGE)
    with asking(project, whose, "today" if period == TRAILING_YEAR else period, as_of) as question, working("Comparing…"):
        if cut == STRATEGY:
            habits = strategies(question.store, question.scope, question.as_of)
        else:
            found = judge(question.store, question.scope, _period(question, period), cut, question.as_of)
    if cut == STRATEGY:
        write(habits.to_arrow, form, lambda console: show_habits(habits, question, console))
    else:
        write(found.to_arrow, form, lambda console: show(found, question, console))


def _period(question: Question, text: str) -> Period:
    from dataclasses import replace
    from datetime import timedelta

    if text != TRAILING_YEAR:
        return question.period
    until = question.today + timedelta(days=1)
    return replace(question.period, grain="range", first=until - timedelta(days=365), until=until)


def show(found: Segments, question: Question, console: Console) -> None:
    """The groups as a table, then what stands out in words."""
    about = question.about[:1].upper() + question.about[1:]
    console.print(
        f"{about}: deals decided in {found.period.label}, by {found.by}; money in {found.currency}", style="italic", markup=False
    )
    if not found.groups:
        console.print("No deal was decided in these days.", markup=False)
        return
    console.print(_table(found, console.width >= _WIDE))
    if len(found.groups) == 1:
        only, kind = found.groups[0].name, found.by.replace("_", " ")
        console.print(f"{only} is the only {kind}: there is none to compare it with.", markup=False)
    for line in found.sentences:
        console.print(line, markup=False)
    against = (
        f"Growth is against {found.before.label}." if found.before else "The records don't reach back to a period to grow from."
    )
    console.print(f"{against}\n{KEY}", style="dim", markup=False)


def _table(found: Segments, wide: bool) -> Table:
    """A row a group. ``wide``: with how many deals a call would take, and the interval of growth."""
    from rich.table import Table
    from rich.text import Text

    from paceline.judging.segments import MEASURES, NAMES

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(found.by.replace("_", " ").capitalize())
    table.add_column("Deals", justify="right")
    for measure in MEASURES:
        table.add_column(NAMES[measure], justify="right")
    for name in ("Effort", "Value", "Growth"):
        table.add_column(name, justify="right")
    for group in sorted(found.groups, key=lambda one: -one.measures["win_rate"].n):
        cells = [_cell(measure, group.measures[measure], wide) for measure in MEASURES]
        shares = [Text("–" if share is None else f"{share:.0%}") for share in (group.touches, group.value)]
        table.add_row(
            Text(group.name), Text(str(group.measures["win_rate"].n)), *cells, *shares, Text(_growth(group.growth, wide))
        )
    means = [Text("–" if (mean := found.means[measure]) is None else shown(measure, mean)) for measure in MEASURES]
    table.add_row(Text("All"), "", *means, "", "", "", style="dim")
    return table


def _cell(measure: str, one: Compared, wide: bool) -> Text:
    """``▲ 49 % (37–52)``; what is known of too few."""
    from rich.text import Text

    if one.estimate is None or one.low is None or one.high is None:
        raw = "–" if one.raw is None else shown(measure, one.raw)
        return Text(f"? {raw} of {one.n}" if one.n else "–", style="dim")
    ends = f"{shown(measure, one.low).removesuffix('%')}–{shown(measure, one.high)}"
    needs = f" ~{one.needs:,}" if one.needs and wide else ""
    return Text(f"{_MARKS[one.verdict.value]} {shown(measure, one.estimate)} ({ends}){needs}", style=_STYLES[one.verdict.value])


def _growth(one: Growth, wide: bool) -> str:
    return one.text if wide or one.growth is None else f"{one.growth:+.0%}"


def shown(measure: str, value: float) -> str:
    """A value of a measure for people."""
    if measure == "win_rate":
        return f"{value:.0%}"
    if abs(value) >= 10_000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}"


def show_habits(found: Strategies, question: Question, console: Console) -> None:
    """Each habit with its sentence, and how it was looked at."""
    about = question.about[:1].upper() + question.about[1:]
    console.print(
        f"{about}: habits by the age of {found.landmark} days, wins within {found.horizon} days after it, as of {found.day}",
        style="italic",
        markup=False,
    )
    for one in found.found:
        console.print(
            f"{_MARKS[one.verdict.value]} {one.name[:1].upper()}{one.name[1:]}", style=_STYLES[one.verdict.value], markup=False
        )
        console.print(f"    {one.sentence}", markup=False)
    for name, why in found.missing.items():
        console.print(f"– {name[:1].upper()}{name[1:]}: none, because {why}", style="dim", markup=False)
    console.print(LANDMARK, style="dim", markup=False)
