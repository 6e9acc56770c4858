"""Replays of a store look at nothing that came later; scores and files are read as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from paceline.insight.backtest import Cut
from paceline.judging.backtest import backtest_opportunities, backtest_store, replay_days
from paceline.judging.backtest_file import OpportunitiesFileError, read_opportunities
from paceline.judging.forecast import ForecastError
from paceline.judging.pipeline import read_pipeline
from paceline.judging.winchance import win_chances
from paceline.metrics.store import Store
from paceline.warehouse.engines.duckdb import open_duckdb
from tests.judging.deal_world import FIRST, store_of, world

DAYS, TURN = 700, 450


@pytest.fixture(scope="module")
def company() -> Iterator[Store]:
    engine = open_duckdb()
    yield store_of(engine, world(DAYS), DAYS)
    engine.close()


def test_another_future_changes_no_replay(company: Store) -> None:
    """Two companies that are one up to day 450 and then part in every way: new people, prices, owners, closes, reopened deals."""
    engine = open_duckdb()
    other = store_of(engine, world(DAYS, turn=TURN, seed_after=9), DAYS)
    cuts = [Cut("quarter", FIRST + day, FIRST + day - 30, FIRST + day + 60) for day in (200, 330, TURN - 20, TURN)]
    ours, theirs = (replay_days(read_pipeline(store), cuts, draws=60) for store in (company, other))
    engine.close()
    for (one, said), (two, also) in zip(ours, theirs, strict=True):
        assert one.reps == two.reps
        for name in ("draws", "bootstrap", "average", "last", "weighted"):
            for measure in ("revenue", "wins"):
                assert np.array_equal(getattr(one, name)[measure], getattr(two, name)[measure]), (name, measure)
        assert np.array_equal(one.deal_said, two.deal_said)
        assert {name: chance.sentence for name, chance in said.of_deal.items()} == {
            name: chance.sentence for name, chance in also.of_deal.items()
        }
        assert said.model.why == also.model.why
    came = [(one.actual["revenue"], two.actual["revenue"]) for (one, _), (two, _) in zip(ours, theirs, strict=True)]
    assert np.array_equal(*came[0]), "this period was over before they parted"
    assert not np.array_equal(*came[-1])
    assert any(said.of_deal for _, said in ours)


def test_a_reopened_deal_was_closed_while_it_was(company: Store) -> None:
    read = read_pipeline(company)
    again = read.closings[0]
    full = read.opportunities(FIRST + DAYS)
    row = full.ids.index(again["opportunity_id"])
    between = full.as_of(again["closed_day"] + 1)
    at = between.ids.index(again["opportunity_id"])
    assert (int(between.closed[at]), bool(between.won[at])) == (again["closed_day"], False)
    assert int(full.closed[row]) != again["closed_day"]
    before = full.as_of(again["closed_day"])
    assert int(before.closed[before.ids.index(again["opportunity_id"])]) > again["closed_day"]


def test_the_table_of_a_store(company: Store) -> None:
    told: list[str] = []
    done = backtest_store(company, "quarter", draws=200, tell=told.append)
    (whole,) = [one for one in done.scores if (one.kind, one.level, one.measure) == ("quarter", "rep", "revenue")]
    assert whole.n == done.days * 4
    assert 0.6 < whole.coverage < 0.97
    assert whole.mae_to_weighted_pipeline < 1
    assert len(told) == done.days
    assert done.in_time is not None
    table = done.in_time.table
    said, were = (sum(row.n * getattr(row, name) for row in table) / done.in_time.n for name in ("said", "happened"))
    assert said == pytest.approx(were, abs=0.06)
    assert len(done.modes) == done.days
    with pytest.raises(ForecastError, match="can't be foretold"):
        backtest_store(company, "quarter", "win_rate")
    with pytest.raises(ValueError, match="not 'week'"):
        backtest_store(company, "week")


def test_counts_are_replayed_too(company: Store) -> None:
    done = backtest_store(company, "month", "pipeline_generated", draws=200)
    (whole,) = [one for one in done.scores if (one.kind, one.level) == ("month", "rep")]
    assert whole.measure == "count"
    assert 0.70 < whole.coverage < 0.9
    assert np.isnan(whole.mae_to_weighted_pipeline)
    assert done.in_time is None


def test_a_young_company_has_nothing_to_replay() -> None:
    engine = open_duckdb()
    done = backtest_store(store_of(engine, world(60), 60), "quarter")
    engine.close()
    assert done.scores == ()
    assert "no period is over" in (done.none_because or "")


def test_a_plain_file_is_replayed(tmp_path: Path) -> None:
    made = world(500)
    closed = {row["opportunity_id"]: row for row in made.rows["opportunity_change"] if row["new"] in ("won", "lost")}
    lines = ["opportunity_id,rep_id,created,closed,won,amount,team"]
    for deal in made.rows["opportunity"]:
        end = closed.get(deal["id"]) if deal["stage_id"] in ("won", "lost") else None
        day = "" if end is None else str(np.datetime64(end["changed_at"], "s"))[:10]
        start = str(np.datetime64(deal["created_at"], "s"))[:10]
        won, amount = deal["stage_id"] == "won", deal["amount_cents"] / 100
        lines.append(f"{deal['id']},{deal['owner_id']},{start},{day},{str(won).lower()},{amount},T")
    file = tmp_path / "deals.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = backtest_opportunities(read_opportunities(file), "month", draws=100)
    assert done.days > 10
    assert done.modes == ()


def test_a_faulty_file_is_told_all_at_once(tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    head = "opportunity_id,rep_id,created,closed,won,amount\n"
    file.write_text(
        head + "a,ann,2026-01-01,,no,\na,,soon,2026-01-01,maybe,1 000\nb,bob,2026-02-01,2026-01-01,won,5\n", encoding="utf-8"
    )
    with pytest.raises(OpportunitiesFileError) as told:
        read_opportunities(file)
    words = str(told.value)
    assert "6 faults" in words
    for part in ("line 3, opportunity_id", "line 3, rep_id", "'soon' is not a day", "'maybe'", "'1 000'", "line 4, closed"):
        assert part in words
    file.write_text("opportunity_id,won\n", encoding="utf-8")
    with pytest.raises(OpportunitiesFileError, match="no column rep_id, created, closed, amount"):
        read_opportunities(file)
    with pytest.raises(OpportunitiesFileError, match="can't be read"):
        read_opportunities(tmp_path / "none.csv")


def test_amounts_filled_in_at_the_close_are_not_known_before() -> None:
    """No history of amounts is kept, and lost deals have none: at a past day an amount would tell who is going to win."""
    made = world(DAYS)
    made.rows["opportunity_change"] = [row for row in made.rows["opportunity_change"] if row["field"] != "amount"]
    for deal in made.rows["opportunity"]:
        if deal["stage_id"] != "won":
            deal["amount_cents"] = None
    engine = open_duckdb()
    read = read_pipeline(store_of(engine, made, DAYS))
    engine.close()
    now = FIRST + 400
    chances = win_chances(read, now)
    assert not chances.amounts
    assert any(leak.field == "amount" for leak in chances.leaks)
    assert (read.opportunities(now).as_of(now).opening > 0).any(), "so it would have been"
    hidden = read.opportunities(now, chances.amounts).as_of(now)
    assert not (hidden.opening > 0).any()
    assert (hidden.closing > 0).any(), "what was won then is known"
