"""A request that can't be answered as it stands: all its problems at once, each with what to send instead."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from paceline.access.refusals import Detail


class Refused(Exception):
    """Ends a request with a status and the API's one shape of errors."""

    def __init__(self, status: int, code: str, message: str, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, tuple(details)

    def __str__(self) -> str:
        told = [f"{one.field}: {one.problem} {one.remedy}".strip() for one in self.details]
        return " ".join([self.message, *told])


def not_found() -> Refused:
    """Nothing there, or nothing for this caller: nobody can tell which."""
    return Refused(404, "not_found", "There is nothing here, or it isn't yours to see.")


class Problems:
    """Gathers what is wrong with a request; ``check`` raises all of it."""

    def __init__(self, found: Sequence[Detail] = ()) -> None:
        self._found = list(found)

    def add(self, field: str, problem: str, remedy: str = "") -> None:
        """One more."""
        self._found.append(Detail(field, problem, remedy))

    def unknown(self, field: str, what: str, word: str, known: Sequence[str]) -> None:
        """A word that isn't among the known ones: what is near, else some of them."""
        near = get_close_matches(word.casefold(), known, n=1)
        some = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
        self.add(field, f"There is no {what} {word!r}.", f"Did you mean {near[0]!r}?" if near else f"There are: {some}.")

    def check(self) -> None:
        """Raises Refused (422) if anything was added."""
        if self._found:
            raise Refused(422, "invalid", "The request can't be answered as it stands.", self._found)
