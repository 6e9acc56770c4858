"""The command line on PostgreSQL: the same folder loaded, the same questions asked, the same answers as from DuckDB's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paceline.warehouse.engine import Engine
from tests.cli.conftest import ROOT, Line

Q1 = ("--period", "2026-Q1")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("ask", "win_rate", "revenue", "emails_sent", "contacts_engaged", *Q1, "--by", "rep"),
    ("ask", "days_between_touches", "lead_response_time", "stage_conversion", *Q1, "--team", "North", "--as-of", "2026-04-10"),
    ("explain", "revenue", *Q1, "--rep", "Ana Alba"),
    ("explain", "multi_threading", *Q1),
    ("report", *Q1),
    ("check",),
)
WHEN = "as_of"  # the moment of asking, unless a day is named


@pytest.mark.engine
@pytest.mark.slow
def test_postgresql_answers_as_duckdb_does(
    tmp_path: Path, paceline: Line, postgres_url: str, postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PACELINE_STORE", raising=False)
    stores = {"duckdb": "paceline.duckdb", "postgres": postgres_url}
    told = {name: _told(_project(tmp_path / name, location, paceline), paceline) for name, location in stores.items()}
    assert "rec_email" in postgres_engine.tables()
    assert not (tmp_path / "postgres" / "paceline.duckdb").exists()
    for command, here in told["duckdb"].items():
        assert here, command
        assert told["postgres"][command] == here, command


@pytest.mark.engine
def test_the_environment_names_the_store_and_an_empty_one_is_said_to_be_so(
    tmp_path: Path, paceline: Line, postgres_url: str, postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert postgres_engine.tables() == set()
    _init(tmp_path, paceline)
    monkeypatch.setenv("PACELINE_STORE", postgres_url)
    said = paceline("ask", "win_rate", "-p", str(tmp_path))
    assert (said.code, said.out) == (1, "")
    assert "Nothing was loaded yet" in said.err
    assert "paceline load" in said.err
    monkeypatch.setenv("PACELINE_STORE", "postgresql://nobody@127.0.0.1:1/none")
    said = paceline("ask", "win_rate", "-p", str(tmp_path))
    assert said.code != 0
    assert "server can't be reached" in said.err


def _init(folder: Path, paceline: Line) -> None:
    assert paceline("init", str(folder), "--no-input").code == 0


def _project(folder: Path, location: str, paceline: Line) -> Path:
    """A project made by ``init``, set up as acme is, its store at the location, with acme's folder loaded into it."""
    _init(folder, paceline)
    (folder / "paceline.toml").write_text(
        '[company]\nname = "Acme"\ncurrency = "USD"\ntime_zone = "Europe/Paris"\nfiscal_year_starts = "february"\n'
        f'[sales]\nown_domains = ["acme.example"]\n[store]\nlocation = "{location}"\n',
        encoding="utf-8",
    )
    assert paceline("load", str(ROOT / "acme"), "-p", str(folder)).code == 0
    again = paceline("load", str(ROOT / "acme"), "-p", str(folder))
    assert "0 new, 0 changed" in again.err
    return folder


def _told(folder: Path, paceline: Line) -> dict[tuple[str, ...], Any]:
    """What the commands answer, as data; without the moment of asking and the engine's own SQL."""
    told = {}
    for command in COMMANDS:
        said = paceline(*command, "-p", str(folder), "--format", "json")
        assert said.code == 0, said.err
        told[command] = _lasting(json.loads(said.out))
    return told


def _lasting(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_lasting(part) for part in answer]
    if isinstance(answer, dict):
        return {name: _lasting(part) for name, part in answer.items() if name not in (WHEN, "sql")}
    if isinstance(answer, float):
        return pytest.approx(answer, rel=1e-12)
    return answer
