"""In which language a page is: the one that the user chose, else the browser's first that there is."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from paceline.access.gate import Asking, action
from paceline.people.models import User
from paceline.project.running import running


class LanguageForm(forms.Form):
    """The user's choice; empty: the browser's."""

    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("as the browser asks")), *settings.LANGUAGES], required=False
    )


class Language:
    """Middleware, after log-in is known: the user's own choice goes before the browser's.

    Times are in the company's zone, which may change while the server runs: in the first set-up it always does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User) and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        timezone.activate(ZoneInfo(running().project.settings.time_zone))
        return self.get_response(request)


@action("keep_account")
def choose(request: Asking) -> HttpResponse:
    """From now on all pages and messages are in this language."""
    form = LanguageForm(request.POST)
    if request.method == "POST" and form.is_valid():
        request.user.language = form.cleaned_data["language"]
        request.user.save(update_fields=["language"])
        if request.user.language:
            translation.activate(request.user.language)
        messages.success(request, _("Your language is kept."))
    return redirect("account")
