"""On which line of a TOML file a key stands: what the parser knows and doesn't say, and an error message needs."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_KEY = re.compile(
    r"""((?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*)\s*=(?!=)"""
)


class TomlLines:
    """Finds the line of a path such as ``("table", 0, "columns", "id")``; of what it can't find, the nearest thing around it."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._prefix: Path = ()
        self._owner: Path = ()
        depth = 0
        for number, line in enumerate(text.splitlines(), start=1):
            depth = max(0, self._take(line, number, depth))

    def of(self, path: Path) -> int | None:
        """The line (1-based), or None if not even the table around it is known."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def _take(self, line: str, number: int, depth: int) -> int:
        header = _HEADER.match(line) if depth == 0 else None
        if header and "=" not in header.group(2):
            self._enter(header.group(2), header.group(1) == "[[", number)
            return 0
        if line.lstrip().startswith("#"):
            return depth
        for index, found in enumerate(_KEY.finditer(line)):
            own = depth == 0 and index == 0
            path = (self._prefix if own else self._owner) + tuple(_parts(found.group(1)))
            if own:
                self._owner = path
            self._lines.setdefault(path, number)
        return depth + _opened(line)

    def _enter(self, name: str, array: bool, number: int) -> None:
        path: Path = ()
        parts = _parts(name)
        for index, part in enumerate(parts):
            path += (part,)
            if array and index == len(parts) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path += (self._counts[path],)
        self._prefix = self._owner = path
        self._lines.setdefault(path, number)


def _parts(name: str) -> list[str]:
    """``values."Deal Stage"`` → [values, Deal Stage]."""
    return [next(group for group in found.groups() if group is not None) for found in _PART.finditer(name)]


def _opened(line: str) -> int:
    """Brackets opened and not closed on the line, those in quotes and comments not counted."""
    bare = re.sub(r""""(?:[^"\\]|\\.)*"|'[^']*'""", "", line).split("#")[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
