"""What the server counts of itself, for a monitor: requests by view and status, their time, failed work. Kept in this process."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponseBase

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Counter:
    """A number that only grows; thread-safe."""

    def __init__(self) -> None:
        self._lock, self.value = Lock(), 0

    def add(self, by: int = 1) -> None:
        """Count."""
        with self._lock:
            self.value += by


class Requests:
    """How many requests each view answered with which status, and how long all of them took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: dict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0

    def add(self, view: str, method: str, status: int, seconds: float) -> None:
        """Count one."""
        with self._lock:
            self._answers[view, method, status] += 1
            self._buckets[bisect_left(BUCKETS, seconds)] += 1
            self._seconds += seconds

    def told(self) -> tuple[dict[tuple[str, str, int], int], list[int], float]:
        """Answers by view, method and status; requests by bucket of time (not added up); seconds of all."""
        with self._lock:
            return dict(self._answers), list(self._buckets), self._seconds


REQUESTS = Requests()
FAILED_WORK = Counter()
STARTED = time.time()
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class Counting:
    """Middleware, the first: every answer is counted, under its view's name so that no address of a person stands there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        answer = self.get_response(request)
        found = request.resolver_match
        view = (found.view_name if found else None) or "none"
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.add(view, str(method), answer.status_code, time.perf_counter() - began)
        return answer
