"""Which periods a page of this room offers: months, quarters and years around a day, fiscal ones where the company has them."""

from __future__ import annotations

from datetime import date

from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import word_of
from paceline.sales.periods import Period, PeriodError, parse
from paceline.sales.settings import Settings

_AROUND = {"month": (1, 1), "quarter": (2, 1), "year": (0, 0), "fiscal_quarter": (2, 1), "fiscal_year": (0, 0)}


def quarter_of(settings: Settings, day: date) -> Period:
    """The quarter that goals are for: the company's own, where its year isn't the calendar's."""
    return Period.containing("quarter" if settings.fiscal_start_month == 1 else "fiscal_quarter", day, settings)


def word(period: Period, settings: Settings, today: date) -> str:
    """The period as a URL has it: its own name where that reads back to it, else its days."""
    first = period.first
    names = {
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
        "year": f"{first.year}",
        "fiscal_quarter": period.label.replace(" ", "-"),
        "fiscal_year": period.label,
    }
    try:
        return names[period.grain] if parse(names[period.grain], settings, today) == period else word_of(period)
    except (KeyError, PeriodError):
        return word_of(period)


def around(settings: Settings, today: date, chosen: Period) -> list[tuple[str, str, bool]]:
    """The options of a selection: value, words, whether it is the chosen one; the chosen one first if it is another."""
    grains = [grain for grain in _AROUND if settings.fiscal_start_month != 1 or not grain.startswith("fiscal")]
    if settings.fiscal_start_month != 1:
        grains = [grain for grain in grains if grain not in ("quarter", "year")]
    found: list[Period] = []
    for grain in sorted(grains, key=lambda one: ("quarter" not in one, one)):
        before, after = _AROUND[grain]
        one = Period.containing(grain, today, settings)
        row = [one]
        for _ in range(before):
            row.insert(0, row[0].before())
        for _ in range(after):
            row.append(row[-1].after())
        found += row
    if chosen not in found:
        found.insert(0, chosen)
    return [(word(one, settings, today), written.period(one), one == chosen) for one in found]
