"""``ask``: the only way to a Reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property
from typing import NamedTuple

from paceline.facts.schema import FOREVER
from paceline.metrics import coverage
from paceline.metrics.answer import Asked, Cell, Group, Numbers, evaluate, is_cuttable, numbers, snapshot
from paceline.metrics.compile import MemberRow
from paceline.metrics.figures import Figures, metric_measures, wanted
from paceline.metrics.reading import Part, Reading, Readings
from paceline.metrics.relations import REP_ATTRIBUTES, SLICES
from paceline.metrics.shapes.aims import TEAM_ITSELF
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Constant, Grain, Metric, Window, measures_of
from paceline.sales.periods import GRAINS, Period
from paceline.sales.scope import Scope, Stint
from paceline.saying.said import Said, SaidError, catalogued, ending, joined, listed, say
from paceline.saying.values import Day

_SUB_PERIODS = tuple(grain for grain in GRAINS if not grain.startswith("trailing") and grain != "range")


class Figure(NamedTuple):
    """The numbers of a reading, as it has them. ``group``: the values of what is cut by."""

    metric: Metric
    period: Period
    group: Group
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int


class AskError(SaidError):
    """A question that can't be answered as it stands; the message says what can."""


def ask(
    store: Store,
    metric: str | Sequence[str],
    scope: Scope,
    period: Period | Sequence[Period],
    by: Sequence[str] = (),
    *,
    as_of: date | None = None,
    mean_of_reps: bool = True,
) -> Readings:
    """Readings of one metric or several, for the scope's rows in one period or several.

    ``by``: rep, team, role, segment, manager, territory; product, source, account_type, type (and what else the metric's rows
    carry); or a grain (day, week, month…), which cuts the periods.
    ``as_of``: as known at the end of that day; by default at the store's now.
    ``mean_of_reps``: also the unweighted mean of reps beside a pooled value (asks once more, by rep).
    A rep, team… of the scope without any row has a reading too. Raises AskError for unknown metrics and impossible cuts.
    """
    metrics = [_metric(store, slug) for slug in ([metric] if isinstance(metric, str) else metric)]
    asking = _asking(store, scope, [period] if isinstance(period, Period) else period, by, as_of)
    return Readings(asking.readings(metrics, mean_of_reps), asking.by)


def figures(
    store: Store, metrics: Sequence[str], scope: Scope, periods: Sequence[Period], by: Sequence[str], *, as_of: date | None = None
) -> Iterator[Figure]:
    """The numbers that ``ask`` gives, alone: where thousands are added up, making readings of them takes longest.

    ``by`` as for ``ask``, which raises the same.
    """
    return _asking(store, scope, periods, by, as_of).figures([_metric(store, slug) for slug in metrics])


def _asking(store: Store, scope: Scope, periods: Sequence[Period], by: Sequence[str], as_of: date | None) -> Asking:
    cuts, grains = _cuts(by)
    view = store.view(as_of)
    return Asking(store, view, scope, _split(periods, grains, store), cuts, view.members(scope))


def _metric(store: Store, slug: str) -> Metric:
    if slug in store.catalog:
        return store.catalog[slug]
    close = get_close_matches(slug.lower().replace(" ", "_").replace("-", "_"), store.catalog, n=1)
    unknown = say("no metric is called '{slug}'", slug=slug)
    raise AskError(say("{wrong}; did you mean '{near}'?", wrong=unknown, near=close[0]) if close else unknown)


def _cuts(by: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = (*REP_ATTRIBUTES, *SLICES, *_SUB_PERIODS)
    for word in by:
        if word not in words:
            close = get_close_matches(word, words, n=1)
            wrong = say("can't cut by '{word}'", word=word)
            if close:
                wrong = say("{wrong}; did you mean '{near}'?", wrong=wrong, near=close[0])
            raise AskError(joined([ending(wrong), say("Cut by: {words}", words=", ".join(words))]))
    grains = tuple(word for word in by if word in _SUB_PERIODS)
    if len(grains) > 1:
        raise AskError(say("periods can be cut by one grain, not by {grains}", grains=listed(grains)))
    return tuple(word for word in by if word not in _SUB_PERIODS), grains


def _split(periods: Iterable[Period], grains: tuple[str, ...], store: Store) -> tuple[Period, ...]:
    if not grains:
        return tuple(periods)
    return tuple(part for period in periods for part in period.split(grains[0], store.settings))


@dataclass(frozen=True)
class Asking:
    """One call of ``ask``: everything that its readings share."""

    store: Store
    view: View
    scope: Scope
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    members: tuple[Stint, ...]
    _there: dict[Cell, list[Stint]] = field(default_factory=dict, init=False, repr=False, compare=False)
    # Metrics that need the same data of the same people have the same gaps: told once for each group and period.
    _gaps: dict[tuple[object, ...], Said | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _parts: dict[tuple[object, ...], tuple[Part, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def grain(self) -> Grain:
        """What the readings are about."""
        if "rep" in self.by or self.scope.one_rep is not None:
            return Grain.REP
        if self.by == ("team",) and (self.scope.is_company or self.scope.one_team is not None):
            return Grain.TEAM
        if self.by:
            return Grain.GROUP
        if self.scope.is_company:
            return Grain.COMPANY
        return Grain.TEAM if self.scope.one_team is not None else Grain.GROUP

    def readings(self, metrics: Sequence[Metric], mean_of_reps: bool) -> list[Reading]:
        grain = self.grain
        figures = self._figures(metrics, grain)
        means = {} if grain is Grain.REP or not mean_of_reps else self._means(metrics)
        return [self._reading(of, number, group, means) for of in figures for number, group in self._cells(of.metric, of.found)]

    def figures(self, metrics: Sequence[Metric]) -> Iterator[Figure]:
        """What readings are made of."""
        for of in self._figures(metrics, self.grain):
            for number, group in self._cells(of.metric, of.found):
                yield self._figure(of, number, group)[0]

    def _figures(self, metrics: Sequence[Metric], grain: Grain) -> list[Figures]:
        for metric in metrics:
            self._check(metric)
        found = self.found(metrics, self.by, grain)
        return [Figures(metric, found, grain) for metric in metrics]

    def _cells(self, metric: Metric, found: Numbers) -> Iterator[Cell]:
        for number, groups in enumerate(self._groups(metric, found, self.grain)):
            for group in groups:
                yield number, group

    def _check(self, metric: Metric) -> None:
        for measure in metric.measures:
            if not is_cuttable(measure, self.by):
                allowed = [word for word in (*REP_ATTRIBUTES, *SLICES) if all(is_cuttable(m, (word,)) for m in metric.measures)]
                cuts, can = ", ".join(self.by), ", ".join(allowed)
                raise AskError(say("{slug} can't be cut by {cuts}; it can by {can}", slug=metric.slug, cuts=cuts, can=can))

    # --- the numbers ---

    def found(self, metrics: Sequence[Metric], by: tuple[str, ...], grain: Grain) -> Numbers:
        asked = Asked(self.periods, by, self.member_rows(), self.lags(metrics))
        measures = [m for metric in metrics for m in wanted(metric, grain) if is_cuttable(m, by)]
        return numbers(self.view, asked, measures)

    def member_rows(self) -> tuple[MemberRow, ...] | None:
        if self.scope.is_company:
            return None
        reps = tuple((stint.rep_id, stint.from_day, stint.until_day) for stint in self.members)
        itself = () if self.scope.one_team is None else ((TEAM_ITSELF + self.scope.one_team, -FOREVER, FOREVER),)
        return reps + itself

    def lags(self, metrics: Sequence[Metric]) -> Mapping[tuple[Window, int], int]:
        """By how many days a lagged window goes back: the company's reading up to each period's snapshot. Absent: unknown."""
        windows = {m.window for metric in metrics for m in metric.measures if m.window.kind == "lagged"}
        return {
            (window, number): lag
            for window in windows
            for number, period in enumerate(self.periods)
            if (lag := self._lag(window, period)) is not None
        }

    def _lag(self, window: Window, period: Period) -> int | None:
        until = min(period.until, self.view.day + timedelta(days=1))
        year = Period.between(until - timedelta(days=window.days), until)
        asking = Asking(self.store, self.view, Scope.company(), (year,), (), self.view.stints)
        value = asking.readings([_metric(self.store, window.by)], mean_of_reps=False)[0].value
        return None if value is None else max(0, round(value))  # below 0, from wrong dates: earlier is never later

    def _means(self, metrics: Sequence[Metric]) -> dict[tuple[str, Cell], float]:
        """The unweighted mean of the reps' values in each group."""
        by_rep = replace(self, by=(*self.by, "rep"))
        found = self.found(metrics, by_rep.by, Grain.REP)
        values: dict[tuple[str, Cell], list[float]] = {}
        for metric in metrics:
            cells = dict.fromkeys(cell for m in metric_measures(metric, Grain.REP) for cell in found.get(m, {}))
            figures = Figures(metric, found, Grain.REP)
            for number, group in cells:
                value = figures.value((number, group))[0]
                known = value is not None and by_rep._unknown(metric, number, group, 1, None, None) is None
                if value is not None and known and group[-1] is not None:
                    values.setdefault((metric.slug, (number, group[:-1])), []).append(value)
        return {cell: sum(of) / len(of) for cell, of in values.items()}

    # --- the groups ---

    def _groups(self, metric: Metric, found: Numbers, grain: Grain) -> list[list[Group]]:
        """The groups of each period."""
        if not self.by:
            return [[()]] * len(self.periods)
        with_rows: list[set[Group]] = [set(groups) for groups in self._groups_present]
        for measure in metric_measures(metric, grain):
            for (number, group), value in found[measure].items():
                if value:
                    with_rows[number].add(group)
        return [sorted(groups, key=_in_order) for groups in with_rows]

    @cached_property
    def _groups_present(self) -> list[set[Group]]:
        """Those of each period that are there even without rows: of people, by one of their attributes."""
        if len(self.by) > 1 or self.by[0] not in REP_ATTRIBUTES:
            return [set() for _ in self.periods]
        (by,) = self.by
        there: list[set[Group]] = []
        for number in range(len(self.periods)):
            there.append({(value,) for stint in self._present(number) if (value := stint.attribute(by)) is not None})
        return there

    @cached_property
    def _days(self) -> list[tuple[int, int]]:
        """The first day of each period, and the last that is looked at: an earlier one where it hasn't begun."""
        return [(period.first_day, snapshot(self.view, period)) for period in self.periods]

    def _present(self, number: int, group: Group = ()) -> list[Stint]:
        """The stints, on days of the period, of the scope's reps who were with the company, and within the group."""
        cell = (number, group)  # asked for again for every metric
        if cell not in self._there:
            self._there[cell] = self._looked_up(number, group)
        return self._there[cell]

    def _looked_up(self, number: int, group: Group) -> list[Stint]:
        first, last = self._days[number]
        last = max(first, last)
        wanted = tuple(value for by, value in zip(self.by, group, strict=True) if by in REP_ATTRIBUTES) if group else ()
        return [
            s
            for s in (self._members_by_group.get(wanted, ()) if wanted else self.members)
            if s.from_day <= last
            and s.until_day > first
            and (s.hired_day or first) <= last
            and (s.left_day is None or s.left_day > first)
        ]

    @cached_property
    def _members_by_group(self) -> dict[Group, list[Stint]]:
        """The scope's stints by what of a person is asked by: a company has as many groups as people."""
        found: dict[Group, list[Stint]] = {}
        for stint in self.members:
            found.setdefault(tuple(stint.attribute(by) for by in self.by if by in REP_ATTRIBUTES), []).append(stint)
        return found

    # --- a reading ---

    def _figure(self, of: Figures, number: int, group: Group) -> tuple[Figure, Said | None]:
        """The numbers, and why they say nothing: nobody's data is there."""
        cell = (number, group)
        value, numerator, denominator = of.value(cell)
        n = of.n(cell)
        because = self._unknown(of.metric, number, group, n, numerator, denominator)
        known = value if because is None else None
        return Figure(of.metric, self.periods[number], group, known, numerator, denominator, n), because

    def _reading(self, of: Figures, number: int, group: Group, means: Mapping[tuple[str, Cell], float]) -> Reading:
        cell = (number, group)
        (metric, period, _, value, numerator, denominator, n), because = self._figure(of, number, group)
        if because is None and value is None:
            because = self._no_value(of, n, cell)
        return Reading(
            metric,
            self.scope,
            period,
            tuple(zip(self.by, group, strict=True)),
            value,
            because,
            numerator,
            denominator,
            n,
            None if value is None else of.interval(cell, numerator, denominator),
            self._coverage(metric, number, group, of.found),
            self.view.as_of,
            means.get((metric.slug, cell)),
            self.store.settings.currency,
            self._name(group),
            self._about,
        )

    def _unknown(
        self, metric: Metric, number: int, group: Group, n: int, numerator: float | None, denominator: float | None
    ) -> Said | None:
        period, (first, last) = self.periods[number], self._days[number]
        if last < first:
            return say("{period} hasn't begun on {day}", period=period.told, day=Day(self.view.day))
        present = self._present(number, group)
        measured = None if isinstance(metric.denominator, Constant) else denominator  # sixty seconds a minute are no data
        if not present and (n or numerator or measured):
            return None  # rows of people who are no longer there
        key = (metric.needs, metric.any_need, number, group)
        if key not in self._gaps:
            self._gaps[key] = coverage.why_unknown(self.view, metric, present, first, last)
        return self._gaps[key]

    @staticmethod
    def _no_value(of: Figures, n: int, cell: Cell) -> Said:
        metric = of.metric
        if of.is_absent(cell):
            return catalogued(metric.absent)
        if of.is_all_unknown(cell):
            column = metric.measures[0].columns[0]
            words = column.removesuffix("_cents").replace("_", " ")
            if column in ("weighted_cents", "expected_cents"):  # made of an amount and something else
                return say("in all of its rows the amount, its exchange rate or what to weigh it by is unknown")
            if column.endswith("_cents"):
                return say("the {column} is unknown in all of its rows (no amount, or no exchange rate)", column=words)
            return say("the {column} is unknown in all of its rows", column=words)
        if n and any(measure.absent_last for measure in measures_of(metric.numerator)):
            return say("more are unanswered than the quantile leaves room for")
        return catalogued(metric.none)

    def _coverage(self, metric: Metric, number: int, group: Group, found: Numbers) -> tuple[Part, ...]:
        parts = self._connected(metric, number, group)
        if not metric.coverage:
            return parts
        counted = [
            Part(catalogued(c.words), evaluate(c.have, found, (number, group)) or 0, evaluate(c.of, found, (number, group)) or 0)
            for c in metric.coverage
            if c.have in found and c.of in found
        ]
        return parts + tuple(part for part in counted if part.of)

    def _connected(self, metric: Metric, number: int, group: Group) -> tuple[Part, ...]:
        key = (metric.needs, metric.any_need, metric.roles, number, group)
        if key not in self._parts:
            first, last = self._days[number]
            self._parts[key] = coverage.parts(self.view, metric, self._present(number, group), first, max(first, last))
        return self._parts[key]

    @cached_property
    def _about(self) -> Said:
        return self.scope.label_with(self.names)

    def _name(self, group: Group) -> str | None:
        if "rep" not in self.by:
            return None
        return self.names.get(group[self.by.index("rep")] or "")

    @cached_property
    def names(self) -> dict[str, str]:
        """Rep id → name, of those who have one."""
        return {stint.rep_id: stint.name for stint in self.view.stints if stint.name}


def _in_order(group: Group) -> tuple[tuple[bool, str], ...]:
    """By value, what has none last."""
    return tuple((value is None, value or "") for value in group)
