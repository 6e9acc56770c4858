"""The nasty company's meetings: series, two of us, everybody declined, nobody invited, still to come, starting right now."""

from __future__ import annotations

from .clock import DAY_SECONDS
from .mess import OWN, Mess
from .nasty_mail import addresses

_STATUS = ("held", "held", "scheduled", "cancelled", "no_show")
_RESPONSES = ("accepted", "accepted", "declined", "tentative", "none")


def add_meetings(mess: Mess) -> None:
    """Some 170 single meetings and four weekly series."""
    pool, end = addresses(mess), mess.until * DAY_SECONDS
    for number in range(170):
        rep = mess.some(mess.ids("rep"))
        start = mess.at(rep=rep)
        if number < 12:
            start = end + (mess.dice.choice((-1, 0, 1, 3600)) if number < 4 else mess.dice.randrange(20 * DAY_SECONDS))
        _add_meeting(mess, pool, rep, start, None, [])
    for number in range(4):
        rep = mess.some(mess.ids("rep"))
        start, guests = mess.at(mess.first, mess.until - 60, rep), mess.dice.sample(pool, 2)
        for week in range(mess.dice.randint(3, 8)):
            _add_meeting(mess, pool, rep, start + week * 7 * DAY_SECONDS, f"series-{number}", guests)


def _add_meeting(mess: Mess, pool: list[str], rep: str, start: int, series: str | None, guests: list[str]) -> None:
    end = mess.until * DAY_SECONDS
    booked = min(start, end - 1) - mess.dice.choice((0, 60, DAY_SECONDS, 9 * DAY_SECONDS, 30 * DAY_SECONDS))
    if mess.odds(0.03):
        booked = min(start + 600, end - 1)  # entered afterwards
    meeting = mess.add(
        "meeting",
        series_id=series,
        title=mess.some(("Intro", "Demo", "Lunch"), 0.1),
        organizer_id=mess.some([rep], 0.12),
        booked_at=None if mess.odds(0.08) else booked,
        start_at=start,
        end_at=None if mess.odds(0.08) else start + mess.dice.choice((0, 1800, 3600)),
        status=mess.some(_STATUS, 0.25) if start < end else mess.some(("scheduled", "cancelled"), 0.4),
    )
    emails = {row["id"]: row["email"] for row in mess.rows["rep"]}
    if mess.odds(0.92):
        mess.add(
            "meeting_attendee",
            meeting_id=meeting,
            rep_id=rep,
            address=emails[rep] if mess.odds(0.8) else None,
            response=mess.some(_RESPONSES, 0.2) if mess.odds(0.4) else "accepted",
            resource=False,
        )
    for mate in mess.dice.sample([one for one in emails if one != rep], mess.dice.choice((0, 0, 0, 1, 2))):
        mess.add(
            "meeting_attendee",
            meeting_id=meeting,
            rep_id=mate if mess.odds(0.85) or not emails[mate] else None,
            address=emails[mate],
            response=mess.some(_RESPONSES, 0.2),
            resource=mess.some((False,), 0.2),
        )
    for address in guests or [mess.dice.choice(pool) for _ in range(mess.dice.choice((0, 1, 1, 1, 2, 2, 4)))]:
        mess.add(
            "meeting_attendee",
            meeting_id=meeting,
            rep_id=None,
            address=address,
            response=mess.some(_RESPONSES, 0.2),
            resource=mess.some((False,), 0.1),
        )
    if mess.odds(0.12):
        mess.add(
            "meeting_attendee",
            meeting_id=meeting,
            rep_id=None,
            address=f"room@{OWN[0] if mess.odds(0.7) else 'venue.example'}",
            response="accepted",
            resource=True,
        )
