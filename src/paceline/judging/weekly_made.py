"""What the number of a change is made of: whose weeks were counted, with what each; they add up to the card's number.

made_of(weeks, level, name, slug, since, until) → MadeOf. A week isn't counted where not all of it is known, where nobody worked,
where somebody had another role; so a change's number isn't always the metric's over the same days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from paceline.judging.forecast_lines import REP, TEAM
from paceline.judging.signals_metrics import Judged
from paceline.judging.weekly import Truths, Weeks, as_one, by_team


@dataclass(frozen=True)
class Part:
    """A person's week. ``top``: what was counted, or the numerator (money in whole units); ``bottom``: the denominator, None of
    counts. ``counted``: whether it is in the change's number."""

    rep: str
    monday: date
    top: float
    bottom: float | None
    counted: bool


@dataclass(frozen=True)
class MadeOf:
    """The weeks behind a change, the latest first."""

    metric: Judged
    parts: tuple[Part, ...]

    @property
    def top(self) -> float:
        """The sum of what was counted, or of the numerators."""
        return sum(part.top for part in self.parts if part.counted)

    @property
    def bottom(self) -> float | None:
        """The sum of the denominators; None of counts."""
        if self.metric.denominator is None:
            return None
        return sum(part.bottom or 0.0 for part in self.parts if part.counted)

    @property
    def value(self) -> float | None:
        """The change's number; None where nothing was counted."""
        if self.bottom is None:
            return self.top
        return self.top / self.bottom if self.bottom else None


def made_of(weeks: Weeks, level: str, name: str, slug: str, since: date, until: date) -> MadeOf:
    """The weeks from the Monday ``since`` to that of ``until`` of a rep, a team or the company. ``weeks``: the company's people.

    ValueError for a metric that isn't in the weeks.
    """
    metric = next((one for one in weeks.metrics if one.slug == slug), None)
    if metric is None:
        raise ValueError(f"no week of {slug}")
    place, subject = weeks.metrics.index(metric), _subject(weeks, level)
    if name not in subject.reps:
        return MadeOf(metric, ())
    row = subject.reps.index(name)
    told = np.isfinite(subject.top[row, place]) & (np.nan_to_num(subject.bottom[row, place]) > 0)
    member = _members(weeks, level, name) & np.isfinite(weeks.days)
    parts = []
    for week in reversed(range(len(weeks.mondays))):
        if since <= weeks.mondays[week] <= until:
            parts += [_part(weeks, int(who), place, week, bool(told[week])) for who in np.flatnonzero(member[:, week])]
    return MadeOf(metric, tuple(part for part in parts if part is not None))


def _subject(weeks: Weeks, level: str) -> Weeks:
    return weeks if level == REP else by_team(weeks) if level == TEAM else as_one(weeks)


def _members(weeks: Weeks, level: str, name: str) -> Truths:
    """Whose weeks are the subject's, reps × weeks."""
    if level == REP:
        return np.broadcast_to(np.array([rep == name for rep in weeks.reps])[:, None], weeks.days.shape)
    return weeks.team == name if level == TEAM else np.ones(weeks.days.shape, np.bool_)


def _part(weeks: Weeks, who: int, place: int, week: int, told: bool) -> Part | None:
    """A person's week; None where the metric isn't known of it at all."""
    top, bottom = float(weeks.top[who, place, week]), float(weeks.bottom[who, place, week])
    if not np.isfinite(top):
        return None
    denominator = None if weeks.metrics[place].denominator is None else bottom
    return Part(weeks.reps[who], weeks.mondays[week], top, denominator, told)
