"""A gap between two products split exactly over their factors: the logarithmic mean Divisia index, LMDI-I.

For V = x₁·x₂·…·xₙ the part of factor i in V₁ − V₀ is L(V₁, V₀)·ln(xᵢ₁/xᵢ₀), with L the logarithmic mean; the parts sum to the
gap without a rest (Ang 2005, "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33). With a
factor that is 0 on one side the parts are the limits for that factor going to 0 (Ang & Liu 2007, "Handling zero values in the
logarithmic mean Divisia index decomposition approach", Energy Policy 35): the gap goes wholly to the factor that is 0, in
equal parts to several.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from paceline.saying.said import SaidError, say

Floats = npt.NDArray[np.float64]


def log_mean(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """(a − b) ÷ (ln a − ln b); a where both are equal, 0 where either is 0."""
    one, other = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(b, np.float64))
    both = (one > 0) & (other > 0)
    ratio = np.log(np.divide(one, other, out=np.ones(one.shape), where=both))
    # (a − b) ÷ ln(a/b) loses all its digits when a ≈ b; b·(eʳ − 1)/r does not.
    near = np.abs(ratio) < 1e-12
    mean = np.where(near, other, other * np.expm1(ratio) / np.where(near, 1.0, ratio))
    return np.where(both, mean, 0.0)


def split(here: npt.ArrayLike, there: npt.ArrayLike) -> Floats:
    """Parts of Π here − Π there, of the factors on the last axis; other axes are separate splits.

    A factor that is unknown (NaN) on a side, e.g. the win rate of no deals, is taken to be as on the other side, so its part
    is 0; unknown on both it is left out as 1. ValueError for negative factors.
    """
    one, other = np.broadcast_arrays(np.asarray(here, np.float64), np.asarray(there, np.float64))
    one, other = _filled(one, other), _filled(other, one)
    if (one < 0).any() or (other < 0).any():
        raise SaidError(say("a product is split over factors of 0 and more"))
    value, before = one.prod(axis=-1, keepdims=True), other.prod(axis=-1, keepdims=True)
    gap = value - before
    positive = (one > 0).all(axis=-1, keepdims=True) & (other > 0).all(axis=-1, keepdims=True)
    ratio = np.log(np.divide(one, other, out=np.ones(one.shape), where=(one > 0) & (other > 0)))
    parts = np.where(positive, log_mean(value, before) * ratio, _at_zero(one, other, gap))
    # What floating point loses is given to the largest part, so that the parts add up to the last digit.
    rest = gap[..., 0] - parts.sum(axis=-1)
    largest = np.abs(parts).argmax(axis=-1)
    np.put_along_axis(
        parts, largest[..., None], np.take_along_axis(parts, largest[..., None], axis=-1) + rest[..., None], axis=-1
    )
    return parts


def _filled(some: Floats, other: Floats) -> Floats:
    return np.where(np.isnan(some), np.where(np.isnan(other), 1.0, other), some)


def _at_zero(one: Floats, other: Floats, gap: Floats) -> Floats:
    """The limits where a product is 0: the gap to the factors that are 0 on the side whose product is 0 and not on the other."""
    blame = ((one == 0) != (other == 0)).astype(np.float64)
    many = blame.sum(axis=-1, keepdims=True)
    return np.asarray(gap * blame / np.maximum(many, 1.0), dtype=np.float64)
