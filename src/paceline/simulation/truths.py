"""What is planted in a simulated company: known beforehand, so that whoever reads the records can be held to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .clock import as_date
from .draw import NEVER, Floats, Ints, stream
from .people import AE, SDR, SEGMENTS, Days, People


@dataclass(frozen=True)
class Truth:
    """One planted truth. ``factor`` multiplies what the metrics would have been (for ``ramp``: the share at the start of the
    ramp).

    ``from_day`` and ``until_day`` are days since 1970 (None: from the beginning, still).
    """

    kind: str
    metrics: tuple[str, ...]
    factor: float
    sentence: str
    rep_id: str | None = None
    segment: str | None = None
    from_day: int | None = None
    until_day: int | None = None


@dataclass(frozen=True)
class Truths:
    """All that was planted."""

    rows: tuple[Truth, ...] = ()

    def of(self, kind: str) -> tuple[Truth, ...]:
        """The truths of one kind: meetings_drop, follow_up_stops, replies_halve, weak_segment, discounting, stuck, ramp,
        departed, leave."""
        return tuple(row for row in self.rows if row.kind == kind)

    def __str__(self) -> str:
        return "\n".join(f"- {row.sentence}" for row in self.rows)


@dataclass(frozen=True)
class Plant:
    """Who was chosen (a person's index each) and from which day; the generators ask it for factors."""

    since: int
    meetings: int
    follow_up: int
    replies: int
    discount: int
    stuck: int
    weak_segment: int
    season: Floats = field(repr=False)  # a factor on activity for each day from ``season_first`` on
    season_first: int = 0

    MEETINGS = 0.5
    FOLLOW_UP = 0.12
    REPLIES = 0.5
    DISCOUNT = 0.31
    STUCK = 3.0
    WEAK = 0.45
    RAMP_START = 0.25

    def after(self, person: Ints, day: Ints, who: int, factor: float) -> Floats:
        """The factor for that person from the planted day on, else 1."""
        return np.where((person == who) & (day >= self.since), factor, 1.0)


def plant(seed: int, days: Days) -> Plant:
    """Choose the people: each other planted AE and SDR is one who was there from the beginning and stays."""
    people, rng = days.people, stream(seed, "plant")
    steady = (people.hired < days.first) & (people.left == NEVER) & (people.leave_from == NEVER)
    steady &= (people.connected[:, :4] <= days.first).all(axis=1)
    heirs = set(people.heir[people.left < NEVER].tolist())
    aes = _in_order(rng, people, steady, AE, heirs)
    sdrs = _in_order(rng, people, steady, SDR, set())
    weeks = int(rng.integers(11, 16))
    since = days.until - 7 * weeks
    since -= (since + 3) % 7
    first = days.first - 30
    return Plant(since, aes[0], aes[1], sdrs[0], aes[2], aes[3], int(rng.integers(0, 3)), _season(first, days.until + 100), first)


def _in_order(
    rng: np.random.Generator, people: People, steady: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], role: int, last: set[int]
) -> list[int]:
    """People of the role, the steady ones who inherit nothing first, in random order."""
    drawn = rng.permutation(people.of(role)).tolist()
    return sorted(drawn, key=lambda one: (people.left[one] < NEVER, people.hired[one] > 0 and not steady[one], one in last))


def _season(first: int, end: int) -> Floats:
    """Busier towards the end of months and quarters, calmer in August and at the turn of the year."""
    factors = []
    for number in range(first, end):
        day = as_date(number)
        factor = 1.15 if day.day >= 24 else 0.97
        if day.month % 3 == 0 and day.day >= 15:
            factor *= 1.1
        if day.month == 8 or (day.month == 12 and day.day > 18):
            factor *= 0.7
        factors.append(factor)
    return np.array(factors, dtype=np.float64)


SEASON_TOP = 1.15 * 1.1


def intensity(plan: Plant, people: People, person: Ints, day: Ints) -> Floats:
    """How busy a person is on a day, as a share (0 to 1) of the busiest: the season and the ramp of new hires."""
    season = plan.season[np.clip(day - plan.season_first, 0, len(plan.season) - 1)] / SEASON_TOP
    return season * ramp(people, person, day)


def ramp(people: People, person: Ints, day: Ints) -> Floats:
    """How far each person is ramped, from ``RAMP_START`` when hired straight to 1 after ``ramp_days``."""
    part = (day - people.hired[person]) / people.ramp_days[person]
    return np.clip(Plant.RAMP_START + (1 - Plant.RAMP_START) * part, Plant.RAMP_START, 1.0)


def tell(plan: Plant, days: Days, rep_ids: list[str], names: list[str]) -> Truths:
    """The planted truths in data and words."""
    people, since = days.people, plan.since
    week = as_date(since).isoformat()

    def one(kind: str, who: int, metrics: tuple[str, ...], factor: float, what: str, start: int | None = since) -> Truth:
        return Truth(kind, metrics, factor, f"{names[who]} ({rep_ids[who]}) {what}", rep_ids[who], from_day=start)

    rows = [
        one(
            "meetings_drop",
            plan.meetings,
            ("meetings_held", "meetings_booked"),
            plan.MEETINGS,
            f"holds half as many customer meetings from the week of {week} on.",
        ),
        one(
            "follow_up_stops",
            plan.follow_up,
            ("days_between_touches", "untouched_opportunities", "follow_up_meetings"),
            plan.FOLLOW_UP,
            f"stops following up from the week of {week} on: deals older than ten days get 12 % of their usual touches, "
            "and few mails are answered.",
        ),
        one(
            "replies_halve",
            plan.replies,
            ("email_response_rate", "responses"),
            plan.REPLIES,
            f"gets half as many replies to mails sent from the week of {week} on.",
        ),
        one(
            "discounting",
            plan.discount,
            ("discount_rate",),
            plan.DISCOUNT,
            "gives away about 31 % of the list price, three times as much as the others, from the beginning.",
            None,
        ),
        one(
            "stuck",
            plan.stuck,
            ("stuck_opportunities", "sales_cycle", "average_opportunity_age"),
            plan.STUCK,
            f"lets deals sit: stages entered from the week of {week} on take three times as long.",
        ),
        Truth(
            "weak_segment",
            ("win_rate",),
            plan.WEAK,
            f"The {SEGMENTS[plan.weak_segment]} segment is weak: a deal there is won 0.45 times as often as elsewhere.",
            segment=SEGMENTS[plan.weak_segment],
        ),
    ]
    return Truths((*rows, *_tenures(days, people, rep_ids, names)))


def _tenures(days: Days, people: People, rep_ids: list[str], names: list[str]) -> list[Truth]:
    rows = []
    for who in np.flatnonzero(people.hired > days.first).tolist():
        start, weeks = int(people.hired[who]), int(people.ramp_days[who]) // 7
        rows.append(
            Truth(
                "ramp",
                ("emails_sent", "meetings_held", "new_opportunities", "revenue"),
                Plant.RAMP_START,
                f"{names[who]} ({rep_ids[who]}) was hired on {as_date(start)} and takes {weeks} weeks to ramp up, from a quarter "
                "of the usual activity to all of it.",
                rep_ids[who],
                from_day=start,
                until_day=start + 7 * weeks,
            )
        )
    for who in np.flatnonzero(people.left < NEVER).tolist():
        day, heir = int(people.left[who]), int(people.heir[who])
        rows.append(
            Truth(
                "departed",
                ("new_opportunities",),
                0.0,
                f"{names[who]} ({rep_ids[who]}) left on {as_date(day)}; the open deals "
                f"went to {names[heir]} ({rep_ids[heir]}) the working day before.",
                rep_ids[who],
                from_day=day,
            )
        )
    for who in np.flatnonzero(people.leave_from < NEVER).tolist():
        start, end = int(people.leave_from[who]), int(people.leave_until[who])
        rows.append(
            Truth(
                "leave",
                ("emails_sent", "dials"),
                0.0,
                f"{names[who]} ({rep_ids[who]}) is on leave from {as_date(start)} to {as_date(end)}.",
                rep_ids[who],
                from_day=start,
                until_day=end,
            )
        )
    return rows
