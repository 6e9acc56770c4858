"""Facts brought up to date after a load: only those that read something changed, and of opportunities only the ones concerned.

What a fact reads is seen in its query. A fact of opportunities is redone for the opportunities concerned alone: its query is run
over parts of the tables it reads (``part_<table>``, the rows of those opportunities), and the result replaces their rows. Any
other fact, and any fact that reads a changed table which knows no opportunity (stages, rates, clocks…), is built anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts import build, merged, people, reference
from paceline.facts.activity_refresh import BLOCKERS, CONCERNING, ActivityRefresh
from paceline.facts.concerned import accounts_of, opportunities_concerned
from paceline.facts.connection_refresh import may_have_moved
from paceline.facts.parts import Parts
from paceline.facts.queries import Queries
from paceline.facts.tables import IBIS_TYPES, Tables
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.load import clear_changes, pending_changes
from paceline.warehouse.store import current_name, past_name, unbound, unbound_past

OPPORTUNITY_FACTS = ("timeline", "life", "span", "opportunity", "outcome", "line", "move", "stage_visit", "arrival")
ACTIVITY_FACTS = (
    "contact_key", "address", "person_key", "person", "ownership", "guest", "meeting", "booking", "call", "touch_person", "touch",
    "first_mail", "mail", "outreach", "reply", "touch_opportunity", "opportunity_person", "lead_key",
    "attempt", "lead")
# The column of a record table that holds an opportunity. Lines and splits may name one that was merged away.
OPPORTUNITY_RECORDS = {"opportunity": "id", "opportunity_change": "opportunity_id", "line_item": "opportunity_id",
                       "opportunity_split": "opportunity_id"}
# Read whole although rows could be told apart: how many a person gave away in a day is a matter of all opportunities.
READ_WHOLE = {"arrival": frozenset({"rec_opportunity_change"})}
LARGE = 0.3  # a change of more than this share of the opportunities is cheaper as a whole build

Touched = Mapping[str, "pa.Table | None"]


def refresh(engine: Engine, settings: Settings, after: Callable[[Touched], None] | None = None) -> dict[str, str]:
    """Bring all facts up to date with the loads since the last build or refresh, in one transaction where the engine has any.

    Gives the same tables as `build.build`. Returns what was done to each touched fact: ``whole`` or ``part``. ``after`` is called
    within the transaction with the touched facts: None for whole, else (for facts with such columns) the distinct rep_id and day
    of the rows that were taken away or put there.
    """
    with engine.transaction():
        if not {build.fact_of(name).table for name in build.BUILDERS} <= engine.tables():
            build.build(engine, settings)
            done: dict[str, str] = dict.fromkeys(build.BUILDERS, "whole")
            cells: Mapping[str, pa.Table] = {}
        else:
            one = _Refresh(Queries(engine, Tables(settings)), pending_changes(engine))
            done, cells = one.run() if one.changes else {}, one.parts.cells
        clear_changes(engine)
        if after is not None:
            dated = {"rep_id", "day"}
            after({name: cells[name] if how == "part" else None for name, how in done.items()
                   if how == "whole" or dated <= {column.name for column in build.fact_of(name).columns}})
    return done


class _Refresh:
    """One refresh: what changed so far, by the name of the stored table."""

    def __init__(self, queries: Queries, changes: Mapping[str, pa.ChunkedArray]) -> None:
        self.queries, self.engine, self.changes = queries, queries.engine, changes
        self.changed = {stored_as for name in changes for stored_as in (current_name(name), past_name(name))}
        self.by_part: set[str] = set()  # facts changed only in the rows concerned
        self.parts = Parts(queries)
        self.activities: ActivityRefresh | None = None

    def run(self) -> dict[str, str]:
        """What was done to each fact."""
        with self.engine.many_small_steps():
            return self._run()

    def _run(self) -> dict[str, str]:
        self._references()
        in_part = self._concerned()
        if in_part and not self.changed & BLOCKERS and set(self.changes) & CONCERNING:
            self.activities = ActivityRefresh(self.parts, self.changes)
        done = {}
        for name in build.BUILDERS:
            if (how := self._bring(name, in_part)) is None:
                continue
            table = build.fact_of(name).table
            if how == "part":
                self.by_part.add(table)
            if name != "stint" or "rep" in self.changes:  # facts read only reps' zones there
                self.changed.add(table)
            done[name] = how
        self.parts.drop()
        self.queries.save()
        return done

    def _bring(self, name: str, in_part: bool) -> str | None:
        """Bring one fact up to date: None if nothing that it reads changed."""
        if self.activities is not None and name in ACTIVITY_FACTS and not (name == "lead" and "ref_workday" in self.changed):
            return self.activities.redo(name)
        read = build.compiled(self.queries, name).reads
        if not read & self.changed or (name == "connection" and self._same_connections()):
            return None
        if in_part and name in OPPORTUNITY_FACTS and self._only_known_rows_changed(read):
            self._redo_part(name, read)
            return "part"
        with self.engine.many_small_steps(False):
            build.create(self.queries, name)
        return "whole"

    def _same_connections(self) -> bool:
        activities = self.activities
        asked = activities is not None and not activities.whole and "connection" not in self.changes
        return asked and "fact_stint" not in self.changed and not may_have_moved(self.parts)

    def _references(self) -> None:
        """Reference tables anew where what they are made of changed, told by comparing them with those stored."""
        queries, names = self.queries, set(self.changes)
        needed, there = reference.years_of(queries, sorted(names)), reference.stored_years(queries)
        years = there if needed is None else there.joined(needed)
        if years != there or names & {"rep", "rep_role"}:
            reference.build(queries, years)
            self.changed |= {"ref_zone_offset", "ref_rate", "ref_workday"}
        elif names & set(reference.READ):
            reference.build(queries, years)
            self.changed |= {"ref_rate", "ref_workday"}
        if names & set(merged.RECORDS):
            self._put_if_other("ref_survivor", merged.survivors(queries))
        if names & {"contact", "lead"}:
            self._put_if_other("ref_title", people.titles(queries))

    def _put_if_other(self, name: str, table: pa.Table) -> None:
        columns = [(column, "ascending") for column in table.column_names]
        old = self.engine.query(f"SELECT {', '.join(table.column_names)} FROM {name}")
        if not old.sort_by(columns).equals(table.sort_by(columns)):
            self.engine.put(name, table)
            self.changed.add(name)

    def _concerned(self) -> bool:
        """Put the opportunities to redo, and their accounts, aside as parts; whether there are few enough of them to do so."""
        if "ref_survivor" in self.changed:
            return False  # what was merged or deleted may have moved anything to anyone
        ids = opportunities_concerned(self.queries, self.changes)
        if ids.num_rows > LARGE * self.queries.rows("count opportunity", _opportunities)["n"][0].as_py():
            return False
        parts = self.parts
        with self.engine.lent("lent_ids", ids):
            parts.make("ids", lambda: ibis.table({"opportunity_id": "string"}, name="lent_ids"))
        parts.make("account", lambda: accounts_of(parts.t, parts.part("ids")))
        return True

    def _only_known_rows_changed(self, read: Collection[str]) -> bool:
        """Whether all that changed of what the fact reads is rows of the opportunities concerned."""
        known = {stored_as for record in (*OPPORTUNITY_RECORDS, "account") for stored_as in (current_name(record),
                                                                                             past_name(record))}
        return all(table in known or table in self.by_part for table in read if table in self.changed)

    def _redo_part(self, name: str, read: Collection[str]) -> None:
        """The fact's query over the parts of what it reads; its rows of the opportunities concerned are replaced."""
        ids = "ids"
        if name == "outcome" and self.activities is not None:
            ids = "counted_ids"
            self.parts.make(ids, self._counted_anew)
        whole = READ_WHOLE.get(name, frozenset())
        some = self.parts.count(ids) > 0
        parts = {table: self._part_of(table, ids) for table in sorted(read) if some and table not in whole}
        self.parts.redo(name, {table: part for table, part in parts.items() if part is not None}, (ids, ("opportunity_id",)))

    def _counted_anew(self) -> ir.Table:
        """Column opportunity_id: those concerned, and all of the accounts of closed ones whose meetings or people changed."""
        parts = self.parts
        met = parts.differing("touch_opportunity")
        told = ibis.union(met.filter(met.kind == "meeting").select("opportunity_id"),
                          parts.differing("opportunity_person").select("opportunity_id"), distinct=True)
        life = parts.fact("life")
        closed = life.filter(life.outcome != "open").semi_join(told, "opportunity_id")
        theirs = life.semi_join(closed.filter(closed.account_id.notnull()), "account_id")
        return ibis.union(parts.part("ids"), closed.select("opportunity_id"), theirs.select("opportunity_id"), distinct=True)

    def _part_of(self, name: str, ids: str) -> str | None:
        """The part of a stored table, made when first asked for; None for tables that know no opportunity."""
        columns = _columns_of(name)
        key = OPPORTUNITY_RECORDS.get(name.removeprefix("rec_"), "opportunity_id")
        if key not in columns:
            return None
        part = f"{ids}_{name}"
        if part not in self.parts.made:
            self.parts.make(part, lambda: _rows_of(self.parts.t, ibis.table(columns, name=name), key, self.parts.part(ids)))
        return part


def _columns_of(name: str) -> dict[str, str]:
    """The columns of a stored table that facts are made of, with Ibis' types."""
    if name.startswith("rec_"):
        record = name.removeprefix("rec_")
        past = record.removesuffix("_past")
        return dict((unbound(record) if past == record else unbound_past(past)).schema().items())
    if name.startswith("fact_"):
        return {column.name: IBIS_TYPES[column.type] for column in build.fact_of(name.removeprefix("fact_")).columns}
    return {}


def _opportunities(_: Tables) -> ir.Table:
    deals = unbound("opportunity")
    return deals.aggregate(n=deals.count())


def _rows_of(t: Tables, table: ir.Table, key: str, ids: ir.Table) -> ir.Table:
    """The table's rows of the opportunities concerned, and of those merged into them."""
    gone = t.ref("survivor")
    gone = gone.filter(gone.record == "opportunity").semi_join(ids, gone.survivor_id == ids.opportunity_id)
    wanted = ibis.union(ids, gone.select(opportunity_id="id"))
    return table.semi_join(wanted, table[key] == wanted.opportunity_id)
