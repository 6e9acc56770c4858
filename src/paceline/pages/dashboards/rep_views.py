"""The rep page: for the manager and the rep alike."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.gate import Asking, action, door_for
from paceline.charts import Picture, Stretch
from paceline.coaching.agenda import added_by
from paceline.coaching.prepared import DealShown
from paceline.judging.drivers_read import FAMILIES
from paceline.judging.ramp import RampError
from paceline.judging.signals import Signal
from paceline.pages.dashboards import goal_tiles, judged, rep, signal_cards, written
from paceline.pages.dashboards.address import Address
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.deals import OpenDeal
from paceline.pages.dashboards.later import NotYetError, patient, soon
from paceline.pages.dashboards.links import records_of, tile
from paceline.pages.dashboards.records import in_crm
from paceline.pages.one_on_ones.gather import MOST_DEALS, deals_to_talk_about
from paceline.pages.one_on_ones.points import deal_words, signal_key
from paceline.pages.one_on_ones.today import one_on_one_with
from paceline.pages.plan import ramp_views
from paceline.pages.plan.drivers_brief import drivers_in_brief
from paceline.pages.told import in_words
from paceline.project.running import running
from paceline.sales.periods import epoch_day, from_epoch_day

_DRAWN = 12  # deals on the timeline; the table has all of them


@action("see_rep")
@require_safe
@patient
def rep_page(request: Asking, rep_id: str) -> HttpResponse:
    """One rep: for the manager and the rep alike."""
    of = asked(request, rep=rep_id or None)
    peers = door_for(request, "see_peers").peers(rep_id, of.as_of)
    page = soon(
        of.store, ("rep page", rep_id, of.scope, of.course, peers), of.as_of,
        lambda: rep.page(of.store, of.scope, rep_id, of.course, peers=peers, as_of=of.as_of),
    )  # fmt: skip
    changed = judged.changes_soon(of.store, of.scope, of.as_of)
    goals = goal_tiles.of_rep(of, of.scope, lambda slug, period: records_of(slug, period, rep_id, as_of=of.address.as_of))
    added = added_by(request.user.rep_id)
    groups = [(gettext(g.name), [tile(of, cell, rep_id) for cell in g.cells]) for g in page.groups]
    told = {one.metric.slug for one in (*changed.falls, *changed.praise)}  # as lasting changes: not as single periods once more
    context = of.base(
        page=page,
        own=rep_id == request.user.rep_id,
        one_on_one=one_on_one_with(request, rep_id),
        groups=groups,
        well=[tile(of, cell, rep_id) for cell in page.well if cell.metric.slug not in told],
        look=[tile(of, cell, rep_id) for cell in page.look if cell.metric.slug not in told],
        signals=[_look(of, one, added) for one in changed.falls],
        praise=[signal_cards.card(of, one) for one in changed.praise],
        goals=goals,
        missed=[{**goal, "drivers": _gap(of, rep_id, goal["slug"])} for goal in goals or () if goal["mark"] == "worse"],
        reached=[goal for goal in goals or () if goal["mark"] == "better"],
        goals_title=goal_tiles.title(of),
        timeline=_timeline(of, page.deals) if page.deals else None,
        deals=[_deal(of, deal) for deal in page.deals],
        quiet=[_wanting(of, deal) for deal in deals_to_talk_about(page.deals)[:MOST_DEALS]],
        has_peers=any(tile["peers"] for _, tiles in groups for tile in tiles),
        silent=all(tile["text"] is None for _, tiles in groups for tile in tiles),
        left=_left(of, page.who.left_day),
        drivers=drivers_in_brief(request, of, rep_id),
        all_goals=reverse("goals") + Address(as_of=of.address.as_of).query(rep=rep_id),
        ramp=_ramp(of, rep_id) if page.ramp_week else None,
        open_amount=written.money(sum(deal.amount or 0 for deal in page.deals), of.currency),
    )
    return render(request, "dashboards/one_rep.html", context)


def _look(of: Asked, one: Signal, added: Container[tuple[str, str]]) -> dict[str, Any]:
    """A change for the worse, and whether the visitor has put it onto the agenda."""
    key = signal_key(one.metric.slug)
    return {**signal_cards.card(of, one), "key": key, "added": (one.name, key) in added}


def _left(of: Asked, left_day: int | None) -> str:
    """When somebody left who is gone; empty for everybody else."""
    return "" if left_day is None or left_day > epoch_day(of.today) else written.day(from_epoch_day(left_day))


def _ramp(of: Asked, rep_id: str) -> dict[str, Any]:
    """Where a new person stands among those before, once it is worked out; the way to the page of ramps in any case."""
    page = reverse("ramp") + Address(as_of=of.address.as_of).query(rep=rep_id)
    told: dict[str, Any] = {"page": page, "standing": "", "expected": ""}
    try:
        found = ramp_views.ramp_of(of, ramp_views.METRIC, 0.0)
    except (NotYetError, RampError):
        return told
    mine = next((one for one in found.hires if one.rep == rep_id), None)
    if mine is None:
        return told
    return {**told, "standing": in_words(mine.standing.sentence), "expected": in_words(mine.expected.sentence)}


def _gap(of: Asked, rep_id: str, slug: str) -> str:
    """Where a goal's gap is split over its drivers; empty for a metric that has none."""
    if slug not in FAMILIES:
        return ""
    return reverse("drivers") + Address(as_of=of.address.as_of).query(rep=rep_id, metric=slug, against="goal")


def _wanting(of: Asked, deal: DealShown) -> dict[str, str]:
    """An open deal that wants a word, and why."""
    return {"name": deal.name, "why": deal_words(deal, of.currency)}


def _deal(of: Asked, deal: OpenDeal) -> dict[str, Any]:
    return {
        "deal": deal,
        "crm": in_crm(running().project.config.crm, "opportunity_id", deal.opportunity_id),
        "amount": None if deal.amount is None else written.money(deal.amount, of.currency),
        "close": None if deal.close is None else written.day(deal.close),
        "quiet": None if deal.quiet is None else written.ago(deal.quiet),
        "next_meeting": None if deal.next_meeting is None else written.day_brief(deal.next_meeting),
    }


def _timeline(of: Asked, deals: Sequence[OpenDeal]) -> Picture:
    """From each deal's start to its expected close (today, where none is known), the first to close first."""
    today = epoch_day(of.today)
    stretches = []
    for deal in deals[:_DRAWN]:
        begin = today - (deal.age or 0)
        end = today if deal.close is None else epoch_day(deal.close)
        close = gettext("no close date") if deal.close is None else written.day(deal.close)
        stretches.append(Stretch(deal.name, begin, end, close, "late" if deal.overdue or deal.over_limit else ""))
    title = gettext("Open deals from their start to their expected close")
    return charts.timeline(
        stretches, today, title=title, now_word=gettext("today"), columns=(gettext("Deal"), gettext("Expected close"))
    )
