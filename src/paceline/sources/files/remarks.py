"""What one value has wrong with it, before file and line are known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import NamedTuple

from paceline.saying.said import Said
from paceline.sources.contract import Severity


class Remark(NamedTuple):
    """``kind`` groups like faults in the report; it never reaches the reader."""

    kind: str
    wrong: Said
    remedy: Said
    severity: Severity = Severity.REJECTED


def reject(kind: str, wrong: Said, remedy: Said) -> Remark:
    """A fault that keeps the row out."""
    return Remark(kind, wrong, remedy)


def shorten(value: str | None, width: int = 80) -> str | None:
    """A value fit for one line of a report: control characters shown as escapes, the middle of long ones left out."""
    if value is None:
        return None
    if len(value) > width:
        value = f"{value[: width - 20]}… ({len(value):,} characters)"
    return value if value.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in value)


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The word that was probably meant, if any is near; among equally near ones, the one that begins alike."""
    found = get_close_matches(word, list(words), 5, cutoff)
    return max(found, key=lambda other: (round(SequenceMatcher(None, word, other).ratio(), 2), _alike(word, other)), default=None)


def _alike(word: str, other: str) -> int:
    """How many letters two words have in common at their beginning."""
    return next(
        (index for index, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), min(len(word), len(other))
    )
