"""Changing ``paceline.toml`` by program: values are set where the file has them, or their commented default; the rest stays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from paceline.project import lines
from paceline.project.reading import parse

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SECTION = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?")


def written(text: str, chosen: Mapping[tuple[str, str], Any]) -> str:
    """The text with these keys (section, name) set, or taken out (None).

    Values are texts, numbers, booleans, lists of texts, or tables of these. Raises BadConfigError if the text is wrong, or what
    comes out wouldn't be.
    """
    parse(text)
    changed = changed_text(text, chosen)
    parse(changed)
    return changed


def changed_text(text: str, chosen: Mapping[tuple[str, str], Any]) -> str:
    """The same, whether what comes out is right or not: for showing what is wrong with it."""
    for (section, name), value in chosen.items():
        key = name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)
        text = _without(text, section, name) if value is None else _set(text, section, name, key, literal(value))
    return text


def literal(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name} = {literal(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _without(text: str, section: str, name: str) -> str:
    """The text without a key, if it is there."""
    where = lines.positions(lines.parse(text))
    if (section, name) not in where:
        return text
    rows = text.splitlines()
    begins = where[(section, name)] - 1
    del rows[begins : _end(rows, begins)]
    return "\n".join(rows) + "\n"


def _set(text: str, section: str, name: str, key: str, value: str) -> str:
    """One key (``key``: as it is written): in the place of its value, else of its commented default, else first in its section,
    else in a new one.
    """
    rows = text.splitlines()
    first, last = _section(rows, section)
    if first is None:
        return f"{text.rstrip()}\n\n[{section}]\n{key} = {value}\n"
    where = lines.positions(lines.parse(text))
    line = f"{key} = {value}"
    if (section, name) in where:
        begins = where[(section, name)] - 1
        rows[begins : _end(rows, begins)] = [line]
    else:
        commented = re.compile(rf"#\s*{re.escape(name)}\s*=.*")
        place = next((number for number in range(first, last) if commented.fullmatch(rows[number].strip())), None)
        rows[first + 1 : first + 1] = [line] if place is None else []
        if place is not None:
            rows[place] = line
    return "\n".join(rows) + "\n"


def _section(rows: list[str], section: str) -> tuple[int | None, int]:
    """The row of a section's heading (None: there is none), and the row after its last."""
    headings = [(number, found[1].strip()) for number, row in enumerate(rows) if (found := _SECTION.fullmatch(row))]
    for place, (number, name) in enumerate(headings):
        if name == section:
            return number, headings[place + 1][0] if place + 1 < len(headings) else len(rows)
    return None, len(rows)


def _end(rows: list[str], begins: int) -> int:
    """The row after a value, which may be a list over several rows."""
    for end in range(begins + 1, len(rows) + 1):
        try:
            lines.parse("\n".join(rows[begins:end]))
        except ValueError:  # tomlkit's own errors are ValueErrors: the list isn't closed yet
            continue
        return end
    return begins + 1
