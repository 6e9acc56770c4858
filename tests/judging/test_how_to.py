"""What the how-to pages of this room quote runs as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from acme.company import SETTINGS, records
from paceline.metrics.store import Store
from tests.oracle.agreement import open_store

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = open_store(records(), SETTINGS, date(2026, 10, 5))
    yield opened
    opened.engine.close()


@pytest.mark.parametrize("page", ["pipeline-change", "new-hires", "where-to-put-the-effort"])
def test_quoted_python_runs(store: Store, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = PYTHON.findall((PAGES / f"{page}.md").read_text(encoding="utf-8"))
    assert blocks
    known: dict[str, object] = {"store": store}
    for block in blocks:
        exec(block, known)
    if page == "pipeline-change":
        assert capsys.readouterr().out.startswith("Pipeline due by the end of Q3 2026: from 15,000 USD to 15,000 USD")
