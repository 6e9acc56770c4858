"""About how much memory an answer takes: arrays by their size, the rest by its parts, of many alike a few."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

import numpy as np

from paceline.metrics.reading import Readings
from paceline.metrics.store import View

_FEW = 24  # of a long row of parts so many are weighed, spread over it; it is as heavy as they are, on average


def weight(answer: Any) -> int:
    """Bytes, about; what is met twice counts once. Cheap beside making the answer: a thousandth of a second."""
    return _weight(answer, set())


def _weight(one: Any, seen: set[int]) -> int:
    if id(one) in seen:
        return 0
    seen.add(id(one))
    if isinstance(one, np.ndarray):
        return int(one.nbytes)
    if isinstance(one, Readings):
        one = tuple(one)
    if isinstance(one, Mapping):
        return sys.getsizeof(one) + _of_many(list(one.items()), seen)
    if isinstance(one, Sequence | set | frozenset) and not isinstance(one, str | bytes):
        return sys.getsizeof(one) + _of_many(list(one), seen)
    if is_dataclass(one) and not isinstance(one, View):  # the data itself is no answer's
        return sys.getsizeof(one) + 100 + sum(_weight(getattr(one, field.name), seen) for field in fields(one))
    return sys.getsizeof(one, 100)


def _of_many(parts: list[Any], seen: set[int]) -> int:
    if len(parts) <= 2 * _FEW:
        return sum(_weight(part, seen) for part in parts)
    some = list(islice(parts, 0, None, len(parts) // _FEW))
    return sum(_weight(part, seen) for part in some) * len(parts) // len(some)
