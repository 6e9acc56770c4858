"""What a person's rate is, given her own cases and those of her peers: hierarchical models, integrated on a grid.

Rates are beta-binomial, counts gamma-Poisson, means normal. How much peers differ isn't known either: every plausible
answer is weighed by how well it explains all of them, and each person's estimate is the mixture. Plugging in the single
best answer (empirical Bayes) would call peers equal whenever chance makes them look so, with intervals far too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

_MEANS, _SPREADS, _POINTS = 31, 25, 241  # of the grids: the peers' mean, how they differ, a person's own rate
_OWN = 41  # points of one person's own stretch
_WIDEST = 1.5  # twice the prior's scale of the sd of the logarithm (or logit) of rates between peers


@dataclass(frozen=True)
class Posterior:
    """Rates of people on a shared grid: ``points`` (ascending) and ``chance``, people × points, each row adding to 1.

    ``mean``, ``spread``: the peers' own mean and coefficient of variation of true rates, as believed.
    """

    points: Floats
    chance: Floats
    mean: float
    spread: float

    def estimate(self) -> Floats:
        """Each one's expected rate."""
        return np.asarray(self.chance @ self.points)

    def interval(self, level: float = 0.8) -> tuple[Floats, Floats]:
        """Each one's central interval. ValueError unless 0 < level < 1."""
        if not 0 < level < 1:
            raise ValueError(f"a level lies between 0 and 1, not {level}")
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def quantile(self, share: float) -> Floats:
        """Each one's quantile, between grid points in a straight line."""
        below = np.cumsum(self.chance, axis=1) - self.chance / 2
        return np.array([np.interp(share, row, self.points) for row in below])

    def below(self, rate: npt.ArrayLike) -> Floats:
        """Chance that each one's rate lies below a value (one for all, or one each)."""
        under = np.cumsum(self.chance, axis=1) - self.chance / 2
        values = np.broadcast_to(np.asarray(rate, np.float64), (len(self.chance),))
        return np.array([np.interp(value, self.points, row, 0.0, 1.0) for value, row in zip(values, under, strict=True)])


def beta_binomial(hits: npt.ArrayLike, n: npt.ArrayLike) -> Posterior:
    """Posterior of each person's share from hits of n, hers and her peers'. ValueError if any hits aren't between 0 and n."""
    k, total = np.asarray(hits, np.float64), np.asarray(n, np.float64)
    if k.shape != total.shape or k.ndim != 1 or not len(k) or ((k < 0) | (k > total)).any():
        raise ValueError("hits lie between 0 and n, one pair a person")
    pooled = (k.sum() + 0.5) / (total.sum() + 1)
    middle = special.logit(pooled)
    error = float(np.sqrt(1 / max(pooled * (1 - pooled) * total.sum(), 0.5) + (_WIDEST / 2) ** 2 / len(k)))
    means, sds = special.expit(middle + error * np.linspace(-3.5, 3.5, _MEANS))[:, None], _spread_grid()[None, :]
    # The sd of a share is about the sd of its logit × p(1 − p); a beta of strength s has the variance p(1 − p) ÷ (s + 1).
    strength = np.maximum(1 / np.maximum(sds**2 * means * (1 - means), 1e-9) - 1, 0.05)
    own, width = special.logit((k + 0.5) / (total + 1)), 4.5 / np.sqrt(k * (total - k) / np.maximum(total, 1) + 0.5)
    low, high = min((own - width).min(), middle - 1), max((own + width).max(), middle + 1)
    points = special.expit(np.linspace(max(low, -14.0), min(high, 14.0), _POINTS))
    ours, others = np.log(points), np.log1p(-points)
    likelihood = k[:, None] * ours + (total - k)[:, None] * others
    a, b = (means * strength).ravel()[:, None], ((1 - means) * strength).ravel()[:, None]
    prior = (a - 1) * ours + (b - 1) * others
    chance, weight = _mixed(prior + np.log(_steps(points)), likelihood, _spread_prior())
    spread = np.sqrt((1 - means) / means / (strength + 1))
    return Posterior(points, chance, float((weight * means).sum()), float((weight * spread).sum()))


def gamma_poisson(counts: npt.ArrayLike, exposure: npt.ArrayLike, dispersion: float = 1.0) -> Posterior:
    """Posterior of each person's rate from counts over exposures (weeks, say), hers and her peers'.

    ``dispersion``: measured variance ÷ mean of counts beyond differing rates; counts and exposures weigh that much less.
    ValueError for counts or exposures below 0, or all exposures 0.
    """
    y, e = np.asarray(counts, np.float64), np.asarray(exposure, np.float64)
    if y.shape != e.shape or y.ndim != 1 or (y < 0).any() or (e < 0).any() or e.sum() <= 0:
        raise ValueError("counts and exposures aren't below 0, one pair a person, and some exposure is needed")
    y, e = y / max(dispersion, 1.0), e / max(dispersion, 1.0)
    pooled = (y.sum() + 0.5) / e.sum()
    error = float(np.sqrt(1 / (y.sum() + 0.5) + (_WIDEST / 2) ** 2 / len(y)))
    means, sds = pooled * np.exp(error * np.linspace(-3.5, 3.5, _MEANS))[:, None], _spread_grid()[None, :]
    own, width = np.log((y + 0.5) / np.maximum(e, 0.5 / pooled)), 4.5 / np.sqrt(y + 0.5)
    low, high = min((own - width).min(), np.log(pooled) - 1.5), max((own + np.minimum(width, 3)).max(), np.log(pooled) + 1.5)
    points = np.exp(np.linspace(max(low, np.log(pooled) - 9), high, _POINTS))
    shape = np.broadcast_to(1 / sds**2, (_MEANS, _SPREADS)).ravel()[:, None]
    prior = (shape - 1) * np.log(points) - shape / np.repeat(means.ravel(), _SPREADS)[:, None] * points
    likelihood = y[:, None] * np.log(points) - e[:, None] * points
    chance, weight = _mixed(prior + np.log(_steps(points)), likelihood, _spread_prior())
    return Posterior(points, chance, float((weight * means).sum()), float((weight * sds).sum()))


def normal_means(means: npt.ArrayLike, errors: npt.ArrayLike) -> Posterior:
    """Posterior of each person's true mean from observed means and their standard errors.

    ValueError unless every error is above 0.

    Means are taken on the logarithm's scale of differences: peers differ by shares of their common mean, which must be
    above 0.
    """
    m, se = np.asarray(means, np.float64), np.asarray(errors, np.float64)
    if m.shape != se.shape or m.ndim != 1 or not len(m) or (se <= 0).any():
        raise ValueError("means come with a standard error above 0 each")
    pooled = float((m / se**2).sum() / (1 / se**2).sum())
    if pooled <= 0:
        raise ValueError(f"the peers' mean is {pooled:g}: only means above 0 can be compared by shares")
    error = float(np.sqrt(1 / (1 / se**2).sum() + (pooled * _WIDEST / 2) ** 2 / len(m)))
    centres, sds = pooled + error * np.linspace(-3.5, 3.5, _MEANS)[:, None], pooled * _spread_grid()[None, :]
    reach = 4 * np.minimum(se, pooled)
    points = np.linspace(min((m - reach).min(), pooled * 0.5), max((m + reach).max(), pooled * 1.5), 2 * _POINTS)
    centre, sd = np.repeat(centres.ravel(), _SPREADS)[:, None], np.tile(sds, (_MEANS, 1)).ravel()[:, None]
    sd = np.maximum(sd, np.diff(points)[0])  # narrower than the grid, it would fall between its points
    likelihood = -0.5 * ((points[None, :] - m[:, None]) / se[:, None]) ** 2
    chance, weight = _mixed(-0.5 * ((points - centre) / sd) ** 2, likelihood, _spread_prior())
    return Posterior(points, chance, float((weight * centres).sum()), float((weight * sds).sum() / pooled))


def log_means(logs: npt.ArrayLike, errors: npt.ArrayLike) -> Posterior:
    """Posterior of each one's true mean from the logarithms of observed means (above 0) and those logarithms' standard errors.

    Peers differ by factors, so that no estimate and no interval reaches 0: for amounts of very different sizes, where
    ``normal_means`` would put the smallest below 0. Points are means, not logarithms. ValueError unless every error is above 0.
    """
    m, se = np.asarray(logs, np.float64), np.asarray(errors, np.float64)
    if m.shape != se.shape or m.ndim != 1 or not len(m) or (se <= 0).any() or not np.isfinite(m).all():
        raise ValueError("logarithms come with a standard error above 0 each")
    spreads = np.geomspace(0.01, 4.0, _SPREADS)
    between = max(float(m.var()), (_WIDEST / 2) ** 2)
    pooled = float((m / (se**2 + between)).sum() / (1 / (se**2 + between)).sum())
    error = float(np.sqrt(between / len(m) + 1 / (1 / se**2).sum()))
    reach = 4 * np.minimum(se, 2.0)
    own = m[:, None] + reach[:, None] * np.linspace(-1, 1, _OWN)  # each one's own stretch, however narrow, has points enough
    points = np.unique(np.append(np.linspace(own.min(), own.max(), 2 * _POINTS), own))
    centre = np.repeat(pooled + error * np.linspace(-3.5, 3.5, _MEANS), _SPREADS)[:, None]
    step = float(m.max() - m.min() + 2 * reach.max()) / (2 * _POINTS)
    sd = np.maximum(np.tile(spreads, _MEANS), step)[:, None]  # narrower than the grid, it would fall between its points
    likelihood = -0.5 * ((points[None, :] - m[:, None]) / se[:, None]) ** 2
    spread_prior = -0.5 * (spreads / (_WIDEST / 2)) ** 2 + 2 * np.log(spreads)
    prior = -0.5 * ((points - centre) / sd) ** 2 + np.log(_steps(points))
    chance, weight = _mixed(prior, likelihood, spread_prior)
    flat = weight.reshape(-1)
    return Posterior(np.exp(points), chance, float(np.exp(flat @ centre[:, 0])), float(flat @ sd[:, 0]))


def _mixed(prior: Floats, likelihood: Floats, spread_prior: Floats) -> tuple[Floats, Floats]:
    """Each person's posterior on the points, and the weight of each (mean, spread) cell.

    ``prior``: logarithm a cell × point; ``likelihood``: logarithm a person × point. A cell weighs what it makes of
    everyone's data.
    """
    law = np.exp(prior - prior.max(axis=1, keepdims=True))
    law /= law.sum(axis=1, keepdims=True)
    seen = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    explained = np.maximum(law @ seen.T, 1e-290)
    log_weight = np.log(explained).sum(axis=1).reshape(_MEANS, _SPREADS) + spread_prior[None, :]
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    chance = seen * ((weight.reshape(-1, 1) / explained).T @ law)
    return np.asarray(chance / chance.sum(axis=1, keepdims=True)), np.asarray(weight)


def _spread_grid() -> Floats:
    return np.geomspace(0.01, 2.0, _SPREADS)


def _spread_prior() -> Floats:
    """A Rayleigh on the spread.

    Nought where peers were wholly alike, which chance suggests more often than it is true (Chung 2013).

    The grid is even in logarithms, hence the second of the two.
    """
    sds = _spread_grid()
    return np.asarray(-0.5 * (sds / (_WIDEST / 2)) ** 2 + 2 * np.log(sds))


def _steps(points: Floats) -> Floats:
    return np.asarray(np.gradient(points))
