"""Meetings: held or not, for whom, with which account, and first or further."""

from collections.abc import Iterator

import pytest

from paceline.warehouse.engine import Engine
from tests.facts.activities import Records, built, found, joined, meeting, them, us
from tests.facts.small import Row, at, change, day

NOON = at("2024-10-04T12:00")
TODAY = day("2024-10-04")
HOUR, DAY = 3600, 86_400
GUEST = them("g@e-one.com")


def _deal(id_: str, account: str, created_at: int, stage: str = "new", **more: object) -> Row:
    return {"id": id_, "account_id": account, "owner_id": "ann", "stage_id": stage, "created_at": created_at, **more}


DEALS: Records = {
    "account": [
        {"id": f"e-{name}", "domain": f"e-{name}.com"} for name in ("one", "two", "seq", "open", "again", "tie", "quick")
    ],
    "opportunity": [
        # seq: one deal lost between the 2nd and the 3rd meeting.
        _deal("e-d1", "e-seq", NOON - 10 * DAY, "lost", closed_at=NOON + 36 * HOUR),
        # open: one closed in between, another one still open.
        _deal("e-d2", "e-open", NOON - 10 * DAY, "lost", closed_at=NOON + 12 * HOUR),
        _deal("e-d3", "e-open", NOON - DAY),
        # again: reopened, so not closed when the 3rd meeting begins.
        _deal("e-d4", "e-again", NOON - 10 * DAY),
        # tie: closed at the very start of the 2nd meeting; another starts at that instant.
        _deal("e-d5", "e-tie", NOON - 10 * DAY, "won", closed_at=NOON + DAY),
        _deal("e-d6", "e-tie", NOON + DAY),
    ],
    "opportunity_change": [
        change("e-1", "e-d4", "stage", "new", "lost", "2024-10-04T18:00"),
        change("e-2", "e-d4", "stage", "lost", "demo", "2024-10-05T18:00"),
    ],
}
COMPANY = joined(
    DEALS,
    meeting("e-held", NOON, us("ann"), GUEST, status="held", end_at=NOON + 45 * 60, booked_at=NOON - DAY, organizer="ann"),
    meeting("e-unmarked", NOON, us("ann"), GUEST),
    meeting("e-planned", NOON, us("ann"), GUEST, status="scheduled"),
    meeting("e-noshow", NOON, us("ann"), GUEST, status="no_show"),
    meeting("e-off", NOON, us("ann"), GUEST, status="cancelled"),
    meeting("e-declined", NOON, us("ann"), them("g@e-one.com", "declined"), them("h@e-one.com", "declined")),
    meeting(
        "e-some", NOON, us("ann"), them("g@e-one.com", "declined"), them("h@e-one.com", "tentative"), them("i@e-one.com", "none")
    ),
    meeting("e-repno", NOON, us("ann", "declined"), us("bob"), GUEST),
    meeting("e-two", NOON, us("ann"), us("bob"), GUEST),
    meeting("e-organizer", NOON, GUEST, organizer="bob"),
    meeting("e-organizer-no", NOON, us("bob", "declined"), GUEST, organizer="bob"),
    meeting("e-inside", NOON, us("ann"), us("bob"), them("x@us.com")),
    meeting("e-room", NOON, us("ann"), {"address": "room1@e-rooms.com", "resource": True}),
    meeting("e-address", NOON, them("ANN@us.com"), GUEST),  # a rep listed by address alone
    meeting("e-twice", NOON, us("ann", "declined"), us("ann"), them("g@e-one.com", "declined"), them("G@e-one.com")),
    meeting("e-most", NOON, us("ann"), them("a@e-two.com", "declined"), them("b@e-two.com"), GUEST, them("z@nowhere.dev")),
    meeting("e-equal", NOON, us("ann"), them("a@e-two.com"), GUEST),
    meeting("e-none", NOON, us("ann"), them("z@nowhere.dev")),
    *(meeting(f"e-weekly{n}", NOON + 7 * n * DAY, us("kei"), GUEST, series_id="e-weekly", booked_at=NOON) for n in range(3)),
    meeting("e-late", at("2024-10-04T16:00"), us("kei"), us("ann"), GUEST),  # already the 5th in Tokyo
    meeting("e-sent", NOON + DAY, GUEST, organizer="kei", booked_at=at("2024-10-04T16:00"), status="cancelled"),
    meeting("e-unsent", NOON, GUEST, organizer="kei"),
    meeting("e-inside-sent", NOON, us("bob"), organizer="kei", booked_at=NOON),
    *(
        meeting(f"e-{name}{n}", NOON + n * DAY, us("ann"), us("bob"), them(f"x@e-{name}.com"))
        for name in ("seq", "open", "again", "tie")
        for n in range(3)
    ),
    meeting("e-seq-off", NOON - DAY, us("ann"), them("x@e-seq.com"), status="cancelled"),  # not held: not the first
    meeting("e-quick1", NOON, us("ann"), them("x@e-quick.com")),
    meeting("e-quick2", NOON, us("ann"), them("x@e-quick.com")),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with built(COMPANY) as engine:
        yield engine


@pytest.mark.parametrize(
    ("id_", "rows"),
    [
        # rep_id, held, no_show, cancelled, externals
        ("e-held", [("ann", True, False, False, 1)]),
        ("e-unmarked", [("ann", True, False, False, 1)]),
        ("e-planned", [("ann", True, False, False, 1)]),
        ("e-noshow", [("ann", False, True, False, 1)]),
        ("e-off", [("ann", False, False, True, 1)]),
        ("e-declined", [("ann", False, False, False, 2)]),
        ("e-some", [("ann", True, False, False, 3)]),
        ("e-repno", [("ann", False, False, False, 1), ("bob", True, False, False, 1)]),
        ("e-two", [("ann", True, False, False, 1), ("bob", True, False, False, 1)]),
        ("e-organizer", [("bob", True, False, False, 1)]),
        ("e-organizer-no", [("bob", False, False, False, 1)]),
        ("e-inside", []),
        ("e-room", []),
        ("e-address", [("ann", True, False, False, 1)]),
        ("e-twice", [("ann", True, False, False, 1)]),
    ],
)
def test_held_is_per_rep(engine: Engine, id_: str, rows: list[tuple[object, ...]]) -> None:
    assert found(engine, "meeting", "rep_id held no_show cancelled externals", meeting_id=id_) == rows
    touched = [(row[0],) for row in rows if row[1]]
    assert found(engine, "touch", "rep_id", touch_id=f"meeting:{id_}") == touched


def test_length_and_day(engine: Engine) -> None:
    assert found(engine, "meeting", "minutes day at", meeting_id="e-held") == [(45, TODAY, NOON)]
    assert found(engine, "meeting", "minutes rep_id day", meeting_id="e-late") == [(None, "ann", TODAY), (None, "kei", TODAY + 1)]


def test_each_instance_of_a_series_counts(engine: Engine) -> None:
    assert found(engine, "meeting", "meeting_id series_id day held", series_id="e-weekly") == [
        (f"e-weekly{n}", "e-weekly", TODAY + 7 * n, True) for n in range(3)
    ]


def test_people_touched_are_those_who_did_not_decline(engine: Engine) -> None:
    assert found(engine, "touch_person", "person_id two_way", touch_id="meeting:e-some") == [
        ("address:h@e-one.com", True),
        ("address:i@e-one.com", True),
    ]
    assert found(engine, "touch", "people", touch_id="meeting:e-some") == [(2,)]


@pytest.mark.parametrize(("id_", "account"), [("e-most", "e-two"), ("e-equal", "e-one"), ("e-none", None)])
def test_the_account_is_that_of_most_people_invited(engine: Engine, id_: str, account: str | None) -> None:
    assert found(engine, "meeting", "account_id", meeting_id=id_) == [(account,)]


def test_booked_by_the_organizer_on_the_day_it_was_sent(engine: Engine) -> None:
    assert found(engine, "booking", "rep_id day at account_id", meeting_id="e-held") == [("ann", TODAY - 1, NOON - DAY, "e-one")]
    assert found(engine, "booking", "meeting_id day", rep_id="kei") == [
        ("e-sent", TODAY + 1)
    ]  # cancelled later, and the 5th in Tokyo


@pytest.mark.parametrize(
    ("account", "initial"),
    [
        ("seq", [True, False, True]),  # the deal was lost before the third
        ("open", [True, False, False]),  # another one is still open
        ("again", [True, True, False]),  # closed before the second, reopened before the third
        ("tie", [True, True, False]),  # closed at the second's start; what starts then hasn't started before it
    ],
)
def test_initial_and_follow_up(engine: Engine, account: str, initial: list[bool]) -> None:
    for n, expected in enumerate(initial):
        rows = found(engine, "meeting", "rep_id initial follow_up", meeting_id=f"e-{account}{n}")
        assert rows == [("ann", expected, not expected), ("bob", expected, not expected)]


def test_what_was_not_held_or_has_no_account_is_neither(engine: Engine) -> None:
    assert found(engine, "meeting", "initial follow_up", meeting_id="e-seq-off") == [(False, False)]
    assert found(engine, "meeting", "initial follow_up", meeting_id="e-none") == [(False, False)]
    assert found(engine, "meeting", "rep_id initial follow_up", meeting_id="e-repno")[0] == ("ann", False, False)


def test_of_two_meetings_at_once_the_smaller_id_is_first(engine: Engine) -> None:
    assert found(engine, "meeting", "meeting_id initial", account_id="e-quick") == [("e-quick1", True), ("e-quick2", False)]
