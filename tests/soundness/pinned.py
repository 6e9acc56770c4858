"""One company in which every error that the oracle ever found would show: each case has reps, deals and accounts of its own."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from paceline.sales.records import TABLES
from paceline.sales.settings import Settings
from tests.facts.small import at, batch, change, day

SETTINGS = Settings(currency="EUR", time_zone="Europe/Paris", own_domains=frozenset({"own.example"}))
Row = dict[str, Any]
_ZONES = {"tok": "Pacific/Auckland", "hon": "Pacific/Honolulu"}
_REPS = (
    "tok",
    "hon",
    "fay",
    "gus",
    "neg",
    "sam",
    "una",
    "lea",
    "mia",
    "nia",
    "oli",
    "ron",
    "cal",
    "nel",
    "las",
    "lat",
    "mid",
    "pro",
    "clo",
    "boo",
)
STAGES: list[Row] = [
    {"id": "new", "name": "New", "position": 1, "outcome": "open"},
    {"id": "demo", "name": "Demo", "position": 2, "outcome": "open", "probability": 0.5},
    {"id": "won", "name": "Won", "position": 3, "outcome": "won"},
    {"id": "lost", "name": "Lost", "position": 4, "outcome": "lost"},
]


def _deal(rep: str, created: str, stage: str = "demo", **more: Any) -> Row:
    return {
        "id": rep,
        "name": rep,
        "owner_id": rep,
        "created_by_id": rep,
        "created_at": at(created),
        "stage_id": stage,
        "amount_cents": 1000_00,
        **more,
    }


DEALS: list[Row] = [
    _deal("tok", "2026-01-31T20:00:00", sourced_by_id="hon"),  # 1 February where tok is, 31 January where hon is
    _deal("fay", "2026-01-10T09:00:00", created_by_id=None),
    _deal("gus", "2026-01-05T09:00:00", "won", closed_at=at("2026-03-01T09:00:00"), close_day=day("2026-03-01")),
    _deal("neg", "2026-03-05T09:00:00", "won", closed_at=at("2026-03-09T09:00:00"), close_day=day("2026-03-01")),
    {**_deal("neg", "2026-03-05T09:00:00"), "id": "neg2"},
    _deal(
        "sam", "2026-01-05T09:00:00", "won", closed_at=at("2026-02-01T09:00:00"), close_day=day("2026-02-01"), amount_cents=500_00
    ),
    _deal(
        "una", "2026-01-05T09:00:00", "won", closed_at=at("2026-02-01T09:00:00"), close_day=day("2026-02-01"), amount_cents=None
    ),
    _deal("oli", "2026-01-02T09:00:00", account_id="a-oli"),
    _deal("ron", "2026-01-02T09:00:00", account_id="a-ron"),
    _deal("cal", "2026-01-02T09:00:00"),
    _deal("las", "2026-01-02T09:00:00", owner_id="lat", close_day=day("2026-02-20")),
    _deal("mid", "2026-01-02T09:00:00", close_day=day("2026-02-20")),
    _deal("pro", "2026-01-02T09:00:00", "won", owner_id="clo", close_day=day("2026-03-20")),
    _deal("boo", "2026-01-02T09:00:00", account_id="a-boo"),
]
CHANGES: list[Row] = [
    change("1", "fay", "owner", None, "fay", "2026-01-20T09:00:00"),
    change("2", "oli", "owner", "oli", "oli", "2026-01-15T09:00:00"),  # no transfer
    change("3", "ron", "stage", "demo", "lost", "2026-01-12T09:00:00"),
    change("4", "ron", "stage", "lost", "demo", "2026-01-18T09:00:00"),
    change("5", "las", "stage", "new", "demo", "2026-02-01T08:00:00"),  # in the course of February's first day
    change("6", "las", "owner", "las", "lat", "2026-02-01T09:00:00"),
    change("7", "mid", "stage", "new", "demo", "2026-01-31T23:00:00"),  # midnight in Paris
    change("8", "pro", "stage", "new", "demo", "2026-01-10T09:00:00"),
    change("9", "pro", "owner", "pro", "clo", "2026-02-01T09:00:00"),
    change("10", "pro", "stage", "demo", "lost", "2026-02-10T09:00:00"),
    change("11", "pro", "stage", "lost", "won", "2026-03-20T09:00:00"),
]
ACCOUNTS: list[Row] = [
    *({"id": f"a-{name}", "name": name, "created_at": at("2025-12-01")} for name in ("lea", "oli", "ron", "nel", "boo")),
    {"id": "a-mia", "name": "mia", "created_at": at("2025-12-01"), "merged_into_id": "a-later"},
    {"id": "a-later", "name": "later", "created_at": at("2026-03-01")},
    {"id": "a-nia", "name": "nia", "created_at": at("2026-03-01")},
]
LEADS: list[Row] = [
    {
        "id": "l-away",
        "email": "away@lea.example",
        "created_at": at("2025-12-01"),
        "merged_into_id": "l-stays",
        "converted_at": at("2025-12-10"),
        "converted_account_id": "a-lea",
    },
    {"id": "l-stays", "email": "stays@lea.example", "created_at": at("2025-12-01")},
]
CONTACTS: list[Row] = [
    {"id": f"c-{name}", "account_id": f"a-{name}", "email": f"c@{name}.example", "created_at": at("2025-12-01")}
    for name in ("mia", "nia", "oli", "ron", "nel", "boo")
]
_MAILS = [
    ("lea", "stays@lea.example", "2026-01-05"),
    ("mia", "c@mia.example", "2026-01-05"),
    ("nia", "c@nia.example", "2026-01-05"),
    ("oli", "c@oli.example", "2026-01-05"),
    ("oli", "c@oli.example", "2026-01-25"),
    ("ron", "c@ron.example", "2026-01-05"),
    ("ron", "c@ron.example", "2026-01-25"),
    ("nel", "c@nel.example", "2026-01-05"),
    ("cal", "x@cal.example", "2026-01-05"),
]


def records() -> dict[str, pa.Table]:
    """Every record table."""
    mails = [
        {
            "id": f"e{n}",
            "rep_id": rep,
            "direction": "outbound",
            "sent_at": at(f"{on}T12:00:00"),
            "from_address": f"{rep}@own.example",
        }
        for n, (rep, _, on) in enumerate(_MAILS)
    ]
    rows: dict[str, list[Row]] = {
        "rep": [{"id": rep, "name": rep.title(), "email": f"{rep}@own.example", "time_zone": _ZONES.get(rep)} for rep in _REPS],
        "stage": STAGES,
        "opportunity": DEALS,
        "opportunity_change": CHANGES,
        "account": ACCOUNTS,
        "lead": LEADS,
        "contact": CONTACTS,
        "email": mails,
        "email_recipient": [{"id": f"r{n}", "email_id": f"e{n}", "address": to} for n, (_, to, _) in enumerate(_MAILS)],
        "meeting": [
            {"id": "m", "organizer_id": "boo", "start_at": at("2026-05-20T09:00:00"), "end_at": at("2026-05-20T10:00:00")}
        ],
        "meeting_attendee": [{"id": "m1", "meeting_id": "m", "address": "c@boo.example"}],
        "connection": [
            {"id": "k", "rep_id": "cal", "kind": "crm", "from_day": day("2025-01-01"), "until_day": day("2026-01-01")},
            {"id": "l", "rep_id": "boo", "kind": "calendar", "from_day": day("2025-01-01")},
        ],
        "exchange_rate": [
            {"id": since, "currency": "USD", "from_day": day(since), "rate": rate}
            for since, rate in (("2025-12-01", 0.5), ("2026-01-01", 0.8))
        ],
        "forecast_call": [
            {
                "id": "f",
                "rep_id": "sam",
                "from_day": day("2026-01-01"),
                "until_day": day("2026-04-01"),
                "category": "commit",
                "amount_cents": 1000_00,
                "currency": "USD",
                "submitted_at": at("2025-12-20"),
            }
        ],
    }
    return batch({table.name: rows.get(table.name, []) for table in TABLES})
