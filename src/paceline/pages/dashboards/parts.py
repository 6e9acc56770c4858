"""A long list in parts: what a page costs grows with what it shows, not with the company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.http import HttpRequest

MOST = 50  # lines on a page: with a hundred a browser takes half a second
_LONGEST = 10  # digits of a place
Line = TypeVar("Line")


def first_of(request: HttpRequest) -> int:
    """Where the part begins that the address asks for."""
    word = request.GET.get("from", "")
    return int(word) if word.isdecimal() and len(word) < _LONGEST else 0


def part(request: HttpRequest, lines: Sequence[Line], most: int | None = None) -> Sequence[Line]:
    """The lines of the part that the address asks for: ``most`` of them, by default MOST."""
    first = first_of(request)
    return lines[first : first + (most or MOST)]


def around(request: HttpRequest, everything: int, most: int | None = None) -> dict[str, str | None]:
    """For a template: the addresses of the part ``before`` and ``after``; None where there is none."""
    first, step = first_of(request), most or MOST
    return {
        "before": _address(request, max(first - step, 0)) if first else None,
        "after": _address(request, first + step) if first + step < everything else None,
    }


def _address(request: HttpRequest, first: int) -> str:
    words = request.GET.copy()
    words.pop("from", None)
    if first:
        words["from"] = str(first)
    return f"?{words.urlencode()}"
