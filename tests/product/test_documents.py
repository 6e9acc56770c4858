"""Documents on paper: every chart of ours can be in one, nothing anybody wrote is markup, and without the extra one is told."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from paceline import charts
from paceline.pages.documents import Block, Document, Figure, Lines, NoPdfError, Section, Table, Words, as_pdf, setting
from paceline.pages.documents.drawing import print_css, printable

HOSTILE = '#import "/etc/passwd" *bold* $x$ <label> @cite [ ] { } \\ "quoted" </style><script>'


def _trend() -> charts.Picture:
    values = [4.0, 6.0, None, 5.0, 3.0]
    return charts.control(
        list("abcde"), values, written=lambda value: f"{value:g}", title=HOSTILE, limits=(2, 4, 6), goal=5, out={4: "worse"}
    )


def _document(**words: str) -> Document:
    blocks: list[Block] = [
        Words(words.get("text", "5 this week."), "Meetings"),
        Lines(["one", words.get("text", "two")], [True, False]),
        Table(["Goal", "Value"], [["Revenue", "84"], [words.get("text", "x"), "1"]]),
        Figure(_trend(), words.get("text", "a trend")),
        Figure(charts.bullet(84, 110, pace=90, likely=(80, 120)), "a goal"),
        Figure(charts.sparkline([1, 2, 3]), "a line"),
    ]
    return Document(words.get("text", "1:1"), [Section(words.get("text", "What changed"), blocks)], language="de-AT")


def test_a_document_is_a_tagged_pdf() -> None:
    made = as_pdf(_document())
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made
    assert b"/Lang(de)" in made.replace(b" ", b"")


def test_what_somebody_wrote_is_no_markup() -> None:
    assert as_pdf(_document(text=HOSTILE)).startswith(b"%PDF-")


def test_a_chart_on_paper_has_its_height_its_colours_and_thin_lines() -> None:
    drawn = printable(_trend().svg)
    root = ElementTree.fromstring(drawn)
    assert root.get("height") == "216"
    assert "var(" not in print_css()
    assert "light-dark" not in print_css()
    assert 'preserveAspectRatio="none"' not in drawn  # a setter without non-scaling strokes would stretch the line, too
    line = re.search(r'class="line" d="M([\d.]+) ', drawn)
    assert line is not None
    assert float(line[1]) == pytest.approx(0.01 * (660 - 88), abs=0.1)


def test_a_table_that_fits_on_a_page_is_on_one() -> None:
    def pages(rows: int, tables: int) -> int:
        table = Table(["Number", "Value"], [[f"Metric {number}", "1"] for number in range(rows)])
        made = as_pdf(Document("Review", [Section(f"Role {number}", [table]) for number in range(tables)]))
        return len(re.findall(rb"/Type\s*/Page\b", made))

    assert pages(26, 4) == 4, "run on, they would fit on three"
    assert pages(104, 1) == 3, "a longer one goes on"


def test_a_table_or_list_that_doesnt_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="one a column"):
        Table(["a", "b"], [["1"]])
    with pytest.raises(ValueError, match="2 ticks for 1 lines"):
        Lines(["a"], [True, False])


def test_without_the_extra_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting, "find_spec", lambda _name: None)
    with pytest.raises(NoPdfError, match=r"pip install 'paceline\[pdf\]'"):
        as_pdf(_document())
