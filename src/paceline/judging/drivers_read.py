"""The quantities that results are products of, by person and period, and the trees over them.

closing: revenue = closed deals × win rate × deal size × credit closed deals = opportunities worked × share decided (the
shorter the cycle, the more are decided in a period) opportunities worked = meetings × opportunities per meeting; meetings =
contacts × meetings per contact; contacts = touches × contacts per touch prospecting: pipeline = opportunities sourced ×
amount of each opportunities sourced = contacts × responses per contact × meetings per response × acceptance (sourced per
meeting)

``credit`` is what makes the product exact: revenue is credited by splits and counts known amounts alone, deal size is of
whole deals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from paceline.insight.drivers import Factor
from paceline.metrics.ask import Figure, figures
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.sales.periods import Period
from paceline.sales.scope import Scope

NAN = float("nan")
# What only links two quantities: it mirrors the one that it divides by, and is nobody's lever.
LINKS = ("opportunities per meeting", "credit")

_CONTACTS = Factor(
    "contacts", "contacts", metric="contacts_engaged",
    parts=(Factor("touches", "touches", metric="emails_sent"),
           Factor("contacts per touch", "contacts", "touches", metric="contacts_engaged")),
)  # fmt: skip
_MEETINGS = Factor(
    "meetings", "meetings", metric="meetings_held",
    parts=(_CONTACTS, Factor("meetings per contact", "meetings", "contacts", metric="meetings_held")),
)  # fmt: skip
_WORKED = Factor(
    "opportunities worked", "worked", metric="meetings_per_opportunity",
    parts=(_MEETINGS, Factor("opportunities per meeting", "worked", "meetings", metric="meetings_per_opportunity")),
)  # fmt: skip
_CLOSED = Factor(
    "closed deals", "closed", metric="win_rate",
    parts=(_WORKED, Factor("share decided", "closed", "worked", metric="sales_cycle")),
)  # fmt: skip
_WINS = (_CLOSED, Factor("win rate", "won", "closed", metric="win_rate"))
_SOURCED = Factor(
    "opportunities sourced", "sourced", metric="pipeline_generated",
    parts=(_CONTACTS, Factor("responses per contact", "responses", "contacts", metric="email_response_rate"),
           Factor("meetings per response", "booked", "responses", metric="meetings_booked"),
           Factor("acceptance", "sourced", "booked", metric="pipeline_generated")),
)  # fmt: skip


@dataclass(frozen=True)
class Family:
    """A result's tree, the quantity that it is, and the metrics that its quantities are read from."""

    metric: str
    result: str
    tree: tuple[Factor, ...]
    slugs: tuple[str, ...]


_ACTIVITY = ("meetings_held", "contacts_engaged", "emails_sent", "dials")
FAMILIES: Mapping[str, Family] = {
    "revenue": Family(
        "revenue", "revenue",
        (*_WINS, Factor("deal size", "whole", "won", metric="average_deal_size"),
         Factor("credit", "revenue", "whole", metric="revenue")),
        ("revenue", "win_rate", "average_deal_size", "meetings_per_opportunity", *_ACTIVITY),
    ),
    "sales_volume": Family("sales_volume", "won", _WINS, ("win_rate", "meetings_per_opportunity", *_ACTIVITY)),
    "pipeline_generated": Family(
        "pipeline_generated", "pipeline",
        (_SOURCED, Factor("amount of each", "pipeline", "sourced", metric="pipeline_generated")),
        ("pipeline_generated", "responses", "meetings_booked", "contacts_engaged", "meetings_held", "emails_sent", "dials"),
    ),
}  # fmt: skip

Quantities = dict[str, float]


def quantities(
    store: Store, family: Family, scope: Scope, periods: Sequence[Period], as_of: date | None = None
) -> dict[tuple[str, Period], Quantities]:
    """Each person's quantities in each period, money in whole units. NaN: unknown (no mailbox connected, and so on)."""
    found: dict[tuple[str, Period], dict[str, Figure]] = {}
    for figure in figures(store, family.slugs, scope, periods, ("rep",), as_of=as_of):
        (rep,) = figure.group
        if rep is not None:
            found.setdefault((rep, figure.period), {})[figure.metric.slug] = figure
    return {cell: _quantities(read) for cell, read in found.items()}


def _quantities(read: Mapping[str, Figure]) -> Quantities:
    per = {slug: 100.0 if reading.metric.unit is Unit.MONEY else 1.0 for slug, reading in read.items()}

    def value(slug: str) -> float:
        reading = read.get(slug)
        return NAN if reading is None or reading.value is None else reading.value

    def part(slug: str, which: str) -> float:
        reading = read.get(slug)
        number = None if reading is None else getattr(reading, which)
        return 0.0 if number is None else float(number)

    won, sized = part("win_rate", "numerator"), part("average_deal_size", "denominator")
    mean = part("average_deal_size", "numerator") / per.get("average_deal_size", 1.0) / sized if sized else NAN
    touches = np.array([value(slug) for slug in ("emails_sent", "dials", "meetings_held")])
    sourced = read.get("pipeline_generated")
    worked = read.get("meetings_per_opportunity")
    return {
        "revenue": part("revenue", "numerator") / per.get("revenue", 1.0),
        "won": won,
        "closed": part("win_rate", "denominator"),
        "whole": won * mean if won else 0.0,
        "worked": NAN if worked is None or worked.denominator is None else worked.denominator,
        "meetings": value("meetings_held"),
        "contacts": value("contacts_engaged"),
        "touches": float(np.nansum(touches)) if np.isfinite(touches).any() else NAN,
        "responses": value("responses"),
        "booked": value("meetings_booked"),
        "sourced": 0.0 if sourced is None else float(sourced.n),
        "pipeline": part("pipeline_generated", "numerator") / per.get("pipeline_generated", 1.0),
    }


def added(rows: Sequence[Quantities], scale: float = 1.0) -> Quantities:
    """The sum of people's and periods' quantities × scale. Unknown ones are left out; unknown of all: unknown."""
    names = rows[0].keys() if rows else ()
    out = {}
    for name in names:
        values = np.array([row[name] for row in rows])
        out[name] = float(np.nansum(values)) * scale if np.isfinite(values).any() else NAN
    return out
