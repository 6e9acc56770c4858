"""`forecast` and `backtest` answer in every form, and say so where there is nothing to say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Line

Q3 = ("--period", "2025-Q3", "--as-of", "2025-08-20")
pytestmark = pytest.mark.usefixtures("here")


def test_the_forecast_is_drawn(paceline: Line) -> None:
    said = paceline("forecast", *Q3)
    assert said.code == 0
    assert "█ so far" in said.out
    assert "8 in 10" in said.out
    assert "How often are we wrong? Too few to say how often we are wrong" in said.out


def test_json_and_csv_have_a_row_a_line(paceline: Line) -> None:
    rows = json.loads(paceline("forecast", *Q3, "--format", "json").out)
    assert rows[0]["level"] == "company"
    assert rows[0]["so_far"] is not None
    assert rows[0]["low"] <= rows[0]["middle"] <= rows[0]["high"]
    assert rows[0]["goal"] is None
    assert rows[0]["chance"] is None
    told = list(csv.DictReader(io.StringIO(paceline("forecast", *Q3, "--format", "csv").out)))
    assert [row["name"] for row in told] == [row["name"] for row in rows]


def test_open_deals_are_listed(paceline: Line) -> None:
    said = paceline("forecast", *Q3, "--deals")
    assert said.code == 0
    assert "open deals of the company" in said.out
    rows = json.loads(paceline("forecast", *Q3, "--deals", "--format", "json").out)
    assert all(0 <= row["chance"] <= 1 for row in rows)


def test_of_a_period_that_is_over_no_deal_is_listed(paceline: Line) -> None:
    assert "The period is over" in paceline("forecast", "--period", "2025-Q3", "--as-of", "2025-09-30", "--deals").out


def test_what_cannot_be_foretold_is_told(paceline: Line) -> None:
    for arguments, words in (
        (("--metric", "win_rate"), "can't be foretold"),
        (("--metric", "emails_sent", "--deals"), "leave out --deals"),
        (("--period", "2031-Q1"), "more than a year ahead"),
    ):
        said = paceline("forecast", *arguments)
        assert (said.code, said.out) == (2, "")
        assert words in said.err
    said = paceline("forecast", "--metric", "emails_sent")
    assert said.code == 0
    assert "No forecast, because" in said.out


def test_a_short_history_has_nothing_to_replay(paceline: Line) -> None:
    said = paceline("backtest")
    assert said.code == 0
    assert "Nothing to replay" in said.out
    assert json.loads(paceline("backtest", "--format", "json").out) == []


def test_a_file_is_replayed_or_refused(paceline: Line, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    lines = ["opportunity_id,rep_id,created,closed,won,amount"]
    for number in range(360):
        month, day, rep = number % 12 + 1, number % 28 + 1, "ab"[number % 2]
        lines.append(f"d{number},{rep},2025-{month:02}-01,2025-{month:02}-{day:02},{str(number % 3 == 0).lower()},1000")
    file.write_text("\n".join(lines), encoding="utf-8")
    said = paceline("backtest", str(file), "--grain", "month")
    assert said.code == 0
    assert "every month" in said.out
    rows = json.loads(paceline("backtest", str(file), "--grain", "month", "--format", "json").out)
    assert {row["table"] for row in rows} >= {"forecast"}
    assert all(row["mae"] is not None for row in rows if row["table"] == "forecast")
    file.write_text(lines[0] + "\nd1,a,soon,,no,\n", encoding="utf-8")
    said = paceline("backtest", str(file))
    assert (said.code, said.out) == (5, "")
    assert "line 2, created: 'soon' is not a day" in said.err
