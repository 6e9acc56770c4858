"""Numbers as people write them → exact values, or the reason why not. Never through a float where cents are wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from paceline.saying.said import say
from paceline.sources.files.remarks import Remark, reject

# What a sign may stand for; several codes: the company's or the row's currency decides.
SIGNS: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "US$": ("USD",),
    "C$": ("CAD",),
    "A$": ("AUD",),
    "R$": ("BRL",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₪": ("ILS",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK"),
    "Kč": ("CZK",),
    "Ft": ("HUF",),
    "Fr.": ("CHF",),
}
_ISO_4217 = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR "
    "SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED "
    "VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "
)
CODES = frozenset(_ISO_4217.split())  # those in use, and HRK, which is young enough to be in histories
# Spaces, also the no-break and narrow ones that spreadsheets use, and apostrophes group digits; they are never a decimal sign.
GROUPERS = " \u00a0\u202f\u2009'’"
_BODY = re.compile(rf"[0-9.,{GROUPERS}]*[0-9]")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?[eE][+-]?[0-9]{1,3}")
_SET = say("Say `decimal` (and `thousands`) for this column in the mapping file")
_PLAIN = say("Write a plain number such as 1234.56")
MAX_INT64 = 2**63 - 1


@dataclass(frozen=True)
class Style:
    """How a column writes numbers: decimal sign, thousands sign (None: found out), its own currency signs, percent
    without a sign.
    """

    decimal: str | None = None
    thousands: str | None = None
    signs: Mapping[str, str] = field(default_factory=dict)
    percent: bool = False


class Digits(NamedTuple):
    """A number taken apart: ``-12.5 %`` is (True, "12", "5", percent); ``currencies`` are what its sign may stand for."""

    negative: bool
    whole: str
    fraction: str
    percent: bool
    currencies: tuple[str, ...]


def read_digits(text: str, style: Style) -> Digits | Remark:
    """Take a number apart. Rejects what isn't one, and what could be two different ones."""
    body, negative, percent, currencies = _strip(text.strip(), style)
    if not body or not _BODY.fullmatch(body):
        return reject("not-a-number", say("not a number"), _PLAIN)
    parts = _split(body, style)
    if isinstance(parts, Remark):
        return parts
    return Digits(negative, parts[0] or "0", parts[1], percent, currencies)


def read_cents(text: str, style: Style) -> tuple[int, tuple[str, ...]] | Remark:
    """Money → whole cents, exactly, and the currencies that its sign may stand for."""
    digits = read_digits(text, style)
    if isinstance(digits, Remark):
        return digits
    if digits.percent:
        return reject("percent", say("a percentage where money is wanted"), say("Give the amount"))
    if _may_be_thousands(digits, style):
        return _ambiguous(text, digits.whole, digits.fraction)
    fraction = digits.fraction.rstrip("0")
    if len(fraction) > 2:
        return reject("below-a-cent", say("more than two decimals"), say("Round it in the source: money is kept in whole cents"))
    return _whole(digits, digits.whole + fraction.ljust(2, "0"), digits.currencies)


def read_integer(text: str, style: Style) -> int | Remark:
    """A whole number of 64 bits; ``12.0`` is 12, ``12.5`` is rejected."""
    digits = read_digits(text, style)
    if isinstance(digits, Remark):
        return digits
    if digits.percent or digits.currencies:
        return reject("not-an-integer", say("a percentage or money where a whole number is wanted"), say("Give a whole number"))
    if _may_be_thousands(digits, style):
        return _ambiguous(text, digits.whole, digits.fraction)
    if digits.fraction.strip("0"):
        return reject(
            "not-an-integer", say("not a whole number"), say("Give a whole number, or say `thousands` in the mapping file")
        )
    value = _whole(digits, digits.whole, ())
    return value if isinstance(value, Remark) else value[0]


def read_number(text: str, style: Style) -> float | Remark:
    """A finite 64-bit float; ``12,5 %`` is 0.125."""
    if _SCIENTIFIC.fullmatch(text):
        value = float(text)
    else:
        digits = read_digits(text, style)
        if isinstance(digits, Remark):
            return digits
        if digits.currencies:
            return reject("money", say("money where a bare number is wanted"), say("Leave the currency out"))
        scale = "e-2" if digits.percent or style.percent else ""
        value = float(f"{'-' if digits.negative else ''}{digits.whole}.{digits.fraction or '0'}{scale}")
    if not math.isfinite(value):
        return reject("too-large", say("too large a number"), _PLAIN)
    return value


def _whole(digits: Digits, text: str, currencies: tuple[str, ...]) -> tuple[int, tuple[str, ...]] | Remark:
    text = text.lstrip("0") or "0"
    if len(text) > 19 or int(text) > MAX_INT64:
        return reject("too-large", say("too large a number"), say("It must fit 64 bits"))
    return (-int(text) if digits.negative else int(text)), currencies


def _strip(text: str, style: Style) -> tuple[str, bool, bool, tuple[str, ...]]:
    """Take sign, parentheses, percent and currency off, each at most once, in any order; an unknown rest stays and is
    no number.
    """
    minus = plus = percent = False
    currencies: tuple[str, ...] = ()
    if len(text) > 2 and text[0] == "(" and text[-1] == ")":
        text, minus = text[1:-1].strip(), True
    for _ in range(3):  # at most a sign, a currency and a percent
        if not (minus or plus) and text and (text[0] in "-−+" or text[-1] in "-−"):
            mark, text = (text[0], text[1:]) if text[0] in "-−+" else (text[-1], text[:-1])
            minus, plus = mark != "+", mark == "+"
        elif not percent and not currencies and text.endswith("%"):
            text, percent = text[:-1], True
        elif not currencies and not percent:
            text, currencies = _strip_currency(text, style)
        text = text.strip()
    return text, minus, percent, currencies


def _strip_currency(text: str, style: Style) -> tuple[str, tuple[str, ...]]:
    if not text or (text[0].isdecimal() and text[-1].isdecimal()):
        return text, ()
    for sign, code in style.signs.items():
        if text.startswith(sign):
            return text[len(sign) :], (code,)
        if text.endswith(sign):
            return text[: -len(sign)], (code,)
    if text[:3].upper() in CODES:
        return text[3:], (text[:3].upper(),)
    if text[-3:].upper() in CODES:
        return text[:-3], (text[-3:].upper(),)
    for sign in sorted(SIGNS, key=len, reverse=True):
        if text.startswith(sign):
            return text[len(sign) :], SIGNS[sign]
        if text.endswith(sign):
            return text[: -len(sign)], SIGNS[sign]
    return text, ()


def _split(body: str, style: Style) -> tuple[str, str] | Remark:
    """Digits before and after the decimal sign."""
    decimal = style.decimal or _decimal_sign(body, style)
    if isinstance(decimal, Remark):
        return decimal
    whole, found, fraction = body.partition(decimal) if decimal else (body, "", "")
    if found and not (fraction.isascii() and fraction.isdecimal()):
        return reject("not-a-number", say("its separators don't make a number"), _PLAIN)
    allowed = (
        style.thousands
        if style.thousands is not None
        else GROUPERS + ("," if decimal == "." else "." if decimal == "," else ".,")
    )
    return _ungroup(whole, allowed, fraction)


def _ungroup(whole: str, allowed: str, fraction: str) -> tuple[str, str] | Remark:
    """Groups must be of three digits, parted by one and the same sign: ``1,23`` and ``1.234,567`` are no whole numbers."""
    if whole.isdecimal() or (not whole and fraction):
        return whole, fraction
    sign = next((c for c in whole if not c.isdecimal()), "")
    head, *groups = whole.split(sign) if sign else [whole]
    good = bool(sign) and sign in allowed and 1 <= len(head) <= 3 and head.isdecimal() and groups
    if not good or any(len(group) != 3 or not group.isdecimal() for group in groups):
        return reject(
            "not-a-number",
            say("its separators don't make a number"),
            say("{plain}, or say `decimal` and `thousands` in the mapping file", plain=_PLAIN),
        )
    return head + "".join(groups), fraction


def _decimal_sign(body: str, style: Style) -> str | Remark:
    """Which of ``.`` and ``,`` is the decimal sign ("" : none).

    One comma before three digits can be either, and isn't guessed.
    """
    dots, commas = body.count("."), body.count(",")
    if style.thousands in (".", ","):
        return "," if style.thousands == "." else "."
    if dots and commas:
        last = "." if body.rindex(".") > body.rindex(",") else ","
        return last if body.count(last) == 1 else reject("not-a-number", say("its separators don't make a number"), _PLAIN)
    if dots + commas != 1:
        return ""
    sign = "." if dots else ","
    whole, _, fraction = body.partition(sign)
    if sign == "," and len(fraction) == 3 and whole.isdecimal() and len(whole) <= 3 and not whole.startswith("0"):
        return _ambiguous(body, whole, fraction)
    return sign


def _may_be_thousands(digits: Digits, style: Style) -> bool:
    """``1.234`` where whole or money is wanted: a thousand and more as many write it, or one and a bit."""
    return style.decimal is None and len(digits.fraction) == 3 and len(digits.whole) <= 3 and digits.whole.strip("0") != ""


def _ambiguous(text: str, whole: str, fraction: str) -> Remark:
    return reject(
        "ambiguous-number",
        say("{text} can be {whole}{fraction} or {whole}.{fraction}", text=text, whole=whole, fraction=fraction),
        _SET,
    )
