"""Calls: answered or not, with whom, and what the speaker turns say."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from paceline.warehouse.engine import Engine
from tests.facts.activities import Records, built, found, joined
from tests.facts.small import Row, at, day

NOON = at("2024-10-04T12:00")


def _call(id_: str, rep: str = "ann", direction: str = "outbound", **more: Any) -> Records:
    return {"call": [{"id": id_, "rep_id": rep, "direction": direction, "started_at": NOON, **more}]}


def _talk(id_: str, turns: Sequence[tuple[str, float, float]], **more: Any) -> Records:
    """A call of Ann's with turns (who, from, to; seconds). Whoever is no rep of ours is on the customer's side."""
    rows: list[Row] = [
        {
            "id": f"{id_}/{n}",
            "call_id": id_,
            "speaker": who,
            "rep_id": who if who in ("ann", "bob") else None,
            "start_ms": round(start * 1000),
            "end_ms": round(end * 1000),
        }
        for n, (who, start, end) in enumerate(turns)
    ]
    return joined(_call(id_, **more), {"call_turn": rows})


def _exchanges(pauses: Sequence[float]) -> list[tuple[str, float, float]]:
    """The customer speaks for 20 s, Ann answers after each pause, for 5 s; half a minute and a pause each."""
    turns, start = [], 0.0
    for pause in pauses:
        turns += [("joe", start, start + 20), ("ann", start + 20 + pause, start + 25 + pause)]
        start += 30 + pause
    return turns


OUTCOMES: dict[str, tuple[Row, bool | None]] = {
    "said-yes": ({"disposition": " Connected", "seconds": 1}, True),
    "said-no": ({"disposition": "Left Voicemail", "seconds": 600}, False),
    "gatekeeper": ({"disposition": "GATEKEEPER", "seconds": 600}, False),
    "wrong": ({"disposition": "wrong number", "seconds": 600}, False),
    "unmapped-119": ({"disposition": "Outcome 7", "seconds": 119}, None),
    "unmapped-120": ({"disposition": "Outcome 7", "seconds": 120}, True),
    "bare-119": ({"seconds": 119}, None),
    "bare-120": ({"seconds": 120}, True),
    "nothing": ({}, None),
}
COMPANY = joined(
    {
        "account": [{"id": "k-acme", "domain": "k-acme.com"}, {"id": "k-other", "domain": "k-other.com"}],
        "contact": [{"id": "k-c1", "account_id": "k-acme", "email": "c@k-acme.com"}, {"id": "k-gone", "deleted": True}],
        "lead": [{"id": "k-l1", "created_at": NOON, "email": "l@k-other.com"}],
    },
    *(_call(f"k-{name}", **more) for name, (more, _) in OUTCOMES.items()),
    _call("k-contact", contact_id="k-c1", lead_id="k-l1", address="x@k-other.com", account_id="k-other"),
    _call("k-lead", contact_id="k-gone", lead_id="k-l1", address="c@k-acme.com"),
    _call("k-address", address=" C@k-acme.com"),
    _call("k-account", account_id="k-other"),
    _call("k-inside", address="bob@us.com"),
    _call("k-free", address="x@gmail.com"),
    _call("k-kei", rep="kei", direction="inbound", vendor_talk_ratio=0.42),
    # Each speaker's overlapping turns are united, then speakers are added.
    _talk("k-union", [("ann", 0, 10), ("ann", 5, 15), ("ann", 6, 8), ("joe", 20, 25), ("sue", 22, 27)], seconds=60),
    _talk("k-colleague", [("ann", 0, 10), ("bob", 10, 20), ("joe", 20, 40)], seconds=80),
    _talk("k-short", [("ann", 0, 10), ("joe", 10, 20)], seconds=59),
    _talk("k-unmeasured", [("ann", 0, 45), ("joe", 45, 90)]),
    _talk("k-unknown", [("speaker 1", 0, 45), ("speaker 2", 45, 90)], seconds=90),
    _talk("k-silent", [("bob", 0, 45), ("joe", 45, 90)], seconds=90),
    _talk("k-empty", [("ann", 5, 5)], seconds=90),
    # Patience: an interruption is a pause of 0, more than 10 s is a hold, ten switches are the least.
    _talk("k-patient", _exchanges([0.5] * 9 + [-1, 10, 10.001])),
    _talk("k-ten", _exchanges([1] * 10)),
    _talk("k-opens", [("ann", 0, 3), *((who, start + 3, end + 3) for who, start, end in _exchanges([1] * 10))]),
    _talk("k-nine", _exchanges([1] * 9 + [11])),
    _talk(
        "k-sides",
        [("joe", 0, 10), ("sue", 8, 9.5), ("bob", 12, 14), ("ann", 14, 15)]
        + [(who, 100 * n + start, 100 * n + end) for n in range(1, 10) for who, start, end in (("joe", 0, 10), ("bob", 11, 12))],
    ),
    # Back-channels: shorter than a second and wholly within what the other side says, be it several people's speech.
    _talk(
        "k-mhm",
        [("joe", 0, 30), ("ann", 10, 10.999), ("joe", 30, 40), ("sue", 39, 50), ("ann", 39.5, 40.4), ("ann", 50, 60)],
        seconds=60,
    ),
    _talk("k-second", [("joe", 0, 30), ("ann", 10, 11), ("joe", 31, 40)], seconds=60),
    _talk("k-beyond", [("joe", 0, 30), ("ann", 29.5, 30.1), ("joe", 31, 40)], seconds=60),
    _talk("k-monologue", [("ann", 0, 20), ("joe", 5, 5.5), ("ann", 20.5, 50), ("joe", 50, 60), ("ann", 60, 70)], seconds=120),
    _talk("k-interrupted", [("ann", 0, 25), ("bob", 25, 26), ("ann", 26, 46), ("bob", 46, 120)], seconds=120),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with built(COMPANY, ("stint", "person", "call")) as engine:
        yield engine


@pytest.mark.parametrize("name", OUTCOMES)
def test_connected_by_disposition_then_duration_else_unknown(engine: Engine, name: str) -> None:
    assert found(engine, "call", "connected outbound", call_id=f"k-{name}") == [(OUTCOMES[name][1], True)]


@pytest.mark.parametrize(
    ("id_", "person", "account"),
    [
        ("k-contact", "contact:k-c1", "k-acme"),
        ("k-lead", "lead:k-l1", "k-other"),
        ("k-address", "contact:k-c1", "k-acme"),
        ("k-account", None, "k-other"),
        ("k-inside", None, None),
        ("k-free", None, None),
    ],
)
def test_whom_a_call_was_with(engine: Engine, id_: str, person: str | None, account: str | None) -> None:
    assert found(engine, "call", "person_id account_id", call_id=id_) == [(person, account)]


def test_a_calls_day_is_its_reps(engine: Engine) -> None:
    assert found(engine, "call", "rep_id day outbound vendor_talk_ratio talk_ratio", call_id="k-kei") == [
        ("kei", day("2024-10-04"), False, 0.42, None)
    ]


@pytest.mark.parametrize(
    ("id_", "ratio", "of_call"),
    [
        ("k-union", 15 / 25, 15 / 60),
        ("k-colleague", 10 / 40, 10 / 80),
        ("k-short", None, None),
        ("k-unmeasured", 0.5, 0.5),
        ("k-unknown", None, None),
        ("k-silent", 0.0, 0.0),
        ("k-empty", None, None),
    ],
)
def test_talk_ratio(engine: Engine, id_: str, ratio: float | None, of_call: float | None) -> None:
    assert found(engine, "call", "talk_ratio talk_ratio_of_call", call_id=id_) == [(ratio, of_call)]


@pytest.mark.parametrize(
    ("id_", "seconds"),
    [
        ("k-patient", (9 * 0.5 + 0 + 10) / 11),
        ("k-ten", 1.0),
        ("k-opens", 1.0),  # who speaks first answers nobody
        ("k-nine", None),
        ("k-sides", (2 + 9 * 1) / 10),  # from the end of Joe's, the longest-lasting turn, to Bob, who is of our side
    ],
)
def test_patience(engine: Engine, id_: str, seconds: float | None) -> None:
    [(found_seconds,)] = found(engine, "call", "patience_seconds", call_id=id_)
    assert found_seconds == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("id_", "switches", "monologue"),
    [
        ("k-mhm", 2, 10.0),
        ("k-second", 2, 1.0),
        ("k-beyond", 2, 0.6),
        ("k-monologue", 2 / 2, 50.0),
        ("k-interrupted", 3 / 2, 25.0),
        ("k-unknown", 1 / 1.5, None),
    ],
)
def test_back_channels_take_no_turn(engine: Engine, id_: str, switches: float, monologue: float | None) -> None:
    [(per_minute, longest)] = found(engine, "call", "switches_per_minute longest_monologue_seconds", call_id=id_)
    assert (per_minute, longest) == (pytest.approx(switches), monologue)


def test_back_channels_are_speech_all_the_same(engine: Engine) -> None:
    [(ratio,)] = found(engine, "call", "talk_ratio", call_id="k-mhm")
    assert ratio == pytest.approx((0.999 + 0.9 + 10) / (0.999 + 0.9 + 10 + 40 + 11))
