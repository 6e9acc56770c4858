"""Where a key stands in a TOML text, so that an error can name the line."""

from __future__ import annotations

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Item, Table
from tomlkit.toml_document import TOMLDocument

Path = tuple[str, ...]


def positions(document: TOMLDocument) -> dict[Path, int]:
    """Path of every key and table of the document → the 1-based line on which it stands. The first wins where one is repeated.

    tomlkit keeps every character but no line numbers; they are regained by counting the line breaks of what comes before.
    """
    found: dict[Path, int] = {}
    _container(document, (), 1, found)
    return found


def _container(container: Container, above: Path, line: int, found: dict[Path, int]) -> int:
    """Note the keys of a container that begins on this line; gives the line after it."""
    for key, item in container.body:
        if key is None:
            line += item.as_string().count("\n")
        elif isinstance(item, AoT):
            for table in item.body:
                line = _table(table, (*above, key.key), line, found)
        elif isinstance(item, Table):
            line = _table(item, (*above, key.key), line, found)
        else:
            line = _value(item, (*above, key.key), line, found)
    return line


def _value(item: Item, path: Path, line: int, found: dict[Path, int]) -> int:
    line += item.trivia.indent.count("\n")
    found.setdefault(path, line)
    return line + item.as_string().count("\n") + item.trivia.trail.count("\n")


def _table(table: Table, path: Path, line: int, found: dict[Path, int]) -> int:
    line += table.trivia.indent.count("\n")
    found.setdefault(path, line)
    if not table.is_super_table():  # a super table has no line of its own: [a.b] makes `a`
        line += table.trivia.trail.count("\n")
    return _container(table.value, path, line, found)


def parse(text: str) -> TOMLDocument:
    """The document. Raises tomlkit.exceptions.ParseError (with ``line`` and ``col``) for text that isn't TOML."""
    return tomlkit.parse(text)
