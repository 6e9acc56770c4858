"""A message as plain text, and as HTML that reads well with pictures off, on a phone, and in the dark."""

from __future__ import annotations

import textwrap
from html import escape

from paceline.channels.message import Line, Message

_WIDTH = 76
_STYLE = """body{margin:0;padding:0;background:#f4f5f7;color:#1b1d23}a{color:#3056d3}
.card{background:#fff;border:1px solid #dcdfe6}.soft{color:#5a606e}.worse{color:#a8410d}.better{color:#0d6a83}
@media (prefers-color-scheme:dark){body{background:#16181d!important;color:#e8eaf0!important}a{color:#93aefc!important}
.card{background:#1f2229!important;border-color:#3a3f4b!important}.soft{color:#a7adbb!important}
.worse{color:#f3a477!important}.better{color:#7cc8de!important}}"""
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


def as_text(message: Message) -> str:
    """For programs and people who want no HTML."""
    parts = [message.lead] if message.lead else []
    for section in message.sections:
        lines = [_text_line(line) for line in section.lines]
        parts.append("\n".join([*([section.title.upper()] if section.title else []), *lines]))
    parts += [f"{button.label}: {button.href}" for button in message.buttons]
    foot = [message.footer, f"{message.unsubscribe_words}: {message.unsubscribe}" if message.unsubscribe else ""]
    parts.append("-- \n" + "\n".join(line for line in foot if line))
    return "\n\n".join(parts) + "\n"


def _text_line(line: Line) -> str:
    told = f"{line.text}: {line.detail}" if line.detail else line.text
    return textwrap.fill(told, _WIDTH, initial_indent="- ", subsequent_indent="  ") + (f"\n  {line.href}" if line.href else "")


def as_html(message: Message) -> str:
    """One column, no pictures, no script; colours are only repeated, never alone."""
    lead = f'<p style="margin:0 0 16px">{escape(message.lead)}</p>' if message.lead else ""
    body = "".join(_section(section.title, section.lines) for section in message.sections)
    buttons = "".join(
        f'<p style="margin:0 0 10px"><a href="{escape(one.href)}" style="display:inline-block;padding:9px 14px;border:1px solid '
        f'#8d93a1;border-radius:6px;text-decoration:none">{escape(one.label)}</a></p>'
        for one in message.buttons
    )
    words, stop = escape(message.unsubscribe_words), ""
    if message.unsubscribe:
        stop = f' <a class="soft" href="{escape(message.unsubscribe)}">{words}</a>'
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(message.subject)}</title><style>{_STYLE}</style></head><body>"
        f'<div style="max-width:600px;margin:0 auto;padding:20px 14px;font-size:15px;line-height:1.5;{_FONT}">'
        f'<h1 style="font-size:19px;margin:0 0 12px">{escape(message.subject)}</h1>{lead}{body}{buttons}'
        f'<p class="soft" style="font-size:13px;margin:18px 0 0">{escape(message.footer)}{stop}</p></div></body></html>'
    )


def _section(title: str, lines: tuple[Line, ...]) -> str:
    heading = f'<h2 style="font-size:15px;margin:0 0 8px">{escape(title)}</h2>' if title else ""
    items = "".join(_line(line, number > 0) for number, line in enumerate(lines))
    return f'<div class="card" style="border-radius:8px;padding:14px 16px;margin:0 0 14px">{heading}{items}</div>'


def _line(line: Line, ruled: bool) -> str:
    rule = "border-top:1px solid #8883;padding-top:8px;" if ruled else ""
    text = f'<a href="{escape(line.href)}">{escape(line.text)}</a>' if line.href else escape(line.text)
    detail = f'<br><span class="{escape(line.mark) or "soft"}">{escape(line.detail)}</span>' if line.detail else ""
    return f'<p style="margin:0 0 8px;{rule}"><b>{text}</b>{detail}</p>'
