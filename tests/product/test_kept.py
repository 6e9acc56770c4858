"""Answers are kept as far as there is memory for them, the latest asked first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from paceline.pages.dashboards.kept import Kept
from paceline.pages.dashboards.weight import weight


@dataclass(frozen=True)
class Drawn:
    name: str
    draws: npt.NDArray[np.float64]


def drawn(size: int) -> tuple[Drawn, ...]:
    return tuple(Drawn(f"rep {i}", np.zeros(size)) for i in range(300))


def test_an_answer_is_weighed_by_what_it_holds() -> None:
    assert weight(drawn(1000)) == pytest.approx(300 * 8000, rel=0.1)
    one = np.zeros(1000)
    assert weight([one, one, {"again": one}]) == pytest.approx(8000, rel=0.1), "what is met twice counts once"


def test_the_longest_unasked_goes_where_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paceline.pages.dashboards.kept._MOST_BYTES", 6_000_000)
    kept, made = Kept(), []

    def ask(name: str) -> None:
        kept.get(name, lambda: made.append(name) or drawn(1000))  # type: ignore[func-returns-value]

    for name in ("a", "b", "a", "c", "a", "b"):
        ask(name)
    assert made == ["a", "b", "c", "b"], "the third one didn't fit beside the two before: the one asked longest ago went"
    kept.put("huge", drawn(10_000))
    assert len(kept.get("huge", lambda: ())) == 300, "what is larger than all memory stays until the next one comes"
    ask("d")
    ask("d")
    assert made[4:] == ["d"]
