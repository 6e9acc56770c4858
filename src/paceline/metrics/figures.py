"""The figures of a metric: its value in each period and group, what it is made of, of how many things it is, how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from paceline.metrics.aggregate import rows_behind, rows_matched, squares
from paceline.metrics.answer import Cell, Numbers, evaluator
from paceline.metrics.vocabulary import Grain, Kind, Measure, Metric, Term, Unit, at_grain, measures_of
from paceline.stats.intervals import mean_interval, wilson

_CENTS = 100.0


def metric_measures(metric: Metric, grain: Grain) -> tuple[Measure, ...]:
    """The measures read for a rep, or for everything above."""
    terms: list[Term | None] = [metric.numerator, metric.denominator, metric.absent_of]
    return tuple(dict.fromkeys(m for term in terms if term is not None for m in measures_of(at_grain(term, grain))))


def wanted(metric: Metric, grain: Grain) -> Iterable[Measure]:
    """All that readings of the metric look at."""
    for measure in metric_measures(metric, grain):
        yield from (measure, rows_behind(measure))
        if measure.kind is Kind.SUM:
            yield rows_matched(measure)
        if metric.interval == "mean" and measure.kind is Kind.SUM:
            yield squares(measure)
    for part in metric.coverage:
        yield from (part.have, part.of)


class Figures:
    """One metric's figures by cell, of what was found. What the grain decides is decided once, for thousands of cells."""

    def __init__(self, metric: Metric, found: Numbers, grain: Grain) -> None:
        self.metric, self.found = metric, found
        self._total = at_grain(metric.numerator, grain)
        self._numerator = evaluator(self._total, found)
        self._denominator = None if metric.denominator is None else evaluator(at_grain(metric.denominator, grain), found)
        self._scale = _CENTS if metric.unit is Unit.MONEY else 1
        needed = None if metric.absent_of is None else at_grain(metric.absent_of, grain)
        self._needed = found[rows_behind(needed)] if isinstance(needed, Measure) else None
        self._known, self._matched = self._of_sum(rows_behind), self._of_sum(rows_matched)
        self._counted = self._counting()

    def _of_sum(self, rows: Callable[[Measure], Measure]) -> Mapping[Cell, float | None]:
        is_sum = isinstance(self._total, Measure) and self._total.kind is Kind.SUM
        return self.found[rows(self._total)] if is_sum and isinstance(self._total, Measure) else {}

    def _counting(self) -> tuple[Mapping[Cell, float | None], ...]:
        """Of how many things a reading is: the denominator's count where it counts, else the numerator's rows."""
        counts = (Kind.COUNT, Kind.DISTINCT)
        if isinstance(self.metric.denominator, Measure) and self.metric.denominator.kind in counts:
            return (self.found[self.metric.denominator],)
        if isinstance(self._total, Measure) and self._total.kind is Kind.DISTINCT:
            return (self.found[self._total],)
        return tuple(self.found[rows_behind(measure)] for measure in measures_of(self._total))

    def value(self, cell: Cell) -> tuple[float | None, float | None, float | None]:
        """Value, numerator, denominator. No value where the denominator is 0, or what is needed is absent."""
        numerator = self._numerator(cell)
        denominator = None if self._denominator is None else self._denominator(cell)
        empty = self._denominator is not None and (not denominator or (self.metric.positive and denominator < 0))
        if numerator is None or empty or self.is_absent(cell) or self.is_all_unknown(cell):
            return None, numerator, denominator
        return (numerator if denominator is None else numerator / denominator) / self._scale, numerator, denominator

    def is_absent(self, cell: Cell) -> bool:
        """Whether there is none of what the metric can't be without."""
        return self._needed is not None and not self._needed.get(cell)

    def is_all_unknown(self, cell: Cell) -> bool:
        """Whether there are rows to add up, but not one of them has a value: their sum isn't 0, nor is a part of it."""
        return bool(self._matched.get(cell)) and not self._known.get(cell)

    def n(self, cell: Cell) -> int:
        """Of how many things it is a reading."""
        return max(int(counted.get(cell) or 0) for counted in self._counted)

    def interval(self, cell: Cell, numerator: float | None, denominator: float | None) -> tuple[float, float] | None:
        """The 95 % interval of the value; None where the metric has none."""
        if numerator is None or denominator is None or not self.metric.interval:
            return None
        if self.metric.interval == "wilson":
            return wilson(numerator, denominator)
        assert isinstance(self._total, Measure)
        ends = mean_interval(numerator, float(self.found[squares(self._total)].get(cell) or 0), int(denominator))
        return None if ends is None else (ends[0] / self._scale, ends[1] / self._scale)
