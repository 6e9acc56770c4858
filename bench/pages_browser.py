"""What a page costs the browser: requests, bytes, processor time, how much of the layout moves after it was first drawn."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.visitor import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

VISITS = 5
_MOVED = """() => new Promise(done => { let moved = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(moved), 300) })"""


@dataclass(frozen=True)
class Drawn:
    """A page in the browser: ``cpu`` and ``least`` (the quickest visit's) are milliseconds, ``moved`` the layout's shift."""

    path: str
    requests: int
    kilobytes: float
    cpu: float
    least: float
    moved: float


def look(address: str, user: str, paths: Sequence[str]) -> list[Drawn]:
    """Pages in Chromium, nothing kept from an earlier visit. None where there is no Chromium."""
    program = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if program is None:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        drawn = [_drawn(path, [_visit(browser, address, user, path) for _ in range(VISITS)]) for path in paths]
        browser.close()
    return drawn


def _drawn(path: str, seen: Sequence[dict[str, Any]]) -> Drawn:
    cpu = [one["cpu"] for one in seen]
    return Drawn(
        path, max(one["requests"] for one in seen), median(one["bytes"] for one in seen) / 1000, median(cpu), min(cpu),
        max(one["moved"] for one in seen),
    )  # fmt: skip


def _visit(browser: Browser, address: str, user: str, path: str) -> dict[str, Any]:
    """One visit by somebody who is logged in and has nothing of the site in the cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/log-in/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_url(lambda url: "/log-in/" not in url)
    page.goto("about:blank")
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})  # only what this page's thread worked
    wire.send("Performance.enable")
    asked: set[str] = set()  # what is written into the page itself (data: addresses) is no request
    loaded: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.add("" if _is_inside(event) else event["requestId"]))
    wire.on("Network.loadingFinished", lambda event: loaded.update({event["requestId"]: event["encodedDataLength"]}))
    before = _worked(wire)
    page.goto(address + path, wait_until="load")
    moved = page.evaluate(_MOVED)
    sizes = [size for one, size in loaded.items() if one in asked]
    seen = {"cpu": (_worked(wire) - before) * 1000, "requests": len(sizes), "bytes": sum(sizes), "moved": moved}
    context.close()
    return seen


def _is_inside(event: dict[str, Any]) -> bool:
    url: str = event["request"]["url"]
    return url.startswith("data:")


def _worked(wire: CDPSession) -> float:
    """Seconds that the page's thread has worked."""
    told = {one["name"]: one["value"] for one in wire.send("Performance.getMetrics")["metrics"]}
    return float(told["TaskDuration"])
