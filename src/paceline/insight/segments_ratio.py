"""Groups of deals compared by ratios, for amounts that can't be below 0: money, days.

What a deal brings is taken as a level of its stratum × a factor of its group, both fitted at once by the quasi-likelihood of a
gamma law (McCullagh and Nelder 1989, ch. 8): amounts spread in proportion to their size, and zeros may be among them. A
difference taken from the company's mean can end below 0 (a product of 55 among products of 5,000), a factor can't; and because
strata are fitted together with groups, who sells mostly cheap things isn't taken for a cheap seller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NONE = 0.5  # deals of the usual size that a group is taken to have brought where it brought nothing at all
_PRIOR = 0.1  # deals at the company's level that each stratum is taken to have had: one that brought nothing has a level above 0
_ROUNDS, _STILL = 500, 1e-9


@dataclass(frozen=True)
class Fitted:
    """``adjusted``: each group's mean at the company's mix of strata, above 0; ``mean``: that of them all, by their deals.

    ``error``: of the logarithm of ``adjusted`` ÷ ``mean``. ``comparable``: share of a group's deals with a counterpart in
    another; where that is 0, the others are NaN.
    """

    adjusted: Floats
    error: Floats
    mean: float
    comparable: Floats


def fit_groups(values: Floats, group: Ints, stratum: Ints, groups: int) -> Fitted:
    """Deals' values (0 or above, some above) by group and stratum, numbered from 0. ValueError if all are 0 or any is below."""
    if not len(values) or float(values.min()) < 0 or float(values.max()) <= 0:
        raise ValueError("values are 0 or above, and some are above")
    strata = int(stratum.max(initial=0)) + 1
    cell = group * strata + stratum
    n = np.bincount(cell, minlength=groups * strata).reshape(groups, strata).astype(np.float64)
    total = np.bincount(cell, values, minlength=groups * strata).reshape(groups, strata).astype(np.float64)
    deals, some = n.sum(axis=1), n.sum(axis=0)
    factor, level = _fit(n, total, float(values.mean()))
    adjusted = factor * float(some @ level) / len(values)
    part = deals / len(values)
    mean = float(part @ adjusted)
    fitted = (factor[:, None] * level).ravel()[cell]
    free = max(len(values) - groups - float((some / (some + _PRIOR)).sum()), 0.5 * len(values))
    spread = max(float((((values - fitted) / fitted) ** 2).sum()) / free, 1e-12)
    error = np.sqrt(np.maximum(spread * _variance(n, part * adjusted / mean), 0.0))
    comparable = (n * (some - n > 0)).sum(axis=1) / np.maximum(deals, 1)
    known = comparable > 0
    return Fitted(np.where(known, adjusted, np.nan), np.where(known, error, np.nan), mean, comparable)


def _fit(n: Floats, total: Floats, mean: float) -> tuple[Floats, Floats]:
    """(factor of each group, level of each stratum): each in turn what makes its deals right on average, till both stand."""
    deals, some = np.maximum(n.sum(axis=1), 1), n.sum(axis=0)
    factor, level = np.ones(len(n)), np.full(n.shape[1], mean)
    for _ in range(_ROUNDS):
        new = np.maximum((total / level).sum(axis=1), _NONE) / deals
        new /= float(new @ deals) / float(deals.sum())
        level = ((total / new[:, None]).sum(axis=0) + _PRIOR * mean) / (some + _PRIOR)
        still = float(np.abs(np.log(new / factor)).max())
        factor = new
        if still < _STILL:
            break
    return factor, level


def _variance(n: Floats, weight: Floats) -> Floats:
    """Of the logarithm of each group's factor ÷ all groups' (weighted), per unit of dispersion; strata's levels profiled out.

    The information of a gamma law is the number of deals, whatever they bring.
    """
    information = np.diag(n.sum(axis=1)) - (n / (n.sum(axis=0) + _PRIOR)) @ n.T
    covariance = np.linalg.pinv(information, hermitian=True)
    contrast = np.eye(len(n)) - weight[None, :]
    return np.asarray(((contrast @ covariance) * contrast).sum(axis=1))
