"""Tables as files: CSV and Parquet. A spreadsheet never takes a text of ours for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.http import HttpResponse

FORMS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
# What spreadsheets read as the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COMMENT = "# "


def defused(value: Any) -> Any:
    """A text that would be a formula, with an apostrophe before it; numbers and dates as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def about_of(table: pa.Table) -> dict[str, str]:
    """What a table says of itself: of which days it is, and by which versions of which definitions."""
    told: dict[str, str] = {}
    names = set(table.column_names)
    days = [(first, last) for first, last in (("first_day", "last_day"), ("first", "until")) if {first, last} <= names]
    if days and table.num_rows:
        first, last = (table[name] for name in days[0])
        if pa.types.is_date(first.type):
            told["days"] = f"{pc.min(first).as_py()} to {'before ' if days[0][1] == 'until' else ''}{pc.max(last).as_py()}"
    if {"metric", "definition_version"} <= names:
        pairs = zip(table["metric"].to_pylist(), table["definition_version"].to_pylist(), strict=True)
        known = sorted({(metric, version) for metric, version in pairs if metric and version})
        told["definitions"] = ", ".join(f"{metric} v{version}" for metric, version in known)
    return {name: words for name, words in told.items() if words}


def csv_of(table: pa.Table, about: Mapping[str, str] | None = None) -> str:
    """Comments (``# days: …``) where there is something to say, a header, then the rows; unknown is empty."""
    out = io.StringIO()
    for name, words in (about or {}).items():
        out.write(_COMMENT + re.sub(r"\s+", " ", f"{name}: {words}") + "\r\n")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defused(name) for name in table.column_names])
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow(["" if value is None else defused(value) for value in row])
    return out.getvalue()


def parquet_of(table: pa.Table, about: Mapping[str, str] | None = None) -> bytes:
    """The table as it is; what is to be known about it as the file's metadata (``paceline.days`` …)."""
    out = io.BytesIO()
    known = {f"paceline.{name}": words for name, words in (about or {}).items()}
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **known}), out)
    return out.getvalue()


def as_file(table: pa.Table, name: str, form: str, about: Mapping[str, str] | None = None) -> HttpResponse:
    """The table to be saved as ``name.form``. ``about``: what is to be known besides what the table says of itself.

    KeyError for an unknown form.
    """
    kind = FORMS[form]
    told = {**about_of(table), **(about or {})}
    body: str | bytes = csv_of(table, told) if form == "csv" else parquet_of(table, told)
    response = HttpResponse(body, content_type=kind)
    file = re.sub(r"[^\w.-]+", "-", name).strip("-")
    response["Content-Disposition"] = f'attachment; filename="{file}.{form}"'
    return response


def table_of(rows: list[dict[str, Any]], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Rows as a table with these columns, even without a row."""
    return pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items())))


TEXT, NUMBER, WHOLE, DAY, TRUTH = pa.string(), pa.float64(), pa.int64(), pa.date32(), pa.bool_()
