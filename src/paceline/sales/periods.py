"""All date arithmetic: periods by grain, the exact one before, the words that name them.

A period is half-open: ``first <= day < until``. Days are dates without time; as numbers, days since 1970-01-01.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from paceline.sales.settings import Settings
from paceline.saying.said import Said, SaidError, ending, joined, noted, say
from paceline.saying.values import Day, Span

EPOCH = date(1970, 1, 1)
GRAINS = (
    "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "trailing_7", "trailing_28",
    "trailing_90", "range",
)
# How many months a grain lasts; the others last days.
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
_DAYS = {"day": 1, "week": 7, "trailing_7": 7, "trailing_28": 28, "trailing_90": 90}
MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July",
                "August", "September", "October", "November", "December")


class PeriodError(SaidError):
    """A period that can't be understood; the message says what was read and what is near."""


def epoch_day(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def from_epoch_day(number: int) -> date:
    """The date of that many days since 1970-01-01."""
    return EPOCH + timedelta(days=number)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _month_length(year, month + 1)))


def _month_length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days of a grain. ``fiscal_start_month`` (1–12) only names fiscal periods; it moves nothing."""

    grain: str
    first: date
    until: date
    fiscal_start_month: int = 1

    def __post_init__(self) -> None:
        if self.grain not in GRAINS:
            raise PeriodError(_or_near(say("unknown grain '{grain}'", grain=self.grain), self.grain, GRAINS))
        if self.until <= self.first:
            ends = noted("a period must end after it begins: {first} to {until}")
            raise PeriodError(say(ends, first=Day(self.first), until=Day(self.until)))

    @staticmethod
    def containing(grain: str, day: date, settings: Settings) -> Period:
        """The period of that grain with the day in it; trailing ones end with the day. PeriodError for ``range``."""
        if grain in _MONTHS:
            first = _first_of(grain, day, settings.fiscal_start_month)
            return Period(grain, first, add_months(first, _MONTHS[grain]), settings.fiscal_start_month)
        if grain == "week":
            first = day - timedelta(days=(day.isoweekday() - settings.week_start) % 7)
            return Period(grain, first, first + timedelta(days=7), settings.fiscal_start_month)
        if grain in _DAYS:
            return Period(grain, day - timedelta(days=_DAYS[grain] - 1), day + timedelta(days=1), settings.fiscal_start_month)
        raise PeriodError(_or_near(say("no period of grain '{grain}' contains a day by itself", grain=grain), grain, GRAINS))

    @staticmethod
    def between(first: date, until: date) -> Period:
        """Any two dates: from ``first`` up to, and without, ``until``."""
        return Period("range", first, until)

    @property
    def first_day(self) -> int:
        """First day, in days since 1970-01-01."""
        return epoch_day(self.first)

    @property
    def until_day(self) -> int:
        """First day after, in days since 1970-01-01."""
        return epoch_day(self.until)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.until - self.first).days

    def before(self) -> Period:
        """The one before, of the same grain: the quarter before Q1 begins on 1 October. Ends where this one begins."""
        if self.grain in _MONTHS:
            return Period(self.grain, add_months(self.first, -_MONTHS[self.grain]), self.first, self.fiscal_start_month)
        return Period(self.grain, self.first - timedelta(days=self.days), self.first, self.fiscal_start_month)

    def after(self) -> Period:
        """The one after, of the same grain. Begins where this one ends."""
        if self.grain in _MONTHS:
            return Period(self.grain, self.until, add_months(self.until, _MONTHS[self.grain]), self.fiscal_start_month)
        return Period(self.grain, self.until, self.until + timedelta(days=self.days), self.fiscal_start_month)

    def year_before(self) -> Period:
        """The same period a year before. A week is the one 52 weeks earlier, so that weekdays agree."""
        if self.grain == "week":
            return Period(self.grain, self.first - timedelta(days=364), self.until - timedelta(days=364), self.fiscal_start_month)
        if self.grain in _MONTHS:
            return Period(self.grain, add_months(self.first, -12), add_months(self.until, -12), self.fiscal_start_month)
        last = add_months(self.until - timedelta(days=1), -12)
        first = add_months(self.first, -12) if self.grain == "range" else last - timedelta(days=self.days - 1)
        return Period(self.grain, first, last + timedelta(days=1), self.fiscal_start_month)

    def shifted(self, days: int) -> Period:
        """The same length, so many days later, as a range."""
        return Period("range", self.first + timedelta(days=days), self.until + timedelta(days=days))

    def split(self, grain: str, settings: Settings) -> tuple[Period, ...]:
        """The periods of a finer grain that make it up, in order; those on the edge are cut to it, and are then a ``range``."""
        parts = []
        day = self.first
        while day < self.until:
            whole = Period.containing(grain, day, settings)
            first, until = max(whole.first, self.first), min(whole.until, self.until)
            parts.append(whole if (first, until) == (whole.first, whole.until) else Period("range", first, until))
            day = until
        return tuple(parts)

    @property
    def label(self) -> str:
        """What people call it, e.g. ``Q3 2026``, ``July 2026``, ``FY26 Q2``."""
        return _LABELS.get(self.grain, _range_label)(self)

    @property
    def told(self) -> Span:
        """What people call it, for a sentence that is told in other languages too."""
        return Span(self.label, self.grain, self.first, self.until)

    def __str__(self) -> str:
        return self.label


def _first_of(grain: str, day: date, fiscal_start_month: int) -> date:
    length = _MONTHS[grain]
    start = fiscal_start_month if grain.startswith("fiscal") else 1
    months = (day.year * 12 + day.month - start) // length * length + start - 1
    return date(months // 12, months % 12 + 1, 1)


def _fiscal_year(period: Period) -> int:
    """A fiscal year is named after the calendar year in which it ends."""
    start = _first_of("fiscal_year", period.first, period.fiscal_start_month)
    return add_months(start, 11).year


def _fiscal_quarter_label(period: Period) -> str:
    number = (period.first.month - period.fiscal_start_month) % 12 // 3 + 1
    return f"FY{_fiscal_year(period) % 100:02d} Q{number}"


def _written(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _range_label(period: Period) -> str:
    return f"{_written(period.first)} – {_written(period.until - timedelta(days=1))}"


_LABELS: dict[str, Callable[[Period], str]] = {
    "day": lambda p: _written(p.first),
    "week": lambda p: f"week of {_written(p.first)}",
    "month": lambda p: f"{MONTH_NAMES[p.first.month - 1]} {p.first.year}",
    "quarter": lambda p: f"Q{(p.first.month + 2) // 3} {p.first.year}",
    "year": lambda p: str(p.first.year),
    "fiscal_quarter": _fiscal_quarter_label,
    "fiscal_year": lambda p: f"FY{_fiscal_year(p) % 100:02d}",
    "trailing_7": lambda p: f"7 days to {_written(p.until - timedelta(days=1))}",
    "trailing_28": lambda p: f"28 days to {_written(p.until - timedelta(days=1))}",
    "trailing_90": lambda p: f"90 days to {_written(p.until - timedelta(days=1))}",
}

# --- reading ---
_FORMS = ("2026, 2026-Q3, 2026-07, 2026-W30, 2026-07-31, FY26, FY26-Q2, 2026-01-15..2026-03-01, "
          "today, yesterday, last_quarter, this_month, trailing_28")
_CALENDAR_WORDS = tuple(f"{when}_{grain}" for when in ("this", "last") for grain in ("day", "week", *_MONTHS))
_WORDS = (*_CALENDAR_WORDS, "today", "yesterday", "trailing_7", "trailing_28", "trailing_90")


def parse(text: str, settings: Settings, today: date) -> Period:
    """The period that a word names. ``a..b`` runs from a up to, and without, b. PeriodError says what is near."""
    word = text.strip()
    named = _named(word.lower().replace(" ", "_").replace("-", "_"), settings, today)
    if named is not None:
        return named
    for pattern, read in _PATTERNS:
        found = re.fullmatch(pattern, word, re.IGNORECASE)
        if found:
            return _dated(read, found, settings, text)
    unread = _or_near(say("can't read the period '{text}'", text=text), word, _WORDS)
    raise PeriodError(joined([ending(unread), say("Write one of: {forms}", forms=_FORMS)]))


def _dated(read: Callable[[re.Match[str], Settings], Period], found: re.Match[str], settings: Settings, text: str) -> Period:
    try:
        return read(found, settings)
    except PeriodError:
        raise
    except ValueError as problem:
        raise PeriodError(say("no such date in the period '{text}': {problem}", text=text, problem=str(problem))) from problem


def _named(word: str, settings: Settings, today: date) -> Period | None:
    if word not in _WORDS:
        return None
    if word.startswith("trailing"):
        return Period.containing(word, today, settings)
    if word in ("today", "yesterday"):
        word = {"today": "this_day", "yesterday": "last_day"}[word]
    when, grain = word.split("_", 1)
    this = Period.containing(grain, today, settings)
    return this if when == "this" else this.before()


def _read_week(found: re.Match[str], settings: Settings) -> Period:
    thursday = date.fromisocalendar(int(found[1]), int(found[2]), 4)  # the ISO week's own year is that of its Thursday
    return Period.containing("week", thursday, settings)


def _read_fiscal(found: re.Match[str], settings: Settings) -> Period:
    year = int(found[1]) + (2000 if len(found[1]) == 2 else 0)
    last_month = add_months(date(year, settings.fiscal_start_month, 1), -1)
    year_start = add_months(last_month.replace(year=year), -11)
    if found[2] is None:
        return Period.containing("fiscal_year", year_start, settings)
    return Period.containing("fiscal_quarter", add_months(year_start, 3 * (int(found[2]) - 1)), settings)


def _read_range(found: re.Match[str], settings: Settings) -> Period:
    del settings
    return Period.between(date.fromisoformat(found[1]), date.fromisoformat(found[2]))


_PATTERNS: tuple[tuple[str, Callable[[re.Match[str], Settings], Period]], ...] = (
    (r"(\d{4})", lambda m, s: Period.containing("year", date(int(m[1]), 1, 1), s)),
    (r"(\d{4})-?Q([1-4])", lambda m, s: Period.containing("quarter", date(int(m[1]), 3 * int(m[2]) - 2, 1), s)),
    (r"(\d{4})-(\d{2})", lambda m, s: Period.containing("month", date(int(m[1]), int(m[2]), 1), s)),
    (r"(\d{4})-?W(\d{1,2})", _read_week),
    (r"(\d{4}-\d{2}-\d{2})", lambda m, s: Period.containing("day", date.fromisoformat(m[1]), s)),
    (r"FY(\d{2}|\d{4})(?:[- ]?Q([1-4]))?", _read_fiscal),
    (r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", _read_range),
)


def _or_near(wrong: Said, word: str, words: tuple[str, ...]) -> Said:
    close = get_close_matches(word.lower().replace(" ", "_").replace("-", "_"), words, n=1, cutoff=0.6)
    return say("{wrong}; did you mean '{near}'?", wrong=wrong, near=close[0]) if close else wrong
