"""What is aimed at in a period: by a rep, a team, the company, or any other people taken together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from paceline.judging.forecast_lines import COMPANY, REP, TEAM
from paceline.judging.people import sellers
from paceline.metrics.store import View
from paceline.sales.periods import Period, epoch_day, from_epoch_day
from paceline.sales.scope import Scope


@dataclass(frozen=True)
class Aims:
    """The targets set for a metric and period, by (level, id) in the metric's unit, and each rep's team.

    ``leading``: who is in a team without selling in it: a team is whole without them.
    """

    targets: Mapping[tuple[str, str], float]
    home: Mapping[str, str | None]
    leading: Collection[str] = frozenset()

    def of(self, level: str, id: str = "") -> float | None:
        """What was set for it; of a team or the company without a goal of its own, what its people aim at together."""
        own = self.targets.get((level, id))
        if own is not None or level == REP:
            return own
        return self.of_people(self._reps() if level == COMPANY else [rep for rep in self._reps() if self.home.get(rep) == id])

    def of_people(self, reps: Collection[str]) -> float | None:
        """What they aim at together: of a team that is wholly among them its own goal where it has one, else each one's."""
        apart = {team for rep, team in self.home.items() if team and rep not in reps and rep not in self.leading}
        whole = {team for rep in reps if (team := self.home.get(rep)) and team not in apart and (TEAM, team) in self.targets}
        if reps and set(reps) >= set(self._reps()):  # of everybody, also that of a team that nobody is in just now
            whole |= {id for level, id in self.targets if level == TEAM}
        found = [self.targets[TEAM, team] for team in sorted(whole)]
        alone = [rep for rep in sorted(reps) if self.home.get(rep) not in whole and (REP, rep) in self.targets]
        found += [self.targets[REP, rep] for rep in alone]
        return sum(found) if found else None

    def of_scope(self, view: View, scope: Scope, period: Period) -> float | None:
        """What the people of a scope aim at: those who are in it on the last day of the period that is known."""
        if scope.is_company:
            return self.of(COMPANY)
        if scope.one_rep is not None:
            return self.of(REP, scope.one_rep)
        if scope.one_team is not None:
            return self.of(TEAM, scope.one_team)
        day = _last_known(view, period)
        return self.of_people({one.rep_id for one in view.members(scope) if one.from_day <= day < one.until_day})

    def _reps(self) -> set[str]:
        return {*self.home, *(id for level, id in self.targets if level == REP)}


def aims(view: View, metric: str, period: Period, money: bool) -> Aims:
    """Of the goals known to the view, each in proportion to its days in the period. ``money``: targets are kept in cents."""
    goal = view.frame.fact("goal")
    goal = goal.filter(goal.metric == metric, goal.from_day < period.until_day, goal.until_day > period.first_day)
    found: dict[tuple[str, str], float] = {}
    for row in view.engine.query(goal.select("rep_id", "team", "from_day", "until_day", "target")).to_pylist():
        if row["target"] is None or row["until_day"] <= row["from_day"]:
            continue
        days = min(row["until_day"], period.until_day) - max(row["from_day"], period.first_day)
        part = row["target"] * days / (row["until_day"] - row["from_day"]) / (100 if money else 1)
        key = (REP, row["rep_id"]) if row["rep_id"] else (TEAM, row["team"]) if row["team"] else (COMPANY, "")
        found[key] = found.get(key, 0.0) + part
    day = _last_known(view, period)
    home = {stint.rep_id: stint.team for stint in view.stints if stint.from_day <= day < stint.until_day}
    selling = {one.rep for one in sellers(view, from_epoch_day(day), Scope.company())}
    return Aims(found, home, home.keys() - selling)


def _last_known(view: View, period: Period) -> int:
    return min(period.until_day - 1, epoch_day(view.day))
