"""Fields of deals as numbers for a regression: words as columns, numbers scaled, age in the logarithm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AGE = "age"
_MOST_WORDS = 12  # of a field; the rest are "other"
_FEWEST_ROWS = 20  # that a word must have


@dataclass(frozen=True)
class Encoder:
    """Columns in order: (field, word) for words, (field, None) for numbers; means and scales make 0 the usual value."""

    columns: tuple[tuple[str, str | None], ...]
    mean: Floats
    scale: Floats

    def encode(self, fields: Mapping[str, Sequence[Any]], age: Ints) -> Floats:
        """(rows, columns); unknown numbers are usual ones, words never seen are none of the columns."""
        raw = _table(self.columns, fields, age)
        return np.asarray(np.where(np.isnan(raw), 0.0, (raw - self.mean) / self.scale), dtype=np.float64)

    def by_field(self, moved: Floats) -> tuple[tuple[str, ...], Floats]:
        """(the fields, rows × fields): the sums of contributions by field."""
        sums: dict[str, Floats] = {}
        for place, (name, _) in enumerate(self.columns):
            sums[name] = sums.get(name, np.zeros(len(moved))) + moved[:, place]
        return tuple(sums), np.stack(list(sums.values()), axis=1)

    def word(self, name: str, fields: Mapping[str, Sequence[Any]], row: int) -> str:
        """The field and the deal's value in words."""
        if name == AGE:
            return AGE
        value = fields[name][row]
        shown = "unknown" if value is None else f"{value:,.4g}" if isinstance(value, float) else str(value)
        return f"{name} {shown}"


def fit_encoder(fields: Mapping[str, Sequence[Any]], age: Ints) -> Encoder:
    """Which columns there are, from the rows to learn from."""
    columns: list[tuple[str, str | None]] = [(AGE, None)]
    for name, values in fields.items():
        if numeric(values):
            columns.append((name, None))
        else:
            counts = Counter(str(value) for value in values)
            columns += [(name, word) for word, n in counts.most_common(_MOST_WORDS) if n >= _FEWEST_ROWS]
    raw = _table(columns, fields, age)
    known = ~np.isnan(raw)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, raw, 0.0).sum(axis=0) / n
    spread = np.sqrt((np.where(known, raw - mean, 0.0) ** 2).sum(axis=0) / n)
    return Encoder(tuple(columns), mean, np.where(spread > 0, spread, 1.0))


def numeric(values: Sequence[Any]) -> bool:
    """Whether all known values are numbers (and one is known)."""
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known)


def _table(columns: Sequence[tuple[str, str | None]], fields: Mapping[str, Sequence[Any]], age: Ints) -> Floats:
    """(rows, columns) before they are scaled: 1 where the field has the word, else 0; numbers in the logarithm."""
    words: dict[str, dict[str, int]] = {}
    for name, word in columns:
        if word is not None:
            own = words.setdefault(name, {})
            own[word] = len(own)
    which = {name: np.array([own.get(str(value), -1) for value in fields[name]]) for name, own in words.items()}
    parts = [_numbers(name, fields, age) if word is None else which[name] == words[name][word] for name, word in columns]
    return np.stack([np.asarray(part, dtype=np.float64) for part in parts], axis=1)


def _numbers(name: str, fields: Mapping[str, Sequence[Any]], age: Ints) -> Floats:
    if name == AGE and name not in fields:
        return np.log1p(np.maximum(age, 0).astype(np.float64))
    numbers = np.array([np.nan if value is None else float(value) for value in fields[name]])
    return np.asarray(np.sign(numbers) * np.log1p(np.abs(numbers)), dtype=np.float64)
