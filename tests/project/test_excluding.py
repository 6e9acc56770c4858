"""A record left out is told by every number that it would change, and by no other, with the reason and by whom."""

from __future__ import annotations

from datetime import date

import pytest

from paceline.metrics.ask import ask
from paceline.metrics.explain import explain
from paceline.metrics.restated import since
from paceline.metrics.store import Store, day_end
from paceline.project import FILE, Project, open_project
from paceline.project.asking import answering
from paceline.project.excluding import leave_out, take_in
from paceline.project.loading import load_records
from paceline.project.template import template
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.simulation.random_company import tiny
from paceline.warehouse.engine import Engine

NOW = date(2026, 4, 30)
YEAR = Period.between(date(2025, 9, 1), date(2026, 4, 1))
METRICS = (
    "sales_volume", "revenue", "win_rate", "meetings_held", "emails_sent", "dials",
)  # sums and counts: of a distinct count others may stand for what is left out


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Engine]:
    """One company for all tests: each takes in again what it leaves out."""
    company, tmp_path = tiny(6), tmp_path_factory.mktemp("place")
    (tmp_path / FILE).write_text(template({}), encoding="utf-8")
    project = open_project(tmp_path)
    engine = project.engine()
    loaded_at = day_end(date(2026, 4, 20), project.settings)
    load_records(engine, project.settings, company.records, "crm", lambda _: None, known_at=loaded_at)
    return project, engine


def _numbers(store: Store) -> dict[str, float | None]:
    return {slug: ask(store, slug, Scope.company(), YEAR).only().numerator for slug in METRICS}


def _told(store: Store) -> dict[str, float]:
    """What each metric's numerator lacks, by its own words."""
    found = {}
    for slug in METRICS:
        explained = explain(store, ask(store, slug, Scope.company(), YEAR).only())
        first = explained.records[0].measure
        found[slug] = sum(one.contribution or 0 for one in explained.left_out if one.measure == first)
    return found


@pytest.mark.parametrize(("kind", "query"), [
    ("opportunity", "fact_outcome WHERE won AND valued"), ("meeting", "fact_meeting WHERE held"),
    ("email", "fact_mail WHERE direction = 'outbound'"), ("call", "fact_call WHERE outbound"),
])
def test_what_a_number_says_it_lacks_is_what_it_lost(place: tuple[Project, Engine], kind: str, query: str) -> None:
    project, engine = place
    id_ = engine.query(f"SELECT {kind}_id AS id FROM {query} AND day BETWEEN 20400 AND 20500 ORDER BY 1")["id"][0].as_py()
    with answering(project, engine) as store:
        before = _numbers(store)
        leave_out(project, engine, kind, id_, "it was a test", "somebody", lambda _: None)
        store.refresh(store.now)
        after, told = _numbers(store), _told(store)
        assert before != after
        lost = {slug: (before[slug] or 0) - (after[slug] or 0) for slug in METRICS}
        assert told == pytest.approx(lost)
        changed = next(slug for slug in METRICS if lost[slug])
        explained = explain(store, ask(store, changed, Scope.company(), YEAR).only())
        assert {(one.exclusion.id, one.exclusion.by) for one in explained.left_out} == {(id_, "somebody")}
        assert f"Left out: {kind} {id_}, because it was a test" in str(explained)
        take_in(project, engine, kind, id_, lambda _: None)
        store.refresh(store.now)
        assert _numbers(store) == before
        assert not any(_told(store).values())


def test_why_did_it_change_names_the_exclusion(place: tuple[Project, Engine]) -> None:
    project, engine = place
    won = engine.query("SELECT opportunity_id AS id FROM fact_outcome WHERE won ORDER BY 1")["id"][0].as_py()
    with answering(project, engine) as store:
        leave_out(project, engine, "opportunity", won, "a duplicate", "", lambda _: None)
        store.refresh(store.now + 86_400)
        found = since(store, ask(store, "sales_volume", Scope.company(), YEAR).only(), date(2026, 4, 25))
        take_in(project, engine, "opportunity", won, lambda _: None)
    (shift,) = found.shifts
    assert (shift.id, shift.then, shift.now) == (won, 1, None)
    assert [(one.column, one.new) for one in shift.learnt] == [("excluded", "a duplicate")]
