"""The pages that look ahead, in Chromium: a goal is set and seen, a view is kept. ``test_pages`` looks at all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.conftest import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def ready(page: Page, address: str) -> Page:
    """The page, once it is worked out."""
    page.goto(address)
    for _ in range(200):
        if "Being worked out" not in page.title():
            return page
        page.wait_for_timeout(300)
    raise AssertionError(f"{address} is never worked out")


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
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "period=last_quarter" in page.url
    page.goto(served.address + "/views/")
    with page.expect_navigation():
        page.click("text=Quarter against the one before")
    assert "vs=before" in page.url
    page.goto(served.address + "/views/")
    with page.expect_navigation():
        page.click("button:has-text('Delete')")
    assert "Quarter against" not in page.locator("main").inner_text()
