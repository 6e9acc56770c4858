"""Declarations into queries: all measures over the same rows and window become one query, with filtered aggregates.

Compiling takes milliseconds, so the SQL is kept by what was asked; periods and members are written in afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir
import sqlglot.expressions as sg

from paceline.metrics import rollup
from paceline.metrics.aggregate import aggregate, distinct_key, rows_matched
from paceline.metrics.conditions import columns_of
from paceline.metrics.frame import AS_OF_AT, EARLIEST, LATEST, MEMBER_COLUMNS, MEMBER_TABLE, PERIOD_COLUMNS, PERIOD_TABLE, Frame
from paceline.metrics.relations import RELATIONS, REP_ATTRIBUTES, SLICES
from paceline.metrics.vocabulary import Kind, Measure
from paceline.warehouse.engine import Engine

_STINT_COLUMNS = {
    "rep_team": "team",
    "rep_role": "role",
    "rep_segment": "segment",
    "rep_manager_id": "manager_id",
    "rep_territory": "territory",
}


@dataclass(frozen=True)
class Question:
    """What one query answers: measures over the same rows, cut ``by`` rep attributes and slices, within members or not.

    ``step``: days of each period, where they adjoin, are equally long and the rows are dated; else None.
    """

    rows: str
    measures: tuple[Measure, ...]
    by: tuple[str, ...]
    scoped: bool
    rolled: bool = False
    step: int | None = None


def group_column(by: str) -> str:
    """The column of the rows by which they are cut. KeyError for an unknown word."""
    return REP_ATTRIBUTES.get(by) or SLICES[by]


def expression(frame: Frame, question: Question) -> ir.Table:
    """The query: ``p_no``, ``g0``… for the cuts, ``m0``… for the measures; a row for each period and group that has rows."""
    rows = prepared(frame, question)
    keys = {f"g{i}": rows[group_column(by)] for i, by in enumerate(question.by)}
    if _count_the_same(question.measures):
        return _counted_once(rows, keys, question.measures)
    measures = {f"m{i}": _aggregated(rows, measure, question.rolled) for i, measure in enumerate(question.measures)}
    return rows.group_by(p_no=rows.p_no, **keys).agg(**measures)


def _count_the_same(measures: Sequence[Measure]) -> bool:
    return all(one.kind is Kind.DISTINCT and one.columns == measures[0].columns for one in measures)


def _counted_once(rows: ir.Table, keys: dict[str, Any], measures: Sequence[Measure]) -> ir.Table:
    """Distinct counts of the same things: one row a thing first, and for which measures it counts. A distinct count for each
    measure would gather the things again and again.
    """
    found = {f"m{i}": aggregate(rows, rows_matched(measure)) for i, measure in enumerate(measures)}
    each = rows.group_by(p_no=rows.p_no, **keys, thing=distinct_key(rows, measures[0])).agg(**found)
    known = {name: each.count(where=each.thing.notnull() & (each[name] > 0)) for name in found}
    return each.group_by("p_no", *keys).agg(**known)


def prepared(frame: Frame, question: Question) -> ir.Table:
    """The rows asked about: in the periods, of the members, with the rep's attributes of the day where they are needed."""
    if question.rolled:
        rows = rollup.rolled_rows(frame, question.rows, question.measures)
    else:
        rows = RELATIONS[question.rows].build(frame)
    if question.scoped:
        member = frame.member
        there = [rows.rep_id == member.m_rep_id, rows.on_day >= member.m_from_day, rows.on_day < member.m_until_day]
        rows = rows.inner_join(member, there)
        rows = rows.drop(*MEMBER_COLUMNS)
    if _needs_stint(question):
        rows = _with_stint(frame, rows)
    return rows


def _needs_stint(question: Question) -> bool:
    named = {group_column(by) for by in question.by}
    named.update(column for measure in question.measures for column in columns_of(measure.where))
    return bool(named & set(_STINT_COLUMNS))


def _with_stint(frame: Frame, rows: ir.Table) -> ir.Table:
    wanted = {name: column for name, column in _STINT_COLUMNS.items() if name not in rows.columns}  # a team's own rows have it
    stint = frame.fact("stint").select(st_rep="rep_id", st_from="from_day", st_until="until_day", **wanted)
    rows = rows.left_join(stint, [rows.rep_id == stint.st_rep, rows.on_day >= stint.st_from, rows.on_day < stint.st_until])
    return rows.drop("st_rep", "st_from", "st_until")


def _aggregated(rows: ir.Table, measure: Measure, rolled: bool) -> ir.Value:
    return rows[rollup.column_name(measure)].sum() if rolled else aggregate(rows, measure)


# --- the SQL, with periods and members written in ---

PeriodRow = tuple[int, int, int, int, int, int, int, int, int]  # in the order of PERIOD_COLUMNS
MemberRow = tuple[str, int, int]
_SQL_TYPES = {"int64": "BIGINT", "int32": "INT", "string": ""}


def filled(engine: Engine, sql: str, periods: Sequence[PeriodRow], members: Iterable[MemberRow]) -> str:
    """Compiled SQL with the periods, the members and the fence of days in place."""
    sql = sql.replace(engine.quoted(PERIOD_TABLE), _values(engine, PERIOD_COLUMNS, list(periods)))
    name = engine.quoted(MEMBER_TABLE)
    if name in sql:
        sql = sql.replace(name, _values(engine, MEMBER_COLUMNS, list(members)))
    sql = sql.replace(str(AS_OF_AT), str(periods[0][-1]))
    sql = sql.replace(str(EARLIEST), str(min(row[1] for row in periods)))
    return sql.replace(str(LATEST), str(max(row[3] for row in periods)))


def _values(engine: Engine, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> str:
    """A subquery giving these rows. No rows: a subquery giving none."""
    quote = engine.quote
    quoted = {f"{quote}{name}{quote}": _SQL_TYPES[kind] for name, kind in columns.items()}
    casts = ", ".join(f"CAST(v.{name} AS {kind}) AS {name}" if kind else f"v.{name}" for name, kind in quoted.items())
    names = ", ".join(quoted)
    some = rows or [tuple("" if kind == "string" else 0 for kind in columns.values())]
    listed = ", ".join("(" + ", ".join(_literal(engine, value) for value in row) + ")" for row in some)
    never = "" if rows else " WHERE 1 = 0"
    return f"(SELECT {casts} FROM (VALUES {listed}) AS v({names}){never})"


def _literal(engine: Engine, value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    dialect = "spark" if engine.dialect == "pyspark" else engine.dialect
    return sg.Literal.string(value).sql(dialect=dialect)


def compiled(frame: Frame, engine: Engine, question: Question) -> str:
    """The SQL of a question, periods and members still to be written in."""
    return engine.compile(expression(replace(frame, step=question.step, scoped=question.scoped), question))
