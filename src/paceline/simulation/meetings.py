"""Meetings: with customers on deals, with prospects, weekly series, among ourselves; past ones and booked ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .clock import DAY_SECONDS
from .deal_records import participant
from .draw import Ints, below, chance, choose, counted
from .mails import CALENDAR, Mails, mails
from .people import AE, MANAGER, SDR
from .truths import Plant
from .world import Part, World, deal_days, person_days, prospects

_DEAL_MEETINGS = np.array([0.12, 0.1, 0.09])
_WEEKLY = 14  # one deal in so many has a weekly meeting
SCHEDULED, HELD, CANCELLED, NO_SHOW = range(4)
ACCEPTED, DECLINED, TENTATIVE, NO_ANSWER = range(4)
# Kinds of series: what the number in ``series`` counts.
NO_SERIES, DEAL_SERIES, ONE_ON_ONE, TEAM = range(4)


@dataclass(frozen=True)
class Meetings:
    """Meetings of a part. ``status`` and ``title``: positions, -1 empty. ``external``: with customers, else among ourselves."""

    organizer: Ints
    start: Ints
    minutes: Ints
    booked: Ints
    status: Ints
    series_kind: Ints
    series: Ints
    deal: Ints  # -1: with no deal
    contact: Ints  # the first person invited, -1: internal
    guests: Ints  # how many people of the customer
    mate: Ints  # a second rep, -1: none

    def __len__(self) -> int:
        return len(self.organizer)

    def take(self, rows: Ints) -> Meetings:
        """The meetings at these rows."""
        return Meetings(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class Attendees:
    """People invited: the meeting's row, a rep or a contact (-1: none), a response (-1: empty), whether a room."""

    meeting: Ints
    rep: Ints
    contact: Ints
    response: Ints
    room: Ints


def make_meetings(world: World, rng: np.random.Generator, part: Part) -> Meetings:
    """All meetings that start in the part (the last part: booked ahead too), in order of start."""
    batches = [
        _on_deals(world, rng, part),
        _with_prospects(world, rng, part),
        _weekly(world, rng, part),
        _among_us(world, rng, part),
    ]
    every = _join(batches)
    end = world.days.until * DAY_SECONDS
    day = world.days.local_day(every.organizer, every.start)
    people = world.people
    kept = (every.booked < end) & (day >= people.connected[every.organizer, 2]) & (day < people.left[every.organizer])
    rows = np.flatnonzero(kept)
    return every.take(rows[np.lexsort((every.contact[rows], every.organizer[rows], every.start[rows]))])


def _join(batches: Sequence[Meetings]) -> Meetings:
    return Meetings(*(np.concatenate([getattr(batch, field.name) for batch in batches]) for field in fields(Meetings)))


def _slot(world: World, rng: np.random.Generator, rep: Ints, day: Ints) -> Ints:
    """A start at a full or half hour within the rep's working hours."""
    people = world.people
    slots = (people.work_end[rep] - people.work_start[rep]) // 30 - 1
    second = (people.work_start[rep] + 30 * below(rng, slots)) * 60
    return world.days.clock.instant(people.zone[rep], day, second)


def _external(world: World, rng: np.random.Generator, rep: Ints, day: Ints, deal: Ints, contact: Ints, guests: Ints) -> Meetings:
    """Meetings with customers on those days; the planted fall takes half of one AE's away."""
    kept = chance(rng, len(rep), world.plan.after(rep, day, world.plan.meetings, Plant.MEETINGS))
    rep, day, deal, contact, guests = rep[kept], day[kept], deal[kept], contact[kept], guests[kept]
    n = len(rep)
    start = _slot(world, rng, rep, day)
    ahead = np.floor(rng.uniform(0.6, 9, n) * DAY_SECONDS).astype(np.int64)
    begun = np.where(deal >= 0, world.deals.created[np.maximum(deal, 0)] + 900, 0)
    booked = np.minimum(np.maximum(start - ahead, begun), start - 600)
    mates = world.people.of(AE)
    mate = np.where(chance(rng, n, 0.6), world.people.manager[rep], mates[below(rng, np.full(n, len(mates)))])
    mate = np.where(
        chance(rng, n, 0.14) & (mate != rep) & (world.people.hired[mate] <= day) & (world.people.left[mate] > day), mate, -1
    )
    return Meetings(
        rep,
        start,
        np.array([30, 45, 60])[rng.integers(0, 3, n)],
        booked,
        _status(world, rng, start),
        np.zeros(n, dtype=np.int64),
        np.full(n, -1, dtype=np.int64),
        deal,
        contact,
        guests,
        mate,
    )


def _status(world: World, rng: np.random.Generator, start: Ints) -> Ints:
    """Past: mostly held or unmarked, some cancelled, some no-shows. Ahead: scheduled, unmarked or cancelled."""
    past = np.array([HELD, -1, SCHEDULED, CANCELLED, NO_SHOW])[choose(rng, len(start), (0.58, 0.2, 0.04, 0.11, 0.07))]
    ahead = np.array([SCHEDULED, -1, CANCELLED])[choose(rng, len(start), (0.6, 0.35, 0.05))]
    return np.where(start < world.days.until * DAY_SECONDS, past, ahead).astype(np.int64)


def _on_deals(world: World, rng: np.random.Generator, part: Part) -> Meetings:
    deal, rep, day = deal_days(world, rng, part, _DEAL_MEETINGS, part.ahead)
    contact = participant(world.market, world.deals, deal, np.zeros(len(deal), dtype=np.int64))
    return _external(world, rng, rep, day, deal, contact, 1 + below(rng, np.minimum(world.deals.contacts[deal], 4)))


def _with_prospects(world: World, rng: np.random.Generator, part: Part) -> Meetings:
    """First meetings outside of deals."""
    ae, ae_day = person_days(world, rng, part, AE, 0.3, part.ahead)
    sdr, sdr_day = person_days(world, rng, part, SDR, 0.7, part.ahead)
    contact = np.concatenate((prospects(world, rng, ae, ae_day), prospects(world, rng, sdr, sdr_day)))
    one = np.ones(len(contact), dtype=np.int64)
    return _external(world, rng, np.concatenate((ae, sdr)), np.concatenate((ae_day, sdr_day)), -one, contact, one)


def _weekly(world: World, rng: np.random.Generator, part: Part) -> Meetings:
    """Weekly series with a customer while a deal is open; one row an instance, booked all at once at the deal's start."""
    own = world.spells
    rows = np.flatnonzero(
        part.of(own.person) & (own.deal % _WEEKLY == 3) & (own.start + 5 < part.ahead) & (own.end > part.start)
    ).astype(np.int64)
    first = own.start[rows] + 5
    last = np.minimum(np.minimum(own.end[rows], part.ahead), first + 120)
    lowest = np.maximum(-(-(part.start - first) // 7), 0)
    count = np.maximum(-(-(last - first) // 7) - lowest, 0)
    owner, rank = counted(count)
    day = first[owner] + 7 * (lowest[owner] + rank)
    rep, deal = own.person[rows][owner], own.deal[rows][owner]
    works = world.days.next(rep, day) == day
    day, rep, deal = day[works], rep[works], deal[works]
    contact = participant(world.market, world.deals, deal, np.zeros(len(deal), dtype=np.int64))
    made = _external(world, rng, rep, day, deal, contact, np.minimum(world.deals.contacts[deal], 3))
    second = (world.people.work_start[made.organizer] + 60) * 60
    made_day = world.days.local_day(made.organizer, made.start)
    start = world.days.clock.instant(world.people.zone[made.organizer], made_day, second)
    booked = np.minimum(world.deals.created[made.deal] + DAY_SECONDS, start - 600)
    return Meetings(
        made.organizer,
        start,
        made.minutes,
        booked,
        made.status,
        np.full(len(made), DEAL_SERIES, dtype=np.int64),
        made.deal,
        made.deal,
        made.contact,
        made.guests,
        made.mate,
    )


def _among_us(world: World, rng: np.random.Generator, part: Part) -> Meetings:
    """A one-on-one of every seller each week and a team meeting of every manager, kept even in the weeks to come."""
    people = world.people
    batches = []
    for kind, who in ((ONE_ON_ONE, np.concatenate((people.of(AE), people.of(SDR)))), (TEAM, people.of(MANAGER))):
        mine = who[part.of(who)]
        weeks = np.arange(part.start - (part.start + 3) % 7, part.ahead, 7, dtype=np.int64)
        person = np.repeat(mine, len(weeks))
        day = np.tile(weeks, len(mine)) + (person % 5 if kind == ONE_ON_ONE else 0)
        fine = (day >= part.start) & (day < part.ahead) & (world.days.next(person, day) == day)
        person, day = person[fine], day[fine]
        organizer = people.manager[person] if kind == ONE_ON_ONE else person
        n = len(person)
        start = world.days.clock.instant(people.zone[person], day, (people.work_start[person] + 30) * 60)
        booked = np.minimum(np.maximum(people.hired[person], world.days.first - 40) * DAY_SECONDS + 36_000, start - 600)
        none = np.full(n, -1, dtype=np.int64)
        batches.append(
            Meetings(
                organizer,
                start,
                np.full(n, 30, dtype=np.int64),
                booked,
                _status(world, rng, start),
                np.full(n, kind, dtype=np.int64),
                person,
                none,
                none,
                np.zeros(n, dtype=np.int64),
                person if kind == ONE_ON_ONE else none,
            )
        )
    return _join(batches)


def attendees(world: World, rng: np.random.Generator, meetings: Meetings) -> Attendees:
    """Everybody invited: the organizer, a second rep, the customer's people, the team, a room now and then."""
    n, rows = len(meetings), np.arange(len(meetings), dtype=np.int64)
    with_mate = rows[meetings.mate >= 0]
    guest, rank = counted(meetings.guests)
    account = world.market.contact_account[np.maximum(meetings.contact[guest], 0)]
    start, size = world.market.contact_start[account], world.market.contact_count[account]
    contact = start + (meetings.contact[guest] - start + rank) % size
    team, member = _team(world, meetings)
    room = rows[chance(rng, n, 0.15)]
    parts = (
        (rows, meetings.organizer, -1, np.where(chance(rng, n, 0.015), DECLINED, ACCEPTED)),
        (with_mate, meetings.mate[with_mate], -1, _answers(rng, len(with_mate))),
        (guest, None, contact, _answers(rng, len(guest))),
        (team, member, -1, _answers(rng, len(team))),
        (room, None, -1, np.full(len(room), ACCEPTED)),
    )
    none = [np.full(len(part[0]), -1, dtype=np.int64) for part in parts]
    return Attendees(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([none[i] if part[1] is None else part[1] for i, part in enumerate(parts)]),
        np.concatenate([none[i] if isinstance(part[2], int) else part[2] for i, part in enumerate(parts)]),
        np.concatenate([part[3] for part in parts]).astype(np.int64),
        np.concatenate([np.full(len(part[0]), i == len(parts) - 1) for i, part in enumerate(parts)]).astype(np.int64),
    )


def _answers(rng: np.random.Generator, n: int) -> Ints:
    """Answers to an invitation, some of which nobody told us (-1)."""
    return np.array([ACCEPTED, DECLINED, TENTATIVE, NO_ANSWER, -1])[choose(rng, n, (0.68, 0.07, 0.05, 0.12, 0.08))].astype(
        np.int64
    )


def _team(world: World, meetings: Meetings) -> tuple[Ints, Ints]:
    """(meeting, member) of team meetings: who is employed and not away that day."""
    rows = np.flatnonzero(meetings.series_kind == TEAM).astype(np.int64)
    people = world.people
    size = np.bincount(people.team, minlength=len(people)).astype(np.int64)
    order = np.argsort(people.team, kind="stable").astype(np.int64)
    first = np.cumsum(size) - size
    team = people.team[meetings.organizer[rows]]
    owner, rank = counted(size[team])
    member = order[first[team][owner] + rank]
    day = meetings.start[rows][owner] // DAY_SECONDS
    fine = (member != meetings.organizer[rows][owner]) & (people.hired[member] <= day) & (people.left[member] > day)
    fine &= ~((people.leave_from[member] <= day) & (people.leave_until[member] > day))
    return rows[owner][fine], member[fine]


def calendar_mail(rng: np.random.Generator, meetings: Meetings, invited: Attendees) -> Mails:
    """Messages by which customers accept or decline: in half of the cases they reach the organizer's mailbox."""
    told = (invited.contact >= 0) & (invited.response >= 0) & (invited.response < NO_ANSWER)
    rows = np.flatnonzero(told & chance(rng, len(told), 0.5)).astype(np.int64)
    meeting = invited.meeting[rows]
    wait = np.floor(rng.exponential(5 * 3600, len(rows))).astype(np.int64)
    at = np.minimum(meetings.booked[meeting] + 120 + wait, meetings.start[meeting] - 60)
    return mails(
        meetings.organizer[meeting], invited.contact[rows], at, np.zeros(len(rows), dtype=np.int64), inbound=True, kind=CALENDAR
    )
