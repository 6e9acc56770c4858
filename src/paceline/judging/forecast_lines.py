"""What a forecast says of one subject: its draws, goal, calls, what one could say without us; and the same as a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.insight.compare import likelihood, share
from paceline.insight.forecast import Outlook
from paceline.insight.winchance import Chance
from paceline.judging.record import CALLS, NO_END, Baselines, Prediction, summary
from paceline.metrics.reading import shown
from paceline.metrics.store import View
from paceline.metrics.vocabulary import Unit
from paceline.sales.periods import Period
from paceline.saying.said import NOTHING, Said, say

Floats = npt.NDArray[np.float64]

COMPANY, TEAM, REP, SCOPE = "company", "team", "rep", "scope"
_PARTS = 500  # draws that are kept of a comparator


@dataclass(frozen=True)
class Call:
    """What a rep said would close: commit, best_case or pipeline; in units of the company's currency, on which epoch second."""

    rep_id: str
    category: str
    amount: float
    at: int


@dataclass(frozen=True)
class ForecastLine:
    """The forecast of a rep, a team, the company or the asked scope. Amounts in the metric's unit (money in whole units).

    ``outlook.so_far`` agrees with the metric's reading, ``outlook.draws`` are of the period's end: chances of any goal come from
    them. ``goal`` None: there is none. ``outlook`` None: there is no forecast, ``none_because`` says why.
    """

    level: str
    id: str
    name: str
    metric: str
    unit: Unit
    currency: str
    outlook: Outlook | None
    none_because: Said | None
    so_far: float | None
    open_deals: int | None
    stale_deals: int | None
    goal: float | None
    calls: tuple[Call, ...]
    baselines: Baselines
    sentence: Said

    @property
    def idle(self) -> bool:
        """Whether it is of a rep of whom nobody expects any of it: nothing so far, no goal, no call, and hardly ever anything."""
        nothing = self.level == REP and not self.so_far and not self.goal and not self.calls
        return nothing and self.outlook is not None and self.outlook.interval[1] == 0

    @property
    def chance(self) -> float | None:
        """Of reaching the goal; None without goal or forecast."""
        return None if self.goal is None or self.outlook is None else self.outlook.chance_of(self.goal)

    @property
    def attainment(self) -> float | None:
        """The middle as a part of the goal."""
        return None if not self.goal or self.outlook is None else self.outlook.middle / self.goal

    def said(self, category: str) -> float | None:
        """What its reps called, added up; None if nobody did."""
        amounts = [call.amount for call in self.calls if call.category == category]
        return sum(amounts) if amounts else None

    @property
    def goal_sentence(self) -> Said:
        """The chance in words: "34 % likely to reach the goal of …"; empty without."""
        if self.outlook is None or not self.goal or self.chance is None or self.attainment is None:
            return NOTHING
        low, high = (end / self.goal for end in self.outlook.interval)
        return say(
            "{likely} likely to reach the goal of {goal}; most likely {middle} of it, 8 in 10 chance of {low} to {high}.",
            likely=likelihood(self.chance), goal=shown(self.goal, self.unit, self.currency), middle=share(self.attainment),
            low=share(low), high=share(high),
        )  # fmt: skip


def predictions(lines: Sequence[ForecastLine], period: Period, as_of_day: int) -> list[Prediction]:
    """What is worth keeping: each company's, team's and rep's distribution, its chance of reaching the goal, each rep's calls.

    A call is kept as it stands on the day of our forecast, so that both are scored as of the same days.
    """
    found = []
    for line in lines:
        if line.level == SCOPE:
            continue
        key = (as_of_day, line.level, line.id, line.metric, period.first_day, period.until_day)
        if line.level == REP:
            found += [Prediction(CALLS[call.category], *key, call.amount) for call in line.calls if call.category in CALLS]
        if line.outlook is None:
            continue
        low, high = line.outlook.interval
        draws = summary(line.outlook.draws)
        found.append(
            Prediction(
                "forecast", *key, line.outlook.middle, low, high, quantiles=draws, baselines=line.baselines, said=line.sentence
            )
        )
        if line.goal is not None and line.chance is not None:
            found.append(Prediction("goal chance", *key, line.chance, target=line.goal, said=line.goal_sentence))
    return found


def deal_predictions(chances: Mapping[str, Chance], as_of_day: int) -> list[Prediction]:
    """The chance of each open deal to be won when it closes, whenever that is."""
    return [
        Prediction("win chance", as_of_day, "deal", name, "win", as_of_day + 1, NO_END, one.chance, said=one.sentence)
        for name, one in chances.items()
    ]


def calls(view: View, period: Period) -> Mapping[str, tuple[Call, ...]]:
    """What reps said of exactly this period, by rep: the latest of each category up to the as-of instant."""
    said = view.frame.fact("forecast")
    said = said.filter(said.from_day == period.first_day, said.until_day == period.until_day, said["at"] <= view.as_of)
    latest: dict[tuple[str, str], Call] = {}
    rows = view.engine.query(said.select("forecast_call_id", "rep_id", "category", "amount_cents", "at")).to_pylist()
    for row in sorted(rows, key=lambda row: (row["at"], row["forecast_call_id"])):
        if row["amount_cents"] is not None:
            call = Call(row["rep_id"], row["category"], row["amount_cents"] / 100, row["at"])
            latest[call.rep_id, call.category] = call
    found: dict[str, list[Call]] = {}
    for (rep, _), call in sorted(latest.items()):
        found.setdefault(rep, []).append(call)
    return {rep: tuple(some) for rep, some in found.items()}


def summed_baselines(average: float, last: float, weighted: float | None, weeks: Floats) -> Baselines:
    """The comparators of a line. ``weeks``: (draws,) of the own weeks resampled."""
    return Baselines(average, last, weighted, summary(weeks[:_PARTS]) if len(weeks) else ())
