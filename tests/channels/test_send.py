"""Each way to reach a person against a real server: what arrives, and what every refusal means."""

from __future__ import annotations

import base64
import email
import email.policy
import hmac
import json
from typing import Any, cast

import pytest

from paceline.channels.message import MOST_LINES, Button, Line, Message, Section
from paceline.channels.registry import CHANNELS
from paceline.channels.sending import Company, SendingError, To, UnsureError
from paceline.channels.webhook.send import new_secret
from tests.channels.conftest import Post, Web

HERE = frozenset({"127.0.0.1"})
MESSAGE = Message(
    "7f3c-id", "digest", "Two things today\r\nBcc: x@example.com", "Good morning.",
    (Section("Needs you", (
        Line("Ann · Meetings <held>", "5, usually 9 & more", "https://p.example.com/metrics/m/?rep=1&period=x", "worse"),
        Line("Bo · Calls | day", "3"))),
     Section("Went well", tuple(Line(f"line {n}") for n in range(5)))),
    (Button("Open Today", "https://p.example.com/today/"),), "You get this each morning.",
    "https://p.example.com/unsubscribe/abc/", "Stop these mails", "2026-06-30T07:30:00+00:00", {"alerts": ["a1"]},
)  # fmt: skip


def _mail(post: Post, **more: Any) -> Company:
    return Company(smtp_host="127.0.0.1", smtp_port=post.port, smtp_tls="none", mail_from="Paceline <p@sales.example.com>",
                   allowed_hosts=HERE, **more)  # fmt: skip


def test_a_message_survives_being_kept() -> None:
    assert Message.from_plain(json.loads(json.dumps(MESSAGE.as_plain()))) == MESSAGE


def test_a_mail_arrives_as_text_and_html_with_a_way_out(post_office: Post) -> None:
    CHANNELS["email"].send(_mail(post_office), To("ann@example.com", "Ann Ölm"), MESSAGE)
    (envelope,) = post_office.taken
    assert envelope.rcpt_tos == ["ann@example.com"]
    mail = email.message_from_bytes(cast(bytes, envelope.content), policy=email.policy.default)
    assert mail["Subject"] == "Two things today Bcc: x@example.com"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == "<7f3c-id@sales.example.com>"
    assert mail["List-Unsubscribe"] == "<https://p.example.com/unsubscribe/abc/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Ann · Meetings <held>: 5, usually 9 & more" in text
    assert "https://p.example.com/metrics/m/?rep=1&period=x" in text
    assert "Meetings &lt;held&gt;" in html
    assert 'href="https://p.example.com/metrics/m/?rep=1&amp;period=x"' in html
    assert "<img" not in html
    assert "<script" not in html


@pytest.mark.parametrize(("reply", "again"), [("451 later", True), ("550 no such person", False)])
def test_what_the_mail_server_says_decides_whether_it_is_tried_again(post_office: Post, reply: str, again: bool) -> None:
    post_office.reply = reply
    with pytest.raises(SendingError, match=reply[:3]) as refused:
        CHANNELS["email"].send(_mail(post_office), To("ann@example.com"), MESSAGE)
    assert refused.value.again is again


def test_a_mail_never_leaves_in_plain_where_tls_is_asked(post_office: Post) -> None:
    company = Company(smtp_host="127.0.0.1", smtp_port=post_office.port, mail_from="p@example.com", allowed_hosts=HERE)
    with pytest.raises(SendingError, match="STARTTLS"):
        CHANNELS["email"].send(company, To("ann@example.com"), MESSAGE)
    assert not post_office.taken


def test_a_mail_server_that_nobody_named_is_not_reached(post_office: Post) -> None:
    company = Company(smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_tls="none", mail_from="p@example.com")
    with pytest.raises(SendingError, match="allowed_hosts"):
        CHANNELS["email"].send(company, To("ann@example.com"), MESSAGE)


def test_slack_gets_a_header_five_lines_and_buttons(web: Web) -> None:
    web.answers = [(200, {}, json.dumps({"ok": True, "user": {"id": "U1"}})), (200, {}, json.dumps({"ok": True, "ts": "1.2"}))]
    company = Company(slack_address=web.address, slack_token="xoxb-1", allowed_hosts=HERE)
    assert CHANNELS["slack"].send(company, To("ann@example.com"), MESSAGE) == "posted at 1.2"
    asked, posted = web.heard
    assert (asked.path, asked.body) == ("/api/users.lookupByEmail", b"email=ann%40example.com")
    assert (posted.path, posted.headers["authorization"]) == ("/api/chat.postMessage", "Bearer xoxb-1")
    told = posted.json
    assert told["channel"] == "U1"
    header, lead, lines, actions, footer = told["blocks"]
    assert header["text"]["type"] == "plain_text"
    assert lead["text"]["text"] == "Good morning."
    rows = lines["text"]["text"].splitlines()
    assert len(rows) == MOST_LINES
    link = "https://p.example.com/metrics/m/?rep=1&amp;period=x"
    assert rows[0] == f"• *<{link}|Ann · Meetings &lt;held&gt;>*: 5, usually 9 &amp; more"
    assert actions["elements"][0]["url"] == "https://p.example.com/today/"
    assert footer["type"] == "context"


def test_slack_by_a_webhook_of_ones_own(web: Web) -> None:
    CHANNELS["slack"].send(Company(allowed_hosts=HERE), To(slack_webhook=f"{web.address}/services/T/B/x"), MESSAGE)
    assert web.heard[0].path == "/services/T/B/x"
    assert "authorization" not in web.heard[0].headers


@pytest.mark.parametrize(
    ("answer", "again", "after"),
    [
        ((429, {"Retry-After": "30"}, json.dumps({"ok": False, "error": "ratelimited"})), True, 30.0),
        ((200, {}, json.dumps({"ok": False, "error": "channel_not_found"})), False, None),
        ((200, {}, json.dumps({"ok": False, "error": "internal_error"})), True, None),
        ((200, {}, json.dumps({"ok": False, "error": "token_revoked"})), False, None),
        ((503, {}, "upstream"), True, None),
    ],
)
def test_what_slack_says_decides_whether_it_is_tried_again(
    web: Web, answer: tuple[int, dict[str, str], str], again: bool, after: float | None
) -> None:
    web.answers = [answer]
    company = Company(slack_address=web.address, slack_token="xoxb-1", allowed_hosts=HERE)
    with pytest.raises(SendingError) as refused:
        CHANNELS["slack"].send(company, To(slack_id="U1"), MESSAGE)
    assert (refused.value.again, refused.value.after) == (again, after)
    assert "xoxb" not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "text", "again"), [(404, "no_service", False), (403, "action_prohibited", False), (500, "rollup_error", True)]
)
def test_what_an_incoming_webhook_says(web: Web, status: int, text: str, again: bool) -> None:
    web.answers = [(status, {}, text)]
    with pytest.raises(SendingError, match=text) as refused:
        CHANNELS["slack"].send(Company(allowed_hosts=HERE), To(slack_webhook=web.address), MESSAGE)
    assert refused.value.again is again


def test_a_webhook_is_signed_as_the_standard_says(web: Web) -> None:
    secret = new_secret()
    CHANNELS["webhook"].send(Company(allowed_hosts=HERE), To(webhook_url=f"{web.address}/in", webhook_secret=secret), MESSAGE)
    (heard,) = web.heard
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert heard.headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert heard.headers["webhook-id"] == "7f3c-id"
    assert heard.json["type"] == "paceline.digest"
    assert heard.json["data"]["alerts"] == ["a1"]
    assert heard.json["data"]["sections"][0]["lines"][0]["mark"] == "worse"


def test_the_signature_of_the_standards_own_example() -> None:
    """From https://github.com/standard-webhooks/standard-webhooks (the libraries' test vector)."""
    from paceline.channels.webhook.send import signature

    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(("status", "again"), [(500, True), (404, True), (410, False), (301, False)])
def test_what_a_webhook_answers_decides_whether_it_is_tried_again(web: Web, status: int, again: bool) -> None:
    web.answers = [(status, {"Location": "/"}, "")]
    with pytest.raises(SendingError, match=str(status)) as refused:
        CHANNELS["webhook"].send(Company(allowed_hosts=HERE), To(webhook_url=web.address, webhook_secret=new_secret()), MESSAGE)
    assert refused.value.again is again


def test_no_answer_is_a_doubt_and_no_refusal(web: Web) -> None:
    web.answers = [(0, {}, "")]
    with pytest.raises(UnsureError):
        CHANNELS["webhook"].send(Company(allowed_hosts=HERE), To(webhook_url=web.address, webhook_secret=new_secret()), MESSAGE)
    assert len(web.heard) == 1


def test_secrets_are_in_no_repr() -> None:
    company = Company(smtp_password="hush-1", slack_token="hush-2")
    to = To(slack_webhook="hush-3", webhook_secret="hush-4")
    assert "hush" not in f"{company!r}{to!r}"
