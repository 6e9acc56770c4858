"""Numbers as people of each language write them, and tables as files that no spreadsheet runs."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from django.utils import translation

from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.dashboards.export import csv_of, defused

WIDE = "\u00a0"  # a space that no line breaks at


@pytest.mark.parametrize(
    ("language", "value", "unit", "shown"),
    [
        ("en", 0.634, Unit.PERCENT, "63%"), ("en", 0.034, Unit.PERCENT, "3.4%"), ("en", 0, Unit.PERCENT, "0%"),
        ("de", 0.634, Unit.PERCENT, "63" + WIDE + "%"), ("en", 10_300_000, Unit.MONEY, "€10.3M"),
        ("en", 1_049_700, Unit.MONEY, "€1.05M"), ("en", 24_130_000, Unit.MONEY, "€24.1M"),
        ("en", 54_516, Unit.MONEY, "€54.5K"), ("en", 3_456, Unit.MONEY, "€3.5K"),
        ("en", -2_413_000, Unit.MONEY, "-€2.41M"),
        ("en", 912.4, Unit.MONEY, "€912"), ("en", 282_156.89, Unit.MONEY, "€282K"), ("en", 999_999.6, Unit.MONEY, "€1M"),
        ("de", 282_156.89, Unit.MONEY, "282.157" + WIDE + "€"),
        ("de", 1_690_000, Unit.MONEY, "1,69" + WIDE + "Mio." + WIDE + "€"),
        ("de", 12_345.6, Unit.COUNT, "12.346"),
        ("en", 1234, Unit.COUNT, "1,234"), ("de", 1234, Unit.COUNT, "1.234"), ("en", 4.46, Unit.DAYS, "4.5" + WIDE + "d"),
        ("en", 230.2, Unit.DAYS, "230" + WIDE + "d"), ("en", 42, Unit.SECONDS, "42" + WIDE + "s"),
        ("en", 600, Unit.SECONDS, "10" + WIDE + "min"), ("en", 9000, Unit.SECONDS, "2.5" + WIDE + "h"),
        ("en", 1, Unit.RATIO, "1.0"),
        ("en", -0.25, Unit.PERCENT, "-25%"), ("en", 134.8, Unit.COUNT, "135"),
    ],
)  # fmt: skip
def test_brief(language: str, value: float, unit: Unit, shown: str) -> None:
    with translation.override(language):
        assert written.brief(value, unit, "EUR") == shown


def test_money_and_days_in_full() -> None:
    with translation.override("en"):
        assert written.money(1_234_567.0, "EUR") == "€1,234,567"
        assert written.money(12.5, "EUR") == "€12.50"
        assert written.days(date(2026, 1, 30), date(2026, 2, 2)) == "Jan 30 – Feb 2, 2026"
        assert written.days(date(2025, 12, 30), date(2026, 1, 2)) == "Dec 30, 2025 – Jan 2, 2026"
    with translation.override("de"):
        assert written.money(1_234_567.0, "EUR") == "1.234.567" + WIDE + "€"
        assert written.day(date(2026, 3, 1)) == "01.03.2026"


def test_a_range_has_no_more_digits_than_an_estimate() -> None:
    with translation.override("en"):
        assert written.ends_of((11.2345, 18.9876), Unit.COUNT, "EUR") == ["11", "19"]
        assert written.ends_of((0.1234, 0.98765), Unit.PERCENT, "EUR") == ["12.3%", "98.8%"]
        assert [written.signed_share(value) for value in (0.18, -0.06, 0.001, -0.004, 0.0)] == ["+18%", "−6%", "0%", "0%", "0%"]


def test_an_instant_names_its_zone() -> None:
    with translation.override("en"):
        assert written.instant(1_750_000_000, "Europe/Paris").endswith("CEST")
        assert "Jun 15, 2025" in written.instant(1_750_000_000, "Europe/Paris")
        assert written.instant(1_750_000_000, "UTC").replace("\u202f", " ") == "Jun 15, 2025, 3:06 PM UTC"
    with translation.override("de"):
        assert written.instant(1_750_000_000, "Europe/Berlin") == "15.06.2025, 17:06 CEST"


def test_a_chance_is_never_told_as_certain() -> None:
    with translation.override("en"):
        assert [written.chance(p) for p in (0, 0.004, 0.34, 0.999, 1)] == [
            "less than 1%",
            "less than 1%",
            "34%",
            "more than 99%",
            "more than 99%",
        ]


@pytest.mark.parametrize("nasty", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_text_that_would_be_a_formula_is_defused(nasty: str) -> None:
    assert defused(nasty) == "'" + nasty
    line = csv_of(pa.table({"name": [nasty], nasty: ["x"]})).splitlines()
    assert "'" in line[0]
    assert "'" in csv_of(pa.table({"name": [nasty]}))


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    table = pa.table({"n": [-1.5, None], "name": ['Ada, "Countess"', "x-y"], "day": [date(2026, 1, 1), None]})
    assert csv_of(table) == 'n,name,day\r\n-1.5,"Ada, ""Countess""",2026-01-01\r\n,x-y,\r\n'
