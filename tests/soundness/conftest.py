"""Acme's store, built once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from acme.company import SETTINGS, records
from paceline.metrics.store import Store
from tests.oracle.agreement import open_store


@pytest.fixture(scope="session")
def acme() -> Iterator[Store]:
    store = open_store(records(), SETTINGS, date(2026, 5, 1))
    yield store
    store.engine.close()
