"""A message handed to Slack."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from paceline.channels.message import Message
from paceline.channels.reach import Answer, post
from paceline.channels.sending import Company, SendingError, To
from paceline.channels.slack.blocks import as_blocks
from paceline.saying.said import NOTHING, Said, say

# What Slack says when it is Slack's own trouble (https://api.slack.com/methods/chat.postMessage#errors).
_PASSING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited",
            "rollup_error", "team_added_to_org")  # fmt: skip


def ready(company: Company, to: To) -> Said:
    """Why nothing can be sent; empty: it can."""
    if to.slack_webhook or company.slack_token:
        return NOTHING
    return say("the company has no Slack app ($PACELINE_SLACK_TOKEN), and no incoming webhook of one's own is set")


def send(company: Company, to: To, message: Message) -> str:
    """Post it; gives Slack's answer. Raises SendingError, UnsureError."""
    if to.slack_webhook:
        answer = _post(company, to.slack_webhook, {"text": message.subject, "blocks": as_blocks(message)}, "")
        if answer.status != 200:
            raise _refused(answer, answer.text.strip())
        return "posted by webhook"
    member = to.slack_id or _member(company, to.email)
    told = {"channel": member, "text": message.subject, "blocks": as_blocks(message), "unfurl_links": False}
    return f"posted at {_asked(company, 'chat.postMessage', told).get('ts', '?')}"


def _member(company: Company, email: str) -> str:
    """The member's id, by the mail address (scope ``users:read.email``)."""
    found = _asked(company, "users.lookupByEmail", {"email": email}, form=True)
    return str(found["user"]["id"])


def _asked(company: Company, method: str, told: dict[str, Any], form: bool = False) -> dict[str, Any]:
    answer = _post(company, f"{company.slack_address}/api/{method}", told, company.slack_token, form)
    try:
        said = json.loads(answer.text)
    except ValueError:
        raise _refused(answer, "") from None
    if answer.status != 200 or not isinstance(said, dict) or not said.get("ok"):
        raise _refused(answer, str(said.get("error", "")) if isinstance(said, dict) else "")
    return said


def _post(company: Company, url: str, told: dict[str, Any], token: str, form: bool = False) -> Answer:
    body = urlencode(told) if form else json.dumps(told)
    kind = "application/x-www-form-urlencoded" if form else "application/json; charset=utf-8"
    return post(url, body.encode(), {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})},
                company.allowed_hosts)  # fmt: skip


def _refused(answer: Answer, error: str) -> SendingError:
    """Slack's word for it, and whether later may be better."""
    again = answer.status == 429 or answer.status >= 500 or error in _PASSING
    return SendingError(f"Slack refused it: {error[:100] or answer.status}", again=again, after=answer.retry_after)
