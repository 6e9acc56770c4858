"""Exports: every table and every chart of every page as a file, through the page's own door, and noted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from paceline.access.models import AuditEntry
from paceline.pages.dashboards.export import csv_of, parquet_of
from paceline.pages.dashboards.export_views import EXPORTS
from tests.product.conftest import Cast

Browser = Callable[[str], Client]
# Pages with a chart, and what is asked of them.
CHARTED = ("/metrics/win_rate/", "/forecast/", "/forecast/changes/", "/accuracy/", "/drivers/?period=this_quarter", "/decide/",
           "/ramp/")
PNG = b"\x89PNG\r\n\x1a\n"


def figures(page: str) -> int:
    """How many charts a page has."""
    return len(re.findall(r'<figure class="pic', page))


def read(body: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """A CSV file's comments and rows."""
    lines = body.decode().splitlines()
    comments = [line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# ")]
    rows = list(csv.DictReader(io.StringIO("\n".join(line for line in lines if not line.startswith("# ")))))
    return {one[0]: one[1] for one in comments}, rows


def test_every_chart_of_every_page_is_a_file(cast: Cast, browser: Browser) -> None:
    client, charts = browser("manager"), 0
    for path in (*CHARTED, f"/reps/{cast.rep_id('rep')}/"):
        page = client.get(path)
        assert page.status_code == 200, path
        text = page.content.decode()
        links = [link.replace("&amp;", "&") for link in re.findall(r'<a href="(\?[^"]*chart=[^"]*)" download', text)]
        assert len(links) == 2 * figures(text), path
        charts += figures(text)
        for link in links[:2]:
            answer = client.get(path.partition("?")[0] + link)
            assert answer.status_code == 200, (path, link)
            if "svg" in link:
                assert answer["Content-Type"] == "image/svg+xml"
                assert ElementTree.fromstring(answer.content).tag.endswith("svg")
            else:
                assert answer["Content-Type"] == "image/png"
                assert answer.content.startswith(PNG)
                assert len(answer.content) > 2000
    assert charts >= 3


def test_a_chart_is_taken_out_by_the_pages_own_door_and_noted(cast: Cast, browser: Browser) -> None:
    path = f"/reps/{cast.rep_id('rep')}/?chart=1.svg"
    assert browser("other_manager").get(path).status_code == 404
    assert browser("anonymous").get(path).status_code == 302
    assert browser("manager").get("/metrics/win_rate/?chart=99.svg").status_code == 404
    assert browser("manager").get("/metrics/win_rate/?chart=1.exe").status_code == 404
    browser("manager").get("/metrics/win_rate/?chart=1.png")
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.what, entry.about["form"], entry.who) == ("exported", "png", str(cast["manager"].public_id))


@pytest.mark.parametrize("export", EXPORTS, ids=lambda one: one.name)
def test_every_table_of_the_data_pages_is_a_file_of_raw_numbers(export: object, cast: Cast, browser: Browser) -> None:
    name: str = export.name  # type: ignore[attr-defined]
    parts = {"slug": "win_rate"} if "metric" in name else {"rep_id": cast.rep_id("rep")} if name.startswith("rep") else {}
    client = browser("manager")
    answers = {
        form: client.get(reverse(name, kwargs={**parts, "form": form}) + "?period=this_quarter") for form in ("csv", "parquet")
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    comments, rows = read(answers["csv"].content)
    table = pq.read_table(io.BytesIO(answers["parquet"].content))
    assert comments["as of"]
    assert table.schema.metadata[b"paceline.as of"].decode() == comments["as of"]
    assert table.num_rows == len(rows)
    if not rows:
        assert "deals" in name or "totals" in name, "only of a rep without an open deal, and of a CRM's totals, there may be none"
        return
    assert table.column_names == list(rows[0])
    if "definition_version" in rows[0]:
        assert re.search(r"\w+ v\d", comments["definitions"])
    for column, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_floating(kind):
            assert [float(row[column]) if row[column] else None for row in rows] == table[column].to_pylist(), column
    assert AuditEntry.objects.filter(what="exported").count() == 2


def test_tables_and_charts_of_pages_out_of_sight_are_not_there(cast: Cast, browser: Browser) -> None:
    for path in ("/data-health.csv", f"/reps/{cast.rep_id('peer')}.csv", f"/reps/{cast.rep_id('peer')}/deals.csv"):
        assert browser("rep").get(path).status_code == 404, path
    _, own = read(browser("rep").get("/metrics/win_rate.csv").content)
    assert {row["rep_id"] for row in own} <= {"", cast.rep_id("rep")}


@pytest.mark.parametrize("nasty", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_is_never_a_formula_and_a_number_never_a_text(nasty: str) -> None:
    table = pa.table({"name": [nasty], "value": [-1.5]})
    (row,) = csv.DictReader(io.StringIO(csv_of(table)))
    assert row["name"].startswith("'")
    assert row["value"] == "-1.5"
    assert pq.read_table(io.BytesIO(parquet_of(table)))["name"].to_pylist() == [nasty], "a program gets the text as it is"


def test_a_comment_cannot_become_a_row() -> None:
    text = csv_of(pa.table({"name": ["x"]}), {"of": "a\n=1+1"})
    assert text.splitlines() == ["# of: a =1+1", "name", "x"]
