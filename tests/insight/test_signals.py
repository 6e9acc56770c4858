"""Signals on simulated companies, seeds that weren't looked at while the methods were made; and series with known answers."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from bench.judging import Score, judge_companies
from bench.weekly import Life, company
from paceline.insight.cards import Card, State
from paceline.insight.signals import Signals, judge_weekly
from paceline.insight.signals_pace import measure_pace
from paceline.insight.signals_table import read_weekly

FIRST = date(2025, 1, 6)
Table = dict[str, list[object]]


@cache
def measured() -> Score:
    """Six companies of 50 reps × 35 metrics × 104 weeks; a tenth of the series change."""
    return judge_companies(range(5001, 5007), Life(planted=0.1))


def test_false_alarms_keep_to_the_budget() -> None:
    score = measured()
    assert 0.3 <= score.falls_per_quarter <= 1.0
    assert 0.3 <= score.rises_per_quarter <= 1.05, "improvements have a budget of their own"


def test_a_lasting_half_is_seen_within_eight_weeks() -> None:
    tried, seen = measured().share("count", 2, 0.5)
    assert tried >= 50
    assert seen >= 0.95


def test_a_lasting_three_tenths_are_mostly_seen_within_eight_weeks() -> None:
    tried, seen = measured().share("count", 2, 0.7)
    assert tried >= 50
    assert seen >= 0.65


def test_no_change_is_told_twice() -> None:
    score = measured()
    assert score.twice <= 0.03 * sum(score.tried.values())


COLUMNS = ("rep", "role", "metric", "kind", "week", "value", "n", "workdays")


def add(table: Table, *cells: object) -> None:
    """One row more."""
    for name, cell in zip(COLUMNS, cells, strict=True):
        table[name].append(cell)


def weekly(values: dict[str, list[float]], days: list[float] | None = None, metric: str = "calls", role: str = "AE") -> Table:
    """A table of counts: a list of weeks a rep."""
    rows: Table = {name: [] for name in ("rep", "role", "metric", "kind", "week", "value", "n", "workdays")}
    for rep, series in values.items():
        for i, value in enumerate(series):
            for name, cell in zip(rows, (rep, role, metric, "count", FIRST + timedelta(weeks=i), value, value,
                                         5.0 if days is None else days[i]), strict=True):  # fmt: skip
                rows[name].append(cell)
    return rows


def team(seed: int, reps: int = 8, weeks: int = 60, mean: float = 40) -> dict[str, list[float]]:
    """Reps with the same pace and chance alone."""
    drawn = np.random.default_rng(seed).poisson(mean, (reps, weeks))
    return {f"R{i}": [float(v) for v in row] for i, row in enumerate(drawn)}


def after(values: dict[str, list[float]]) -> date:
    return FIRST + timedelta(weeks=max(map(len, values.values())))


def cards_of(found: Signals, rep: str) -> list[Card]:
    return [card for card in (*found.cards, *found.past) if card.rep == rep]


def test_a_planted_half_makes_one_card_with_its_numbers() -> None:
    values = team(1)
    values["R3"][50:] = [float(round(v / 2)) for v in values["R3"][50:]]
    found = judge_weekly(weekly(values), after(values))
    (card,) = found.of_rep("R3")
    assert card.state is State.FIRING
    assert card.direction == -1
    assert abs((card.since - (FIRST + timedelta(weeks=50))).days) <= 14
    assert card.observed == sum(values["R3"][(card.since - FIRST).days // 7 :])
    assert -0.6 < card.change < -0.4
    assert card.interval[0] < card.expected < card.interval[1]
    assert card.observed < card.interval[0]
    assert card.p_value < 1e-4
    assert card.quarters > 50
    assert "expected at the usual pace (−" in card.sentence
    table = weekly(values)
    assert {table["rep"][row] for row in card.rows} == {"R3"}
    assert sum(float(str(table["value"][row])) for row in card.rows) == card.observed


def test_a_change_that_came_back_says_so_and_the_return_is_no_praise() -> None:
    values = team(2)
    values["R3"][30:40] = [float(round(v / 2)) for v in values["R3"][30:40]]
    found = cards_of(judge_weekly(weekly(values), after(values)), "R3")
    cards = [card for card in found if FIRST + timedelta(weeks=28) <= card.fired <= FIRST + timedelta(weeks=52)]
    assert [card.direction for card in cards] == [-1]
    assert cards[0].state is State.OK
    assert cards[0].came_back


def test_a_dip_of_the_whole_role_is_nobodys_fall() -> None:
    values = team(3, reps=12)
    for series in values.values():
        series[48:] = [float(round(v * 0.6)) for v in series[48:]]
    found = judge_weekly(weekly(values), after(values))
    assert len(found.cards) <= 1


def test_a_lasting_change_of_rare_things_common_to_the_role_is_allowed_for_whole() -> None:
    """A week of three deals is mostly noise; what is common to all is told from several weeks together."""
    rng = np.random.default_rng(31)
    table: Table = {name: [] for name in COLUMNS}
    for rep in range(20):
        for week in range(90):
            closed = int(rng.poisson(3))
            days = float(rng.gamma(closed * 2.5, (70.0 if week >= 60 else 50.0) / (closed * 2.5))) if closed else 0.0
            add(table, f"R{rep:02d}", "AE", "cycle", "mean", FIRST + timedelta(weeks=week), days, float(closed), 5.0)
    team = measure_pace(read_weekly(table, FIRST + timedelta(weeks=90))).team[:, 0]
    rise = team[:, 66:88].mean(axis=1) / team[:, 10:54].mean(axis=1)
    assert 1.35 < rise.min() <= rise.max() < 1.45


def test_what_was_expected_and_what_is_usual_are_told_apart() -> None:
    values = team(32, reps=12)
    for rep, series in values.items():
        series[48:] = [float(round(v * (0.25 if rep == "R3" else 0.6))) for v in series[48:]]
    (card,) = judge_weekly(weekly(values), after(values)).of_rep("R3")
    assert card.usual is not None
    assert card.expected == pytest.approx(0.6 * card.usual, rel=0.15)
    assert card.change == pytest.approx(card.observed / card.expected - 1)
    assert f"expected after what is allowed for (−{-card.change:.0%}); usually {card.usual:,.0f}" in card.sentence
    (others,) = [one.sentence for one in card.allowed if one.what == "team"]
    share = float(others.split("−")[1].split("%")[0]) / 100
    assert card.usual * (1 - share) == pytest.approx(card.expected, rel=0.05), "the words must add up"


def test_holidays_and_leave_are_no_fall() -> None:
    days = [5.0] * 52 + [2.0] * 8
    values = {rep: [float(round(v * d / 5)) for v, d in zip(series, days, strict=True)] for rep, series in team(4).items()}
    assert not judge_weekly(weekly(values, days), after(values)).cards


def test_a_week_of_nothing_is_a_notice_and_no_alarm() -> None:
    values = team(5)
    values["R2"][55] = 2.0
    found = judge_weekly(weekly(values), after(values))
    assert [(notice.rep, notice.since) for notice in found.notices] == [("R2", FIRST + timedelta(weeks=55))]
    assert not found.of_rep("R2")


def test_a_lasting_fall_of_everything_is_not_explained_away_as_absence() -> None:
    values = team(6)
    values["R2"][48:] = [float(round(v * 0.3)) for v in values["R2"][48:]]
    assert [card.direction for card in judge_weekly(weekly(values), after(values)).of_rep("R2")] == [-1]


def test_stale_and_short_series_are_unknown() -> None:
    values = team(7)
    values["R1"] = values["R1"][:50]
    found = judge_weekly(weekly(values), after(values))
    states = {one.rep: one for one in found.standings}
    assert states["R1"].state is State.UNKNOWN
    assert "no data since the week of 15 Dec 2025" in states["R1"].because
    short = {rep: series[:5] for rep, series in team(8).items()}
    assert {one.state for one in judge_weekly(weekly(short), after(short)).standings} == {State.UNKNOWN}


def test_an_unfinished_week_is_not_judged() -> None:
    values = team(9)
    values["R1"][-1] = 0.0
    found = judge_weekly(weekly(values), after(values) - timedelta(days=1))
    assert not [notice for notice in found.notices if notice.rep == "R1"]
    assert not found.of_rep("R1")


def test_every_judged_metric_says_what_could_be_seen() -> None:
    found = judge_weekly(weekly(team(10)), FIRST + timedelta(weeks=60))
    assert all(one.smallest_fall is not None and 0.1 < one.smallest_fall < 0.5 for one in found.standings)
    rare = judge_weekly(weekly(team(11, mean=1.0)), FIRST + timedelta(weeks=60))
    assert all(one.smallest_fall is None or one.smallest_fall > 0.5 for one in rare.standings)
    assert {(delay.fall, delay.kind.value) for delay in found.delays} == {(0.3, "count"), (0.5, "count")}


def test_a_smaller_budget_has_higher_bars() -> None:
    drawn = company(5102, 25, 20)
    strict, loose = (judge_weekly(drawn.table(), drawn.now, budget=budget).bars for budget in (0.5, 2.0))
    assert all(strict[name] > loose[name] for name in strict if name.startswith("count") and name.endswith("falls"))


def test_the_same_table_gives_the_same_cards_whatever_the_order_of_its_rows() -> None:
    drawn = company(5100, 12, 8)
    table = drawn.table()
    order = np.random.default_rng(1).permutation(len(table["rep"])).tolist()
    shuffled = {name: [column[i] for i in order] for name, column in table.items()}
    one, two = judge_weekly(table, drawn.now), judge_weekly(shuffled, drawn.now)
    assert [card.sentence for card in one.cards] == [card.sentence for card in two.cards]
    assert one.bars == two.bars


def test_less_can_be_better() -> None:
    values = team(13)
    values["R3"][50:] = [float(round(v / 2)) for v in values["R3"][50:]]
    (card,) = judge_weekly(weekly(values), after(values), meaning={"calls": -1.0}).of_rep("R3")
    assert card.improvement


def test_the_digest_tells_three_things() -> None:
    drawn = company(5101, 20, 12, life=Life(planted=0.3))
    assert 1 <= len(judge_weekly(drawn.table(), drawn.now).digest()) <= 3


def test_problems_of_a_table_are_all_named() -> None:
    table = weekly(team(14))
    table["value"][3], table["workdays"][5] = -1.0, 9.0
    with pytest.raises(ValueError, match=r"1 counts below 0, first in row 3; 1 working days outside 0 to 7, first in row 5"):
        judge_weekly(table, FIRST + timedelta(weeks=60))
    with pytest.raises(ValueError, match="lacks workdays"):
        judge_weekly({name: column for name, column in table.items() if name != "workdays"}, FIRST)
    twice = weekly(team(15))
    for column in twice.values():
        column.append(column[0])
    with pytest.raises(ValueError, match="1 rows tell of a rep, metric and week that another row tells of too"):
        judge_weekly(twice, FIRST + timedelta(weeks=60))
    with pytest.raises(ValueError, match="a budget of false alarms is above 0"):
        judge_weekly(weekly(team(16)), FIRST, budget=0)


def test_all_kinds_of_problems_come_at_once() -> None:
    table = weekly(team(17))
    table["week"][0], table["value"][1], table["n"][2], table["kind"][4] = "soon", "many", "?", "rate"
    with pytest.raises(ValueError, match="column week holds no date: 'soon'") as told:
        judge_weekly(table, FIRST + timedelta(weeks=60))
    for problem in ("column value holds 1 that are no numbers, first 'many' in row 1", "column n holds 1 that are no numbers",
                    "calls is of several kinds: count, rate"):  # fmt: skip
        assert problem in str(told.value)


def test_a_metric_that_matures_late_for_everybody_is_not_stale() -> None:
    table = weekly(team(18))
    last = FIRST + timedelta(weeks=57)
    late = {name: [*column] for name, column in weekly(team(19), metric="replies").items()}
    rows = [i for i, week in enumerate(late["week"]) if week < last]  # type: ignore[operator]
    both = {name: table[name] + [late[name][i] for i in rows] for name in table}
    found = judge_weekly(both, after(team(18)))
    assert {one.state for one in found.standings if one.metric == "replies"} <= {State.OK, State.FIRING}


def test_weeks_without_a_case_are_no_missing_data() -> None:
    table = weekly(team(20))
    table["kind"] = ["rate"] * len(table["kind"])
    table["value"], table["n"] = [0.5] * len(table["week"]), [20.0] * len(table["week"])
    for row, (rep, week) in enumerate(zip(table["rep"], table["week"], strict=True)):
        if rep == "R1" and week >= FIRST + timedelta(weeks=52):  # type: ignore[operator]
            table["n"][row] = 0.0
    (one,) = [one for one in judge_weekly(table, after(team(20))).standings if one.rep == "R1"]
    assert "no data" not in one.because


def test_an_empty_table_says_nothing() -> None:
    assert judge_weekly(weekly({}), FIRST).cards == ()
