"""The resources, one file each: their query, their answer, and the function between. A new one adds its line here."""

from __future__ import annotations

from typing import Any

from paceline.api.operation import Operation
from paceline.api.resources import (
    accuracy,
    acting,
    action_plans,
    agendas,
    alerts,
    board,
    coaching_time,
    comparison,
    deals,
    disputes,
    disputing,
    drivers,
    forecast,
    goals,
    goals_to_set,
    habits,
    health,
    me,
    metrics,
    one_on_ones,
    people,
    ramp,
    readings,
    records,
    rep,
    restated,
    segments,
    setting_goals,
    signals,
    team,
    views,
)

ALL: tuple[Operation[Any], ...] = (
    *me.OPERATIONS,
    *metrics.OPERATIONS,
    *people.OPERATIONS,
    *readings.OPERATIONS,
    *records.OPERATIONS,
    *team.OPERATIONS,
    *rep.OPERATIONS,
    *deals.OPERATIONS,
    *signals.OPERATIONS,
    *alerts.OPERATIONS,
    *goals.OPERATIONS,
    *goals_to_set.OPERATIONS,
    *comparison.OPERATIONS,
    *forecast.OPERATIONS,
    *drivers.OPERATIONS,
    *ramp.OPERATIONS,
    *segments.OPERATIONS,
    *habits.OPERATIONS,
    *accuracy.OPERATIONS,
    *board.OPERATIONS,
    *one_on_ones.OPERATIONS,
    *action_plans.OPERATIONS,
    *coaching_time.OPERATIONS,
    *disputes.OPERATIONS,
    *health.OPERATIONS,
    *restated.OPERATIONS,
    *views.OPERATIONS,
)
# What changes something: asked by POST, with a key that may write.
WRITES: tuple[Operation[Any], ...] = (
    *acting.OPERATIONS,
    *setting_goals.OPERATIONS,
    *disputing.OPERATIONS,
    *agendas.OPERATIONS,
)
