"""How tests are shared out among processes (``pytest -n 2 --dist loadgroup --no-loadscope-reorder``): what is made once for many
tests, a fixture of a module or of the session, is made in one process, and no long test is left for the end.

A file's tests stay together; so do all on other engines (one Spark, one PostgreSQL) and all that look at a served company.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

_TOGETHER = ("engines", "browser")  # the longest: each begins at once, in a process of its own


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its group; those of the long groups come first, then files with slow tests, then the rest as it was."""
    on_engines, slow = _files(items, "engine"), _files(items, "slow")
    groups = {item: _group(item, on_engines) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))

    def when(item: pytest.Item) -> int:
        group = groups[item]
        return _TOGETHER.index(group) if group in _TOGETHER else len(_TOGETHER) + (group not in slow)

    items.sort(key=when)


def _files(items: Iterable[pytest.Item], marker: str) -> set[str]:
    return {_file(item) for item in items if item.get_closest_marker(marker)}


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _group(item: pytest.Item, on_engines: set[str]) -> str:
    file = _file(item)
    if file.startswith("tests/browser/"):
        return "browser"
    return "engines" if file in on_engines and not file.startswith("tests/product/") else file
