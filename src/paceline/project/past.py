"""Facts of past days, kept in the store once built: no later load changes them, unless it brings a past of its own."""

from __future__ import annotations

import re
import time

import pyarrow as pa

from paceline.facts.build import build
from paceline.project.loading import made_with
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table

KEPT_DAYS = 8
_NAME = re.compile(r"(asof_\d+_).+")
# One row beside each set of facts: what it was made of, and when.
_MARKER = "made"
_MARKER_SCHEMA = pa.schema([("made_of", pa.string()), ("at", pa.int64())])


def past_facts(engine: Engine, settings: Settings, at: int, prefix: str) -> None:
    """Facts as of an instant (epoch seconds), their tables' names beginning with ``prefix``: kept from an earlier question, else
    built. The sets beyond ``KEPT_DAYS`` that were built longest ago are dropped.
    """
    made_of = _made_of(engine, settings, at)
    marker = prefix + _MARKER
    if marker in engine.tables() and engine.query(ibis_table(marker, _MARKER_SCHEMA))["made_of"].to_pylist() == [made_of]:
        return
    build(engine, settings, at, prefix)
    engine.put(marker, pa.table({"made_of": [made_of], "at": [int(time.time())]}, schema=_MARKER_SCHEMA))
    _drop_oldest(engine)


def _made_of(engine: Engine, settings: Settings, at: int) -> str:
    """What the facts of an instant depend on: settings, program, the loads until then, and which load was a source's first of a
    table (its rows are known since they became true). Later loads aren't in it.
    """
    log = engine.query(ibis_table(LOAD_LOG, LOG_SCHEMA)).sort_by("load_id").to_pylist()
    first: dict[tuple[str, str], int] = {}
    for row in log:
        first.setdefault((row["source"], row["table"]), row["load_id"])
    until_then = [row["load_id"] for row in log if row["at"] <= at]
    return repr((made_with(settings, {})["facts"], at, until_then[-1:], sorted(first.items())))


def _drop_oldest(engine: Engine) -> None:
    names = sorted(engine.tables())
    prefixes = {found[1] for name in names if (found := _NAME.fullmatch(name))}
    ages = {prefix: _built_at(engine, prefix) if prefix + _MARKER in names else 0 for prefix in prefixes}
    for prefix in sorted(ages, key=lambda one: ages[one], reverse=True)[KEPT_DAYS:]:
        for name in names:
            if name.startswith(prefix):
                engine.drop(name)


def _built_at(engine: Engine, prefix: str) -> int:
    return int(engine.query(ibis_table(prefix + _MARKER, _MARKER_SCHEMA))["at"][0].as_py())
