"""Hygiene: what is missing or wrong in the records, and lowers what other metrics can say."""

from __future__ import annotations

from typing import Any

from paceline.metrics.conditions import no, unknown, yes
from paceline.metrics.vocabulary import LOWER, Category, Count, Distinct, Metric, Unit

_SNAPSHOT: dict[str, Any] = {"roles": ("AE",), "date": "the snapshot", "owner": "the owner at the snapshot"}


def _open(slug: str, name: str, condition: Any, words: str, meaning: str) -> Metric:
    return Metric(slug, name, Category.HYGIENE, Unit.COUNT, LOWER, Count("open", condition, words), meaning=meaning, **_SNAPSHOT)


HYGIENE = (
    _open(
        "opportunities_without_amount",
        "Open opportunities without amount",
        unknown("native_cents"),
        "open opportunities without amount",
        "Open opportunities whose amount is empty.",
    ),
    _open(
        "opportunities_without_next_step",
        "Open opportunities without next step",
        no("next_step"),
        "open opportunities without next step",
        "Open opportunities for which no next step is written.",
    ),
    _open(
        "opportunities_past_close_date",
        "Open opportunities past their close date",
        yes("overdue"),
        "open opportunities past their close date",
        "Open opportunities whose expected close date lies before the snapshot's day.",
    ),
    Metric(
        "contacts_without_title",
        "Contacts without title",
        Category.HYGIENE,
        Unit.COUNT,
        LOWER,
        Distinct("touched_contacts", "person_id", no("titled"), "contacts touched without title"),
        roles=("AE", "SDR"),
        date="the day of the touch",
        owner="who touched them",
        needs=("mailbox", "calendar", "dialer"),
        any_need=True,
        meaning="Contacts touched in the period whose record has no title.",
    ),
)
