"""A simulated company with its store, made once for the tests that judge it; its seed wasn't used to make the methods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from paceline.facts.tables import Tables
from paceline.metrics import rollup
from paceline.metrics.store import Store
from paceline.simulation import Company, simulate
from paceline.simulation.sizes import Size
from tests.oracle.agreement import open_store

UNTIL = date(2026, 6, 29)  # a Monday: the week before is over
SEED = 4711


@dataclass(frozen=True)
class Watched:
    """The company as drawn, and its store."""

    company: Company
    store: Store

    def planted(self, kind: str) -> tuple[str, date]:
        """Whose planted change of the kind, and since when."""
        (truth,) = self.company.truths.of(kind)
        assert truth.rep_id is not None
        assert truth.from_day is not None
        return truth.rep_id, date.fromordinal(date(1970, 1, 1).toordinal() + truth.from_day)


@cache
def watched() -> Watched:
    """Twenty sellers over 15 months, without recorded calls."""
    company = simulate(Size("watched", sellers=20, managers=2, months=15, pace=0.7, recorded=0.0), SEED, UNTIL)
    store = open_store(company.records, company.settings, UNTIL)
    for name, expression in rollup.rollups(Tables(company.settings), store.catalog.values()).items():
        store.engine.create(name, expression)
    store.refresh(store.now)
    return Watched(company, store)
