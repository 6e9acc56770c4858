"""The records of people: reps, what they were from when to when, absences, holidays, connections."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .clock import as_date, epoch_day
from .draw import NEVER, chance, stream
from .holidays import CALENDARS, holidays
from .people import AE, KINDS, MANAGER, ROLES, SEGMENTS, TERRITORIES, ZONES
from .tables import at_index, null_unless, numbered, table, where, words
from .world import World


def people_tables(world: World) -> dict[str, pa.Table]:
    """Every record table about people."""
    people, n = world.people, len(world.people)
    rng = stream(world.seed, "people records")
    rep = table(
        "rep",
        {
            "id": world.rep_ids,
            "name": world.rep_names,
            "email": at_index(world.addresses, world.first_rep + np.arange(n, dtype=np.int64)),
            "time_zone": words(ZONES, people.zone),
            "hired_day": people.hired,
            "left_day": where(people.left, people.left < NEVER),
            "holiday_calendar": words(CALENDARS, people.calendar),
        },
    )
    return {
        "rep": rep,
        "rep_role": _roles(world, rng),
        "absence": _absences(world),
        "holiday": _holidays(world),
        "connection": _connections(world),
    }


def _roles(world: World, rng: np.random.Generator) -> pa.Table:
    """One row a person; two where somebody changed team, manager or territory on the way (one seller in eight, at least one
    AE)."""
    people, days, n = world.people, world.days, len(world.people)
    at = days.first + ((days.until - days.first) * rng.uniform(0.3, 0.7, n)).astype(np.int64)
    moves = (people.role != MANAGER) & (people.hired < days.first) & (people.left > at) & chance(rng, n, 0.12)
    if not moves.any():
        moves[rng.choice(np.flatnonzero((people.role == AE) & (people.hired < days.first) & (people.left == NEVER)))] = True
    managers = people.of(MANAGER)
    earlier_team = np.where(moves, (people.team + 1) % len(managers), people.team)
    who = np.concatenate((np.arange(n, dtype=np.int64), np.flatnonzero(moves)))
    before = np.arange(len(who)) >= n
    start = np.where(before | ~moves[who], people.hired[who], at[who])
    end = np.where(before, at[who], people.left[who])
    team = np.where(before, earlier_team[who], people.team[who])
    order = np.lexsort((start, who))
    who, start, end, team, before = who[order], start[order], end[order], team[order], before[order]
    boss = np.where(before, managers[team], people.manager[who])
    usual = chance(rng, len(who), 0.4) & (people.work_start[who] == 540)
    return table(
        "rep_role",
        {
            "id": numbered("role", len(who), 4),
            "rep_id": at_index(world.rep_ids, who),
            "from_day": start,
            "until_day": where(end, end < NEVER),
            "role": words(ROLES, people.role[who]),
            "segment": words(SEGMENTS, people.segment[who]),
            "team": pc.binary_join_element_wise("Team", pa.array(team + 1).cast(pa.string()), " "),
            "manager_id": at_index(world.rep_ids, boss),
            "territory": words(TERRITORIES, people.territory[who]),
            "work_days": null_unless(pa.array(["12345"] * len(who)), ~usual),
            "work_start_minute": where(people.work_start[who], ~usual),
            "work_end_minute": where(people.work_end[who], ~usual),
        },
    )


def _absences(world: World) -> pa.Table:
    rows = world.days.absences
    who, start, end = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(3))
    return table(
        "absence",
        {
            "id": numbered("absence", len(rows), 5),
            "rep_id": at_index(world.rep_ids, who),
            "from_day": start,
            "until_day": end,
            "kind": pa.array([row[3] for row in rows], pa.string()),
        },
    )


def _holidays(world: World) -> pa.Table:
    """All calendars, from the year before the first simulated one to the year after the last."""
    years = range(as_date(world.days.first).year - 1, as_date(world.days.until).year + 2)
    rows: list[tuple[str, date, str]] = [(name, *one) for name in CALENDARS for year in years for one in holidays(name, year)]
    return table(
        "holiday",
        {
            "id": numbered("holiday", len(rows), 4),
            "calendar": pa.array([row[0] for row in rows]),
            "day": np.array([epoch_day(row[1]) for row in rows], dtype=np.int64),
            "name": pa.array([row[2] for row in rows]),
        },
    )


def _connections(world: World) -> pa.Table:
    since = world.people.connected
    who, kind = np.nonzero((since < NEVER) & (since < world.people.left[:, None]) & (since < world.days.until))
    left = world.people.left[who]
    return table(
        "connection",
        {
            "id": numbered("connection", len(who), 5),
            "rep_id": at_index(world.rep_ids, who.astype(np.int64)),
            "kind": words(KINDS, kind.astype(np.int64)),
            "from_day": since[who, kind],
            "until_day": where(left, left < NEVER),
        },
    )
