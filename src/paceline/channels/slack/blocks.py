"""A message as Slack's Block Kit: a header, at most five lines, buttons that lead to pages."""

from __future__ import annotations

from typing import Any

from paceline.channels.message import MOST_LINES, Line, Message

_HEADER, _TEXT, _LABEL = 150, 3000, 75  # characters that Slack takes (https://api.slack.com/reference/block-kit/blocks)
_BUTTONS = 5


def as_blocks(message: Message) -> list[dict[str, Any]]:
    """The blocks. A review with more lines shows the first of them, and its page the rest."""
    lines = message.lines[:MOST_LINES]
    blocks: list[dict[str, Any]] = [{"type": "header", "text": {"type": "plain_text", "text": message.subject[:_HEADER]}}]
    if message.lead:
        blocks.append(_section(escaped(message.lead)))
    if lines:
        blocks.append(_section("\n".join(_line(line) for line in lines)))
    if message.buttons:
        buttons = [
            {"type": "button", "text": {"type": "plain_text", "text": one.label[:_LABEL]}, "url": one.href,
             "action_id": f"open_{number}"}
            for number, one in enumerate(message.buttons[:_BUTTONS])
        ]  # fmt: skip
        blocks.append({"type": "actions", "elements": buttons})
    if message.footer:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(message.footer)[:_TEXT]}]})
    return blocks


def escaped(text: str) -> str:
    """Text in which nothing is a link, a mention or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:_TEXT]}}


def _line(line: Line) -> str:
    label = escaped(line.text).replace("|", "¦")
    told = f"<{escaped(line.href)}|{label}>" if line.href else label
    detail = escaped(line.detail)[:400]
    return f"• *{told}*: {detail}" if detail else f"• *{told}*"
