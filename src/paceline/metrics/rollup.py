"""Small tables by rep and day: ``daily_<fact>`` with one column for each measure that may be added up.

A question whose measures all add up, cut by what a rep was on the day, is answered from them: their size doesn't depend on how
many mails were sent. Only facts of what has happened are rolled up (nothing in them lies ahead of the as-of instant).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2s

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts import schema
from paceline.facts.queries import Queries
from paceline.facts.tables import Tables
from paceline.metrics.aggregate import aggregate, rows_behind, rows_matched, squares
from paceline.metrics.conditions import columns_of
from paceline.metrics.frame import Frame
from paceline.metrics.vocabulary import Kind, Measure, Metric

# Facts whose rows never lie in the future, and are many.
ROLLED = ("mail", "touch_opportunity", "touch_person", "call", "outreach", "outcome", "move", "lead")
_CELLS = "redone_cells"
_COLUMN_TYPES = {Kind.COUNT: "int64", Kind.SQUARES: "float64"}


def table_name(rows: str) -> str:
    """The roll-up of a fact."""
    return f"daily_{rows}"


def column_name(measure: Measure) -> str:
    """The measure's column: a short hash of what it adds up, the same wherever the same is declared."""
    meant = repr((measure.kind.value, measure.columns, measure.where))
    return "m_" + blake2s(meant.encode(), digest_size=6).hexdigest()


def can_serve(measure: Measure) -> bool:
    """Whether a roll-up may hold the measure: it adds up, and looks at nothing but the fact's own columns."""
    if measure.rows not in ROLLED or measure.kind not in (Kind.SUM, Kind.COUNT, Kind.SQUARES):
        return False
    return set(columns_of(measure.where)) <= {column.name for column in schema.BY_NAME[measure.rows].columns}


def rolled_measures(metrics: Iterable[Metric]) -> dict[str, dict[str, Measure]]:
    """What to roll up: fact → column → measure, for everything that readings of the metrics want and a roll-up can hold."""
    found: dict[str, dict[str, Measure]] = {}
    for measure in dict.fromkeys(wanted for metric in metrics for wanted in _wanted(metric)):
        if can_serve(measure):
            found.setdefault(measure.rows, {})[column_name(measure)] = measure
    return found


def _wanted(metric: Metric) -> Iterable[Measure]:
    for measure in metric.measures:
        yield from (measure, rows_behind(measure), rows_matched(measure))
        if measure.kind is Kind.SUM:
            yield squares(measure)
    for coverage in metric.coverage:
        yield from (coverage.have, coverage.of)


def rollups(tables: Tables, metrics: Iterable[Metric]) -> dict[str, ir.Table]:
    """The roll-ups to store: table name → expression over the facts; ``rep_id``, ``day`` and a column a measure."""
    return {tables.prefix + table_name(rows): _daily(tables.fact(rows), columns)
            for rows, columns in sorted(rolled_measures(metrics).items())}


def roll_up(queries: Queries, metrics: Iterable[Metric], touched: Mapping[str, pa.Table | None] | None) -> None:
    """Bring the stored roll-ups of what the metrics add up to date. ``touched``: the facts that changed, each with the reps and
    days whose rows did (rep_id, day; each once; None: any may have); None: all roll-ups are made anew.
    """
    for rows, columns in sorted(rolled_measures(metrics).items()):
        if touched is None or rows in touched:
            _roll_up_one(queries, rows, columns, None if touched is None else touched[rows])


def _roll_up_one(queries: Queries, rows: str, columns: Mapping[str, Measure], cells: pa.Table | None) -> None:
    """Redo the roll-up of a fact, of those reps and days alone where they are told.

    Days of nobody can't be told apart by equality: where one is among them the roll-up is made anew.
    """
    name, engine = queries.t.prefix + table_name(rows), queries.engine
    meant = f"{name} {' '.join(sorted(columns))}"
    if cells is None or cells["rep_id"].null_count or cells["day"].null_count:
        with engine.many_small_steps(False):
            engine.create(name, queries.compiled(f"rollup {meant}", lambda t: _daily(t.fact(rows), columns)))
    elif cells.num_rows:
        with engine.many_small_steps(), engine.lent(_CELLS, cells):
            engine.delete_matching(name, _CELLS, ("rep_id", "day"))
            engine.insert(name, queries.compiled(f"rollup cells {meant}", lambda t: _daily(_in_cells(t.fact(rows)), columns)))


def _in_cells(fact: ir.Table) -> ir.Table:
    keys = ibis.table({"rep_id": "string", "day": "int32"}, name=_CELLS)
    return fact.semi_join(keys, ["rep_id", "day"]).select(*fact.columns)


def _daily(fact: ir.Table, columns: Mapping[str, Measure]) -> ir.Table:
    values = {name: aggregate(fact, measure) for name, measure in sorted(columns.items())}
    return fact.group_by("rep_id", "day").agg(**values)


def rolled_rows(frame: Frame, rows: str, measures: Sequence[Measure]) -> ir.Table:
    """The roll-up's rows in the periods, in place of the fact's, with the measures' columns."""
    fact = frame.fact(rows)
    columns = {column_name(m): _COLUMN_TYPES.get(m.kind) or str(fact[m.columns[0]].type()) for m in measures}
    stored = ibis.table({"rep_id": "string", "day": "int32", **columns}, name=frame.tables.prefix + table_name(rows))
    within = frame.within(frame.of_members(stored))
    return within.mutate(on_day=within.day)
