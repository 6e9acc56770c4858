"""Folders made of texts, read and held to the contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from paceline.sales.settings import Settings
from paceline.sources.contract import Batch, ReadReport
from paceline.sources.files.read import read_folder
from tests.sources.holding import held

# How long an example takes on a busy machine says nothing.
hypothesis.settings.register_profile("sources", deadline=None)
hypothesis.settings.load_profile("sources")

Load = Callable[..., tuple[Batch, ReadReport]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """``load({"reps.csv": text or bytes, …}, mapping=toml, known={…})``: write a folder and read it."""

    def run(
        files: dict[str, str | bytes],
        mapping: str | None = None,
        known: dict[str, set[str]] | None = None,
        settings: Settings | None = None,
    ) -> tuple[Batch, ReadReport]:
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        rules = None
        if mapping is not None:
            rules = tmp_path / "mapping.toml"
            rules.write_text(mapping)
        ids = known or {}
        return held(*read_folder(tmp_path, rules, lambda table: ids.get(table, set()), settings or Settings()))

    return run
