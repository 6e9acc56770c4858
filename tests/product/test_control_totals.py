"""A source's own totals: read with every fault told, kept, held against ours, explained where stored records can."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import sleep

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acme.company import SETTINGS, day, records
from paceline.metrics.store import Store
from paceline.pages.dashboards import written
from paceline.pages.dashboards.control import Deal, Group, Held, held
from paceline.project import control_totals as kept
from paceline.project.control_totals import AMOUNT, DEALS, Total
from paceline.project.loading import load_records
from paceline.project.running import Running
from paceline.sources.files.read import read_folder
from paceline.warehouse.engines import open_engine
from tests.product.conftest import Cast
from tests.product.test_api import program

FEBRUARY = date(2026, 2, 1)


# --- the file ---


def test_every_fault_of_a_file_is_told_and_the_rest_is_read() -> None:
    text = "month;measure;currency;value\n2026-02;won_deals;;41\n2026-13;won_dealz;usd;1,5\n2026-02;won_deals;USD;4\n"
    found, problems = kept.parsed(text, "control_totals.csv", "crm")
    assert found == (Total(FEBRUARY, "crm", DEALS, "", Decimal(41)),)
    assert [(one.line, one.field) for one in problems] == [
        (3, "month"), (3, "measure"), (3, "currency"), (3, "value"), (4, "currency")
    ]  # fmt: skip
    assert all(one.wrong and one.remedy for one in problems)
    _, (missing,) = kept.parsed("month,value\n2026-02,4\n", "control_totals.csv")
    assert "measure" in str(missing)


@pytest.mark.parametrize("line", [
    "0000-06,won_deals,3", "9999-12,won_deals,3", "\uff12026-06,won_deals,3", "2026-06,won_deals,1e400", "2026-06,won_amount,NaN",
])
def test_months_and_values_that_no_page_could_show_are_refused(line: str) -> None:
    found, problems = kept.parsed(f"month,measure,value\n{line}\n", "control_totals.csv")
    assert (found, len(problems)) == ((), 1)


def test_a_quotation_mark_that_is_never_closed_is_a_fault_of_the_file() -> None:
    found, (fault,) = kept.parsed('month,measure,value\n2026-06,won_deals,"' + "3\n" * 100_000, "control_totals.csv")
    assert (found, fault.line) == ((), 2)


def test_the_same_month_again_replaces_what_was_said(tmp_path: Path) -> None:
    first = Total(FEBRUARY, "crm", AMOUNT, "USD", Decimal("10.50"))
    kept.put(tmp_path, [first, Total(FEBRUARY, "crm", DEALS, "", Decimal(3))])
    kept.put(tmp_path, [Total(FEBRUARY, "crm", AMOUNT, "USD", Decimal(20))])
    assert [one.value for one in kept.totals(tmp_path)] == [Decimal(20), Decimal(3)]
    kept.put(tmp_path, (), [first])
    assert [one.measure for one in kept.totals(tmp_path)] == [DEALS]


def test_totals_are_told_to_the_cent() -> None:
    told = [written.money_exact(value, "USD") for value in (435580.21, 1_500_000.0, -0.4)]
    assert told == ["$435,580.21", "$1,500,000", "-$0.40"]


def test_what_two_admins_add_at_once_is_kept_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.totals

    def slowly(folder: Path) -> tuple[Total, ...]:
        found = before(folder)
        sleep(0.02)
        return found

    monkeypatch.setattr(kept, "totals", slowly)
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda source: kept.put(tmp_path, [Total(FEBRUARY, source, DEALS, "", Decimal(1))]), "abcd"))
    assert [one.source for one in before(tmp_path)] == ["a", "b", "c", "d"]


def test_among_loaded_files_it_is_taken_up_and_is_no_records(tmp_path: Path) -> None:
    project, folder = tmp_path / "project", tmp_path / "exports"
    project.mkdir()
    folder.mkdir()
    (folder / "control_totals.csv").write_text("month,measure,value\n2026-02,won_deals,3\n2026-02,won_deals,three\n")
    _, report = read_folder(folder)
    assert (report.files, report.problems) == ((), ())
    (fault,) = kept.taken_up(project, folder, "crm")
    assert (fault.line, fault.field) == (3, "value")
    assert kept.totals(project) == (Total(FEBRUARY, "crm", DEALS, "", Decimal(3)),)


# --- held against ours: acme's deals won in February 2026 are O1 (10,000 USD), O3 (8,000 EUR) and O8 (0 USD); O10 (99,999 USD) is
# --- deleted in its source, O11 (50,000 USD) a test


@pytest.fixture(scope="module")
def acme() -> Iterator[Store]:
    engine = open_engine(":memory:")
    load_records(engine, SETTINGS, records(), "crm", lambda _: None)
    yield Store(engine, SETTINGS, (day("2026-03-31") + 1) * 86_400 - 1)
    engine.close()


def one(acme: Store, measure: str, value: str, currency: str = "", source: str = "crm") -> Held:
    (found,) = held(acme, [Total(FEBRUARY, source, measure, currency, Decimal(value))], named=True)
    return found


def test_what_agrees_is_said_to_be_the_same(acme: Store) -> None:
    for measure, value, currency in ((DEALS, "3", ""), (AMOUNT, "10000", "USD"), (AMOUNT, "8000.00", "EUR")):
        found = one(acme, measure, value, currency)
        assert (float(found.difference), str(found.sentence)) == (0.0, "Both are the same.")
    assert one(acme, DEALS, "3", source="").difference == 0
    assert one(acme, DEALS, "3", source="another").ours == 0


def test_without_a_currency_all_deals_are_converted(acme: Store) -> None:
    with (Path(__file__).parents[2] / "acme" / "exchange_rate.csv").open(encoding="utf-8") as file:
        rates = [(row["from_day"], Decimal(row["rate"])) for row in csv.DictReader(file) if row["currency"] == "EUR"]
    rate = max(row for row in rates if row[0] <= "2026-02-09")[1]
    assert one(acme, AMOUNT, "1").ours == 10_000 + 8_000 * rate


def test_a_difference_is_explained_by_the_very_records_that_make_it(acme: Store) -> None:
    tests = one(acme, AMOUNT, "60000", "USD")
    assert (float(tests.ours), float(tests.difference)) == (10_000.0, 50_000.0)
    assert tests.sentence == "All of the difference: 1 deal marked as tests."
    assert {(group.fate, deal.id) for group in tests.groups for deal in group.deals} == {("deleted", "O10"), ("tests", "O11")}
    both = one(acme, AMOUNT, "159999", "USD")
    assert both.sentence == "All of the difference: 1 deal deleted in the source; 1 deal marked as tests."
    either = one(acme, DEALS, "4")
    assert str(either.sentence).startswith("Any of these would be all of the difference: ")
    missing = one(acme, AMOUNT, "12345", "USD")
    assert str(missing.sentence).startswith("Part of it may be: ")
    assert one(acme, AMOUNT, "0", "USD").sentence == "Exactly the amount of Northwind anvils, 10,000 USD, which is counted here."


def test_single_deals_are_named_only_where_everybodys_may_be_seen(acme: Store) -> None:
    (found,) = held(acme, [Total(FEBRUARY, "crm", AMOUNT, "USD", Decimal(0))], named=False)
    assert "Northwind" not in str(found.sentence)


def test_what_is_not_counted_has_its_own_amount_and_an_unknown_one_is_not_0(acme: Store) -> None:
    amounts = {group.fate: group.amount for group in one(acme, AMOUNT, "1").groups}
    assert (amounts["deleted"], amounts["tests"]) == (Decimal(99_999), Decimal(50_000))
    assert Group("deleted", (Deal("O1", "O1", None, "deleted"),), 1).amount is None


# --- the pages ---


@pytest.fixture
def folder(place: Running) -> Iterator[Path]:
    yield place.project.folder
    (place.project.folder / kept.FILE).unlink(missing_ok=True)


def test_an_admin_types_and_uploads_totals_and_everybody_who_leads_sees_them(
    folder: Path, cast: Cast, browser: Callable[[str], Client]
) -> None:
    at, admin = "/data-health/totals/", browser("admin")
    assert "Hold them against" in browser("manager").get("/data-health/").content.decode()
    typed = {"month": "2026-05", "source": "demo", "measure": "won_amount", "currency": "usd", "value": "1.5m"}
    wrong = admin.post(at, typed)
    assert (wrong.status_code, kept.totals(folder)) == (400, ())
    assert "812345.50" in wrong.content.decode()
    assert admin.post(at, typed | {"value": "1500000.00"}).status_code == 302
    file = SimpleUploadedFile("totals.csv", b"month,measure,value\n2026-06,won_deals,0\n")
    assert admin.post(at, {"file": file}).status_code == 302
    assert [(str(one.month), one.currency, float(one.value)) for one in kept.totals(folder)] == [
        ("2026-06-01", "", 0.0), ("2026-05-01", "USD", 1_500_000.0)
    ]  # fmt: skip

    manager = browser("manager")
    page = manager.get(at)
    assert page.status_code == 200
    assert "$1,500,000" in page.content.decode()
    assert "Add one" not in page.content.decode()
    assert '<ul class="rows">' in admin.get(at).content.decode()  # the deals themselves, of whoever they are
    assert '<ul class="rows">' not in page.content.decode()
    assert manager.post(at, typed).status_code == 404
    assert "May 2026" in manager.get("/data-health/").content.decode()
    told = program(cast, "manager").get("/api/v1/data-health").json()["control_totals"]
    assert [(one["month"], one["measure"], one["theirs"]) for one in told] == [
        ("2026-06-01", "won_deals", 0.0), ("2026-05-01", "won_amount", 1_500_000.0)
    ]  # fmt: skip
    assert all(one["difference"] == round(one["theirs"] - one["ours"], 2) for one in told)

    rows = [line for line in manager.get("/data-health/totals.csv").content.decode("utf-8-sig").splitlines() if line[:1] != "#"]
    assert rows[0] == "source,month,measure,currency,theirs,ours,difference,why"
    assert [row.split(",")[:5] for row in rows[1:]] == [
        ["", "2026-06-01", "won_deals", "", "0.0"], ["demo", "2026-05-01", "won_amount", "USD", "1500000.0"]
    ]  # fmt: skip

    assert admin.post(at, {"gone": "2026-06-01||won_deals|"}).status_code == 302
    assert [one.measure for one in kept.totals(folder)] == [AMOUNT]
