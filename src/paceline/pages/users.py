"""Users: who has an account, inviting, changing, deactivating. Each change is in the audit log."""

from __future__ import annotations

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.pages.forms import PersonForm
from paceline.people import invitations
from paceline.people.models import Invitation, User
from paceline.people.roles import Role


@action("see_users")
def users(request: Asking) -> HttpResponse:
    """Everybody with an account, and who is invited."""
    open_ones = Invitation.objects.filter(accepted_at=None, user=None, expires_at__gt=timezone.now()).order_by("name")
    names = {person.rep_id: person.name for person in request.door.people()}
    return render(
        request, "users/users.html", {"users": _with_names(names), "invitations": open_ones, "form": _form(request)}
    )


@action("change_users")
def invite(request: Asking) -> HttpResponse:
    """Make an invitation; its link is shown once, to be sent by whatever means."""
    if request.method != "POST":
        return redirect("users")
    form = _form(request)
    if not form.is_valid():
        names = {person.rep_id: person.name for person in request.door.people()}
        return render(request, "users/users.html", {"users": _with_names(names), "form": form}, status=400)
    told = form.cleaned_data
    invitation, token = invitations.invite(request.user, told["email"], told["name"], Role(told["role"]), told["rep_id"])
    note("invited", request.user, {"role": invitation.role, "person": invitation.rep_id})
    return render(request, "users/link.html", {"invitation": invitation, "link": _link(request, token)})


@action("see_users", "change_users")
def user(request: Asking, public_id: UUID) -> HttpResponse:
    """One account: name, address, role, person of the CRM."""
    found = _found(public_id)
    start = {"name": found.name, "email": found.email, "role": found.role, "rep_id": found.rep_id}
    form = PersonForm(request.POST or None, initial=start, people=_choices(request, found), user=found)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if _is_last_admin(found) and told["role"] != Role.ADMIN:
            form.add_error("role", _("Someone must stay admin."))
        else:
            changed = sorted(name for name in start if start[name] != told[name])
            found.name, found.email, found.role, found.rep_id = told["name"], told["email"].lower(), told["role"], told["rep_id"]
            found.save()
            note("user_changed", request.user, {"user": str(found.public_id), "changed": ", ".join(changed), "role": found.role})
            messages.success(request, _("Saved."))
            return redirect("user", found.public_id)
    return render(request, "users/user.html", {"person": found, "form": form}, status=400 if form.is_bound else 200)


@action("change_users")
def set_active(request: Asking, public_id: UUID) -> HttpResponse:
    """Deactivate (sessions and keys end at once) or activate again."""
    found = _found(public_id)
    if request.method != "POST":
        return redirect("user", found.public_id)
    active = request.POST.get("active") == "yes"
    if not active and _is_last_admin(found):
        messages.error(request, _("Someone must stay admin."))
        return redirect("user", found.public_id)
    found.is_active = active
    found.save(update_fields=["is_active"])
    if not active:
        for session in UserSession.objects.filter(user=found):
            session.end()
    note("user_activated" if active else "user_deactivated", request.user, {"user": str(found.public_id)})
    return redirect("user", found.public_id)


@action("change_users")
def password_link(request: Asking, public_id: UUID) -> HttpResponse:
    """A link by which the user chooses a new password."""
    found = _found(public_id)
    if request.method != "POST":
        return redirect("user", found.public_id)
    invitation, token = invitations.new_password(request.user, found)
    note("password_link_made", request.user, {"user": str(found.public_id)})
    return render(request, "users/link.html", {"invitation": invitation, "link": _link(request, token)})


def _found(public_id: UUID) -> User:
    found = User.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _is_last_admin(found: User) -> bool:
    admins = User.objects.filter(role=Role.ADMIN.value, is_active=True)
    return found.role == Role.ADMIN and found.is_active and not admins.exclude(pk=found.pk).exists()


def _form(request: Asking) -> PersonForm:
    return PersonForm(request.POST or None, people=_choices(request, None))


def _choices(request: Asking, found: User | None) -> list[tuple[str, str]]:
    """People of the CRM without an account, and the user's own; who has left only if it is theirs."""
    others = User.objects.exclude(rep_id="")
    taken = set((others if found is None else others.exclude(pk=found.pk)).values_list("rep_id", flat=True))
    return [
        (person.rep_id, f"{person.name} · {person.team or person.role or person.rep_id}")
        for person in request.door.people()
        if person.rep_id not in taken
    ]


def _with_names(names: dict[str, str]) -> list[tuple[User, str]]:
    return [(found, names.get(found.rep_id, found.rep_id)) for found in User.objects.order_by("-is_active", "name")]


def _link(request: Asking, token: str) -> str:
    return request.build_absolute_uri(reverse("join", args=[token]))
