"""Erasing a person's name and addresses from a project's store, and from everything that was made of it."""

from __future__ import annotations

from paceline.project.folder import Project, catalog
from paceline.project.loading import MADE_WITH, bring_up_to_date
from paceline.warehouse.engine import Engine
from paceline.warehouse.erasing import erase_person
from paceline.warehouse.store import create_store


def erase_records(project: Project, engine: Engine, rep_id: str) -> dict[str, int]:
    """Erase the person of the CRM; facts are made anew, those of past days are dropped. Gives changed rows by stored table."""
    create_store(engine)
    with engine.transaction():
        changed = erase_person(engine, rep_id)
        for name in engine.tables():
            if name == MADE_WITH or name.startswith("asof_"):
                engine.drop(name)
        bring_up_to_date(engine, project.settings, lambda _: None, catalog(project))
    return changed
