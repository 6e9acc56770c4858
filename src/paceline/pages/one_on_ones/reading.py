"""The pages that are read: who meets whom, the next 1:1 prepared, past ones as they were."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.gate import Asking, Visitor, action, may
from paceline.coaching import agenda, notes, wishes
from paceline.coaching.actions import due
from paceline.coaching.clock import day_of, now
from paceline.coaching.holding import history, last_held
from paceline.coaching.models import OneOnOne, State, WishKind
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Prepared
from paceline.coaching.series import series_of
from paceline.pages.dashboards import judged, written
from paceline.pages.one_on_ones import agreeing, shown
from paceline.pages.one_on_ones.gather import follow, prepared
from paceline.pages.one_on_ones.listing import list_of
from paceline.pages.one_on_ones.pairing import WITH, boss_of, names, one_of, pair_in, pair_of
from paceline.pages.one_on_ones.points import points
from paceline.pages.one_on_ones.scheduling import SeriesForm, start_of, words_of
from paceline.pages.told import in_words
from paceline.project.running import running
from paceline.sales.scope import Scope

_OPENED_SECONDS = 3600  # one look is noted once, not at every button


@action("see_one_on_ones")
@require_safe
def index(request: Asking) -> HttpResponse:
    """The visitor's 1:1s: who is next, who hasn't been met, what waits for an answer, what was promised."""
    store = request.door.store
    falls = judged.changes(store, Scope.company()).falls
    people = list_of(request, falls)
    promised = follow(store, due(request.user.rep_id, store.view().day)) if request.user.rep_id else ()
    known = names(request, *{one.who for one in promised})
    waiting = wishes.waiting_for(request.user.rep_id)
    context = {
        "people": people,
        "own": _own(request),
        "waiting": [(wish, names(request, wish.rep_id)[wish.rep_id]) for wish in waiting],
        "promised": [shown.followed_of(store, known, one, store.view().day) for one in promised],
        "time_page": reverse("coaching_time") if may(request, "see_coaching_time") else "",
        "today": written.day(store.view().day),
    }
    return render(request, "one_on_ones/index.html", context)


def _own(request: Asking) -> list[dict[str, Any]]:
    """The visitor's 1:1s with those above: the own manager, and whoever met the visitor before."""
    own = request.user.rep_id
    if not own:
        return []
    found = list(OneOnOne.objects.filter(rep_id=own, state=State.PLANNED).values_list("manager_id", flat=True))
    boss = boss_of(request, own)
    told = []
    for manager in dict.fromkeys(([boss] if boss and boss != own else []) + found):
        pair = Pair(manager, own)
        one, last = agenda.to_come(pair), last_held(pair)
        told.append({
            "name": names(request, manager)[manager],
            "href": address_of(request, pair),
            "next": moment(one.at, pair) if one is not None else "",
            "last": written.day(day_of(last.ended_at)) if last is not None and last.ended_at else "",
        })
    return told


@action("see_one_on_ones")
@require_safe
def following(request: Asking, rep_id: str) -> HttpResponse:
    """The next 1:1, prepared."""
    pair = pair_of(request, rep_id)
    one = agenda.to_come(pair)
    noted(request, pair, one)
    return render(request, "one_on_ones/one.html", {**context_of(request, pair, one), **to_change(request, pair, one)})


@action("see_one_on_ones")
@require_safe
def past(request: Asking, public_id: UUID) -> HttpResponse:
    """One that was, as it was shown then. An id that is a person's (some CRMs have such ids) leads to the next one."""
    if not OneOnOne.objects.filter(public_id=public_id).exists():
        return following(request, str(public_id))
    one = one_of(request, public_id)
    pair = pair_in(one)
    if one.is_planned:
        return redirect(address_of(request, pair))
    noted(request, pair, one)
    return render(request, "one_on_ones/past.html", context_of(request, pair, one))


def noted(request: Asking, pair: Pair, one: OneOnOne | None) -> None:
    """Who opened which 1:1 goes to the audit log, and nothing of what is in it."""
    which = str(one.public_id) if one is not None else ""
    if cache.add(f"one-on-one:{request.user.pk}:{pair.rep_id}:{which}", True, _OPENED_SECONDS):
        note("one_on_one_opened", request.user, {"person": pair.rep_id, "one_on_one": which})


def context_of(request: Asking, pair: Pair, one: OneOnOne | None) -> dict[str, Any]:
    """What both pages show: what was prepared, the agenda, notes, what is agreed, the history."""
    store, own = request.door.store, request.user.rep_id
    told = Prepared(store.view().day, store.settings.currency)
    if one is None or one.is_planned or one.shown:
        told = prepared(request, pair, one)
    known = names(request, pair.manager_id, pair.rep_id)
    asked = wishes.of_two(pair)
    planned = one is None or one.is_planned
    fresh = points(store, pair, told, asked) if planned else []
    changes = [shown.change_of(store, pair, told, each) for each in (*told.changes, *told.praise)]
    chosen = request.GET.get("metric", "")
    main = next((each for each in changes if each["metric"] == chosen), changes[0] if changes else None)
    praised = {each.metric for each in told.praise}
    return {
        "one": one,
        "pair": pair,
        "own": own,
        "leads": own == pair.manager_id,
        "is_open": planned,  # the numbers are today's, so what they are made of can be looked at
        "other": known[pair.rep_id if own == pair.manager_id else pair.manager_id],
        "rep_name": known[pair.rep_id],
        "with_key": WITH,
        "at": moment(one.at, pair) if one is not None else "",
        "held": written.day(day_of(one.ended_at)) if one is not None and one.ended_at else "",
        "shown_day": written.day(told.day),
        "has_numbers": one is None or one.is_planned or bool(one.shown),
        "items": [_item(item, known, own) for item in agenda.on_it(one, fresh)],
        "main": main,
        "others": [each for each in changes if each is not main and each["metric"] not in praised],
        "praise": [each for each in changes if each is not main and each["metric"] in praised],
        "goals": [shown.goal_of(store, pair, told, goal) for goal in told.goals],
        "followed": [shown.followed_of(store, known, each, told.day) for each in told.followed],
        "agreed": [shown.agreed_of(store, known, each) for each in (one.actions.all() if one is not None else ())],
        "notes": notes.read(one, own),
        "history": [_past(each) for each in history(pair)],
        "rep_page": shown.person_page(pair.rep_id),
        "here": address_of(request, pair),
    }


def to_change(request: Asking, pair: Pair, one: OneOnOne | None) -> dict[str, Any]:
    """What is only there while the 1:1 is to come: forms."""
    series = series_of(pair)
    store = request.door.store
    last = last_held(pair)
    return {
        "series": series,
        "rhythm": words_of(series),
        "series_form": SeriesForm(initial=start_of(series, store.settings.time_zone)),
        "when": one.at.astimezone(zone_of(pair)) if one is not None and one.at is not None else None,
        "minutes": one.minutes if one is not None else 30,
        "agree": agreeing.start(request, pair, one),
        "asked": [_wish(wish) for wish in wishes.of_two(pair)],
        "wish_kinds": WishKind.choices,
        "last": written.day(day_of(last.ended_at)) if last is not None and last.ended_at else "",
    }


def _wish(wish: Any) -> dict[str, Any]:
    return {"wish": wish, "day": written.day_brief(day_of(wish.created_at)), "state": wish.get_state_display()}


def _item(item: Any, known: dict[str, str], own: str) -> dict[str, Any]:
    by = "" if not item.by else known.get(item.by, "")
    return {
        "key": item.key, "text": in_words(item.told), "link": item.link, "kind": item.get_kind_display(),
        "done": item.done_at is not None, "by": by, "mine": item.by == own, "made": not item.by,
    }  # fmt: skip


def _past(one: OneOnOne) -> dict[str, Any]:
    ended = day_of(one.ended_at) if one.ended_at else day_of(one.created_at)
    return {
        "href": reverse("one_on_one", args=[one.public_id]), "day": written.day(ended), "held": one.state == State.HELD,
        "minutes": one.minutes,
    }  # fmt: skip


def zone_of(pair: Pair) -> ZoneInfo:
    """The zone in which the two make appointments: the series', else the company's."""
    series = series_of(pair)
    return ZoneInfo(series.time_zone if series is not None else running().project.settings.time_zone)


def moment(at: datetime | None, pair: Pair) -> str:
    """When, in the series' zone, which is named; empty where nobody said."""
    return "" if at is None else written.instant(int(at.timestamp()), str(zone_of(pair)))


def address_of(visitor: Visitor, pair: Pair) -> str:
    """Where the next 1:1 of the two is, as seen by the visitor."""
    base = reverse("one_on_ones_with", args=[pair.rep_id])
    if visitor.user.rep_id == pair.rep_id and pair.manager_id != boss_of(visitor, pair.rep_id):
        return f"{base}?{WITH}={pair.manager_id}"
    return base


def clock() -> datetime:
    """Now."""
    return now()
