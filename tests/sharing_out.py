"""How ``pytest -n 2`` shares tests out among processes: what is made once for many tests (a fixture of a module or of the
session) is made in one process, and no long test is left for the end.

A file's tests stay together; so do all on other engines (one Spark, one PostgreSQL) and all that look at one served company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from xdist.remote import Producer  # type: ignore[import-untyped]

# Files with tests marked `engine`.
_ON_ENGINES = (
    "acme/test_engines.py", "tests/cli/test_engines.py", "tests/facts/test_activities_agree.py",
    "tests/facts/test_engines_agree.py", "tests/judging/test_engines.py", "tests/judging/test_record.py",
    "tests/warehouse/test_engine_contract.py", "tests/warehouse/test_history.py", "tests/warehouse/test_load.py",
)  # fmt: skip
_ROOMS = ("browser", "product")  # each looks at one served company, whose judgements are worked out once
_FIRST = ("engines", *_ROOMS)  # the longest


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out groups of tests instead of single ones, in the order of collection."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(test: str) -> str:
    """The group of a test, by its id."""
    file = test.partition("::")[0]
    room = next((room for room in _ROOMS if file.startswith(f"tests/{room}/")), None)
    return room or ("engines" if file in _ON_ENGINES else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Ours, unless another way was asked for (``--dist``)."""
    return Together(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long groups come first, then files with slow tests, then the rest as it was."""
    groups = {item: group_of(item.nodeid) for item in items}
    slow = {groups[item] for item in items if item.get_closest_marker("slow")}
    elsewhere = {group for item, group in groups.items() if item.get_closest_marker("engine")} - {"engines", *_ROOMS}
    if elsewhere:
        raise pytest.UsageError(f"tests on other engines, and not in _ON_ENGINES of tests/sharing_out.py: {sorted(elsewhere)}")

    def when(item: pytest.Item) -> int:
        group = groups[item]
        return _FIRST.index(group) if group in _FIRST else len(_FIRST) + (group not in slow)

    items.sort(key=when)
