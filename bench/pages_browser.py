"""What a page costs the browser: requests, bytes, processor time, how much of the layout moves after it was first drawn."""

from __future__ import annotations

import shutil
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


def look(address: str, user: str, paths: list[str]) -> None:
    """A line a page, in Chromium, nothing kept from an earlier visit. Says so where there is no Chromium."""
    program = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if program is None:
        print("No Chromium here: what pages cost the browser was not measured.")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        print(f"{'page in Chromium':40} {'requests':>9} {'kB':>7} {'CPU ms':>7} {'least':>6} {'moved':>6}")
        for path in paths:
            seen = [_visit(browser, address, user, path) for _ in range(VISITS)]
            cpu = [one["cpu"] for one in seen]
            print(
                f"{path:40} {max(one['requests'] for one in seen):9} {median(one['bytes'] for one in seen) / 1000:7.1f} "
                f"{median(cpu):7.0f} {min(cpu):6.0f} {max(one['moved'] for one in seen):6.3f}"
            )
        browser.close()


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
    loaded: list[float] = []
    wire.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    before = _worked(wire)
    page.goto(address + path, wait_until="load")
    moved = page.evaluate(_MOVED)
    seen = {"cpu": (_worked(wire) - before) * 1000, "requests": len(loaded), "bytes": sum(loaded), "moved": moved}
    context.close()
    return seen


def _worked(wire: CDPSession) -> float:
    """Seconds that the page's thread has worked."""
    told = {one["name"]: one["value"] for one in wire.send("Performance.getMetrics")["metrics"]}
    return float(told["TaskDuration"])
