"""The records of meetings and of who was invited."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .draw import chance
from .meetings import DEAL_SERIES, ONE_ON_ONE, TEAM, Attendees, Meetings
from .tables import at_index, ids, null_unless, table, where, words
from .words import INTERNAL_TITLES, MEETING_TITLES
from .world import OWN_DOMAIN, World

_ROOM = pa.scalar(f"room-3@{OWN_DOMAIN}")


def meeting_tables(
    world: World, rng: np.random.Generator, meetings: Meetings, invited: Attendees, first: int, first_row: int
) -> dict[str, pa.Table]:
    """The tables ``meeting`` and ``meeting_attendee``; the numbers tell from where to count ids on."""
    n = len(meetings)
    meeting_ids = ids("meet", np.arange(first + 1, first + n + 1, dtype=np.int64), 7)
    kind = meetings.series_kind
    series = pc.coalesce(
        ids("series-deal", np.where(kind == DEAL_SERIES, meetings.series + 1, -1)),
        ids("series-weekly", np.where(kind == ONE_ON_ONE, meetings.series + 1, -1)),
        ids("series-team", np.where(kind == TEAM, meetings.series + 1, -1)),
    )
    internal = np.where(kind == ONE_ON_ONE, 0, np.where(kind == TEAM, 1, -1))
    subject = rng.integers(0, len(MEETING_TITLES), n)
    title = words(MEETING_TITLES + INTERNAL_TITLES, np.where(internal >= 0, len(MEETING_TITLES) + internal, subject))
    meeting = table(
        "meeting",
        {
            "id": meeting_ids,
            "series_id": series,
            "title": null_unless(title, ~chance(rng, n, 0.04)),
            "organizer_id": null_unless(
                at_index(world.rep_ids, meetings.organizer), ~((meetings.contact >= 0) & chance(rng, n, 0.05))
            ),
            "booked_at": where(meetings.booked, ~chance(rng, n, 0.01)),
            "start_at": meetings.start,
            "end_at": where(meetings.start + 60 * meetings.minutes, ~chance(rng, n, 0.01)),
            "status": words(("scheduled", "held", "cancelled", "no_show"), meetings.status),
        },
    )
    return {"meeting": meeting, "meeting_attendee": _attendee_table(world, rng, invited, meeting_ids, first_row)}


def _attendee_table(
    world: World, rng: np.random.Generator, invited: Attendees, meeting_ids: pa.Array, first_row: int
) -> pa.Table:
    order = np.argsort(invited.meeting, kind="stable")
    contact, rep, room = invited.contact[order], invited.rep[order], invited.room[order] == 1
    n = len(order)
    reachable = (contact >= 0) & world.reachable[np.maximum(contact, 0)]
    party = np.where(reachable, contact, np.where((rep >= 0) & ~chance(rng, n, 0.03), world.first_rep + rep, -1))
    address = pc.if_else(pa.array(room), _ROOM, at_index(world.addresses, party))
    return table(
        "meeting_attendee",
        {
            "id": ids("guest", np.arange(first_row + 1, first_row + n + 1, dtype=np.int64), 8),
            "meeting_id": at_index(meeting_ids, invited.meeting[order]),
            "rep_id": at_index(world.rep_ids, rep),
            "address": address,
            "response": words(("accepted", "declined", "tentative", "none"), invited.response[order]),
            "resource": room,
        },
    )
