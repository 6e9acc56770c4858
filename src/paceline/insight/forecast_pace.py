"""At which pace people go, and by how much a stretch of time differs from what their pace before it said.

Weekly amounts by rep are taken over the days worked. Late weeks weigh more, and a rep's pace is shrunk to the peers' by
how much people differ beyond luck. The same estimate made as of earlier weeks, for as long a stretch as is asked for, shows how
far off it was: all at once, by team, and each alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HALF_LIFE = 16.0  # weeks
_LEARN = 8  # weeks that an earlier estimate needs
_COMMON, _TEAM, _OWN = 0.10, 0.05, 0.10  # shocks (standard deviation of the log) believed before any is measured
_BELIEF = 2.0  # how many measured stretches that belief weighs; a rep's own, four of whom make up for one of all
_LEAST, _MOST = 0.03, 0.7  # bounds of a shock
_LOOSEST, _TIGHTEST = 1.0, 250.0  # bounds of the peers' weight, in days
_ATTENDED = 60.0  # days that the usual attendance weighs
_SEEN_TOGETHER = 3  # people from whom on a week's common part is told from each one's own


@dataclass(frozen=True)
class Weeks:
    """(reps, weeks) amounts, days worked and days open for work, the latest week first.

    ``inside``: weeks since the rep's first one.
    """

    amounts: Floats
    days: Floats
    open: Floats
    inside: Bools

    @property
    def known(self) -> Ints:
        """How many weeks each rep has."""
        return np.asarray(self.inside.sum(axis=1), dtype=np.int64)

    def since(self, back: int, reps: Bools) -> Weeks:
        """As it was ``back`` weeks ago, of those reps."""
        return Weeks(self.amounts[reps, back:], self.days[reps, back:], self.open[reps, back:], self.inside[reps, back:])

    def to_come(self, worked: Floats, open_: Floats) -> Floats:
        """(reps, steps) days that each is expected to work of the open ones to come, first to last.

        Who worked nothing in the latest week is away until the first step with work in it; others are away as often as usual.
        """
        last = (self.days[:, 0] <= 0) & (self.open[:, 0] > 0)
        away = np.logical_and.accumulate(worked <= 0, axis=1) & last[:, None]
        return np.where(away, 0.0, open_ * self.attendance()[:, None])

    def attended(self, rng: np.random.Generator, length: int, draws: int) -> Floats:
        """(reps, draws) factors with mean 1 on the days to come: how much was worked in past stretches of ``length`` weeks.

        Anybody's stretches, against the own attendance; what is away for weeks is, too.
        """
        days, open_ = (np.cumsum(table * self.inside, axis=1) for table in (self.days, self.open))
        usual = self.attendance()[:, None]
        parts = [(table[:, length:] - table[:, :-length]) for table in (days, open_ * usual)] if length < days.shape[1] else []
        whole = self.inside[:, length:] if parts else np.zeros((0, 0), dtype=np.bool_)
        ratio = (parts[0] / np.maximum(parts[1], 1e-9))[whole & (parts[1] > 0)] if parts else np.zeros(0)
        if not len(ratio) or not ratio.any():
            return np.ones((len(days), draws))
        return np.asarray(rng.choice(ratio / ratio.mean(), (len(days), draws)), dtype=np.float64)

    def attendance(self) -> Floats:
        """(reps,) share of the open days that each works, shrunk to that of all: what is off for leave and part time."""
        days, open_ = (self.days * self.inside).sum(axis=1), (self.open * self.inside).sum(axis=1)
        usual = float(days.sum() / open_.sum()) if open_.sum() > 0 else 1.0
        return np.asarray((days + _ATTENDED * usual) / (open_ + _ATTENDED), dtype=np.float64)


@dataclass(frozen=True)
class Pace:
    """Gamma posteriors of the amounts a day, (reps,): shape (total + prior × usual) ÷ spread, rate (span + prior) ÷ spread.

    ``spread``: variance ÷ mean of weeks; ``prior``: the peers' weight in days; ``usual``: their amount a day.
    """

    total: Floats
    span: Floats
    spread: float
    prior: float
    usual: float

    @property
    def mean(self) -> Floats:
        """(reps,) posterior means."""
        return np.asarray((self.total + self.prior * self.usual) / (self.span + self.prior), dtype=np.float64)

    @property
    def variance(self) -> Floats:
        """(reps,) posterior variances."""
        return np.asarray(self.spread * self.mean / (self.span + self.prior), dtype=np.float64)

    def draws(self, rng: np.random.Generator, draws: int) -> Floats:
        """(reps, draws) of the amount a day."""
        shape = np.maximum((self.total + self.prior * self.usual) / self.spread, 1e-9)
        drawn = rng.standard_gamma(shape[:, None], (len(shape), draws))
        return np.asarray(drawn * self.spread / (self.span + self.prior)[:, None], dtype=np.float64)


def learn_pace(weeks: Weeks) -> Pace:
    """Each rep's pace as of the latest week, the spread of weeks, and the peers'."""
    amounts, days = weeks.amounts * weeks.inside, weeks.days * weeks.inside
    weight = 0.5 ** (np.arange(amounts.shape[1]) / HALF_LIFE)[None, :]
    total, span = (amounts * weight).sum(axis=1), (days * weight).sum(axis=1)
    usual = float(total.sum() / max(float(span.sum()), 1e-9))
    mean = total / np.maximum(span, 1e-9)
    spread = _spread(amounts, mean[:, None] * days, weeks.inside)
    luck = spread * usual * (days * weight**2).sum(axis=1) / np.maximum(span, 1e-9)
    reach = float(((mean - usual) ** 2 * span - luck).sum()) / max(float(span.sum()), 1e-9)
    prior = float(np.clip(spread * usual / reach, _LOOSEST, _TIGHTEST)) if reach > 0 else _TIGHTEST
    return Pace(total, span, spread, prior, usual)


def _spread(amounts: Floats, expected: Floats, inside: Bools) -> float:
    """Variance ÷ mean of weeks around each rep's pace, what a week did to all of them taken out; at least 1."""
    whole = expected.sum(axis=0)
    many = (inside.sum(axis=0) >= _SEEN_TOGETHER) & (whole > 0)
    common = np.where(many, amounts.sum(axis=0) / np.where(many, whole, 1.0), 1.0)
    expected = expected * common[None, :]
    free = np.where(many[None, :], 1 - expected / np.maximum(expected.sum(axis=0), 1e-9)[None, :], 1.0)
    due = float((expected * free).sum())
    return max(1.0, float(((amounts - expected) ** 2 * inside).sum()) / due) if due > 0 else 1.0


@dataclass(frozen=True)
class Shocks:
    """By how much a stretch of time differs from the pace before it, beyond luck: standard deviations of the log.

    Of all at once, of a team on top of that, of each rep on top of both.
    """

    common: float
    team: float
    own: float


def measure_shocks(weeks: Weeks, team_of_rep: Ints, length: int, pace: Pace) -> Shocks:
    """Measured on earlier stretches of ``length`` weeks, shrunk to what is believed before: the fewer stretches, the more."""
    step = max(1, length // 2)
    known = weeks.known
    seen = _Seen([], [], [], 0)
    for back in range(length, int(known.max(initial=0)) - _LEARN + 1, step):
        seen = seen.and_of(weeks, known >= back + _LEARN, back, length, team_of_rep, pace)
    overlap = length / step if len(seen.common) > 1 else 1.0
    squares = sum(square for _, square in seen.own)
    own = sum(off for off, _ in seen.own) / squares if squares > 0 else 0.0
    return Shocks(
        _believed(_COMMON, _BELIEF, float(np.sum(seen.common)) / overlap, len(seen.common) / overlap),
        _believed(_TEAM, _BELIEF, float(np.sum(seen.team)) / overlap, len(seen.team) / overlap),
        _believed(_OWN, 4 * _BELIEF, own * seen.reps / overlap, seen.reps / overlap),
    )


def _believed(before: float, belief: float, measured: float, n: float) -> float:
    """A standard deviation from the sum of ``n`` measured variances and the one believed before."""
    return float(np.clip(np.sqrt(max((belief * before**2 + measured) / (belief + n), 0.0)), _LEAST, _MOST))


@dataclass(frozen=True)
class _Seen:
    """What stretches were off by, squared, less what luck and the uncertain pace explain: of all, of teams; of each stretch's
    reps the sums of that and of due²."""

    common: list[float]
    team: list[float]
    own: list[tuple[float, float]]
    reps: int

    def and_of(self, weeks: Weeks, some: Bools, back: int, length: int, team_of_rep: Ints, pace: Pace) -> _Seen:
        """With the stretch that began ``back`` weeks ago."""
        late = weeks.since(back, some)
        before = learn_pace(late)
        then = Pace(before.total, before.span, pace.spread, pace.prior, before.usual)
        stretch = slice(back - length, back)
        worked, open_ = (table[some, stretch][:, ::-1] for table in (weeks.days, weeks.open))
        days, got = late.to_come(worked, open_).sum(axis=1), weeks.amounts[some, stretch].sum(axis=1)
        due, unsure = then.mean * days, then.variance * days**2
        if due.sum() <= 0:
            return self
        whole = _off(got, due, unsure, pace.spread)
        all_at_once = float(got.sum() / due.sum())
        due, unsure = due * all_at_once, unsure * all_at_once**2
        teams = [team_of_rep[some] == team for team in np.unique(team_of_rep[some])] if len(due) > 1 else []
        apart = [_off(got[who], due[who], unsure[who], pace.spread) for who in teams
                 if 1 < who.sum() < len(due) and due[who].sum() > 3 * pace.spread]  # fmt: skip
        there = then.mean * worked.sum(axis=1)  # absences are drawn on their own: they are no change of pace
        due = there * (got.sum() / max(float(there.sum()), 1e-9))
        own = float(((got - due) ** 2 - pace.spread * due - unsure).sum()), float((due**2).sum())
        return _Seen([*self.common, whole], [*self.team, *apart], [*self.own, own], self.reps + len(due))


def _off(got: Floats, due: Floats, unsure: Floats, spread: float) -> float:
    """The squared log ratio of sums, less the part of it that luck and the uncertain pace explain."""
    came, expected = float(got.sum()), float(due.sum())
    ratio = np.log((came + spread) / (expected + spread))
    return float(ratio**2 - spread / expected - float(unsure.sum()) / expected**2)
