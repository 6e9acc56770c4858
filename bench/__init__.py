"""The benchmark: the engine beside hand-written SQL and a bare scan, on the same DuckDB, in one run."""
