"""Every text is in every language's catalogue, translated, with the same places for values."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from paceline.pages.translating import LANGUAGES, file_of, mo, po, read, renewed, untranslated

_PLACE = re.compile(r"%\((\w+)\)|\{(\w+)\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_today_s_texts_and_all_of_them_are_translated(language: str) -> None:
    catalog = renewed(language)
    assert po(catalog) == file_of(language).read_bytes(), "run `make translations`, then translate what is new"
    assert not untranslated(catalog)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_looked_up_is_what_translators_wrote(language: str) -> None:
    assert file_of(language).with_suffix(".mo").read_bytes() == mo(read(language)), "run `make translations`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    wrong = []
    for message in read(language):
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        translated = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if {*_PLACE.findall(texts[-1])} != {*_PLACE.findall(translated[-1])}:
            wrong.append(texts[0])
    assert not wrong


def test_the_browser_s_language_and_then_one_s_own_choice(browser: Callable[[str], Client]) -> None:
    manager = browser("manager")
    assert 'lang="de"' in manager.get("/notice/", headers={"accept-language": "de-AT,de;q=0.9"}).content.decode()
    manager.post("/you/language/", {"language": "en"})
    assert 'lang="en"' in manager.get("/notice/", headers={"accept-language": "de-AT,de;q=0.9"}).content.decode()
    manager.post("/you/language/", {"language": "de"})
    assert "Was gemessen wird" in manager.get("/notice/", headers={"accept-language": "en"}).content.decode()
