"""The page of a week or month in review, the same on paper, and its message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.doors import Door
from paceline.access.gate import Asking, action
from paceline.channels.message import Line
from paceline.channels.message import Section as Told
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import written
from paceline.pages.dashboards.later import patient
from paceline.pages.documents import Block, Document, Lines, NoPdfError, Section, Table, as_pdf
from paceline.pages.telling import letters
from paceline.pages.telling.review import GRAINS, PATIENT, Review, period_of, review
from paceline.people.models import User

IN_A_MAIL = 6  # lines of a section; the page has all


@action("see_review")
@require_safe
@patient
def review_page(request: Asking, kind: str, day: str) -> HttpResponse:
    """What the week or month was like."""
    found = _found(request, kind, day, wait=None)
    before, after = found.period.before(), date.fromordinal(found.period.until.toordinal())
    last = request.door.store.view().day
    context = {
        "review": found,
        "period": written.period(found.period),
        "running": found.period.until > last,
        "sections": [(title, lines) for title, lines in _sections(found) if lines],
        "before": reverse("review", args=[kind, before.first.isoformat()]),
        "after": reverse("review", args=[kind, after.isoformat()]) if after <= last else "",
        "pdf": reverse("review_pdf", args=[kind, found.period.first.isoformat()]),
        "judged": written.count(found.judged),
    }
    return render(request, "telling/review.html", context)


@action("see_review")
@require_safe
def review_pdf(request: Asking, kind: str, day: str) -> HttpResponse:
    """The same on paper."""
    found = _found(request, kind, day)
    try:
        made = as_pdf(document(found, letters.company_name()))
    except NoPdfError as error:
        messages.error(request, str(error))
        return redirect(found.path)
    note("exported", request.user, {"what": "review", "form": "pdf", "period": str(found.period.first)})
    name = f"review-{kind}-{found.period.first}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def document(found: Review, company: str) -> Document:
    """A review as a document."""
    sections = [Section(title, [Lines([_plain(line) for line in lines])]) for title, lines in _sections(found) if lines]
    head = [gettext("Number"), gettext("Value"), gettext("Before")]
    for role, numbers in found.numbers:
        table: list[Block] = [Table(head, [(one.name, one.value, one.before) for one in numbers])]
        sections.append(Section(role or gettext("Everybody"), table))
    return Document(found.title, sections, about=company, foot=found.title, language=get_language() or "en")


def message(user: User, kind: str, day: date, door: Door, now: datetime) -> letters.Write:
    """The review as a message: the first lines of each part, and a link to the page."""
    with letters.language_of(user):
        found = review(kind, period_of(kind, day, door), door)
        sections = [Told(title, tuple(lines[:IN_A_MAIL])) for title, lines in _sections(found)]
        subject = f"{letters.company_name()}: {found.title}"
        buttons = [(gettext("Open the review"), found.path)]
        return letters.letter(user, kind, now, subject, sections=sections, buttons=buttons, lead=_lead(found))


def _lead(found: Review) -> str:
    if found.goals or found.began or found.ended or found.stood_out:
        return ""
    return gettext("All %(count)s numbers were within what is usual.") % {"count": written.count(found.judged)}


def _sections(found: Review) -> Sequence[tuple[str, tuple[Line, ...]]]:
    return (
        (gettext("Goals to date"), found.goals),
        (gettext("Changed for longer than chance explains"), found.began),
        (gettext("Back to usual"), found.ended),
        (gettext("Outside of the usual range, this once"), found.stood_out),
    )


def _plain(line: Line) -> str:
    return f"{line.text}: {line.detail}"


def _found(request: Asking, kind: str, day: str, wait: float | None = PATIENT) -> Review:
    if kind not in GRAINS:
        raise Http404
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise BadQuestionError(gettext("%(day)s is no day: write it as 2026-06-30") % {"day": day}) from None
    period = period_of(kind, asked, request.door)
    if period.first > request.door.store.view().day:
        raise BadQuestionError(gettext("%(period)s hasn't begun yet.") % {"period": written.period(period)})
    return review(kind, period, request.door, wait)
