"""Connecting files on their page: a guess to look over, a form that writes the mapping, what would be loaded, the load."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from paceline.project.running import Running
from tests.product.conftest import Cast

PAGE = "/settings/sources/away/"
DAYS = b"Calendar,Date,What\nZZ,2026-01-01,New year\nZZ,soon,Bad\nZZ,2026-12-25,Christmas\n"
CALLS = b"Call ID;Owner;Start time;Direction\nc1;r1;01/02/2026 10:00;Outgoing\nc2;r1;13/02/2026 10:00;Internal\n"
# As somebody wrote it by hand, with more in it than a form shows.
MAPPING = """# the days off of the works council
[[table]]
file = "days off.csv"
table = "holiday"
key = ["Calendar", "Date"]
columns = { calendar = "Calendar", day = "Date" }  # the name isn't read
where = { Calendar = ["ZZ"] }
"""


@pytest.fixture
def away(cast: Cast, browser: Callable[[str], Client], place: Running) -> Iterator[Client]:
    """An admin's browser; the source is gone after the test, and what was loaded from it, too."""
    assert cast["admin"].is_active
    yield browser("admin")
    _over()
    shutil.rmtree(place.project.folder / "sources", ignore_errors=True)


def _over() -> None:
    from concurrent.futures import wait

    from paceline.pages.set_up import work

    latest = work.latest()
    if latest is not None and latest.future is not None:
        wait([latest.future], 180)


class _Form(HTMLParser):
    """What the page's form would send, as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside, self._select, self._first = False, "", True
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "form":
            self._inside = of.get("id") == "connect"
        if not self._inside:
            return
        if tag == "select":
            self._select, self._first = of.get("name") or "", True
            self.sent.setdefault(self._select, []).append("")
        elif tag == "option" and (self._first or "selected" in of):
            self.sent[self._select][-1], self._first = of.get("value") or "", False
        elif tag == "input" and of.get("name") and (of.get("type") != "checkbox" or "checked" in of):
            self.sent.setdefault(of["name"] or "", []).append(of.get("value") or "")


def _upload(client: Client, name: str = "days off.csv", content: bytes = DAYS) -> str:
    client.post("/settings/sources/", {"source": "away", "files": SimpleUploadedFile(name, content)})
    return client.get(PAGE).content.decode()


def _send(client: Client, page: str, do: str = "save", **changed: object) -> Any:
    sent: dict[str, object] = {**_Form(page).sent, "do": do}
    return client.post(PAGE, {**sent, **{name.replace("__", "-"): value for name, value in changed.items()}})


def test_from_a_guess_to_loaded_rows_and_every_row_is_accounted_for(away: Client, place: Running) -> None:
    page = _upload(away)
    assert "a guess: look it over" in page
    assert ">Load<" not in page  # nothing is loaded that nobody has looked at
    _send(away, page)
    mapping = (place.project.folder / "sources" / "away" / "mapping.toml").read_text(encoding="utf-8")
    assert 'key = ["Calendar", "Date"]' in mapping
    answer = away.get(PAGE)
    checked = answer.context["checked"]
    assert (checked["read"], checked["accepted"], checked["rejected"]) == ("3", "2", "1")
    assert any(problem.value == "soon" for problem, _, _ in checked["problems"])
    (rows,) = checked["tables"]
    assert rows.rows[0][1:] == ("ZZ", "Jan 1, 2026", "New year")
    assert place.engine.query("SELECT 1 FROM rec_holiday WHERE calendar = 'ZZ'").num_rows == 0
    away.post(f"{PAGE}load/")
    _over()
    answer = away.get(PAGE)
    report = answer.context["report"]
    assert (report["read"], report["accepted"], report["rejected"]) == ("3", "2", "1")
    assert "What comes next" in answer.content.decode()
    names = place.engine.query("SELECT name FROM rec_holiday WHERE calendar = 'ZZ' ORDER BY name")["name"].to_pylist()
    assert names == ["Christmas", "New year"]


def test_another_record_is_looked_at_and_nothing_is_written(away: Client, place: Running) -> None:
    page = _upload(away)
    answer = _send(away, page, do="look", f0__0__table="absence")
    shown = answer.content.decode()
    assert "Still needs: person, from, until (the day after)" in shown
    answer = _send(away, shown)  # and now saved, though
    assert answer.status_code == 400
    assert "it still needs person, from, until (the day after)" in answer.content.decode()
    assert not (place.project.folder / "sources" / "away" / "mapping.toml").exists()


def test_a_record_chosen_without_script_is_looked_at_before_it_is_saved(away: Client, place: Running) -> None:
    page = _upload(away)
    answer = _send(away, page, f0__0__table="cost")
    assert answer.status_code == 200
    assert not (place.project.folder / "sources" / "away" / "mapping.toml").exists()


def test_what_a_hand_wrote_is_shown_and_stays(away: Client, place: Running) -> None:
    _upload(away)
    away.post(PAGE, {"mapping": '[[table]]\ntable = "holyday"\n'})
    assert away.get(PAGE).context["problems"]
    away.post(PAGE, {"mapping": MAPPING})
    page = away.get(PAGE).content.decode()
    assert "The mapping says more of it, which stays: where" in page
    _send(away, page)
    file = place.project.folder / "sources" / "away" / "mapping.toml"
    assert file.read_text(encoding="utf-8") == MAPPING
    _send(away, page, f0__0__c2="name")
    text = file.read_text(encoding="utf-8")
    assert "# the days off of the works council" in text
    assert 'columns = { calendar = "Calendar", day = "Date", name = "What"}  # the name isn\'t read' in text
    stale = _send(away, page, f0__0__c2="")
    assert stale.status_code == 302  # made for another mapping: not taken
    assert file.read_text(encoding="utf-8") == text
    _send(away, away.get(PAGE).content.decode(), f0__0__table="")
    assert file.read_text(encoding="utf-8").strip().endswith("read = false")


def test_words_dates_and_constants_are_chosen(away: Client, place: Running) -> None:
    page = _upload(away, "Calls.csv", CALLS)
    sent = _Form(page).sent
    assert sent["f0-0-d-started_at"] == ["%d/%m/%Y %H:%M"]  # the thirteenth is no month
    assert sent["f0-0-v-direction-0"] == ["outbound"]
    assert sent["f0-0-v-direction-1"] == ["-"]
    _send(away, page, f0__0__more="disposition", **{"f0__0__more-value": "connected"})
    text = (place.project.folder / "sources" / "away" / "mapping.toml").read_text(encoding="utf-8")
    words = ('Outgoing = "outbound"', 'Direction = ["Internal"]', 'disposition = "connected"')
    for line in (*words, 'started_at = "%d/%m/%Y %H:%M"'):
        assert line in text
    assert "Dateien" in away.get(PAGE, headers={"accept-language": "de"}).content.decode()


def test_large_files_are_checked_in_the_background(away: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.pages.set_up import checked

    monkeypatch.setattr(checked, "MOST_BYTES", 10)
    _send(away, _upload(away))
    _over()
    assert away.get(PAGE).context["checked"]["rejected"] == "1"
    _upload(away, content=DAYS + b"ZZ,never,Worse\n")  # what was found out is of other files now
    page = away.get(PAGE)
    assert "checked" not in page.context
    assert "checked in the background" in page.content.decode()
    away.post(PAGE, {"do": "check"})
    _over()
    assert away.get(PAGE).context["checked"]["rejected"] == "2"


def test_a_file_that_changes_while_it_is_loaded_is_not_taken_for_loaded(away: Client, place: Running) -> None:
    from paceline.pages.set_up.checked import is_loaded
    from paceline.project import bringing

    _send(away, _upload(away))
    one = bringing.source(place.project, "away")
    assert one is not None
    assert is_loaded(one, bringing.load_source(place.project, place.engine, one, lambda _: None))

    def changed_meanwhile(doing: str) -> None:
        if doing == "Merging records…":  # it has been read by then
            (one.folder / "days off.csv").write_bytes(DAYS)

    assert not is_loaded(one, bringing.load_source(place.project, place.engine, one, changed_meanwhile))
