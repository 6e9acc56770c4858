"""Numbers, money, days and instants as the reader's language writes them (CLDR, through Babel).

``brief`` fits a table's cell, ``full`` a sentence. Percent values are fractions, money is in units of its currency.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_territory_currencies,
)
from django.utils.translation import get_language, gettext, gettext_lazy, to_locale

from paceline.metrics.reading import Reading
from paceline.metrics.vocabulary import Metric, Unit
from paceline.sales.periods import Period

_LARGE = 10_000
_MANY = 8192  # numbers whose writing is remembered, of each kind
_CLOCK = 100_000  # seconds-of-epoch columns are larger than any day's number


@lru_cache(maxsize=64)
def _locale(code: str) -> Locale:
    return Locale.parse(to_locale(code), sep="_")


def locale() -> Locale:
    """The reader's."""
    return _locale(get_language() or "en")


def brief(value: float, unit: Unit, currency: str) -> str:
    """In few characters: ``63%``, ``€10.1M``, ``4.5 d``, ``12``."""
    if unit is Unit.PERCENT:
        return _percent(value, "0" if abs(value) >= 0.1 or value == 0 else "0.0")
    if unit is Unit.MONEY:
        return money_brief(value, currency)
    if unit is Unit.SECONDS:
        return duration(value)
    if unit is Unit.DAYS:
        return gettext("%(number)s\u00a0d") % {"number": _decimal(value, 1 if abs(value) < 10 else 0)}
    if unit is Unit.MINUTES:
        return gettext("%(number)s\u00a0min") % {"number": _decimal(value, 0)}
    if unit is Unit.RATIO and 0 < abs(value) < 100:
        return _decimal(value, 1)
    return _plain(value)


def full(value: float, unit: Unit, currency: str) -> str:
    """With every digit that means something: ``63.15%``, ``€10,005,534``, ``51.83 days``."""
    if unit is Unit.PERCENT:
        return _percent(value, "0.0#")
    if unit is Unit.MONEY:
        return money(value, currency)
    if unit is Unit.SECONDS:
        return duration(value)
    if unit is Unit.DAYS:
        return gettext("%(number)s\u00a0days") % {"number": _decimal(value, 1)}
    if unit is Unit.MINUTES:
        return gettext("%(number)s\u00a0min") % {"number": _decimal(value, 1)}
    return count(value) if unit is Unit.COUNT else _decimal(value, 2)


def mean(value: float, unit: Unit, currency: str) -> str:
    """A mean, as ``full``; of counts with one decimal: ``166.6``."""
    return _decimal(value, 1) if unit is Unit.COUNT else full(value, unit, currency)


def over_weeks(value: float, unit: Unit, weeks: int, currency: str) -> str:
    """A change's value: that of all its weeks, or of one (``44 a week``) where it is to be divided by ``weeks``."""
    write = full if unit is Unit.RATIO else brief  # a few hundredths are much of a small ratio
    text = write(value / weeks, unit, currency)
    return gettext("%(value)s a week") % {"value": text} if weeks > 1 else text


def ends_of(interval: tuple[float, float], unit: Unit, currency: str) -> list[str]:
    """Both ends of a range in no more digits than an estimate has: one decimal at most of counts and shares."""
    if unit is Unit.PERCENT:
        return [share(end, 1) for end in interval]
    write = brief if unit is Unit.COUNT else full
    return [write(end, unit, currency) for end in interval]


_UNITS = {
    Unit.SECONDS: gettext_lazy("time, in seconds, minutes or hours"),
    Unit.DAYS: gettext_lazy("days"),
    Unit.MINUTES: gettext_lazy("minutes"),
    Unit.PERCENT: gettext_lazy("percent"),
    Unit.RATIO: gettext_lazy("ratio"),
    Unit.COUNT: gettext_lazy("count"),
}


def unit(of: Unit, currency: str) -> str:
    """What a metric is measured in, in words: as its values are written."""
    return currency if of is Unit.MONEY else str(_UNITS.get(of, of.value))


def reader_of(unit: Unit, currency: str) -> Callable[[float], str]:
    """``brief`` for one unit, as charts want it."""
    return lambda value: brief(value, unit, currency)


def _plain(value: float) -> str:
    if abs(value) >= _LARGE:
        few = _three_digits(value)
        short = _has_short_form(locale(), few)
        return format_compact_decimal(few, fraction_digits=1, locale=locale()) if short else count(round(value))
    return count(value) if value == int(value) else _decimal(value, 1 if abs(value) < 10 else 0)


def _percent(value: float, digits: str) -> str:
    """A fraction in the language's pattern of percentages, with these digits (``0``, ``0.0``)."""
    return _percent_in(locale(), value or 0, digits)


# What a number costs to write is most of what a table costs, and the next page shows the same numbers again.
@lru_cache(maxsize=_MANY)
def _percent_in(of: Locale, value: float, digits: str) -> str:
    pattern = str(of.percent_formats[None].pattern).replace("#,##0", f"#,##{digits}")
    return format_percent(value, pattern, locale=of)


def _decimal(value: float, digits: int) -> str:
    return _decimal_in(locale(), value or 0, "#,##0" + ("." + "0" * digits if digits else ""))


@lru_cache(maxsize=_MANY)
def _decimal_in(of: Locale, value: float, pattern: str) -> str:
    return format_decimal(value, pattern, locale=of)


def count(value: float) -> str:
    """A number of things: no decimals where there are none."""
    return _decimal_in(locale(), value or 0, "#,##0.####")


def number(value: float, decimals: int) -> str:
    """With so many decimals."""
    return _decimal(value, decimals)


def share(value: float, decimals: int = 0) -> str:
    """A fraction as a percentage."""
    return _percent(value, "0" + ("." + "0" * decimals if decimals else ""))


def ago(days: int) -> str:
    """How many days before today: ``today``, ``yesterday``, ``5 days ago``."""
    if days == 0:
        return gettext("today")
    return gettext("yesterday") if days == 1 else gettext("%(days)s days ago") % {"days": count(days)}


def chance(value: float) -> str:
    """A chance, never told as certain: ``less than 1%``, ``34%``."""
    if value < 0.01:
        return gettext("less than %(share)s") % {"share": share(0.01)}
    return gettext("more than %(share)s") % {"share": share(0.99)} if value > 0.99 else share(value)


def signed_share(value: float) -> str:
    """A relative change: ``+18%``, ``−6%``; ``0%`` for one that is none when it is written."""
    sign = "" if abs(value) < 0.005 else "−" if value < 0 else "+"
    return sign + _percent(abs(value), "0")


def money(value: float, currency: str) -> str:
    """An amount; cents only below a thousand."""
    return _money_in(locale(), value or 0, currency)


@lru_cache(maxsize=_MANY)
def _money_in(of: Locale, value: float, currency: str) -> str:
    digits = abs(value) < 1000 and value != round(value)
    return format_currency(value, currency, locale=of, currency_digits=False, format=None if digits else _whole(of))


def money_exact(value: float, currency: str) -> str:
    """An amount to the cent, however large; a whole one without cents."""
    form = _whole(locale()) if value == round(value) else None
    return format_currency(value, currency, locale=locale(), currency_digits=False, format=form)


def money_brief(value: float, currency: str) -> str:
    """An amount in few characters."""
    return _money_brief_in(locale(), value or 0, currency)


@lru_cache(maxsize=_MANY)
def _money_brief_in(of: Locale, value: float, currency: str) -> str:
    if abs(value) < 1000:
        return format_currency(value, currency, format=_whole(of), currency_digits=False, locale=of)
    few = _three_digits(value)
    if not _has_short_form(of, few):
        return _money_in(of, round(value), currency)
    before = len(f"{abs(few):.0f}") % 3 or 3  # digits before the point
    digits = 3 - before if abs(few) >= 1_000_000 else min(3 - before, 1)
    return format_compact_currency(few, currency, fraction_digits=digits, locale=of)


def _three_digits(value: float) -> float:
    """The number with no more digits than a short form shows, so that 999,999.6 is a million."""
    return float(f"{value:.3g}")


def _has_short_form(of: Locale, value: float) -> bool:
    """Whether the language shortens numbers of that size: German doesn't shorten thousands, it would write all decimals."""
    return _shortens(of, len(f"{abs(value):.0f}"))


@lru_cache(maxsize=256)
def _shortens(of: Locale, digits: int) -> bool:
    return len(re.findall(r"\d", format_compact_decimal(10 ** (digits - 1), locale=of))) < digits


@lru_cache(maxsize=64)
def _whole(of: Locale) -> str:
    """The language's pattern for amounts, without decimals."""
    return str(of.currency_formats["standard"].pattern).replace(".00", "")


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever reads best."""
    if abs(seconds) < 120:
        return gettext("%(number)s\u00a0s") % {"number": _decimal(seconds, 0 if abs(seconds) >= 10 else 1)}
    if abs(seconds) < 7200:
        return gettext("%(number)s\u00a0min") % {"number": _decimal(seconds / 60, 0)}
    return gettext("%(number)s\u00a0h") % {"number": _decimal(seconds / 3600, 1)}


def reading(of: Reading | None, *, short: bool = True) -> str | None:
    """A reading's value; None where there is none (its reason is ``none_because``)."""
    if of is None or of.value is None:
        return None
    return (brief if short else full)(of.value, of.metric.unit, of.currency)


def day(of: date) -> str:
    """A date with its year."""
    return format_date(of, "medium", locale=locale())


def day_brief(of: date) -> str:
    """A date without its year."""
    return format_skeleton("MMMd", datetime(of.year, of.month, of.day), locale=locale())


def instant(at: int, zone: str) -> str:
    """An instant (epoch seconds) to the minute, in a zone, which is named."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    clock, calendar = format_time(local, "short", tzinfo=ZoneInfo(zone), locale=locale()), day(local.date())
    pattern = str(get_datetime_format("medium", locale=locale())).replace("'", "")
    return f"{pattern.replace('{0}', clock).replace('{1}', calendar)} {local.tzname()}"


def period(of: Period) -> str:
    """A period's name: a month by its name, a week or any other stretch by its days."""
    if of.grain == "month":
        return format_skeleton("yMMMM", datetime(of.first.year, of.first.month, 1), locale=locale())
    if of.grain in ("quarter", "year", "fiscal_quarter", "fiscal_year"):
        return of.label
    return days(of.first, last_day(of))


def last_day(of: Period) -> date:
    """A period's last day."""
    return date.fromordinal(of.until.toordinal() - 1)


def days(first: date, last: date) -> str:
    """From one day to another, the year once."""
    if first == last:
        return day(first)
    return f"{day_brief(first) if first.year == last.year else day(first)} – {day(last)}"


# Long names in a narrow column's head.
_SHORT = {
    "meetings_per_opportunity": gettext_lazy("Meetings per opp"),
    "opportunities_engaged": gettext_lazy("Opps engaged"),
    "new_opportunities": gettext_lazy("New opps"),
    "average_opportunity_age": gettext_lazy("Average opp age"),
    "opportunity_progressions": gettext_lazy("Opp progres\u00adsions"),
    "stuck_opportunities": gettext_lazy("Stuck opps"),
    "email_engagement_rate": gettext_lazy("Email engage\u00adment"),
}


def column(of: Metric) -> str:
    """A metric's name for a narrow column."""
    return str(_SHORT[of.slug]) if of.slug in _SHORT else gettext(of.name)


def currencies(also: str) -> list[tuple[str, str]]:
    """Codes and names of the currencies in use somewhere today, and of one more."""
    names = locale().currencies
    codes = {code for territory in get_global("territory_currencies") for code in get_territory_currencies(territory)}
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(codes | {also})]
