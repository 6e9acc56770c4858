"""A card's sentence with the metric's own name and unit, and the questions whose answers are the records behind it."""

from __future__ import annotations

from datetime import date, timedelta

from paceline.insight.cards import Card, told_of
from paceline.judging.weekly import COMPANY
from paceline.metrics.reading import shown
from paceline.metrics.relations import RELATIONS
from paceline.metrics.vocabulary import Grain, Kind, Measure, Metric, Unit, at_grain
from paceline.saying.said import Said, catalogued, say
from paceline.saying.values import Number, Value

_FEW = 4  # questions told where each week has its own


def sentence(card: Card, metric: Metric, currency: str, level: str = "rep") -> Said:
    """``Since 12 May 2026: 61 meetings held, 88 expected at the usual pace (−31 %). About 1 such card …``"""
    observed, expected, usual = (_value(number, metric, currency) for number in (card.observed, card.expected, card.usual or 0.0))
    return told_of(card, _what(card, metric, observed), expected, usual, level)


def _what(card: Card, metric: Metric, observed: Value) -> Said:
    name = _in_words(metric)
    if card.kind != "count":
        return say("{name} {observed}", name=name, observed=observed)
    if is_additive(metric):
        return say("{observed} {name}", name=name, observed=observed)
    return say("{observed} {name} (each week's added up)", name=name, observed=observed)


def _in_words(metric: Metric) -> Said:
    """What is counted (``deals won``), else the metric's name in the midst of a sentence."""
    if metric.denominator is None and isinstance(metric.numerator, Measure) and metric.numerator.words:
        return catalogued(metric.numerator.words)
    return catalogued(metric.name, inside=True)


def _value(number: float, metric: Metric, currency: str) -> Value:
    if metric.unit is Unit.COUNT:
        return Number(number, ",.0f")
    if metric.unit is Unit.PERCENT:
        return Number(number, ".1%")
    return shown(number, metric.unit, currency)


def is_additive(metric: Metric) -> bool:
    """Whether the weeks' values add up to the value of all of them: not, where the same account may count in two weeks."""
    terms = [at_grain(term, Grain.REP) for term in (metric.numerator, metric.denominator) if term is not None]
    return all(isinstance(term, Measure) and _adds_up(term) for term in terms)


def weeks_apart(metric: Metric, since: date, until: date) -> int:
    """By how many weeks a change's count or amount is to be divided when it is told, which is a week: by all from ``since`` to
    the week of ``until``. Shares and means are never divided: 1."""
    counts = metric.denominator is None and metric.unit in (Unit.COUNT, Unit.MONEY)
    return (until - since).days // 7 + 1 if counts else 1


def _adds_up(measure: Measure) -> bool:
    relation = RELATIONS[measure.rows]
    if not relation.flow:
        return False
    own_key = measure.columns[:1] == relation.key[:1] and set(relation.key[1:]) <= {"rep_id"}
    return measure.additive or (measure.kind is Kind.DISTINCT and own_key)


def questions_of(metric: Metric, level: str, name: str, card: Card, as_of: date | None) -> tuple[str, ...]:
    """The commands that show the records behind a card: one over all its weeks, where they add up to it, else one a week, the
    latest first (four of them)."""
    end = card.until + timedelta(days=7)
    if is_additive(metric):
        spans = [(card.since, end)]
    else:
        count = (end - card.since).days // 7
        spans = [(end - timedelta(weeks=i + 1), end - timedelta(weeks=i)) for i in range(min(count, _FEW))]
    whose = "" if level == COMPANY else f' --{level} "{name}"'
    day = "" if as_of is None else f" --as-of {as_of}"
    return tuple(f"paceline explain {metric.slug}{whose} --period {first}..{until}{day}" for first, until in spans)
