"""Every text is in every language's catalogue, translated, with the same places for values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from paceline.pages.told import in_words
from paceline.pages.translating import LANGUAGES, file_of, mo, po, read, renewed, untranslated
from paceline.saying.keeping import as_json, from_json
from paceline.saying.said import catalogued, say
from paceline.sources.files.read import read_folder

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


def test_a_metric_in_the_midst_of_an_english_sentence_begins_small_and_a_german_noun_does_not() -> None:
    told = say("{count} {metric}", count=1200, metric=catalogued("New opportunities", inside=True))
    with override("en"):
        assert in_words(told) == "1,200 new opportunities"
    with override("de"):
        assert in_words(told) == "1.200 Neue Verkaufschancen"


def test_what_is_wrong_with_a_file_is_told_and_kept_for_any_language(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id,name,created_at\na,Ann & Sons,31.02.2026\n", encoding="utf-8")
    _, report = read_folder(tmp_path)
    (problem,) = (one for one in report.problems if one.field == "created_at" and one.line == 2)
    kept = replace(problem, wrong=from_json(as_json(problem.wrong)), remedy=from_json(as_json(problem.remedy)))
    assert str(kept) == str(problem)
    with override("de"):
        assert in_words(kept.what) == "dieses Datum oder diese Uhrzeit gibt es nicht. Berichtigen Sie es in der Quelle"
