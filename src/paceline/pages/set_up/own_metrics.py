"""A company's own metrics as TOML, with a preview before they are kept: what each would be for last month, by team, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from paceline.access.gate import Asking, action
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.metrics.explain import formula, sentence
from paceline.metrics.own import read as read_own
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.pages.dashboards import written
from paceline.pages.set_up import work
from paceline.pages.set_up.saving import save_metrics
from paceline.pages.told import in_words
from paceline.project.changing import faults_of_metrics, own_metrics_text
from paceline.project.folder import OWN_METRICS
from paceline.project.past import past_facts
from paceline.project.running import running
from paceline.sales.periods import parse
from paceline.sales.scope import Scope

LONGEST = 100_000  # characters
EXAMPLE = """[metric.big_deal_rate]
name = "Big deal rate"
meaning = "Share of won deals over 50,000."
unit = "percent"
numerator = { count = "outcome", where = { won = true, owner = true, amount_cents = { ">" = 5000000 } }, words = "big deals" }
denominator = { count = "outcome", where = { won = true, owner = true }, words = "deals won" }
"""


@dataclass(frozen=True)
class Tried:
    """A metric of the text: its formula, its sentence for last month, and its value by team (team, value or none because…)."""

    metric: Metric
    formula: str
    sentence: str
    teams: tuple[tuple[str, str], ...]


def tried(store: Store, text: str, scope: Scope) -> tuple[Tried, ...]:
    """Each metric of the text, asked. Raises OwnMetricsError."""
    metrics = read_own(text, CATALOG, store.settings.thresholds, OWN_METRICS).metrics
    trial = Store(store.engine, store.settings, store.now, {**CATALOG, **metrics}, past_facts=past_facts)
    view = trial.view()
    view.rolled = frozenset()  # no roll-up knows these measures yet: they are added up from the facts
    month = parse("last_month", store.settings, view.day)
    found = []
    for slug, metric in metrics.items():
        whole = ask(trial, slug, scope, month).only()
        teams = tuple((str(dict(one.group)["team"]), _text(one)) for one in ask(trial, slug, scope, month, ("team",))
                      if dict(one.group)["team"] is not None)
        found.append(Tried(metric, formula(metric.numerator, metric.denominator), sentence(whole), teams))
    return tuple(found)


def _text(one: Reading) -> str:
    return written.reading(one, short=False) or gettext("none, because %(reason)s") % {"reason": in_words(one.none_because)}


@action("see_set_up", "change_set_up")
def own_metrics(request: Asking) -> HttpResponse:
    """The text, its faults, its preview."""
    place = running()
    text = own_metrics_text(place.project)
    if request.method == "POST":
        text = request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")
    faults = faults_of_metrics(place.project, text) if text.strip() else ()
    if request.method == "POST" and not faults and request.POST.get("do") == "save":
        save_metrics(request, text)
        return redirect("set_up_metrics")
    context = {
        "text": text, "faults": faults, "example": EXAMPLE, "work": work.latest(),
        "wrong_lines": {fault.line for fault in faults}, "asked": request.method == "POST",
        "tried": () if faults or not text.strip() else tried(place.store, text, request.door.sight()),
    }
    return render(request, "set_up/own_metrics.html", context, status=400 if faults and request.method == "POST" else 200)
