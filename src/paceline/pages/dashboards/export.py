"""Tables as files: CSV and Parquet. A spreadsheet never takes a text of ours for a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import HttpResponse

FORMS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
# What spreadsheets read as the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(value: Any) -> Any:
    """A text that would be a formula, with an apostrophe before it; numbers and dates as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def csv_of(table: pa.Table) -> str:
    """A header, then the rows; unknown is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defused(name) for name in table.column_names])
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow(["" if value is None else defused(value) for value in row])
    return out.getvalue()


def parquet_of(table: pa.Table) -> bytes:
    """The table as it is."""
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def as_file(table: pa.Table, name: str, form: str) -> HttpResponse:
    """The table to be saved as ``name.form``. KeyError for an unknown form."""
    kind = FORMS[form]
    body: str | bytes = csv_of(table) if form == "csv" else parquet_of(table)
    response = HttpResponse(body, content_type=kind)
    file = re.sub(r"[^\w.-]+", "-", name).strip("-")
    response["Content-Disposition"] = f'attachment; filename="{file}.{form}"'
    return response
