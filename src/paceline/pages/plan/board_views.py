"""Leaderboard and TV view: off until the company turns them on; who sees names is the company's choice, too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.gate import Asking, action, door_for
from paceline.access.rules import Rows
from paceline.charts import Dot, Picture
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import goal_tiles, written
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.kept import one as reading_of
from paceline.pages.dashboards.later import patient
from paceline.pages.dashboards.links import records_of, rep_link
from paceline.pages.dashboards.team import groups_of
from paceline.pages.plan.board import ABSENT, FEW, NEW, NONE, Board, Placed, board, roles_of
from paceline.pages.plan.goals import lines_of
from paceline.project.running import running
from paceline.sales.periods import Period
from paceline.sales.scope import Scope

OFF, NAMED = "off", "named"
REFRESH = 300  # seconds after which a screen on the wall asks again
_MOST_ON_TV = 8
_WHY = {
    NEW: gettext_lazy("ramping"),
    ABSENT: gettext_lazy("too few working days"),
    FEW: gettext_lazy("too few cases"),
    NONE: gettext_lazy("no value"),
}


def setting() -> str:
    """What the company chose. Raises Http404 where it is off."""
    chosen = running().project.config.pages.leaderboard
    if chosen == OFF:
        raise Http404
    return chosen


def metrics_of(store: Store, role: str) -> dict[str, Metric]:
    """What a role may be placed by: what it is shown, but what has no better side."""
    found = [one for _, some in groups_of(role, store.catalog, results=True) for one in some]
    return {one.slug: one for one in found if one.direction.way in ("higher", "lower")}


def _chosen(request: Asking, of: Asked, scope: Scope) -> tuple[str, Metric, dict[str, Metric], list[str]]:
    """The role and the metric that the address says, else the largest role and its first result."""
    roles = roles_of(of.question, scope)
    role = of.address.role or (roles[0] if roles else "")
    metrics = metrics_of(of.store, role)
    return role, metrics[_slug(request, metrics)], metrics, roles


def _slug(request: Asking, metrics: dict[str, Metric]) -> str:
    """What the address says people are placed by; revenue, or else the role's first metric."""
    slug = request.GET.get("metric", "") or ("revenue" if "revenue" in metrics else next(iter(metrics), ""))
    if slug not in metrics:
        raise BadQuestionError(gettext("Nobody is placed by %(slug)s.") % {"slug": slug})
    return slug


@action("see_board")
@require_safe
def board_page(request: Asking) -> HttpResponse:
    """Who brought what, fairly."""
    chosen = setting()
    of = asked(request, period="this_month")
    own = request.user.rep_id
    alone = request.door.rows is Rows.OWN
    peers = door_for(request, "see_peers").peers(own, of.as_of) if alone and own else None
    scope = of.scope if not alone else peers
    found, context = None, {}
    if scope is not None:
        if alone:
            mine = next((s.role for s in of.store.view(of.as_of).members(scope) if s.rep_id == own and s.role), "")
            metrics = metrics_of(of.store, mine)
            found, roles = board(of.question, scope, mine, metrics[_slug(request, metrics)]), [mine]
        else:
            role, metric, metrics, roles = _chosen(request, of, scope)
            found = board(of.question, scope, role, metric)
        context = {
            "metrics": choices({key: gettext(one.name) for key, one in metrics.items()}, found.metric.slug),
            "roles": choices({role: role for role in roles}, found.role),
        }
    people = request.door.people(of.as_of)
    base = of.base(
        board=None if found is None else _shown(of, found, own, named=not alone or chosen == NAMED, links=not alone),
        alone=alone,
        teams=choices({one.team: one.team for one in people if one.team}, of.address.team) if not alone else [],
        tv="" if alone else reverse("tv") + of.address.query(vs="own", metric=request.GET.get("metric", "")),
        **context,
    )
    return render(request, "plan/board.html", base)


def _shown(of: Asked, found: Board, own: str, *, named: bool, links: bool) -> dict[str, Any]:
    read = written.reader_of(found.metric.unit, of.currency)
    place = found.place(own)
    dots = [Dot(_dot_name(one, own, named), one.pace, "me" if one.rep == own else "") for one in found.placed]
    picture: Picture = charts.strip(
        dots, written=read, title=gettext("%(metric)s: who is where") % {"metric": gettext(found.metric.name)},
        median_word=gettext("median"), columns=(gettext("Who"), gettext(found.metric.name)),
    )  # fmt: skip
    return {
        "enough": found.enough,
        "metric": gettext(found.metric.name),
        "role": found.role,
        "flow": found.flow,
        "rows": [_row(of, found, one, own, named=named, links=links) for one in found.placed],
        "apart": [
            {**_row(of, found, one, own, named=named, links=links), "why": str(_WHY[one.why]), "week": one.week}
            for one in found.apart
            if named or one.rep == own
        ],
        "picture": picture,
        "place": None if place is None else _place(place, len(found.placed)),
    }


def _dot_name(one: Placed, own: str, named: bool) -> str:
    return gettext("you") if one.rep == own else one.name if named else ""


def _place(place: tuple[int, int], of: int) -> str:
    told = {"first": place[0], "last": place[1], "of": of}
    return gettext("%(first)s of %(of)s") % told if place[0] == place[1] else gettext("%(first)s to %(last)s of %(of)s") % told


def _row(of: Asked, found: Board, one: Placed, own: str, *, named: bool, links: bool) -> dict[str, Any]:
    read = written.reader_of(found.metric.unit, of.currency)
    place = found.place(one.rep)
    seen = links or one.rep == own
    return {
        "name": one.name if named or one.rep == own else gettext("a peer"),
        "own": one.rep == own,
        "page": rep_link(of, one.rep) if seen else "",
        "place": "" if place is None else str(place[0]),
        "pace": "" if one.pace is None else read(one.pace),
        "value": None if one.reading.value is None else read(one.reading.value),
        "records": records_of(found.metric.slug, of.period, one.rep, as_of=of.address.as_of) if seen else "",
        "days": written.count(round(one.days, 1)),
        "n": one.reading.n,
    }


# --- on the wall ---


@action("see_tv")
@require_safe
@patient
def tv_page(request: Asking) -> HttpResponse:
    """Large, for a screen on the wall; without names unless the company said so. It loads itself again."""
    chosen = setting()
    of = asked(request, period="this_month")
    role, metric, metrics, roles = _chosen(request, of, of.scope)
    found = board(of.question, of.scope, role, metric)
    lines_of(of, goal_tiles.goals_period(of), of.scope)  # goals come from work of seconds: wait for it elsewhere
    still = request.GET.get("still") == "1"
    named = chosen == NAMED
    words = {"metric": request.GET.get("metric", ""), "role": of.address.role}
    context = of.base(
        board=_shown(of, found, "", named=named, links=False),
        rows=[_row(of, found, one, "", named=True, links=False) for one in found.placed[:_MOST_ON_TV]] if named else [],
        named=named,
        about=of.about,
        goals=goal_tiles.of_team(of),
        goals_title=goal_tiles.title(of),
        week=_week(of),
        metrics=choices({key: gettext(one.name) for key, one in metrics.items()}, metric.slug),
        roles=choices({one: one for one in roles}, role),
        still=still,
        turn=reverse("tv") + of.address.query(vs="own", **words, still="" if still else "1"),
        board_address=reverse("leaderboard") + of.address.query(vs="own", **words),
        minutes=REFRESH // 60,
    )
    answer = render(request, "plan/tv.html", context)
    if not still:
        answer["Refresh"] = str(REFRESH)
    return answer


def _week(of: Asked) -> list[dict[str, str | None]]:
    """What everybody together brought in the last seven days."""
    days = Period.between(of.today - timedelta(days=6), of.today + timedelta(days=1))
    found = []
    for slug in ("sales_volume", "revenue", "new_opportunities", "meetings_held"):
        reading = reading_of(of.store, slug, of.scope, days, as_of=of.as_of)
        found.append({"name": gettext(of.store.catalog[slug].name), "value": written.reading(reading)})
    return found
