"""A simulated sales organisation: seeded, of any size, with real life's mess and truths planted in it that it can state
afterwards."""

from .company import Company, Stream, simulate, stream_company
from .export import write_csv, write_parquet
from .sizes import SIZES, Size
from .truths import Truth, Truths

__all__ = ["SIZES", "Company", "Size", "Stream", "Truth", "Truths", "simulate", "stream_company", "write_csv", "write_parquet"]
