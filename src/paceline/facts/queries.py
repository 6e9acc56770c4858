"""The queries of facts as compiled SQL: made and compiled once, whatever the process and the day they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.tables import Tables, described
from paceline.warehouse.compiled import Kept
from paceline.warehouse.engine import Compiled, Engine

Make = Callable[[Tables], ir.Table]  # makes an expression over tables; what it gives may depend on them alone


class Queries:
    """An engine, the tables of an instant, and the compiled queries over them, each under a name that means one expression."""

    def __init__(self, engine: Engine, t: Tables) -> None:
        self.engine, self.t = engine, t
        self._of_any_day = t.of_any_day
        self._suffix = "" if t == self._of_any_day else f" {self._of_any_day.as_of} {self._of_any_day.prefix}"
        self._kept = Kept(engine, described(t.settings))

    def compiled(self, name: str, make: Make) -> Compiled:
        """The expression of that name as SQL, over the tables of the instant."""
        one = self._kept.get(name + self._suffix, lambda: make(self._of_any_day))
        return replace(one, sql=self.t.at_its_day(one.sql)) if self._suffix else one

    def rows(self, name: str, make: Make) -> pa.Table:
        """The rows of the expression of that name."""
        return self.engine.query(self.compiled(name, make))

    def save(self) -> None:
        """Keep in the store what was compiled."""
        self._kept.save()
