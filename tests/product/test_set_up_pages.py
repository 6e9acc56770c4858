"""The admin's pages: settings in ``paceline.toml``, maps of stages and roles, own metrics with their preview, files uploaded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import ChoiceField
from django.test import Client
from django.utils import translation

from paceline.project import FILE, keys
from paceline.project.bringing import BadFileError
from paceline.project.folder import OWN_METRICS
from paceline.project.running import Running
from paceline.saying.said import say
from tests.product.conftest import Cast

OWN = """[metric.big_calls]
name = "Big calls"
meaning = "Dials of a minute and more."
numerator = { count = "call", where = { outbound = true, seconds = { ">=" = 60 } }, words = "big calls" }
"""


@pytest.fixture
def as_it_was(place: Running) -> Iterator[None]:
    """Settings, own metrics and sources are as before after the test, and the numbers with them."""
    folder = place.project.folder
    before = (folder / FILE).read_text(encoding="utf-8")
    yield
    _over()
    (folder / FILE).write_text(before, encoding="utf-8")
    (folder / OWN_METRICS).unlink(missing_ok=True)
    for name in ("sources", "earlier-settings"):
        shutil.rmtree(folder / name, ignore_errors=True)
    place.reread()


@pytest.fixture
def admin(cast: Cast, browser: Callable[[str], Client]) -> Client:
    assert cast["admin"].is_active
    return browser("admin")


def _over() -> None:
    from concurrent.futures import wait

    from paceline.pages.set_up import work

    latest = work.latest()
    if latest is not None and latest.future is not None:
        wait([latest.future], 180)


def _form(client: Client, address: str) -> dict[str, object]:
    """What the page's own form would send."""
    answer = client.get(address)
    assert answer.status_code == 200
    form = answer.context["form"]
    told = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in told.items() if value not in (None, False)} | {
        name: "on" for name, value in told.items() if value is True}


@pytest.mark.usefixtures("as_it_was")
def test_a_setting_goes_into_the_file_with_its_comments_and_the_version_before_is_kept(admin: Client, place: Running) -> None:
    from paceline.access.models import AuditEntry

    file = place.project.folder / FILE
    before = file.read_text(encoding="utf-8")
    sent = _form(admin, "/settings/pages/") | {"pages--peers": ""}
    answer = admin.post("/settings/pages/", {k: v for k, v in sent.items() if v != ""}, follow=True)
    assert "No number has to be worked out anew" in answer.content.decode()
    after = file.read_text(encoding="utf-8")
    assert "\npeers = false\n" in after
    assert [line for line in after.splitlines() if line.startswith("# ")] == [
        line for line in before.splitlines() if line.startswith("# ") and line != "# peers = true"]
    assert not place.project.config.pages.peers
    (kept,) = (place.project.folder / "earlier-settings").iterdir()
    assert kept.read_text(encoding="utf-8") == before
    assert AuditEntry.objects.get(what="settings_changed").about == {"keys": "pages.peers"}


def test_all_errors_come_at_once_beside_their_fields_and_nothing_is_changed(admin: Client, place: Running) -> None:
    before = (place.project.folder / FILE).read_text(encoding="utf-8")
    wrong = {"company--currency": "euro", "company--time_zone": "Berlin", "work--start": "nine", "sales--own_domains": "a@b.c"}
    answer = admin.post("/settings/company/", _form(admin, "/settings/company/") | wrong)
    assert answer.status_code == 400
    form = answer.context["form"]
    assert set(form.errors) == set(wrong)
    assert "available choices" in str(form.errors["company--time_zone"])
    answer = admin.post("/settings/company/", _form(admin, "/settings/company/") | {"work--start": "19:00", "work--end": "18:00"})
    assert "work ends before it starts" in answer.content.decode()
    assert "line " in str(answer.context["form"].non_field_errors())
    assert (place.project.folder / FILE).read_text(encoding="utf-8") == before


@pytest.mark.usefixtures("as_it_was")
def test_links_to_the_crm_are_https_alone_and_stand_on_the_records(admin: Client, cast: Cast) -> None:
    address = "/settings/crm/"
    answer = admin.post(address, {"crm--opportunity": "javascript:alert({id})", "crm--meeting": "https://x.example/\"{id}"})
    assert set(answer.context["form"].errors) == {"crm--opportunity", "crm--meeting"}
    admin.post(address, {"crm--meeting": "https://crm.example.com/meetings/{id}"})
    page = admin.get(f"/records/meetings_held/?period=2026-Q2&rep={cast.rep_id('rep')}").content.decode()
    assert 'href="https://crm.example.com/meetings/' in page


@pytest.mark.usefixtures("as_it_was")
def test_a_stage_and_a_role_are_mapped_and_the_numbers_follow_and_come_back(admin: Client, place: Running) -> None:
    from paceline.pages.set_up.maps import stage_rows

    def won() -> int:
        return int(place.engine.query("SELECT count(*) AS n FROM fact_outcome WHERE won")["n"][0].as_py())

    before, rows = won(), stage_rows(place.project, place.engine)
    closed = next(row for row in rows if row.source.outcome == "won")
    number = rows.index(closed)
    answer = admin.get("/settings/stages/")
    sent = {f"{name}-{one['number']}": str(value) for one in answer.context["rows"] for name, value in one["fields"].items()}
    sent |= {f"outcome-{one['number']}": one["row"].now.outcome for one in answer.context["rows"]}
    sent |= {f"accepted-{one['number']}": "on" for one in answer.context["rows"] if one["accepted"]}
    sent |= {f"role-{number}": called for number, _, called, _, _ in answer.context["roles"]}
    written = answer.context["roles"][0][1]
    bad = admin.post("/settings/stages/", sent | {f"probability-{number}": "120", f"position-{number}": "x"})
    assert bad.status_code == 400
    assert {f"probability-{number}", f"position-{number}"} == set(bad.context["wrong"])
    admin.post("/settings/stages/", sent | {f"outcome-{number}": "lost", "role-0": "Closer"})
    _over()
    assert place.project.settings.stages[closed.id].outcome == "lost"
    assert place.project.settings.roles == {written: "Closer"}
    assert before > 0
    assert won() == 0
    assert "Closer" in {stint.role for stint in place.store.view().stints}
    admin.post("/settings/stages/", sent)
    _over()
    assert place.project.settings.stages == {}
    assert place.project.settings.roles == {}
    assert won() == before


@pytest.mark.usefixtures("as_it_was")
def test_an_own_metric_is_previewed_before_it_is_kept_and_all_faults_come_at_once(admin: Client, place: Running) -> None:
    wrong = OWN.replace("outbound", "outbund").replace("meaning", "meening")
    answer = admin.post("/settings/own-metrics/", {"text": wrong, "do": "save"})
    assert answer.status_code == 400
    page = answer.content.decode()
    for words in ("line 3", "line 4", "did you mean &#x27;outbound&#x27;?", "did you mean &#x27;meaning&#x27;?"):
        assert words in page
    assert not (place.project.folder / OWN_METRICS).exists()
    answer = admin.post("/settings/own-metrics/", {"text": OWN, "do": "preview"})
    (one,) = answer.context["tried"]
    assert one.formula == "count(call) where outbound and seconds >= 60"
    assert one.sentence.startswith("Big calls of the company in May 2026")
    teams = {team: int(value) for team, value in one.teams if value.isdigit()}
    assert teams
    assert not (place.project.folder / OWN_METRICS).exists()
    answer = admin.post("/settings/own-metrics/", {"text": OWN, "do": "save"}, follow=True)
    assert "the facts stay" in answer.content.decode()
    _over()
    assert "big_calls" in place.store.catalog
    assert admin.get("/metrics/big_calls/?period=last_month").status_code == 200
    admin.post("/settings/own-metrics/", {"text": "", "do": "save"})
    _over()
    assert "big_calls" not in place.store.catalog


def test_what_cant_be_uploaded_is_told_and_nothing_is_written(admin: Client, place: Running) -> None:
    for name, words in (("x.exe", "no kind that is read"), (".hidden.csv", "be a file"), ("", "at least one file")):
        files = {"files": SimpleUploadedFile(name, b"a\n1\n")} if name else {}
        answer = admin.post("/settings/sources/", {"source": "bad", **files})
        assert answer.status_code == 400, name
        assert words in answer.content.decode()
    assert not (place.project.folder / "sources" / "bad").exists()
    assert admin.get("/settings/sources/..%2f..%2fetc/").status_code == 404


def test_the_first_page_tells_what_is_to_do(admin: Client) -> None:
    steps = {step.name: step.done for step in admin.get("/settings/").context["steps"]}
    assert steps["Company, calendar, money"]
    assert steps["Sources"]
    assert steps["Stages and roles"]


def test_the_monitor_is_told_and_a_stranger_isnt(cast: Cast, browser: Callable[[str], Client]) -> None:
    from paceline.people import keys

    browser("admin").get("/people/")
    text = Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    samples = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line and line[0] != "#"}
    assert samples['paceline_requests_total{view="people",method="GET",status="200"}'] >= 1
    assert samples['paceline_request_seconds_bucket{le="+Inf"}'] == samples["paceline_request_seconds_count"]
    assert samples['paceline_loads_total{source="demo"}'] >= 1
    assert samples["paceline_data_age_seconds"] >= 0
    assert cast.rep_id("rep") not in text
    away = Client(REMOTE_ADDR="203.0.113.9")
    assert away.get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    for name, status in (("admin", 200), ("rep", 404)):
        _, key = keys.make(cast[name], "monitor")
        assert away.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == status


@pytest.mark.parametrize("path", [("judgement", "false_alarms"), ("judgement", "false_praise"), ("company", "week_starts")])
def test_what_holds_now_is_what_a_list_of_choices_shows(path: tuple[str, str]) -> None:
    """Else a page that is saved for another field's sake would change this one, too."""
    from paceline.pages.set_up.fields import default_of, field_of

    key = keys.BY_PATH[path]
    now = default_of(key)
    for value in (now, float(now)) if isinstance(now, int) else (now,):
        field = field_of(key, value)
        assert isinstance(field, ChoiceField)
        assert field.valid_value(str(field.initial))
        assert field.clean(str(field.initial)) == value


def test_why_work_failed_is_told_in_the_readers_language() -> None:
    from paceline.pages.set_up.work import Work

    failed: Future[object] = Future()
    failed.set_exception(BadFileError(say("no file came")))
    one = Work("Loading", future=failed)
    with translation.override("de"):
        assert one.error == translation.gettext("no file came") != "no file came"
    assert one.error == "no file came"
