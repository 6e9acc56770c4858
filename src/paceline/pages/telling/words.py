"""An alert in words: whose, of what, how much, since when, and where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext

from paceline.alerts.models import Alert
from paceline.alerts.sight import REP
from paceline.channels.message import Line
from paceline.coaching.words import Shift, changed
from paceline.judging.signals_words import weeks_apart
from paceline.metrics.store import Store
from paceline.pages.dashboards import written
from paceline.pages.telling.addresses import absolute, metric_page
from paceline.sales.periods import Period
from paceline.saying.said import Said, catalogued, own_words


def names_of(store: Store) -> Mapping[str, str]:
    """Rep's id → name, of everybody who ever was; teams are called by their names."""
    return {stint.rep_id: stint.name for stint in store.view().stints if stint.name}


def title(alert: Alert, store: Store, names: Mapping[str, str]) -> str:
    """``Ann Lee · Meetings held``."""
    metric = store.catalog.get(alert.metric)
    who = names.get(alert.name, alert.name) if alert.level == REP else alert.name
    return f"{who} · {gettext(metric.name) if metric is not None else alert.metric}"


def sentence(alert: Alert, store: Store) -> str:
    """``5 a week where 9 would be usual (−31 %), since May 12``."""
    metric = store.catalog.get(alert.metric)
    if metric is None:
        return gettext("the metric isn't in the catalogue any more")
    currency = store.settings.currency
    weeks = weeks_apart(metric, alert.since, alert.until)
    return gettext("%(observed)s where %(expected)s would be usual (%(change)s), since %(since)s") % {
        "observed": written.over_weeks(alert.observed, metric.unit, weeks, currency),
        "expected": written.over_weeks(alert.expected / weeks, metric.unit, 1, currency),
        "change": written.signed_share(alert.change),
        "since": written.day_brief(alert.since),
    }


def point(alert: Alert, store: Store) -> Said:
    """An alert as a point of an agenda: ``Meetings held: 5 a week where 9 would be usual (−31%), since 12 May``."""
    metric = store.catalog.get(alert.metric)
    if metric is None:
        return own_words(alert.metric)
    weeks = weeks_apart(metric, alert.since, alert.until)
    shift = Shift(metric.unit, alert.observed, alert.expected / weeks, alert.change, alert.since, weeks)
    return changed(catalogued(metric.name), shift, store.settings.currency)


def mark(alert: Alert) -> str:
    """Whether it is good news: better, worse, or neither."""
    return "" if alert.better is None else "better" if alert.better else "worse"


def weeks(alert: Alert) -> Period:
    """The weeks of the change."""
    return Period.between(alert.since, alert.until + timedelta(days=7))


def page(alert: Alert) -> str:
    """The metric over these very weeks, of whom it is about; a path."""
    return metric_page(alert.metric, weeks(alert), alert.level, alert.name)


def line(alert: Alert, store: Store, names: Mapping[str, str], before: str = "") -> Line:
    """An alert as a line of a message; ``before``: a word before its sentence."""
    detail = sentence(alert, store)
    return Line(title(alert, store, names), f"{before} {detail}".strip(), absolute(page(alert)), mark(alert))
