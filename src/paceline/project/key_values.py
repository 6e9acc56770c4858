"""What a key of ``paceline.toml`` may be: from its TOML value to the setting's. Each raises SaidError saying what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from paceline.sales.periods import MONTH_NAMES
from paceline.sales.settings import StageChoice
from paceline.saying.said import SaidError, listed, noted, say

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(name.lower() for name in MONTH_NAMES)
MEANINGS: dict[str, bool | None] = {"connected": True, "not connected": False, "unknown": None}


def text(value: Any) -> str:
    """Text that isn't empty."""
    if not isinstance(value, str) or not value.strip():
        raise SaidError(say("must be text in quotes"))
    return str(value).strip()


def currency(value: Any) -> str:
    """An ISO 4217 code."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise SaidError(say('must be an ISO 4217 code of three capital letters, such as "USD" or "EUR"'))
    return str(value)


def zone(value: Any) -> str:
    """An IANA time zone that this machine knows."""
    try:
        ZoneInfo(text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder in the zone database
        raise SaidError(say('must be an IANA time zone, such as "Europe/Berlin" or "America/New_York"')) from None
    return text(value)


_A_MONTH = noted('must be the name of a month in English, such as "{example}"')
_A_WEEKDAY = noted('must be the name of a weekday in English, such as "{example}"')


def _word(words: tuple[str, ...], wrong: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and value.strip().lower() in words:
            return words.index(value.strip().lower()) + 1
        raise SaidError(say(wrong, example=words[0]))

    return read


month, weekday = _word(MONTHS, _A_MONTH), _word(WEEKDAYS, _A_WEEKDAY)


def work_days(value: Any) -> str:
    """Names of weekdays → their ISO numbers, as in ``12345``."""
    if not isinstance(value, list) or not value or any(str(day).lower() not in WEEKDAYS for day in value):
        raise SaidError(say('must be a list of weekdays, such as ["monday", "tuesday"]'))
    return "".join(sorted({str(WEEKDAYS.index(str(day).lower()) + 1) for day in value}))


def minute(value: Any) -> int:
    """A time of the day as ``HH:MM`` → minutes after midnight."""
    found = re.fullmatch(r"([01]?\d|2[0-4]):([0-5]\d)", value) if isinstance(value, str) else None
    if not found or (minutes := int(found[1]) * 60 + int(found[2])) > 24 * 60:
        raise SaidError(say('must be a time of the day in quotes, such as "09:00"'))
    return minutes


def domains(value: Any) -> frozenset[str]:
    """Mail domains, lower case."""
    if not isinstance(value, list) or any(not re.fullmatch(r"[^@\s]+\.[^@\s.]+", str(name)) for name in value):
        raise SaidError(say('must be mail domains without @, such as "example.com"'))
    return frozenset(str(name).lower() for name in value)


def words(value: Any) -> frozenset[str]:
    """A list of words."""
    if not isinstance(value, list) or any(not isinstance(word, str) for word in value):
        raise SaidError(say('must be a list of words, such as ["target", "A"]'))
    return frozenset(str(word) for word in value)


def whole(value: Any) -> int:
    """A whole number above 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SaidError(say("must be a whole number of 1 or more"))
    return int(value)


def switch(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise SaidError(say("must be true or false"))
    return value


BOARDS = ("off", "anonymous", "named")


def leaderboard(value: Any) -> str:
    """Whether there is a leaderboard, and whether it has names."""
    if value not in BOARDS:
        raise SaidError(say("must be one of {words}, in quotes", words=", ".join(BOARDS)))
    return str(value)


def web_address(value: Any) -> str:
    """Where a site is, without a path; empty for none."""
    if value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/?#@]+(:\d+)?/?", value):
        raise SaidError(say('must be an address without a path, such as "https://paceline.example.com"'))
    return value.rstrip("/")


def issuer(value: Any) -> str:
    """An OpenID Connect issuer; empty for none. Plain http is for this machine alone."""
    if value == "":
        return ""
    wanted = r"https://[^\s?#@]+|http://(localhost|127\.0\.0\.1)(:\d+)?[^\s?#@]*"
    if not isinstance(value, str) or not re.fullmatch(wanted, value):
        raise SaidError(say('must be the issuer\'s address, such as "https://login.example.com/realms/sales"'))
    return value


def host(value: Any) -> str:
    """The name or address of a machine; empty for none."""
    if value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?", value):
        raise SaidError(say('must be the name of a host, such as "smtp.example.com"'))
    return value.lower()


def hosts(value: Any) -> frozenset[str]:
    """Names or addresses of machines."""
    if not isinstance(value, list):
        raise SaidError(say('must be a list of hosts, such as ["hooks.internal"]'))
    return frozenset(host(one) for one in value)


def port(value: Any) -> int:
    """A TCP port."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65_536:
        raise SaidError(say("must be a port, from 1 to 65535"))
    return int(value)


TLS = ("starttls", "tls", "none")


def tls(value: Any) -> str:
    """How a mail server is spoken to."""
    if value not in TLS:
        raise SaidError(say('must be "starttls", "tls" or "none"'))
    return str(value)


def sender(value: Any) -> str:
    """A mail address, with or without a name before it; empty for none."""
    if value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"([^<>\r\n]*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+>?", value):
        raise SaidError(say('must be a mail address, such as "Paceline <paceline@example.com>"'))
    return value


def any_text(value: Any) -> str:
    if not isinstance(value, str):
        raise SaidError(say("must be text in quotes"))
    return value.strip()


BUDGETS = (0.5, 1.0, 2.0)


def budget(value: Any) -> float:
    """A budget of false alarms."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in BUDGETS:
        raise SaidError(say("must be 0.5, 1 or 2: false alarms per rep and quarter"))
    return float(value)


def answered(value: Any) -> bool | None:
    """What a disposition means."""
    if isinstance(value, str) and value.strip().lower() in MEANINGS:
        return MEANINGS[value.strip().lower()]
    raise SaidError(say('must be "connected", "not connected" or "unknown"'))


CRM_KINDS = ("account", "call", "contact", "email", "lead", "meeting", "opportunity")
OUTCOMES = ("open", "won", "lost")


def record_url(value: Any) -> str:
    """Where a record is seen in the CRM: an https address in which {id} stands once for the record's id."""
    wanted = r"https://[^\s/?#@\\{}\"'<>]+(/[^\s{}\"'<>]*)?\{id\}[^\s{}\"'<>]*"
    if not isinstance(value, str) or not re.fullmatch(wanted, value):
        raise SaidError(say('must be an https address with {{id}} in its path, such as "https://crm.example.com/deals/{{id}}"'))
    return value


def stage_choice(value: Any) -> StageChoice:
    """What a company says of a stage: any of outcome, position, probability, accepted, limit_days."""
    example = '{ outcome = "won", position = 5, probability = 1.0, accepted = false, limit_days = 30 }'
    if not isinstance(value, dict) or set(value) - {field.name for field in fields(StageChoice)}:
        raise SaidError(say("must be a table such as {example}", example=example))
    told = dict(value)
    if "probability" in told and isinstance(told["probability"], int) and not isinstance(told["probability"], bool):
        told["probability"] = float(told["probability"])
    good = {
        "outcome": lambda one: one in OUTCOMES,
        "position": lambda one: isinstance(one, int) and not isinstance(one, bool) and one >= 1,
        "probability": lambda one: isinstance(one, float) and 0 <= one <= 1,
        "accepted": lambda one: isinstance(one, bool),
        "limit_days": lambda one: isinstance(one, int) and not isinstance(one, bool) and one >= 1,
    }
    wrong = [name for name, one in told.items() if not good[name](one)]
    if wrong:
        raise SaidError(
            say(
                "has a wrong {names}: it must be like {example}, outcome one of {outcomes}",
                names=listed(wrong), example=example, outcomes=", ".join(OUTCOMES),
            )
        )
    return StageChoice(**told)
