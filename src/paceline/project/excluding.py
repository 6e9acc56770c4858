"""Leaving a record out of every number of a project, and taking it in again: records, facts and roll-ups in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from paceline.facts.aside import forget_aside, keep_aside
from paceline.project.folder import Project, catalog
from paceline.project.loading import bring_up_to_date
from paceline.warehouse.engine import Engine
from paceline.warehouse.exclude import exclude, include
from paceline.warehouse.exclusion import Exclusion

Tell = Callable[[str], None]


def leave_out(project: Project, engine: Engine, kind: str, id_: str, reason: str, by: str, tell: Tell) -> Exclusion:
    """Leave a record out of every number from now on. ``by``: a user's public id. Raises ExclusionError."""
    metrics = catalog(project)
    bring_up_to_date(engine, project.settings, tell, metrics)
    with engine.transaction():
        found = exclude(engine, kind, id_, reason, by)
        keep_aside(engine, project.settings, kind, id_)
        bring_up_to_date(engine, project.settings, tell, metrics)
    return found


def take_in(project: Project, engine: Engine, kind: str, id_: str, tell: Tell) -> Exclusion:
    """Count a record again that was left out. Raises ExclusionError."""
    with engine.transaction():
        found = include(engine, kind, id_)
        forget_aside(engine, kind, id_)
        bring_up_to_date(engine, project.settings, tell, catalog(project))
    return found
