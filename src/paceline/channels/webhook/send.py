"""A message as a signed POST."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import time

from paceline.channels.message import Message
from paceline.channels.reach import check_address, post
from paceline.channels.sending import Company, SendingError, To
from paceline.saying.said import Said, say

PREFIX = "whsec_"


def new_secret() -> str:
    """A signing secret, as the standard writes it: 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def ready(company: Company, to: To) -> Said:
    """Why nothing can be sent; empty: it can."""
    if not company.webhooks:
        return say("the company has webhooks turned off ([channels] webhooks)")
    if not to.webhook_url or not to.webhook_secret:
        return say("no webhook is set")
    return check_address(to.webhook_url, company.allowed_hosts)


def send(company: Company, to: To, message: Message) -> str:
    """Post it; gives the status. Raises SendingError, UnsureError."""
    body = json.dumps(
        {"type": f"paceline.{message.kind}", "timestamp": message.at, "data": content(message)}, ensure_ascii=False
    ).encode()
    at = int(time.time())
    headers = {"Content-Type": "application/json", "webhook-id": message.id, "webhook-timestamp": str(at),
               "webhook-signature": signature(to.webhook_secret, message.id, at, body)}  # fmt: skip
    answer = post(to.webhook_url, body, headers, company.allowed_hosts)
    if 200 <= answer.status < 300:
        return f"answered {answer.status}"
    if 300 <= answer.status < 400:
        raise SendingError(f"it answered {answer.status}: redirects aren't followed, give the last address", again=False)
    # 410: the receiver wants no more, says the standard. Anything else may pass.
    raise SendingError(f"it answered {answer.status}", again=answer.status != 410, after=answer.retry_after)


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 of ``id.timestamp.body`` under the secret's bytes, in base64."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise SendingError("the signing secret is no base64", again=False) from None
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def content(message: Message) -> dict[str, object]:
    """What a program gets: the same lines, and what they were made from."""
    return {
        "subject": message.subject,
        "lead": message.lead,
        "sections": [
            {"title": one.title, "lines": [
                {"text": line.text, "detail": line.detail, "href": line.href, "mark": line.mark} for line in one.lines]}
            for one in message.sections
        ],
        "links": [{"label": one.label, "href": one.href} for one in message.buttons],
        **message.data,
    }  # fmt: skip
