"""Where the pipeline went, how hires ramp, where the effort pays: as tables, as rows for programs, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import pytest

from paceline.cli.pipeline import bar
from paceline.cli.ramp import strip
from tests.cli.conftest import Line

pytestmark = pytest.mark.usefixtures("here")
DAYS = ("--from", "2025-07-31", "--to", "2025-09-10", "--due", "all")


def test_the_waterfall_is_drawn_and_adds_up(paceline: Line) -> None:
    said = paceline("pipeline", *DAYS)
    assert (said.code, said.err) == (0, "")
    assert "opening, 2025-07-31" in said.out
    assert "closing, 2025-09-10" in said.out
    rows = json.loads(paceline("pipeline", *DAYS, "--format", "json").out)
    opening, *parts, closing = rows
    # Open at first: Lathe 12,000, Mill 8,000, Press 30,000. Drill 6,000 and Saw 5,000 came; Lathe was won, Mill was lost.
    assert {row["part"]: row["amount"] for row in parts} == {"new": 11_000, "won": -12_000, "lost": -8_000}
    assert (opening["amount"], closing["amount"]) == (50_000, 41_000)
    assert closing["standing"] == pytest.approx(closing["amount"])


def test_the_deals_of_each_part_add_up_to_it(paceline: Line) -> None:
    parts = json.loads(paceline("pipeline", *DAYS, "-f", "json").out)
    deals = list(csv.DictReader(io.StringIO(paceline("pipeline", *DAYS, "--deals", "-f", "csv").out)))
    assert deals
    for part in parts[1:-1]:
        own = [float(row["amount"].lstrip("'") or 0) for row in deals if row["part"] == part["part"]]
        assert sum(own) == pytest.approx(part["amount"])
        assert len(own) == part["deals"]


def test_days_that_make_no_sense_are_told(paceline: Line) -> None:
    assert "must lie before the second" in paceline("pipeline", "--from", "2026-03-31", "--to", "2025-07-31").err
    assert "no date" in paceline("pipeline", "--from", "yesterday").err
    said = paceline("pipeline", "--due", "sometime")
    assert said.code == 2
    assert "--due" in said.err


def test_the_ramp_of_a_company_without_new_hires_says_so(paceline: Line) -> None:
    said = paceline("ramp", "new_opportunities", "--as-of", "2025-09-10")
    assert said.code == 0
    assert "Nobody here is in the first twelve months." in said.out
    assert json.loads(paceline("ramp", "-f", "json").out) == []
    refused = paceline("ramp", "sales_velocity")
    assert refused.code == 2
    assert "Traceback" not in refused.err


def test_segments_as_a_table_and_as_rows(paceline: Line) -> None:
    said = paceline("segments", "--by", "source", "--period", "2025-Q3")
    assert said.code == 0
    assert "too few to call" in said.out
    rows = json.loads(paceline("segments", "--by", "account-type", "--period", "2025-Q3", "-f", "json").out)
    assert {row["measure"] for row in rows} == {"win_rate", "deal_size", "cycle_days", "value"}
    assert {row["verdict"] for row in rows} == {"too few to call"}
    refused = paceline("segments", "--by", "sourc")
    assert refused.code == 2
    assert "Did you mean source?" in refused.err


def test_habits_say_what_is_not_known(paceline: Line) -> None:
    said = paceline("segments", "--by", "strategy", "--as-of", "2025-09-10")
    assert said.code == 0
    assert "none, because" in said.out
    assert "An association, not a cause." in said.out


def test_bars_stand_where_the_numbers_are() -> None:
    assert bar(0, 50, 0, 100, 10) == "█████"
    assert bar(50, 80, 0, 100, 10) == "     ███"
    assert bar(80, 50, 0, 100, 10) == "     ███"
    assert bar(50, 50, 0, 100, 10) == "     │"
    assert bar(0, -50, -50, 50, 10) == "█████"


def test_a_strip_shows_the_fan_and_the_hire() -> None:
    assert strip((1, 2, 3, 4, 5), 8, 10, 11) == " ░▒│▒░  ●"
    assert strip((1, 2, 3, 4, 5), float("nan"), 10, 11) == " ░▒│▒░"
    assert strip((float("nan"),) * 5, 10, 10, 11) == "          ●"
