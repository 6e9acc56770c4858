"""Putting something onto the next 1:1, from any page.

A form anywhere posts to the address named ``add_to_one_on_one`` (the rep's id in it): ``kind`` (default note), ``text``, and, if
there is one, ``link`` (an address of ours), ``key`` (of which an agenda has one), ``next`` (the page to come back to). With
``do=off`` it takes back what the visitor added under ``key``.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from paceline.access.audit import note
from paceline.access.gate import Asking, Visitor, action
from paceline.coaching import agenda
from paceline.coaching.models import Item, Kind
from paceline.coaching.pair import Pair
from paceline.pages.one_on_ones.pairing import names, pair_of
from paceline.pages.one_on_ones.points import signal_key, unsigned
from paceline.pages.one_on_ones.reading import address_of
from paceline.pages.told import fault_in_words


@action("see_one_on_ones", "hold_one_on_ones")
def add(request: Asking, rep_id: str) -> HttpResponse:
    """One click on any page."""
    pair = pair_of(request, rep_id)
    if request.method != "POST":
        return redirect("people")
    told = {name: request.POST.get(name, "").strip() for name in ("kind", "text", "said", "link", "key", "next")}
    here = told["next"] if agenda.is_ours(told["next"]) else reverse("people")
    if request.POST.get("do") == "off":
        return _taken_back(request, pair, told["key"], here)
    try:
        item = put(request, pair, told["kind"], unsigned(told["said"]) or told["text"], told["link"], told["key"])
    except agenda.AgendaError as error:
        messages.error(request, capfirst(fault_in_words(error)))
    else:
        other = names(request, *_ids(pair))[_other(pair, request.user.rep_id)]
        words = _("On the agenda with %(name)s.") % {"name": other}
        messages.success(request, format_html('{} <a href="{}">{}</a>', words, _where(request, pair, item), _("Open the 1:1")))
    return redirect(here)


def _taken_back(request: Asking, pair: Pair, key: str, here: str) -> HttpResponse:
    try:
        agenda.take_back(pair, request.user.rep_id, key)
    except agenda.AgendaError:
        messages.error(request, _("This point isn’t on the agenda any more."))
    else:
        one = agenda.upcoming(pair)
        note("agenda_changed", request.user, {"person": pair.rep_id, "one_on_one": str(one.public_id)})
        messages.success(request, _("Taken off the agenda."))
    return redirect(here)


def put(visitor: Visitor, pair: Pair, kind: str, text: str, link: str = "", key: str = "") -> Item:
    """Put something onto the next 1:1 of the two. Raises AgendaError."""
    name = _key(kind, link) or key
    item = agenda.add(*_ids(pair), visitor.user.rep_id, kind or Kind.NOTE, text, link, name)
    note("agenda_changed", visitor.user, {"person": pair.rep_id, "one_on_one": str(item.one_on_one.public_id)})
    return item


def _key(kind: str, link: str) -> str:
    """A change of a metric is on an agenda once, whether somebody added it or it came by itself; empty for everything else."""
    if kind not in (Kind.SIGNAL, Kind.PRAISE) or not agenda.is_ours(link):
        return ""
    try:
        found = resolve(urlsplit(link).path)
    except Resolver404:
        return ""
    return signal_key(str(found.kwargs["slug"])) if found.url_name == "metric" else ""


def _where(request: Asking, pair: Pair, item: Item) -> str:
    """The next 1:1, at what can be agreed about it."""
    here = address_of(request, pair)
    if not item.key.startswith(signal_key("")):
        return f"{here}#agenda"
    more = urlencode({"metric": item.key.removeprefix(signal_key(""))})
    return f"{here}{'&' if '?' in here else '?'}{more}#agree"


def _ids(pair: Pair) -> tuple[str, str]:
    return pair.manager_id, pair.rep_id


def _other(pair: Pair, own: str) -> str:
    return pair.rep_id if own == pair.manager_id else pair.manager_id
