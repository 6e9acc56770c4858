"""``paceline ask``: one metric or several, for whomever and whenever."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, table_of, working, write
from paceline.cli.question import (
    EVERYBODY,
    AsOfOption,
    PeriodOption,
    Question,
    Whose,
    answered_or_told,
    asking,
    known_metrics,
    of_whom,
)
from paceline.cli.sparkline import sparkline

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from paceline.metrics.reading import Reading, Readings


@of_whom
def ask(
    metrics: Annotated[
        list[str],
        typer.Argument(metavar="METRIC...", help="Metrics by slug; `paceline metrics list` shows them.", show_default=False),
    ],
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="Cut by, e.g. rep,week: rep, team, role, segment, manager, territory, product, source, "
            "account_type; or one of day, week, month, quarter, year.",
            show_default=False,
        ),
    ] = "",
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the answer is written to stdout.")] = Format.TABLE,
) -> None:
    """Ask for metrics: of the company, a team or a rep; in any period; as known on any day.

    A value stands with how many things it is of (n), how sure it is (a 95 % interval, where one can be given) and how much of the
    data that it needs is there (coverage). Where there is no value, the answer says why. A team's value is pooled over its reps.

    Example: `paceline ask win_rate revenue --team North --period 2026-Q3 --by rep`
    """
    from paceline.metrics.ask import AskError
    from paceline.metrics.ask import ask as answer

    cuts = [word.strip() for word in by.split(",") if word.strip()]
    with asking(project, whose, period, as_of) as question, working("Adding up…"):
        slugs = known_metrics(question.store, metrics)
        try:
            readings = answer(question.store, slugs, question.scope, question.period, cuts, as_of=question.as_of)
        except AskError as error:
            raise answered_or_told(error) from None
    write(readings.to_arrow, form, lambda console: show(readings, question, console))


def show(readings: Readings, question: Question, console: Console) -> None:
    """The readings as a table, and beneath it why values are missing."""
    console.print(
        f"{question.about[:1].upper()}{question.about[1:]}, {question.period.label}, as of {question.today}",
        style="italic",
        markup=False,
    )
    several = len({reading.period for reading in readings}) > 1
    console.print(_over_time(readings) if several and len(readings.by) else _plain(readings, several))
    for reason in _reasons(readings):
        console.print(reason, style="dim", markup=False)


def _plain(readings: Readings, several: bool) -> Table:
    """A row a reading."""
    table = table_of(
        "Metric",
        *(("About",) if readings.by else ()),
        *(("Period",) if several else ()),
        right=("Value", "n", "95 %", "Coverage"),
    )
    with_means = any(reading.mean_of_reps is not None for reading in readings)
    if with_means:
        table.add_column("Mean of reps", justify="right", header_style="dim")
    for reading in readings:
        cells = [
            reading.metric.name,
            *((reading.group_label,) if readings.by else ()),
            *((reading.period.label,) if several else ()),
            value_of(reading),
            f"{reading.n:,}",
            _interval(reading),
            f"{reading.coverage_share:.0%}",
        ]
        table.add_row(*map(_escaped, cells), *((_mean(reading),) if with_means else ()))
    return table


def _over_time(readings: Readings) -> Table:
    """A row a group, its periods as bars, and the last two values."""
    table = table_of("Metric", "About", "Over time", right=("Before", "Last", "n"))
    for (name, label), group in groupby(sorted(readings, key=_series), key=_series):
        series = list(group)
        before = value_of(series[-2]) if len(series) > 1 else ""
        table.add_row(
            _escaped(name),
            _escaped(label),
            sparkline([r.value for r in series]),
            _escaped(before),
            _escaped(value_of(series[-1])),
            f"{series[-1].n:,}",
        )
    return table


def _series(reading: Reading) -> tuple[str, str]:
    return reading.metric.name, reading.group_label


def value_of(reading: Reading) -> str:
    """The value for people; a dash where there is none (the reason stands beneath the table)."""
    return "–" if reading.value is None else reading.text


def _interval(reading: Reading) -> str:
    from paceline.metrics.reading import shown

    if reading.interval is None:
        return ""
    low, high = (shown(end, reading.metric.unit, reading.currency) for end in reading.interval)
    unit = low.rpartition(" ")[2]
    return f"{low.removesuffix(' ' + unit)} – {high}" if high.endswith(" " + unit) else f"{low} – {high}"


def _mean(reading: Reading) -> str:
    from paceline.metrics.reading import shown

    return "" if reading.mean_of_reps is None else shown(_one_digit(reading), reading.metric.unit, reading.currency)


def _one_digit(reading: Reading) -> float:
    """The mean of counts is no count: one digit behind the point is enough."""
    from paceline.metrics.vocabulary import Unit

    mean = reading.mean_of_reps or 0.0
    return round(mean, 1) if reading.metric.unit is Unit.COUNT else mean


def _reasons(readings: Readings) -> list[str]:
    """Why values are missing, each reason once with whom it is about."""
    about: dict[tuple[str, str], list[str]] = {}
    for reading in readings:
        if reading.value is None:
            about.setdefault((reading.metric.name, reading.none_because or ""), []).append(reading.group_label)
    lines = []
    for (name, reason), groups in about.items():
        named = list(dict.fromkeys(group for group in groups if group))
        whom = f" ({', '.join(named[:6])}{f' and {len(named) - 6} more' if len(named) > 6 else ''})" if named else ""
        lines.append(f"– {name}{whom}: none, because {reason}")
    return lines


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
