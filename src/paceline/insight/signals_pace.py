"""What a rep's own pace is out of: working time, possible absence, the ramp of a hire, and how the role fared that
week; and how widely weeks spread. All measured on the table itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import convolve1d

from paceline.insight.absence import worked_share
from paceline.insight.signals_ramp import ramp_share
from paceline.insight.signals_table import Weekly
from paceline.stats.dispersion import measured_spread, prior_of
from paceline.stats.scan import Kind, Prior, Spread, variance_parts

Floats = npt.NDArray[np.float64]
FEWEST_PEERS = 3  # other reps of the role needed for a team's week
LASTING = 9  # weeks around one that say what is common to a role for longer than a week


@dataclass(frozen=True)
class Pace:
    """``x``: exposure after all that was allowed for, reps × metrics × weeks. ``team``: the role's week without the
    rep (1: as usual), same shape. ``worked``: reps × weeks, 1 unless possibly absent. ``ramp``: reps × weeks, the
    part of a full pace expected of a hire.
    ``spread``, ``prior``: a value a rep × metric (flat)."""

    x: Floats
    team: Floats
    worked: Floats
    ramp: Floats
    spread: dict[Kind, Spread]
    prior: dict[Kind, Prior]


def measure_pace(weekly: Weekly) -> Pace:
    """Measure what to allow for, in the order in which it can be told: team, absence, team again, ramp, spread."""
    counts = weekly.of_kind(Kind.COUNT)
    is_count = np.isin(np.arange(len(weekly.metrics)), counts)[None, :, None]
    team = _team_weeks(weekly, weekly.x)
    worked = _worked(weekly, team, counts)
    ramp = ramp_share(weekly, np.where(is_count, weekly.x * team * worked[:, None, :], 0), counts)
    allowed = weekly.x * np.where(is_count, (worked * ramp)[:, None, :], 1)
    team = _team_weeks(weekly, allowed)
    x = allowed * team
    spread, prior = {}, {}
    for kind in Kind:
        which = weekly.of_kind(kind)
        y_kind, x_kind = weekly.y[:, which], x[:, which]
        spread[kind] = measured_spread(kind, y_kind, x_kind, weekly.role)
        prior[kind] = prior_of(y_kind, x_kind, weekly.role)
    return Pace(x, team, worked, ramp, spread, prior)


def _levels(y: Floats, x: Floats) -> Floats:
    """Each series' rate over all its weeks, reps × metrics × 1."""
    return np.asarray(y.sum(axis=2) / np.maximum(x.sum(axis=2), 1e-9))[..., None]


def _team_weeks(weekly: Weekly, x: Floats) -> Floats:
    """How each role's week went against its reps' own levels, each rep left out of her own: reps × metrics × weeks, drawn to 1.

    Observed ÷ expected of the others, shrunk by how much of its wobble is more than noise. Levels and weeks depend on
    each other: two rounds.
    """
    team = np.ones_like(x)
    for _ in range(2):
        expected = x * _levels(weekly.y, x * team)
        for role in range(len(weekly.roles)):
            mine = np.flatnonzero(weekly.role == role)
            if len(mine) > FEWEST_PEERS:
                team[mine] = _without_self(weekly.y[mine], expected[mine])
    return team


def _without_self(y: Floats, expected: Floats) -> Floats:
    """What lasts is told from several weeks together, since a single week of rare things is mostly noise; then the week's own."""
    window = np.ones(LASTING)
    many_y, many = (convolve1d(values, window, axis=-1, mode="constant") for values in (y, expected))
    lasting = _shrunk(many_y, many)
    return np.asarray(np.clip(lasting * _shrunk(y, expected * lasting), 0.2, 5.0))


def _shrunk(y: Floats, expected: Floats) -> Floats:
    """Observed ÷ expected of the others, drawn to 1 by the part of its wobble that is noise."""
    others_y, others = y.sum(axis=0) - y, expected.sum(axis=0) - expected
    ratio = np.divide(others_y, others, out=np.ones_like(others), where=others > 0)
    whole = np.divide(y.sum(axis=0), expected.sum(axis=0), out=np.ones(y.shape[1:]), where=expected.sum(axis=0) > 0)
    # Noise of the ratio, from how the reps differ within a week around it.
    noise = ((y - expected * whole) ** 2).sum(axis=0) / np.maximum(expected.sum(axis=0), 1e-9) ** 2
    real = np.maximum(((whole - 1) ** 2 - noise).mean(axis=1, keepdims=True), 0.0)
    return np.asarray(np.clip(1 + (ratio - 1) * (real / np.maximum(real + noise, 1e-12))[None], 0.2, 5.0))


def _worked(weekly: Weekly, team: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    if not len(counts):
        return np.ones(weekly.days.shape)
    y, x = weekly.y[:, counts], (weekly.x * team)[:, counts]
    spread = measured_spread(Kind.COUNT, y, x, weekly.role)
    rate = recent_levels(y, x)
    a, b = variance_parts(Kind.COUNT, rate.reshape(-1, rate.shape[2]), spread)
    variance = a.reshape(rate.shape) * x + b.reshape(rate.shape) * x**2
    return worked_share(y, rate * x, variance)


def recent_levels(y: Floats, x: Floats, weeks: int = 26) -> Floats:
    """Each series' rate over the weeks around (half before, half after): for weeks to be held against, not for judging them."""
    window = np.ones(weeks + 1)
    flat_y, flat_x = (values.reshape(-1, values.shape[2]) for values in (y, x))
    top, bottom = (convolve1d(values, window, axis=1, mode="constant") for values in (flat_y, flat_x))
    return np.asarray((top / np.maximum(bottom, 1e-9)).reshape(y.shape))
