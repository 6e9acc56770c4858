"""A 1:1 on one page: what both of the two see of it. Private notes aren't in it: a page on a table is read by both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from paceline.pages.documents import Block, Document, Figure, Lines, Section, Table, Words


def one_pager(told: Mapping[str, Any], language: str) -> Document:
    """The document of a page's context (``reading.context_of``)."""
    sections = [
        Section(_("Since last time"), _followed(told)),
        Section(_("Agenda"), _agenda(told)),
        *_changed(told),
        *([Section(_("Goals"), _goals(told))] if told["goals"] else []),
        Section(_("Agreed"), _agreed(told)),
        *([Section(_("Notes"), _notes(told))] if told["notes"].shared or told["notes"].others else []),
    ]
    title = _("1:1 with %(name)s") % {"name": told["rep_name"]}
    when = told["held"] or told["at"] or _("no date yet")
    foot = _("Numbers as of %(day)s. For the two alone.") % {"day": told["shown_day"]}
    return Document(title, [one for one in sections if one.blocks], about=when, foot=foot, language=language)


def _followed(told: Mapping[str, Any]) -> list[Block]:
    lines = []
    for one in told["followed"]:
        words = [one["text"], one["who"], _("check on %(day)s") % {"day": one["due"]}]
        words += [f"{one['metric']}: {one['came']}"] if one["came"] else []
        lines.append(" · ".join(str(word) for word in words))
    return [Lines(lines, [bool(one["done"]) for one in told["followed"]])] if lines else []


def _agenda(told: Mapping[str, Any]) -> list[Block]:
    texts = [f"{item['text']} ({item['by']})" if item["by"] else item["text"] for item in told["items"]]
    if not texts:
        return [Words(_("Nothing stands out, and nobody added anything."))]
    return [Lines(texts, [item["done"] for item in told["items"]])]


def _changed(told: Mapping[str, Any]) -> list[Section]:
    main = told["main"]
    return [Section(_("What changed: %(metric)s") % {"metric": main["name"]}, _main(main))] if main else []


def _main(main: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = [Words(main["words"]), Figure(main["picture"], f"{main['name']}: {main['words']}")]
    return blocks + ([Figure(main["peers"], _("The same beside peers, without names"))] if main["peers"] else [])


def _goals(told: Mapping[str, Any]) -> list[Block]:
    rows = [
        [goal["name"], goal["value"] or _("none, because %(reason)s") % {"reason": goal["because"]}, goal["of"], goal["words"]]
        for goal in told["goals"]
    ]
    return [Table([_("Goal"), _("So far"), "", _("Pace")], rows, words=frozenset([0, 3]))]


def _agreed(told: Mapping[str, Any]) -> list[Block]:
    lines = []
    for one in told["agreed"]:
        how = f"{one['metric']} {one['target']}".strip()
        lines.append(" · ".join(word for word in (one["text"], one["who"], one["days"], how) if word))
    return [Lines(lines, [False] * len(lines))] if lines else [Words("______________________________________________")]


def _notes(told: Mapping[str, Any]) -> list[Block]:
    return [Words(text) for text in (told["notes"].shared, told["notes"].others) if text]
