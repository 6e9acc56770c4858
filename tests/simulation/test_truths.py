"""The planted truths can be read off the raw records."""

from __future__ import annotations

from datetime import date
from functools import cache

import duckdb
import pytest

from paceline.simulation import SIZES, Company, Truth, simulate

UNTIL = date(2026, 7, 1)
_WEEKS = 84  # days compared before and after


@cache
def company() -> Company:
    return simulate(SIZES["small"], 11, UNTIL)


@cache
def tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, rows in company().records.items():
        connection.register(name, rows)
    return connection


def planted(kind: str) -> tuple[Truth, str, int]:
    """(the truth, whose, from which day)"""
    (truth,) = company().truths.of(kind)
    return truth, truth.rep_id or "", truth.from_day or 0


def number(query: str) -> float:
    row = tables().execute(query).fetchone()
    assert row is not None
    return float(row[0] or 0)


def change(query: str, day: int) -> float:
    """After ÷ before the day, of a query over ``{span}``, a condition on the day number ``d``."""
    after = number(query.format(span=f"d >= {day} and d < {day + _WEEKS - 7}"))
    return after / number(query.format(span=f"d >= {day - _WEEKS} and d < {day - 7}"))


def test_meetings_drop_by_half() -> None:
    truth, rep, day = planted("meetings_drop")
    query = """select count(*) from (select m.start_at // 86400 d from meeting m join meeting_attendee a on a.meeting_id = m.id
        where a.rep_id {who} and m.id in (select meeting_id from meeting_attendee where rep_id is null and not resource)
        and coalesce(m.organizer_id, a.rep_id) = a.rep_id) where {span}"""
    mine = change(query.replace("{who}", f"= '{rep}'"), day)
    others = change(query.replace("{who}", f"<> '{rep}'"), day)
    assert mine / others == pytest.approx(truth.factor, abs=0.2)


def test_replies_halve() -> None:
    truth, rep, day = planted("replies_halve")
    query = """select count(*) filter (direction = 'inbound')::double / count(*) filter (direction = 'outbound')
        from (select *, sent_at // 86400 d from email) where rep_id = '{who}' and {span} and not bounce and not calendar_reply
        and coalesce(auto_submitted, 'no') = 'no' and x_autoreply is null and x_autorespond is null
        and coalesce(precedence, 'normal') = 'normal' and coalesce(return_path, '') <> '<>'"""
    assert change(query.replace("{who}", rep), day) == pytest.approx(truth.factor, abs=0.17)


def test_follow_up_stops() -> None:
    _, rep, day = planted("follow_up_stops")
    # Mail to the people of deals that are older than ten days, per such open deal.
    query = """select count(*) from (select e.sent_at // 86400 d from email e join email_recipient r on r.email_id = e.id
        join contact c on c.email = r.address join opportunity_contact p on p.contact_id = c.id
        join opportunity o on o.id = p.opportunity_id and o.owner_id = e.rep_id
        where e.rep_id {who} and e.direction = 'outbound' and e.sent_at between o.created_at + 12 * 86400
        and coalesce(o.closed_at, 9e12)) where {span}"""
    mine, others = (change(query.replace("{who}", who), day) for who in (f"= '{rep}'", f"<> '{rep}'"))
    assert mine / others < 0.45


def test_weak_segment_wins_less() -> None:
    (truth,) = company().truths.of("weak_segment")
    query = """select avg((stage_id = 'stage-6')::int) from opportunity o join rep_role r on r.rep_id = o.owner_id and
        r.until_day is null
        where stage_id in ('stage-6', 'stage-7') and r.segment {who}"""
    weak, strong = number(query.format(who=f"= '{truth.segment}'")), number(query.format(who=f"<> '{truth.segment}'"))
    assert weak / strong == pytest.approx(truth.factor, abs=0.2)


def test_discounts() -> None:
    truth, rep, _ = planted("discounting")
    query = """select sum((l.list_cents - l.sold_cents) * l.quantity)::double / sum(l.list_cents * l.quantity) from line_item l
        join opportunity o on o.id = l.opportunity_id where o.stage_id = 'stage-6' and o.owner_id {who}"""
    assert number(query.format(who=f"= '{rep}'")) == pytest.approx(truth.factor, abs=0.06)
    assert number(query.format(who=f"<> '{rep}'")) < 0.13


def test_deals_get_stuck() -> None:
    _, rep, day = planted("stuck")
    # Days in the present stage of deals that entered it after the planted day and are open, and how many of them there are.
    query = """select avg({end} - entered // 86400) from (select o.owner_id, max(c.changed_at) entered from opportunity o
        join opportunity_change c on c.opportunity_id = o.id and c.field = 'stage' where o.stage_id < 'stage-6' group by
        o.id, o.owner_id)
        where entered // 86400 between {day} and {end} and owner_id {who}"""
    end = 20635
    mine, others = (number(query.format(who=who, day=day, end=end)) for who in (f"= '{rep}'", f"<> '{rep}'"))
    assert mine > 1.25 * others


def test_new_hires_ramp() -> None:
    for truth in company().truths.of("ramp"):
        assert truth.from_day is not None
        assert truth.until_day is not None
        query = """select count(*) from email e where rep_id = '{rep}' and direction = 'outbound' and not automated
            and sent_at // 86400 - {start} between 0 and 27"""
        first = number(query.format(rep=truth.rep_id, start=truth.from_day))
        if truth.until_day + 56 < 20635:
            assert first < 0.75 * number(query.format(rep=truth.rep_id, start=truth.until_day + 28))


def test_leavers_and_leaves_are_silent() -> None:
    for kind, last in (("departed", 99_999), ("leave", 0)):
        for truth in company().truths.of(kind):
            end = truth.until_day or last
            query = f"select count(*) from call where rep_id = '{truth.rep_id}' and direction = 'outbound'"
            assert number(f"{query} and started_at // 86400 < {truth.from_day}") > 50
            assert number(f"{query} and started_at // 86400 > {truth.from_day} and started_at // 86400 < {end - 1}") == 0


def test_leavers_open_deals_go_to_the_heir() -> None:
    for truth in company().truths.of("departed"):
        assert number(f"select count(*) from opportunity where owner_id = '{truth.rep_id}' and stage_id < 'stage-6'") == 0
        assert number(f"select count(*) from opportunity_change where field = 'owner' and old = '{truth.rep_id}'") > 0


def test_each_truth_reads_well() -> None:
    lines = str(company().truths).splitlines()
    assert len(lines) == len(company().truths.rows) >= 10
    assert all(row.sentence.endswith(".") and (row.rep_id is None or row.rep_id in row.sentence) for row in company().truths.rows)
