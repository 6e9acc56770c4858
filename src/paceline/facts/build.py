"""Which facts there are and in what order they are built: each from the records, the reference tables and the facts before it."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from paceline.facts import (
    aims,
    calls,
    leads,
    lives,
    mails,
    meetings,
    merged,
    moves,
    outcomes,
    people,
    reference,
    schema,
    spans,
    stints,
    timeline,
    touches,
)
from paceline.facts.queries import Queries
from paceline.facts.schema import Fact
from paceline.facts.shape import WORKING, shaped
from paceline.facts.tables import Tables
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Compiled, Engine
from paceline.warehouse.load import clear_changes

BUILDERS: dict[str, Callable[[Tables], ir.Table]] = {
    "stint": stints.stint,
    "address": people.address,
    "contact_key": people.contact_key,
    "person_key": people.person_key,
    "person": people.person,
    "stage_order": timeline.stage_order,
    "timeline": timeline.timeline,
    "life": lives.life,
    "span": spans.span,
    "ownership": touches.ownership,
    "guest": meetings.guest,
    "meeting": meetings.meeting,
    "booking": meetings.booking,
    "call": calls.call,
    "touch_person": touches.touch_person,
    "touch": touches.touch,
    "first_mail": mails.first_mail,
    "mail": mails.mail,
    "outreach": mails.outreach,
    "reply": mails.reply,
    "touch_opportunity": touches.touch_opportunity,
    "opportunity_person": touches.opportunity_person,
    "opportunity": outcomes.opportunity,
    "outcome": outcomes.outcome,
    "line": outcomes.line,
    "move": moves.move,
    "stage_visit": moves.stage_visit,
    "arrival": moves.arrival,
    "lead_key": leads.lead_key,
    "attempt": leads.attempt,
    "lead": leads.lead,
    "goal": aims.goal,
    "forecast": aims.forecast,
    "cost": aims.cost,
    "connection": stints.connection,
}


def fact_of(name: str) -> Fact:
    """The schema of a fact or working table. Raises KeyError for an unknown one."""
    return WORKING[name] if name in WORKING else schema.BY_NAME[name]


_expressions: dict[tuple[str, str], ir.Table] = {}


def expression(name: str, t: Tables) -> ir.Table:
    """The query of a fact or working table, with the columns and types of its schema. Raises KeyError for an unknown one."""
    key = (name, repr(t))
    if key not in _expressions:  # making one takes as long as building a small company's fact
        if len(_expressions) > 500:
            _expressions.clear()
        _expressions[key] = shaped(BUILDERS[name](t), fact_of(name))
    return _expressions[key]


def compiled(queries: Queries, name: str) -> Compiled:
    """The query of a fact or working table as SQL, its rows in order of time. KeyError for an unknown one.

    Loads bring what is recent: where rows lie in order of time, whatever asks for some days, or for rows of known instants, reads
    little else, however long the history is. The order costs a build next to nothing: ordered rows are written faster.
    """
    return queries.compiled(f"fact {name}", lambda t: _in_order(expression(name, t)))


def _in_order(rows: ir.Table) -> ir.Table:
    return rows.order_by("at") if "at" in rows.columns else rows


def build(engine: Engine, settings: Settings, as_of: int | None = None, prefix: str = "") -> None:
    """Build every reference table and fact anew from the records, as known at ``as_of`` (epoch seconds; None: now).

    Their names begin with ``prefix``, so that facts of a past day may lie beside those of today. One transaction, where the
    engine has such a thing. The facts of now have then taken in all loads.
    """
    queries = Queries(engine, Tables(settings, as_of, prefix))
    with engine.transaction():
        put_references(queries)
        for name in BUILDERS:
            create(queries, name)
        if as_of is None and not prefix:
            clear_changes(engine)
        queries.save()


def create(queries: Queries, name: str) -> None:
    """Build one fact or working table anew."""
    queries.engine.create(queries.t.prefix + fact_of(name).table, compiled(queries, name))


def put_references(queries: Queries) -> None:
    """Build the reference tables anew."""
    engine, prefix = queries.engine, queries.t.prefix
    reference.build(queries, reference.years_of(queries) or reference.EMPTY)
    engine.put(f"{prefix}ref_survivor", merged.survivors(queries))
    engine.put(f"{prefix}ref_title", people.titles(queries))
