"""The resources, one file each: their query, their answer, and the function between. A new one adds its line here."""

from __future__ import annotations

from typing import Any

from paceline.api.operation import Operation
from paceline.api.resources import (
    comparison,
    deals,
    drivers,
    forecast,
    goals,
    health,
    me,
    metrics,
    people,
    ramp,
    readings,
    records,
    rep,
    segments,
    signals,
    team,
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
    *goals.OPERATIONS,
    *comparison.OPERATIONS,
    *forecast.OPERATIONS,
    *drivers.OPERATIONS,
    *ramp.OPERATIONS,
    *segments.OPERATIONS,
    *health.OPERATIONS,
)
