"""What of a page in another language is still English: parts of our texts of three words or more that no translation has."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

from paceline.pages.translating import read

_PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|%%|\n|<[^>]*>")
_MARKUP = re.compile(r"<(script|style|code|pre|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SAID = re.compile(r'(?:data-because|title|aria-label|content)="([^"]*)"')
_WORDS, _LETTERS = 3, 14


@cache
def _parts(language: str) -> tuple[str, ...]:
    """The longest part, between its places, of each text; of texts long enough to be told from another language by it."""
    texts, translations = [], []
    for message in read(language):
        texts += [message.id] if isinstance(message.id, str) else list(message.id)
        translations += [message.string] if isinstance(message.string, str) else list(message.string or ())
    all_translations = " ".join(filter(None, translations))
    parts = {max(_PLACES.split(text), key=len).strip() for text in texts if text}
    some = (part for part in parts if part.count(" ") >= _WORDS - 1 and len(part) >= _LETTERS)
    return tuple(sorted(part for part in some if part not in all_translations))


def english_in(page: str, language: str) -> list[str]:
    """English parts of a page that should be in the language; of its texts and of what is told to screen readers."""
    told = unescape(_MARKUP.sub(" ", page) + " ".join(_SAID.findall(page)))
    shown = re.sub(r"\s+", " ", told)
    return [part for part in _parts(language) if part in shown]
