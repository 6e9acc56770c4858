"""Fact tables as their schema has them, and the working tables that several facts are made from."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts import schema
from paceline.facts.schema import Fact
from paceline.facts.tables import IBIS_TYPES, Tables
from paceline.sales.records import Column, Type


def shaped(table: ir.Table, fact: Fact | str) -> ir.Table:
    """The table with exactly the fact's columns, in its order and types."""
    columns = (schema.BY_NAME[fact] if isinstance(fact, str) else fact).columns
    return table.select(**{column.name: table[column.name].cast(IBIS_TYPES[column.type]) for column in columns})


def stored(t: Tables, fact: Fact) -> ir.Table:
    """A built fact or working table, unbound."""

    return ibis.table({column.name: IBIS_TYPES[column.type] for column in fact.columns}, name=t.prefix + fact.table)


def _columns(type_: Type, **docs: str) -> tuple[Column, ...]:
    return tuple(Column(name, type_, doc) for name, doc in docs.items())


STAGE_ORDER = Fact("stage_order", "Stages with their order. Names end in _, so that a join never meets them.", ("stage_key_",), (
    *_columns(Type.TEXT, stage_key_="stage", stage_name_="its name", outcome="open, won or lost"),
    *_columns(Type.INTEGER, order_="position; won: above every open stage; lost: null", rank_="the same without gaps",
              accepted_from_="lowest accepted position of its pipeline; null: none is marked", limit_days="configured limit"),
    *_columns(Type.NUMBER, probability="chance to win"),
), dated=None)

TIMELINE = Fact("timeline",
                "What an opportunity was from instant to instant: its whole history, before its start and after its close too.",
                ("opportunity_id", "at"), (
    *_columns(Type.TEXT, opportunity_id="opportunity"),
    *_columns(Type.AT, at="from (ALWAYS_AT: since ever)", until_at="until; null: still"),
    *_columns(Type.TEXT, stage_id="stage; null: unknown", owner_id="owner", outcome="open, won or lost"),
    *_columns(Type.CENTS, native_cents="amount, native"),
    *_columns(Type.DAY, close_day="close date"),
    *_columns(Type.TEXT, changed_by_id="who gave it to the owner, where that changed now"),
), dated=None)

LIFE = Fact("life", "A counted opportunity that has started: its beginning, its end, and what it is sliced by.",
            ("opportunity_id",), (
    *_columns(Type.TEXT, opportunity_id="opportunity", account_id="surviving account", account_type="as first known",
              segment="account's",
              source="lead source", type="business type", product_id="main product", currency="native currency"),
    *_columns(Type.AT, created_at="created", start_at="started; null: unknown",
              closed_at="final close; null: open, or unknown when"),
    *_columns(Type.TEXT, outcome="open, won or lost", owner_id="owner at close, else now", started_by_id="owner at the start",
              credited_id="sourced by, else creator, else owner at the start"),
    *_columns(Type.CENTS, native_cents="last amount, native", start_cents="amount at the start, native"),
    *_columns(Type.DAY, outcome_day="day of the final close; null: open, or unknown when",
              start_day="start, in the last owner's zone"),
    *_columns(Type.FLAG, next_step="a next step is written"),
), dated=None)

CONTACT_KEY = Fact("contact_key", "Under which keys a contact is known.", ("address",), (
    *_columns(Type.TEXT, address="normalised address, or `contact:ID` (merged ones too)", person_id="`contact:ID` of the surviving one"),
), dated=None)

PERSON_KEY = Fact("person_key", "Under which keys a person is known: `person` before it is told what is true of each.", ("address",), (
    *_columns(Type.TEXT, address="normalised address, `contact:ID` or `lead:ID`", person_id="the person"),
    *_columns(Type.FLAG, external="outside our own domains, or in the CRM"),
), dated=None)

GUEST = Fact("guest", "An external person invited to a meeting.", ("meeting_id", "person_id"), (
    *_columns(Type.TEXT, meeting_id="meeting", person_id="who", account_id="their account", rule="as in `person`", level="as in `person`"),
    *_columns(Type.FLAG, declined="every answer was no"),
), dated=None)

OWNERSHIP = Fact("ownership", "A stretch in which an opportunity was open and one rep's.", ("opportunity_id", "from_at"), (
    *_columns(Type.TEXT, opportunity_id="opportunity", owner_id="whose", account_id="surviving account", account_type="as first known",
              source="lead source", type="business type", product_id="main product"),
    *_columns(Type.AT, from_at="from (ALWAYS_AT: since ever)", until_at="until; a far future: still", owned_from_at="as in `span`"),
), dated=None)

FIRST_MAIL = Fact("first_mail", "A rep's first mail to a person.", ("rep_id", "person_id"), (
    *_columns(Type.TEXT, rep_id="who", person_id="to whom", account_id="their account", email_id="the mail"),
    *_columns(Type.DAY, day="local day of the rep"), *_columns(Type.AT, at="instant"),
))

ADDRESS = Fact("address", "Every address of an activity as it is written there, once.", ("written",), (
    *_columns(Type.TEXT, written="as written", address="the same normalised; null: a blank"),
), dated=None)

LEAD_KEY = Fact("lead_key", "By what an activity is known to be meant for a lead.", ("lead_key_", "lead_id"), (
    *_columns(Type.TEXT, lead_key_="normalised address, `lead:ID` or `contact:ID`", lead_id="the surviving lead"),
), dated=None)

ATTEMPT = Fact("attempt", "The first human outbound attempt at a surviving lead, once it was there.", ("lead_id",), (
    *_columns(Type.TEXT, lead_id="lead", rep_id="who tried", touch_id="`email:ID` or `call:ID`"), *_columns(Type.AT, at="instant"),
), dated=None)

WORKING = {fact.name: fact for fact in (
    FIRST_MAIL, ADDRESS, LEAD_KEY, ATTEMPT, STAGE_ORDER, TIMELINE, LIFE, CONTACT_KEY, PERSON_KEY, GUEST, OWNERSHIP)}
