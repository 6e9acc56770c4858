"""How rare a count or a share is: tails of the negative binomial and the beta-binomial, told by mean and measured variance.

The mid-p convention (half of the value seen counts) keeps discrete tails from being called rarer or commoner than they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]


def negative_binomial_tails(y: npt.ArrayLike, mean: npt.ArrayLike, variance: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Chance of so few and of so many, for counts with this mean and variance; a Poisson where the variance isn't
    above the mean.
    """
    count, mu = np.asarray(y, np.float64), np.maximum(np.asarray(mean, np.float64), 1e-9)
    extra = np.maximum(np.asarray(variance, np.float64) - mu, 1e-6 * mu)
    size = mu**2 / extra
    p = size / (size + mu)
    below = np.where(count > 0, special.betainc(size, np.maximum(count, 1.0), p), 0.0)  # P(Y ≤ y − 1)
    up_to = special.betainc(size, count + 1, p)
    low = (below + up_to) / 2
    return np.asarray(low), np.asarray(1 - low)


def beta_binomial_tails(hits: int, n: int, share: float, rho: float) -> tuple[float, float]:
    """Chance of so few and of so many ``hits`` in ``n`` at this share, weeks (or deals) being alike by ``rho`` (0: a binomial).

    ValueError unless 0 ≤ hits ≤ n.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    tie, p = min(max(rho, 1e-6), 0.999), min(max(share, 1e-6), 1 - 1e-6)
    a, b = p * (1 / tie - 1), (1 - p) * (1 / tie - 1)
    k = np.arange(hits + 1)
    # Of the smaller side, so that nothing is lost in 1 − something near 1.
    chance = np.exp(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
                    + special.betaln(k + a, n - k + b) - special.betaln(a, b))  # fmt: skip
    low = float(np.clip(chance.sum() - chance[-1] / 2, 0, 1))
    return low, 1 - low
