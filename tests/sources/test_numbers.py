"""Numbers as people write them: a table of what each text must mean, or that it must be refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.sources.files.numbers import Style, read_cents, read_integer, read_number
from paceline.sources.files.remarks import Remark

PLAIN = Style()
COMMA = Style(decimal=",")
DOT = Style(decimal=".")

# Text → cents, without anything said of the column.
MONEY = {
    "0": 0,
    "7": 700,
    "1234": 123400,
    "1234.5": 123450,
    "1234.56": 123456,
    "-12": -1200,
    "+12.5": 1250,
    "12.50-": -1250,
    "−3": -300,
    "(12.00)": -1200,
    "( 12.00 )": -1200,
    "($1,234.56)": -123456,
    "1.234,56": 123456,
    "1,234.56": 123456,
    "1 234,56": 123456,
    "1\u00a0234,56": 123456,
    "1\u202f234,56": 123456,
    "1'234.56": 123456,
    "1’234.56": 123456,
    "€ 1 234,56": 123456,
    "1 234,56 €": 123456,
    "€1.234,56": 123456,
    "$1,234": None,
    "$12": 1200,
    "-$5": -500,
    "$-5": -500,
    "EUR 5": 500,
    "5 eur": 500,
    "CHF 1'234.50": 123450,
    "US$ 3.20": 320,
    "12,5": 1250,
    "12,50": 1250,
    "1234,5": 123450,
    "1.234.567": 123456700,
    "1,234,567": 123456700,
    "1.234.567,8": 123456780,
    "1,234,567.8": 123456780,
    "12.3400": 1234,
    "0.10": 10,
    ".5": 50,
    ",5": 50,
    "00012": 1200,
    "0,123": None,
    "12.345": None,
    "1.234": None,
    "1,234": None,
    "1.000": None,
    "999.999": None,
    "1234.567": None,
    "0.001": None,
    "12.34.56": None,
    "1,23,456": None,
    "1,2345.6": None,
    "1.234,567,8": None,
    "1..2": None,
    "1,,2": None,
    "12x": None,
    "x12": None,
    "": None,
    "-": None,
    "--5": None,
    "(-5)": None,
    "()": None,
    "(5": None,
    "5)": None,
    "€": None,
    "€€5": None,
    "5 % €": None,
    "12 %": None,
    "1e3": None,
    "NaN": None,
    "inf": None,
    "0x10": None,
    "1_000": None,
    "١٢": None,
    "１２": None,
    "=1+1": None,
    "1/2": None,
    "TRUE": None,
    "2020-01-01": None,
    "12:30": None,
    "5.": None,
    "1 23": None,
    "1 2345": None,
    "12 345 67": None,
    "1.234 567,00": None,
    "9" * 30: None,
    "92233720368547758.07": 9223372036854775807,
    "92233720368547758.08": None,
    "zł 5": 500,
    "5 zł": 500,
    "£1,234.00": 123400,
    "₹ 5": 500,
    "XYZ 5": None,
    "5 XYZ": None,
    "5 apples": None,
    "1,234.5678": None,
    "12,345": None,
    "123,456": None,
    "1234,567": None,
    "1,234.00": 123400,
    "1.234,00": 123400,
}
WITH_COMMA = {
    "1.234": 123400,
    "1.234,5": 123450,
    "1,5": 150,
    "1234,56": 123456,
    "12": 1200,
    "1.50": None,
    "1,234.56": None,
    "1 234,5": 123450,
    "1,234": None,
    "0,01": 1,
    ",5": 50,
}
WITH_DOT = {"1,234": 123400, "1,234.5": 123450, "1.5": 150, "1.234": None, "1,5": None, "1.234,56": None, "1 234.5": 123450}
INTEGERS = {
    "0": 0,
    "12": 12,
    "-3": -3,
    "12.0": 12,
    "12,0": 12,
    "1 234": 1234,
    "1,234,567": 1234567,
    "1,234": None,
    "1.234": None,
    "12.5": None,
    "1e3": None,
    "": None,
    "abc": None,
    "12 %": None,
    "$5": None,
    "9223372036854775807": 2**63 - 1,
    "9223372036854775808": None,
    "-9223372036854775807": -(2**63) + 1,
    "1.000": None,
    "007": 7,
    "1'000": 1000,
    "true": None,
    "NaN": None,
    "0x1F": None,
}
NUMBERS = {
    "0": 0.0,
    "1.5": 1.5,
    "1,5": 1.5,
    "12,5 %": 0.125,
    "50%": 0.5,
    "1.085": 1.085,
    "1,085": None,
    "1e3": 1000.0,
    "1E-2": 0.01,
    "-2.5": -2.5,
    "nan": None,
    "inf": None,
    "-inf": None,
    "1e999": None,
    "$5": None,
    "1.234,5": 1234.5,
    "abc": None,
    "": None,
    "1e": None,
    "0.125": 0.125,
    "0,125": 0.125,
    "100 %": 1.0,
    "%": None,
    "5 %%": None,
}


@pytest.mark.parametrize(("text", "cents"), MONEY.items())
def test_money(text: str, cents: int | None) -> None:
    found = read_cents(text, PLAIN)
    assert (None if isinstance(found, Remark) else found[0]) == cents


@pytest.mark.parametrize(
    ("style", "text", "cents"), [*((COMMA, *pair) for pair in WITH_COMMA.items()), *((DOT, *p) for p in WITH_DOT.items())]
)
def test_money_of_a_known_style(style: Style, text: str, cents: int | None) -> None:
    found = read_cents(text, style)
    assert (None if isinstance(found, Remark) else found[0]) == cents


@pytest.mark.parametrize(("text", "value"), INTEGERS.items())
def test_integers(text: str, value: int | None) -> None:
    found = read_integer(text, PLAIN)
    assert (None if isinstance(found, Remark) else found) == value


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_numbers(text: str, value: float | None) -> None:
    found = read_number(text, PLAIN)
    assert (None if isinstance(found, Remark) else found) == value


def test_currency_signs_tell_what_they_may_be() -> None:
    assert read_cents("€5", PLAIN) == (500, ("EUR",))
    assert read_cents("CAD 5", PLAIN) == (500, ("CAD",))
    assert read_cents("5 kr", Style(signs={"kr": "NOK"})) == (500, ("NOK",))
    found = read_cents("$5", PLAIN)
    assert not isinstance(found, Remark)
    assert {"USD", "CAD"} <= set(found[1])


def test_an_ambiguous_number_names_both_readings() -> None:
    found = read_cents("1,234", PLAIN)
    assert isinstance(found, Remark)
    assert "1234 or 1.234" in found.wrong


def test_percent_without_a_sign() -> None:
    assert read_number("40", Style(percent=True)) == 0.4


def grouped(whole: int, sign: str) -> str:
    return f"{whole:,}".replace(",", sign)


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from([(".", ","), (",", "."), (".", " "), (",", "\u202f"), (".", "'"), (".", ""), (",", "")]),
)
def test_money_written_with_cents_is_read_back(cents: int, signs: tuple[str, str]) -> None:
    decimal, group = signs
    text = f"{'-' if cents < 0 else ''}{grouped(abs(cents) // 100, group)}{decimal}{abs(cents) % 100:02d}"
    found = read_cents(text, PLAIN)
    assert not isinstance(found, Remark)
    assert found[0] == cents


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_read_back(value: float) -> None:
    found = read_number(repr(value), PLAIN)
    if not isinstance(found, Remark):  # Python's longest spellings aren't taken, but none may read as another number
        assert found == value
    assert math.isfinite(value)


@given(st.text(max_size=20))
def test_any_text_is_a_value_or_a_remark(text: str) -> None:
    for read in (read_cents, read_integer, read_number):
        read(text, PLAIN)
        read(text, COMMA)
