"""The audit log, newest first, and whether its chain holds."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from paceline.access.audit import head
from paceline.access.gate import Asking, action
from paceline.access.models import AuditEntry
from paceline.pages.audit_words import done
from paceline.people.models import User

PAGE = 100


@action("see_audit")
def audit_log(request: Asking) -> HttpResponse:
    """A page of entries."""
    page = Paginator(AuditEntry.objects.order_by("-number"), PAGE).get_page(request.GET.get("page"))
    names = {str(user.public_id): user.name for user in User.objects.all()}
    number, digest = head()
    entries = [(entry, names.get(entry.who, entry.who), done(entry.what)) for entry in page]
    return render(request, "audit_log.html", {"page": page, "entries": entries, "number": number, "digest": digest})
