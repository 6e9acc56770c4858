"""Every declaration is whole: its columns exist, what it points at exists, and nothing is left unsaid."""

from __future__ import annotations

import pytest

from paceline.metrics.catalog import CATALOG
from paceline.metrics.conditions import columns_of
from paceline.metrics.relations import RELATIONS
from paceline.metrics.vocabulary import Category, Measure, Metric

METRICS = pytest.mark.parametrize("metric", CATALOG.values(), ids=CATALOG)


def _measures(metric: Metric) -> list[Measure]:
    return [*metric.measures, *(m for c in metric.coverage for m in (c.have, c.of))]


@METRICS
def test_rows_and_columns_exist(metric: Metric) -> None:
    for measure in _measures(metric):
        there = {*RELATIONS[measure.rows].columns(), "rep_role", "rep_team", "rep_segment", "rep_territory", "rep_manager_id"}
        assert {*measure.columns, *columns_of(measure.where)} <= there


@METRICS
def test_nothing_is_left_unsaid(metric: Metric) -> None:
    assert metric.meaning.endswith((".", "stage."))
    assert metric.date
    assert metric.owner
    assert metric.needs
    if metric.denominator is not None and metric.slug != "talk_minutes":
        assert metric.none
    assert not metric.absent_of or metric.absent


@METRICS
def test_what_it_points_at_exists(metric: Metric) -> None:
    named = {*metric.drives, *metric.beside} | {metric.twin, metric.variant_of} - {None}
    assert named <= set(CATALOG)
    assert metric.slug not in named
    for slug in metric.drives:
        assert CATALOG[slug].category is Category.RESULT


@METRICS
def test_a_volume_has_a_quality_twin(metric: Metric) -> None:
    if metric.category is Category.QUANTITY and metric.slug not in ("no_show_rate", "talk_ratio_of_call", "talk_ratio_vendor"):
        assert metric.twin


@METRICS
def test_what_stands_beside_points_back(metric: Metric) -> None:
    for slug in metric.beside:
        assert CATALOG[slug].variant_of == metric.slug or CATALOG[slug].category in (Category.COMPANION, Category.HYGIENE)
