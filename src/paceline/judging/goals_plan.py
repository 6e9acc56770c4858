"""Planning backwards from a goal: how many opportunities, and how many meetings a week, at the present rates of a person or
team.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from paceline.insight.goals_plan import FEWEST_DEALS, OPPORTUNITIES, Plan, Rates, plan
from paceline.judging.forecast import foresee
from paceline.judging.forecast_deals import DealLine
from paceline.judging.goals_calendar import calendar
from paceline.judging.goals_set import GoalError
from paceline.judging.pipeline import Pipeline, first_unknown_day, read_pipeline
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, from_epoch_day
from paceline.sales.scope import Scope
from paceline.saying.said import Said, joined, noted, say
from paceline.saying.values import Day, Number

Floats = npt.NDArray[np.float64]

METRICS = ("revenue", "sales_volume", "pipeline_generated")
PAST_DAYS = 365  # in which deals were closed, or begun, that say what present rates are
_DRAWS = 1000


@dataclass(frozen=True)
class Backwards:
    """A plan for a scope. ``rates_of``: whose rates they are (one's own, the role's, the company's, where the own are too
    few).
    """

    metric: str
    period: Period
    name: str
    target: float
    so_far: float
    open_deals: int
    rates: Rates
    rates_of: Said
    plan: Plan


def plan_back(store: Store, metric: str, target: float, period: Period, scope: Scope, *, as_of: date | None = None) -> Backwards:
    """What reaching the target takes from now on. ``target`` in the metric's unit.

    GoalError for another metric than revenue, sales_volume and pipeline_generated, a target of 0 or less, a period not begun.
    """
    if metric not in METRICS:
        raise GoalError(say("plans go back from {metrics}, not from {metric}", metrics=", ".join(METRICS), metric=metric))
    if not target > 0:
        raise GoalError(say("a goal is above 0, not {target}", target=Number(target, ",.10g")))
    now, view = first_unknown_day(store, as_of), store.view(as_of)
    if period.first_day >= now:
        not_begun = noted("{period} hasn't begun on {day}: recommend a goal for it instead")
        raise GoalError(say(not_begun, period=period.told, day=Day(view.day)))
    read = read_pipeline(store, as_of)
    members = {s.rep_id for s in view.members(scope) if s.from_day < period.until_day and s.until_day > period.first_day}
    reading = ask(store, metric, scope, period, as_of=as_of, mean_of_reps=False).only()
    rng = np.random.default_rng([now, period.first_day, period.until_day])
    rates, whose = _rates(store, metric, read, members, scope, now, as_of)
    ahead, open_deals = np.zeros(0), 0
    if metric != "pipeline_generated" and now < period.until_day:
        deals = foresee(store, metric, period, scope, as_of=as_of, pipeline=read).deals
        alive = [deal for deal in deals if not deal.stale and (scope.is_company or deal.rep_id in members)]
        ahead, open_deals = _open_draws(alive, metric, rng), len(alive)
    days = calendar(store, period.first, period.until, as_of)
    left = max(now - period.first_day, 0)
    weeks = sum(float(days.own(rep, period)[left:].sum()) for rep in members if rep in days.work.reps) / 5
    people = max(sum(bool(days.own(rep, period)[left:].any()) for rep in members), 1)
    found = plan(
        target, reading.value or 0.0, ahead, rates, max(period.until_day - now, 0), weeks / people, rng,
        say("sourced opportunities") if metric == "pipeline_generated" else OPPORTUNITIES,
        "" if metric == "sales_volume" else store.settings.currency,
    )  # fmt: skip
    return Backwards(metric, period, scope.label, target, reading.value or 0.0, open_deals, rates, whose, found)


def _open_draws(deals: Sequence[DealLine], metric: str, rng: np.random.Generator) -> Floats:
    """(draws,) of what the open deals bring by the end, each won or not by its own chance."""
    if not deals:
        return np.zeros(1)
    chance = np.array([deal.chance for deal in deals])
    worth = np.array([1.0 if metric == "sales_volume" else deal.expected / max(deal.chance, 1e-9) for deal in deals])
    return np.asarray((rng.random((_DRAWS, len(deals))) < chance) @ worth, dtype=np.float64)


def _rates(
    store: Store, metric: str, read: Pipeline, members: set[str], scope: Scope, now: int, as_of: date | None
) -> tuple[Rates, Said]:
    """One's own rates where there are deals enough, else those of the role, else the company's."""
    roles = {s.role for s in store.view(as_of).stints if s.rep_id in members and s.from_day < now <= s.until_day and s.role}
    alike = {s.rep_id for s in store.view(as_of).stints if s.role in roles and s.from_day < now <= s.until_day}
    everybody = {s.rep_id for s in store.view(as_of).stints}
    role = say("the role's ({roles})", roles=joined(sorted(roles), ", ") or say("none"))
    choices = [(members, say("own"), scope), (alike, role, Scope.reps(alike))]
    choices.append((everybody, say("the company's"), Scope.company()))
    for reps, whose, of in choices:
        deals = _deals(metric, read, reps, now)
        if deals.won >= FEWEST_DEALS:
            meetings, begun = _tempo(store, metric, of, deals, now, as_of)
            weekly = None if begun is None or reps is not members else begun * 7 / PAST_DAYS
            return Rates(deals.won, deals.lost, deals.worth, deals.cycles, meetings, weekly), whose
    return Rates(deals.won, deals.lost, deals.worth, deals.cycles), whose


def _deals(metric: str, read: Pipeline, reps: set[str], now: int) -> Rates:
    since = now - PAST_DAYS
    if metric == "pipeline_generated":
        begun = [row for row in read.deals if (row["sourcer_id"] in reps) and since <= row["created_day"] < now]
        sizes = np.array([row["opening_cents"] / 100 for row in begun if (row["opening_cents"] or 0) > 0])
        return Rates(len(sizes), 0, sizes, np.zeros(0))
    closed = [
        row for row in read.deals if row["rep_id"] in reps and row["closed_day"] is not None and since <= row["closed_day"] < now
    ]
    won = [row for row in closed if row["won"]]
    return Rates(len(won), len(closed) - len(won), _worth(metric, won), np.array([_cycle(row) for row in won]))


def _worth(metric: str, won: Sequence[dict[str, Any]]) -> Floats:
    if metric == "sales_volume":
        return np.ones(len(won))
    return np.array([row["amount_cents"] / 100 for row in won if row["amount_cents"] is not None])


def _cycle(row: dict[str, Any]) -> float:
    return float(row["closed_day"] - row["created_day"])


def _tempo(
    store: Store, metric: str, scope: Scope, deals: Rates, now: int, as_of: date | None
) -> tuple[float | None, float | None]:
    """(meetings for each opportunity, opportunities begun): held and became theirs; SDRs: booked and sourced. None: unknown."""
    year = Period.between(from_epoch_day(now - PAST_DAYS), from_epoch_day(now))
    if metric == "pipeline_generated":
        booked = ask(store, "meetings_booked", scope, year, as_of=as_of, mean_of_reps=False).only().value
        return (booked / deals.won if booked and deals.won else None), float(deals.won)
    readings = ask(store, ["meetings_held", "new_opportunities"], scope, year, as_of=as_of, mean_of_reps=False)
    held, begun = (reading.value for reading in readings)
    return (held / begun if held and begun else None), begun
