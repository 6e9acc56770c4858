"""Errors as pages that say what happened and where to go on; never a trace, never whether the thing exists for others."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paceline.access.refusals import is_program, refused
from paceline.metrics.ask import AskError
from paceline.pages.asked import BadQuestionError
from paceline.pages.told import fault_in_words


class Errors:
    """Middleware: a URL that can't be understood is answered with 400 and the reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for errors of the question; None: Django's own handling."""
        if isinstance(error, (BadQuestionError, AskError)):
            return told(request, 400, _("This address can't be understood"), fault_in_words(error))
        return None


_CODES = {400: "bad_request", 403: "forbidden", 404: "not_found"}


def told(request: HttpRequest, status: int, title: str, why: str) -> HttpResponse:
    """A page with a status, a title, and a sentence; to a program the same in its shape."""
    if is_program(request):
        return refused(status, _CODES[status], f"{title}. {why}")
    return render(request, "error.html", {"title": title, "why": capfirst(why), "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's 400."""
    return told(request, 400, _("This request can't be understood"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the user may read this, but not change it."""
    return told(request, 403, _("You may read this, but not change it"), _(str(exception)) if str(exception) else "")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404: nothing there, or nothing for this user."""
    return told(request, 404, _("There is nothing here"), _("The page doesn't exist, or it isn't yours to see."))


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. Says nothing of it; the log does."""
    if is_program(request):
        return refused(500, "failed", "Something went wrong here; it was written to the server's log.")
    words = {"language": get_language() or "en", "title": _("Something went wrong"), "home": _("Go to the first page"),
             "log": _("It was written to the server's log.")}
    return HttpResponse(_FAILED.format_map({name: escape(word) for name, word in words.items()}), status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form without a valid token: most often one that was open for too long."""
    return told(request, 403, _("This form has expired"), _("Go back, load the page again, and send it once more."))


# No template: whatever failed may be what the templates need.
_FAILED = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title} · Paceline</title>
<h1>{title}</h1><p>{log} <a href="/">{home}</a></p></html>"""
