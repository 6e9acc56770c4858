"""Pages made of the keys of ``paceline.toml``: a field a key, its meaning beside it, all errors at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.access.gate import Asking, action
from paceline.pages.set_up import work
from paceline.pages.set_up.fields import FORM_PREFIX, chosen_of, form_of
from paceline.pages.set_up.saving import save
from paceline.pages.told import in_words
from paceline.project import keys
from paceline.project.changing import checked
from paceline.project.running import running

# Address → title, sections of the file. Every section with keys stands on one page.
GROUPS = {
    "company": (gettext_lazy("Company, calendar, money"), ("company", "work", "sales")),
    "limits": (gettext_lazy("Limits and alarms"), ("thresholds", "judgement")),
    "pages": (gettext_lazy("Pages, log-in, messages"), ("pages", "sso", "channels", "store")),
    "crm": (gettext_lazy("Links to the CRM"), ("crm",)),
}


@action("see_set_up", "change_set_up")
def group(request: Asking, group: str) -> HttpResponse:
    """One group of settings."""
    if group not in GROUPS:
        raise Http404
    title, sections = GROUPS[group]
    place = running()
    form = form_of(place.project, sections, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = chosen_of(place.project, form)
        found = checked(place.project, chosen)
        for fault in found.faults:
            form.add_error(None, in_words(fault.told))
        if not found.faults:
            save(request, found, frozenset(chosen))
            return redirect("set_up_group", group)
    if request.method == "POST":
        messages.error(request, _("Nothing was changed: see below."))
    parts = [
        (
            _(keys.SECTIONS[section]).replace("`", ""),
            [form[name] for name in form.fields if name.startswith(f"{section}{FORM_PREFIX}")],
        )
        for section in sections
    ]
    context = {"title": title, "parts": parts, "form": form, "group": group, "work": work.latest()}
    return render(request, "set_up/group.html", context, status=400 if form.is_bound else 200)
