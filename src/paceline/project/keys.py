"""Every key of ``paceline.toml``: what it means, what it may be, and which setting it fills.

The template that ``paceline init`` writes, the reader and the reference page are all made from this list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from paceline.project.key_values import (
    any_text,
    budget,
    currency,
    domains,
    host,
    hosts,
    issuer,
    leaderboard,
    minute,
    month,
    port,
    sender,
    switch,
    text,
    tls,
    web_address,
    weekday,
    whole,
    words,
    work_days,
    zone,
)
from paceline.sales.settings import Judgement, Settings, Thresholds

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
        month,
    ),
    Key("company", "week_starts", "week_start", "First day of your week.", '"monday"', weekday),
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
    Key("sso", "client_id", "", "The id that the provider gave to Paceline.", '""', any_text),
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
    Key("channels", "smtp_user", "", "The name to log in to it with; empty: no log-in.", '""', any_text),
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
