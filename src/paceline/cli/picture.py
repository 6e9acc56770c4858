"""Draws the README's pictures: the demo's scoreboard and one number explained, as SVG. ``make picture`` runs it."""

from __future__ import annotations

import io
import re
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console

from paceline.cli.demo import make
from paceline.cli.explain import names_behind
from paceline.cli.explain import show as show_explanation
from paceline.cli.question import Whose, asking
from paceline.cli.report import read_board
from paceline.cli.scoreboard import show as show_board
from paceline.metrics.ask import ask
from paceline.metrics.explain import explain

UNTIL = date(2026, 10, 1)  # a fixed day, so that the same picture comes out each time
SEED = 7
WIDTH = 150


def draw(folder: Path) -> None:
    """Write ``report.svg`` and ``explain.svg`` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    now = int(datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC).timestamp()) - 1
    with tempfile.TemporaryDirectory() as place:
        make(Path(place), SEED, UNTIL)
        with asking(Path(place), Whose(role="AE"), "trailing_28", None, now=now) as question:
            console = _console()
            show_board(read_board(question), [], console)
            _save(console, folder / "report.svg", "$ paceline report --role AE")
        with asking(Path(place), Whose(role="AE"), "2026-Q3", None, now=now) as question:
            console = _console()
            reading = ask(question.store, "win_rate", question.scope, question.period).only()
            told = explain(question.store, reading)
            show_explanation(told, 6, console, names_behind(question.store, told, 6))
            _save(console, folder / "explain.svg", "$ paceline explain win_rate --role AE --period 2026-Q3")


def _save(console: Console, file: Path, title: str) -> None:
    """Write the picture. Rich lets it fetch a font from a far server; the reader's own does as well."""
    svg = re.sub(r"@font-face \{.*?\}\n", "", console.export_svg(title=title), flags=re.DOTALL)
    file.write_text(svg.replace("Fira Code, monospace", "monospace"), encoding="utf-8")


def _console() -> Console:
    return Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
