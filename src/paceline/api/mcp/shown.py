"""An answer for an assistant: JSON without what is empty, with its page, its moment, and the versions of its definitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

# Empty values of these say something: the number isn't known.
_KEPT = ("value", "as_of", "link", "next_cursor")


@dataclass(frozen=True)
class Shown:
    """``told``: what the assistant reads, and cites."""

    told: dict[str, Any]

    @staticmethod
    def of(told: Mapping[str, Any], versions: Mapping[str, int], drop: Collection[str] = ()) -> Shown:
        """From an answer of the API, without the fields ``drop`` at any depth. ``versions``: metric → its definition's."""
        small = shortened(dict(told), frozenset(drop))
        return Shown({**small, "definition_versions": dict(versions)})


def shortened(node: Any, drop: frozenset[str] = frozenset()) -> Any:
    """Without empty values and dropped fields; fractions to six significant digits."""
    if isinstance(node, dict):
        return {
            key: shortened(value, drop) for key, value in node.items()
            if key not in drop and (key in _KEPT or (value is not None and value != [] and value != {} and value != ""))
        }  # fmt: skip
    if isinstance(node, list):
        return [shortened(one, drop) for one in node]
    return float(f"{node:.6g}") if isinstance(node, float) and abs(node) < 1 else node


def versions_of(node: Any) -> dict[str, int]:
    """Every metric that an answer speaks of, with its definition's version."""
    found: dict[str, int] = {}
    if isinstance(node, dict):
        if isinstance(node.get("metric"), str) and isinstance(node.get("definition_version"), int):
            found[node["metric"]] = node["definition_version"]
        for value in node.values():
            found |= versions_of(value)
    elif isinstance(node, list):
        for one in node:
            found |= versions_of(one)
    return found
