"""Decide: where the effort pays, compared fairly; and how people sell, held against what came of it."""

from __future__ import annotations

from datetime import timedelta
from textwrap import shorten
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.audit import note
from paceline.access.gate import Asking, action, door_for
from paceline.charts import Picture, Ranged
from paceline.insight.compare import Verdict
from paceline.insight.segments import NO_WORD, Compared
from paceline.insight.strategies import Strategy
from paceline.insight.trends import Season
from paceline.judging.segments import BY, MEASURES, Group, Segments
from paceline.judging.segments import segments as judge
from paceline.judging.strategies import Strategies, strategies
from paceline.metrics.called import ids_called
from paceline.metrics.reading import nothing
from paceline.metrics.vocabulary import Unit
from paceline.pages.asked import Asked as Question
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import AddressError, word_of
from paceline.pages.dashboards.asking import Asked, asked, choices
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.later import PATIENT, patient, soon
from paceline.pages.dashboards.links import part_of
from paceline.pages.plan import periods
from paceline.pages.told import in_words
from paceline.sales.periods import Period

HABITS = "strategy"
_LABEL = 34  # characters beside a value on a phone
CUTS = {
    "source": gettext_lazy("Source"),
    "product": gettext_lazy("Product"),
    "territory": gettext_lazy("Territory"),
    "segment": gettext_lazy("Segment"),
    "account_type": gettext_lazy("Account type"),
    "type": gettext_lazy("New or existing business"),
    HABITS: gettext_lazy("How reps sell"),
}
NAMES = {
    "win_rate": gettext_lazy("Win rate"),
    "deal_size": gettext_lazy("Deal size"),
    "cycle_days": gettext_lazy("Cycle"),
    "value": gettext_lazy("Value of an opportunity"),
}
_UNITS = {"win_rate": Unit.PERCENT, "deal_size": Unit.MONEY, "cycle_days": Unit.DAYS, "value": Unit.MONEY}
# Fewer days are better; of the others more is.
_MARKS = {
    Verdict.ABOVE: ("▲", "better"),
    Verdict.BELOW: ("▼", "worse"),
    Verdict.USUAL: ("", ""),
    Verdict.TOO_FEW: ("?", "few"),
}
_YEAR = timedelta(days=365)


def asked_decide(request: Asking) -> tuple[Asked, str]:
    """The question, over the last 365 days unless the address says else; and the cut."""
    day = request.door.store.view(asked(request, period="today").as_of).day
    of = asked(request, period=word_of(Period.between(day + timedelta(days=1) - _YEAR, day + timedelta(days=1))))
    cut = request.GET.get("by", "source")
    if cut not in CUTS:
        told = {"word": cut, "all": ", ".join(CUTS)}
        raise AddressError(gettext("by=%(word)s is nothing deals are compared by; there are: %(all)s") % told)
    return of, cut


def compared(of: Asked, cut: str, wait: float | None = None) -> Segments:
    """The groups. Raises NotYetError."""
    assert cut in BY
    key = ("segments", of.scope, of.period, cut)
    return soon(of.store, key, of.as_of, lambda: judge(of.store, of.scope, of.period, cut, of.as_of), wait)


def habits_of(of: Question, wait: float | None = None) -> Strategies:
    """The habits. Raises NotYetError."""
    return soon(of.store, ("strategies", of.scope), of.as_of, lambda: strategies(of.store, of.scope, of.as_of), wait)


@action("see_decide")
@require_safe
@patient
def decide_page(request: Asking) -> HttpResponse:
    """Where to put the effort."""
    of, cut = asked_decide(request)
    measure = request.GET.get("measure", "value")
    if measure not in MEASURES:
        raise AddressError(gettext("measure=%(word)s isn't one of %(all)s") % {"word": measure, "all": ", ".join(MEASURES)})
    people = request.door.people(of.as_of)
    context = of.base(
        cuts=choices({key: str(name) for key, name in CUTS.items()}, cut),
        measures=choices({key: str(name) for key, name in NAMES.items()}, measure),
        periods=[(word_of(of.period), written.period(of.period), True), *_periods(of)],
        teams=choices({one.team: one.team for one in people if one.team}, of.address.team),
        about=of.about,
        cut=str(CUTS[cut]),
        habits_shown=cut == HABITS,
        csv=reverse("decide_export", args=["csv"]) + of.address.query(by=cut, vs="own"),
        changes=reverse("pipeline_changes") + of.address.query(vs="own"),
        **(_of_habits(habits_of(of.question)) if cut == HABITS else _of_groups(of, compared(of, cut), measure)),
    )
    return render(request, "plan/decide.html", context)


def _periods(of: Asked) -> list[tuple[str, str, bool]]:
    settings = of.store.settings
    this = periods.quarter_of(settings, of.today)
    year = Period.containing("year" if settings.fiscal_start_month == 1 else "fiscal_year", of.today, settings)
    found = [one for one in (this, this.before(), year, year.before()) if one != of.period]
    return [(periods.word(one, of.store.settings, of.today), written.period(one), False) for one in found]


def _of_groups(of: Asked, found: Segments, measure: str) -> dict[str, Any]:
    ordered = sorted(found.groups, key=_evidence)
    return {
        "rows": [_row(of, one, found.by) for one in ordered],
        "means": [_text(of, name, found.means[name]) for name in MEASURES],
        "measure_names": [NAMES[name] for name in MEASURES],
        "picture": _picture(of, found, ordered, measure) if ordered else None,
        "sentences": [in_words(one) for one in found.sentences],
        "mix": ", ".join(gettext(name) for name in found.mix[measure]),
        "drawn": NAMES[measure],
        "before": None if found.before is None else written.period(found.before),
        "seasons": [one for one in (_season(found.quarter, gettext("quarter")), _season(found.year, gettext("year"))) if one],
    }


def _evidence(group: Group) -> tuple[int, float]:
    """The surest first: groups that differ, then those as the rest, then those too small to call; the larger before."""
    verdicts = {one.verdict for one in group.measures.values()}
    sure = 0 if verdicts & {Verdict.ABOVE, Verdict.BELOW} else 1 if Verdict.USUAL in verdicts else 2
    return sure, -group.measures["win_rate"].n


def _text(of: Asked, measure: str, value: float | None) -> str:
    return "–" if value is None else written.brief(value, _UNITS[measure], of.currency)


def _row(of: Asked, group: Group, cut: str) -> dict[str, Any]:
    effort, value = group.touches, group.value
    change = group.growth
    return {
        "name": _called(group, cut),
        "n": group.measures["win_rate"].n,
        "records": _records(of, group, cut),
        "cells": [_cell(of, measure, group.measures[measure]) for measure in MEASURES],
        "effort": "–" if effort is None else written.share(effort),
        "share": "–" if value is None else written.share(value),
        "growth": None if change.growth is None else written.signed_share(change.growth),
        "growth_low": None if change.low is None else written.signed_share(change.low),
        "growth_high": None if change.high is None else written.signed_share(change.high),
        "wins": (change.wins_now, change.wins_before),
    }


def _records(of: Asked, group: Group, cut: str) -> str:
    """Where the group's decided deals are; empty where the metric isn't cut as here, or two products are called the same."""
    if cut not in _AS_THE_METRIC:
        return ""
    value = None if group.name == NO_WORD else group.name
    if cut == "product" and value is not None:
        ids = ids_called(of.store, "product", value)
        if len(ids) != 1:
            return ""
        (value,) = ids
    return part_of(of, "win_rate", cut, value)


# An account without a segment stands here in its owner's: that is a cut of its own.
_AS_THE_METRIC = ("product", "territory", "source", "account_type", "type")


def _cell(of: Asked, measure: str, one: Compared) -> dict[str, Any]:
    """The estimate at the common mix with its interval; of too few only what was, and how many it would take."""
    sign, mark = _MARKS[one.verdict]
    if mark in ("better", "worse") and measure == "cycle_days":
        mark = "worse" if mark == "better" else "better"
    known = one.estimate is not None and one.low is not None and one.high is not None
    return {
        "name": NAMES[measure],
        "known": known,
        "sign": sign,
        "mark": "" if mark == "few" else mark,
        "text": _text(of, measure, one.estimate if known else one.raw),
        "low": _text(of, measure, one.low),
        "high": _text(of, measure, one.high),
        "n": one.n,
        "needs": one.needs if one.verdict is Verdict.TOO_FEW else None,
        "words": gettext("above the rest") if sign == "▲" else gettext("below the rest") if sign == "▼" else "",
    }


def _picture(of: Asked, found: Segments, groups: list[Group], measure: str) -> Picture:
    read = written.reader_of(_UNITS[measure], of.currency)
    rows = [_ranged(of, group, measure, found.by) for group in groups]
    told = {"measure": NAMES[measure], "cut": CUTS[found.by]}
    return charts.intervals(
        rows, found.means[measure], written=read, title=gettext("%(measure)s by %(cut)s") % told,
        reference_word=gettext("all"), columns=(str(CUTS[found.by]), str(NAMES[measure]), gettext("8 in 10")),
    )  # fmt: skip


def _called(group: Group, cut: str) -> str:
    """The group's name, or that none was recorded."""
    return in_words(nothing(cut)) if group.name == NO_WORD else group.name


def _ranged(of: Asked, group: Group, measure: str, cut: str) -> Ranged:
    cell, one = _cell(of, measure, group.measures[measure]), group.measures[measure]
    words = f"{cell['sign']} {cell['text']}".strip() if cell["known"] else gettext("too few: %(n)s") % {"n": one.n}
    return Ranged(shorten(_called(group, cut), _LABEL, placeholder="…"), one.estimate, one.low, one.high, words, cell["mark"])


def _season(one: Season, what: str) -> dict[str, Any] | None:
    """The usual part of each month; None where the history is too short."""
    if one.factors is None:
        return None
    return {
        "what": what,
        "clear": one.clear,
        "cycles": one.cycles,
        "factors": [(number + 1, written.share(factor)) for number, factor in enumerate(one.factors)],
    }


def _of_habits(found: Strategies) -> dict[str, Any]:
    known = [one for one in found.found if one.difference is not None]
    rows = [_difference(one) for one in known]
    picture = charts.intervals(
        rows, 0.0, written=_points, title=gettext("What goes along with habits"), reference_word=gettext("no difference"),
        columns=(gettext("Habit"), gettext("Difference"), gettext("8 in 10")),
    )  # fmt: skip
    return {
        "picture": picture if rows else None,
        "habits": [
            {
                "name": capfirst(in_words(one.name)),
                "sentence": in_words(one.sentence),
                "followed": one.followed,
                "not_followed": one.not_followed,
                "with_it": "–" if one.with_it is None else written.share(one.with_it),
                "without_it": "–" if one.without_it is None else written.share(one.without_it),
                "verdict": one.verdict,
                "needs": one.needs,
            }
            for one in found.found
        ],
        "missing": {capfirst(in_words(name)): in_words(why) for name, why in found.missing.items()},
        "landmark": found.landmark,
        "horizon": found.horizon,
    }


def _points(value: float) -> str:
    """A difference of shares, in points."""
    number = round(100 * value)
    sign = "−" if number < 0 else "+" if number else ""
    return gettext("%(sign)s%(number)s points") % {"sign": sign, "number": written.count(abs(number))}


def _difference(one: Strategy) -> Ranged:
    mark = {Verdict.ABOVE: "better", Verdict.BELOW: "worse"}.get(one.verdict, "")
    name = shorten(capfirst(in_words(one.name)), _LABEL, placeholder="…")
    return Ranged(name, one.difference, one.low, one.high, mark=mark)


@action("export")
@require_safe
def decide_export(request: Asking, form: str) -> HttpResponse:
    """The comparison as a file."""
    request.door = door_for(request, "see_decide")
    of, cut = asked_decide(request)
    table = (habits_of(of.question, PATIENT) if cut == HABITS else compared(of, cut, PATIENT)).to_arrow()
    note("exported", request.user, {"what": f"decide by {cut}", "form": form, "period": str(of.period.first)})
    return as_file(table, f"decide-{cut}-{of.period.first}", form)
