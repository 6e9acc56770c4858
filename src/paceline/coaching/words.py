"""Points of an agenda in words that can be told in any language: what changed, how a goal stands, why a deal wants a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paceline.coaching.prepared import DealShown, GoalShown
from paceline.metrics.reading import shown
from paceline.metrics.vocabulary import Unit
from paceline.saying.said import Said, joined, say, say_amount, say_many
from paceline.saying.values import Change, Day, Money, Number, Value

BEHIND = 0.05  # of its pace: nearer, a goal is on pace
_SURE = 0.99  # a chance is never told as certain
_FORM = "%-d %b"


@dataclass(frozen=True)
class Shift:
    """A lasting change of a metric: values as readings have them; ``apart``: by how many weeks ``observed`` is divided when told
    (1: not), ``expected`` being that of one already.
    """

    unit: Unit
    observed: float
    expected: float
    change: float
    since: date
    apart: int = 1


def amount(value: float, unit: Unit, currency: str) -> Value:
    """A value in few characters: ``63%``, ``82k USD``, ``4.5 days``, ``12``."""
    small = abs(value) < 10
    if unit is Unit.PERCENT:
        return Number(value, ".0%" if abs(value) >= 0.1 or value == 0 else ".1%")
    if unit is Unit.MONEY:
        return Money(value, currency, brief=True)
    if unit is Unit.DAYS:
        return say_amount("{number} day", "{number} days", Number(value, ".1f" if small else ",.0f"))
    if unit is Unit.MINUTES:
        return say("{number} min", number=Number(value, ",.0f"))
    if unit is Unit.SECONDS and small:
        return say("{number} s", number=Number(value, ".1f"))
    if unit is Unit.SECONDS:
        return shown(value, unit, currency)
    if unit is Unit.RATIO:
        return Number(value, ",.2f")
    return Number(value, ".1f" if small and value != int(value) else ",.0f")


def changed(metric: Said, one: Shift, currency: str) -> Said:
    """``Meetings held: 61 a week where 88 would be usual (−31%), since 12 May``."""
    observed = amount(one.observed / one.apart, one.unit, currency)
    return say(
        "{metric}: {observed} where {expected} would be usual ({change}), since {since}",
        metric=metric, observed=say("{value} a week", value=observed) if one.apart > 1 else observed,
        expected=amount(one.expected, one.unit, currency), change=Change(one.change), since=Day(one.since, _FORM),
    )  # fmt: skip


def goal(metric: Said, one: GoalShown, currency: str) -> Said:
    """``Goal Revenue: 82k USD of 240k USD, 20% behind pace · 34% likely to reach it``."""
    unit = Unit(one.unit)
    value, target = amount(one.value or 0.0, unit, currency), amount(one.target, unit, currency)
    return joined([say("Goal {metric}: {value} of {target}", metric=metric, value=value, target=target), standing(one)], ", ")


def standing(one: GoalShown) -> Said:
    """``on pace``, ``20% behind pace · 34% likely to reach it``; empty where nothing can be said."""
    words = []
    if one.value is not None and not one.lower_is_better and one.value >= one.target:
        words.append(say("reached"))
    elif one.value is not None and one.expected:
        words.append(_pace(one.value / one.expected - 1))
    if one.chance is not None:
        words.append(say("{share} likely to reach it", share=_chance(one.chance)))
    return joined(words, " · ")


def _pace(change: float) -> Said:
    if abs(change) < BEHIND:
        return say("on pace")
    share = Number(abs(change), ".0%")
    return say("{share} ahead of pace", share=share) if change > 0 else say("{share} behind pace", share=share)


def _chance(chance: float) -> Value:
    if chance < 1 - _SURE:
        return say("less than {share}", share=Number(1 - _SURE, ".0%"))
    return say("more than {share}", share=Number(_SURE, ".0%")) if chance > _SURE else Number(chance, ".0%")


def deal(one: DealShown, currency: str) -> Said:
    """Why a deal wants a word: ``82k USD: no touch for 21 days``."""
    words = []
    if one.overdue and one.close is not None:
        words.append(say("its close date {day} is past", day=Day(one.close, _FORM)))
    if one.over_by:
        words.append(say_many("{number} day over its stage’s limit", "{number} days over its stage’s limit", one.over_by))
    if one.quiet:
        words.append(say_many("no touch for {number} day", "no touch for {number} days", one.quiet))
    why = joined(words, ", ")
    return why if one.amount is None else joined([say("{amount}", amount=Money(one.amount, currency, brief=True)), why], ": ")
