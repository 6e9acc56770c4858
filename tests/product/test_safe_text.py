"""Whatever people and the CRM write is text: poisoned everywhere, every page, picture and mail is opened in Chromium, and nothing
of it becomes an element, an attribute or a script. The policy against inline script is left out here: escaping must do by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from paceline.access.audit import note
from paceline.access.gate import actions_of
from paceline.access.rules import rows_of
from paceline.alerts.models import Alert
from paceline.channels.email.page import as_html
from paceline.channels.message import Button, Line, Message, Section
from paceline.coaching.models import Wish, WishKind
from paceline.disputes.models import Dispute
from paceline.judging.forecast import ForecastError
from paceline.metrics.store import Store
from paceline.pages.dashboards import records
from paceline.pages.plan.models import GoalChange, GoalProposal, SavedView
from paceline.people import invitations, keys
from paceline.people.roles import Role
from paceline.project import BadConfigError, open_project
from paceline.project.running import Running
from paceline.sales.settings import Settings
from paceline.warehouse.engine import Engine
from paceline.warehouse.engines import open_engine
from tests.product.conftest import FOLDER, Cast
from tests.product.test_walk import ROLES, _address, _routes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page, Route

# Ways out of a text, of an attribute in either kind of quotes, of a script and of a drawing; and a template's own words.
POISON = (
    "\"'><img src=x data-xss onerror=\"window.xss=1\"></title></script></svg><script data-xss>window.xss=1</script>"
    "<svg data-xss onload=window.xss=1>' onmouseover='window.xss=1{{7*7}}{% now 'Y' %}"
)
SHORT = "\"'><svg data-xss onload=window.xss=1>"
SITE = "http://testserver"
# Columns in which people write freely. Ids, addresses and what programs compare (roles, outcomes, kinds) aren't.
FREE = ("name", "title", "subject", "team", "territory", "segment", "source", "type", "account_type", "next_step", "family",
        "industry", "stage", "product", "lost_reason")  # fmt: skip
# Of files the names alone matter, and they are made alike.
FILES = ("records_export", "team_export")
_LOOK = """() => ({
  elements: document.querySelectorAll('[data-xss]').length,
  handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on')).length,
  scripts: [...document.querySelectorAll('[href], [src], [action]')].filter(e => ['href', 'src', 'action'].some(
    name => /^\\s*(javascript|data:text|vbscript)/i.test(e.getAttribute(name) || ''))).length,
  ran: window.xss === 1, worked_out: document.documentElement.textContent.includes('xss=149'),
  seen: document.documentElement.textContent.includes('data-xss onload=window.xss=1')})"""


@pytest.fixture
def poisoned(place: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The company, with the poison in every text of its records and after every metric's name."""
    engine, whole = open_engine(":memory:"), place.store
    for name in whole.engine.tables():
        if not name.startswith("asof_"):
            engine.put(name, _with_poison(whole.engine.query(f"SELECT * FROM {whole.engine.quoted(name)}"), name))
    catalog = {slug: replace(one, name=one.name + POISON, meaning=POISON) for slug, one in whole.catalog.items()}
    monkeypatch.setattr(place, "_store", Store(engine, replace(whole.settings, name=POISON), whole.now, catalog, _as_now))
    monkeypatch.setattr(place, "engine", engine)
    config = replace(place.project.config, pages=replace(place.project.config.pages, leaderboard="named"),
                     crm={"opportunity": "https://crm.example.com/deals/{id}"})  # fmt: skip
    monkeypatch.setattr(place, "project", replace(place.project, config=config))
    monkeypatch.setattr("paceline.pages.plan.accuracy_views.backtest_store", _no_replay)
    yield
    engine.close()


def _as_now(engine: Engine, settings: Settings, at: int, prefix: str) -> None:  # noqa: ARG001
    """A past day's facts are today's: to build them is most of the work, and their texts are the same."""
    for name in engine.tables():
        if name.startswith(("fact_", "ref_")):
            engine.put(prefix + name, engine.query(f"SELECT * FROM {engine.quoted(name)}"))


def _no_replay(*_: object) -> None:
    """The replay of the history is most of the work, and tells of nobody."""
    raise ForecastError(POISON)


def _with_poison(table: pa.Table, name: str) -> pa.Table:
    if not name.startswith(("rec_", "fact_", "daily_")):
        return table
    for number, field in enumerate(table.schema):
        if field.name in FREE and pa.types.is_string(field.type):
            told = pc.binary_join_element_wise(table[field.name], POISON, "")
            table = table.set_column(number, field, told.cast(field.type))
    return table


def _said_by_people(cast: Cast, browser: Callable[[str], Client]) -> dict[str, str]:
    """The poison wherever users write; gives what stands in addresses for what was made."""
    rep, manager = cast.rep_id("rep"), cast.rep_id("manager")
    for name in ("rep", "peer", "manager", "admin"):
        cast[name].name = POISON[:200]
        cast[name].save()
    dispute = Dispute.objects.create(kind="meeting", record_id="m1", label=POISON, rep_id=rep, metric="meetings_held",
                                     reason=POISON, answer=POISON, by=cast["rep"], state="open")  # fmt: skip
    SavedView.objects.create(user=cast["admin"], name=SHORT + "x", address="/team/?" + urlencode({"team": SHORT}), shared=True)
    goal = f"goal:revenue:2026-04-01:2026-07-01:rep:{rep}"
    GoalChange.objects.create(goal_id=goal, what="set", by=cast["manager"], target=5.0, reason=POISON)
    days = {"first": date(2026, 7, 1), "until": date(2026, 10, 1)}
    GoalProposal.objects.create(by=cast["rep"], rep_id=rep, metric="revenue", target=7.0, reason=POISON, **days)
    Wish.objects.create(manager_id=manager, rep_id=rep, kind=WishKind.values[0], text=POISON)
    alert = Alert.objects.create(card="poisoned", level="rep", name=rep, metric="meetings_held", direction=-1, better=False,
                                 since=date(2026, 5, 4), fired=date(2026, 6, 1), until=date(2026, 6, 22), observed=2.0,
                                 expected=9.0, change=-0.7, because=POISON, state="firing")  # fmt: skip
    alert.acts.create(user=cast["admin"], kind="confirm", reason=POISON)
    alert.transitions.create(before="unknown", after="firing", because=POISON)
    two = browser("manager")
    for name, data in (
        ("add_to_one_on_one", {"text": POISON, "kind": "note", "link": f"/team/?team={SHORT}"}),
        ("next_notes", {"shared": POISON, "private": POISON}),
        ("agree", {"text": POISON, "who": rep, "metric": "", "target": "", "first": "2026-04-06", "last": "2026-06-01"}),
    ):
        assert two.post(reverse(name, args=[rep]), data).status_code == 302, name
    keys.make(cast["admin"], POISON[:100])
    invitations.invite(cast["admin"], "new@example.com", POISON[:200], Role.REP, "")
    note("looked", cast["admin"], {"at": POISON})
    return {"number": str(dispute.pk), "goal_id": goal, "card": "poisoned", "slug": "meetings_held"}


def _told(cast: Cast, client: Client, name: str, wanted: Callable[[str], bool], parts: Mapping[str, str]) -> Iterator[
    tuple[str, HttpResponseBase]
]:
    """Every wanted address that the user may read, with its answer: pages and pictures."""
    for route, view, _ in _routes():
        rules = actions_of(view)  # type: ignore[arg-type]
        assert rules is not None
        if rules[0].public or rows_of(rules[0].action, ROLES[name]) is None or route == "account_logout" or not wanted(route):
            continue
        address = _address(route, cast.rep_id("rep"), str(cast["peer"].public_id), parts)
        if address.startswith(("/api/", "/mcp")):
            continue
        answer = client.get(address)
        assert answer.status_code < 500, address
        disposition = answer.get("Content-Disposition", "")
        assert re.fullmatch(r'((attachment|inline); filename="[\w.-]+")?', disposition), (address, disposition)
        if answer.get("Content-Type", "").split(";")[0] in ("text/html", "image/svg+xml") and answer.status_code < 300:
            yield address, answer


def _pages(cast: Cast, browser: Callable[[str], Client]) -> dict[str, tuple[str, bytes]]:
    """Each page as somebody may open it: an admin everything, and what is for others alone as one of them."""
    parts = _said_by_people(cast, browser)
    routes = {
        "admin": lambda route: "export" not in route or route in FILES,
        "manager": lambda route: "one_on_one" in route or route in ("today", "goals", "following"),
        "rep": lambda route: route in ("rep", "goals", "propose_goal", "leaderboard"),
    }
    found = {}
    for name, wanted in routes.items():
        for address, answer in _told(cast, browser(name), name, wanted, parts):
            body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
            found[f"/{name}{address}"] = (answer["Content-Type"], body)
    asked = urlencode({"team": SHORT, "role": SHORT, "period": SHORT})
    for address in (f"/team/?{asked}", f"/records/{SHORT}/", f"/metrics/meetings_held/?{asked}", f"/reps/{SHORT}/"):
        answer = browser("admin").get(address)
        assert 400 <= answer.status_code < 500, address
        found[f"/wrong{address}"] = (answer["Content-Type"], answer.content)
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("poisoned")
def test_nothing_that_people_or_the_crm_wrote_becomes_markup(
    cast: Cast, browser: Callable[[str], Client], chromium: Browser
) -> None:
    pages = _pages(cast, browser)
    script = re.search(rb'src="(/static/[0-9a-f]{12}/paceline/app\.js)"', pages["/admin/people/"][1])
    assert script is not None
    files = {script[1].decode(): b"".join(browser("rep").get(script[1].decode()))}
    pages["/mail"] = ("text/html; charset=utf-8", as_html(_mail()).encode())
    found, shown = _opened(chromium, pages, files)
    assert not found, "\n".join(found)
    wanted = {f"/admin/{one}/" for one in (
        "team", "today", "people", "alerts", "alerts/poisoned", "goals", "forecast", "drivers", "ramp", "decide", "accuracy",
        "leaderboard", "tv", "metrics", "metrics/meetings_held", "records/meetings_held", "data-health", "disputes", "users",
        "audit", "views", "coaching-time", "review/week/2026-06-22", f"reps/{cast.rep_id('rep')}", "you",
    )} | {f"/manager/one-on-ones/{cast.rep_id('rep')}/", f"/rep/reps/{cast.rep_id('rep')}/", "/mail"}  # fmt: skip
    assert not wanted - shown, f"the poison wasn't there to be seen on {sorted(wanted - shown)}"


def _mail() -> Message:
    """A message with the poison in every text."""
    line = Line(POISON, POISON, f"{SITE}/team/?{urlencode({'team': POISON})}", "worse")
    sections, buttons = (Section(POISON, (line,)),), (Button(POISON, f"{SITE}/"),)
    return Message("1", "digest", POISON, POISON, sections, buttons, POISON, f"{SITE}/stop", POISON)


def _opened(chromium: Browser, pages: Mapping[str, tuple[str, bytes]], files: Mapping[str, bytes]) -> tuple[list[str], set[str]]:
    """Each page in Chromium; gives what became markup or ran, and which pages show the poison at all."""
    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path in addresses:
            kind, body = pages[addresses[path]]
            route.fulfill(status=200, content_type=kind, body=body)
        elif path in files:
            route.fulfill(status=200, content_type="text/javascript", body=files[path])
        else:
            route.fulfill(status=404, body="")

    def told_by_a_dialog(dialog: Dialog) -> None:
        found.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    addresses = {f"/page/{number}": path for number, path in enumerate(pages)}
    found: list[str] = []
    shown: set[str] = set()
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("dialog", told_by_a_dialog)
    page.route("**/*", serve)
    for address, path in addresses.items():
        told = _seen(page, SITE + address)
        if told["elements"] or told["handlers"] or told["scripts"] or told["ran"] or told["worked_out"]:
            found.append(f"{path}: {told}")
        if told["seen"]:
            shown.add(path)
    context.close()
    return found, shown


def _seen(page: Page, address: str) -> dict[str, Any]:
    page.goto(address, wait_until="load")
    told: dict[str, Any] = page.evaluate(_LOOK)
    return told


def test_a_link_to_the_crm_is_of_the_web_and_an_id_stays_in_its_place() -> None:
    crm = {"opportunity": "https://crm.example.com/deals/{id}"}
    assert records.in_crm(crm, "opportunity_id", "\"><script>/../?#") == (
        "https://crm.example.com/deals/%22%3E%3Cscript%3E%2F..%2F%3F%23"
    )
    file = FOLDER / "paceline.toml"
    kept = file.read_text(encoding="utf-8")
    for wrong in ("javascript:alert({id})", "data:text/html,{id}", "https://{id}", "//evil.example/{id}"):
        file.write_text(f'[crm]\nopportunity = "{wrong}"\n', encoding="utf-8")
        try:
            with pytest.raises(BadConfigError, match="https address"):
                open_project(FOLDER)
        finally:
            file.write_text(kept, encoding="utf-8")
