"""The committed pages are those that the declarations make."""

from __future__ import annotations

from pathlib import Path

from paceline.metrics.catalog import CATALOG
from paceline.metrics.reference import pages, worked, write

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference" / "metrics"


def test_the_committed_pages_are_made_from_the_declarations() -> None:
    committed = {page.name: page.read_text(encoding="utf-8") for page in FOLDER.glob("*.md")}
    assert committed == pages(examples=worked(ROOT / "acme" / "answers")), "run: make docs"


def test_every_metric_has_a_worked_example() -> None:
    assert set(worked(ROOT / "acme" / "answers")) == set(CATALOG)


def test_a_page_says_what_matters() -> None:
    page = pages(examples={"win_rate": "4 ÷ 5 = 80 %"})["win_rate.md"]
    for words in (
        "# Win rate",
        "deals won ÷ deals won or lost",
        "the owner at the moment of closing",
        "*none, because no deal was won or lost*",
        "4 ÷ 5 = 80 %",
        "[Loss rate](loss_rate.md)",
    ):
        assert words in page


def test_pages_of_metrics_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old")
    assert write(tmp_path) == len(CATALOG) + 1
    assert not (tmp_path / "gone.md").exists()
