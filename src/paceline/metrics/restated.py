"""Why a number isn't what it was: the records that counted otherwise on an earlier day, and what became known of them since.

A reading as of a past day and one of now are explained side by side. Where a record counts differently, what loads have changed
of it, or of what belongs to it (its changes, splits, recipients…), is looked up in the record versions, with the moment of
learning it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import ibis

from paceline.metrics.ask import ask
from paceline.metrics.explain import CONTRIBUTION, Explanation, Records, explain
from paceline.metrics.reading import Reading
from paceline.metrics.relations import RELATIONS
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Kind, Measure
from paceline.sales.records import BY_NAME, TABLES
from paceline.saying.said import Said, SaidError, catalogued, listed, say, say_many
from paceline.saying.values import Day, Value
from paceline.warehouse.engine import Engine
from paceline.warehouse.history import restated, unbound

_NAMED = ("account", "call", "contact", "cost", "email", "forecast_call", "goal", "lead", "line_item", "meeting", "opportunity")
# Records that no row is named after, but that may change any number.
GROUND = ("exchange_rate", "stage", "rep", "rep_role", "holiday", "absence", "connection", "account_domain")
_IDS = "since_ids"


@dataclass(frozen=True)
class Learnt:
    """Something learnt of a record: a field that read ``old`` reads ``new``; or (no ``column``) a record that is new.

    Values as text, None for none. ``known_at``: when it was learnt, epoch seconds.
    """

    table: str
    id: str
    column: str | None
    old: str | None
    new: str | None
    known_at: int


@dataclass(frozen=True)
class Shift:
    """A record that counts otherwise than on the earlier day: under which measure, with how much then and now (None: not at all).

    ``money``: the amounts are cents of the company's currency. ``learnt`` is empty where nothing of it became known later:
    it is what happened, or fell due, since that day.
    """

    measure: str
    table: str
    id: str
    then: float | None
    now: float | None
    money: bool = False
    learnt: tuple[Learnt, ...] = ()


@dataclass(frozen=True)
class Since:
    """A reading as of ``day`` and now, the records that make the difference, and what else became known (rates, stages…)."""

    day: date
    then: Reading
    now: Reading
    shifts: tuple[Shift, ...]
    ground: tuple[Learnt, ...]

    @property
    def sentence(self) -> Said:
        """What the number was and what it is, in one sentence."""
        metric, whom = catalogued(self.now.metric.name), self.now.whom
        told: dict[str, Value] = {"metric": metric, "whom": whom, "period": self.now.period.told, "day": Day(self.day)}
        if self.then.text == self.now.text and not self.shifts:
            return say("{metric} of {whom} in {period} was {then} as of {day}, and is the same now.", **told, then=self.then.text)
        told |= {"then": self.then.text, "now": self.now.text}
        why = self._why()
        if not why:
            return say("{metric} of {whom} in {period} was {then} as of {day}, and is {now} now.", **told)
        return say(
            "{metric} of {whom} in {period} was {then} as of {day}, and is {now} now, because {reason}.",
            **told, reason=listed(why),
        )  # fmt: skip

    def _why(self) -> list[Said]:
        learnt, happened = (
            len({(shift.table, shift.id) for shift in self.shifts if bool(shift.learnt) is known}) for known in (True, False)
        )
        why = []
        if learnt:
            why.append(say_many(
                "something was learnt of {number} record since", "something was learnt of {number} records since", learnt
            ))  # fmt: skip
        if happened:
            why.append(say_many(
                "{number} record counts otherwise by now", "{number} records count otherwise by now", happened
            ))  # fmt: skip
        return why


def since(store: Store, reading: Reading, day: date) -> Since:
    """How the reading, as known at the end of ``day``, came to be what it is as of the reading's own instant.

    ValueError if the day isn't before that instant, or the store can't build the facts of a past day.
    """
    if store.view(day).as_of >= reading.as_of:
        raise SaidError(say("{day} is not before the day as of which the number is asked", day=Day(day)))
    by = tuple(name for name, _ in reading.group)
    group = dict(reading.group)
    asked = ask(store, reading.slug, reading.scope, reading.period, by, as_of=day).where(**group)
    if not len(asked):
        raise SaidError(say("on {day} there was no {whom} to tell of", day=Day(day), whom=reading.group_label))
    then = asked.only()
    shifts = tuple(_shifts(explain(store, then), explain(store, reading)))
    told = _told(store.engine, {(shift.table, shift.id) for shift in shifts}, then.as_of, reading.as_of)
    ground = _of_the_ground(store.engine, then.as_of, reading.as_of)
    return Since(store.view(day).day, then, reading, tuple(_with(shift, told) for shift in shifts), ground)


def _with(shift: Shift, told: Mapping[tuple[str, str], Sequence[Learnt]]) -> Shift:
    return replace(shift, learnt=tuple(told.get((shift.table, shift.id), ())))


# --- which records count otherwise ---


def _shifts(then: Explanation, now: Explanation) -> Iterator[Shift]:
    for old, new in zip(then.records, now.records, strict=True):
        before, after = _contributions(old), _contributions(new)
        money = is_money(new.measure)
        for key in sorted(before.keys() | after.keys()):
            if _differ(before.get(key), after.get(key)):
                yield Shift(new.measure.words or new.measure.rows, *key, before.get(key), after.get(key), money)


def is_money(measure: Measure) -> bool:
    """Whether the measure adds up cents."""
    return bool(measure.columns) and measure.columns[0].endswith("_cents") and measure.kind is not Kind.DISTINCT


def _differ(a: float | None, b: float | None) -> bool:
    return a is not b if a is None or b is None else abs(a - b) > 1e-9 * max(1.0, abs(a), abs(b))


def _contributions(records: Records) -> dict[tuple[str, str], float]:
    """What each record contributes, by (table, id). Rows that only repeat what another has counted don't count."""
    names = records.table.column_names
    distinct = records.measure.kind is Kind.DISTINCT
    wanted = (*records.measure.columns, *RELATIONS[records.measure.rows].key) if distinct else RELATIONS[records.measure.rows].key
    keys = [name for name in dict.fromkeys(wanted) if name in names]
    found: dict[tuple[str, str], float] = {}
    for row in records.table.to_pylist():
        named = next((key for name in keys if (key := _record_of(name, row[name])) is not None), None)
        if named is not None and (row[CONTRIBUTION] or not distinct):
            found[named] = found.get(named, 0.0) + float(row[CONTRIBUTION])
    return found


def _record_of(column: str, value: object) -> tuple[str, str] | None:
    """The record that a key's value names: ``opportunity_id`` by its column, ``email:E1`` (a touch, a person) by itself."""
    if value is None:
        return None
    table = column.removesuffix("_id")
    if table in _NAMED:
        return table, str(value)
    table, _, id_ = str(value).partition(":")
    if id_ and table in _NAMED:
        return table, id_
    return ("email", str(value)) if column == "evidence" else None  # of a reply


# --- what was learnt of them ---


def _told(engine: Engine, keys: set[tuple[str, str]], after: int, until: int) -> dict[tuple[str, str], list[Learnt]]:
    """By record: what became known of it and of what belongs to it, in the order of learning."""
    told: dict[tuple[str, str], list[Learnt]] = {}
    if not keys:
        return told
    replaced = _replaced(engine, after, until)
    for table in sorted({table for table, _ in keys}):
        ids = {id_ for name, id_ in keys if name == table}
        for owner, part, id_, known_at in _belonging(engine, table, ids):
            changes = replaced.get((part, id_), [])
            told.setdefault((table, owner), []).extend(changes)
            if after < known_at <= until and not changes:  # its only version came later
                told[table, owner].append(Learnt(part, id_, None, None, None, known_at))
    return {key: sorted(rows, key=lambda one: (one.known_at, one.table, one.id, one.column or "")) for key, rows in told.items()}


def _replaced(engine: Engine, after: int, until: int) -> dict[tuple[str, str], list[Learnt]]:
    rows: dict[tuple[str, str], list[Learnt]] = {}
    for row in restated(engine, after, until).to_pylist():
        rows.setdefault((row["table"], row["id"]), []).append(Learnt(**row))
    return rows


def _belonging(engine: Engine, table: str, ids: Iterable[str]) -> Iterator[tuple[str, str, str, int]]:
    """(id asked about, table, id, known_at) of the records themselves, and of all that name them where they can have parts."""
    import pyarrow as pa

    wanted = pa.table({"owner_": pa.array(sorted(ids), pa.string())})
    with engine.lent(_IDS, wanted):
        keys = ibis.table({"owner_": "string"}, name=_IDS)
        for part, column in [(table, "id"), *_parts(table)]:
            rows = unbound(part)
            found = rows.inner_join(keys, rows[column] == keys.owner_).select("owner_", "id", "known_at")
            yield from ((row["owner_"], part, row["id"], row["known_at"]) for row in engine.query(found).to_pylist())


def _parts(table: str) -> list[tuple[str, str]]:
    """(table, column) of the records whose rows can't be without one of this table's, and those merged into one."""
    named = [(one.name, column.name) for one in TABLES for column in one.columns if column.refers == table and column.required]
    return named + [(table, "merged_into_id") for column in BY_NAME[table].columns if column.name == "merged_into_id"]


def _of_the_ground(engine: Engine, after: int, until: int) -> tuple[Learnt, ...]:
    """What became known of rates, stages, roles and the like."""
    return tuple(one for (table, _), rows in sorted(_replaced(engine, after, until).items()) if table in GROUND for one in rows)
