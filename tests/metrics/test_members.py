"""What is asked of a few people is worked out of their rows alone; it is what they have in everybody's answer."""

from __future__ import annotations

from datetime import date

from paceline.metrics.ask import ask, figures
from paceline.metrics.catalog import CATALOG
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from tests.metrics.conftest import REPS

PERIODS = (
    Period.between(date(2026, 4, 1), date(2026, 6, 20)), Period.between(date(2026, 6, 10), date(2026, 10, 1)),
    Period.between(date(2026, 3, 1), date(2026, 9, 1)),
)  # fmt: skip
# What is made of other people's rows, too, or of many of one's own.
SHAPES = {"touch_gaps", "progressions", "owned", "open_watched", "open_people", "touched_accounts", "touch_person", "outcome"}


def told(store: Store, scope: Scope, slugs: list[str]) -> dict[tuple[str, Period, str | None], tuple[float | int | None, ...]]:
    found = ask(store, slugs, scope, PERIODS, ("rep",), mean_of_reps=False)
    return {(one.slug, one.period, one.group[0][1]): (one.value, one.numerator, one.denominator, one.n) for one in found}


def test_a_few_have_what_they_have_in_everybodys_answer(full_store: Store) -> None:
    first = {measure.rows: metric.slug for metric in CATALOG.values() for measure in metric.measures}
    slugs = sorted({first[rows] for rows in SHAPES})
    everybody, compared = told(full_store, Scope.company(), slugs), 0
    for some in (REPS[:1], REPS[1:]):
        mine = told(full_store, Scope.reps(some), slugs)
        assert mine == {key: numbers for key, numbers in everybody.items() if key[2] in some}
        compared += sum(bool(value) for value, *_ in mine.values())
    assert compared > 30


def test_figures_are_the_numbers_of_readings(full_store: Store) -> None:
    slugs = ["win_rate", "revenue", "meetings_held", "sales_cycle"]
    alone = {
        (one.metric.slug, one.period, one.group[0]): (one.value, one.numerator, one.denominator, one.n)
        for one in figures(full_store, slugs, Scope.company(), PERIODS, ("rep",))
    }
    assert alone == told(full_store, Scope.company(), slugs)
    assert {value is None for value, *_ in alone.values()} == {True, False}
