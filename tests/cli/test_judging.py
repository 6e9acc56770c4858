"""`signals` and `compare` on the tutorial's project: forms, mistakes in words, and the budget of paceline.toml."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from paceline.project.reading import BadConfigError, parse
from tests.cli.conftest import Line

NOW = ("--as-of", "2025-09-30")


@pytest.mark.usefixtures("here")
def test_signals_answer_in_every_form(paceline: Line) -> None:
    told = json.loads(paceline("signals", *NOW, "--format", "json").out)
    assert (told["now"], told["cards"], told["budget"]) == ("2025-10-01", [], 1.0)
    assert told["unknown"], "two weeks of data can't tell what is usual"
    assert all(one["why"] for one in told["unknown"])
    rows = list(csv.reader(io.StringIO(paceline("signals", *NOW, "--format", "csv").out)))
    assert rows[0][:3] == ["id", "level", "name"]
    shown = paceline("signals", *NOW).out
    assert "signals as of 2025-09-30;" in shown, "the day asked for"
    assert "no CRM records is" not in shown
    assert "Nothing new." in shown
    assert "Nothing can be said about" in shown


@pytest.mark.usefixtures("here")
def test_mistakes_end_in_words(paceline: Line) -> None:
    assert paceline("signals", "--budget", "3").code == 2
    said = paceline("signals", "--confirm", "abc")
    assert (said.code, "No card has the id 'abc'" in said.err) == (2, True)
    both = paceline("signals", "--confirm", "a", "--dismiss", "b")
    assert "right or wrong, not both" in both.err
    assert "medians and quantiles" in paceline("compare", "--metric", "sales_cycle_median", *NOW).err


@pytest.mark.usefixtures("here")
def test_compare_answers_in_every_form(paceline: Line) -> None:
    rows = json.loads(paceline("compare", "--metric", "win_rate", "--period", "2025-Q3", *NOW, "--format", "json").out)
    assert {row["rep_name"] for row in rows} >= {"Ada Byron"}
    assert {row["past_verdict"] for row in rows} <= {"too few to call", None}
    (ada,) = [row for row in rows if row["rep_name"] == "Ada Byron"]
    assert "connected for a part of it" in ada["none_because"], "her first record is of July"
    said = paceline("compare", "--metric", "win_rate", "--period", "2025-Q3", "--rep", "ada", *NOW)
    assert "Ada Byron: Not compared: its data is connected for a part of it only." in said.out


def test_a_budget_is_one_of_three() -> None:
    assert parse("[judgement]\nfalse_alarms = 0.5\nfalse_praise = 2\n").settings.judgement.false_alarms == 0.5
    with pytest.raises(BadConfigError) as told:
        parse("[judgement]\nfalse_alarms = 3\nfalse_alarm = 1\n")
    faults = [str(fault) for fault in told.value.faults]
    assert any("must be 0.5, 1 or 2" in fault and "2" in fault for fault in faults)
    assert any("Did you mean false_alarms" in fault for fault in faults)


def test_the_template_names_the_budgets(tmp_path: Path, paceline: Line) -> None:
    assert paceline("init", str(tmp_path / "new"), "--no-input").code == 0
    text = (tmp_path / "new" / "paceline.toml").read_text(encoding="utf-8")
    assert "[judgement]" in text
    assert "# false_alarms = 1" in text
