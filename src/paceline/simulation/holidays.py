"""Public holidays of the countries that the simulated people live in: the main ones, by rule."""

from __future__ import annotations

from datetime import date, timedelta

_FIXED: dict[str, tuple[tuple[int, int, str], ...]] = {
    "US": ((1, 1, "New Year's Day"), (7, 4, "Independence Day"), (11, 11, "Veterans Day"), (12, 25, "Christmas Day")),
    "GB": ((1, 1, "New Year's Day"), (12, 25, "Christmas Day"), (12, 26, "Boxing Day")),
    "FR": ((1, 1, "Jour de l'an"), (5, 1, "Fête du Travail"), (5, 8, "Victoire 1945"), (7, 14, "Fête nationale"),
           (8, 15, "Assomption"), (11, 1, "Toussaint"), (11, 11, "Armistice"), (12, 25, "Noël")),
    "DE": ((1, 1, "Neujahr"), (5, 1, "Tag der Arbeit"), (10, 3, "Tag der Deutschen Einheit"), (12, 25, "1. Weihnachtstag"),
           (12, 26, "2. Weihnachtstag")),
    "IN": ((1, 26, "Republic Day"), (8, 15, "Independence Day"), (10, 2, "Gandhi Jayanti"), (12, 25, "Christmas Day")),
    "AU": ((1, 1, "New Year's Day"), (1, 26, "Australia Day"), (4, 25, "Anzac Day"), (12, 25, "Christmas Day"),
           (12, 26, "Boxing Day")),
}
# Days after Easter Sunday.
_EASTER: dict[str, tuple[tuple[int, str], ...]] = {
    "GB": ((-2, "Good Friday"), (1, "Easter Monday")),
    "FR": ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")),
    "DE": ((-2, "Karfreitag"), (1, "Ostermontag"), (39, "Christi Himmelfahrt"), (50, "Pfingstmontag")),
    "AU": ((-2, "Good Friday"), (1, "Easter Monday")),
}
# (month, ISO weekday, which one: 1 the first, -1 the last, name)
_WEEKDAY: dict[str, tuple[tuple[int, int, int, str], ...]] = {
    "US": ((1, 1, 3, "Martin Luther King Day"), (5, 1, -1, "Memorial Day"), (9, 1, 1, "Labor Day"), (11, 4, 4, "Thanksgiving")),
    "GB": ((5, 1, 1, "Early May bank holiday"), (5, 1, -1, "Spring bank holiday"), (8, 1, -1, "Summer bank holiday")),
}

CALENDARS = tuple(_FIXED)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the Meeus/Jones/Butcher rule."""
    century, rest = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _nth_weekday(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (which - 1))


def holidays(calendar: str, year: int) -> list[tuple[date, str]]:
    """The calendar's holidays of a year, in order; KeyError for an unknown calendar."""
    days = [(date(year, month, day), name) for month, day, name in _FIXED[calendar]]
    days += [(easter(year) + timedelta(days=after), name) for after, name in _EASTER.get(calendar, ())]
    days += [(_nth_weekday(year, month, weekday, which), name) for month, weekday, which, name in _WEEKDAY.get(calendar, ())]
    return sorted(days)
