"""Goals in a terminal, and as tables for programs."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from paceline.cli.output import table_of
from paceline.cli.question import Question
from paceline.insight.goals_levels import Recommendation
from paceline.judging.goals import GoalLine
from paceline.judging.goals_plan import Backwards
from paceline.judging.goals_recommend import Suggested
from paceline.judging.goals_set import Planned
from paceline.judging.record_scores import Track
from paceline.metrics.reading import shown
from paceline.metrics.vocabulary import Metric, Unit
from paceline.sales.periods import from_epoch_day

_BAR = 24  # characters of a goal's bar; the goal stands at three quarters of it
KEY = "█ so far  ├ ┤ 8 in 10 end within  │ the usual pace by now  ◆ goal"
_NUMBER, _TEXT, _DAY = pa.float64(), pa.string(), pa.date32()


def _title(question: Question, what: str, console: Console) -> None:
    about = f"{question.store.settings.name}: {what} of {question.about}, {question.period.label}, as seen on {question.today}"
    console.print(about, style="italic", markup=False)


def _short(value: float, metric: Metric, currency: str) -> str:
    from paceline.judging.forecast import brief

    return brief(value, metric.unit, currency) if metric.unit in (Unit.MONEY, Unit.COUNT) else shown(value, metric.unit, currency)


def show_goals(lines: Sequence[GoalLine], question: Question, record: Track, console: Console) -> None:
    """A line a goal, its bar, and the sentences of those in one piece where there is only one."""
    _title(question, "goals", console)
    if not lines:
        console.print("No goal is set for these days. Set one: paceline goals set METRIC TARGET --role AE", markup=False)
        return
    if len(lines) == 1:
        console.print(Text(bar(lines[0], 60)))
        console.print(lines[0].sentence, markup=False)
    else:
        console.print(_goals(lines))
    console.print(KEY, style="dim", markup=False)
    for reason in dict.fromkeys(_reasons(lines)):
        console.print(reason, style="dim", markup=False)
    console.print(f"How often are we wrong? {record.sentence}", style="dim", markup=False)


def _goals(lines: Sequence[GoalLine]) -> Table:
    table = table_of("Whose", "Metric", "", right=("So far", "Goal", "Attained", "Pace", "Chance", "8 in 10"))
    several = len({line.period for line in lines}) > 1
    for line in lines:
        name = line.name or "the company"
        table.add_row(
            Text(f"{name} ({line.period.label})" if several else name),
            Text(line.metric.name),
            Text(bar(line, _BAR)),
            "–" if line.value is None else Text(_short(line.value, line.metric, line.currency)),
            Text(_short(line.goal.target, line.metric, line.currency)),
            "" if line.attainment is None else f"{line.attainment:.0%}",
            Text(_pace(line)),
            "" if line.reach is None else chance(line.reach.chance),
            "" if line.reach is None else _range(line),
        )
    return table


def chance(value: float) -> str:
    """A chance for people: never 0 % or 100 %."""
    return "< 1%" if value < 0.01 else "> 99%" if value > 0.99 else f"{value:.0%}"


def _range(line: GoalLine) -> str:
    assert line.reach is not None
    low, high = (end / line.goal.target for end in line.reach.interval)
    return f"{low:.0%} – {high:.0%}"


def _pace(line: GoalLine) -> str:
    if line.pace is None:
        return ""
    if line.pace.so_far >= line.pace.target:
        return "reached"
    days = round(line.pace.days)
    return "on pace" if days == 0 else f"{days:+d} day{'' if abs(days) == 1 else 's'}"


def bar(line: GoalLine, width: int) -> str:
    """So far, the range of the end, the usual pace and the goal on one line; empty without a value."""
    if line.value is None or line.goal.target <= 0:
        return ""

    def at(value: float) -> int:
        return max(0, min(width - 1, round(value / line.goal.target * 0.75 * (width - 1))))

    cells = [" "] * width
    if line.reach is not None:
        low, high = (at(end) for end in line.reach.interval)
        cells[low : high + 1] = ["─"] * (high - low + 1)
        cells[low], cells[high] = "├", "┤"
    if line.value > 0:
        cells[: at(line.value) + 1] = ["█"] * (at(line.value) + 1)
    if line.pace is not None and line.pace.so_far < line.pace.target:
        cells[at(line.pace.expected)] = "│"
    cells[at(line.goal.target)] = "◆"
    return "".join(cells).rstrip()


def _reasons(lines: Sequence[GoalLine]) -> list[str]:
    out = []
    for line in lines:
        if line.value is None:
            out.append(f"{line.name}, {line.metric.name}: none, because {line.none_because}.")
        elif line.reach is None and line.no_chance_because != "the period is over":
            out.append(f"{line.metric.name}: no chance can be given, because {line.no_chance_because}.")
    return out


def goal_table(lines: Sequence[GoalLine]) -> pa.Table:
    """A row a goal; money in whole units, shares as fractions; null: there is none."""
    schema = {
        "goal_id": _TEXT, "level": _TEXT, "subject": _TEXT, "name": _TEXT, "metric": _TEXT, "first": _DAY, "until": _DAY,
        "target": _NUMBER, "value": _NUMBER, "none_because": _TEXT, "attainment": _NUMBER, "expected_by_now": _NUMBER,
        "ahead": _NUMBER, "ahead_days": _NUMBER, "chance": _NUMBER, "middle": _NUMBER, "low": _NUMBER, "high": _NUMBER,
        "no_chance_because": _TEXT,
        "unit": _TEXT, "sentence": _TEXT,
    }  # fmt: skip
    rows = []
    for line in lines:
        step, odds = line.pace, line.reach
        rows.append({
            "goal_id": line.goal.id, "level": line.goal.level, "subject": line.goal.subject, "name": line.name,
            "metric": line.goal.metric, "first": from_epoch_day(line.goal.first), "until": from_epoch_day(line.goal.until),
            "target": line.goal.target, "value": line.value, "none_because": line.none_because, "attainment": line.attainment,
            "expected_by_now": step and step.expected, "ahead": step and step.ahead, "ahead_days": step and step.days,
            "chance": odds and odds.chance, "middle": odds and odds.middle, "low": odds and odds.interval[0],
            "high": odds and odds.interval[1], "no_chance_because": line.no_chance_because, "unit": line.metric.unit.value,
            "sentence": line.sentence,
        })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))


def show_recommended(found: Sequence[Suggested], metric: Metric, question: Question, console: Console) -> None:
    """A line a person or team: the levels with their chances."""
    _title(question, f"{metric.name.lower()} goals to choose from", console)
    currency = question.store.settings.currency
    columns = max((len(one.found.levels) for one in found), default=0)
    table = table_of("Whose", right=("Present", "Middle", *(f"Level {at + 1}" for at in range(columns)), "Periods", "Own"))
    table.add_column("Compared with")
    for one in found:
        levels = [f"{_short(level.target, metric, currency)} ({level.chance:.0%})" for level in one.found.levels]
        middle = "–" if one.found.middle is None else _short(one.found.middle, metric, currency)
        present = f"{one.present:.0%}" if one.level == "rep" else f"{one.present:.1f} people"
        table.add_row(Text(one.name), present, middle, *map(Text, levels), *[""] * (columns - len(levels)),
                      str(one.found.periods), str(one.found.own), Text(one.compared_with))  # fmt: skip
    console.print(table)
    for why in dict.fromkeys(one.found.sentence for one in found if not one.found.levels):
        console.print(why, style="dim", markup=False)
    console.print("In brackets: the chance to reach it, from earlier periods of the same length.", style="dim", markup=False)


def recommend_table(found: Sequence[Suggested], metric: Metric, question: Question) -> pa.Table:
    """A row a person (or team) and level; without levels one row, and why."""
    schema = {
        "level": _TEXT, "subject": _TEXT, "name": _TEXT, "metric": _TEXT, "first": _DAY, "until": _DAY, "present": _NUMBER,
        "middle": _NUMBER, "target": _NUMBER, "chance": _NUMBER, "periods": pa.int64(), "own_periods": pa.int64(),
        "people": pa.int64(), "compared_with": _TEXT, "sentence": _TEXT,
    }  # fmt: skip
    rows = []
    for one in found:
        levels: list[tuple[float | None, float | None]] = [(level.target, level.chance) for level in one.found.levels]
        for target, odds in levels or [(None, None)]:
            rows.append({
                "level": one.level, "subject": one.subject, "name": one.name, "metric": metric.slug,
                "first": question.period.first, "until": question.period.until, "present": one.present,
                "middle": one.found.middle, "target": target, "chance": odds, **_of(one.found),
                "compared_with": one.compared_with,
            })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))


def _of(found: Recommendation) -> dict[str, object]:
    return {"periods": found.periods, "own_periods": found.own, "people": found.people, "sentence": found.sentence}


def show_plans(found: Backwards, question: Question, console: Console) -> None:
    """The plan in a sentence, and the rates it stands on."""
    metric = question.store.catalog[found.metric]
    currency = question.store.settings.currency
    _title(question, f"plan for a {metric.name.lower()} goal", console)
    console.print(
        f"Goal {_short(found.target, metric, currency)}, {_short(found.so_far, metric, currency)} so far, "
        f"{found.open_deals} open deals.",
        markup=False,
    )
    console.print(found.plan.sentence, markup=False, style="bold")
    console.print(f"Rates are {found.rates_of}, of the year before: {_rates(found)}.", style="dim", markup=False)


def _rates(found: Backwards) -> str:
    rates = found.rates
    sourced = found.metric == "pipeline_generated"
    words = [f"{rates.won} opportunities sourced" if sourced else f"{rates.won} deals won, {rates.lost} lost"]
    if len(rates.cycles):
        words.append(f"half of the won ones within {sorted(rates.cycles)[len(rates.cycles) // 2]:.0f} days")
    if rates.meetings is not None:
        words.append(f"{rates.meetings:.1f} meetings for each opportunity")
    return ", ".join(words)


def plan_table(found: Backwards, question: Question) -> pa.Table:
    """One row: what is missing, opportunities and meetings a week with their range, the sentence."""
    plan = found.plan
    many, weekly = plan.opportunities or (None, None, None), plan.meetings_a_week or (None, None, None)
    row = {
        "scope": found.name, "metric": found.metric, "first": question.period.first, "until": question.period.until,
        "target": found.target, "so_far": found.so_far, "missing": plan.missing, "open_deals": found.open_deals,
        "opportunities": many[0], "opportunities_low": many[1], "opportunities_high": many[2], "meetings_a_week": weekly[0],
        "meetings_low": weekly[1], "meetings_high": weekly[2], "in_time": plan.in_time, "rates_of": found.rates_of,
        "sentence": plan.sentence,
    }  # fmt: skip
    kinds = {
        "scope": _TEXT,
        "metric": _TEXT,
        "first": _DAY,
        "until": _DAY,
        "open_deals": pa.int64(),
        "rates_of": _TEXT,
        "sentence": _TEXT,
    }
    return pa.Table.from_pylist([row], schema=pa.schema([(name, kinds.get(name, _NUMBER)) for name in row]))


def show_set(planned: Planned, question: Question, console: Console) -> None:
    """A line a goal: whose, how much, and what was taken off."""
    _title(question, f"{planned.metric.name.lower()} goals", console)
    table = table_of("Whose", right=("Goal",))
    table.add_column("How it came about")
    for one in planned.goals:
        table.add_row(
            Text(one.name), Text(_short(one.target, planned.metric, question.store.settings.currency)), Text(one.sentence)
        )
    console.print(table)
    for note in planned.notes:
        console.print(note, style="dim", markup=False)


def set_table(planned: Planned) -> pa.Table:
    """A row a goal, as it is written, with its shares."""
    schema = {"level": _TEXT, "subject": _TEXT, "name": _TEXT, "metric": _TEXT, "first": _DAY, "until": _DAY, "target": _NUMBER,
              "present": _NUMBER, "ramped": _NUMBER, "replaces": _NUMBER}  # fmt: skip
    rows = [
        {
            "level": one.level, "subject": one.subject, "name": one.name, "metric": planned.metric.slug,
            "first": planned.period.first, "until": planned.period.until, "target": one.target,
            "present": one.prorated and one.prorated.present,
            "ramped": one.prorated and one.prorated.ramped, "replaces": one.replaces,
        }
        for one in planned.goals
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))
