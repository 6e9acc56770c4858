"""``paceline explain``: why a number is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, say, working, write, write_json
from paceline.cli.question import (
    EVERYBODY,
    AsOfOption,
    PeriodOption,
    Whose,
    answered_or_told,
    asking,
    known_metrics,
    of_whom,
    read_day,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console
    from rich.table import Table

    from paceline.cli.question import Question
    from paceline.metrics.explain import Explanation, Records
    from paceline.metrics.reading import Reading
    from paceline.metrics.store import Store

Names = dict[str, dict[str, str]]  # column → id → what it is called


@of_whom
def explain(
    metric: Annotated[str, typer.Argument(help="The metric's slug; `paceline metrics list` shows them.", show_default=False)],
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    as_of: AsOfOption = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="What the number was on that day, and what changed it since.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show so many records; the total is always that of all.")] = 25,
    sql: Annotated[bool, typer.Option("--sql", help="Show the queries that give the records, too.")] = False,
    project: ProjectOption = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="CSV and Parquet write all the records, JSON everything.")
    ] = Format.TABLE,
) -> None:
    """Explain a number: its sentence, formula, definition and coverage, and the very records that add up to it.

    Each record has a contribution; their sum is the numerator or the denominator (of a median, they are the values ranked).

    With `--since`, the records that counted otherwise then, and what was learnt of them: which field, old, new, when.

    Example: `paceline explain win_rate --rep "Ada Byron" --period 2026-Q3`
    """
    from paceline.metrics.ask import AskError, ask
    from paceline.metrics.explain import explain as explained

    with asking(project, whose, period, as_of) as question, working("Looking up…"):
        (slug,) = known_metrics(question.store, [metric])
        try:
            reading = ask(question.store, slug, question.scope, question.period, as_of=question.as_of).only()
        except AskError as error:
            raise answered_or_told(error) from None
        if since is not None:
            _explain_since(question, reading, since, form, limit)
            return
        told = explained(question.store, reading)
        names = names_behind(question.store, told, limit) if form is Format.TABLE else {}
    if form is Format.JSON:
        _write_json(told)
    else:
        write(lambda: all_records(told), form, lambda console: show(told, limit, console, names))
    if sql and form is not Format.JSON:
        say("\n\n".join(told.sql))


def _explain_since(question: Question, reading: Reading, day: str, form: Format, limit: int) -> None:
    """What the number was at the end of the day, and why it isn't any more. Raises Failure for a day that isn't before."""
    from paceline.cli.since import write_since
    from paceline.metrics.called import called
    from paceline.metrics.restated import since
    from paceline.project.asking import names_of

    try:
        told = since(question.store, reading, read_day(day))
    except ValueError as error:
        raise Failure(f"{str(error)[:1].upper()}{str(error)[1:]}.", code=Exit.USAGE) from None
    ids = {table: [shift.id for shift in told.shifts if shift.table == table] for table in ("opportunity", "account", "contact")}
    names = {f"{table}_id": with_ids(called(question.store, table, found)) for table, found in ids.items()}
    names["rep_id"] = names_of(question.store.view_at(told.now.as_of).stints)
    write_since(told, form, names, limit)


def show(told: Explanation, limit: int, console: Console, names: Names | None = None) -> None:
    """Sentence first, records last. ``names``: what ids are called."""
    console.print(told.sentence, style="bold", markup=False)
    console.print(_grid(_facts_of(told)))
    for records in told.records:
        console.print()
        console.print(_table(records, limit, told.reading.currency, names or {}))


def _grid(lines: Sequence[tuple[str, str]]) -> Table:
    """Labels to the left, their text beside them."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for label, text in lines:
        grid.add_row(Text(label, style="dim"), Text(text))
    return grid


def _facts_of(told: Explanation) -> list[tuple[str, str]]:
    from paceline.metrics.explain import left_out_words

    reading = told.reading
    lines = [("Formula", told.formula), ("Definition", told.definition)]
    if reading.interval is not None:
        lines.append(("95 %", _interval(told)))
    lines += [("Coverage", words) for words in told.coverage]
    lines += [("Left out", words) for words in left_out_words(told)]
    lines.append(("As of", f"{datetime.fromtimestamp(reading.as_of, UTC):%Y-%m-%d %H:%M} UTC"))
    return lines


def _interval(told: Explanation) -> str:
    from paceline.metrics.reading import shown

    assert told.reading.interval is not None
    return " – ".join(shown(end, told.reading.metric.unit, told.reading.currency) for end in told.reading.interval)


def _table(records: Records, limit: int, currency: str, names: Names) -> Table:
    """The records, as many as asked for, with the total of all of them."""
    from rich.table import Table

    from paceline.metrics.explain import CONTRIBUTION

    rows = records.table.slice(0, limit)
    money = _is_money(records)
    title = f"{records.measure.words or records.measure.rows}: {_amount(records.number, money, currency)}"
    table = Table(
        title=title[:1].upper() + title[1:], title_justify="left", title_style="bold", box=None, pad_edge=False, show_footer=True
    )
    for name in rows.column_names:
        foot = _footer(records, money, currency) if name == CONTRIBUTION else ""
        table.add_column(
            name.replace("_", " "), footer=foot, justify="right" if name == CONTRIBUTION else "left", header_style="dim"
        )
    if rows.num_columns > 1:
        table.columns[0].footer = f"{records.table.num_rows:,} records" + (
            f", {limit} shown" if records.table.num_rows > limit else ""
        )
    for row in rows.to_pylist():
        table.add_row(
            *(
                _named(names, name, value) or _cell(name, value, money and name == CONTRIBUTION, currency)
                for name, value in row.items()
            )
        )
    return table


def names_behind(store: Store, told: Explanation, limit: int) -> Names:
    """What is named among the first ``limit`` records: column → id → name, with the id behind a record's."""
    from paceline.metrics.called import names_among

    names = names_among(store, [records.table.slice(0, limit) for records in told.records], told.reading.as_of)
    return {column: found if column == "rep_id" else with_ids(found) for column, found in names.items()}


def with_ids(names: Mapping[str, str]) -> dict[str, str]:
    """Id → ``name (id)``, by which the record can be asked for again."""
    return {id_: f"{name} ({id_.partition(':')[2] or id_})" for id_, name in names.items()}


def _named(names: Names, column: str, value: Any) -> str | None:
    from rich.markup import escape

    name = names.get(column, {}).get(value) if isinstance(value, str) else None
    return None if name is None else escape(name)


def _is_money(records: Records) -> bool:
    from paceline.metrics.vocabulary import Kind

    measure = records.measure
    return bool(measure.columns) and measure.columns[0].endswith("_cents") and measure.kind is not Kind.DISTINCT


def _footer(records: Records, money: bool, currency: str) -> str:
    """The total, as added up from the records themselves; a quantile is no sum."""
    from paceline.metrics.explain import CONTRIBUTION
    from paceline.metrics.vocabulary import Kind

    if records.measure.kind is Kind.QUANTILE:
        return f"the {records.measure.quantile:g} quantile: {_amount(records.number, money, currency)}"
    return f"total {_amount(sum(records.table[CONTRIBUTION].to_pylist()), money, currency)}"


def _amount(number: float | None, money: bool, currency: str) -> str:
    if number is None:
        return "none"
    return f"{number / 100:,.2f} {currency}" if money else f"{number:,.10g}"


def _cell(name: str, value: Any, money: bool, currency: str) -> str:
    """A value for people: days and instants as dates, cents as amounts, flags as words."""
    from rich.markup import escape

    from paceline.sales.periods import from_epoch_day

    if value is None:
        return "[dim]unknown[/dim]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "on_day" or name.endswith("_day") or name == "day":
        return str(from_epoch_day(value)) if abs(value) < 100_000 else ""
    if (name == "at" or name.endswith("_at")) and isinstance(value, int):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M}"
    if money or name.endswith("_cents"):
        return _amount(value, True, currency)
    return escape(f"{value:,.10g}" if isinstance(value, float) else str(value))


def all_records(told: Explanation) -> pa.Table:
    """Every measure's records under each other, with a first column that names the measure; columns that one lacks are null."""
    import pyarrow as pa

    parts = [
        records.table.add_column(
            0, "measure", pa.array([records.measure.words or records.measure.rows] * records.table.num_rows, pa.string())
        )
        for records in told.records
    ]
    return pa.concat_tables(parts, promote_options="permissive")


def _write_json(told: Explanation) -> None:
    import sys

    reading = told.reading
    write_json(
        {
            "metric": reading.slug,
            "version": reading.version,
            "sentence": told.sentence,
            "value": reading.value,
            "none_because": reading.none_because,
            "formula": told.formula,
            "definition": told.definition,
            "coverage": list(told.coverage),
            "interval": reading.interval,
            "as_of": datetime.fromtimestamp(reading.as_of, UTC).isoformat(),
            "records": _json_records(told.records),
        },
        sys.stdout,
    )


def _json_records(measures: Sequence[Records]) -> list[dict[str, Any]]:
    return [
        {
            "measure": records.measure.words or records.measure.rows,
            "number": records.number,
            "sql": records.sql,
            "rows": [{name: _dated(name, value) for name, value in row.items()} for row in records.table.to_pylist()],
        }
        for records in measures
    ]


def _dated(name: str, value: Any) -> Any:
    if name in ("on_day", "day") and isinstance(value, int):
        return date.fromordinal(date(1970, 1, 1).toordinal() + value).isoformat()
    return value
