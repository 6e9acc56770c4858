"""Deals: when each was created, by whom, how it went through the stages, who owned it, and what it was worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clock import DAY_SECONDS, as_date, epoch_day
from .draw import NEVER, Bools, Floats, Ints, below, chance, choose, counted, skewed, stream
from .market import Market
from .people import AE, Days
from .truths import Plant, intensity, ramp

OPEN_STAGES = 5  # positions 0 to 4; the second one is the accepted one
WON, LOST = 5, 6
LATE = float(NEVER)
DEALT = 0.35  # the part of an AE's book that deals come from

_A_DAY = np.array([0.75, 0.45, 0.26])  # new deals a working day of a busy AE, by segment
_STAGE_DAYS = np.array([5.0, 10.0, 18.0])  # median days in a stage, by segment
_AMOUNT = np.array([600_000, 3_500_000, 15_000_000], dtype=np.float64)  # median cents, by segment
_WIN = np.array([0.36, 0.32, 0.28])


@dataclass(frozen=True)
class Moves:
    """Changes of one field, sorted by deal and time: the value before and after (an index or a number, -1: none)."""

    deal: Ints
    at: Ints
    old: Ints
    new: Ints
    by: Ints  # person


@dataclass(frozen=True)
class Deals:
    """One entry a deal, in order of creation; instants are seconds since 1970, -1: not (yet)."""

    ae: Ints
    account: Ints
    segment: Ints
    created: Ints
    creator: Ints
    sourced: Ints  # the SDR who sourced it, -1: none
    first_owner: Ints
    owner: Ints
    first_stage: Ints
    stage: Ints
    closed: Ints
    accepted: Ints  # when it reached the accepted stage
    value: Ints  # cents that it is about, in the account's currency
    contact_offset: Ints
    contacts: Ints  # how many people take part
    stages: Moves
    owners: Moves

    def __len__(self) -> int:
        return len(self.ae)


def make_deals(seed: int, plan: Plant, days: Days, market: Market) -> Deals:
    """All deals of the simulated months, with their way through the stages up to the end."""
    rng, people = stream(seed, "deals"), days.people
    ae, created_day, part = _births(rng, plan, days)
    n = len(ae)
    segment = people.segment[ae]
    account = market.account_of_ae(ae, DEALT * rng.random(n) ** 1.2)
    created = days.instant(ae, created_day, part)
    sourced = np.where(chance(rng, n, 0.5), market.sdr[account], -1)
    absent = (sourced >= 0) & (
        (people.hired[np.maximum(sourced, 0)] > created_day) | (people.left[np.maximum(sourced, 0)] <= created_day)
    )
    sourced = np.where(absent, -1, sourced)
    handed = (sourced >= 0) & chance(rng, n, 0.5)
    first_stage = np.where(handed, 0, choose(rng, n, (0.75, 0.2, 0.05)))
    first_owner = np.where(handed, sourced, ae)
    planned = _stage_moves(rng, plan, days, ae, segment, created_day + part, first_stage)
    stages = _timed(days, ae, created, first_stage, planned)
    owners = _owner_moves(rng, days, ae, first_owner, created, first_stage, stages)
    stage, closed = _now(first_stage, stages)
    return Deals(
        ae,
        account,
        segment,
        created,
        np.where(sourced >= 0, np.where(handed, sourced, ae), ae),
        sourced,
        first_owner,
        _latest(first_owner, owners),
        first_stage,
        stage,
        closed,
        _accepted(created, first_stage, stages),
        np.maximum(skewed(rng, _AMOUNT[segment], 0.55), 5_000).astype(np.int64) // 100 * 100,
        below(rng, market.contact_count[account]),
        np.minimum(1 + rng.poisson(np.array([0.5, 1.4, 2.6])[segment]), market.contact_count[account]),
        stages,
        owners,
    )


def _births(rng: np.random.Generator, plan: Plant, days: Days) -> tuple[Ints, Ints, Floats]:
    """(AE, day, part of the working day) of each new deal, in order of time."""
    people = days.people
    aes = people.of(AE)
    first, last = np.full(len(aes), days.first), np.full(len(aes), days.until)
    count = rng.poisson(days.count(aes, first, last) * _A_DAY[people.segment[aes]] * people.pace[aes])
    owner, _ = counted(count.astype(np.int64))
    ae = aes[owner]
    day = days.pick(ae, first[owner], last[owner], rng.random(len(ae)))
    part = rng.random(len(ae))
    kept = chance(rng, len(ae), intensity(plan, people, ae, day))
    ae, day, part = ae[kept], day[kept], part[kept]
    order = np.lexsort((ae, part, day))
    return ae[order], day[order], part[order]


def _outcomes(rng: np.random.Generator, plan: Plant, days: Days, ae: Ints, segment: Ints, born: Floats) -> tuple[Bools, Ints]:
    """(won, last open stage): a lost deal ends in any stage, a won one in the last; some never end (last stage, not won, see
    LATE)."""
    people = days.people
    odds = _WIN[segment] * np.where(segment == plan.weak_segment, Plant.WEAK, 1.0)
    skill = np.minimum(people.win[ae] * (0.5 + 0.5 * ramp(people, ae, np.floor(born).astype(np.int64))), 1.8)
    won = chance(rng, len(ae), np.minimum(odds * skill, 0.9))
    return won, np.where(won, OPEN_STAGES - 1, choose(rng, len(ae), (0.22, 0.3, 0.22, 0.16, 0.1)))


def _stage_moves(
    rng: np.random.Generator, plan: Plant, days: Days, ae: Ints, segment: Ints, born: Floats, first: Ints
) -> tuple[Ints, Floats, Ints]:
    """(deal, time in days, stage entered) of every move planned, unsorted: forward, skipping, back and forth, closing,
    reopening."""
    n = len(ae)
    deal = np.arange(n, dtype=np.int64)
    won, last = _outcomes(rng, plan, days, ae, segment, born)
    last = np.maximum(last, first)
    rows: list[tuple[Ints, Floats, Ints]] = []
    now = born + 0.02
    for stage in range(OPEN_STAGES):
        visited = (stage >= first) & (stage <= last) & ((stage == first) | (stage == last) | ~chance(rng, n, 0.09))
        entered = visited & (stage > first)
        rows.append((deal[entered], now[entered], np.full(int(entered.sum()), stage, dtype=np.int64)))
        slow = plan.after(ae, np.floor(now).astype(np.int64), plan.stuck, Plant.STUCK)
        stay = np.where(visited, skewed(rng, _STAGE_DAYS[segment] * slow, 0.7) + 0.05, 0.0)
        rows += _back_and_forth(rng, deal, now, stay, visited & (stage > first), stage)
        now = now + stay
    never = chance(rng, n, 0.03)
    now = np.where(never, LATE, np.where(won & chance(rng, n, 0.35), _month_end(rng, now), now))
    rows.append((deal, now, np.where(won, WON, LOST)))
    rows += _reopened(rng, segment, won, now)
    return tuple(np.concatenate(column) for column in zip(*rows, strict=True))  # type: ignore[return-value]


def _back_and_forth(
    rng: np.random.Generator, deal: Ints, now: Floats, stay: Floats, visited: Bools, stage: int
) -> list[tuple[Ints, Floats, Ints]]:
    """A few deals fall back a stage in the middle of their stay, and return."""
    back = visited & chance(rng, len(deal), 0.05)
    if not back.any():
        return []
    some = np.full(int(back.sum()), stage, dtype=np.int64)
    return [(deal[back], now[back] + 0.4 * stay[back], some - 1), (deal[back], now[back] + 0.7 * stay[back], some)]


def _month_end(rng: np.random.Generator, now: Floats) -> Floats:
    """A moment in the last four days of the month."""
    low, high = int(now.min()), int(min(now.max(), LATE - 400)) + 40
    ends = []
    for day in range(low, high + 1):
        this = as_date(day)
        ends.append(epoch_day(this.replace(year=this.year + this.month // 12, month=this.month % 12 + 1, day=1)))
    end = np.array(ends, dtype=np.float64)[np.clip(np.floor(now).astype(np.int64) - low, 0, len(ends) - 1)]
    return np.maximum(now, end - 4 * rng.random(len(now)))


def _reopened(rng: np.random.Generator, segment: Ints, won: Bools, closed: Floats) -> list[tuple[Ints, Floats, Ints]]:
    """Some deals open again weeks after their end and close once more; a few of them twice."""
    rows: list[tuple[Ints, Floats, Ints]] = []
    again = np.flatnonzero(chance(rng, len(won), np.where(won, 0.012, 0.045))).astype(np.int64)
    at = closed[again]
    for _ in range(2):
        reopened = at + rng.uniform(10, 60, len(again))
        at = reopened + skewed(rng, _STAGE_DAYS[segment[again]], 0.6) + 1
        rows.append((again, reopened, rng.integers(2, OPEN_STAGES, len(again))))
        rows.append((again, at, np.where(chance(rng, len(again), 0.4), WON, LOST)))
        kept = chance(rng, len(again), 0.15)
        again, at = again[kept], at[kept]
    return rows


def _timed(days: Days, ae: Ints, created: Ints, first: Ints, planned: tuple[Ints, Floats, Ints]) -> Moves:
    """The moves in order, put into the working hours of who owns the deal then, each later than the one before, up to the end."""
    deal, time, stage = planned
    kept = time < days.until
    deal, time, stage = deal[kept], time[kept], stage[kept]
    order = np.lexsort((time, deal))
    deal, time, stage = deal[order], time[order], stage[order]
    day = np.floor(time).astype(np.int64)
    who = _worker(days, ae[deal], day)
    at = np.maximum(days.instant(who, days.next(who, day), time - day), created[deal] + 60)
    at = _rising(deal, at)
    kept = at < days.until * DAY_SECONDS
    deal, at, stage, who = deal[kept], at[kept], stage[kept], who[kept]
    old = _before(deal, stage, first)
    moved = old != stage
    return Moves(deal[moved], at[moved], old[moved], stage[moved], who[moved])


def _worker(days: Days, person: Ints, day: Ints) -> Ints:
    """The person, or the heir from the day on which the person is gone."""
    return np.where(day >= days.people.left[person], days.people.heir[person], person)


def _rising(deal: Ints, at: Ints) -> Ints:
    """Times made to rise within each deal (rows sorted by deal): at least 61 seconds after the one before."""
    base = deal << 34
    step = np.arange(len(deal), dtype=np.int64) * 61
    return np.maximum.accumulate(base + at - step) + step - base if len(deal) else at


def _before(deal: Ints, new: Ints, first: Ints) -> Ints:
    """The value before each change: that of the row above within the deal, else the first one."""
    if not len(deal):
        return new
    above = np.concatenate((new[:1], new[:-1]))
    same = np.concatenate((np.zeros(1, dtype=np.bool_), deal[1:] == deal[:-1]))
    return np.where(same, above, first[deal])


def _owner_moves(
    rng: np.random.Generator, days: Days, ae: Ints, first_owner: Ints, created: Ints, first_stage: Ints, stages: Moves
) -> Moves:
    """From SDR to AE when accepted, to a colleague now and then, to the heir when the AE leaves (a bulk change by the
    manager)."""
    people, n = days.people, len(ae)
    deal = np.arange(n, dtype=np.int64)
    closed = _now(first_stage, stages)[1]
    accepted = _accepted(created, first_stage, stages)
    over = np.where(closed < 0, days.until * DAY_SECONDS, closed)
    handed = (first_owner != ae) & (accepted >= 0)
    leaving = days.instant(ae, days.next(ae, people.left[ae] - 5), np.full(n, 0.95))
    bulk = (
        (people.left[ae] < NEVER)
        & (created < leaving)
        & (over > leaving)
        & ((first_owner == ae) | (handed & (accepted < leaving)))
    )
    mates = people.of(AE)
    mate = mates[below(rng, np.full(n, len(mates)))]
    at = created + np.floor((over - created) * rng.uniform(0.3, 0.9, n)).astype(np.int64)
    at_day = at // DAY_SECONDS
    moved = (
        chance(rng, n, 0.03) & (mate != ae) & (people.left[mate] == NEVER) & (people.hired[mate] < at_day) & (first_owner == ae)
    )
    moved &= (people.left[ae] == NEVER) & (at_day < people.left[mate])
    at = np.minimum(days.working(mate, at, rng.random(n)), over - 300)
    rows = [
        (deal[handed], accepted[handed] + 7, ae[handed], first_owner[handed]),
        (deal[bulk], leaving[bulk] + deal[bulk] % 900, people.heir[ae][bulk], people.manager[ae][bulk]),
        (deal[moved], at[moved], mate[moved], people.manager[ae][moved]),
    ]
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    deals, at, new, by = (column[order] for column in columns)
    kept = (at < days.until * DAY_SECONDS) & (at > created[deals])
    deals, at, new, by = deals[kept], at[kept], new[kept], by[kept]
    return Moves(deals, at, _before(deals, new, first_owner), new, by)


def _latest(first: Ints, moves: Moves) -> Ints:
    """The present value of each deal."""
    now = first.copy()
    now[moves.deal] = moves.new  # the last row of a deal wins: rows are in order of time
    return now


def _now(first: Ints, stages: Moves) -> tuple[Ints, Ints]:
    """(stage, closed at or -1) at the end."""
    stage = _latest(first, stages)
    at = np.full(len(first), -1, dtype=np.int64)
    at[stages.deal] = stages.at
    return stage, np.where(stage >= WON, at, -1)


def _accepted(created: Ints, first: Ints, stages: Moves) -> Ints:
    """When each deal first stood at the accepted stage or one after it, -1: not yet."""
    at = np.where(first >= 1, created, -1)
    rows = np.flatnonzero((stages.new >= 1) & (stages.new <= WON))[::-1]
    first_at = np.full(len(first), -1, dtype=np.int64)
    first_at[stages.deal[rows]] = stages.at[rows]
    return np.where(at >= 0, at, first_at)


@dataclass(frozen=True)
class Spells:
    """Who worked on which deal in ``start <= day < end`` (days), open and owned; ``end`` is ``NEVER`` while it lasts."""

    deal: Ints
    person: Ints
    start: Ints
    end: Ints


def spells(deals: Deals) -> Spells:
    """Ownerships of open deals, each up to the next owner or the (last) close."""
    deal = np.concatenate((np.arange(len(deals), dtype=np.int64), deals.owners.deal))
    at = np.concatenate((deals.created, deals.owners.at))
    person = np.concatenate((deals.first_owner, deals.owners.new))
    order = np.lexsort((at, deal))
    deal, at, person = deal[order], at[order], person[order]
    following = np.full(len(deal), NEVER * DAY_SECONDS, dtype=np.int64)
    same = np.flatnonzero(deal[1:] == deal[:-1])
    following[same] = at[same + 1]
    closed = np.where(deals.closed < 0, NEVER * DAY_SECONDS, deals.closed)[deal]
    end = np.minimum(following, closed)
    kept = end > at
    return Spells(
        deal[kept], person[kept], at[kept] // DAY_SECONDS, np.maximum(end[kept] // DAY_SECONDS, at[kept] // DAY_SECONDS + 1)
    )
