"""The people: AEs, SDRs and managers in teams, with zones, territories, hiring, leaving, absences and working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from .clock import Clock, as_date, epoch_day, make_clock
from .draw import NEVER, Bools, Floats, Ints, below, chance, choose, stream
from .holidays import CALENDARS, holidays
from .sizes import Size

ROLES = ("AE", "SDR", "manager")
AE, SDR, MANAGER = range(3)
SEGMENTS = ("smb", "mid-market", "enterprise")
TERRITORIES = ("Americas East", "Americas West", "UK and Ireland", "Continental Europe", "India", "Australia")
ZONES = (
    "America/New_York",
    "America/St_Johns",
    "America/Los_Angeles",
    "America/Denver",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Adelaide",
    "Australia/Sydney",
)
CURRENCIES = ("USD", "EUR", "GBP")
KINDS = ("crm", "mailbox", "calendar", "dialer", "recorder")

# territory → (zone, calendar) pairs and the currency
_HOMES: tuple[tuple[tuple[tuple[int, str], ...], int], ...] = (
    (((0, "US"), (1, "US")), 0),
    (((2, "US"), (3, "US")), 0),
    (((4, "GB"),), 2),
    (((5, "FR"), (6, "DE")), 1),
    (((7, "IN"),), 0),
    (((8, "AU"), (9, "AU")), 0),
)


@dataclass(frozen=True)
class People:
    """One entry a person, managers first. Days are days since 1970, ``NEVER`` for "not (yet)"; kinds of ``connected`` as in
    ``KINDS``."""

    role: Ints
    zone: Ints
    calendar: Ints
    territory: Ints
    segment: Ints
    team: Ints
    manager: Ints  # the person's manager, -1: none
    currency: Ints
    hired: Ints
    left: Ints
    ramp_days: Ints
    heir: Ints  # who takes over the deals of a leaver, else the person
    work_start: Ints  # minutes after local midnight
    work_end: Ints
    pace: Floats  # personal factor on activity
    win: Floats  # … on the chance to win
    reply: Floats  # … on the chance of an answer
    discount: Floats  # usual share of the list price given away
    talk: Floats  # share of speech on calls
    patience: Floats  # seconds of pause before answering
    connected: Ints  # (people, kinds): first day connected
    leave_from: Ints
    leave_until: Ints

    def __len__(self) -> int:
        return len(self.role)

    def of(self, role: int) -> Ints:
        """The people in that role."""
        return np.flatnonzero(self.role == role).astype(np.int64)


@dataclass(frozen=True)
class Days:
    """Each person's working days, one sorted vector of ``person << 20 | day``, and the clock."""

    keys: Ints
    first: int  # first simulated day
    until: int  # the end: nothing happens on it or later, except meetings booked ahead
    clock: Clock
    people: People
    absences: tuple[tuple[int, int, int, str], ...]  # person, from, until, kind

    def _at(self, person: Ints, day: Ints) -> Ints:
        return np.searchsorted(self.keys, (person << 20) | np.clip(day, 0, NEVER - 1)).astype(np.int64)

    def count(self, person: Ints, start: Ints, end: Ints) -> Ints:
        """How many days each person works in ``start <= day < end``."""
        return np.asarray(np.maximum(self._at(person, end) - self._at(person, start), 0))

    def pick(self, person: Ints, start: Ints, end: Ints, where: Floats) -> Ints:
        """The working day at part ``where`` (0 to 1) of each range; the range must have one."""
        low, high = self._at(person, start), self._at(person, end)
        place = low + np.floor(where * (high - low)).astype(np.int64)
        return np.asarray(self.keys[np.minimum(place, len(self.keys) - 1)] & (NEVER - 1))

    def next(self, person: Ints, day: Ints) -> Ints:
        """The first day from ``day`` on that each person works (``day`` itself where there is none)."""
        place = np.minimum(self._at(person, day), len(self.keys) - 1)
        key = self.keys[place]
        return np.where((key >> 20) == person, np.maximum(key & (NEVER - 1), day), day)

    def instant(self, person: Ints, day: Ints, part: Floats) -> Ints:
        """Seconds since 1970 of the moment at ``part`` (0 to 1) of the person's working hours on a day."""
        start, end = self.people.work_start[person] * 60, self.people.work_end[person] * 60
        return self.clock.instant(self.people.zone[person], day, start + np.floor(part * (end - start)).astype(np.int64))

    def local_day(self, person: Ints, instant: Ints) -> Ints:
        """The day on the person's wall clock."""
        return self.clock.local(self.people.zone[person], instant)[0]

    def working(self, person: Ints, instant: Ints, part: Floats) -> Ints:
        """The instant itself when the person then works, else a moment within the first two hours of the next working day."""
        day, second = self.clock.local(self.people.zone[person], instant)
        late = second > (self.people.work_end[person] + 60) * 60
        early = second < (self.people.work_start[person] - 30) * 60
        target = self.next(person, day + late)
        moved = late | early | (target != day)
        return np.where(moved, self.instant(person, target, part * 0.25), instant)


def hire(size: Size, seed: int, until: date) -> tuple[People, Days]:
    """The company's people and their working days over the simulated months."""
    rng = stream(seed, "people")
    last = epoch_day(until)
    first = last - round(size.months * 30.4375)
    people = _people(rng, size, first, last)
    return people, _days(stream(seed, "days"), people, first, last)


def _people(rng: np.random.Generator, size: Size, first: int, last: int) -> People:
    managers, n = size.managers, size.managers + size.sellers
    rank = np.arange(n, dtype=np.int64) - managers  # of the sellers; managers are negative
    team = np.where(rank < 0, np.arange(n), rank % managers)
    role = np.where(rank < 0, MANAGER, np.where((rank // managers) % 5 < 3, AE, SDR)).astype(np.int64)
    territory = _territories(rng, managers, team, rank)
    homes = [_HOMES[t][0][int(rng.integers(len(_HOMES[t][0])))] for t in territory]
    hired, left, heir = _tenure(rng, role, team, first, last)
    leave_from, leave_until = _leaves(rng, role, hired, left, first, last)
    early = chance(rng, n, 0.2)
    return People(
        role=role,
        zone=np.array([home[0] for home in homes], dtype=np.int64),
        calendar=np.array([CALENDARS.index(home[1]) for home in homes], dtype=np.int64),
        territory=territory,
        segment=_segments(rng, role, rank, managers),
        team=team.astype(np.int64),
        manager=_bosses(rank, team),
        currency=np.array([_HOMES[t][1] for t in territory], dtype=np.int64),
        hired=hired,
        left=left,
        ramp_days=7 * np.where(role == AE, rng.integers(13, 27, n), rng.integers(6, 14, n)).astype(np.int64),
        heir=heir,
        work_start=np.where(early, 8 * 60, 9 * 60).astype(np.int64),
        work_end=np.where(early, 16 * 60, 17 * 60 + 30).astype(np.int64),
        pace=np.exp(rng.normal(0, 0.15, n)),
        win=np.exp(rng.normal(0, 0.15, n)),
        reply=np.exp(rng.normal(0, 0.15, n)),
        discount=rng.uniform(0.06, 0.13, n),
        talk=rng.uniform(0.38, 0.68, n),
        patience=rng.uniform(0.5, 1.6, n),
        connected=_connections(rng, n, hired, first),
        leave_from=leave_from,
        leave_until=leave_until,
    )


def _territories(rng: np.random.Generator, managers: int, team: Ints, rank: Ints) -> Ints:
    """Even teams sell in the Americas, India and Australia, odd ones in Europe."""
    west, east = np.array([0, 1, 4, 5]), np.array([2, 3])
    spread = np.where(rank < 0, 0, rank // managers) + rng.integers(0, 4)
    return np.where(team % 2 == 0, west[spread % 4], east[spread % 2]).astype(np.int64)


def _segments(rng: np.random.Generator, role: Ints, rank: Ints, managers: int) -> Ints:
    """AEs take the segments in turn; SDRs and managers serve all of them (-1)."""
    drawn = choose(rng, len(role), (0.4, 0.35, 0.25))
    in_turn = (rank // managers) % 5
    return np.where(role == AE, np.where(rank < 10 * managers, in_turn % 3, drawn), -1).astype(np.int64)


def _bosses(rank: Ints, team: Ints) -> Ints:
    """Sellers report to their team's manager, managers to the first manager."""
    return np.where(rank >= 0, team, np.where(np.arange(len(rank)) == 0, -1, 0)).astype(np.int64)


def _tenure(rng: np.random.Generator, role: Ints, team: Ints, first: int, last: int) -> tuple[Ints, Ints, Ints]:
    """(hired, left, heir): a tenth of the AEs leave in mid-time, as many are hired for them, and a tenth of the SDRs are new."""
    n, span = len(role), last - first
    hired = (first - rng.integers(200, 1500, n)).astype(np.int64)
    left = np.full(n, NEVER, dtype=np.int64)
    heir = np.arange(n, dtype=np.int64)
    aes, sdrs = np.flatnonzero(role == AE), np.flatnonzero(role == SDR)
    count = max(1, len(aes) // 10)
    drawn = rng.permutation(aes)
    leavers, joiners = drawn[:count], drawn[count : 2 * count]
    left[leavers] = first + (span * rng.uniform(0.45, 0.7, count)).astype(np.int64)
    hired[joiners] = _monday(first + (span * rng.uniform(0.3, 0.6, count)).astype(np.int64))
    newcomers = rng.permutation(sdrs)[: max(1, len(sdrs) // 10)]
    hired[newcomers] = _monday(first + (span * rng.uniform(0.35, 0.65, len(newcomers))).astype(np.int64))
    for leaver in leavers:
        mates = aes[(team[aes] == team[leaver]) & (left[aes] == NEVER) & (hired[aes] < left[leaver])]
        others = aes[(left[aes] == NEVER) & (hired[aes] < left[leaver])]
        heir[leaver] = rng.choice(mates if len(mates) else others)
    return hired, left, heir


def _monday(days: Ints) -> Ints:
    return days - (days + 3) % 7


def _leaves(rng: np.random.Generator, role: Ints, hired: Ints, left: Ints, first: int, last: int) -> tuple[Ints, Ints]:
    """Long leaves: one in twenty sellers, at least one SDR, away for three months."""
    n = len(role)
    takes = (role != MANAGER) & (hired < first) & (left == NEVER)
    chosen = takes & chance(rng, n, 0.05)
    if not chosen.any():
        chosen[rng.choice(np.flatnonzero(takes & (role == SDR)))] = True
    start = first + np.floor((last - first) * rng.uniform(0.35, 0.75, n)).astype(np.int64)
    return np.where(chosen, start, NEVER), np.where(chosen, start + 91, NEVER)


def _connections(rng: np.random.Generator, n: int, hired: Ints, first: int) -> Ints:
    """First day of each kind of connection: mostly from the start, some late, some without a recorder."""
    start = np.maximum(hired, first)[:, None] + np.zeros((n, len(KINDS)), dtype=np.int64)
    late = np.zeros((n, len(KINDS)), dtype=np.int64)
    slow = chance(rng, n, 0.06)
    late[:, 1] = np.where(slow, rng.integers(30, 120, n), 0)
    late[:, 3] = np.where(chance(rng, n, 0.05), rng.integers(30, 200, n), 0)
    late[:, 4] = np.where(chance(rng, n, 0.12), NEVER, 60)
    return np.minimum(start + late, NEVER)


def _days(rng: np.random.Generator, people: People, first: int, last: int) -> Days:
    start, end = first - 10, last + 70
    days = np.arange(start, end, dtype=np.int64)
    works = np.broadcast_to((days + 3) % 7 < 5, (len(people), len(days))).copy()
    years = range(as_date(start).year, as_date(end).year + 1)
    for calendar, name in enumerate(CALENDARS):
        closed = np.array([epoch_day(day) for year in years for day, _ in holidays(name, year)], dtype=np.int64)
        works[people.calendar == calendar] &= ~np.isin(days, closed)
    absences = _absences(rng, people, first, last)
    for one, away, back, _ in absences:
        works[one, max(away - start, 0) : max(back - start, 0)] = False
    works &= (days >= people.hired[:, None]) & (days < people.left[:, None])
    person, place = np.nonzero(works)
    keys = (person.astype(np.int64) << 20) | (place + start)
    return Days(keys, first, last, make_clock(ZONES, start - 2, end + 2), people, absences)


def _absences(rng: np.random.Generator, people: People, first: int, last: int) -> tuple[tuple[int, int, int, str], ...]:
    """Three holidays and two spells of illness a year, and the long leaves; in order of person and day."""
    rows: list[tuple[int, int, int, str]] = []
    years = (last - first) / 365.25
    for kind, a_year, shortest, longest in (("holiday", 3, 4, 12), ("sick", 2, 1, 4)):
        person = np.repeat(np.arange(len(people), dtype=np.int64), round(a_year * years))
        start = first + below(rng, np.full(len(person), last - first, dtype=np.int64))
        length = rng.integers(shortest, longest, len(person))
        kept: Bools = (start >= people.hired[person]) & (start + length < people.left[person])
        rows += [(int(p), int(s), int(s + n), kind) for p, s, n in zip(person[kept], start[kept], length[kept], strict=True)]
    for one in np.flatnonzero(people.leave_from < NEVER):
        rows.append((int(one), int(people.leave_from[one]), int(people.leave_until[one]), "parental"))
    return tuple(sorted(rows))
