"""Every data page in Chromium: nobody is kept out, nothing scrolls sideways, a keyboard is enough, no script is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.conftest import ANY_PAGE, Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]
WIDTHS = (1280, 768, 320)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = (
    "/today/", "/alerts/", "/alerts/?state=snoozed", "/alerts/?state=all", "/team/", "/team/?period=this_week&vs=before",
    "/team/?team=Nobody", "/people/", "/reps/REP/", "/metrics/", "/metrics/meetings_held/",
    "/metrics/win_rate/?rep=REP&period=last_quarter", "/records/meetings_held/?rep=REP", "/records/forecast_accuracy/",
    "/one-on-ones/", "/one-on-ones/REP/", "/coaching-time/", "/goals/", "/goals/set/", "/goals/propose/",
    "/goals/recommended/?metric=meetings_held", "/goals/plan/?target=100000", "/forecast/", "/forecast/changes/",
    "/drivers/?rep=REP",
    "/ramp/", "/decide/", "/decide/?by=strategy", "/accuracy/", "/leaderboard/", "/tv/?still=1", "/views/", "/data-health/",
    "/data-health/restated/", "/disputes/", "/review/week/2026-06-22/", "/messages/", "/notice/", "/you/",
)  # fmt: skip
ADMIN_PAGES = (
    "/settings/", "/settings/company/", "/settings/limits/", "/settings/pages/", "/settings/crm/", "/settings/stages/",
    "/settings/own-metrics/", "/settings/sources/", "/settings/sources/crm/", "/work/", "/users/", "/audit/", "/disputes/",
    "/data-health/", "/data-health/totals/",
)  # fmt: skip
EVERY = (("manager", PAGES), ("admin", ADMIN_PAGES))
NARROW = 320
_COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # of axe's rules those that see colours

_SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, input:not([type=hidden]), summary')]
  .filter(e => e.offsetParent !== null && !e.closest('.skip, p, li > .soft, dd') && getComputedStyle(e).display !== 'inline')
  .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90)])
  .filter(([r]) => r.width > 0 && (r.height < 23.5 || r.width < 23.5)).map(([r, html]) => `${r.width}x${r.height} ${html}`)"""
_SMALL_TEXT = """() => [...document.querySelectorAll('svg text')].filter(e => e.getBoundingClientRect().width > 0)
  .map(e => parseFloat(getComputedStyle(e).fontSize) * (e.getCTM()?.d ?? 1)).filter(size => size < 11)"""
_OUTSIDE = """() => [...document.querySelectorAll('svg.chart text')].map(e => e.getBoundingClientRect())
  .filter(r => r.width > 0 && (r.left < -1 || r.right > innerWidth + 1)).length"""


def pages(served: Served, paths: tuple[str, ...] = PAGES) -> list[str]:
    return [path.replace("REP", served.rep) for path in paths]


def _kept_picture(page: Page, name: str) -> None:
    """A picture of the page, where someone asked for them."""
    if folder := os.environ.get("PACELINE_PICTURES"):
        safe = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-")
        page.screenshot(path=Path(folder) / f"{safe}.png", full_page=True)


@dataclass
class Seen:
    """What was found wrong with a role's pages."""

    by_axe: list[str] = field(default_factory=list)
    layout: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # by the browser, of broken policies and failed scripts


Look = Callable[[str], Seen]


@pytest.fixture(scope="module")
def look(served: Served, chromium: Browser, states: dict[str, Any]) -> Look:
    """Looks at all pages of a role. Tests share the look: each page is opened once, and turned to each theme and width."""
    found: dict[str, Seen] = {}

    def looked(role: str) -> Seen:
        if role not in found:
            context = chromium.new_context(storage_state=states[role], viewport={"width": WIDTHS[0], "height": 900})
            context.set_default_timeout(ANY_PAGE)
            found[role] = _looked_at(context.new_page(), served, role)
            context.close()
        return found[role]

    return looked


def _looked_at(page: Page, served: Served, role: str) -> Seen:
    seen, said = Seen(), list[str]()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in pages(served, dict(EVERY)[role]):
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.emulate_media(color_scheme="light")
        answer = page.goto(served.address + path)
        assert answer is not None
        assert answer.status == 200, path
        seen.said += [f"{path}: {text}" for text in said]
        _look_at(page, path, role, seen)
        said.clear()  # what axe makes the browser say is not the page's
    return seen


def _look_at(page: Page, path: str, role: str, seen: Seen) -> None:
    """The open page in each theme on each width. A theme is the style sheet's alone: in the dark axe looks at colours."""
    page.evaluate(AXE_SCRIPT)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if theme == THEMES[0]:
                seen.layout += [f"{path}: {wrong}" for wrong in _wrong_layout(page, width)]
            rules = {} if theme == THEMES[0] else {"runOnly": {"type": "rule", "values": _COLOUR_RULES}}
            results = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **rules})
            seen.by_axe += [
                f"{path} {theme} {width} {broken['id']}: {broken['help']}: {node['html'][:160]} {node['failureSummary'][:200]}"
                for broken in results["violations"]
                for node in broken["nodes"][:3]
            ]
            _kept_picture(page, f"{role}-{path}-{width}-{theme}")


def _wrong_layout(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    wrong = [f"{wide} px wide on {width}"] if wide > width else []
    if width == NARROW:
        wrong += [f"small target {target}" for target in page.evaluate(_SMALL_TARGETS)]
        wrong += [f"chart text of {size} px" for size in page.evaluate(_SMALL_TEXT)]
        wrong += [f"{outside} chart texts outside"] if (outside := page.evaluate(_OUTSIDE)) else []
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("role", dict(EVERY))
def test_axe_finds_nothing(look: Look, role: str) -> None:
    """On every width in every theme."""
    found = look(role).by_axe
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("role", dict(EVERY))
def test_nothing_scrolls_sideways_and_nothing_is_too_small_on_a_phone(look: Look, role: str) -> None:
    wrong = look(role).layout
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("role", dict(EVERY))
def test_the_pages_policy_is_never_broken_and_no_script_fails(look: Look, role: str) -> None:
    assert not look(role).said


def test_the_grid_is_one_tab_stop_and_arrow_keys_move_in_it(open_page: Open) -> None:
    page = open_page("/team/?role=AE")
    stops = page.evaluate(
        "[...document.querySelectorAll('table[data-grid] :is(tbody, tfoot) a')].filter(a => a.tabIndex === 0).length"
    )
    assert stops == page.locator("table[data-grid]").count()
    reached = "e => e.tabIndex === 0 && e.offsetParent !== null"
    assert page.evaluate(f"[...document.querySelectorAll('a, button, input, select, summary')].filter({reached}).length") < 60
    first = page.locator("table[data-grid] tbody a").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("[document.activeElement.closest('tr').rowIndex, document.activeElement.closest('td').cellIndex]")
    assert focused == [3, 1]
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/**")


def test_without_script_a_form_answers_and_a_definition_opens(open_page: Open) -> None:
    page = open_page("/team/", java_script_enabled=False)
    page.select_option("select[name=period]", "last_month")
    page.select_option("select[name=vs]", "before")
    page.click("form.ask button")
    page.wait_for_url("**period=last_month**")
    assert page.locator("td i").count() > 0
    page.locator("button.term").first.click()
    assert page.locator("[popover]").first.is_visible()


def test_from_a_number_to_the_rows_that_add_up_to_it(open_page: Open) -> None:
    """The team's cell, the records' heading, their sum and their count say the same."""
    page = open_page("/team/?period=last_quarter&role=AE")
    cell = page.locator('td[data-name="Meetings held"] a').first
    shown = cell.inner_text().strip()
    cell.click()
    page.wait_for_url("**/records/meetings_held/**")
    assert page.locator(".big").first.inner_text() == shown
    assert f"add up to {shown}" in page.locator("main").inner_text()
    assert page.locator("tbody tr").count() == int(shown)


def test_a_dash_tells_its_reason_to_a_keyboard(open_page: Open) -> None:
    page = open_page("/reps/REP/".replace("REP", _rep_of(open_page)))
    dash = page.locator("a.because").first
    dash.focus()
    content = dash.evaluate("e => getComputedStyle(e, '::after').content")
    assert content.startswith('"none, because')
    assert "none, because" in dash.inner_text()


def _rep_of(open_page: Open) -> str:
    page = open_page("/team/?role=AE")
    href = page.locator("tbody th a").first.get_attribute("href") or ""
    return href.split("/reps/")[1].split("/")[0]


def test_a_reps_log_in_opens_her_own_page_and_nobody_elses(open_page: Open, served: Served) -> None:
    page = open_page("/", role="rep")
    assert page.url.startswith(f"{served.address}/reps/{served.rep}/")
    assert page.locator("nav a", has_text="Team").count() == 0
    answer = page.goto(served.address + "/team/")
    assert answer is not None
    assert answer.status == 404


def test_back_and_forth_a_page_is_its_address(open_page: Open, served: Served) -> None:
    page = open_page("/team/")
    page.goto(served.address + "/team/?period=last_month&vs=year")
    before = page.locator("table").first.inner_text()
    page.locator("tbody th a").first.click()
    page.go_back()
    assert page.locator("table").first.inner_text() == before
    assert page.locator("select[name=vs]").input_value() == "year"


def test_a_page_is_light(open_page: Open, served: Served) -> None:
    """Everything that the team page loads at a first visit: three requests, 50 kB."""
    page = open_page("/people/")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0)) or len(answer.body())))
    client = page.context.new_cdp_session(page)
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(served.address + "/team/")
    page.wait_for_load_state("networkidle")
    assert len(sizes) <= 3
    assert sum(sizes) < 50_000


def test_forced_colours_keep_charts_visible(open_page: Open, served: Served) -> None:
    page = open_page(f"/metrics/meetings_held/?rep={served.rep}", forced_colors="active")
    line = page.locator(".chart .line").first.evaluate("e => getComputedStyle(e).stroke")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert line != ground


def test_on_a_phone_the_menu_opens_by_key_and_leaves_the_page_its_room(open_page: Open) -> None:
    page = open_page("/today/")
    menu, button = page.locator("#menu"), page.get_by_role("button", name="Menu", exact=True)
    assert menu.is_visible()
    assert button.is_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    assert menu.is_hidden()
    assert page.locator("main").evaluate("e => e.getBoundingClientRect().top") < 844 / 6
    button.focus()
    page.keyboard.press("Enter")
    assert menu.is_visible()
    page.keyboard.press("Escape")
    assert menu.is_hidden()
    page.keyboard.press("Enter")
    menu.get_by_role("link", name="Team", exact=True).click()
    page.wait_for_url("**/team/**")


def test_on_paper_there_is_the_page_and_no_menu(open_page: Open) -> None:
    page = open_page("/team/")
    page.emulate_media(media="print")
    assert not page.locator("header.side").is_visible()
    assert page.locator("table[data-grid]").first.is_visible()
