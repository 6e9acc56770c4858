"""``paceline explain … --since DAY``: what the number was then, what it is now, and which records make the difference."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from paceline.cli.output import Format, write, write_json
from paceline.sales.periods import from_epoch_day

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from paceline.metrics.reading import Reading
    from paceline.metrics.restated import Learnt, Since

Names = Mapping[str, Mapping[str, str]]  # column (``opportunity_id``) → id → what it is called


def write_since(told: Since, form: Format, names: Names, limit: int) -> None:
    """Write it to stdout in the form asked for. CSV and Parquet have one row a record and thing learnt of it."""
    if form is Format.JSON:
        write_json(_as_json(told, names), sys.stdout)
    else:
        write(lambda: _as_table(told, names), form, lambda console: _show(told, names, limit, console))


def _rows(told: Since, names: Names) -> Iterator[dict[str, Any]]:
    """A row a record that counts otherwise and thing learnt of it; then what became known of rates, stages and the like."""
    for shift in told.shifts:
        record = {"measure": shift.measure, "record": shift.table, "id": shift.id,
                  "name": names.get(f"{shift.table}_id", {}).get(shift.id), "then": shift.then, "now": shift.now,
                  "money": shift.money}
        yield from ({**record, **_learnt(one, names)} for one in shift.learnt or (None,))
    for one in told.ground:
        yield {"measure": None, "record": one.table, "id": one.id, "name": None, "then": None, "now": None, "money": False,
               **_learnt(one, names)}


def _learnt(one: Learnt | None, names: Names) -> dict[str, Any]:
    if one is None:
        return dict.fromkeys(("changed", "changed_id", "field", "old", "new", "learnt"))
    field = one.column
    called = names.get("rep_id" if field and _is_rep(field) else field or "", {})
    values = {part: called.get(value, value) if value else value for part, value in (("old", one.old), ("new", one.new))}
    return {"changed": one.table, "changed_id": one.id, "field": field, **values, "learnt": _instant(one.known_at)}


def _is_rep(field: str) -> bool:
    return field in ("rep_id", "owner_id", "created_by_id", "sourced_by_id", "changed_by_id", "organizer_id", "manager_id")


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _as_table(told: Since, names: Names) -> pa.Table:
    import pyarrow as pa

    text = ("measure", "record", "id", "name", "changed", "changed_id", "field", "old", "new", "learnt")
    fields = {**dict.fromkeys(text, pa.string()), "then": pa.float64(), "now": pa.float64()}
    order = ("measure", "record", "id", "name", "then", "now", "changed", "changed_id", "field", "old", "new", "learnt")
    return pa.Table.from_pylist(list(_rows(told, names)), schema=pa.schema([(name, fields[name]) for name in order]))


def _as_json(told: Since, names: Names) -> dict[str, Any]:
    return {
        "metric": told.now.slug,
        "version": told.now.version,
        "sentence": told.sentence,
        "then": _reading(told.then),
        "now": _reading(told.now),
        "as_of": told.day.isoformat(),
        "changes": list(_rows(told, names)),
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {"value": reading.value, "none_because": reading.none_because, "numerator": reading.numerator,
            "denominator": reading.denominator, "as_of": _instant(reading.as_of)}


def _show(told: Since, names: Names, limit: int, console: Console) -> None:
    from rich.table import Table

    console.print(told.sentence, style="bold", markup=False)
    rows = list(_rows(told, names))
    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("record", f"on {told.day}", "now", "what was learnt", "when"):
        table.add_column(heading, justify="right" if heading in (f"on {told.day}", "now") else "left", overflow="fold")
    before: tuple[Any, ...] = ()
    for row in rows[:limit]:
        what = (row["measure"], row["record"], row["id"])
        table.add_row(*(("", "", "") if what == before else _counting(row, told.now.currency)), *_said(row))
        before = what
    console.print()
    console.print(table)
    if len(rows) > limit:
        console.print(f"{len(rows):,} rows, {limit} shown", style="dim", markup=False)


def _counting(row: Mapping[str, Any], currency: str) -> tuple[str, str, str]:
    from rich.markup import escape

    label = row["name"] or f"{row['record'].replace('_', ' ')} {row['id']}"
    under = f" [dim]{escape(row['measure'])}[/dim]" if row["measure"] else ""
    then, now = (_number(row[when], currency if row["money"] else "") for when in ("then", "now"))
    return escape(label) + under, then, now


def _number(value: float | None, currency: str) -> str:
    if value is None:
        return "–"
    return f"{value / 100:,.2f} {currency}" if currency else f"{value:,.10g}"


def _value(field: str, text: str | None) -> str:
    """A field's value for people: amounts, days and instants as such."""
    if text is None:
        return "none"
    if field.endswith("_cents"):
        return f"{int(text) / 100:,.2f}"
    if field.endswith("_day"):
        return str(from_epoch_day(int(text)))
    return _instant(int(text))[:16].replace("T", " ") if field.endswith("_at") else text


def _words(field: str, old: str | None, new: str | None) -> str:
    return f"{field.removesuffix('_cents').replace('_', ' ')} {_value(field, old)} → {_value(field, new)}"


def _said(row: Mapping[str, Any]) -> tuple[str, str]:
    from rich.markup import escape

    if row["learnt"] is None:
        return "[dim]nothing: it happened, or fell due, since[/dim]", ""
    itself = (row["changed"], row["changed_id"]) == (row["record"], row["id"])
    of = "" if itself else f"{row['changed'].replace('_', ' ')} {row['changed_id']}: "
    words = "new" if row["field"] is None else _words(row["field"], row["old"], row["new"])
    return escape(of + words), row["learnt"][:16].replace("T", " ")
