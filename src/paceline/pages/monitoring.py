"""``/metrics``: how the server does, in the text format of Prometheus. No number of a person, no address, no name.

https://prometheus.io/docs/instrumenting/exposition_formats/ tells the format; a client library would bring a registry and threads
of its own for the dozen lines that are needed here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import accumulate

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from paceline.access.areas import covers
from paceline.access.gate import action
from paceline.pages.counting import BUCKETS, FAILED_WORK, REQUESTS, STARTED
from paceline.people import keys
from paceline.people.roles import Role
from paceline.project.running import running
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table

HERE = ("127.0.0.1", "::1")
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA")
Sample = tuple[str, dict[str, str], float]  # what follows the name, labels, value


@action("see_server_metrics")
@require_safe
def server_metrics(request: HttpRequest) -> HttpResponse:
    """For a monitor on this machine, or one with an admin's key. Whoever else asks finds nothing."""
    if not (_is_here(request) or _has_key(request)):
        raise Http404
    text = "".join(told())
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_here(request: HttpRequest) -> bool:
    """Whether the request comes from this machine, and not through a proxy on it."""
    return request.META.get("REMOTE_ADDR") in HERE and not any(name in request.META for name in _FORWARDED)


def _has_key(request: HttpRequest) -> bool:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    key = keys.valid(text.strip()) if scheme.lower() == "bearer" else None
    return key is not None and key.user.role == Role.ADMIN and covers(frozenset(key.areas), "see_server_metrics")


def told() -> Iterator[str]:
    """Every line."""
    answers, buckets, seconds = REQUESTS.told()
    yield from _metric("paceline_info", "gauge", "The running version.", [("", {"version": version("paceline")}, 1)])
    yield from _metric("paceline_up_seconds", "gauge", "Seconds since the server started.", [("", {}, time.time() - STARTED)])
    labelled = [(dict(zip(("view", "method", "status"), map(str, key), strict=True)), n) for key, n in sorted(answers.items())]
    yield from _metric("paceline_requests_total", "counter", "Requests answered, by view, method and status.",
                       [("", labels, n) for labels, n in labelled])
    failed = sum(n for (_, _, status), n in answers.items() if status >= 500)
    yield from _metric("paceline_errors_total", "counter", "Requests answered with a fault of the server's.", [("", {}, failed)])
    edges = [*(f"{edge:g}" for edge in BUCKETS), "+Inf"]
    histogram: list[Sample] = [("_bucket", {"le": le}, n) for le, n in zip(edges, accumulate(buckets), strict=True)]
    histogram += [("_sum", {}, seconds), ("_count", {}, sum(buckets))]
    yield from _metric("paceline_request_seconds", "histogram", "How long requests took.", histogram)
    yield from _metric("paceline_failed_work_total", "counter", "Background work that failed since the start.",
                       [("", {}, FAILED_WORK.value)])
    yield from _of_loads()


def _of_loads() -> Iterator[str]:
    log = ibis_table(LOAD_LOG, LOG_SCHEMA)
    rows = running().engine.query(
        log.group_by(log["source"]).agg(last=log["at"].max(), loads=log.load_id.nunique(), rows=log["read"].sum())
    ).to_pylist()
    rows.sort(key=lambda row: row["source"])
    yield from _metric("paceline_loads_total", "counter", "Loads into the store, by source.",
                       [("", {"source": row["source"]}, row["loads"]) for row in rows])
    yield from _metric("paceline_rows_read_total", "counter", "Rows that loads have read, by source.",
                       [("", {"source": row["source"]}, row["rows"]) for row in rows])
    yield from _metric("paceline_last_load_timestamp_seconds", "gauge", "When each source was last loaded.",
                       [("", {"source": row["source"]}, row["last"]) for row in rows])
    if rows:
        age = max(0.0, time.time() - max(row["last"] for row in rows))
        yield from _metric("paceline_data_age_seconds", "gauge", "Seconds since anything was loaded.", [("", {}, age)])


def _metric(name: str, kind: str, doc: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {doc}\n# TYPE {name} {kind}\n"
    for suffix, labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        number = f"{value:.0f}" if float(value).is_integer() else repr(float(value))
        yield f"{name}{suffix}{{{inside}}} {number}\n" if inside else f"{name}{suffix} {number}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
