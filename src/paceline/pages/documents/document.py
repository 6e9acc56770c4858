"""What a document is made of. Plain texts: nothing in them is markup, whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from paceline.charts import Picture, Svg
from paceline.pages.documents.drawing import printable


@dataclass(frozen=True)
class Words:
    """A paragraph; ``strong`` stands before it in bold."""

    text: str
    strong: str = ""

    def plain(self) -> dict[str, Any]:
        """For the setter."""
        return {"kind": "words", "text": self.text, "strong": self.strong}


@dataclass(frozen=True)
class Lines:
    """A list. ``ticked``: of each line whether it is ticked off; None: it is no list of things to tick off."""

    texts: Sequence[str]
    ticked: Sequence[bool] | None = None

    def __post_init__(self) -> None:
        """ValueError where lines and ticks differ in number."""
        if self.ticked is not None and len(self.ticked) != len(self.texts):
            raise ValueError(f"{len(self.ticked)} ticks for {len(self.texts)} lines")

    def plain(self) -> dict[str, Any]:
        """For the setter."""
        marks = ["•"] * len(self.texts) if self.ticked is None else ["☑" if done else "☐" for done in self.ticked]
        return {"kind": "lines", "lines": [[mark, text] for mark, text in zip(marks, self.texts, strict=True)]}


@dataclass(frozen=True)
class Table:
    """Rows of cells below a head; the columns from the second on are numbers, set to the right, unless ``words`` says so."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset([0])

    def __post_init__(self) -> None:
        """ValueError for a row that has more or fewer cells than the head."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"each row has {len(self.columns)} cells, one a column")

    def plain(self) -> dict[str, Any]:
        """For the setter."""
        sides = ["left" if place in self.words else "right" for place in range(len(self.columns))]
        return {"kind": "table", "columns": list(self.columns), "rows": [list(row) for row in self.rows], "sides": sides}


@dataclass(frozen=True)
class Figure:
    """A chart of ours, as wide as the page. ``alt`` says what it shows to whoever can't see it."""

    drawing: Picture | Svg
    alt: str

    def plain(self) -> dict[str, Any]:
        """For the setter."""
        svg = self.drawing.svg if isinstance(self.drawing, Picture) else self.drawing
        return {"kind": "figure", "svg": printable(svg), "alt": self.alt}


Block = Words | Lines | Table | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; without a title, just that."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """``about`` stands below the title, ``foot`` at the end of every page. ``language``: of the texts, as in ``en`` or ``de``."""

    title: str
    sections: Sequence[Section]
    about: str = ""
    foot: str = ""
    language: str = "en"
    keywords: Sequence[str] = field(default_factory=tuple)

    def plain(self) -> dict[str, Any]:
        """For the setter."""
        sections = [{"title": one.title, "blocks": [block.plain() for block in one.blocks]} for one in self.sections]
        return {
            "title": self.title, "about": self.about, "foot": self.foot, "language": self.language[:2], "sections": sections,
            "keywords": list(self.keywords),
        }  # fmt: skip
