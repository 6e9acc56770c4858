"""How often are we wrong? What was said here and what came of it; before there is enough, what would have been said."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from paceline import charts
from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.charts import Picture, Said
from paceline.insight.backtest import Scores
from paceline.judging.backtest import Backtested, Reliability, backtest_store
from paceline.judging.forecast import ForecastError, learned
from paceline.judging.pipeline import first_unknown_day
from paceline.judging.record_all import KINDS, KindRecord, TrackRecord, track_record
from paceline.judging.record_scores import FEWEST, Track
from paceline.judging.told import Verdicts
from paceline.judging.winchance import Chances
from paceline.metrics.store import Store
from paceline.pages.dashboards import written
from paceline.pages.dashboards.export import as_file
from paceline.pages.dashboards.kept import kept
from paceline.pages.dashboards.later import NotYetError, patient, soon
from paceline.pages.told import fault_in_words, in_words
from paceline.stats.scores import ReliabilityBin

NAMES = {
    "forecast": gettext_lazy("Forecasts"),
    "goal chance": gettext_lazy("Chances to reach a goal"),
    "win chance": gettext_lazy("Chances to win a deal"),
    "ramp": gettext_lazy("Months to full productivity"),
    "ramp flag": gettext_lazy("New people called slow"),
    "coaching": gettext_lazy("Action plans"),
    "commit call": gettext_lazy("Reps’ own commits"),
    "best case call": gettext_lazy("Reps’ own best cases"),
    "pipeline call": gettext_lazy("Reps’ own pipeline calls"),
}
LEVELS = {
    "company": gettext_lazy("company"),
    "team": gettext_lazy("teams"),
    "rep": gettext_lazy("reps"),
    "deal": gettext_lazy("deals"),
}
GRAIN = "quarter"


@action("see_accuracy")
@require_safe
@patient
def accuracy_page(request: Asking) -> HttpResponse:
    """The track record."""
    store = request.door.store
    record = recorded(store)
    chances = soon(store, "win chances", None, lambda: _chances(store))
    replay, problem = None, ""
    try:
        replay = replayed(store)
    except NotYetError:
        problem = gettext("The company’s history is being replayed; load the page again in a minute.")
    except (ForecastError, ValueError) as error:
        problem = fault_in_words(error)
    due = [kind.due for kind in record.kinds if kind.due is not None]
    context = {
        "kinds": [_kind(store, one) for one in record.kinds if one.made],
        "none_made": [_name(kind) for kind in KINDS if not record.kind(kind).made],
        "made": record.made,
        "settled": record.settled,
        "counted": ngettext("%(count)s prediction", "%(count)s predictions", record.made) % {"count": written.count(record.made)},
        "due": written.day(min(due)) if due else "",
        "enough": any(track.enough for kind in record.kinds for track in kind.tracks),
        "fewest": FEWEST,
        "cards": [_cards(gettext("Alarms"), record.alarms), _cards(gettext("Praise"), record.praise)],
        "by_metric": [_cards(_metric(store, one.metric), one.verdicts) for one in record.cards],
        "chances": _win_chances(chances),
        "replay": None if replay is None else _replay(replay),
        "problem": problem,
        "today": written.day(store.view().day),
        "csv": reverse("accuracy_export", args=["csv"]),
    }
    return render(request, "plan/accuracy.html", context)


def recorded(store: Store) -> TrackRecord:
    """The record as it is now: predictions are kept without a load."""
    return kept(store, "record", None, lambda: track_record(store.engine))


def replayed(store: Store) -> Backtested:
    """The own history, replayed. Raises NotYetError while that goes on, and ForecastError or ValueError where it can't be."""
    return soon(store, "backtest", None, lambda: backtest_store(store, GRAIN))


def _chances(store: Store) -> Chances | None:
    """The model of win chances, or why there is none; None without any deal."""
    read, chances = learned(store, first_unknown_day(store))
    return chances if read.deals else None


def _name(kind: str) -> str:
    return str(NAMES.get(kind, kind.replace("_", " ").capitalize()))


def _metric(store: Store, slug: str | None) -> str:
    return gettext(store.catalog[slug].name) if slug is not None and slug in store.catalog else slug or ""


def _kind(store: Store, kind: KindRecord) -> dict[str, Any]:
    several = len({one.level for one in kind.levels}) > 1
    tracks = (*kind.tracks, *kind.levels) if several else kind.tracks
    return {
        "name": _name(kind.kind),
        "made": written.count(kind.made),
        "settled": written.count(kind.settled),
        "first": None if kind.first is None else written.day(kind.first),
        "due": None if kind.due is None else written.day(kind.due),
        "tracks": [_track(store, one) for one in tracks if one.n],
        "pictures": [
            {"title": _metric(store, one.metric) or _name(kind.kind), "picture": reliability(one.reliability, _name(kind.kind))}
            for one in kind.tracks
            if one.reliability
        ],
    }


def _track(store: Store, one: Track) -> dict[str, Any]:
    name = _metric(store, one.metric) or gettext("all")
    return {
        "name": f"{name}, {LEVELS.get(one.level, one.level)}" if one.level else name,
        "n": one.n,
        "waiting": one.waiting,
        "enough": one.enough,
        "sentence": in_words(one.sentence),
        "said": _share(one.share),
        "were": _share(one.coverage),
        "ratios": _ratios(
            one.crps_to_own_weeks, one.crps_to_average, one.mae_to_average, one.mae_to_last_period, one.mae_to_weighted_pipeline
        ),
    }


def _share(value: float | None) -> str:
    return "–" if value is None else written.share(value)


def _ratios(*values: float | None) -> list[dict[str, Any]]:
    """Errors beside those of what one could have said without us: below 1 is better."""
    return [{"text": "–" if one is None else f"{one:.2f}", "mark": "" if one is None or one < 1 else "worse"} for one in values]


def _cards(name: str, of: Verdicts) -> dict[str, Any]:
    return {
        "name": name, "told": of.told, "confirmed": of.confirmed, "dismissed": of.dismissed,
        "share": None if of.share is None else written.share(of.share), "sentence": in_words(of.sentence),
    }  # fmt: skip


def reliability(bins: tuple[ReliabilityBin, ...], name: str) -> Picture:
    """Chances beside what happened."""
    return charts.reliability(
        [Said(one.n, one.said, one.happened) for one in bins], shares=written.share,
        title=gettext("%(name)s: what was said and what happened") % {"name": name},
        words=(gettext("said"), gettext("happened")), columns=(gettext("Said"), gettext("Happened"), gettext("Of")),
    )  # fmt: skip


def _win_chances(found: Chances | None) -> dict[str, Any] | None:
    if found is None:
        return None
    words = {"model": gettext("on"), "base rate": gettext("the base rate alone"), "off": gettext("off")}
    return {
        "mode": words[found.model.mode],
        "on": found.model.mode == "model",
        "why": in_words(found.model.why),
        "base": written.share(found.model.base),
        "n": found.model.n,
        "leaks": [in_words(leak.sentence) for leak in found.leaks],
    }


def _replay(found: Backtested) -> dict[str, Any]:
    tables = [one for one in (found.in_time, found.at_all) if one is not None]
    return {
        "days": found.days,
        "because": in_words(found.none_because),
        "scores": [_scores(one) for one in found.scores],
        "reliabilities": [_reliable(one) for one in tables],
        "calls": [
            {"category": one.category.replace("_", " "), "n": one.n, "reached": written.share(one.reached),
             "ratio": "–" if not one.our_mae else f"{one.mae / one.our_mae:.2f}"}
            for one in found.calls
        ],
    }  # fmt: skip


def _scores(one: Scores) -> dict[str, Any]:
    return {
        "name": f"{gettext(one.measure.capitalize())}, {LEVELS.get(one.level, one.level)}",
        "kind": gettext(one.kind.capitalize()),
        "n": one.n,
        "were": written.share(one.coverage),
        "enough": one.n >= FEWEST,
        "ratios": _ratios(one.crps_to_bootstrap, one.mae_to_average, one.mae_to_last_period, one.mae_to_weighted_pipeline),
    }


def _reliable(one: Reliability) -> dict[str, Any]:
    return {
        "what": gettext(one.what),
        "n": one.n,
        "brier": f"{one.brier:.3f}",
        "base": f"{one.base_brier:.3f}",
        "picture": reliability(one.table, gettext(one.what)),
    }


@action("see_accuracy")
@require_safe
def accuracy_export(request: Asking, form: str) -> HttpResponse:
    """The scores as a file: a row a kind, metric and level."""
    store = request.door.store
    record = recorded(store)
    names = [field.name for field in _SCHEMA]
    rows = [{name: getattr(one, name) for name in names} for kind in record.kinds for one in (*kind.tracks, *kind.levels)]
    note("exported", request.user, {"what": "accuracy", "form": form})
    return as_file(pa.Table.from_pylist(rows, _SCHEMA), "accuracy", form)


_SCHEMA = pa.schema([
    ("kind", pa.string()), ("metric", pa.string()), ("level", pa.string()), ("n", pa.int64()), ("waiting", pa.int64()),
    *((name, pa.float64()) for name in (
        "share", "coverage", "crps_to_own_weeks", "crps_to_average", "mae_to_average", "mae_to_last_period",
        "mae_to_weighted_pipeline", "brier", "base_brier", "happened",
    )),
    ("sentence", pa.string()),
])  # fmt: skip
