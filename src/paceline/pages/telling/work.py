"""The scheduler inside ``paceline serve``: runs the work behind the pages at its times, and keeps how it went.

One process owns the store, so web and work are threads of it. A job that fails is written down and tried again at its next time;
nothing else stops for it. What was done is read from the database, not from memory: a restart neither forgets nor repeats.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from django.db import close_old_connections
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paceline.alerts.models import Job
from paceline.pages import stopping
from paceline.pages.dashboards import warm
from paceline.pages.dashboards.kept import version_of
from paceline.pages.telling import jobs
from paceline.project.running import running
from paceline.saying.keeping import as_json

AGAIN = timedelta(minutes=5)  # until work that failed is tried again, where it isn't done at its own times anyway


@dataclass(frozen=True)
class Work:
    """A job: what it is called, what it does, how often it is asked. ``once``: only where the data or the day is another."""

    label: str | Promise
    run: Callable[[], str]
    seconds: int
    once: bool = False


WORK: Mapping[str, Work] = MappingProxyType(
    {
        "look": Work(_("Look at what changed"), jobs.look, 20, once=True),
        "record": Work(_("Keep what is foretold, settle what came"), jobs.record, 60, once=True),
        "mornings": Work(_("Write morning messages and reviews"), jobs.mornings, 60),
        "outbox": Work(_("Send messages"), jobs.send, 10),
    }
)

_log = logging.getLogger(__name__)


def begin() -> BackgroundScheduler:
    """Start the work, the first look at once; it ends with ``shutdown``."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(3)}, timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )  # fmt: skip
    scheduler.add_listener(_went, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    for place, (name, work) in enumerate(WORK.items()):
        first = timezone.now() + timedelta(seconds=place)
        scheduler.add_job(do, "interval", args=[name], id=name, seconds=work.seconds, next_run_time=first)
    scheduler.start()
    if not is_due("look"):  # it would fill the pages' memory; a restart at the same data needs that, too
        warm.begin()
    return scheduler


def is_due(name: str) -> bool:
    """Whether a job that is done once for the same data and day isn't done yet."""
    return not Job.objects.filter(name=name, mark=mark_of(name)).exists()


def do(name: str) -> str | None:
    """Do a job if it is to be done now; gives what came of it, None where there was nothing to do."""
    close_old_connections()
    work, mark = WORK[name], mark_of(name)
    kept, _ = Job.objects.get_or_create(name=name)
    if work.once and not is_due(name):
        return None
    if work.once and kept.failures and kept.began_at is not None and timezone.now() - kept.began_at < AGAIN:
        return None
    Job.objects.filter(name=name).update(began_at=timezone.now())
    came = work.run()
    ended = timezone.now()
    Job.objects.filter(name=name).update(
        ended_at=ended, well_at=ended, failures=0, why="", came=came[:300], said=as_json(came), mark=mark,
        next_at=_next(work, ended),
    )
    return came


def mark_of(name: str) -> str:
    """What the job would be done for now: the data's version and the day."""
    if not WORK[name].once:
        return ""
    load, day = version_of(running().store)
    return f"{load} {day}"


def failed(name: str, why: str) -> None:
    """Keep that a job failed."""
    ended = timezone.now()
    kept, _ = Job.objects.get_or_create(name=name)
    kept.ended_at, kept.why, kept.failures = ended, why[:300], kept.failures + 1
    kept.next_at = ended + (AGAIN if WORK[name].once else timedelta(seconds=WORK[name].seconds))
    kept.save(update_fields=["ended_at", "why", "failures", "next_at"])


def _next(work: Work, ended: datetime) -> datetime | None:
    """When it is done again; None: when data or day are others."""
    return None if work.once else ended + timedelta(seconds=work.seconds)


def _went(event: JobExecutionEvent) -> None:
    """The scheduler tells how a job went; it has caught whatever went wrong, and goes on."""
    if event.exception is not None and not stopping.is_stopping():  # what a stop broke off is done at the next start
        error: Any = event.exception
        _log.error("the work %r failed: %s\n%s", event.job_id, error, event.traceback)
        failed(event.job_id, f"{type(error).__name__}: {error}")
    close_old_connections()
