"""The pages' pictures in the documentation, made from the demo in Chromium. ``make picture`` runs it.

``python -m tests.browser.pictures docs/pictures`` makes the demo of a fixed day, so that the same company comes out each time.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

UNTIL = date(2026, 8, 22)  # in the middle of a quarter: the forecast has something to say
LARGEST = 150_000  # bytes of a picture: what a page of documentation may cost
PATIENCE = 120.0  # seconds until a page that is being worked out must be there
_LOG_IN = re.compile(r"(\w+)@example\.com +(\S+)")
_ADDRESS = re.compile(r"http://[\d.:]+")


@dataclass(frozen=True)
class Picture:
    """A file's name, whose page, where (REP: the rep who has a log-in), and how it is looked at."""

    name: str
    role: str
    path: str
    width: int = 1200
    height: int = 760
    theme: str = "light"


PICTURES = (
    Picture("today", "manager", "/today/"),
    Picture("team", "manager", "/team/", width=1280, height=700),
    Picture("team-dark", "manager", "/team/", width=1280, height=700, theme="dark"),
    Picture("rep", "rep", "/reps/REP/"),
    Picture("one-on-one", "manager", "/one-on-ones/REP/", height=820),
    Picture("records", "manager", "/records/win_rate/?rep=REP&period=last_quarter"),
    Picture("forecast", "manager", "/forecast/", height=700),
    Picture("set-up", "admin", "/settings/"),
    Picture("phone", "manager", "/today/", width=390, height=844),
)


def draw(folder: Path) -> None:
    """Write each picture into the folder as PNG. Raises SystemExit without Chromium, or when a picture is too large."""
    if CHROMIUM is None:
        sys.exit("Chromium isn't installed (Debian: apt-get install chromium).")
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, _demo(Path(place)) as (address, password), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        draw_from(address, password, browser, folder)
        browser.close()


def draw_from(address: str, password: str, browser: Browser, folder: Path) -> None:
    """The pictures of a demo that is being served."""
    rep = ""
    for role in ("rep", "manager", "admin"):
        page = browser.new_page()
        _log_in(page, address, f"{role}@example.com", password)
        rep = rep or page.url.rstrip("/").rsplit("/", 1)[-1]
        state = page.context.storage_state()
        page.context.close()
        for one in (one for one in PICTURES if one.role == role):
            size = {"width": one.width, "height": one.height}
            context = browser.new_context(storage_state=state, color_scheme=one.theme, viewport=size)  # type: ignore[arg-type]
            _draw_one(context.new_page(), address + one.path.replace("REP", rep), folder / f"{one.name}.png")
            context.close()


def _log_in(page: Page, address: str, email: str, password: str) -> None:
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(address)
    page.fill("input[name=login]", email)
    page.fill("input[type=password]", password)
    page.click("button.main")
    page.wait_for_url(lambda url: "log-in" not in url)
    page.goto(address)  # the greeting is read, and gone


def _draw_one(page: Page, address: str, file: Path) -> None:
    """A page as it is once nothing on it is being worked out any more."""
    until = time.monotonic() + PATIENCE
    page.set_default_timeout(PATIENCE * 1000)
    # Asked beside the page, because a page that is being worked out loads itself again at any moment.
    while "eing worked out" in page.request.get(address, timeout=PATIENCE * 1000).text():
        if time.monotonic() > until:
            sys.exit(f"{address} is still being worked out after {PATIENCE:.0f} s.")
        time.sleep(2)
    page.goto(address)
    page.screenshot(path=file)
    if file.stat().st_size > LARGEST:
        sys.exit(f"{file} has {file.stat().st_size:,} bytes, more than {LARGEST:,}.")


@contextmanager
def _demo(folder: Path) -> Iterator[tuple[str, str]]:
    """The demo, served: its address and the password of its log-ins."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "paceline.cli", "demo", "--folder", str(folder), "--until", str(UNTIL), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    address = ""
    try:
        for line in process.stdout:
            address = found[0] if (found := _ADDRESS.search(line)) else address
            if address and (words := _LOG_IN.search(line)):
                yield address, words[2]
                return
        sys.exit("The demo didn't start.")
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
