"""``paceline explain --since``: a corrected file loaded, and the number it changed told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.cli.conftest import Line, tutorial_files

ASKED = ("explain", "revenue", "--period", "2025-Q3")


def _corrected(paceline: Line, folder: Path) -> tuple[str, ...]:
    """The tutorial's deals loaded, then once more with O1's amount corrected; the options of the project."""
    (folder / "exports").mkdir()
    for name, text in tutorial_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    paceline("init", str(folder), "--no-input")
    project = ("-p", str(folder))
    paceline("load", str(folder / "exports"), *project)
    deals = folder / "exports" / "opportunity.csv"
    deals.write_text(deals.read_text(encoding="utf-8").replace("W,12000,", "W,13000,"), encoding="utf-8")
    assert "1 changed" in paceline("load", str(folder / "exports"), *project).err
    return project


def test_explain_since_tells_which_field_changed_and_when(paceline: Line, tmp_path: Path) -> None:
    project = _corrected(paceline, tmp_path)
    told = json.loads(paceline(*ASKED, "--since", "2025-12-31", "--format", "json", *project).out)
    assert (told["then"]["value"], told["now"]["value"]) == (48_000, 49_000)
    (change,) = told["changes"]
    assert (change["name"], change["field"], change["old"], change["new"]) == ("Lathe (O1)", "amount_cents", "1200000", "1300000")
    said = paceline(*ASKED, "--since", "2025-12-31", *project).out
    assert "was 48,000 USD as of 2025-12-31, and is 49,000 USD now, because something was learnt of 1 record since." in said
    assert "amount 12,000.00 → 13,000.00" in said
    (row,) = csv.DictReader(io.StringIO(paceline(*ASKED, "--since", "2025-12-31", "--format", "csv", *project).out))
    assert (row["id"], row["then"], row["now"]) == ("O1", "1200000.0", "1300000.0")
    late = paceline(*ASKED, "--since", "2999-01-01", *project)
    assert late.code == 2
    assert "not before" in late.err
