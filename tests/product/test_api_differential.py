"""What a user gets is what an admin gets on data cut down to that user's rows: on pages' files and through the API.

The data is cut in the facts themselves, whole people at a time, and by no code of the scope's; of a manager's people those are
compared who were in sight on every day. Judgements (signals, forecasts, ramps) are compared for executives alone: a rep's and a
manager's learn from the whole company by design, and tell of the rows in sight alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.test import Client

from paceline.api.openapi import BASE
from paceline.api.resources import ALL
from paceline.facts import schema
from paceline.metrics import rollup
from paceline.metrics.store import Store
from paceline.people import keys
from paceline.project.running import Running
from paceline.warehouse.engines import open_engine
from tests.product.conftest import Cast
from tests.product.stock import leaderboard, stock
from tests.product.test_api import ADMINS_ALONE, address

METRICS = ("revenue", "win_rate", "meetings_held", "emails_sent", "dials", "connects", "new_opportunities", "sales_cycle",
           "opportunity_progressions", "stuck_opportunities", "weighted_pipeline", "pipeline_generated")  # fmt: skip
DAYS = "2026-02-01..2026-07-01"  # all that there is


def whole_people(place: Running, cast: Cast, name: str) -> set[str]:
    """Those whose every day is in the user's sight, found from the stints one by one."""
    own = cast.rep_id(name)
    if name == "rep":
        return {own}
    bosses: dict[str, set[str | None]] = {}
    for stint in place.store.view().stints:
        bosses.setdefault(stint.rep_id, set()).add(stint.manager_id)
    return {rep for rep, above in bosses.items() if above - {None} == {own}}  # None: before they were hired


@pytest.fixture
def seller(place: Running, cast: Cast) -> str:
    """``rep`` is now whoever of the manager's people closed most deals, so that there is something to compare."""
    closed = place.store.engine.query("SELECT rep_id FROM fact_outcome")["rep_id"].to_pylist()
    found = max(sorted(whole_people(place, cast, "manager")), key=closed.count)
    type(cast["rep"]).objects.filter(rep_id=found).update(rep_id="")  # nobody is two users
    cast["rep"].rep_id = found
    cast["rep"].save()
    return found


@contextmanager
def cut_down(place: Running, people: set[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The project, as if there were nobody's rows but these people's."""
    engine, whole = open_engine(":memory:"), place.store
    rolled = {rollup.table_name(rows) for rows in rollup.ROLLED}
    for name in whole.engine.tables():
        if name.startswith("asof_") or name in rolled:  # added up from the rows that are left
            continue
        table = whole.engine.query(f"SELECT * FROM {whole.engine.quoted(name)}")
        if name in {fact.table for fact in schema.FACTS} and "rep_id" in table.column_names:
            table = table.filter(pc.is_in(table["rep_id"], pa.array(sorted(people))))
        engine.put(name, table)
    with monkeypatch.context() as patched:
        patched.setattr(place, "_store", Store(engine, whole.settings, whole.now, whole.catalog, None))
        yield
    engine.close()


def program(cast: Cast, name: str) -> Client:
    """A program with a new key of the user's."""
    return Client(headers={"Authorization": f"Bearer {keys.make(cast[name], 'test')[1]}"})


def asked(cast: Cast) -> dict[str, str]:
    """Lists with the people in them, and questions about one person."""
    rep, metrics = cast.rep_id("rep"), ",".join(METRICS)
    return {
        "last month": f"readings?metrics={metrics}&by=rep&period=last_month&limit=1000",
        "last quarter": f"readings?metrics={metrics}&by=rep&period=last_quarter&limit=1000",
        "by source": f"readings?metrics=revenue,new_opportunities&rep={rep}&by=source&period=last_quarter&limit=1000",
        "revenue's records": f"records?metric=revenue&period={DAYS}&limit=1000",
        "win rate's cases": f"records?metric=win_rate&measure=1&period={DAYS}&limit=1000",
        "meetings' records": f"records?metric=meetings_held&rep={rep}&period=last_month&limit=1000",
        "explanation": f"explanation?metric=meetings_held&rep={rep}&period=last_month",
        "deals": f"deals?rep={rep}",
        "people": "people?limit=1000",
    }


def told(client: Client, path: str) -> Any:
    """The answer, which must be one and on one page."""
    answer = client.get(BASE + path)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body.get("next_cursor") is None
    return body


def whose(item: Mapping[str, Any]) -> str | None:
    """The person of a record, a person's own line, or a reading."""
    found: str | None = item.get("rep_id") or item.get("group", {}).get("rep")
    return found


def plain(node: Any) -> Any:
    """Without addresses and words about whose rows were asked: those differ, as the question does."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items() if key not in ("link", "records", "sentence")}
    return [plain(one) for one in node] if isinstance(node, list) else node


def of_people(body: Any, people: set[str]) -> Any:
    """The lines about these people and about nobody by name; of an answer that is no list, all."""
    if "items" not in body:
        return plain(body)
    return sorted(map(repr, plain([one for one in body["items"] if whose(one) in {None, *people}])))


@pytest.mark.parametrize("name", ["rep", "manager"])
def test_the_api_tells_what_an_admin_is_told_on_the_cut_data(
    name: str, place: Running, cast: Cast, seller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = whole_people(place, cast, name)
    assert seller in people
    own = {what: told(program(cast, name), path) for what, path in asked(cast).items()}
    with cut_down(place, people, monkeypatch):
        admins = {what: told(program(cast, "admin"), path) for what, path in asked(cast).items()}
    for what in own:
        assert of_people(own[what], people) == of_people(admins[what], people), what
    empty = {what for what, body in own.items() if not of_people(body, people)}
    assert empty <= {"revenue's records"}, "of a list without a line nothing is proved"
    ever = {s.rep_id for s in place.store.view().stints if s.manager_id == cast.rep_id(name)} | {cast.rep_id(name)}
    seen = {whose(item) for body in own.values() for item in body.get("items", ())} - {None}
    assert seller in seen
    assert seen <= (ever if name == "manager" else people)


@pytest.mark.parametrize("name", ["rep", "manager"])
def test_pages_files_tell_what_an_admin_is_told_on_the_cut_data(
    name: str, place: Running, cast: Cast, seller: str, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = (f"/reps/{seller}/deals.csv", f"/records/win_rate.csv?rep={seller}&period={DAYS}&measure=1",
             f"/records/meetings_held.csv?rep={seller}&period=last_month",
             f"/records/emails_sent.csv?rep={seller}&period=last_month")  # fmt: skip
    own = {path: _rows(browser(name).get(path)) for path in paths}
    with cut_down(place, whole_people(place, cast, name), monkeypatch):
        admins = {path: _rows(browser("admin").get(path)) for path in paths}
    assert own == admins
    assert all(len(rows) > 1 for rows in own.values()), {path: len(rows) for path, rows in own.items()}


def _rows(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [line for line in answer.content.decode().splitlines() if not line.startswith("#")]


# Each has their own; who may see them at all is told elsewhere.
OWN = ("api_me", "api_messages", "api_today", "api_views", "api_one_on_ones", "api_one_on_one", "api_next_one_on_one",
       "api_action_plans")


def test_an_executive_is_told_what_an_admin_is(place: Running, cast: Cast) -> None:
    stock(cast)
    with leaderboard(place, "anonymous"):
        for one in ALL:
            if one.name not in OWN and one.action not in ADMINS_ALONE:
                at = address(one.name, cast)
                answers = [program(cast, name).get(at) for name in ("executive", "admin")]
                assert [answer.status_code for answer in answers] == [200, 200], one.name
                assert answers[0].json() == answers[1].json(), one.name
