"""The weeks behind a change: whose were counted, with how much, each leading to its records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action
from paceline.alerts.sight import REP, TEAM, subjects
from paceline.judging.signals_words import weeks_apart
from paceline.judging.weekly import COMPANY, weekly
from paceline.judging.weekly_made import MadeOf, Part, made_of
from paceline.metrics.vocabulary import Metric, Unit
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import parts, written
from paceline.pages.dashboards.address import Address
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.later import patient, soon
from paceline.pages.dashboards.links import metric_of, records_of
from paceline.sales.periods import Period


def weeks_link(slug: str, level: str, name: str, since: date, until: date, as_of: str) -> str:
    """Where the weeks behind a change are. ``since``, ``until``: the Mondays of the first and the last of them."""
    whose = {level: name} if level in (REP, TEAM) else {}
    return reverse("weeks", args=[slug]) + Address().query(as_of=as_of, **whose, since=str(since), until=str(until))


@action("see_records")
@require_safe
@patient
def weeks_page(request: Asking, slug: str) -> HttpResponse:
    """What the number of a change is made of."""
    metric, of = metric_of(request, slug), asked(request, period="last_week")
    level, name = _whose(request, of)
    since, until = (_monday(request, word) for word in ("since", "until"))
    known = soon(of.store, ("weekly", slug), of.as_of, lambda: weekly(of.store, of.as_of, metrics=[slug]))
    try:
        found = made_of(known, level, name, slug, since, until)
    except ValueError:
        raise Http404 from None
    names = {stint.rep_id: stint.name for stint in of.store.view(of.as_of).stints if stint.name}
    weeks = weeks_apart(metric, since, until)
    value = None if found.value is None else written.over_weeks(found.value, metric.unit, weeks, of.currency)
    context = of.base(
        metric=metric,
        name=gettext(metric.name),
        about=of.about if level == REP else name if level == TEAM else gettext("the company"),
        since=written.day(since),
        value=value,
        made_of=_sums(metric, found, weeks, of),
        people=level != REP,
        rows=[_row(of, metric, part, names) for part in parts.part(request, found.parts)],
        definition=reverse("metric", args=[slug]) + Address(as_of=of.address.as_of).query(**({level: name} if name else {})),
        **parts.around(request, len(found.parts)),
    )
    return render(request, "dashboards/weeks.html", context)


def _whose(request: Asking, of: Asked) -> tuple[str, str]:
    """Whose change: a person in sight, a team wholly in sight, or the company of whoever sees everybody."""
    if of.address.team:
        if (TEAM, of.address.team) not in subjects(of.store, request.door.sight(), of.as_of):
            raise Http404
        return TEAM, of.address.team
    if of.scope.one_rep is not None:
        return REP, of.scope.one_rep
    if not request.door.sight().is_company:
        raise Http404
    return COMPANY, COMPANY


def _monday(request: Asking, word: str) -> date:
    try:
        return date.fromisoformat(request.GET.get(word, ""))
    except ValueError:
        raise BadQuestionError(gettext("%(word)s is to be a day: write it as 2026-06-29") % {"word": word}) from None


def _sums(metric: Metric, found: MadeOf, weeks: int, of: Asked) -> str:
    """``440 ÷ 10 weeks``, ``12 ÷ 40``: the sums of the rows; nothing where the number is their sum as it stands."""
    if found.bottom is not None:
        return f"{_amount(metric, found.top, of)} ÷ {written.count(found.bottom)}"
    return f"{_amount(metric, found.top, of)} ÷ {written.count(weeks)}" if weeks > 1 else ""


def _amount(metric: Metric, number: float, of: Asked) -> str:
    return written.money(number, of.currency) if metric.unit is Unit.MONEY else written.count(number)


def _row(of: Asked, metric: Metric, part: Part, names: dict[str, str]) -> dict[str, Any]:
    week = Period("week", part.monday, part.monday + timedelta(days=7))
    shown = _amount(metric, part.top, of)
    return {
        "week": written.period(week),
        "who": names.get(part.rep, part.rep),
        "value": shown if part.bottom is None else f"{shown} ÷ {written.count(part.bottom)}",
        "records": records_of(metric.slug, week, part.rep, as_of=of.address.as_of),
        "counted": part.counted,
    }
