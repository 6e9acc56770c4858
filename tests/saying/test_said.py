"""A sentence is English text, and can be told by another language's rules, also after it was kept."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from datetime import date

import pytest

from paceline.saying.keeping import as_json, from_json
from paceline.saying.said import NOTHING, Said, alternatives, catalogued, joined, listed, own_words, say, say_many
from paceline.saying.telling import in_language
from paceline.saying.values import Change, Day, Money, Number, Span

_CATALOGUE: Mapping[str, str | tuple[str, str]] = {
    "Since {since}: {what}, {expected} expected ({change}).": "Seit {since} ({change}): {what} statt {expected}.",
    "{number} deal": ("{number} Deal", "{number} Deals"),
    "{some} and {last}": "{some} und {last}",
    "{some} or {last}": "{some} oder {last}",
    "Win rate": "Abschlussquote",
    "{share} of {money} in {period}": "{share} von {money} in {period}",
}


class German:
    """As much German as the test needs."""

    def text(self, text: str) -> str:
        return str(_CATALOGUE.get(text, text))

    def inside(self, text: str) -> str:
        return text

    def plural(self, one: str, many: str, number: int) -> str:
        return _CATALOGUE.get(one, (one, many))[number != 1]

    def number(self, value: float, decimals: int) -> str:
        return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))

    def share(self, value: float, decimals: int) -> str:
        return self.number(value * 100, decimals) + " %"

    def change(self, value: float) -> str:
        return f"{value * 100:+.0f} %"

    def money(self, value: float, currency: str, brief: bool) -> str:
        return (self.number(value / 1e3, 0) + " Tsd." if brief else self.number(value, 0)) + " " + currency

    def day(self, day: date) -> str:
        return day.strftime("%d.%m.%Y")

    def span(self, of: Span) -> str:
        return f"{of.first:%m/%Y}"


MAY = date(2026, 5, 12)
SENTENCES: list[tuple[Said, str, str]] = [
    (
        say("Since {since}: {what}, {expected} expected ({change}).", since=Day(MAY, "%-d %b %Y"),
            what=say_many("{number} deal", "{number} deals", 61), expected=Number(88.4, ",.1f"), change=Change(-0.31)),
        "Since 12 May 2026: 61 deals, 88.4 expected (−31%).",
        "Seit 12.05.2026 (-31 %): 61 Deals statt 88,4.",
    ),
    (say_many("{number} deal", "{number} deals", 1), "1 deal", "1 Deal"),
    (say_many("{number} deal", "{number} deals", 12_000), "12,000 deals", "12.000 Deals"),
    (
        say("{share} of {money} in {period}", share=Number(0.634, ".1%"), money=Money(10_005_534, "EUR"),
            period=Span("May 2026", "month", date(2026, 5, 1), date(2026, 6, 1))),
        "63.4% of 10,005,534 EUR in May 2026",
        "63,4 % von 10.005.534 EUR in 05/2026",
    ),
    (listed([own_words("Ann"), "Win rate", catalogued("Win rate", inside=True)]), "Ann, Win rate and win rate",
     "Ann, Win rate und Abschlussquote"),
    (alternatives(["a", "b", "c"]), "a or b or c", "a oder b oder c"),
    (joined(["Ann", say_many("{number} deal", "{number} deals", 2), ""], ": "), "Ann: 2 deals", "Ann: 2 Deals"),
    (NOTHING, "", ""),
    (say("{number}", number=Money(82_400, "USD", brief=True)), "82k USD", "82 Tsd. USD"),
    (say("{number}", number=Money(999.5, "USD")), "999.50 USD", "1.000 USD"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "english", "german"), SENTENCES)
def test_english_is_the_text_itself_and_another_language_has_its_own_order_plurals_and_numbers(
    said: Said, english: str, german: str
) -> None:
    assert said == english
    assert in_language(said, German()) == german


@pytest.mark.parametrize(("said", "english", "german"), SENTENCES)
def test_what_is_kept_as_json_or_copied_is_told_the_same(said: Said, english: str, german: str) -> None:
    for again in (from_json(json.loads(json.dumps(as_json(said)))), pickle.loads(pickle.dumps(said)), copy.deepcopy(said)):
        assert again == english
        assert in_language(again, German()) == german


def test_names_stay_and_braces_in_them_are_no_places() -> None:
    said = say("{share} of {money} in {period}", share="{money}", money="Win rate", period="x")
    assert in_language(said, German()) == "{money} von Win rate in x"
    assert in_language("Win rate", German()) == "Win rate"


def test_a_place_without_a_value_is_a_fault_at_once() -> None:
    with pytest.raises(KeyError):
        say("{number} deals of {who}", number=2)


@pytest.mark.parametrize("kept", [{"what": 1}, 7, None, {"say": "{a}", "with": {}}, {"say": "x", "with": {"a": {"kind": "b"}}}])
def test_something_else_than_a_kept_sentence_is_refused(kept: object) -> None:
    with pytest.raises(ValueError, match="isn't a sentence"):
        from_json(kept)
