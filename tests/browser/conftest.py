"""Chromium, and a served company to look at. Without Chromium these tests are skipped, and say so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from paceline.project import FILE
from paceline.project.loading import load_records
from paceline.project.template import template
from paceline.simulation.company import simulate
from paceline.simulation.sizes import Size
from paceline.warehouse.engines import open_engine
from tests.browser.serving import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

UNTIL = date(2026, 6, 30)
NOW = int(datetime(2026, 6, 30, tzinfo=UTC).timestamp()) - 1
COMPANY = Size("browser", sellers=10, managers=2, months=9, pace=0.3)
ROOT = Path(__file__).parents[2]
# Milliseconds. The first pages after a start wait for what is worked out then, on a machine that may have other work, too.
FIRST_PAGE, ANY_PAGE = 240_000, 120_000
DEALS = "Deal ID,Deal name,Deal owner,Deal stage,Amount,Close date,,Note\n1,Mill,Ann Lee,Won,\"1.234\",03/04/2026,x,0\n"


@dataclass(frozen=True)
class Served:
    """A running server: its address, and the id of the rep who has a log-in."""

    address: str
    rep: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A made-up company behind the real server."""
    folder = tmp_path_factory.mktemp("served")
    company = simulate(COMPANY, 5, UNTIL)
    told = company.settings
    chosen = {("company", "name"): told.name, ("company", "currency"): told.currency, ("company", "time_zone"): told.time_zone,
              ("sales", "own_domains"): sorted(told.own_domains), ("pages", "leaderboard"): "named"}  # fmt: skip
    (folder / FILE).write_text(template({path: json.dumps(value) for path, value in chosen.items()}), encoding="utf-8")
    (folder / "sources" / "crm").mkdir(parents=True)  # files that nobody has connected yet
    (folder / "sources" / "crm" / "deals.csv").write_text(DEALS, encoding="utf-8")
    engine = open_engine(str(folder / "paceline.duckdb"))
    load_records(engine, company.settings, company.records, "demo", lambda _: None)
    engine.close()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.serving", str(folder), str(NOW)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline().split()
    try:
        assert len(line) == 2, "the server didn't start"
        yield Served(*line)
    finally:
        process.terminate()
        process.wait(10)


LogIn = Callable[..., "BrowserContext"]


@pytest.fixture(scope="session")
def states(served: Served, chromium: Browser) -> dict[str, Any]:
    """Each role's cookies, after a log-in through the form."""
    found: dict[str, Any] = {}
    for role in ("manager", "rep", "admin"):
        context = chromium.new_context()
        context.set_default_timeout(FIRST_PAGE)
        page = context.new_page()
        page.goto(served.address)
        page.fill("input[name=login]", f"{role}@example.com")
        page.fill("input[type=password]", PASSWORD)
        page.click("button.main")
        page.wait_for_url(lambda url: "log-in" not in url)
        page.goto(served.address + "/people/")  # the greeting is read, and gone
        found[role] = context.storage_state()
        context.close()
    return found


@pytest.fixture
def open_page(chromium: Browser, served: Served, states: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody: ``open_page(path, role, width=…, theme=…, **context options)``."""
    contexts: list[BrowserContext] = []

    def opened(path: str, role: str = "manager", width: int = 1280, theme: str = "light", **options: Any) -> Page:
        size = {"width": width, "height": 900}
        context = chromium.new_context(**{"storage_state": states[role], "color_scheme": theme, "viewport": size, **options})
        context.set_default_timeout(ANY_PAGE)
        contexts.append(context)
        page = context.new_page()
        answer = page.goto(served.address + path)
        assert answer is not None
        assert answer.status == 200, path
        return page

    yield opened
    for context in contexts:
        context.close()
