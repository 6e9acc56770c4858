"""Touches, the people they reach, and the opportunities they are about."""

from collections.abc import Iterator

import pytest

from paceline.warehouse.engine import Engine
from tests.facts.activities import Records, built, found, joined, mail, meeting, them, us
from tests.facts.small import Row, at, change, day

NOON = at("2024-10-04T12:00")
TODAY = day("2024-10-04")
HOUR, DAY = 3600, 86_400


def _deal(id_: str, account: str, **more: object) -> Row:
    return {"id": id_, "account_id": account, "owner_id": "ann", "stage_id": "new", "created_at": NOON - 10 * DAY, **more}


def _dial(id_: str, rep: str, started_at: int, **more: object) -> Row:
    return {"id": id_, "rep_id": rep, "started_at": started_at, "direction": "outbound", **more}


DEALS: Records = {
    "account": [
        *({"id": f"o-{name}", "domain": f"o-{name}.com"} for name in ("many", "rank", "gap", "time", "new", "call", "free")),
        {"id": "o-once", "domain": "o-was.com", "merged_into_id": "o-many"},
    ],
    "contact": [
        *(
            {"id": f"o-c{n}", "account_id": "o-many", "email": f"c{n}@o-many.com", "title": "Director" if n == 1 else "Buyer"}
            for n in (1, 2, 3)
        ),
        {"id": "o-c4", "merged_into_id": "o-c3"},
        {"id": "o-r1", "account_id": "o-rank", "email": "r1@o-rank.com"},
        {"id": "o-elsewhere", "account_id": "o-free", "email": "adviser@o-free.com"},
        {"id": "o-callee", "account_id": "o-call"},
    ],
    "lead": [{"id": "o-lead", "email": "lead@o-lead.com", "created_at": NOON, "converted_account_id": "o-rank"}],
    "opportunity": [
        _deal("o-three", "o-many", type="new business", source="web"),
        _deal("o-rank1", "o-rank"),
        _deal("o-rank2", "o-rank"),
        _deal("o-given", "o-gap", owner_id="bob"),
        _deal("o-timed", "o-time", created_at=NOON, stage_id="lost", closed_at=NOON + DAY),
        _deal("o-shown", "o-many", deleted=True),
        _deal("o-into", "o-call"),
        _deal("o-from", "o-call", merged_into_id="o-into"),
    ],
    "opportunity_change": [change("o-1", "o-given", "owner", "ann", "bob", "2024-10-08T00:00")],
    "opportunity_contact": [
        {"id": "o-1", "opportunity_id": "o-three", "contact_id": "o-c1", "buying_role": "user"},
        {"id": "o-2", "opportunity_id": "o-three", "contact_id": "o-c2", "buying_role": "economic_buyer"},
        {"id": "o-3", "opportunity_id": "o-three", "contact_id": "o-c3"},
        {"id": "o-4", "opportunity_id": "o-three", "contact_id": "o-c4"},  # merged into c3: the same person twice
        {"id": "o-5", "opportunity_id": "o-rank1", "contact_id": "o-r1"},
        {"id": "o-6", "opportunity_id": "o-from", "contact_id": "o-callee", "buying_role": "champion"},  # of a deal merged away
        {"id": "o-7", "opportunity_id": "o-timed", "contact_id": "o-elsewhere"},  # a contact of another account
    ],
}
COMPANY = joined(
    DEALS,
    # One mail to all three contacts of a deal, one of them twice.
    mail("o-all", "ann", NOON, "c1@o-many.com", "c2@o-many.com", "c3@o-many.com", "C1@o-many.com "),
    mail("o-bobs", "bob", NOON, "c1@o-many.com"),
    mail("o-was", "ann", NOON + HOUR, "somebody@o-was.com"),
    # Rules: a contact of one deal, a stranger at the domain, a lead converted into the account.
    mail("o-r", "ann", NOON, "r1@o-rank.com"),
    mail("o-d", "ann", NOON, "stranger@o-rank.com"),
    mail("o-l", "ann", NOON, "lead@o-lead.com"),
    mail("o-both", "ann", NOON, "r1@o-rank.com", "stranger@o-rank.com", "lead@o-lead.com"),
    # Gaps: days 0, 0 again, 3, then the deal is Bob's from day 4 on: 5 (Ann's no more), 6 and 8 (Bob's).
    *(
        mail(f"o-g{n}", rep, NOON + offset, "x@o-gap.com")
        for n, (rep, offset) in enumerate(
            [("ann", 0), ("ann", HOUR), ("ann", 3 * DAY), ("ann", 5 * DAY), ("bob", 6 * DAY), ("bob", 8 * DAY), ("bob", 3 * DAY)]
        )
    ),
    # Open from its start to its close, half-open.
    *(mail(f"o-t{n}", "ann", NOON + offset, "x@o-time.com") for n, offset in enumerate([-1, 0, DAY - 1, DAY])),
    mail("o-t-adviser", "ann", NOON + HOUR, "adviser@o-free.com"),
    mail("o-t-later", "ann", NOON + 2 * DAY, "adviser@o-free.com"),
    # New: day 0 (twice), day 180 (not: 180 days before), day 361 (181 days later: new again); Bob's own count.
    *(
        mail(f"o-n{n}", rep, NOON + days * DAY + n, "x@o-new.com")
        for n, (rep, days) in enumerate([("ann", 0), ("ann", 0), ("ann", 180), ("ann", 361), ("bob", 1)])
    ),
    {
        "call": [
            _dial("o-contact", "ann", NOON, contact_id="o-callee", seconds=10),
            _dial("o-nobody", "ann", NOON),
            _dial("o-company", "ann", NOON, account_id="o-call"),
            _dial("o-inside", "ann", NOON, address="bob@us.com"),
            {**_dial("o-inbound", "ann", NOON, contact_id="o-callee"), "direction": "inbound"},
            _dial("o-spoke", "ann", NOON + HOUR, address="y@o-call.com", disposition="connected"),
        ]
    },
    meeting("o-meet", NOON, us("ann"), us("bob"), them("c1@o-many.com"), them("c2@o-many.com", "declined")),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with built(COMPANY) as engine:
        yield engine


def test_a_mail_to_three_contacts_touches_their_deal_once(engine: Engine) -> None:
    columns = "rep_id opportunity_id account_id rule owned type source day"
    once = ("ann", "o-three", "o-many", "opportunity_contact", True, "new business", "web", TODAY)
    assert found(engine, "touch_opportunity", columns, touch_id="email:o-all") == [once]
    assert found(engine, "touch", "people", touch_id="email:o-all") == [(3,)]
    assert found(engine, "touch_person", "person_id rule", touch_id="email:o-all") == [
        (f"contact:o-c{n}", "opportunity_contact") for n in (1, 2, 3)
    ]


def test_a_touch_by_another_rep_is_not_owned(engine: Engine) -> None:
    assert found(engine, "touch_opportunity", "opportunity_id owned owned_from_at gap_days", touch_id="email:o-bobs") == [
        ("o-three", False, None, None)
    ]
    assert found(engine, "touch_person", "own_open", touch_id="email:o-bobs") == [(False,)]
    assert found(engine, "touch_person", "own_open", touch_id="email:o-was") == [
        (True,)
    ]  # at the domain of an account merged away


def test_a_meeting_counts_for_each_of_our_reps(engine: Engine) -> None:
    assert found(engine, "touch", "rep_id people", touch_id="meeting:o-meet") == [("ann", 1), ("bob", 1)]
    assert found(engine, "touch_opportunity", "rep_id owned", touch_id="meeting:o-meet") == [("ann", True), ("bob", False)]


@pytest.mark.parametrize(
    ("id_", "matches"),
    [
        ("o-r", [("o-rank1", "opportunity_contact")]),  # not the account's other deal
        ("o-d", [("o-rank1", "domain"), ("o-rank2", "domain")]),
        ("o-l", [("o-rank1", "lead"), ("o-rank2", "lead")]),
        ("o-both", [("o-rank1", "opportunity_contact"), ("o-rank2", "lead")]),
        ("o-was", [("o-three", "domain")]),
    ],
)
def test_the_strongest_rule_wins_for_each_opportunity(engine: Engine, id_: str, matches: list[tuple[str, str]]) -> None:
    assert found(engine, "touch_opportunity", "opportunity_id rule", touch_id=f"email:{id_}") == matches


def test_gaps_are_between_touch_days_of_one_ownership(engine: Engine) -> None:
    gaps = {f"email:o-g{n}": gap for n, gap in enumerate([None, None, 3, None, None, 2, None])}
    owned = {f"email:o-g{n}": mine for n, mine in enumerate([True, True, True, False, True, True, False])}
    rows = found(engine, "touch_opportunity", "touch_id owned gap_days", opportunity_id="o-given")
    assert rows == [(id_, owned[id_], gaps[id_]) for id_ in sorted(gaps)]


def test_a_deal_is_touched_only_while_open(engine: Engine) -> None:
    rows = found(engine, "touch_opportunity", "touch_id rule", opportunity_id="o-timed")
    assert rows == [("email:o-t-adviser", "opportunity_contact"), ("email:o-t1", "domain"), ("email:o-t2", "domain")]
    # A contact of another account matched the deal by taking part in it, only while it was open.
    assert found(engine, "touch_person", "account_id rule own_open", touch_id="email:o-t-adviser") == [
        ("o-free", "opportunity_contact", False)
    ]
    assert found(engine, "touch_person", "account_id rule own_open", touch_id="email:o-t-later") == [
        ("o-free", "account_contact", False)
    ]
    assert found(engine, "touch_person", "touch_id own_open", account_id="o-time") == [
        ("email:o-t0", False),
        ("email:o-t1", True),
        ("email:o-t2", True),
        ("email:o-t3", False),
    ]


def test_an_account_is_new_after_180_days_without_a_touch(engine: Engine) -> None:
    rows = found(engine, "touch_person", "touch_id new_account", account_id="o-new")
    assert rows == [("email:o-n0", True), ("email:o-n1", True), ("email:o-n2", False), ("email:o-n3", True), ("email:o-n4", True)]


@pytest.mark.parametrize(
    ("id_", "people", "reached", "deals"),
    [
        ("o-contact", 1, [("contact:o-callee", "o-call", "opportunity_contact", False)], [("o-into", "opportunity_contact")]),
        ("o-company", 0, [(None, "o-call", "account_contact", False)], [("o-into", "account_contact")]),
        ("o-spoke", 1, [("address:y@o-call.com", "o-call", "domain", True)], [("o-into", "domain")]),
        ("o-nobody", 0, [], []),
        ("o-inside", 0, [], []),
    ],
)
def test_a_dial_is_a_touch_whoever_was_called(
    engine: Engine, id_: str, people: int, reached: list[tuple[object, ...]], deals: list[tuple[str, str]]
) -> None:
    assert found(engine, "touch", "people kind automated", touch_id=f"call:{id_}") == [(people, "call", False)]
    assert found(engine, "touch_person", "person_id account_id rule two_way", touch_id=f"call:{id_}") == reached
    assert found(engine, "touch_opportunity", "opportunity_id rule", touch_id=f"call:{id_}") == deals


def test_inbound_calls_are_no_touches(engine: Engine) -> None:
    assert found(engine, "touch", "touch_id", touch_id="call:o-inbound") == []


def test_people_engaged_in_a_deal(engine: Engine) -> None:
    assert found(engine, "opportunity_person", "person_id level buying_role day decides", opportunity_id="o-three") == [
        ("address:somebody@o-was.com", None, None, TODAY, False),
        ("contact:o-c1", "director", "user", TODAY, True),
        ("contact:o-c2", "entry", "economic_buyer", TODAY, True),
        ("contact:o-c3", "entry", None, TODAY, False),
    ]
    assert found(engine, "opportunity_person", "person_id buying_role", opportunity_id="o-into") == [
        ("address:y@o-call.com", None),
        ("contact:o-callee", "champion"),
    ]
