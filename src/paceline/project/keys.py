"""Every key of ``paceline.toml``: what it means, what it may be, and which setting it fills.

The template that ``paceline init`` writes, the reader and the reference page are all made from this list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from paceline.sales.settings import Judgement, Settings, StageChoice, Thresholds
from paceline.saying.said import SaidError, listed, noted, say

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MEANINGS: dict[str, bool | None] = {"connected": True, "not connected": False, "unknown": None}
STORE = "paceline.duckdb"
DATABASE = "app.sqlite3"


@dataclass(frozen=True)
class Key:
    """One key. ``read`` turns its TOML value into the setting's, or raises ValueError saying what it must be.

    ``field`` is the name in Settings (or Thresholds); ``default`` is written as TOML would.
    """

    section: str
    name: str
    field: str
    doc: str
    default: str
    read: Callable[[Any], Any]

    @property
    def path(self) -> tuple[str, str]:
        """Section and name."""
        return self.section, self.name

    @property
    def label(self) -> str:
        """What it is called on a form."""
        words = self.name.replace("_", " ").capitalize()
        return words.replace("Smtp", "SMTP").replace("tls", "TLS").replace("Client id", "Client ID")


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


def _any_text(value: Any) -> str:
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


SECTIONS = {
    "company": "Who you are, and how your year and your money run.",
    "work": "When people work, unless a rep's role says otherwise. Lead response time counts these hours only.",
    "sales": "What tells your people from customers, and which accounts you aim at.",
    "store": "Where records and facts are kept.",
    "pages": "The web pages that `paceline serve` shows.",
    "sso": "Log-in through your company's OpenID Connect provider. The secret is in the environment, in `PACELINE_SSO_SECRET`.",
    "channels": "How messages leave: mail, Slack, webhooks. Passwords and tokens are in the environment "
    "(`PACELINE_SMTP_PASSWORD`, `PACELINE_SLACK_TOKEN`) or in `secrets.toml` beside this file.",
    "stages": "What your pipeline's stages mean, where you know better than their source: by the stage's id.",
    "roles": "What roles are called here, where their source writes them otherwise.",
    "crm": "Where a record is seen in your CRM: an https address with {id} in it, by kind of record. Pages link there.",
    "dispositions": "What the words of your dialler mean: did the prospect answer? Your words are added to those known already.",
    "thresholds": "Limits that definitions use.",
    "judgement": "How loud `paceline signals` may be. Fewer false alarms mean that true changes are seen later.",
}

KEYS: tuple[Key, ...] = (
    Key("company", "name", "name", "Your company's name, shown above reports.", '"Company"', text),
    Key(
        "company",
        "currency",
        "currency",
        "ISO 4217 code of the currency in which you report; other amounts are converted to it.",
        '"USD"',
        currency,
    ),
    Key("company", "time_zone", "time_zone", "IANA time zone of people who have none of their own.", '"UTC"', zone),
    Key(
        "company",
        "fiscal_year_starts",
        "fiscal_start_month",
        "First month of your fiscal year.",
        '"january"',
        _word(MONTHS, _A_MONTH),
    ),
    Key("company", "week_starts", "week_start", "First day of your week.", '"monday"', _word(WEEKDAYS, _A_WEEKDAY)),
    Key("work", "days", "work_days", "Days worked.", '["monday", "tuesday", "wednesday", "thursday", "friday"]', work_days),
    Key("work", "start", "work_start_minute", "When work starts, local time.", '"09:00"', minute),
    Key("work", "end", "work_end_minute", "When work ends, local time.", '"17:00"', minute),
    Key(
        "sales", "own_domains", "own_domains", "Your own mail domains: people there are colleagues, not prospects.", "[]", domains
    ),
    Key(
        "sales",
        "target_tiers",
        "target_tiers",
        "Values of an account's `tier` that mark a target account.",
        '["target", "A"]',
        words,
    ),
    Key(
        "store",
        "location",
        "",
        "A file (relative to this one), `postgresql://user@host/database`, `spark://host:port` or `spark:local[2]`. "
        "The environment variable `PACELINE_STORE` goes before it: a password belongs there.",
        f'"{STORE}"',
        text,
    ),
    Key(
        "pages",
        "database",
        "",
        "Where users, roles and sessions are kept: a file (relative to this one) or `postgresql://user@host/database`. "
        "The environment variable `PACELINE_DATABASE` goes before it: a password belongs there.",
        f'"{DATABASE}"',
        text,
    ),
    Key(
        "pages",
        "address",
        "",
        "Where people open the pages, if a proxy with TLS stands before them; cookies then travel over TLS alone.",
        '""',
        web_address,
    ),
    Key("pages", "peers", "", "Whether a rep sees the values of her team without names.", "true", switch),
    Key(
        "pages",
        "leaderboard",
        "",
        "Leaderboard and TV view: off, anonymous (a rep sees her own value among peers without names), or named. "
        "Ask your works council before naming.",
        '"off"',
        leaderboard,
    ),
    Key("sso", "issuer", "", "The provider's address; empty: no single sign-on.", '""', issuer),
    Key("sso", "client_id", "", "The id that the provider gave to Paceline.", '""', _any_text),
    Key("sso", "name", "", "What stands on the log-in button.", '"Single sign-on"', text),
)

CHANNELS: tuple[Key, ...] = (
    Key("channels", "smtp_host", "", "The mail server that takes mails; empty: no mails.", '""', host),
    Key("channels", "smtp_port", "", "Its port.", "587", port),
    Key(
        "channels",
        "smtp_tls",
        "",
        '"starttls" (begins in plain, then TLS), "tls" (from the start) or "none" (a server on this machine).',
        '"starttls"',
        tls,
    ),
    Key("channels", "smtp_user", "", "The name to log in to it with; empty: no log-in.", '""', _any_text),
    Key("channels", "mail_from", "", "Whom mails come from.", '""', sender),
    Key("channels", "slack_address", "", "Where Slack is.", '"https://slack.com"', web_address),
    Key("channels", "webhooks", "", "Whether people may have their messages posted to a webhook of their own.", "true", switch),
    Key(
        "channels",
        "allowed_hosts",
        "",
        "Hosts that messages may go to although they aren't on the public internet, the mail server among them.",
        "[]",
        hosts,
    ),
)

_THRESHOLD_DOCS = {
    "connect_seconds": "A call this many seconds long was answered, where no disposition tells.",
    "reply_days": "A reply later than this many days answers something else.",
    "new_account_days": "An account untouched for so many days is new again.",
    "untouched_days": "An open opportunity without a touch for so many days counts as untouched.",
    "stuck_floor_days": "No stage's limit is shorter than this many days.",
    "stuck_min_spells": "With fewer won deals through a stage than this, the company's limit is used instead of the stage's.",
    "talk_min_seconds": "Calls shorter than this say nothing about talk ratio.",
    "patience_max_gap_seconds": "Longer silences are holds, and no patience.",
    "patience_min_switches": "A call with fewer switches from customer to rep gives no patience.",
    "multi_threaded_people": "An opportunity with so many engaged people is multi-threaded.",
    "bulk_transfer_count": "So many opportunities handed over by one person on one day are a reassignment, not new business.",
}

THRESHOLDS: tuple[Key, ...] = tuple(
    Key("thresholds", field.name, field.name, _THRESHOLD_DOCS[field.name], str(field.default), whole)
    for field in fields(Thresholds)
)

_JUDGEMENT_DOCS = {
    "false_alarms": "False alarms that you bear per rep and quarter, over all metrics together: 0.5, 1 or 2.",
    "false_praise": "The same for improvements told that are only chance: 0.5, 1 or 2.",
}

JUDGEMENT: tuple[Key, ...] = tuple(
    Key("judgement", field.name, field.name, _JUDGEMENT_DOCS[field.name], f"{field.default:g}", budget)
    for field in fields(Judgement)
)

ALL: tuple[Key, ...] = KEYS + CHANNELS + THRESHOLDS + JUDGEMENT
BY_PATH = {key.path: key for key in ALL}
NAMES = frozenset(field.name for field in fields(Settings))
