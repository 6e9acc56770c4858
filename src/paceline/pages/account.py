"""One's own account: second factor, sessions, keys, and everything that is kept about oneself."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.access.areas import AREAS
from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.access.own_data import everything_about
from paceline.pages.language import LanguageForm
from paceline.people import keys
from paceline.people.models import ApiKey

# What an area that a key can be limited to is called.
_AREAS = {
    "numbers": gettext_lazy("numbers of people and teams"), "records": gettext_lazy("records, disputes"),
    "forecast": gettext_lazy("forecast"), "goals": gettext_lazy("goals"), "decide": gettext_lazy("decide, drivers, ramp"),
    "alerts": gettext_lazy("alerts"), "one_on_ones": gettext_lazy("1:1s, coaching time"),
    "health": gettext_lazy("data health"), "administration": gettext_lazy("set-up, users, audit log"),
    "monitoring": gettext_lazy("server metrics"),
}  # fmt: skip


@action("keep_account")
def account(request: Asking) -> HttpResponse:
    """What is one's own to change."""
    return render(request, "account_page.html", _shown(request))


@action("keep_account")
def make_key(request: Asking) -> HttpResponse:
    """A new key; its text is shown on this very answer, and never again."""
    if request.method != "POST":
        return redirect("account")
    name = request.POST.get("name", "").strip()[:100] or _("Key")
    areas = [area for area in AREAS if area in request.POST.getlist("areas")]
    key, text = keys.make(request.user, name, writes=request.POST.get("writes") == "on", areas=areas)
    note("key_made", request.user, {"key": key.shown, "writes": key.writes, "areas": " ".join(key.areas)})
    return render(request, "account_page.html", {**_shown(request), "new_key": text})


@action("keep_account")
def revoke_key(request: Asking, number: int) -> HttpResponse:
    """From now on the key opens nothing."""
    key = ApiKey.objects.filter(pk=number, user=request.user, revoked_at=None).first()
    if key is None:
        raise Http404
    if request.method == "POST":
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        note("key_revoked", request.user, {"key": key.shown})
        messages.success(request, _("The key no longer works."))
    return redirect("account")


@action("see_own_data")
def own_data(request: Asking) -> HttpResponse:
    """A file with all that is kept about the user."""
    note("own_data_taken_out", request.user)
    told = everything_about(request.user, request.door.store)
    answer = JsonResponse(told, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


def _shown(request: Asking) -> dict[str, object]:
    live = ApiKey.objects.filter(user=request.user, revoked_at=None)
    language = LanguageForm(initial={"language": request.user.language})
    return {"areas": [(area, _AREAS[area]) for area in AREAS], "keys": list(live.order_by("-created_at")), "language": language}
