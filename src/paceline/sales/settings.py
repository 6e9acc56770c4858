"""What a company decides once: its calendar, its currency, its words for things, its thresholds.

Values only; reading them from ``paceline.toml`` is the command line's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Mail providers whose domain says nothing about the employer: an address there is external only if the CRM knows it.
FREE_MAIL = frozenset({
    "aol.com", "free.fr", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
    "laposte.net", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.com",
    "proton.me", "protonmail.com", "qq.com", "t-online.de", "web.de", "yahoo.co.uk", "yahoo.com", "yahoo.fr",
    "yandex.ru", "ymail.com", "163.com", "126.com",
})

# The dialler's word → did the prospect answer? None: no evidence either way.
DISPOSITIONS: Mapping[str, bool | None] = {
    "connected": True, "answered": True, "conversation": True, "no answer": False, "no_answer": False, "busy": False,
    "voicemail": False, "left voicemail": False, "wrong number": False, "wrong_number": False, "gatekeeper": False,
    "failed": False,
}


@dataclass(frozen=True)
class Thresholds:
    """Limits that definitions use; a company may set its own."""

    connect_seconds: int = 120  # a call this long was answered, where no disposition tells
    reply_days: int = 14  # a reply later than this answers something else
    new_account_days: int = 180  # untouched this long, an account is new again
    untouched_days: int = 14  # an open opportunity without a touch this long
    stuck_floor_days: int = 14  # no limit of a stage is shorter
    stuck_min_spells: int = 20  # fewer won spells than this: the company's percentile instead of the stage's
    talk_min_seconds: int = 60  # shorter calls say nothing about talk ratio
    patience_max_gap_seconds: int = 10  # longer silences are holds
    patience_min_switches: int = 10  # fewer customer→rep switches give no patience
    multi_threaded_people: int = 3
    bulk_transfer_count: int = 10  # so many opportunities given away by one person in one day are a reassignment


@dataclass(frozen=True)
class Judgement:
    """How loud judgement may be: alarms per rep and quarter that are there by chance, of falls and of rises."""

    false_alarms: float = 1.0
    false_praise: float = 1.0


@dataclass(frozen=True)
class StageChoice:
    """What a company says of a stage in place of its source; None: as the source has it."""

    outcome: str | None = None  # open, won or lost
    position: int | None = None
    probability: float | None = None
    accepted: bool | None = None
    limit_days: int | None = None


@dataclass(frozen=True)
class Settings:
    """The company's choices. ``fiscal_start_month`` 1–12; ``week_start`` ISO weekday 1–7; minutes after local midnight."""

    name: str = "Company"
    currency: str = "USD"
    time_zone: str = "UTC"
    fiscal_start_month: int = 1
    week_start: int = 1
    work_days: str = "12345"
    work_start_minute: int = 9 * 60
    work_end_minute: int = 17 * 60
    own_domains: frozenset[str] = frozenset()
    target_tiers: frozenset[str] = frozenset({"target", "A"})
    dispositions: Mapping[str, bool | None] = field(default_factory=lambda: dict(DISPOSITIONS))
    thresholds: Thresholds = field(default_factory=Thresholds)
    judgement: Judgement = field(default_factory=Judgement)
    stages: Mapping[str, StageChoice] = field(default_factory=dict)  # by the stage's id
    roles: Mapping[str, str] = field(default_factory=dict)  # a role as the source writes it → what it is called here
