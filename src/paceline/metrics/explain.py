"""Why a reading is what it is: the sentence, the formula, the query, the coverage, and the records whose sum is the number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.aside import PREFIX, AsideTables, kept_facts, records_named
from paceline.metrics.aggregate import distinct_key, ranked_value
from paceline.metrics.answer import Asked, evaluate, rows_of_periods
from paceline.metrics.ask import Asking
from paceline.metrics.compile import Question, filled, group_column, prepared
from paceline.metrics.conditions import as_expression, columns_of, in_words
from paceline.metrics.figures import metric_measures
from paceline.metrics.frame import PERIOD_COLUMNS, Frame
from paceline.metrics.reading import Reading, shown
from paceline.metrics.relations import RELATIONS
from paceline.metrics.store import Store, View
from paceline.metrics.vocabulary import Arithmetic, ByGrain, Constant, Grain, Kind, Measure, Term, Unit
from paceline.saying.said import NOTHING, Said, catalogued, joined, own_words, say
from paceline.saying.values import Number, Value
from paceline.warehouse.exclusion import Exclusion, exclusions

CONTRIBUTION = "contribution"
_WITH_WHOM = ("person_id", "account_id")
_SIGNS = {"plus": "+", "minus": "−", "times": "×"}


@dataclass(frozen=True)
class Records:
    """The records behind one measure.

    ``table``: the record's key, whose it is, its day (since 1970-01-01), with whom, what decided, and ``contribution``.
    These add up to ``number`` (money in cents); for a quantile they are the ranked values and ``number`` the quantile of them.
    A record that only repeats what another has counted contributes 0.
    """

    measure: Measure
    number: float | None
    table: pa.Table
    sql: str


@dataclass(frozen=True)
class LeftOut:
    """A record that an admin left out and that this number would count otherwise: under which measure, and with how much.

    Units as in ``Records``; of an amount that a record's absence changes in others' rows nothing is told.
    """

    measure: Measure
    exclusion: Exclusion
    contribution: float | None


@dataclass(frozen=True)
class Explanation:
    """Everything about one reading, in the order in which people ask."""

    reading: Reading
    sentence: Said
    formula: str
    definition: str
    coverage: tuple[Said, ...]
    records: tuple[Records, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def sql(self) -> tuple[str, ...]:
        """The queries that give the records, one a measure."""
        return tuple(records.sql for records in self.records)

    def __str__(self) -> str:
        lines = [self.sentence, f"Formula: {self.formula}", self.definition, *(f"Coverage: {words}" for words in self.coverage)]
        lines += [f"Left out: {words}" for words in left_out_words(self)]
        return "\n".join(lines)


def explain(store: Store, reading: Reading) -> Explanation:
    """Explain a reading that this store gave. The records are read anew, as of the reading's instant."""
    view = store.view_at(reading.as_of)
    by = tuple(name for name, _ in reading.group)
    asking = Asking(store, view, reading.scope, (reading.period,), by, view.members(reading.scope))
    asked = Asked(asking.periods, by, asking.member_rows(), asking.lags([reading.metric]))
    group = tuple(value for _, value in reading.group)
    found = asking.found([reading.metric], by, asking.grain)
    measures = metric_measures(reading.metric, asking.grain)
    records = tuple(_records(view, asked, group, measure, evaluate(measure, found, (0, group))) for measure in measures)
    metric = reading.metric
    definition = (
        f"{metric.meaning} Dated by: {metric.date}. Credited to: {metric.owner}. Definition {metric.slug} v{metric.version}."
    )
    return Explanation(
        reading, sentence(reading), formula(metric.numerator, metric.denominator), definition, _coverage(reading), records,
        _left_out(view, asked, group, measures),
    )


def sentence(reading: Reading) -> Said:
    """The reading in one sentence, with the numbers in it."""
    metric, name = reading.metric, catalogued(reading.metric.name)
    parts = [_part(reading, metric.numerator, reading.numerator), _part(reading, metric.denominator, reading.denominator)]
    made_of = joined(parts, " ÷ ")
    told: dict[str, Value] = {"metric": name, "whom": reading.whom, "period": reading.period.told}
    if made_of and reading.value is not None:
        whole = say("{metric} of {whom} in {period}: {value} = {parts}.", **told, value=reading.text, parts=made_of)
    else:
        whole = say("{metric} of {whom} in {period}: {value}.", **told, value=reading.text)
    if reading.mean_of_reps is None:
        return whole
    mean = shown(reading.mean_of_reps, metric.unit, reading.currency)
    return joined([whole, say("Mean of the reps: {mean}.", mean=mean)])


def _part(reading: Reading, term: Term | None, number: float | None) -> Said:
    if term is None or number is None:
        return NOTHING
    if isinstance(term, Constant):
        return say("{number}", number=Number(number, "g"))
    amount = shown(number / 100, Unit.MONEY, reading.currency) if _is_money(term) else shown(number, Unit.COUNT, "")
    return say("{amount} {what}", amount=amount, what=term_words(term))


def _is_money(term: Term) -> bool:
    """Whether its number is in cents. A product isn't told: of what it is depends on its factors."""
    if isinstance(term, ByGrain):
        return _is_money(term.pooled)
    if isinstance(term, Arithmetic):
        return term.operation != "times" and _is_money(term.left) and _is_money(term.right)
    return (
        isinstance(term, Measure) and bool(term.columns) and term.columns[0].endswith("_cents") and term.kind is not Kind.DISTINCT
    )


def term_words(term: Term) -> Said:
    """What a term counts, in words."""
    if isinstance(term, Measure):
        return catalogued(term.words or term.rows)
    if isinstance(term, ByGrain):
        return term_words(term.pooled)
    if isinstance(term, Constant):
        return own_words(f"{term.value:g}")
    left, right = term_words(term.left), term_words(term.right)
    if term.operation == "distance":
        return joined(["|", left, " − ", right, "|"], "")
    return joined(["(", left, f" {_SIGNS[term.operation]} ", right, ")"], "")


def formula(numerator: Term, denominator: Term | None) -> str:
    """The definition as a formula over rows and columns."""
    return _formula(numerator) + ("" if denominator is None else f" ÷ {_formula(denominator)}")


def _formula(term: Term) -> str:
    if isinstance(term, Constant):
        return f"{term.value:g}"
    if isinstance(term, ByGrain):
        return f"({_formula_by_grain(term)})"
    if isinstance(term, Arithmetic):
        left, right = _formula(term.left), _formula(term.right)
        return f"|{left} − {right}|" if term.operation == "distance" else f"({left} {_SIGNS[term.operation]} {right})"
    return _measure_formula(term)


def _formula_by_grain(term: ByGrain) -> str:
    """Which formula for whom, those that are the same told once."""
    if term.team is None and term.company is None:
        return f"for a rep: {_formula(term.rep)}; for a team: {_formula(term.pooled)}"
    words = {Grain.REP: "a rep", Grain.TEAM: "a team", Grain.COMPANY: "the company", Grain.GROUP: "any other group"}
    by_formula: dict[str, list[str]] = {}
    for grain, whom in words.items():
        by_formula.setdefault(_formula(term.at(grain)), []).append(whom)
    return "; ".join(f"for {' or '.join(whom)}: {formula}" for formula, whom in by_formula.items())


def _measure_formula(measure: Measure) -> str:
    of = ", ".join(measure.columns)
    what = {
        Kind.COUNT: f"count({measure.rows})",
        Kind.SUM: f"sum({measure.rows}.{of})",
        Kind.DISTINCT: f"distinct({measure.rows}.{of})",
        Kind.QUANTILE: f"quantile({measure.quantile:g}, {measure.rows}.{of})",
        Kind.SQUARES: f"sum({measure.rows}.{of}²)",
    }[measure.kind]
    where = in_words(measure.where)
    window = {
        "same": "",
        "trailing": f" over the {measure.window.days} days up to the snapshot",
        "lagged": f" one {measure.window.by} earlier",
    }
    return what + (f" where {where}" if where else "") + window[measure.window.kind]


def _coverage(reading: Reading) -> tuple[Said, ...]:
    return tuple(part.sentence for part in reading.coverage)


# --- the records ---


def _records(view: View, asked: Asked, group: tuple[str | None, ...], measure: Measure, number: float | None) -> Records:
    question = Question(measure.rows, (measure,), asked.by, asked.members is not None)
    expression = _contributions(view.frame, question, measure, group)
    periods = rows_of_periods(view, asked, measure.window)
    if not periods:
        names = {name: pa.array([], pa.string()) for name in expression.columns}
        return Records(measure, number, pa.table(names), "")
    sql = filled(view.engine, view.engine.compile(expression), periods, asked.members or ())
    return Records(measure, number, _without_unknown(view.engine.query(sql), measure), sql)


def _without_unknown(table: pa.Table, measure: Measure) -> pa.Table:
    """The table without a column of with whom where nobody is named in it: a mail to several has no single person."""
    decided = {*RELATIONS[measure.rows].key, *measure.columns, *columns_of(measure.where)}
    spare = [name for name in _WITH_WHOM if name not in decided and name in table.column_names]
    return table.drop_columns([name for name in spare if table[name].null_count == table.num_rows])


def _contributions(frame: Frame, question: Question, measure: Measure, group: tuple[str | None, ...]) -> ir.Table:
    """The records that the measure takes in the group, with what each contributes."""
    rows = prepared(frame, question)
    for by, value in zip(question.by, group, strict=True):
        column = rows[group_column(by)]
        rows = rows.filter(column.isnull() if value is None else column == value)
    rows = rows.filter(as_expression(measure.where, rows))
    rows = rows.mutate(**{CONTRIBUTION: _contribution(rows, measure)})
    if measure.kind is not Kind.COUNT:
        rows = rows.filter(rows[CONTRIBUTION].notnull())
    return rows.select(*_shown_columns(rows, measure), CONTRIBUTION).order_by("on_day", *_keys(rows, measure))


def _contribution(rows: ir.Table, measure: Measure) -> ir.Value:
    if measure.kind is Kind.COUNT:
        return ibis.literal(1, "int64")
    if measure.kind is Kind.DISTINCT:
        key = distinct_key(rows, measure)
        first = ibis.row_number().over(group_by=[key], order_by=[rows.on_day, *(rows[name] for name in _keys(rows, measure))])
        return ibis.ifelse(key.isnull(), ibis.null("int64"), ibis.ifelse(first == 0, 1, 0).cast("int64"))
    return rows[measure.columns[0]] if measure.kind is Kind.SUM else ranked_value(rows, measure)


def _keys(rows: ir.Table, measure: Measure) -> list[str]:
    # One record may stand there for several reps: without whose it is, engines would order them as they like.
    return [name for name in dict.fromkeys((*RELATIONS[measure.rows].key, "rep_id")) if name in rows.columns]


def _shown_columns(rows: ir.Table, measure: Measure) -> list[str]:
    """The key, whose, when, with whom, and the columns that decided."""
    wanted = [*RELATIONS[measure.rows].key, "rep_id", "on_day", *_WITH_WHOM, *measure.columns, *columns_of(measure.where)]
    return [name for name in dict.fromkeys(wanted) if name in rows.columns and name not in PERIOD_COLUMNS]


# --- what an admin left out ---


def left_out_words(explanation: Explanation) -> list[str]:
    """One sentence a record left out, without the name of who did it."""
    found: dict[tuple[str, str], str] = {}
    for one in explanation.left_out:
        out = one.exclusion
        found[out.table, out.id] = f"{out.table} {out.id}, because {out.reason}"
    return list(found.values())


def _left_out(view: View, asked: Asked, group: tuple[str | None, ...], measures: Iterable[Measure]) -> tuple[LeftOut, ...]:
    """The records left out at the view's instant that the measures would count; from the rows kept when that was decided."""
    holding = {(one.table, one.id): one for one in exclusions(view.engine) if _is_out(view, one)}
    if not holding or any(PREFIX + fact.table not in view.engine.tables() for fact in kept_facts()):
        return ()
    frame = Frame(AsideTables(view.settings))
    found = []
    for measure in measures:
        periods = rows_of_periods(view, asked, measure.window)
        if not periods:
            continue
        question = Question(measure.rows, (measure,), asked.by, asked.members is not None)
        sql = view.engine.compile(_contributions(frame, question, measure, group))
        for row in view.engine.query(filled(view.engine, sql, periods, asked.members or ())).to_pylist():
            found += [LeftOut(measure, holding[key], row[CONTRIBUTION]) for key in sorted(records_named(row)) if key in holding]
    return tuple(found)


def _is_out(view: View, one: Exclusion) -> bool:
    """Whether the facts of the view are without it: those of now know every exclusion, a past day's those until then."""
    return one.holds_at(view.as_of) if view.prefix else one.ended_at is None
