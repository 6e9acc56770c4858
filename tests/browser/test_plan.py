"""The pages that look ahead, in Chromium: a goal is set and seen, nothing is kept from anybody, a phone is wide enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Served
from tests.browser.test_pages import _OUTSIDE, _SMALL_TARGETS, _SMALL_TEXT, NARROW, _kept_picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
PAGES = (
    "/goals/", "/goals/set/", "/goals/propose/", "/goals/recommended/?metric=meetings_held", "/goals/plan/?target=100000",
    "/ramp/", "/decide/", "/decide/?by=strategy", "/accuracy/", "/drivers/?rep=REP", "/views/", "/team/", "/reps/REP/",
)  # fmt: skip


def ready(page: Page, address: str) -> Page:
    """The page, once it is worked out."""
    page.goto(address)
    for _ in range(200):
        if "Being worked out" not in page.title():
            return page
        page.wait_for_timeout(300)
    raise AssertionError(f"{address} is never worked out")


def pages(served: Served) -> list[str]:
    return [served.address + path.replace("REP", served.rep) for path in PAGES]


def test_a_goal_set_by_the_manager_is_seen_by_the_rep_within_two_clicks(open_page: Open, served: Served) -> None:
    page = open_page("/people/")
    ready(page, served.address + "/goals/")
    page.click("text=Set a goal")
    page.select_option("select[name=metric]", "meetings_held")
    page.select_option("select[name=whose]", f"rep:{served.rep}")
    page.select_option("select[name=period]", "2026-Q2")
    page.fill("input[name=target]", "37")
    page.uncheck("input[name=prorate]")
    page.check("input[name=replace]")
    page.fill("input[name=reason]", "the last weeks of the quarter")
    page.click("text=Show what each would have")
    assert page.locator("section[aria-labelledby=parts] td").first.inner_text() == "37"
    page.click("text=Set it so")
    page.wait_for_url("**/goals/**")
    assert "1 goal is set." in page.locator("[role=status]").first.inner_text()

    own = open_page("/", role="rep")
    own.click("text=All goals")  # the first click; the second would open what it takes
    for _ in range(200):
        if "Being worked out" not in own.title():
            break
        own.wait_for_timeout(300)
    row = own.locator("section", has=own.locator("h2", has_text="Meetings held")).locator("tbody tr").first
    assert "37" in row.inner_text()


def test_a_view_is_saved_by_the_keyboard_and_opens_the_same_state(open_page: Open, served: Served) -> None:
    page = open_page("/team/?period=last_quarter&vs=before")
    page.locator("details.views summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Quarter against the one before")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "period=last_quarter" in page.url
    page.goto(served.address + "/views/")
    page.click("text=Quarter against the one before")
    assert "vs=before" in page.url
    page.goto(served.address + "/views/")
    page.click("button:has-text('Delete')")
    assert "Quarter against" not in page.locator("main").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_that_look_ahead(open_page: Open, served: Served, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    page = open_page("/people/", theme=theme)
    for address in pages(served):
        ready(page, address)
        for width in (1280, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            results: dict[str, Any] = axe.run(page).response
            found += [
                f"{address} {width} {broken['id']}: {broken['help']}: {node['html'][:160]} {node['failureSummary'][:200]}"
                for broken in results["violations"]
                for node in broken["nodes"][:3]
            ]
            _kept_picture(page, f"{address.removeprefix(served.address)}-{width}-{theme}")
    assert not found, "\n".join(found)


def test_a_phone_is_wide_enough_for_the_pages_that_look_ahead(open_page: Open, served: Served) -> None:
    page = open_page("/people/", width=NARROW)
    wrong, said = [], []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for address in pages(served):
        ready(page, address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"{address}: {wide} px wide"] if wide > NARROW else []
        wrong += [f"{address}: small target {target}" for target in page.evaluate(_SMALL_TARGETS)]
        wrong += [f"{address}: chart text of {size} px" for size in page.evaluate(_SMALL_TEXT)]
        wrong += [f"{address}: {outside} chart texts outside"] if (outside := page.evaluate(_OUTSIDE)) else []
    assert not wrong + said, "\n".join(wrong + said)
