"""Setting, changing, taking back and proposing goals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for
from paceline.judging.goals import COMPANY, REP, TEAM, Goal, GoalLine, goals_in
from paceline.judging.goals_calendar import as_period
from paceline.judging.goals_set import GoalError, Planned, goals_for
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import written
from paceline.pages.dashboards.asking import Asked
from paceline.pages.dashboards.later import patient
from paceline.pages.plan import goal_writing, goals, periods
from paceline.pages.plan.goal_forms import ChangeForm, ProposeForm, SetForm
from paceline.pages.plan.goal_people import Setter
from paceline.pages.plan.goals_views import asked_goals, base_of, metrics_of
from paceline.pages.plan.models import GoalChange, GoalProposal
from paceline.pages.told import fault_in_words, in_words
from paceline.sales.periods import Period, epoch_day, parse

EVER = Period.between(date(1971, 1, 1), date(2200, 1, 1))


@action("set_goals")
def set_page(request: Asking) -> HttpResponse:
    """A goal for a person, a team, a role: first shown with what each person's part would be, then set."""
    of = asked_goals(request)
    setter = Setter(request, of.question)
    metrics, offered = metrics_of(of.store), _periods(of)
    start = {"metric": "revenue"} | {name: request.GET[name] for name in ("metric", "whose", "target") if name in request.GET}
    start |= {"period": periods.word(of.period, of.store.settings, of.today)}
    form = SetForm(request.POST or None, initial=start, metrics=metrics, whose=setter.choices(), periods=offered)
    planned: Planned | None = None
    if request.method == "POST" and form.is_valid():
        planned = _planned(of, setter, form)
        if planned is not None and request.POST.get("confirm") == "yes":
            goal_writing.set_planned(planned, request.user, form.cleaned_data["reason"])
            count = len(planned.goals)
            messages.success(request, ngettext("%(count)s goal is set.", "%(count)s goals are set.", count) % {"count": count})
            word = periods.word(planned.period, of.store.settings, of.today)
            return redirect(reverse("goals") + of.address.query(period=word, vs="own"))
    context = base_of(
        of,
        form=form,
        preview=None if planned is None else [_part(of, one, planned.metric) for one in planned.goals],
        notes=() if planned is None else [in_words(note) for note in planned.notes],
        goals=reverse("goals") + of.address.query(vs="own"),
        recommended=reverse("recommended_goals") + of.address.query(vs="own", metric=start.get("metric", "")),
    )
    return render(request, "plan/set.html", context, status=400 if form.is_bound and not form.is_valid() else 200)


def _periods(of: Asked) -> list[tuple[str, str]]:
    """The periods that a goal may be for."""
    return [(value, words) for value, words, _chosen in periods.around(of.store.settings, of.today, of.period)]


def _planned(of: Asked, setter: Setter, form: SetForm) -> Planned | None:
    """What would be set; None where it can't, and why is told in the form."""
    told = form.cleaned_data
    whose = setter.read(told["whose"])
    try:
        return goals_for(
            of.store, told["metric"], told["amount"], parse(told["period"], of.store.settings, of.today), whose.scope,
            team=whose.team, company=whose.company, prorated=told["prorate"], ramp=told["ramp"], replace=told["replace"],
        )  # fmt: skip
    except GoalError as error:
        for sentence in fault_in_words(error).split("; "):
            form.add_error(None, sentence)
    return None


def _part(of: Asked, one: Any, metric: Metric) -> dict[str, Any]:
    made = one.prorated
    change = GoalChange(full=made.full, present=made.present, ramped=made.ramped) if made is not None else None
    return {
        "name": _(one.name) if one.level == COMPANY else one.name,
        "target": written.full(one.target, metric.unit, of.currency),
        "how": goals.how_it_came(of, metric, change) or _("in full"),
        "before": "" if one.replaces is None else written.full(one.replaces, metric.unit, of.currency),
    }


# --- one goal ---


@action("see_goals", "set_goals")
@patient
def goal_page(request: Asking, goal_id: str) -> HttpResponse:
    """One goal: how it stands, what was done to it and why; another target, or taking it back."""
    request.door = door_for(request, "see_goals")
    of = asked_goals(request)
    goal = next((one for one in goals_in(of.store.view(of.as_of), EVER) if one.id == goal_id), None)
    line = None if goal is None else _line(of, goal)
    if goal is None or line is None:
        raise Http404
    may_change = Setter(request, of.question).may_change(goal)
    form = ChangeForm(request.POST if request.POST.get("do") == "change" else None, metric=line.metric)
    if request.method == "POST":
        if not may_change:
            raise Http404
        if (done := _done(request, of, goal, line, form)) is not None:
            return done
    context = base_of(
        of,
        row=goals.row(of, line, GoalChange.objects.filter(goal_id=goal.id).first(), False),
        metric=_(line.metric.name),
        days=written.period(line.period),
        history=[_entry(of, one, line.metric) for one in GoalChange.objects.filter(goal_id=goal.id).select_related("by")],
        form=form if may_change else None,
        goals=reverse("goals") + of.address.query(period=periods.word(line.period, of.store.settings, of.today), vs="own"),
    )
    return render(request, "plan/goal.html", context, status=400 if form.is_bound else 200)


def _line(of: Asked, goal: Goal) -> GoalLine | None:
    """How it stands; None where it isn't in sight."""
    lines = goals.lines_of(of, as_period(goal.first, goal.until, of.store.settings), of.scope)
    return next((one for one in lines if one.goal.id == goal.id), None)


def _done(request: Asking, of: Asked, goal: Goal, line: GoalLine, form: ChangeForm) -> HttpResponse | None:
    """The goal changed or taken back; None where the form says what is wrong."""
    back = redirect(reverse("goals") + of.address.query(period=periods.word(line.period, of.store.settings, of.today), vs="own"))
    if request.POST.get("do") == "retire":
        goal_writing.retire(goal, line.metric, request.user, request.POST.get("reason", "")[:400].strip())
        messages.success(request, _("The goal is withdrawn. It stays in the history and no longer counts."))
        return back
    if not form.is_bound or not form.is_valid():
        return None
    door = door_for(request, "set_goals")
    scope, team = (door.rep(goal.subject) if goal.level == REP else of.scope), (goal.subject if goal.level == TEAM else None)
    try:
        planned = goals_for(
            of.store, line.metric.slug, form.cleaned_data["target"], line.period, scope, team=team,
            company=goal.level == COMPANY, prorated=False, replace=True,
        )  # fmt: skip
    except GoalError as error:
        form.add_error(None, fault_in_words(error))
        return None
    goal_writing.set_planned(planned, request.user, form.cleaned_data["reason"])
    messages.success(request, _("The goal is changed."))
    return back


def _entry(of: Asked, one: GoalChange, metric: Metric) -> dict[str, Any]:
    return {
        "what": one.get_what_display(),
        "at": written.instant(int(one.at.timestamp()), of.store.settings.time_zone),
        "who": one.by.name if one.by is not None else _("somebody"),
        "target": written.full(one.target, metric.unit, of.currency),
        "before": "" if one.before is None else written.full(one.before, metric.unit, of.currency),
        "how": goals.how_it_came(of, metric, one),
        "reason": one.reason,
    }


# --- proposals ---


@action("propose_goal")
def propose_page(request: Asking) -> HttpResponse:
    """A goal that one would like to have; whoever one reports to decides."""
    if not request.user.rep_id:
        raise Http404
    request.door = door_for(request, "see_goals")
    of = asked_goals(request)
    start = {"period": periods.word(of.period, of.store.settings, of.today), "metric": request.GET.get("metric", "")}
    form = ProposeForm(request.POST or None, initial=start, metrics=metrics_of(of.store), periods=_periods(of))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        period = parse(told["period"], of.store.settings, of.today)
        GoalProposal.objects.create(
            by=request.user, rep_id=request.user.rep_id, metric=told["metric"], first=period.first, until=period.until,
            target=told["amount"], reason=told["reason"],
        )  # fmt: skip
        note("goal_proposed", request.user, {"metric": told["metric"], "first": str(period.first)})
        messages.success(request, _("Proposed. Whoever you report to will find it on the goals page."))
        return redirect("goals")
    context = base_of(of, form=form, goals=reverse("goals") + of.address.query(vs="own"))
    return render(request, "plan/propose.html", context, status=400 if form.is_bound else 200)


@action("set_goals")
@require_POST
def decide_proposal(request: Asking, number: int) -> HttpResponse:
    """Accept a proposed goal, which sets it, or decline it; either with a word."""
    of = asked_goals(request)
    setter = Setter(request, of.question)
    waiting = GoalProposal.objects.filter(pk=number, accepted=None, rep_id__in=list(setter.people)).first()
    if waiting is None or setter.door is None:
        raise Http404
    accept = request.POST.get("accept") == "yes"
    try:
        with transaction.atomic():
            _decided(waiting, accept, request)
            if accept:
                period = as_period(epoch_day(waiting.first), epoch_day(waiting.until), of.store.settings)
                theirs = setter.door.rep(waiting.rep_id)
                planned = goals_for(of.store, waiting.metric, waiting.target, period, theirs, prorated=False, replace=True)
                goal_writing.set_planned(planned, request.user, waiting.reason)
    except GoalError as error:
        messages.error(request, fault_in_words(error))
        return redirect("goals")
    messages.success(request, _("Accepted: the goal is set.") if accept else _("Declined."))
    return redirect("goals")


def _decided(one: GoalProposal, accept: bool, request: Asking) -> None:
    one.accepted, one.decided_by, one.decided_at = accept, request.user, timezone.now()
    one.answer = request.POST.get("answer", "")[:400].strip()
    one.save()
    note("goal_proposal_decided", request.user, {"proposal": one.pk, "accepted": accept})
