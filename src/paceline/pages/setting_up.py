"""The first run: what the company decides once, and its first admin. Opened by a token that the terminal printed; then gone."""

from __future__ import annotations

import hmac
import os
import secrets
from typing import Any

from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from paceline.access.audit import note
from paceline.access.gate import action
from paceline.pages.forms import SetUpForm
from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project import FILE
from paceline.project.keys import MONTHS, WEEKDAYS
from paceline.project.running import running
from paceline.project.writing import written
from paceline.sales.settings import Settings

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_token: str | None = None


def new_token() -> str | None:
    """A token that opens the set-up page in this process; None when there is a user already."""
    global _token
    _token = None if User.objects.exists() else secrets.token_urlsafe(24)
    return _token


@action("set_up")
@sensitive_post_parameters()
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """The form; sent well, it makes the admin, writes ``paceline.toml``, and the page is gone."""
    if _token is None or not hmac.compare_digest(token.encode(), _token.encode()) or User.objects.exists():
        raise Http404
    form = SetUpForm(request.POST or None, initial=_now_set(running().project.settings))
    if request.method == "POST" and form.is_valid():
        login(request, _done(form.cleaned_data), backend=_BACKEND)
        return redirect("home")
    return render(request, "entering/set_up.html", {"form": form})


def _done(told: dict[str, Any]) -> User:
    global _token
    with transaction.atomic():
        if User.objects.exists():  # two sent it at once
            raise Http404
        _write(told)
        user = User.objects.create_user(told["email"], told["password"], name=told["name"], role=Role.ADMIN.value)
        note("set_up", user)
    _token = None
    running().reread()
    return user


def _write(told: dict[str, Any]) -> None:
    """Into ``paceline.toml``, its comments kept; all of it or nothing."""
    file = running().project.folder / FILE
    chosen = {
        ("company", "name"): told["company"],
        ("company", "currency"): told["currency"],
        ("company", "time_zone"): told["time_zone"],
        ("company", "fiscal_year_starts"): told["fiscal_year_starts"],
        ("work", "days"): told["work_days"],
        ("sales", "own_domains"): told["own_domains"],
    }
    new = file.with_suffix(".toml.new")
    new.write_text(written(file.read_text(encoding="utf-8-sig"), chosen), encoding="utf-8")
    os.replace(new, file)


def _now_set(settings: Settings) -> dict[str, Any]:
    return {
        "company": "" if settings.name == Settings().name else settings.name,
        "currency": settings.currency,
        "time_zone": settings.time_zone,
        "fiscal_year_starts": MONTHS[settings.fiscal_start_month - 1],
        "work_days": [WEEKDAYS[int(day) - 1] for day in settings.work_days],
        "own_domains": ", ".join(sorted(settings.own_domains)),
    }
