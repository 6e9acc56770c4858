"""Set-up in Chromium: the admin's jobs from the first link to a previewed metric; a dispute until the number has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import FIRST_PAGE, ROOT, Served
from tests.browser.serving import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]
METRIC = """[metric.large]
name = "Large deals"
meaning = "Won deals of 100 and more."
numerator = { count = "outcome", where = { won = true, owner = true, amount_cents = { ">=" = 10000 } }, words = "large deals" }
"""
# As Salesforce exports them. "Closed" could mean either; one amount is none.
FILES = {
    "User.csv": "Id,Name,Email,Title,Department\nr1,Ada Byron,ada@us.example,AE,North\n",
    "Opportunity.csv": "Id,IsDeleted,Name,OwnerId,CreatedDate,StageName,Amount,CloseDate\n"
                       "o1,false,Mill,r1,2026-05-02T09:00:00.000Z,Closed,250.0,2026-05-20\n"
                       "o2,false,Loom,r1,2026-05-03T09:00:00.000Z,Closed,abc,2026-05-21\n"
                       "o3,false,Reel,r1,2026-05-04T09:00:00.000Z,Lost,90.0,2026-05-22\n"
                       "o4,false,Belt,r1,2026-05-05T09:00:00.000Z,New,90.0,2026-09-22\n",
}  # fmt: skip


def _kept_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PACELINE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[str]:
    """A server over a new folder, and the link that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "paceline.cli", "serve", str(tmp_path / "new"), "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
    )  # fmt: skip
    assert process.stderr is not None
    link = next((line.strip() for line in process.stderr if "/set-up/" in line), "")
    try:
        yield link
    finally:
        process.terminate()
        process.wait(90)  # what runs in the background is let end


@pytest.mark.slow
def test_from_the_first_link_to_a_previewed_metric_of_ones_own(begun: str, chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.set_default_timeout(FIRST_PAGE)  # the first start makes every table
    page.goto(begun)
    page.fill("[name=company--name]", "Acme")
    page.select_option("[name=company--currency]", "EUR")
    page.fill("[name=sales--own_domains]", "us.example")
    page.fill("[name=name]", "Ada Admin")
    page.fill("[name=email]", "ada@us.example")
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/settings/")
    site = begun.split("/set-up/")[0]
    page.goto(site + "/settings/")
    assert "Acme · EUR" in page.locator("main").inner_text()

    files = []
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        files.append(tmp_path / name)
    page.goto(site + "/settings/sources/")
    page.set_input_files("[name=files]", files)
    page.click("text=Upload and preview")
    page.wait_for_url("**/settings/sources/files/")
    _kept_picture(page, "set-up-connect")
    page.select_option("[aria-label='What Name becomes'] >> nth=0", "")  # deals are called by their id then
    page.select_option("[aria-label='Closed means']", "won")
    page.focus("#f0-add")
    page.locator("#f0-add").select_option("absence")
    page.wait_for_selector("text=Still needs: from")  # a record is looked at as soon as it is chosen
    assert page.evaluate("document.activeElement.id") == "f0-add"
    assert page.locator("[aria-label='Closed means']").input_value() == "won"
    page.locator("#f0-1-table").select_option("")
    page.wait_for_selector("#f0-1-table", state="detached")
    page.click(".actions button.main")
    page.wait_for_selector("text=9 rows read = 8 accepted + 1 rejected")
    assert "Nothing is loaded yet" in page.locator("main").inner_text()
    page.click(".actions button.main")
    page.wait_for_selector("text=What comes next")
    assert "9 rows read = 8 accepted + 1 rejected" in page.locator("main").inner_text()
    assert "abc" in page.locator("main").inner_text()
    _kept_picture(page, "set-up-source")

    page.click("main >> text=Stages and roles")
    page.wait_for_selector("[name=accepted-0]")
    assert page.locator("[name=outcome-1]").input_value() == "won"
    page.check("[name=accepted-0]")
    page.click("button.main")
    page.wait_for_selector("text=changed here")
    _kept_picture(page, "set-up-stages")

    page.goto(site + "/settings/own-metrics/")
    page.fill("[name=text]", METRIC.replace("won =", "wn ="))
    page.click("text=Preview")
    page.wait_for_selector("text=did you mean 'won'?")
    page.fill("[name=text]", METRIC)
    page.click("button:has-text('Preview')")
    page.wait_for_selector("text=Large deals of the company")
    assert "count(outcome) where won and owner and amount_cents >= 10000" in page.locator("main").inner_text()
    _kept_picture(page, "set-up-metric")
    page.context.close()


@pytest.mark.slow
def test_a_dispute_from_the_reps_page_to_the_changed_number(open_page: Open, served: Served) -> None:
    records = f"/records/meetings_held/?rep={served.rep}&period=last_quarter"
    page = open_page(records, role="rep")
    before = int(page.locator(".big").first.inner_text())
    page.locator("td a", has_text="Dispute").first.click()
    page.fill("#reason", "a private appointment")
    page.click("button.main")
    page.wait_for_url("**/disputes/")
    admin = open_page("/disputes/", role="admin")
    _kept_picture(admin, "disputes")
    admin.click("text=Accept: leave it out")
    admin.locator("button:has-text('Undo: count it again')").first.wait_for()
    for _ in range(60):
        page.goto(served.address + records)
        if page.locator("#out").count():
            break
        page.wait_for_timeout(1000)
    assert int(page.locator(".big").first.inner_text()) == before - 1
    assert "a private appointment" in page.locator("main").inner_text()
    _kept_picture(page, "records-left-out")
    admin = open_page("/disputes/", role="admin")  # anew: the other one loads itself again while numbers follow
    admin.click("text=Undo: count it again")
    for _ in range(60):
        page.goto(served.address + records)
        if not page.locator("#out").count():
            break
        page.wait_for_timeout(1000)
    assert int(page.locator(".big").first.inner_text()) == before
