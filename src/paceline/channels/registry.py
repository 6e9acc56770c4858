"""Every way to reach a person, by name. A new one is a folder beside these and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from paceline.channels.email import send as email
from paceline.channels.sending import Channel
from paceline.channels.slack import send as slack
from paceline.channels.webhook import send as webhook

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "email": Channel("email", email.send, knows_repeats=True, ready=email.ready),
        "slack": Channel("slack", slack.send, knows_repeats=False, ready=slack.ready),
        "webhook": Channel("webhook", webhook.send, knows_repeats=True, ready=webhook.ready),
    }
)
