"""The work behind the pages as a page: what was done last and when, what failed, what is done next, what waits to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action
from paceline.alerts.models import Delivery, Job, Progress
from paceline.pages.telling import letters
from paceline.pages.telling.forms import WAYS
from paceline.pages.telling.work import WORK
from paceline.pages.told import in_words
from paceline.saying.keeping import from_json

_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """A job and how it goes; ``job`` None: it was never begun."""

    label: str | Promise
    job: Job | None

    @property
    def began(self) -> datetime | None:
        """When it last began."""
        return None if self.job is None else self.job.began_at

    @property
    def came(self) -> str:
        """What the last good run did."""
        return "" if self.job is None else in_words(from_json(self.job.said))


@action("see_work")
@require_safe
def work_page(request: Asking) -> HttpResponse:
    """How the work behind the pages goes. Of messages: to whom, how, whether they came; not what they say."""
    known = {job.name: job for job in Job.objects.all()}
    counts = {one["progress"]: one["n"] for one in Delivery.objects.values("progress").order_by().annotate(n=Count("pk"))}
    recent = Delivery.objects.exclude(progress=Progress.DROPPED).select_related("user")[:_SHOWN]
    context = {
        "jobs": [Row(work.label, known.get(name)) for name, work in WORK.items()],
        "counts": [(Progress(progress).label, counts[progress]) for progress in Progress.values if progress in counts],
        "recent": [(one, letters.name_of(one.kind), WAYS.get(one.channel, one.channel)) for one in recent],
    }
    return render(request, "telling/work.html", context)
