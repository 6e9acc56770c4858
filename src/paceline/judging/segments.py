"""Where the effort pays: decided deals of a scope and period by product, territory, source…, compared fairly; growth, seasons.

segments(store, scope, period, by) → Segments. Deals are those won or lost in the period that count in value metrics.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from paceline.insight.compare import Verdict
from paceline.insight.segments import NO_WORD, Compared, choose_mix, codes, compare_groups
from paceline.insight.trends import Growth, Season, growth, season
from paceline.metrics.store import Store, View
from paceline.sales.periods import Period, add_months, epoch_day, from_epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.saying.said import Said, SaidError, catalogued, joined, listed, noted, say, say_amount
from paceline.saying.values import Money, Number, Value

Floats = npt.NDArray[np.float64]

BY = ("product", "territory", "source", "segment", "account_type", "type")
MEASURES = ("win_rate", "deal_size", "cycle_days", "value")
NAMES = {"win_rate": "Win rate", "deal_size": "Deal size", "cycle_days": "Cycle, days", "value": "Value of an opportunity"}
_ORDERS = (("rep", "segment", "source"), ("rep", "source"), ("segment", "source"), ("rep",), ("segment",), ("source",), ())
_MIXED = {"rep": noted("rep"), "segment": noted("segment"), "source": noted("source")}
_CENTS = 100.0
_MONTH = 30
_HISTORY = 365 * 5  # days of wins that seasons are looked for in


class SegmentsError(SaidError):
    """A cut that deals haven't; the message says which they have."""


@dataclass(frozen=True)
class Group:
    """One group. ``measures``: by name. Its shares of all touches, meetings and expected value (None: unknown)."""

    name: str
    measures: Mapping[str, Compared]
    touches: float | None
    meetings: float | None
    value: float | None
    growth: Growth


@dataclass(frozen=True)
class Segments:
    """Groups of a scope's decided deals. ``mix``: what was held alike, by measure. ``before``: what growth is against."""

    by: str
    scope: Scope
    period: Period
    before: Period | None
    currency: str
    groups: tuple[Group, ...]
    mix: Mapping[str, tuple[str, ...]]
    means: Mapping[str, float | None]
    quarter: Season
    year: Season

    @property
    def sentences(self) -> tuple[Said, ...]:
        """What stands out, one sentence each; of seasons only those that can be told from luck."""
        found = [
            self._sentence(group.name, name, one)
            for group in self.groups
            for name, one in group.measures.items()
            if one.verdict in (Verdict.ABOVE, Verdict.BELOW) and group.name != NO_WORD
        ]
        found += [text for group in self.groups if group.name != NO_WORD and (text := _unequal(group)) is not None]
        return tuple(found + [text for one in (self.quarter, self.year) if (text := _shape(one)) is not None])

    def _sentence(self, name: str, measure: str, one: Compared) -> Said:
        assert one.difference is not None
        assert one.difference_low is not None
        assert one.difference_high is not None
        more = one.difference > 0
        scale = (100.0 if measure == "win_rate" else 1.0) * (1 if more else -1)  # less is told as so much less, not as below 0
        low, high = sorted((scale * one.difference_low, scale * one.difference_high))
        size, least, most = (self._shown(value, measure) for value in (scale * one.difference, low, high))
        text = _MORE_THAN[measure] if more else _LESS_THAN[measure]
        return joined([say(text, name=name, size=size, low=least, high=most), self._alike(measure)])

    def _shown(self, value: float, measure: str) -> Value:
        if measure == "cycle_days":
            return say_amount("{number} day", "{number} days", Number(value, ",.0f"))
        return Number(value, ".0f") if measure == "win_rate" else Money(value, self.currency)

    def _alike(self, measure: str) -> Said:
        names = self.mix[measure]
        if names:
            return say("Deals of the same {what} compared.", what=listed(catalogued(_MIXED.get(name, name)) for name in names))
        return say("The mix couldn't be held alike.")

    def to_arrow(self) -> pa.Table:
        """A row a group and measure: raw and at the company's mix, estimate and interval, difference from the rest, verdict."""
        rows = [self._row(group, name, one) for group in self.groups for name, one in group.measures.items()]
        return pa.Table.from_pylist(rows, schema=_SCHEMA)

    def _row(self, group: Group, measure: str, one: Compared) -> dict[str, Any]:
        return {
            "by": self.by, "group": group.name, "measure": measure, "first": self.period.first, "until": self.period.until,
            "n": one.n, "raw": one.raw, "adjusted": one.adjusted, "estimate": one.estimate, "low": one.low, "high": one.high,
            "difference": one.difference, "difference_low": one.difference_low, "difference_high": one.difference_high,
            "verdict": one.verdict.value, "needs": one.needs, "comparable": one.comparable, "mix": ", ".join(self.mix[measure]),
            "company": self.means[measure], "touch_share": group.touches, "meeting_share": group.meetings,
            "value_share": group.value, "growth": group.growth.growth, "growth_low": group.growth.low,
            "growth_high": group.growth.high,
        }  # fmt: skip


_NUMBERS = ("raw", "adjusted", "estimate", "low", "high", "difference", "difference_low", "difference_high")
_MORE = ("company", "touch_share", "meeting_share", "value_share", "growth", "growth_low", "growth_high")
_SCHEMA = pa.schema([
    ("by", pa.string()), ("group", pa.string()), ("measure", pa.string()), ("first", pa.date32()), ("until", pa.date32()),
    ("n", pa.int64()), *((name, pa.float64()) for name in _NUMBERS), ("verdict", pa.string()), ("needs", pa.int64()),
    ("comparable", pa.float64()), ("mix", pa.string()), *((name, pa.float64()) for name in _MORE)])  # fmt: skip
_MORE_THAN = {
    "win_rate": noted("{name} wins {size} points more than the rest (8 in 10: {low} to {high})."),
    "deal_size": noted("{name}: a won deal is worth {size} more than the rest's (8 in 10: {low} to {high})."),
    "cycle_days": noted("{name}: a won deal takes {size} more than the rest's (8 in 10: {low} to {high})."),
    "value": noted("{name}: an opportunity brings {size} more than the rest's (8 in 10: {low} to {high})."),
}
_LESS_THAN = {
    "win_rate": noted("{name} wins {size} points less than the rest (8 in 10: {low} to {high})."),
    "deal_size": noted("{name}: a won deal is worth {size} less than the rest's (8 in 10: {low} to {high})."),
    "cycle_days": noted("{name}: a won deal takes {size} less than the rest's (8 in 10: {low} to {high})."),
    "value": noted("{name}: an opportunity brings {size} less than the rest's (8 in 10: {low} to {high})."),
}
_UNEQUAL = 1.5  # times: a share of effort so far from the share of value is told


def _unequal(group: Group) -> Said | None:
    """A group that takes much more effort than it brings, or much less."""
    effort, value, sure = group.touches, group.value, group.measures["value"].verdict
    if effort is None or value is None or sure in (Verdict.TOO_FEW, Verdict.USUAL) or min(effort, value) < 0.02:
        return None
    if max(effort / value, value / effort) < _UNEQUAL:
        return None
    took, brings = Number(effort, ".0%"), Number(value, ".0%")
    return say(
        "{name} took {effort} of the touches and stands for {value} of the expected value.",
        name=group.name, effort=took, value=brings,
    )  # fmt: skip


def _shape(one: Season) -> Said | None:
    if not one.clear or one.factors is None:
        return None
    months = joined((say("{number}", number=Number(factor, ".2f")) for factor in one.factors), ", ")
    if one.positions == 3:
        return say("Wins by month of the quarter, 1 being even: {months} ({count} quarters).", months=months, count=one.cycles)
    return say("Wins by month of the year, 1 being even: {months} ({count} years).", months=months, count=one.cycles)


def segments(store: Store, scope: Scope, period: Period, by: str, as_of: date | None = None) -> Segments:
    """The scope's deals decided in the period, by one of ``BY``, compared fairly; as known at the end of ``as_of``.

    SegmentsError for another cut.
    """
    if by not in BY:
        known = ", ".join((*BY, "strategy"))
        raise SegmentsError(say("deals can't be compared by '{by}'; they can by {words}", by=by, words=known))
    view = store.view(as_of)
    deals = decided(view, scope)
    before = _before(period, deals)
    now = [row for row in deals if period.first_day <= row["day"] < period.until_day]
    then = [row for row in deals if before and before.first_day <= row["day"] < before.until_day]
    tables = {measure: _measured(now, measure, by) for measure in MEASURES}
    names = sorted({row[by] or NO_WORD for row in now})
    effort = _effort(view, now)
    shares = _shares(names, tables["value"].found)
    groups = tuple(
        Group(
            name,
            {measure: one.found[name] for measure, one in tables.items() if name in one.found},
            _share(effort, now, by, name, "touches"),
            _share(effort, now, by, name, "meetings"),
            shares.get(name),
            growth(_won(now, by, name), _won(then, by, name)),
        )
        for name in names
    )
    means = {measure: one.mean for measure, one in tables.items()}
    mix = {measure: one.mix for measure, one in tables.items()}
    quarter, year = (_season(view, deals, months) for months in (3, 12))
    filled = tuple(Group(g.name, _whole(g), g.touches, g.meetings, g.value, g.growth) for g in groups)
    return Segments(by, scope, period, before, store.settings.currency, filled, mix, means, quarter, year)


def _whole(group: Group) -> dict[str, Compared]:
    """Every measure; what a group has no deals for is said to be too few."""
    nothing = Compared(group.name, 0, None, None, None, None, None, None, None, None, Verdict.TOO_FEW, None, 0.0)
    return {measure: group.measures.get(measure, nothing) for measure in MEASURES}


def decided(view: View, scope: Scope) -> list[dict[str, Any]]:
    """The scope's final closes up to the view's day that count in value metrics, with what they are cut by."""
    outcome = view.frame.fact("outcome")
    outcome = outcome.filter(outcome.owner, outcome.valued, outcome.day <= epoch_day(view.day), outcome.won | outcome.lost)
    wanted = (
        "opportunity_id",
        "rep_id",
        "day",
        "won",
        "amount_cents",
        "cycle_days",
        "account_type",
        "source",
        "type",
        "product_id",
    )
    rows = view.engine.query(outcome.select(*wanted, "segment")).sort_by("opportunity_id").to_pylist()
    stints, products = _stints(view), _products(view)
    inside = None if scope.is_company else _spans(scope, view)
    kept = []
    for row in rows:
        if inside is not None and not any(a <= row["day"] < b for a, b in inside.get(row["rep_id"], ())):
            continue
        stint = next((one for one in stints.get(row["rep_id"], ()) if one.from_day <= row["day"] < one.until_day), None)
        row["territory"] = stint.territory if stint else None
        row["segment"] = row["segment"] or (stint.segment if stint else None)
        row["product"] = products.get(row["product_id"], row["product_id"])
        row["rep"] = row["rep_id"]
        kept.append(row)
    return kept


def _stints(view: View) -> dict[str, list[Stint]]:
    out: dict[str, list[Stint]] = {}
    for stint in view.stints:
        out.setdefault(stint.rep_id, []).append(stint)
    return out


def _spans(scope: Scope, view: View) -> dict[str, list[tuple[int, int]]]:
    out: dict[str, list[tuple[int, int]]] = {}
    for stint in view.members(scope):
        out.setdefault(stint.rep_id, []).append((stint.from_day, stint.until_day))
    return out


def _products(view: View) -> dict[str | None, str]:
    product = view.frame.tables.rec("product")
    return {row["id"]: row["name"] for row in view.engine.query(product.select("id", "name")).to_pylist() if row["name"]}


@dataclass(frozen=True)
class _Measured:
    """One measure of all groups, by name."""

    found: Mapping[str, Compared]
    mix: tuple[str, ...]
    mean: float | None


def _measured(rows: Sequence[Mapping[str, Any]], measure: str, by: str) -> _Measured:
    some = [(row, value) for row in rows if (value := _value(row, measure)) is not None]
    group = [row[by] for row, _ in some]
    values = np.array([value for _, value in some], np.float64)
    columns = {name: [row[name] for row, _ in some] for name in ("rep", "segment", "source")}
    told = {name for name, values_of in columns.items() if name != by and len(set(values_of)) > 1}  # else all deals are alike
    orders = tuple(dict.fromkeys(tuple(name for name in order if name in told) for order in _ORDERS))
    which = codes([one or NO_WORD for one in group])
    mix = choose_mix(which, int(which.max(initial=0)) + 1, columns, orders) if some else ()
    stratum = codes(*(columns[name] for name in mix)) if mix else None
    found = {one.group: one for one in compare_groups(values, group, stratum)}
    return _Measured(found, mix, float(values.mean()) if len(values) else None)


def _value(row: Mapping[str, Any], measure: str) -> float | None:
    """What a deal counts for in a measure; None: it has no part in it."""
    if measure == "win_rate":
        return float(row["won"])
    if measure == "value" and not row["won"]:
        return 0.0
    if not row["won"]:
        return None
    raw = row["cycle_days"] if measure == "cycle_days" else row["amount_cents"]
    return None if raw is None else max(float(raw), 0.0) / (1.0 if measure == "cycle_days" else _CENTS)


def _won(rows: Sequence[Mapping[str, Any]], by: str, name: str) -> list[float]:
    return [row["amount_cents"] / _CENTS for row in rows if row["won"] and row["amount_cents"] and (row[by] or NO_WORD) == name]


def _before(period: Period, deals: Sequence[Mapping[str, Any]]) -> Period | None:
    """The same period a year before, else the one before; None where the records begin later than both."""
    begun = _begun([row["day"] for row in deals])
    return next((one for one in (period.year_before(), period.before()) if begun <= one.first_day), None)


def _begun(days: Sequence[int]) -> int:
    """From which day on closes are recorded as a matter of course: two months in a row a quarter as full as the usual one.

    (What was closed long before a CRM was filled is there too, here and there.)
    """
    if not days or max(days) - min(days) < 2 * _MONTH:
        return 10**9
    edges = np.arange(max(days) + 1, min(days) - _MONTH, -_MONTH)[::-1]
    counts = np.histogram(days, bins=edges)[0]
    full = counts >= np.median(counts[counts > 0]) / 4
    return int(edges[np.flatnonzero(full[:-1] & full[1:])[0]]) if (full[:-1] & full[1:]).any() else 10**9


# --- effort against return ---


def _effort(view: View, rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Touches and meetings on each deal while it was open."""
    touch = view.frame.fact("touch_opportunity")
    touch = touch.filter(touch.day <= epoch_day(view.day))
    meeting = touch.kind == "meeting"
    table = touch.group_by("opportunity_id").agg(
        touches=touch.touch_id.nunique(), meetings=meeting.ifelse(touch.touch_id, None).nunique()
    )
    wanted = {row["opportunity_id"] for row in rows}
    found = view.engine.query(table).to_pylist()
    return {row["opportunity_id"]: (row["touches"], row["meetings"]) for row in found if row["opportunity_id"] in wanted}


def _share(
    effort: Mapping[str, tuple[int, int]], rows: Sequence[Mapping[str, Any]], by: str, name: str, what: str
) -> float | None:
    """The group's share of all touches (or meetings) on the deals; None where there were none at all."""
    place = ("touches", "meetings").index(what)
    total = sum(one[place] for one in effort.values())
    own = sum(effort.get(row["opportunity_id"], (0, 0))[place] for row in rows if (row[by] or NO_WORD) == name)
    return own / total if total else None


def _shares(names: Sequence[str], values: Mapping[str, Compared]) -> dict[str, float]:
    """Each group's share of the expected value: deals × the estimate of what one brings (else its own mean)."""
    worth = {}
    for name in names:
        one = values.get(name)
        each = None if one is None else one.estimate if one.estimate is not None else one.raw
        worth[name] = 0.0 if one is None or each is None else one.n * each
    total = sum(worth.values())
    return {name: value / total for name, value in worth.items()} if total > 0 else {}


# --- seasons ---


def _season(view: View, deals: Sequence[Mapping[str, Any]], months: int) -> Season:
    """Wins by month, in whole years (fiscal) or quarters up to the view's day."""
    grain = "fiscal_year" if months == 12 else "fiscal_quarter"
    won = sorted(row["day"] for row in deals if row["won"])
    today = view.day
    if not won:
        return season([], months)
    start = max(won[0], epoch_day(today) - _HISTORY)
    whole = Period.containing(grain, from_epoch_day(start), view.settings)
    cycle = whole if whole.first_day == start else whole.after()
    counts = []
    while cycle.until_day <= epoch_day(today) + 1:
        edges = [epoch_day(add_months(cycle.first, month)) for month in range(months + 1)]
        counts.append([bisect_left(won, b) - bisect_left(won, a) for a, b in pairwise(edges)])
        cycle = cycle.after()
    return season(counts, months)
