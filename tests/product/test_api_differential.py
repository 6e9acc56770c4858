"""What a user gets is what an admin gets on data cut down to that user's rows: on pages' files and through the API.

The data is cut in the facts themselves, by hand and by no code of the scope's. Judgements (signals, forecasts, ramps) aren't
compared for reps and managers: they learn from the whole company by design, and tell of the rows in sight alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from paceline.api.openapi import BASE
from paceline.api.resources import ALL
from paceline.facts import schema
from paceline.metrics.store import Store
from paceline.people import keys
from paceline.project.running import Running
from paceline.sales.periods import epoch_day
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines import open_engine
from tests.product.conftest import Cast
from tests.product.test_api import WORDS

Days = dict[str, list[tuple[int, int]]]  # rep → days on which the rows are in sight
METRICS = ("revenue", "win_rate", "meetings_held", "emails_sent", "new_opportunities", "open_pipeline", "stuck_opportunities",
           "connect_rate", "sales_cycle", "opportunity_progressions")  # fmt: skip


def days_of(place: Running, cast: Cast, name: str) -> Days:
    """The days of each rep that the user may see, found from the stints one by one."""
    stints = place.store.view().stints
    if name == "rep":
        return {cast.rep_id("rep"): [(s.from_day, s.until_day) for s in stints if s.rep_id == cast.rep_id("rep")]}
    boss, found = cast.rep_id(name), Days()
    for stint in stints:
        above, day = stint.manager_id, stint.from_day
        assert above == boss or not _is_under(above, boss, day, place), "the cast's managers have nobody between"
        if above == boss:
            found.setdefault(stint.rep_id, []).append((stint.from_day, stint.until_day))
    return found


def _is_under(who: str | None, boss: str, day: int, place: Running) -> bool:
    return any(s.rep_id == who and s.manager_id == boss and s.from_day <= day < s.until_day for s in place.store.view().stints)


@contextmanager
def cut_down(place: Running, days: Days, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The project, as if there were only the rows of these reps on these days."""
    engine, whole = open_engine(":memory:"), place.store
    facts = {fact.table for fact in schema.FACTS} | {fact.table for fact in schema.REFERENCES}
    for name in whole.engine.tables():
        if name.startswith(("asof_", "roll")):
            continue
        table = whole.engine.query(f"SELECT * FROM {whole.engine.quoted(name)}")
        engine.put(name, _cut(table, days, epoch_day(whole.view().day)) if name in facts else table)
    _without_rollups(engine)
    monkeypatch.setattr(place, "_store", Store(engine, whole.settings, whole.now, whole.catalog, None))
    yield
    monkeypatch.undo()
    engine.close()


def _cut(table: pa.Table, days: Days, today: int) -> pa.Table:
    """A row stays if its rep is in sight on its day; one that lasts, if on today."""
    if "rep_id" not in table.column_names:
        return table
    dated = "day" in table.column_names
    on = table["day"].to_pylist() if dated else [today] * table.num_rows
    if "from_day" in table.column_names and "until_day" in table.column_names and not dated:
        on = [min(max(first, 0), today) if first <= today else today for first in table["from_day"].to_pylist()]
    kept = [
        any(first <= (day or 0) < until for first, until in days.get(rep, ()))
        for rep, day in zip(table["rep_id"].to_pylist(), on, strict=True)
    ]
    return table.filter(pa.array(kept, pa.bool_()))


def _without_rollups(engine: Engine) -> None:
    from paceline.metrics import rollup

    assert not {rollup.table_name(rows) for rows in rollup.ROLLED} & engine.tables()


def program(cast: Cast, name: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {keys.make(cast[name], 'test')[1]}"})


def plain(node: Any) -> Any:
    """Without addresses and words about whose rows were asked: those differ, as the question does."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items() if key not in ("link", "records", "next_cursor", "against")}
    return [plain(one) for one in node] if isinstance(node, list) else node


def asked(cast: Cast) -> dict[str, str]:
    metrics = ",".join(METRICS)
    return {
        "readings": f"readings?metrics={metrics}&by=rep&period=last_month&limit=1000",
        "last quarter": f"readings?metrics={metrics}&by=rep&period=last_quarter&limit=1000",
        "revenue's records": "records?metric=revenue&period=last_quarter&limit=1000",
        "meetings' records": "records?metric=meetings_held&period=last_month&limit=1000",
        "deals": f"deals?rep={cast.rep_id('rep')}",
    }


@pytest.mark.parametrize("name", ["rep", "manager"])
def test_the_api_tells_what_an_admin_is_told_on_the_cut_data(
    name: str, place: Running, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = days_of(place, cast, name)
    own = {what: program(cast, name).get(BASE + path).json() for what, path in asked(cast).items()}
    with cut_down(place, days, monkeypatch):
        admins = {what: program(cast, "admin").get(BASE + path).json() for what, path in asked(cast).items()}
    for what in own:
        mine, theirs = plain(own[what]), plain(admins[what])
        if "items" in mine and what in ("readings", "last quarter"):
            mine, theirs = (_by_key(one["items"], set(days)) for one in (mine, theirs))
        else:
            mine, theirs = mine["items"], theirs["items"]
        assert mine, what
        assert mine == theirs, what


def _by_key(items: list[dict[str, Any]], reps: set[str]) -> dict[tuple[str, str], Any]:
    told = ("value", "because", "numerator", "denominator", "n", "interval")
    return {
        (one["metric"], one["group"]["rep"]): {name: one[name] for name in told} for one in items if one["group"]["rep"] in reps
    }


@pytest.mark.parametrize("name", ["rep", "manager"])
def test_pages_files_tell_what_an_admin_is_told_on_the_cut_data(
    name: str, place: Running, cast: Cast, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    rep = cast.rep_id("rep")
    paths = (f"/reps/{rep}/deals.csv", f"/records/revenue.csv?rep={rep}&period=last_quarter",
             f"/records/emails_sent.csv?rep={rep}&period=last_month")  # fmt: skip
    own = {path: _rows(browser(name).get(path)) for path in paths}
    with cut_down(place, days_of(place, cast, name), monkeypatch):
        admins = {path: _rows(browser("admin").get(path)) for path in paths}
    assert own == admins
    assert all(len(rows) > 1 for rows in own.values())


def _rows(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [line for line in answer.content.decode().splitlines() if not line.startswith("#")]


def test_an_executive_is_told_what_an_admin_is(cast: Cast) -> None:
    for one in ALL:
        if one.name == "api_me":
            continue
        path = one.path.replace("<slug:metric>", "win_rate").replace("<path:rep>", cast.rep_id("rep"))
        address = f"{BASE}{path}?{WORDS.get(one.name, '')}"
        assert program(cast, "executive").get(address).json() == program(cast, "admin").get(address).json(), one.name
