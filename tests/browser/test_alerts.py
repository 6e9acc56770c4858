"""Alerts and messages as a manager uses them, in Chromium: with script without a reload, and without script all the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
PAGES = ("/today/", "/alerts/", "/messages/", "/review/week/2026-06-22/")
_SNOOZE = "summary:has-text('Snooze')"


def _kept_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PACELINE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _today(open_page: Open, **options: object) -> Page:
    """Today, once the first look is done."""
    page = open_page("/today/", **options)
    for _ in range(120):
        if page.locator(_SNOOZE).count():
            return page
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail("no alert within a minute of the start")


def _card(page: Page) -> str:
    """The first card that one can snooze: its id."""
    found = page.locator("li.signal", has=page.locator(_SNOOZE)).first.get_attribute("id")
    assert found is not None
    return found


def test_snooze_no_issue_and_back_without_a_reload(open_page: Open, served: Served) -> None:
    page = _today(open_page)
    page.evaluate("window.stayed = true")
    first = _card(page)
    page.locator(f"#{first} {_SNOOZE}").click()
    page.locator(f"#{first} button:has-text('For a week')").click()
    page.locator(f"#{first}").wait_for(state="detached")
    assert "Snoozed until" in page.locator("[role=status]").inner_text()
    assert page.evaluate("window.stayed") is True  # htmx took the new page in; nothing was reloaded
    second = _card(page)
    page.locator(f"#{second} summary:has-text('Not an issue')").click()
    page.locator(f"#{second} input[name=reason]").fill("a project for marketing")
    page.keyboard.press("Enter")
    page.locator(f"#{second}").wait_for(state="detached")
    page.goto(served.address + "/alerts/?state=snoozed")
    page.locator(f"#{first} button:has-text('Take back')").click()
    page.locator(f"#{first}").wait_for(state="detached")
    page.goto(served.address + "/alerts/?state=dismissed")
    assert "a project for marketing" in page.locator(f"#{second}").inner_text()
    page.locator(f"#{second} button:has-text('Take back')").click()
    page.locator(f"#{second}").wait_for(state="detached")
    page.goto(served.address + "/today/")
    assert page.locator(f"#{first}").count() == 1


def test_one_click_puts_it_on_the_agenda(open_page: Open, served: Served) -> None:
    page = _today(open_page)
    card = page.locator("li.signal", has=page.locator("button:has-text('Add to 1:1')")).first
    card.locator("button:has-text('Add to 1:1')").click()
    page.locator("[role=status]").wait_for()
    assert "agenda" in page.locator("[role=status]").inner_text()
    assert page.url == served.address + "/today/"


def test_without_script_the_same_works(open_page: Open, served: Served) -> None:
    page = _today(open_page, java_script_enabled=False)
    first = _card(page)
    page.locator(f"#{first} {_SNOOZE}").click()
    page.locator(f"#{first} button:has-text('Until tomorrow')").click()
    assert page.url == served.address + "/today/"
    assert page.locator(f"#{first}").count() == 0
    page.goto(served.address + "/alerts/?state=snoozed")
    page.locator(f"#{first} button:has-text('Take back')").click()
    assert page.locator(f"#{first}").count() == 0


def test_what_one_is_told_is_chosen_and_kept(open_page: Open) -> None:
    page = open_page("/messages/")
    page.select_option("select[name=digest]", "")
    page.fill("input[name=time_zone]", "Europe/Berlin")
    page.click("button:has-text('Save')")
    page.locator(".message.success").wait_for()
    assert page.input_value("input[name=time_zone]") == "Europe/Berlin"
    assert page.input_value("select[name=digest]") == ""


@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page: Open, served: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    _today(open_page)
    for theme, width in (("light", 1280), ("dark", 320)):
        page = open_page("/people/", width=width, theme=theme)
        for path in PAGES:
            page.goto(served.address + path)
            for closed in page.locator("details.act").all()[:2]:
                closed.locator("summary").click()
            found += [f"{path} {theme} {broken['id']}: {broken['help']} {broken['nodes'][0]['html'][:160]}"
                      for broken in axe.run(page).response["violations"]]  # fmt: skip
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path}: {wide} px wide on {width}"] if wide > width else []
            _kept_picture(page, f"{path.strip('/').replace('/', '-')}-{width}-{theme}")
    assert not found, "\n".join(found)
