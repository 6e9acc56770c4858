"""A 1:1 as the two hold it: from a card on Today to what is agreed; what the rep sees of it, and that nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Served
from tests.browser.test_pages import _kept_picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
SHARED, PRIVATE = "We go through her first meetings together", "Ask again how she is"


@pytest.mark.slow
def test_from_a_card_to_an_action_in_three_clicks(open_page: Open, served: Served) -> None:
    page = open_page("/today/")
    button = page.locator(f"form[action='/one-on-ones/{served.rep}/add/'] button", has_text="Add to 1:1").first
    if button.count() == 0:  # nothing has changed for this rep: any other will do
        button = page.locator("form[action$='/add/'] button", has_text="Add to 1:1").first
    button.click()  # 1
    page.click("a.pill:has-text('On the agenda')")  # 2
    page.wait_for_url("**/one-on-ones/**")
    text = " ".join(page.locator("#id_text").input_value().split())
    assert text
    page.click("button:has-text('Save what is agreed')")  # 3: nothing was typed
    page.wait_for_selector("[role=status]")
    assert text in page.locator("section:has(#agree)").inner_text()


@pytest.mark.slow
def test_a_manager_holds_it_and_the_rep_reads_what_is_shared(open_page: Open, served: Served) -> None:
    here = f"/one-on-ones/{served.rep}/"
    page = open_page(here)
    page.fill("#point", "The holidays in August")
    page.click("form[action$='/add/'] button")
    page.fill("#shared", SHARED)
    page.fill("#private", PRIVATE)
    page.click("button:has-text('Save notes')")
    page.click("button:has-text('Start')")
    page.wait_for_selector("section.on")
    page.locator("li", has_text="The holidays in August").locator("button.box").click()
    page.fill("#id_text", "Two demos a week together")
    page.select_option("#id_metric", "meetings_held")
    page.fill("#id_target", "6")
    page.click("button:has-text('Save what is agreed')")
    _kept_picture(page, "one-on-one-held")
    page.fill("#minutes", "25")
    page.click("button:has-text('Finish')")
    page.wait_for_url("**/one-on-ones/*-*-*-*/")
    past = page.url.removeprefix(served.address)
    assert PRIVATE in page.locator("#private").input_value()
    _kept_picture(page, "one-on-one-past")

    hers = open_page(past, role="rep")
    words = hers.locator("main").inner_text()
    for told in (SHARED, "The holidays in August", "Two demos a week together", "25 min"):
        assert told in words
    assert PRIVATE not in hers.content()
    hers.goto(served.address + here)
    assert "Two demos a week together" in hers.locator("section:has(#since)").inner_text()

    other = open_page("/people/", role="admin")
    for path in (past, here, f"{here}one-pager.pdf", "/one-on-ones/"):
        answer = other.goto(served.address + path)
        assert answer is not None
        assert answer.status == 404, path


@pytest.mark.slow
def test_a_rep_asks_and_the_manager_answers_by_keyboard_without_script(open_page: Open, served: Served) -> None:
    here = f"/one-on-ones/{served.rep}/"
    page = open_page(here, role="rep", java_script_enabled=False)
    page.select_option("#kind", "goal")
    page.focus("#wish")
    page.keyboard.type("A goal for renewals")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=A goal for renewals")
    answering = open_page("/one-on-ones/", java_script_enabled=False)
    form = answering.locator("li", has_text="A goal for renewals")
    form.locator("input[name=answer]").focus()
    answering.keyboard.type("Yes, from July on")
    answering.keyboard.press("Tab")
    answering.keyboard.press("Enter")
    answering.wait_for_selector("[role=status]")
    page.goto(served.address + here)
    assert "Yes, from July on" in page.locator("section:has(#asked)").inner_text()
