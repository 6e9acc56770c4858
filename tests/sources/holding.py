"""What the tests of sources share: where the shared data is, and what holds of every result."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paceline.sources.contract import Batch, ReadReport, faults_of_batch

ROOT = Path(__file__).parents[2]


def shared_data(name: str) -> Path:
    """A folder of the shared data; the test is skipped where it isn't there."""
    folder = Path(os.environ.get("PACELINE_SHARED_DATA", ROOT.parent / "shared" / "data")) / name
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}: set PACELINE_SHARED_DATA")
    return folder


def held(batch: Batch, report: ReadReport) -> tuple[Batch, ReadReport]:
    """Holds any result to the contract: canonical columns, and no row unaccounted for."""
    assert faults_of_batch(batch) == []
    for count in report.files:
        assert count.accepted + count.rejected == count.read
        assert 0 <= count.repeated <= count.accepted
    assert report.rejected.num_rows == sum(count.rejected for count in report.files)
    assert sum(len(rows) for rows in batch.values()) == sum(count.accepted - count.repeated for count in report.files)
    return batch, report
