"""What every way to reach a person takes and gives: the company's settings, the person's address, and how it can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from paceline.channels.message import Message
from paceline.saying.said import Said


@dataclass(frozen=True)
class Company:
    """How the company sends. ``smtp_tls``: starttls, tls or none. ``allowed_hosts``: hosts that may be reached though they aren't
    on the public internet. Secrets don't show in ``repr``, so they reach no log.
    """

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    mail_from: str = ""
    slack_address: str = "https://slack.com"
    webhooks: bool = True
    allowed_hosts: frozenset[str] = frozenset()
    smtp_password: str = field(default="", repr=False)
    slack_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class To:
    """Where one person is reached. ``slack_id``: the member's id; empty: found by the mail address."""

    email: str = ""
    name: str = ""
    slack_id: str = ""
    slack_webhook: str = field(default="", repr=False)
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)


class SendingError(Exception):
    """It wasn't sent, surely. ``again``: trying later may help, ``after`` so many seconds at least (None: as usual)."""

    def __init__(self, why: str, *, again: bool, after: float | None = None) -> None:
        super().__init__(why)
        self.again, self.after = again, after


class UnsureError(Exception):
    """The line broke after the message had left: nobody knows whether it arrived."""


# Sends now, or raises SendingError or UnsureError; gives what the receiver answered, for the log.
Send = Callable[[Company, To, Message], str]


@dataclass(frozen=True)
class Channel:
    """A way to reach a person.

    ``knows_repeats``: a message that is sent twice carries the same id and can be recognised, so it is sent again when nobody
    knows whether it arrived: at least once. Otherwise it is not: at most once, and the doubt is shown. ``ready``: why a person
    can't be reached this way; empty: can be.
    """

    name: str
    send: Send
    knows_repeats: bool
    ready: Callable[[Company, To], Said]
