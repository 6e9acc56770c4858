"""Seeded random numbers: every part of a company draws from its own stream, so that parts can be made in any order."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = 1 << 20  # a day so late that nothing comes after it (the year 4840)


def stream(seed: int, *parts: str | int) -> np.random.Generator:
    """A generator of its own for ``parts`` of the company of ``seed``; the same words give the same numbers."""
    words = [crc32(str(part).encode()) for part in parts]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def chance(rng: np.random.Generator, n: int, probability: float | Floats) -> Bools:
    """``n`` coins, each true with the probability given."""
    return np.asarray(rng.random(n) < probability, dtype=np.bool_)


def choose(rng: np.random.Generator, n: int, weights: tuple[float, ...]) -> Ints:
    """``n`` positions 0 … len(weights)-1, as likely as their weights."""
    limits = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(limits / limits[-1], rng.random(n), side="right").astype(np.int64).clip(0, len(weights) - 1)


def below(rng: np.random.Generator, limits: Ints) -> Ints:
    """For each limit a whole number 0 … limit-1 (0 for limits under 1)."""
    return np.floor(rng.random(len(limits)) * np.maximum(limits, 1)).astype(np.int64)


def skewed(rng: np.random.Generator, medians: Floats, sigma: float) -> Floats:
    """Log-normal values around the medians given: what waiting times and deal sizes look like."""
    return np.asarray(medians * np.exp(rng.normal(0.0, sigma, len(medians))), dtype=np.float64)


def counted(counts: Ints) -> tuple[Ints, Ints]:
    """(owner, rank): for counts ``[2, 0, 1]`` the owners ``[0, 0, 2]`` and their ranks ``[0, 1, 0]``."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - starts[owner]
