"""Accepting an invitation, or choosing a new password, by a link that works once."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from paceline.access.audit import note
from paceline.access.gate import action
from paceline.pages.errors import told
from paceline.pages.forms import PasswordForm
from paceline.people import invitations
from paceline.people.models import User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@action("join")
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password; then the user is logged in."""
    invitation = invitations.open_invitation(token)
    if invitation is None:
        return _over(request)
    person = User(email=invitation.email, name=invitation.name)
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        user = invitations.accept(token, form.cleaned_data["password"])
        if user is None:
            return _over(request)
        note("joined" if invitation.user is None else "password_chosen", user)
        if invitation.user is not None:
            return redirect("account_login")  # a second factor, where there is one, is still asked for
        login(request, user, backend=_BACKEND)
        return redirect("home")
    return render(request, "entering/join.html", {"form": form, "invitation": invitation})


def _over(request: HttpRequest) -> HttpResponse:
    """Of a link that never was the same is said as of one that was used, or whose time is over."""
    return told(request, 404, _("This link doesn't work any more"),
                _("It was used, or its time is over. Log in, or ask your Paceline admin for a new link."))
