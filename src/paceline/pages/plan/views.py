"""Saved views: a page's address with a name, kept for oneself or shared, and perhaps the page with which one's day begins."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from paceline.access.audit import note
from paceline.access.gate import Asking, action, actions_of
from paceline.access.rules import rows_of
from paceline.pages.plan.models import SavedView, StartPage
from paceline.people.models import User
from paceline.people.roles import Role


def readable(address: str, role: Role) -> str:
    """The address as it may be kept: one of ours, that the role may open. ValueError for any other, and for files and forms."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//") or "\\" in address:
        raise ValueError(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        raise ValueError(address) from None
    rules = actions_of(found.func)
    if rules is None or rules[0].public or rules[0].action == "export" or rows_of(rules[0].action, role) is None:
        raise ValueError(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def views_for(user: User, path: str) -> list[SavedView]:
    """One's own views of a page and those that others share, by name."""
    some = SavedView.objects.filter(Q(user=user) | Q(shared=True, user__is_active=True)).select_related("user")
    return [one for one in some if urlsplit(one.address).path == path]


def start_of(user: User) -> str:
    """The address with which the user's day begins; empty where none was chosen, or it may not be opened any more."""
    chosen = StartPage.objects.filter(user=user).select_related("view").first()
    if chosen is None or (chosen.view.user_id != user.pk and not chosen.view.shared):
        return ""
    try:
        return readable(chosen.view.address, Role(user.role))
    except ValueError:
        return ""


class SaveForm(forms.Form):
    """A name for an address."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    address = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    shared = forms.BooleanField(label=gettext_lazy("Share it with everybody who may open this page"), required=False)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user

    def clean_address(self) -> str:
        """One of our pages, that the user may open."""
        try:
            return readable(str(self.cleaned_data["address"]), Role(self.user.role))
        except ValueError:
            raise forms.ValidationError(_("This isn’t a page of Paceline that you may open.")) from None


@action("see_views")
@require_safe
def views_page(request: Asking) -> HttpResponse:
    """All of one's views, and those that are shared."""
    return _shown(request, None)


def _shown(request: Asking, form: SaveForm | None) -> HttpResponse:
    start = StartPage.objects.filter(user=request.user).values_list("view_id", flat=True).first()
    some = openable(request.user)
    own = [one for one in some if one.user_id == request.user.pk]
    context = {"own": own, "start": start, "form": form, "others": [one for one in some if one not in own]}
    return render(request, "plan/views.html", context, status=200 if form is None else 400)


def openable(user: User) -> list[SavedView]:
    """One's own views and those that others share, by name: those whose page the user may open."""
    some = SavedView.objects.filter(Q(user=user) | Q(shared=True, user__is_active=True)).select_related("user")
    return [one for one in some if _is_openable(one, user)]


def _is_openable(one: SavedView, user: User) -> bool:
    try:
        readable(one.address, Role(user.role))
    except ValueError:
        return False
    return True


@action("keep_views")
@require_POST
def save_view(request: Asking) -> HttpResponse:
    """Keep an address under a name; under a name that is there, anew."""
    form = SaveForm(request.POST, user=request.user)
    if not form.is_valid():
        return _shown(request, form)
    told = form.cleaned_data
    SavedView.objects.update_or_create(
        user=request.user, name=told["name"].strip(), defaults={"address": told["address"], "shared": told["shared"]}
    )
    note("view_saved", request.user, {"address": urlsplit(told["address"]).path, "shared": told["shared"]})
    messages.success(request, _("Saved."))
    return redirect(told["address"])


@action("keep_views")
@require_POST
def change_view(request: Asking, number: int) -> HttpResponse:
    """Begin one's day with a view (or no longer), share one's own or keep it for oneself, delete it."""
    wanted = request.POST.get("do", "")
    view = SavedView.objects.filter(Q(user=request.user) | Q(shared=True), pk=number).first()
    if view is None or (wanted not in ("start", "no-start") and view.user_id != request.user.pk):
        raise Http404
    if wanted == "start":
        StartPage.objects.update_or_create(user=request.user, defaults={"view": view})
    elif wanted == "no-start":
        StartPage.objects.filter(user=request.user, view=view).delete()
    elif wanted in ("share", "keep"):
        view.shared = wanted == "share"
        view.save(update_fields=["shared"])
    elif wanted == "delete":
        view.delete()
    else:
        raise Http404
    note("view_changed", request.user, {"what": wanted, "view": number})
    return redirect("views")
