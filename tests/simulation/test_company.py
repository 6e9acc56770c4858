"""A simulated company: its shape, its mess, that it is always the same, and that parts add up to the whole."""

from __future__ import annotations

import time
from datetime import date
from functools import cache

import duckdb
import pyarrow as pa
import pytest

from paceline.simulation import SIZES, Company, simulate, stream_company
from paceline.simulation.conform import problems

UNTIL = date(2026, 7, 1)


@cache
def demo(seed: int = 7) -> Company:
    return simulate(SIZES["demo"], seed, UNTIL)


@cache
def tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, rows in demo().records.items():
        connection.register(name, rows)
    return connection


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_records_are_canonical(seed: int) -> None:
    assert problems(demo(seed).records) == []


def test_same_seed_same_bytes() -> None:
    again = simulate(SIZES["demo"], 7, UNTIL)
    assert all(again.records[name].equals(rows) for name, rows in demo().records.items())
    assert again.truths == demo().truths


def test_other_seed_other_company() -> None:
    assert not demo(8).records["rep"].equals(demo().records["rep"])
    assert demo(8).truths != demo().truths


def test_demo_takes_seconds() -> None:
    began = time.process_time()
    simulate(SIZES["demo"], 10, UNTIL)
    assert time.process_time() - began < 10


def test_parts_add_up_to_the_whole() -> None:
    source, parts = stream_company(SIZES["demo"], 7, UNTIL), 0
    mail = []
    for made in source.parts():
        parts += 1
        mail += [made["email"]] if "email" in made else []
    assert parts == len(source) == 8
    assert pa.concat_tables(mail).combine_chunks().equals(demo().records["email"])


# Each kind of real life's mess, and how many rows of it there are at least (in the demo).
MESS = {
    "out-of-office by Auto-Submitted": ("select count(*) from email where auto_submitted = 'auto-replied'", 100),
    "out-of-office by X-Autoreply": ("select count(*) from email where x_autoreply is not null", 20),
    "out-of-office by X-Autorespond": ("select count(*) from email where x_autorespond is not null", 20),
    "out-of-office by Precedence": ("select count(*) from email where precedence in ('bulk', 'auto_reply')", 40),
    "out-of-office by null return path": ("select count(*) from email where return_path = '<>' and not bounce", 20),
    "harmless Auto-Submitted: no": ("select count(*) from email where auto_submitted = 'no'", 20),
    "bounces": ("select count(*) from email where bounce", 100),
    "calendar answers": ("select count(*) from email where calendar_reply", 100),
    "sequences": ("select count(*) from email where automated", 5000),
    "mails without thread": ("select count(*) from email where thread_id is null", 20),
    "internal mails": ("select count(*) from email join email_recipient r on r.email_id = email.id where r.address like "
                       "'%haldenworks.example' "
                       "and from_address like '%haldenworks.example'", 500),
    "calls without disposition": ("select count(*) from call where disposition is null", 100),
    "gatekeepers": ("select count(*) from call where disposition = 'gatekeeper'", 50),
    "wrong numbers": ("select count(*) from call where disposition = 'wrong number'", 50),
    "recorded calls": ("select count(distinct call_id) from call_turn", 300),
    "overlapping turns": ("select count(*) from (select start_ms, lag(end_ms) over (partition by call_id order by "
                          "start_ms) b from call_turn) "
                          "where start_ms < b", 100),
    "series": ("select count(distinct series_id) from meeting where series_id like 'series-deal%'", 10),
    "no-shows": ("select count(*) from meeting where status = 'no_show'", 50),
    "cancelled": ("select count(*) from meeting where status = 'cancelled'", 50),
    "unmarked meetings": ("select count(*) from meeting where status is null", 50),
    "booked ahead": ("select count(*) from meeting where start_at >= 1782864000", 20),
    "declined by the customer": ("select count(*) from meeting_attendee where rep_id is null and response = 'declined'", 50),
    "meetings of two reps with a customer": (
        "select count(*) from (select meeting_id from meeting_attendee where not resource group by 1 "
        "having count(rep_id) > 1 and count(*) > count(rep_id))", 50),
    "free-mail contacts": ("select count(*) from contact where email like '%@gmail.com'", 5),
    "people at two accounts": ("select count(*) from (select email from contact group by 1 having count(distinct "
                               "account_id) > 1)", 5),
    "contacts without title": ("select count(*) from contact where title is null", 50),
    "merged accounts": ("select count(*) from account where merged_into_id is not null", 3),
    "merged contacts": ("select count(*) from contact where merged_into_id is not null", 10),
    "merged deals": ("select count(*) from opportunity where merged_into_id is not null", 3),
    "deleted deals": ("select count(*) from opportunity where deleted", 1),
    "test deals": ("select count(*) from opportunity where test", 1),
    "deals without amount": ("select count(*) from opportunity where amount_cents is null", 10),
    "open deals without next step": ("select count(*) from opportunity where next_step is null and stage_id < 'stage-6'", 5),
    "open deals due in the past": ("select count(*) from opportunity where stage_id < 'stage-6' and close_day < 20635", 1),
    "reopened deals": ("select count(*) from opportunity_change where field = 'stage' and old >= 'stage-6' and new < "
                       "'stage-6'", 5),
    "regressions": ("select count(*) from opportunity_change where field = 'stage' and old < 'stage-6' and new < old", 20),
    "skipped stages": ("select count(*) from opportunity_change where field = 'stage' and new < 'stage-6' "
                       "and right(new, 1)::int > right(old, 1)::int + 1", 20),
    "slips": ("select count(*) from opportunity_change where field = 'close_day' and new > old", 100),
    "handed from SDR to AE": ("select count(*) from opportunity_change where field = 'owner'", 50),
    "transferred in bulk": ("select max(n) from (select count(*) n from opportunity_change where field = 'owner' "
                            "group by changed_at // 86400, changed_by_id)", 4),
    "splits": ("select count(*) from opportunity_split", 20),
    "discounts": ("select count(*) from line_item where sold_cents < list_cents", 100),
    "currencies": ("select count(distinct currency) from opportunity", 3),
    "reassigned leads": ("select count(*) from (select lead_id from lead_assignment group by 1 having count(*) > 1)", 3),
    "converted leads": ("select count(*) from lead where converted_opportunity_id is not null", 50),
    "unassigned leads": ("select count(*) from lead where id not in (select lead_id from lead_assignment)", 10),
    "changes of team": ("select count(*) from (select rep_id from rep_role group by 1 having count(*) > 1)", 1),
    "absences": ("select count(*) from absence", 20),
    "time zones": ("select count(distinct time_zone) from rep", 4),
    "team goals": ("select count(*) from goal where team is not null", 4),
    "commits": ("select count(*) from forecast_call where category = 'commit'", 30),
    "costs": ("select count(*) from cost where rep_id is not null", 100),
    "rates": ("select count(distinct currency) from exchange_rate", 2),
}


@pytest.mark.parametrize("kind", MESS)
def test_mess_is_there(kind: str) -> None:
    query, least = MESS[kind]
    found = tables().execute(query).fetchone()
    assert found is not None
    assert found[0] >= least


# What must never be.
WRONG = {
    "history ends elsewhere": """
        select o.id from opportunity o join (select opportunity_id, arg_max(new, id) final from opportunity_change
        where field = 'stage' group by 1) c on c.opportunity_id = o.id where c.final <> o.stage_id""",
    "owner's history ends elsewhere": """
        select o.id from opportunity o join (select opportunity_id, arg_max(new, id) final from opportunity_change
        where field = 'owner' group by 1) c on c.opportunity_id = o.id where c.final <> o.owner_id""",
    "a change that doesn't continue the one before": """
        select * from (select old, lag(new) over (partition by opportunity_id, field order by id) earlier from opportunity_change)
        where earlier is not null and old is distinct from earlier""",
    "a change before the deal": "select * from opportunity o join opportunity_change c on c.opportunity_id = o.id where "
        "c.changed_at <= o.created_at",
    "open with a close": "select * from opportunity where stage_id < 'stage-6' and closed_at is not null",
    "mail after the end": "select * from email where sent_at >= 1782864000",
    "calls after the end": "select * from call where started_at >= 1782864000",
    "held before it came": "select * from meeting where start_at >= 1782864000 and status in ('held', 'no_show')",
    "booked after the end": "select * from meeting where booked_at >= 1782864000",
    "work after leaving": "select * from email e join rep r on r.id = e.rep_id where e.sent_at // 86400 > r.left_day",
    "work before hiring": "select * from call c join rep r on r.id = c.rep_id where c.started_at // 86400 < r.hired_day - 1",
    "turns after the call": "select * from call_turn t join call c on c.id = t.call_id where t.end_ms > c.seconds * 1000",
    "turns that end before they begin": "select * from call_turn where end_ms <= start_ms",
    "splits that don't add up": "select opportunity_id from opportunity_split group by 1 having abs(sum(share) - 1) > 1e-9",
    "two roles at once": "select * from rep_role a join rep_role b on a.rep_id = b.rep_id and a.id < b.id and b.from_day "
        "< coalesce(a.until_day, 99999)",
    "sold on a Sunday": "select * from call c join rep r on r.id = c.rep_id where isodow(timezone(r.time_zone, "
        "to_timestamp(started_at))) = 7",
}


@pytest.mark.parametrize("kind", WRONG)
def test_never(kind: str) -> None:
    assert tables().execute(WRONG[kind]).fetchall() == []
