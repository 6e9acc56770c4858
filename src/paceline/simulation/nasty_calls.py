"""The nasty company's calls: dispositions in any spelling, lengths on the limits, turns that overlap, mumble and hold."""

from __future__ import annotations

from .clock import DAY_SECONDS
from .mess import Mess
from .nasty_mail import addresses

_DISPOSITIONS = (
    "connected",
    " Connected ",
    "ANSWERED",
    "no answer",
    "No_Answer",
    "busy",
    "voicemail",
    "wrong number",
    "gatekeeper",
    "Gatekeeper",
    "call back later",
    "",
)
_SECONDS = (0, 5, 59, 60, 61, 90, 119, 120, 121, 300, 900)


def add_calls(mess: Mess) -> None:
    """Some 190 calls, a fifth of them recorded."""
    pool = addresses(mess)
    for _ in range(190):
        rep = mess.some(mess.ids("rep"))
        link = mess.dice.choice(("contact", "contact", "lead", "address", "account", "all", "none"))
        lead_at = None
        lead = mess.some(mess.rows["lead"]) if link in ("lead", "all") else None
        if lead and mess.odds(0.7):
            lead_at = min(
                lead["created_at"] + mess.dice.choice((0, 60, 300, 301, 3600, 3601, 2 * DAY_SECONDS)),
                mess.until * DAY_SECONDS - 1,
            )
        call = mess.add(
            "call",
            rep_id=rep,
            started_at=lead_at if lead_at is not None else mess.at(rep=rep),
            direction="inbound" if mess.odds(0.12) else "outbound",
            disposition=mess.some(_DISPOSITIONS, 0.25),
            seconds=mess.some(_SECONDS, 0.12),
            contact_id=mess.some(mess.ids("contact")) if link in ("contact", "all") else None,
            lead_id=lead and lead["id"],
            address=mess.dice.choice(pool) if link in ("address", "all") else None,
            account_id=mess.some(mess.ids("account")) if link in ("account", "all") else None,
            vendor_talk_ratio=mess.some((0.0, 0.4321, 1.0), 0.85),
        )
        if mess.odds(0.2):
            _add_turns(mess, call, rep)


def _add_turns(mess: Mess, call: str, rep: str) -> None:
    """A conversation of up to 45 turns of the rep, the customers, sometimes a second rep or nobody of ours."""
    names = {row["id"]: row["name"] for row in mess.rows["rep"]}
    other = mess.some([one for one in names if one != rep])
    ours: list[tuple[str, str | None]] = [(names[rep], rep)]
    theirs: list[tuple[str, str | None]] = [("Customer", None)]
    if mess.odds(0.25):
        ours.append((names[other], other))
    if mess.odds(0.3):
        theirs.append(("Second customer", None))
    if mess.odds(0.06):
        ours = theirs
    now, side = mess.dice.choice((0, 0, 400, 15_000)), mess.odds(0.5)
    for _ in range(mess.dice.choice((1, 4, 20, 30, 45))):
        speaker, who = mess.dice.choice(ours if side else theirs)
        length = mess.dice.choice((200, 999, 1000, 1001, 3_000, 8_000, 20_000))
        start = max(now + mess.dice.choice((0, 0, 1, 300, 900, 1_500, 4_000, 9_999, 10_000, 10_001, 30_000, -200, -800)), 0)
        mess.add("call_turn", call_id=call, speaker=speaker, rep_id=who, start_ms=start, end_ms=start + length)
        if length >= 3_000 and mess.odds(0.2):  # a back-channel, or a real interruption, within the turn
            mumbler, whose = mess.dice.choice(theirs if side else ours)
            begin = start + mess.dice.choice((0, 500, length - 999, length - 300))
            mess.add(
                "call_turn",
                call_id=call,
                speaker=mumbler,
                rep_id=whose,
                start_ms=begin,
                end_ms=begin + mess.dice.choice((300, 999, 1000, 1500)),
            )
        now = max(now, start + length)
        side = not side if mess.odds(0.8) else side
