"""The forecast: it adds up, looks at nothing later than its day, and says what is stale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from paceline.insight.backtest import _weighted
from paceline.insight.forecast import Forecast, forecast
from paceline.insight.forecast_counts import forecast_counts
from paceline.insight.pipeline import ColumnsError, Opportunities
from paceline.saying.values import Money
from tests.insight.forecast_worlds import steady

NOW, FIRST, UNTIL = 360, 350, 390


def made(columns: dict[str, list[Any]], seed: int = 5, now: int = NOW) -> Forecast:
    return forecast(
        Opportunities.from_columns(columns), now, FIRST, UNTIL, np.random.default_rng(seed), draws=400, currency="EUR"
    )


def test_teams_are_the_sums_of_their_reps_draw_by_draw() -> None:
    one = made(steady())
    company = one.line("company").revenue.draws
    assert np.allclose(sum(line.revenue.draws for line in one.lines if line.level == "rep"), company)
    assert np.allclose(sum(line.revenue.draws for line in one.lines if line.level == "team"), company)
    team = one.line("team", "team 1").wins.draws
    assert np.allclose(one.line("rep", "rep 1").wins.draws + one.line("rep", "rep 3").wins.draws, team)


def test_the_steady_company_is_foreseen() -> None:
    """Four reps win 0.4 ÷ 3 deals a day each: 30 days to come bring 16 wins at 1000; those of ten days are known."""
    line = made(steady()).line("company")
    columns = steady()
    won = sum(
        1
        for won, day in zip(columns["won"], columns["closed_day"], strict=True)
        if won and day is not None and FIRST <= day < NOW
    )
    assert line.wins.so_far == won
    assert line.revenue.so_far == won * 100_000
    assert line.wins.draws.mean() - won == pytest.approx(16, abs=4)
    assert line.revenue.draws.mean() == pytest.approx(line.wins.draws.mean() * 100_000, rel=1e-6)
    low, high = line.wins.interval
    assert won + 7 < low < line.wins.middle < high < won + 27


def test_nothing_later_than_its_day_is_looked_at() -> None:
    columns = steady()
    before = made(columns)
    changed = {name: list(values) for name, values in columns.items()}
    for row, (start, end) in enumerate(zip(columns["created_day"], columns["closed_day"], strict=True)):
        if end is None or end >= NOW:
            changed["closed_day"][row], changed["won"][row], changed["amount_cents"][row] = max(NOW, start) + 1, True, 77_777_777
    after = made(changed)
    for one, two in zip(before.lines, after.lines, strict=True):
        assert np.array_equal(one.revenue.draws, two.revenue.draws)
        assert one.sentence == two.sentence
    assert [deal.chance for deal in before.deals] == [deal.chance for deal in after.deals]


def test_the_same_generator_gives_the_same_numbers() -> None:
    one, two, other = made(steady()), made(steady()), made(steady(), seed=6)
    assert np.array_equal(one.line("company").revenue.draws, two.line("company").revenue.draws)
    assert not np.array_equal(one.line("company").revenue.draws, other.line("company").revenue.draws)


def test_a_deal_older_than_any_ever_won_counts_nothing_and_is_listed() -> None:
    columns = steady()
    for name, value in zip(columns, ("old", "rep 0", "team 0", 100, None, False, 9_000_000_000), strict=True):
        columns[name].append(value)
    one = made(columns)
    (old,) = [deal for deal in one.deals if deal.opportunity_id == "old"]
    assert old.stale
    assert (old.chance, old.expected_cents, old.likely_day, old.age_days) == (0, 0, None, NOW - 100)
    assert one.oldest_won_days == 40
    assert one.line("rep", "rep 0").stale_deals == 1
    assert one.line("rep", "rep 0").revenue.draws.max() < 9_000_000_000
    assert "1 stale deal counts 0" in one.line("rep", "rep 0").sentence
    assert not any(deal.stale for deal in one.deals if deal.opportunity_id != "old")


def test_open_deals_have_a_chance_and_a_day() -> None:
    one = made(steady())
    alive = [deal for deal in one.deals if not deal.stale]
    assert all(0 <= deal.chance < 1 for deal in alive)
    assert all(deal.likely_day is None or NOW <= deal.likely_day < UNTIL for deal in alive)
    assert np.mean([deal.chance for deal in alive]) == pytest.approx(0.29, abs=0.1)


def test_a_lift_moves_a_deal() -> None:
    opportunities = Opportunities.from_columns(steady())
    plain = {deal.opportunity_id: deal.chance for deal in made(steady()).deals}
    name = next(name for name, chance in plain.items() if 0.2 < chance < 0.5)
    lifted = forecast(opportunities, NOW, FIRST, UNTIL, np.random.default_rng(5), draws=50, lift={name: 3.0})
    chances = {deal.opportunity_id: deal.chance for deal in lifted.deals}
    assert chances[name] > plain[name] + 0.1
    rep = {deal.opportunity_id: deal.rep_id for deal in lifted.deals}
    assert all(chances[other] == pytest.approx(plain[other]) for other in plain if rep[other] != rep[name])
    assert all(chances[other] <= plain[other] + 1e-9 for other in plain if other != name), "there is only so much time"


def test_a_known_amount_is_kept() -> None:
    columns = steady()
    columns["opening_cents"] = [100_000] * len(columns["won"])
    row = max(
        row for row, (start, end) in enumerate(zip(columns["created_day"], columns["closed_day"], strict=True))
        if start < NOW - 5 and (end is None or end >= NOW)
    )  # fmt: skip
    columns["opening_cents"][row] = 50_000_000
    one = made(columns)
    (deal,) = [deal for deal in one.deals if deal.opportunity_id == columns["opportunity_id"][row]]
    assert deal.expected_cents == pytest.approx(deal.chance * 50_000_000)


def test_an_amount_of_0_is_known_wherever_it_counts_and_an_unknown_one_is_drawn() -> None:
    columns = steady()
    found = {}
    for said in (0, None):
        opened = {name: list(values) for name, values in columns.items()}
        still = [row for row, day in enumerate(opened["closed_day"]) if day is None or day >= NOW]
        opened["opening_cents"] = [100_000] * len(opened["won"])
        for row in still:
            opened["amount_cents"][row], opened["opening_cents"][row], opened["closed_day"][row] = said, said, None
            opened["won"][row] = False
        one = made(opened)
        weighted = float(_weighted(Opportunities.from_columns(opened).as_of(NOW), NOW)["revenue"].sum())
        found[said] = one.line("company").revenue.open, sum(deal.expected_cents for deal in one.deals), weighted
    assert found[0] == (0, 0, 0)
    assert min(found[None]) > 0


def test_the_period_over_is_simply_what_was_won() -> None:
    line = made(steady(), now=UNTIL).line("company")
    assert line.revenue.interval == (line.revenue.so_far, line.revenue.so_far)
    assert line.revenue.chance_of(line.revenue.so_far) == 1


def test_the_sentence_tells_the_parts() -> None:
    words = made(steady()).line("rep", "rep 1").sentence
    assert all(part in words for part in ("EUR won + ", " open deal", "from deals not yet created", "EUR to "))
    brief = [str(Money(value, "EUR", brief=True)) for value in (640, 1_234, 82_000, 1_240_000)]
    assert brief == ["640 EUR", "1.2k EUR", "82k EUR", "1.24m EUR"]


def test_tables_that_cannot_be_read_say_why() -> None:
    columns = steady()
    with pytest.raises(ColumnsError, match="no column team"):
        Opportunities.from_columns({name: values for name, values in columns.items() if name != "team"})
    with pytest.raises(ColumnsError, match="won has 0 rows"):
        Opportunities.from_columns({**columns, "won": []})
    with pytest.raises(ColumnsError, match="closes before it is created"):
        Opportunities.from_columns({**columns, "created_day": [500] * len(columns["won"])})
    with pytest.raises(ColumnsError, match="whole numbers"):
        Opportunities.from_columns({**columns, "created_day": ["soon"] * len(columns["won"])})
    with pytest.raises(ValueError, match="can't look"):
        made(columns, now=UNTIL + 1)
    with pytest.raises(ValueError, match="nothing to learn"):
        forecast(Opportunities.from_columns(columns), 4, 0, 30, np.random.default_rng(0))


def test_owners_and_amounts_are_those_of_the_day() -> None:
    columns: dict[str, list[Any]] = {
        "opportunity_id": ["a"], "rep_id": ["new"], "team": ["t"], "created_day": [10], "closed_day": [50], "won": [True],
        "amount_cents": [900],
    }  # fmt: skip
    changes: dict[str, list[Any]] = {
        "opportunity_id": ["a", "a"],
        "from_day": [10, 30],
        "rep_id": ["old", "new"],
        "amount_cents": [500, 700],
    }
    known = Opportunities.from_columns(columns, changes)
    early, late, after = known.as_of(20), known.as_of(40), known.as_of(51)
    assert [one.reps[int(one.rep[0])] for one in (early, late, after)] == ["old", "new", "new"]
    assert [int(one.opening[0]) for one in (early, late)] == [500, 700]
    assert [bool(one.won[0]) for one in (early, late, after)] == [False, False, True]
    assert early.as_of(15).reps[int(early.as_of(15).rep[0])] == "old"


def test_counts_are_foreseen_too() -> None:
    rng = np.random.default_rng(1)
    days = [day for day in range(0, 182) for _ in range(6)]
    columns: dict[str, list[Any]] = {
        "rep_id": [f"r{i % 6}" for i in range(len(days))], "team": [f"t{i % 2}" for i in range(len(days))], "day": days,
        "value": rng.poisson(2.0, len(days)).tolist(),
    }  # fmt: skip
    lines = forecast_counts(columns, 168, 160, 190, np.random.default_rng(2))
    company = next(line for line in lines if line.level == "company")
    reps = [line for line in lines if line.level == "rep"]
    assert np.allclose(sum(line.outlook.draws for line in reps), company.outlook.draws)
    assert all(line.outlook.draws.mean() - line.outlook.so_far == pytest.approx(44, rel=0.2) for line in reps)
    assert "so far" in company.sentence
    with pytest.raises(ColumnsError, match="no column value"):
        forecast_counts({"rep_id": [], "team": [], "day": []}, 1, 0, 2, rng)
