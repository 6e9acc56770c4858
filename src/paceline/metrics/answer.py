"""From measures to numbers: which queries to run, and the numbers by period and group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from paceline.metrics import rollup
from paceline.metrics.aggregate import LONGEST
from paceline.metrics.compile import MemberRow, PeriodRow, Question, group_column
from paceline.metrics.conditions import columns_of
from paceline.metrics.frame import PERIOD_COLUMNS
from paceline.metrics.relations import RELATIONS, REP_ATTRIBUTES
from paceline.metrics.store import View, day_start
from paceline.metrics.vocabulary import Arithmetic, Constant, Kind, Measure, Term, Window
from paceline.sales.periods import Period, epoch_day, from_epoch_day

_END = list(PERIOD_COLUMNS).index("p_end")
_LONGEST_STEP = 7  # days and weeks: what's longer comes in uneven lengths, or alone…
_LONGER_STEPS = (28, 90)  # …but for trailing days, of which pages ask a row
Group = tuple[str | None, ...]
Cell = tuple[int, Group]
Numbers = dict[Measure, dict[Cell, float | None]]


@dataclass(frozen=True)
class Asked:
    """What numbers are wanted for: the periods by position, the cuts, and who (None: everybody)."""

    periods: tuple[Period, ...]
    by: tuple[str, ...]
    members: tuple[MemberRow, ...] | None
    lags: Mapping[tuple[Window, int], int]


def begun(view: View, period: Period) -> bool:
    """Whether the period has begun at the as-of instant."""
    return period.first <= view.day


def period_row(view: View, number: int, period: Period) -> PeriodRow:
    """A period as the queries see it, cut after the as-of day."""
    today = epoch_day(view.day)
    until = min(period.until_day, today + 1)
    end = min(view.as_of, day_start(from_epoch_day(until), view.settings) - 1)
    begin = day_start(period.first, view.settings)
    return (number, period.first_day, begin, until, period.until_day, until - 1, end, today, view.as_of)


def in_window(view: View, window: Window, period: Period, lag: int) -> Period:
    """The days a measure looks at."""
    if window.kind == "trailing":
        last = min(period.until - timedelta(days=1), view.day)
        return Period.between(last - timedelta(days=window.days - 1), last + timedelta(days=1))
    if window.kind == "lagged":  # what isn't over yet is cut first: half a quarter's customers cost half a quarter
        return Period.between(period.first, min(period.until, view.day + timedelta(days=1))).shifted(-lag)
    return period


def numbers(view: View, asked: Asked, measures: Iterable[Measure]) -> Numbers:
    """The measures by period and group; a cell without rows is absent. One query for all over the same rows and window."""
    together: dict[tuple[str, Window], list[Measure]] = {}
    for measure in dict.fromkeys(measures):
        together.setdefault((measure.rows, measure.window), []).append(measure)
    found: Numbers = {}
    for (rows, window), same in together.items():
        found.update(_asked_once(view, asked, rows, window, tuple(same)))
    return found


def _asked_once(view: View, asked: Asked, rows: str, window: Window, measures: tuple[Measure, ...]) -> Numbers:
    periods = rows_of_periods(view, asked, window)
    answers: Numbers = {measure: {} for measure in measures}
    if not periods:
        return answers
    rolled = _rolled(view, asked, rows, measures)
    question = Question(rows, measures, asked.by, asked.members is not None, rolled, step_of(rows, measures, periods))
    table = view.engine.query(view.sql(question, periods, list(asked.members or ())))
    columns = [column.to_pylist() for column in table.columns]
    cuts = len(asked.by)
    for row in zip(*columns, strict=True):
        cell = (int(row[0]), tuple(row[1 : 1 + cuts]))
        for measure, number in zip(measures, row[1 + cuts :], strict=True):
            answers[measure][cell] = number
    return answers


def step_of(rows: str, measures: Sequence[Measure], periods: Sequence[PeriodRow]) -> int | None:
    """Days of each period, where they adjoin, are equally long and numbered in order, and nothing else of them is asked.

    None otherwise.
    """
    first, step = periods[0][1], periods[0][_END] - periods[0][1]
    of_periods = any(column in PERIOD_COLUMNS for measure in measures for column in columns_of(measure.where))
    usual = step <= _LONGEST_STEP or (step in _LONGER_STEPS and len(periods) > 1)
    if not RELATIONS[rows].dated or of_periods or not usual:
        return None
    even = all(row[0] == i and row[1] == first + i * step and row[_END] == row[1] + step for i, row in enumerate(periods))
    return step if even else None


def rows_of_periods(view: View, asked: Asked, window: Window) -> list[PeriodRow]:
    """The periods that have begun, moved into the window, numbered by their position."""
    rows = []
    for number, period in enumerate(asked.periods):
        known_lag = window.kind != "lagged" or (window, number) in asked.lags
        if begun(view, period) and known_lag:
            rows.append(period_row(view, number, in_window(view, window, period, asked.lags.get((window, number), 0))))
    return rows


def _rolled(view: View, asked: Asked, rows: str, measures: Sequence[Measure]) -> bool:
    """Whether a roll-up can answer: it is there, all measures add up, and the cuts are what a rep was on the day."""
    return rows in view.rolled and set(asked.by) <= set(REP_ATTRIBUTES) and all(map(rollup.can_serve, measures))


def evaluate(term: Term, found: Numbers, cell: Cell) -> float | None:
    """A term's number in a cell. Sums and counts of no rows are 0; a quantile of no rows, and what is made of it, is None."""
    return evaluator(term, found)(cell)


def evaluator(term: Term, found: Numbers) -> Callable[[Cell], float | None]:
    """``evaluate`` for many cells: what the term is made of is looked up once."""
    if isinstance(term, Constant):
        value = term.value
        return lambda _: value
    if isinstance(term, Measure):
        return _ranked(found[term]) if term.kind is Kind.QUANTILE else _added(found[term])
    assert isinstance(term, Arithmetic), "a ByGrain must have been decided before"
    left, right, operation = evaluator(term.left, found), evaluator(term.right, found), term.operation

    def both(cell: Cell) -> float | None:
        one, other = left(cell), right(cell)
        return None if one is None or other is None else _calculated(operation, one, other)

    return both


def _added(numbers: Mapping[Cell, float | None]) -> Callable[[Cell], float | None]:
    def number(cell: Cell) -> float:
        there = numbers.get(cell)
        return 0 if there is None else there

    return number


def _ranked(numbers: Mapping[Cell, float | None]) -> Callable[[Cell], float | None]:
    def number(cell: Cell) -> float | None:
        there = numbers.get(cell)
        return None if there is None or there > LONGEST / 1e3 else there

    return number


def _calculated(operation: str, left: float, right: float) -> float:
    if operation == "plus":
        return left + right
    if operation == "minus":
        return left - right
    return left * right if operation == "times" else abs(left - right)


def is_cuttable(measure: Measure, by: Iterable[str]) -> bool:
    """Whether the measure's rows can be cut by all of these."""
    columns = RELATIONS[measure.rows].columns()
    return all(name in REP_ATTRIBUTES or group_column(name) in columns for name in by)


def snapshot(view: View, period: Period) -> int:
    """The last day looked at."""
    return min(period.until_day - 1, epoch_day(view.day))
