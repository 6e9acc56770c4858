"""Goals: how they stand, which to aim at, what reaching one takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for, may
from paceline.insight.goals_levels import LEVELS
from paceline.judging.goals import COMPANY, REP
from paceline.judging.goals_aimed import aims
from paceline.judging.goals_plan import METRICS, Backwards, plan_back
from paceline.judging.goals_recommend import Suggested, recommendations
from paceline.judging.goals_set import GoalError
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Category, Metric, Unit
from paceline.pages.asked import Asked as Question
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import parts, written
from paceline.pages.dashboards.address import Address
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.later import PATIENT, patient, soon
from paceline.pages.dashboards.links import rep_link
from paceline.pages.plan import goals, periods
from paceline.pages.plan.goal_people import Setter
from paceline.pages.plan.models import GoalProposal
from paceline.pages.told import fault_in_words, in_words
from paceline.people.models import User
from paceline.sales.periods import Period


def asked_goals(request: Asking) -> Asked:
    """The question of a page about goals: the running quarter unless the address says another period, one to come too."""
    settings = request.door.store.settings
    of = asked(request, rep=request.GET.get("rep") or None, period="this_quarter", ahead=True)
    if not request.GET.get("period") and settings.fiscal_start_month != 1:
        of = asked(request, rep=request.GET.get("rep") or None, period="this_fiscal_quarter", ahead=True)
    return of


def base_of(of: Asked, **more: Any) -> dict[str, Any]:
    """What the templates need, with this room's periods to choose from."""
    people = of.question.door.people(of.as_of)
    return of.base(
        periods=periods.around(of.store.settings, of.today, of.period),
        teams=choices({one.team: one.team for one in people if one.team}, of.address.team),
        about=of.about,
        **more,
    )


def metrics_of(store: Store) -> dict[str, Metric]:
    """The metrics that goals are set for, by slug."""
    left_out = (Category.HYGIENE, Category.COMPANION)
    return {slug: one for slug, one in store.catalog.items() if one.category not in left_out and one.variant_of is None}


@action("see_goals")
@require_safe
@patient
def goals_page(request: Asking) -> HttpResponse:
    """How goals stand."""
    of = asked_goals(request)
    setter = Setter(request, of.question)
    lines = goals.in_order(of, goals.lines_of(of, of.period, of.scope))
    chances = [line.reach.chance for line in lines if line.reach is not None]
    context = base_of(
        of,
        groups=[
            {"name": gettext(one.metric.name), "period": written.period(one.period), "rows": one.rows, "adds_up": one.adds_up,
             "metric": reverse("metric", args=[one.metric.slug]) + of.address.query(vs="own")}
            for one in goals.groups(of, parts.part(request, lines), lines, lambda line: setter.may_change(line.goal))
        ],
        summary=ngettext("%(count)s goal", "%(count)s goals", len(lines)) % {"count": len(lines)},
        likely=sum(chance >= 0.5 for chance in chances),
        with_chance=len(chances),
        may_set=bool(setter.people),
        may_propose=may(request, "propose_goal") and bool(request.user.rep_id),
        proposals=[proposal(of, one, one.rep_id in setter.people) for one in proposals(request.user, setter)],
        set_address=reverse("set_goals") + of.address.query(vs="own"),
        recommended=reverse("recommended_goals") + of.address.query(vs="own"),
        csv=reverse("goals_export", args=["csv"]) + of.address.query(vs="own", rep=request.GET.get("rep", "")),
        **parts.around(request, len(lines)),
    )  # fmt: skip
    return render(request, "plan/goals.html", context)


@action("export")
@require_safe
def goals_export(request: Asking, form: str) -> HttpResponse:
    """The goals as a file."""
    request.door = door_for(request, "see_goals")
    of = asked_goals(request)
    table: pa.Table = goals.table(goals.lines_of(of, of.period, of.scope, PATIENT))
    note("exported", request.user, {"what": "goals", "form": form, "period": str(of.period.first)})
    return as_file(table, f"goals-{of.period.first}", form)


def proposals(user: User, setter: Setter) -> list[GoalProposal]:
    """Those that wait for the user's decision, and one's own of late."""
    waiting = list(GoalProposal.objects.filter(accepted=None, rep_id__in=list(setter.people)).select_related("by"))
    own = GoalProposal.objects.filter(by=user).select_related("by", "decided_by")[:5]
    return [*waiting, *(one for one in own if one not in waiting)]


def proposal(of: Asked, one: GoalProposal, may_decide: bool) -> dict[str, Any]:
    """A proposed goal in words."""
    metric = of.store.catalog.get(one.metric)
    period = Period.between(one.first, one.until)
    target = f"{one.target:g}" if metric is None else written.full(one.target, metric.unit, of.currency)
    return {
        "proposal": one,
        "target": target,
        "metric": one.metric if metric is None else gettext(metric.name),
        "days": written.days(period.first, written.last_day(period)),
        "may_decide": may_decide and one.accepted is None,
        "page": rep_link(of, one.rep_id),
    }


# --- which goals to set ---


@action("see_goals")
@require_safe
@patient
def recommended_page(request: Asking) -> HttpResponse:
    """What comparable people came to, and the chance to reach each level."""
    of = asked_goals(request)
    slug, offered = _metric(request, of, "revenue"), metrics_of(of.store)
    setter = Setter(request, of.question)
    found: tuple[Suggested, ...] = ()
    problem = ""
    try:
        found = suggested(of.question, offered[slug])
    except GoalError as error:
        problem = fault_in_words(error)
    context = base_of(
        of,
        metrics=choices({key: gettext(one.name) for key, one in offered.items()}, slug),
        metric=gettext(offered[slug].name),
        rows=[_suggested(of, one, offered[slug], setter, slug) for one in found],
        levels=[written.share(level) for level in LEVELS],
        jumps=any(one.found.levels and len({_near(level.chance) for level in one.found.levels}) < len(LEVELS) for one in found),
        problem=problem,
        goals=reverse("goals") + of.address.query(vs="own"),
    )
    return render(request, "plan/recommended.html", context)


def _metric(request: Asking, of: Asked, default: str) -> str:
    slug = request.GET.get("metric", default)
    if slug not in metrics_of(of.store):
        raise BadQuestionError(gettext("No goal is set for %(slug)s.") % {"slug": slug})
    return slug


def _suggested(of: Asked, one: Suggested, metric: Metric, setter: Setter, slug: str) -> dict[str, Any]:
    whose = f"{one.level}:{one.subject}"
    may_set = whose in dict(setter.choices())

    def address(target: float) -> str:
        words = {"whose": whose, "metric": slug, "target": f"{target:.10g}"}
        return reverse("set_goals") + of.address.query(vs="own", team="", **words)

    return {
        "name": gettext(one.name) if one.level == COMPANY else one.name,
        "page": rep_link(of, one.subject) if one.level == REP else reverse("team") + Address().query(team=one.subject),
        "alone": one.level == COMPANY,
        "compared": in_words(one.compared_with),
        "people": one.found.people,
        "periods": one.found.periods,
        "own": one.found.own,
        "present": "" if one.level != REP or one.present > 0.995 else written.share(one.present),
        "middle": None if one.found.middle is None else written.brief(one.found.middle, metric.unit, of.currency),
        "levels": [_level(of, one, about, metric, address if may_set else None) for about in LEVELS] if one.found.levels else [],
        "sentence": in_words(one.found.sentence),
    }


def suggested(of: Question, metric: Metric, wait: float | None = None) -> tuple[Suggested, ...]:
    """Goals to set, a line a person or team whose metric it is. Raises GoalError, and NotYetError while it is worked out."""
    found = soon(
        of.store, ("recommended", metric.slug, of.period, of.scope), of.as_of,
        lambda: recommendations(of.store, metric.slug, of.period, of.scope, as_of=of.as_of), wait,
    )  # fmt: skip
    roles = {role.casefold() for role in metric.roles}
    theirs = {person.rep: person.role or "" for person in goals.sellers(of.store, of.today, of.as_of)}
    return tuple(one for one in found if one.level != REP or not roles or theirs.get(one.subject, "").casefold() in roles)


def _near(chance: float) -> float:
    """The level that a chance is nearest to."""
    return min(LEVELS, key=lambda asked: abs(asked - chance))


def _level(of: Asked, one: Suggested, about: float, metric: Metric, address: Callable[[float], str] | None) -> dict[str, str]:
    """The target that about this share reaches; empty where none is near: what people come to makes jumps."""
    level = min(one.found.levels, key=lambda level: abs(level.chance - about))
    if _near(level.chance) != about:
        return {"about": written.share(about), "text": ""}
    return {
        "about": written.share(about),
        "text": written.brief(level.target, metric.unit, of.currency),
        "chance": written.share(level.chance),
        "set": address(level.target) if address is not None else "",
    }


# --- what reaching one takes ---


@action("see_goals")
@require_safe
@patient
def plan_page(request: Asking) -> HttpResponse:
    """Backwards from a goal: how many more opportunities, how many meetings a week."""
    of = asked_goals(request)
    slug = request.GET.get("metric", "revenue")
    if slug not in METRICS:
        raise BadQuestionError(gettext("Plans go back from %(all)s.") % {"all": ", ".join(METRICS)})
    metric, found, problem = of.store.catalog[slug], None, ""
    target = _target(request, of, slug)
    if target is not None:
        try:
            found = planned_back(of.question, slug, target)
        except (GoalError, ValueError) as error:
            problem = fault_in_words(error)
    context = base_of(
        of,
        metrics=choices({key: gettext(of.store.catalog[key].name) for key in METRICS}, slug),
        rep=request.GET.get("rep", ""),
        target="" if target is None else f"{target:.10g}",
        metric=gettext(metric.name),
        plan=None if found is None else _planned(of, found, metric),
        problem=problem,
        goals=reverse("goals") + of.address.query(vs="own"),
    )
    return render(request, "plan/plan.html", context)


def planned_back(of: Question, slug: str, target: float, wait: float | None = None) -> Backwards:
    """What reaching a target takes. Raises GoalError, and NotYetError while it is worked out."""
    return soon(
        of.store, ("plan", slug, target, of.period, of.scope), of.as_of,
        lambda: plan_back(of.store, slug, target, of.period, of.scope, as_of=of.as_of), wait,
    )  # fmt: skip


def _target(request: Asking, of: Asked, slug: str) -> float | None:
    """What the address says, else what is aimed at, as on the forecast; None where no goal is set."""
    if text := request.GET.get("target", ""):
        try:
            return float(text)
        except ValueError:
            raise BadQuestionError(gettext("target=%(text)s is no number") % {"text": text}) from None
    view, money = of.store.view(of.as_of), of.store.catalog[slug].unit is Unit.MONEY
    return aims(view, slug, of.period, money).of_scope(view, of.scope, of.period)


def _planned(of: Asked, found: Backwards, metric: Metric) -> dict[str, Any]:
    def brief(value: float) -> str:
        return written.brief(value, metric.unit, of.currency)

    def three(numbers: tuple[float, float, float] | None) -> dict[str, str] | None:
        if numbers is None:
            return None
        low, middle, high = (written.count(round(number, 1)) for number in sorted(numbers))
        return {"low": low, "middle": middle, "high": high}

    rates = found.rates
    closed = rates.won + rates.lost
    return {
        "sentence": in_words(found.plan.sentence),
        "target": brief(found.target),
        "so_far": brief(found.so_far),
        "missing": brief(found.plan.missing),
        "open_deals": found.open_deals,
        "opportunities": three(found.plan.opportunities),
        "meetings": three(found.plan.meetings_a_week),
        "in_time": written.share(found.plan.in_time),
        "rates_of": in_words(found.rates_of),
        "win_rate": written.share(rates.won / closed) if closed and rates.lost else "",
        "won": rates.won,
        "closed": closed,
        "worth": brief(float(rates.worth.mean())) if len(rates.worth) else "",
    }
