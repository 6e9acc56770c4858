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
from paceline.project.running import running
from paceline.project.writing import written

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
    form = SetUpForm(running().project, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, _done(form), backend=_BACKEND)
        return redirect("set_up_index")
    return render(request, "entering/set_up.html", {"form": form})


def _done(form: SetUpForm) -> User:
    global _token
    with transaction.atomic():
        if User.objects.exists():  # two sent it at once
            raise Http404
        _write(form.decided)
        told = form.cleaned_data
        user = User.objects.create_user(told["email"], told["password"], name=told["name"], role=Role.ADMIN.value)
        note("set_up", user)
    _token = None
    running().reread()
    return user


def _write(decided: dict[tuple[str, str], Any]) -> None:
    """Into ``paceline.toml``, its comments kept; all of it or nothing."""
    file = running().project.folder / FILE
    new = file.with_suffix(".toml.new")
    new.write_text(written(file.read_text(encoding="utf-8-sig"), decided), encoding="utf-8")
    os.replace(new, file)
