"""The forecast: where the period will end, whose part is how large, which deals decide it; and what moved the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.gate import Asking, action
from paceline.charts import Picture, Step
from paceline.insight.forecast import Outlook
from paceline.insight.waterfall import MEANING, Move, Part
from paceline.judging.forecast import Foresight
from paceline.judging.forecast_lines import REP, TEAM, ForecastLine
from paceline.judging.waterfall import PipelineChange, pipeline_change
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import judged, parts, written
from paceline.pages.dashboards.address import Address, AddressError, word_of
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.kept import readings
from paceline.pages.dashboards.later import patient, soon
from paceline.pages.dashboards.links import rep_link
from paceline.pages.dashboards.records import in_crm
from paceline.pages.told import in_words
from paceline.project.running import running
from paceline.sales.periods import Period, from_epoch_day

METRICS = {"revenue": "Revenue", "sales_volume": "Sales volume"}
_BANDS = ((0.1, 0.9), (0.25, 0.75), (0.4, 0.6))
_DEALS = 10
_MOVES = 50  # deals of a part of the change; the file has all of them


@action("see_forecast")
@require_safe
@patient
def forecast_page(request: Asking) -> HttpResponse:
    """Will we make it, and what decides it?"""
    of = asked(request, period="this_quarter")
    slug = request.GET.get("metric", "revenue")
    if slug not in METRICS:
        raise AddressError(
            gettext("metric=%(word)s isn't foretold here; there are: %(all)s") % {"word": slug, "all": ", ".join(METRICS)}
        )
    key = ("forecast", slug, of.period, of.scope)
    found = soon(of.store, key, of.as_of, lambda: judged.foreseen(of.store, slug, of.period, of.scope, of.as_of))
    top = found.lines[0]
    whose = [line for level in (TEAM, REP) for line in found.lines if line.level == level]
    context = of.base(
        metrics=choices({key: gettext(name) for key, name in METRICS.items()}, slug),
        top=_line(of, top),
        fan=_fan(of, found, top) if top.outlook is not None else None,
        lines=[_line(of, line) for line in parts.part(request, whose)],
        deals=[_deal(of, deal) for deal in found.deals[:_DEALS]],
        more=max(len(found.deals) - _DEALS, 0),
        notes=[in_words(note) for note in found.notes],
        about=of.about,
        over=_is_over(of),
        records=_records(of, slug),
        baselines=_baselines(of, top),
        changes=reverse("pipeline_changes") + of.address.query(period=_since_word(of), vs="own"),
        **_people(of, request),
        **parts.around(request, len(whose)),
    )
    return render(request, "dashboards/forecast.html", context)


def _people(of: Asked, request: Asking) -> dict[str, Any]:
    people = request.door.people(of.as_of)
    return {"teams_choice": choices({one.team: one.team for one in people if one.team}, of.address.team)}


def _records(of: Asked, slug: str, **whose: str) -> str:
    """Where the records of what is won so far are, of everybody asked about or of one of them."""
    words = {"rep": of.scope.one_rep or "", "period": word_of(of.period), "vs": "own", **whose}
    return reverse("records", args=[slug]) + of.address.query(**words)


def _brief(of: Asked, line: ForecastLine, value: float | None) -> str | None:
    return None if value is None else written.brief(value, line.unit, of.currency)


def _line(of: Asked, line: ForecastLine) -> dict[str, Any]:
    """A subject's part of the forecast."""
    look = line.outlook
    low, high = look.interval if look is not None else (None, None)
    return {
        "name": line.name,
        "href": rep_link(of, line.id) if line.level == REP else None,
        "so_far": _brief(of, line, line.so_far),
        "records": _records(of, line.metric, **({line.level: line.id} if line.level in (TEAM, REP) else {})),
        "middle": _brief(of, line, look.middle if look else None),
        "low": _brief(of, line, low),
        "high": _brief(of, line, high),
        "goal": _brief(of, line, line.goal),
        "chance": None if line.chance is None else written.chance(line.chance),
        "share": None if line.so_far is None or not line.goal else written.share(line.so_far / line.goal),
        "commit": _brief(of, line, line.said("commit")),
        "because": in_words(line.none_because),
        "sentence": in_words(line.sentence),
        "open": line.open_deals,
        "stale": line.stale_deals,
        "parts": _parts(of, line, look),
        "mean": _mean(of, line, look),
        "bullet": charts.bullet(line.so_far, line.goal, likely=look.interval if look else None),
    }


def _parts(of: Asked, line: ForecastLine, look: Outlook | None) -> list[tuple[str, str]]:
    if look is None:
        return []
    parts = ((gettext("so far"), look.so_far), (gettext("from open deals"), look.open), (gettext("from deals to come"), look.new))
    return [(words, written.brief(value, line.unit, of.currency)) for words, value in parts]


def _mean(of: Asked, line: ForecastLine, look: Outlook | None) -> str | None:
    """What the parts add up to: the mean of all ends, which a few large deals lift above the most likely one."""
    return None if look is None else written.brief(look.so_far + look.open + look.new, line.unit, of.currency)


def _baselines(of: Asked, line: ForecastLine) -> list[tuple[str, str]]:
    """What one could say without a forecast."""
    told = (
        (gettext("own average of earlier periods"), line.baselines.own_average),
        (gettext("as the period before"), line.baselines.last_period),
        (gettext("pipeline weighted by stage"), line.baselines.weighted_pipeline),
    )
    return [(words, written.brief(value, line.unit, of.currency)) for words, value in told if value is not None]


def _is_over(of: Asked) -> bool:
    """Whether nothing can be foretold any more: the period has its end."""
    return of.period.until <= of.today


def _fan(of: Asked, found: Foresight, line: ForecastLine) -> Picture | None:
    """What was won by each week's end, and the range of the end; straight lines lead there."""
    look, weeks = line.outlook, found.period.split("week", of.store.settings)
    gone = [week for week in weeks if week.first <= of.today]
    if look is None or not gone or line.so_far is None:
        return None
    values = [one.value or 0.0 for one in readings(of.store, [found.metric], of.scope, gone, as_of=of.as_of)]
    so_far = [0.0, *(sum(values[: i + 1]) for i in range(len(values)))]
    so_far[-1] = line.so_far  # today, whatever weeks' readings round to
    steps = len(weeks) - len(gone)
    labels = [written.day_brief(found.period.first), *(written.day_brief(written.last_day(week)) for week in weeks)]
    over = _is_over(of)
    bands = [(_named(low, high), _way(line.so_far, look.quantile(low), steps), _way(line.so_far, look.quantile(high), steps))
             for low, high in _BANDS if not over]  # fmt: skip
    told = {"metric": gettext(METRICS[found.metric]), "period": written.period(found.period)}
    return charts.fan(
        labels,
        so_far,
        bands,
        _way(line.so_far, look.middle, steps),
        written=written.reader_of(line.unit, of.currency),
        goal=line.goal,
        title=gettext("%(metric)s to the end of %(period)s") % told,
        description="" if over else in_words(line.goal_sentence or line.sentence),
        goal_word=gettext("goal"),
        middle_word=gettext("likely"),
        columns=(gettext("By the end of"), gettext("So far")),
    )


def _named(low: float, high: float) -> str:
    return gettext("%(share)s range") % {"share": written.share(high - low)}


def _way(begin: float, end: float, steps: int) -> Sequence[float]:
    return [begin + (end - begin) * step / steps for step in range(steps + 1)] if steps else [begin]


def _deal(of: Asked, deal: Any) -> dict[str, Any]:
    likely = None if deal.likely_day is None else written.day_brief(from_epoch_day(deal.likely_day))
    return {
        "deal": deal,
        "amount": None if deal.amount is None else written.money(deal.amount, of.currency),
        "chance": written.chance(deal.chance),
        "expected": written.money_brief(deal.expected, of.currency),
        "close": None if deal.close_day is None else written.day(from_epoch_day(deal.close_day)),
        "likely": likely,
        "href": rep_link(of, deal.rep_id) if deal.rep_id else "",
        "crm": in_crm(running().project.config.crm, "opportunity_id", deal.opportunity_id),
    }


def _since_word(of: Asked) -> str:
    """The last 28 days, or since the period began."""
    return word_of(Period.between(max(of.period.first, of.today - timedelta(days=28)), of.today + timedelta(days=1)))


@action("see_forecast")
@require_safe
@patient
def changes_page(request: Asking) -> HttpResponse:
    """What moved the open pipeline between two days."""
    of = asked(request)
    closed = min(written.last_day(of.period), of.today)
    opened = of.period.first - timedelta(days=1)
    if opened >= closed:
        raise AddressError(gettext("A change needs two days: choose a longer period."))
    key = ("changes", of.scope, opened, closed)
    found = soon(of.store, key, None, lambda: pipeline_change(of.store, of.scope, opened, closed))
    context = of.base(
        picture=_waterfall(of, found),
        parts=[_part(of, found, part) for part in found.change.parts if part.deals],
        deals=reverse("changes_deals_export", args=["csv"]) + of.address.query(vs="own"),
        unknown=found.change.unknown,
        hindsight=in_words(found.hindsight or ""),
        opened=written.day(opened),
        closed=written.day(closed),
        about=of.about,
        forecast=reverse("forecast") + Address(team=of.address.team).query(),
    )
    return render(request, "dashboards/changes.html", context)


def _waterfall(of: Asked, found: PipelineChange) -> Picture:
    change = found.change
    steps = [Step(gettext("Open on %(day)s") % {"day": written.day(found.opened)}, change.opening / 100, total=True)]
    steps += [
        Step(
            f"{capfirst(gettext(str(part.cause)))} ({part.deals})", part.cents / 100, mark="won" if part.cause == "won" else ""
        )
        for part in change.parts
        if part.deals
    ]
    steps.append(Step(gettext("Open on %(day)s") % {"day": written.day(found.closed)}, change.closing / 100, total=True))
    return charts.waterfall(
        steps, written=written.reader_of(Unit.MONEY, of.currency), title=gettext("What moved the open pipeline"),
        description=in_words(found.sentence), columns=(gettext("Step"), gettext("Amount")),
    )  # fmt: skip


def _part(of: Asked, found: PipelineChange, part: Part) -> dict[str, Any]:
    return {
        "cause": capfirst(gettext(str(part.cause))),
        "meaning": gettext(MEANING[part.cause]),
        "deals": part.deals,
        "amount": written.money(part.cents / 100, of.currency),
        "moves": [_move(of, found, move) for move in part.moves[:_MOVES]],
        "more": max(part.deals - _MOVES, 0),
    }


def _move(of: Asked, found: PipelineChange, move: Move) -> dict[str, str | None]:
    """A deal of a part: what it is called, whose it is, what it adds."""
    return {
        "name": found.names.get(move.deal, move.deal),
        "crm": in_crm(running().project.config.crm, "opportunity_id", move.deal),
        "who": found.names.get(move.owner or "", move.owner or ""),
        "amount": written.money(move.cents / 100, of.currency) if move.known else None,
    }
