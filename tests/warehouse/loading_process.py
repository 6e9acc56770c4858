"""Run by `test_kill.py` in a process of its own: loads the second version of many emails, saying when it begins."""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.compute as pc

from paceline.warehouse.engines.duckdb import open_duckdb
from paceline.warehouse.load import load

ROWS = 200_000
FIRST, SECOND = 1_700_000_000, 1_700_000_100


def emails(start: int, version: str) -> pa.Table:
    """ROWS emails from number ``start`` on; every value of a version says which one it is."""
    numbers = pa.array(range(start, start + ROWS), pa.int64())
    return pa.table({
        "id": pc.binary_join_element_wise("e", numbers.cast(pa.string()), ""),
        "rep_id": pa.repeat(pa.scalar("r"), ROWS), "direction": pa.repeat(pa.scalar("outbound"), ROWS),
        "sent_at": numbers, "thread_id": pa.repeat(pa.scalar(version), ROWS)})


if __name__ == "__main__":
    engine = open_duckdb(sys.argv[1])
    batch = {"email": emails(ROWS // 2, "second")}
    print("begin", flush=True)
    load(engine, batch, "crm", SECOND)
    print("end", flush=True)
    engine.close()
