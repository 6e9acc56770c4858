"""What a shape of rows may read: facts, records, reference tables, and the periods asked.

The periods are a table without contents: its rows are written into the SQL when the question is asked, so that the SQL of a
metric is compiled once. So are the two numbers that fence all periods in (they let an engine skip days it needn't read).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from paceline.facts.tables import Tables
from paceline.sales.settings import Settings

PERIOD_TABLE = "paceline_period"
MEMBER_TABLE = "paceline_member"
# Stand for the first day of all periods and the day after all of them; replaced in the SQL, so they must occur nowhere else.
EARLIEST, LATEST = 2_147_000_001, 2_147_000_002
AS_OF_AT = 9_199_999_999_999_999_321  # the as-of instant, where no table of periods is joined

PERIOD_COLUMNS = {
    "p_no": "int64",  # which of the periods asked
    "p_first": "int32",  # first day
    "p_first_at": "int64",  # instant at which it begins in the company's zone
    "p_until": "int32",  # first day after, cut to the day after the as-of day
    "p_end": "int32",  # first day after, not cut
    "p_snapshot": "int32",  # the last day looked at: the period's last, or the as-of day
    "p_snapshot_at": "int64",  # the last instant looked at: the end of that day in the company's zone, or the as-of instant
    "p_as_of": "int32",  # the as-of day
    "p_as_of_at": "int64",  # the as-of instant
}
MEMBER_COLUMNS = {"m_rep_id": "string", "m_from_day": "int32", "m_until_day": "int32"}


@dataclass(frozen=True)
class Frame:
    """The tables that a shape is made of.

    ``step``: days of each period, where they adjoin and are equally long. Which one a day is in is arithmetic then: a join by
    range costs twenty times as much. Rows within a period then have its number alone. ``scoped``: whether members are asked for.
    """

    tables: Tables
    step: int | None = None
    scoped: bool = False

    @property
    def settings(self) -> Settings:
        """The company's choices."""
        return self.tables.settings

    def fact(self, name: str) -> ir.Table:
        """A fact."""
        return self.tables.fact(name)

    @property
    def period(self) -> ir.Table:
        """The periods asked, one row each."""
        return ibis.table(PERIOD_COLUMNS, name=PERIOD_TABLE)

    @property
    def member(self) -> ir.Table:
        """Who is in the scope, from when until when."""
        return ibis.table(MEMBER_COLUMNS, name=MEMBER_TABLE)

    def of_members(self, table: ir.Table, rep: str = "rep_id") -> ir.Table:
        """The rows of the scope's people, on whatever day: what is worked out of them costs as much as they have. Whether they
        are in the scope on a row's day is asked of the shape's rows.
        """
        return table.semi_join(self.member, table[rep] == self.member.m_rep_id) if self.scoped else table

    def within(self, table: ir.Table, day: str = "day") -> ir.Table:
        """The rows dated in a period, once for each period; nothing after the as-of instant."""
        dated = table.filter(table[day] >= EARLIEST, table[day] < LATEST)
        if self.step is not None:
            known = dated.filter(dated["at"] <= AS_OF_AT) if "at" in table.columns else dated
            return known.mutate(p_no=((known[day] - EARLIEST) // self.step).cast("int64"))
        period = self.period
        rules: list[Any] = [dated[day] >= period.p_first, dated[day] < period.p_until]
        if "at" in table.columns:
            rules.append(dated["at"] <= period.p_as_of_at)
        return dated.inner_join(period, rules)

    def at_snapshot(self, span: ir.Table) -> ir.Table:
        """The spans that hold on the snapshot's day, once for each period."""
        near = span.filter(span.from_day < LATEST, span.until_day >= EARLIEST)
        period = self.period
        return near.inner_join(period, [near.from_day <= period.p_snapshot, near.until_day > period.p_snapshot])

    def overlapping(self, span: ir.Table) -> ir.Table:
        """The spans that hold at any instant of a period, once for each: those too that end in the course of its first day."""
        near = span.filter(span.from_day < LATEST, span.last_day >= EARLIEST)
        period = self.period
        return near.inner_join(period, [near.from_day < period.p_until, near.last_day >= period.p_first])

    def in_company_currency(self, cents: ir.Value, currency: ir.Value, rate: ir.Value) -> ir.Value:
        """Native cents at a rate, rounded half away from zero; unknown where there is no rate."""
        own = currency.isnull() | (currency == self.settings.currency)
        return ibis.ifelse(own, cents, rounded(cents.cast("float64") * rate))


def rounded(value: ir.Value) -> ir.Value:
    """To the nearest integer, halves away from zero (engines differ in what their own rounding does)."""
    away = (value.abs() + 0.5).floor()
    return ibis.ifelse(value < 0, -away, away).cast("int64")
