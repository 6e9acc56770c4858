"""How a command says that it could not: what happened, why, what to do next; and the exit codes.

Imports nothing heavy: every command loads it, ``--help`` included.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends. The docstring of each is its line in the reference."""

    FINE = 0
    FAILURE = 1
    USAGE = 2
    CONFIG = 3
    SOURCE = 5  # 4 is kept for logins, which no command of today has
    DATA = 6
    INTERRUPTED = 130


MEANING = {
    Exit.FINE: "All went well.",
    Exit.FAILURE: "It could not be done; the message says why.",
    Exit.USAGE: "The command was not written as it must be: an unknown option, metric, rep or period.",
    Exit.CONFIG: "`paceline.toml` or another configuration file is missing or wrong.",
    Exit.SOURCE: "The source's files could not be read at all. Nothing was changed.",
    Exit.DATA: "Done, but some rows were rejected (`load`), or something is wrong with the data (`check`).",
    Exit.INTERRUPTED: "Interrupted (Ctrl-C). The store is as it was before, or as it is after, never between.",
}


class Failure(Exception):
    """A user's mistake or a missing thing, told without a traceback. ``what`` happened, ``why``, and what to do ``next``."""

    def __init__(self, what: str, why: str = "", next: str = "", code: Exit = Exit.FAILURE) -> None:
        super().__init__(what)
        self.what, self.why, self.next, self.code = what, why, next, code


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ "Did you mean …?" with the nearest known words, or an empty string if none is near."""
    known = list(known)
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), list(lower), n=3, cutoff=0.6)
    near += [name for name in lower if word.lower() in name and name not in near][: 3 - len(near)]
    if not near:
        return ""
    names = [f"{lower[name]}" for name in near]
    return f"Did you mean {names[0] if len(names) == 1 else ', '.join(names[:-1]) + ' or ' + names[-1]}?"
