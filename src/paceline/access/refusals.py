"""What a program is told when its request fails: one shape for every error, whatever went wrong and wherever.

``{"error": {"code": …, "message": …, "details": [{"field": …, "problem": …, "remedy": …}]}}``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.http import HttpRequest, JsonResponse

# Where programs ask. They come with a key; a cookie opens nothing here.
PROGRAMS = ("/api/", "/mcp")


@dataclass(frozen=True)
class Detail:
    """One problem of a request. ``field``: the parameter (empty: the whole); ``remedy``: what to send instead."""

    field: str
    problem: str
    remedy: str = ""


def is_program(request: HttpRequest) -> bool:
    """Whether the address is one of those at which programs ask."""
    return request.path.startswith(PROGRAMS)


def refused(status: int, code: str, message: str, details: Sequence[Detail] = ()) -> JsonResponse:
    """The answer. ``code`` is for programs and doesn't change; ``message`` is for people."""
    error = {"code": code, "message": message, "details": [asdict(one) for one in details]}
    answer = JsonResponse({"error": error}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer
