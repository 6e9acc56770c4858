"""Why did last month change? What loads replaced since a day, and of one metric the very records that count otherwise."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action
from paceline.metrics.called import called
from paceline.metrics.reading import Reading
from paceline.metrics.restated import Learnt, Shift, Since, since
from paceline.metrics.store import Store, day_end
from paceline.metrics.vocabulary import Category
from paceline.pages.asked import BadQuestionError
from paceline.pages.dashboards import kept, written
from paceline.pages.dashboards.asking import Asked, asked
from paceline.pages.dashboards.later import patient, soon
from paceline.pages.dashboards.links import metric_of, records_link
from paceline.pages.told import fault_in_words, in_words
from paceline.warehouse.history import restated

SHOWN = 100
FIELDS = 25


@action("see_data_health")
@require_safe
@patient
def restated_page(request: Asking) -> HttpResponse:
    """A number as it was told on a day beside what it is now."""
    of = asked(request, period="last_month")
    day = _day(request.GET.get("since"), of)
    slug = request.GET.get("metric", "")
    context = of.base(
        since=day.isoformat(),
        since_words=written.day(day),
        metrics=_metrics(of, slug),
        replaced=_replaced(of, day),
        health=reverse("data_health"),
    )
    if slug:
        metric = metric_of(request, slug)
        reading = kept.one(of.store, slug, of.scope, of.period, as_of=of.as_of)
        found = since_day(of.store, reading, day, of.as_of)
        context |= {"name": gettext(metric.name), "told": _told(of, found), "records": records_link(of, slug)}
    return render(request, "dashboards/restated.html", context)


def _day(text: str | None, of: Asked) -> date:
    """The day asked for; without one, the first after the period, or a week ago."""
    if text:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadQuestionError(gettext("%(day)s is no day: write it as 2026-06-30") % {"day": text}) from None
    return min(of.period.until, of.today - timedelta(days=7))


def _metrics(of: Asked, slug: str) -> list[tuple[str, str, bool]]:
    main = [one for one in of.store.catalog.values() if one.variant_of is None and one.category is not Category.HYGIENE]
    return [("", gettext("choose a metric"), not slug), *((one.slug, gettext(one.name), one.slug == slug) for one in main)]


def _replaced(of: Asked, day: date) -> list[dict[str, Any]]:
    found = replaced(of.store, day)
    return [{"kind": table, "field": column.replace("_", " "), "count": written.count(n)} for table, column, n in found]


def replaced(store: Store, day: date) -> list[tuple[str, str, int]]:
    """How many values of which field loads replaced since the day, by kind of record. Of whole records nothing is told here."""
    rows = restated(store.engine, day_end(day, store.settings), 2**62).to_pylist()
    count = Counter((row["table"], row["column"]) for row in rows)
    return [(table, column, n) for (table, column), n in count.most_common(FIELDS)]


def since_day(store: Store, reading: Reading, day: date, as_of: date | None, wait: float | None = None) -> Since:
    """A reading beside what it was on a day. Raises BadQuestionError for a day of which nothing can be told, and NotYetError."""
    key = ("since", reading.slug, reading.scope, reading.period, day)
    try:
        return soon(store, key, as_of, lambda: since(store, reading, day), wait)
    except ValueError as error:
        raise BadQuestionError(fault_in_words(error)) from None


def _told(of: Asked, found: Since) -> dict[str, Any]:
    names = {kind: called(of.store, kind, sorted({one.id for one in found.shifts if one.table == kind}))
             for kind in ("opportunity", "account")}
    return {
        "sentence": in_words(found.sentence),
        "then": written.reading(found.then, short=False),
        "now": written.reading(found.now, short=False),
        "then_because": in_words(found.then.none_because),
        "now_because": in_words(found.now.none_because),
        "shifts": [_shift(of, one, names.get(one.table, {})) for one in found.shifts[:SHOWN]],
        "more": max(0, len(found.shifts) - SHOWN),
        "ground": [_learnt(of, one) for one in found.ground[:SHOWN]],
    }


def _shift(of: Asked, one: Shift, names: dict[str, str]) -> dict[str, Any]:
    return {
        "measure": gettext(one.measure),
        "record": f"{one.table} {names.get(one.id, one.id)}",
        "then": _amount(of, one.then, one.money),
        "now": _amount(of, one.now, one.money),
        "why": [_learnt(of, learnt) for learnt in one.learnt],
    }


def _amount(of: Asked, number: float | None, money: bool) -> str:
    if number is None:
        return gettext("not counted")
    return written.money(number / 100, of.currency) if money else written.count(number)


def _learnt(of: Asked, one: Learnt) -> str:
    at = written.instant(one.known_at, of.store.settings.time_zone)
    if one.column is None:
        return gettext("%(kind)s %(id)s became known on %(at)s") % {"kind": one.table, "id": one.id, "at": at}
    if one.column == "excluded":
        told = {"why": one.new or one.old, "at": at}
        return gettext("left out on %(at)s: %(why)s") % told if one.new else gettext("counted again from %(at)s on") % told
    told = {"kind": one.table, "field": one.column.replace("_", " "), "old": one.old or gettext("none"),
            "new": one.new or gettext("none"), "at": at}
    return gettext("%(kind)s: %(field)s read %(old)s, reads %(new)s since %(at)s") % told
