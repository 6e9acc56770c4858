"""Goals, forecasts, costs and exchange rates."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .clock import DAY_SECONDS, as_date, epoch_day
from .deals import WON
from .draw import Ints, stream
from .people import AE, CURRENCIES, MANAGER, SDR, SEGMENTS
from .tables import at_index, numbered, table, words
from .truths import ramp
from .world import World

_QUOTA = np.array([90_000, 240_000, 560_000])  # a quarter's revenue in whole units, by segment
_SALARY = {AE: 900_000, SDR: 520_000, MANAGER: 1_200_000}  # cents a month
_RATES = {"EUR": 1.08, "GBP": 1.26}


def months(first: int, until: int) -> list[int]:
    """The first days of the months from the one of ``first`` up to ``until``, and the one after them."""
    day, out = as_date(first).replace(day=1), []
    while epoch_day(day) < until:
        out.append(epoch_day(day))
        day = _next_month(day)
    return [*out, epoch_day(day)]


def _next_month(day: date) -> date:
    return (day + timedelta(days=32)).replace(day=1)


def quarters(first: int, until: int) -> list[int]:
    """The first days of the calendar quarters likewise."""
    start = as_date(first)
    whole = months(epoch_day(start.replace(month=(start.month - 1) // 3 * 3 + 1, day=1)), until + 92)
    every = [day for day in whole if as_date(day).month % 3 == 1]
    return every[: next(place for place, day in enumerate(every) if day >= until) + 1]


def money_tables(world: World) -> dict[str, pa.Table]:
    """Every record table about aims and money."""
    return {"goal": _goals(world), "forecast_call": _forecasts(world), "cost": _costs(world), "exchange_rate": _rates(world)}


def _grid(world: World, role: int, edges: list[int]) -> tuple[Ints, Ints, Ints]:
    """(person, from, until) of everybody in the role in every range in which they are employed."""
    everyone = world.people.of(role)
    person = np.repeat(everyone, len(edges) - 1)
    start = np.tile(np.array(edges[:-1], dtype=np.int64), len(everyone))
    end = np.tile(np.array(edges[1:], dtype=np.int64), len(everyone))
    kept = (world.people.hired[person] < end) & (world.people.left[person] > start)
    return person[kept], start[kept], end[kept]


def _goals(world: World) -> pa.Table:
    """A quarter's revenue for each AE (lower while ramping), pipeline for each SDR, held meetings for each AE, revenue for
    each team."""
    people, edges = world.people, quarters(world.days.first, world.days.until)
    ae, ae_from, ae_until = _grid(world, AE, edges)
    sdr, sdr_from, sdr_until = _grid(world, SDR, edges)
    quota = np.round(_QUOTA[people.segment[ae]] * ramp(people, ae, (ae_from + ae_until) // 2), -3)
    team = np.repeat(np.arange(len(people.of(MANAGER)), dtype=np.int64), len(edges) - 1)
    team_from = np.tile(np.array(edges[:-1], dtype=np.int64), len(people.of(MANAGER)))
    team_until = np.tile(np.array(edges[1:], dtype=np.int64), len(people.of(MANAGER)))
    team_quota = np.array([quota[(people.team[ae] == t) & (ae_from == f)].sum() for t, f in zip(team, team_from, strict=True)])
    who = np.concatenate((ae, sdr, ae, np.full(len(team), -1, dtype=np.int64)))
    metric = np.repeat(np.arange(4), [len(ae), len(sdr), len(ae), len(team)]).astype(np.int64)
    money = metric != 2
    teams = np.concatenate((np.full(len(who) - len(team), -1, dtype=np.int64), team))
    return table(
        "goal",
        {
            "id": numbered("goal", len(who), 5),
            "rep_id": at_index(world.rep_ids, who),
            "team": pc.binary_join_element_wise("Team", pa.array(teams + 1, mask=teams < 0).cast(pa.string()), " "),
            "metric": words(("revenue", "pipeline_generated", "meetings_held", "revenue"), metric),
            "from_day": np.concatenate((ae_from, sdr_from, ae_from, team_from)),
            "until_day": np.concatenate((ae_until, sdr_until, ae_until, team_until)),
            "target": np.concatenate((quota, np.full(len(sdr), 600_000.0), np.full(len(ae), 60.0), team_quota)),
            "currency": words(("USD",), np.where(money, 0, -1)),
        },
    )


def _forecasts(world: World) -> pa.Table:
    """What each AE says on the first of each month will close in the quarter: what will, and what they believe beside it."""
    rng, people, deals = stream(world.seed, "forecasts"), world.people, world.deals
    edges = quarters(world.days.first, world.days.until)
    ae, start, end = _grid(world, AE, edges)
    ae, start, end = (np.repeat(column, 3) for column in (ae, start, end))
    said = start + np.tile(np.array([2, 31, 62]), len(ae) // 3)
    kept = (said >= np.maximum(people.hired[ae], world.days.first)) & (said < people.left[ae]) & (said < world.days.until)
    ae, start, end, said = ae[kept], start[kept], end[kept], said[kept]
    won = np.zeros((len(people), len(edges)), dtype=np.float64)
    closed = np.flatnonzero(deals.stage == WON)
    slot = np.searchsorted(np.array(edges), deals.closed[closed] // DAY_SECONDS, side="right") - 1
    np.add.at(won, (deals.owner[closed], slot), deals.value[closed])
    typical = _QUOTA[people.segment[ae]] * 100 * 0.7
    known = won[ae, np.searchsorted(np.array(edges), start, side="right") - 1]
    known = np.where(end > world.days.until, np.maximum(known, typical), known)
    factors = np.array([[0.95, 0.25], [1.3, 0.3], [2.2, 0.4]])
    category = np.tile(np.arange(3, dtype=np.int64), len(ae))
    ae, start, end, said, known, typical = (np.repeat(column, 3) for column in (ae, start, end, said, known, typical))
    amount = (known * 0.85 + typical * 0.15) * factors[category, 0] * np.exp(rng.normal(0, 1, len(ae)) * factors[category, 1])
    return table(
        "forecast_call",
        {
            "id": numbered("forecast", len(ae)),
            "rep_id": at_index(world.rep_ids, ae),
            "from_day": start,
            "until_day": end,
            "category": words(("commit", "best_case", "pipeline"), category),
            "amount_cents": np.round(amount, -4).astype(np.int64),
            "currency": words(CURRENCIES, people.currency[ae]),
            "submitted_at": world.days.instant(ae, said, rng.random(len(ae))),
        },
    ).filter(pa.array(world.days.instant(ae, said, np.ones(len(ae))) < world.days.until * DAY_SECONDS))


def _costs(world: World) -> pa.Table:
    """Monthly salaries by rep, advertising by segment, tools for all."""
    rng, edges = stream(world.seed, "costs"), months(world.days.first, world.days.until)
    starts, ends = np.array(edges[:-1], dtype=np.int64), np.array(edges[1:], dtype=np.int64)
    people = [_grid(world, role, edges) for role in (AE, SDR, MANAGER)]
    paid = np.concatenate([np.full(len(rows[0]), salary) for rows, salary in zip(people, _SALARY.values(), strict=True)])
    who, start, end = (np.concatenate([rows[place] for rows in people]) for place in range(3))
    n, count = len(SEGMENTS), len(starts)
    adverts = rng.integers(400_000, 900_000, n * count) * max(1, len(world.people) // 12)
    tools = np.full(count, 15_000 * len(world.people), dtype=np.int64)
    kind = np.repeat(np.arange(3), [len(who), n * count, count]).astype(np.int64)
    segment = np.concatenate((np.full(len(who), -1), np.repeat(np.arange(n), count), np.full(count, -1))).astype(np.int64)
    person = np.concatenate((who, np.full((n + 1) * count, -1, dtype=np.int64)))
    return table(
        "cost",
        {
            "id": numbered("cost", len(kind)),
            "from_day": np.concatenate((start, np.tile(starts, n + 1))),
            "until_day": np.concatenate((end, np.tile(ends, n + 1))),
            "amount_cents": np.concatenate((paid, adverts, tools)),
            "currency": _dollars(len(kind)),
            "kind": words(("salaries", "advertising", "tools"), kind),
            "segment": words(SEGMENTS, segment),
            "rep_id": at_index(world.rep_ids, person),
        },
    )


def _dollars(n: int) -> pa.Array:
    """The company's currency, told on every third row (empty means the same)."""
    return words(("USD",), np.where(np.arange(n, dtype=np.int64) % 3 == 0, 0, -1))


def _rates(world: World) -> pa.Table:
    """Monthly rates from a year before, a random walk."""
    rng, starts = stream(world.seed, "rates"), months(world.days.first - 370, world.days.until)[:-1]
    names, days, rates = [], [], []
    for name, rate in _RATES.items():
        walk = rate * np.exp(np.cumsum(rng.normal(0, 0.012, len(starts))))
        names += [name] * len(starts)
        days += starts
        rates += np.round(walk, 4).tolist()
    return table(
        "exchange_rate",
        {"id": numbered("rate", len(names), 4), "currency": pa.array(names), "from_day": pa.array(days), "rate": pa.array(rates)},
    )
