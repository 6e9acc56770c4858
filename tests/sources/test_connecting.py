"""Connecting another system's files: what is guessed of them; a form's choices are written as a hand would write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from paceline.sales.settings import Settings
from paceline.sources.connecting import seen as looking
from paceline.sources.connecting.feed import Feed, Plan, StageWord, missing, wanting
from paceline.sources.connecting.guess import currency_of
from paceline.sources.connecting.ids import ids_of, strangers
from paceline.sources.connecting.planned import By, Folder, planned, to_write
from paceline.sources.connecting.seen import seen
from paceline.sources.connecting.written import HEAD, read_plan, write_plan
from paceline.sources.contract import Batch, ReadReport
from paceline.sources.files.chunk import Chunk, Note, raws_of
from paceline.sources.files.mapping import FileMapping
from paceline.sources.files.mapping_read import read_mapping
from paceline.sources.files.read import read_folder
from tests.sources.holding import ROOT, held, shared_data

MAVEN = (ROOT / "docs" / "examples" / "maven.toml").read_text(encoding="utf-8")
# What Salesforce's weekly export and Data Loader call them.
SALESFORCE = {
    "User.csv": "Id,FirstName,LastName,Email,ManagerId,UserRole.Name,IsActive\n"
                "0051,Ann,Lee,ann@us.example,0053,Account Executive,true\n0052,Bo,Ray,bo@us.example,0053,Account Executive,true\n"
                "0053,Cy,Moe,cy@us.example,,Sales Manager,true\n",
    "Account.csv": "Id,IsDeleted,Name,Industry,NumberOfEmployees,OwnerId,CreatedDate\n"
                   "0011,false,Mill,Paper,120,0051,2024-01-05T09:00:00.000Z\n",
    "Opportunity.csv": "Id,IsDeleted,AccountId,Name,StageName,Amount,CloseDate,OwnerId,CreatedDate,LeadSource,Region__c\n"
                       "0061,false,0011,Reels,Closed Won,1200.50,2024-03-01,0051,2024-01-10T09:00:00.000Z,Web,North\n"
                       "0062,false,0011,Looms,Prospecting,,2024-09-01,0052,2024-02-10T09:00:00.000Z,Web,North\n"
                       "0063,false,0011,Belts,Closed Lost,300,2024-04-01,0052,2024-02-11T09:00:00.000Z,,South\n",
    "OpportunityFieldHistory.csv": "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById\n"
                                   "0171,0061,StageName,Prospecting,Closed Won,2024-03-01T10:00:00.000Z,0051\n"
                                   "0172,0061,Amount,1000.0,1200.5,2024-03-01T10:00:00.000Z,0051\n",
}  # fmt: skip
# HubSpot's export of deals alone: labels for names, people and companies by name, an American's dates.
HUBSPOT = {
    "hubspot-crm-exports-all-deals-2024-10-05.csv":
        '"Record ID","Deal Name","Deal Stage","Pipeline","Amount","Close Date","Create Date","Deal owner","Associated Company"\n'
        '"77","Reels","Closed won (Sales)","Sales","1,200.50","3/25/2024 14:03","1/10/2024 09:00","Ann Lee","Mill"\n'
        '"78","Looms","Appointment scheduled","Sales","","9/1/2024 00:00","2/10/2024 09:00","Bo Ray","Loom & Co"\n',
}  # fmt: skip

Connect = Callable[[dict[str, str], str], Folder]


@pytest.fixture
def connect(tmp_path: Path) -> Connect:
    """A folder of these files, planned with that mapping."""

    def run(files: dict[str, str], mapping: str = "") -> Folder:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        rules = FileMapping()
        if mapping:
            (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
            rules = read_mapping(tmp_path / "mapping.toml", Settings())
        return planned(tmp_path, read_plan(mapping), rules, Settings())

    return run


def saved(found: Folder) -> str:
    """The mapping that saving the form as it is would write."""
    return write_plan("", to_write(found, found.files, Settings(), found.plan))


def loaded(folder: Path, mapping: str) -> tuple[Batch, ReadReport]:
    file = folder / "mapping.toml"
    file.write_text(mapping, encoding="utf-8")
    return held(*read_folder(folder, file))


def of(found: Folder, file: str, table: str) -> Feed:
    return next(feed for one in found.files if one.seen.file == file for feed in one.feeds if feed.table == table)


def test_the_real_sample_without_its_mapping_is_read_as_its_mapping_reads_it(tmp_path: Path) -> None:
    folder = shared_data("maven")
    found = planned(folder, Plan(), FileMapping(), Settings())
    (tmp_path / "guess.toml").write_text(saved(found), encoding="utf-8")
    guessed, report = read_folder(folder, tmp_path / "guess.toml")
    by_hand, _ = read_folder(folder, ROOT / "docs" / "examples" / "maven.toml")
    assert report.rejected.num_rows == 0
    for name in ("rep", "account", "product", "stage"):
        assert set(guessed[name]["id"].to_pylist()) == set(by_hand[name]["id"].to_pylist()), name
    columns = ["id", "owner_id", "account_id", "stage_id", "created_at", "close_day", "amount_cents"]
    assert guessed["opportunity"].select(columns).equals(by_hand["opportunity"].select(columns))
    assert guessed["rep_role"].drop(["work_days"]).sort_by("id").equals(by_hand["rep_role"].drop(["work_days"]).sort_by("id"))
    assert {row["id"]: row["outcome"] for row in guessed["stage"].to_pylist()} == {
        "Prospecting": "open", "Engaging": "open", "Won": "won", "Lost": "lost",
    }  # fmt: skip
    assert {one.value for one in report.problems if one.field == "product_id" and one.value} == {"GTXPro"}


def test_salesforces_export_is_known_by_its_names(connect: Connect, tmp_path: Path) -> None:
    found = connect(SALESFORCE, "")
    assert [[feed.table for feed in one.feeds] for one in found.files] == [
        ["account"], ["opportunity"], ["opportunity_change"], ["rep", "rep_role"],
    ]  # fmt: skip
    deal = of(found, "Opportunity.csv", "opportunity")
    assert {ours: names[0] for ours, names in deal.columns.items()} == {
        "id": "Id", "name": "Name", "account_id": "AccountId", "owner_id": "OwnerId", "created_at": "CreatedDate",
        "stage_id": "StageName", "amount": "Amount", "close_day": "CloseDate", "source": "LeadSource", "deleted": "IsDeleted",
    }  # fmt: skip
    assert (missing(deal), wanting(deal)) == ((), ())
    assert of(found, "User.csv", "rep").columns["name"] == ("FirstName", "LastName")
    change = of(found, "OpportunityFieldHistory.csv", "opportunity_change")
    assert change.values == {"field": {"StageName": "stage"}}
    assert change.leave == {"Field": ("Amount",)}  # there, amounts are no whole cents
    batch, report = loaded(tmp_path, saved(found))
    assert report.rejected.num_rows == 0
    assert batch["rep"]["name"].to_pylist() == ["Ann Lee", "Bo Ray", "Cy Moe"]
    assert dict(zip(batch["rep_role"]["rep_id"].to_pylist(), batch["rep_role"]["role"].to_pylist(), strict=True)) == {
        "0051": "Account Executive", "0052": "Account Executive", "0053": "Sales Manager",
    }  # fmt: skip
    assert batch["opportunity"]["amount_cents"].to_pylist() == [120_050, None, 30_000]
    assert [(one.id, one.outcome) for one in found.plan.stages] == [
        ("Prospecting", "open"), ("Closed Won", "won"), ("Closed Lost", "lost"),
    ]  # fmt: skip


def test_deals_alone_bring_their_owners_and_companies_along(connect: Connect, tmp_path: Path) -> None:
    found = connect(HUBSPOT, "")
    (only,) = found.files
    assert [feed.table for feed in only.feeds] == ["opportunity", "rep", "rep_role", "account"]
    deal = only.feeds[0]
    assert deal.dates == {"created_at": "%m/%d/%Y %H:%M", "close_day": "%m/%d/%Y %H:%M"}
    batch, report = loaded(tmp_path, saved(found))
    assert report.rejected.num_rows == 0
    assert batch["rep"]["id"].to_pylist() == ["Ann Lee", "Bo Ray"]
    assert set(batch["account"]["name"].to_pylist()) == {"Mill", "Loom & Co"}
    assert batch["rep_role"]["from_day"].to_pylist() == [19_723, 19_723]  # 2024-01-01: the month of the first deal
    assert batch["opportunity"]["amount_cents"].to_pylist() == [120_050, None]


def test_owners_are_tied_by_what_the_deals_call_them(connect: Connect) -> None:
    files = {
        "users.csv": "User ID,Full name,Email\n1,Ann Lee,ann@us.example\n2,Bo Ray,bo@us.example\n",
        "deals.csv": "Deal ID,Owner,Stage\nd1,ann@us.example,Won\nd2,bo@us.example,Lost\n",
    }
    assert of(connect(files, ""), "users.csv", "rep").columns["id"] == ("Email",)


def test_references_that_lead_nowhere_are_told_where_they_are_few(connect: Connect) -> None:
    files = {
        "products.csv": "product,series\nGTX Pro,GTX\nMG Special,MG\n",
        "deals.csv": "Deal ID,Stage,Product\nd1,Won,GTXPro\nd2,Lost,MG Special\n",
    }
    found = connect(files, "")
    ids = ids_of((feed, one.seen) for one in found.files for feed in one.feeds)
    assert ids["product"] == ("GTX Pro", "MG Special")
    deals = next(one for one in found.files if one.seen.file == "deals.csv")
    ((ours, _, theirs, numbers),) = strangers(deals.feeds[0], deals.seen, ids)
    assert (ours, [theirs.values[number] for number in numbers]) == ("product_id", ["GTXPro"])


def test_files_in_our_own_names_need_no_mapping(connect: Connect) -> None:
    files = {
        "rep.csv": "id,name,email\nr1,Ada,ada@us.example\n",
        "opportunity.csv": "id,owner_id,stage_id,amount,notes\no1,r1,s1,5,x\n",
        "stage.csv": "id,name,position,outcome\ns1,New,1,open\n",
    }
    found = connect(files, "")
    assert {one.by for one in found.files} == {By.NAME}
    assert (found.guesses, found.plan.stages) == (False, ())
    assert saved(found) == ""
    assert of(found, "opportunity.csv", "opportunity").columns["amount"] == ("amount",)


def test_a_date_that_can_be_read_in_two_ways_is_left_to_who_knows(connect: Connect) -> None:
    found = connect({"deals.csv": "Deal ID,Stage,Close Date\nd1,Won,03/04/2024\nd2,Won,05/06/2024\n"}, "")
    deal = of(found, "deals.csv", "opportunity")
    assert deal.columns["close_day"] == ("Close Date",)
    assert deal.dates == {}


def test_a_point_between_thousands_is_seen(connect: Connect) -> None:
    found = connect({"Verkaufschancen.csv": "Deal ID;Phase;Betrag\nd1;Gewonnen;1.234\nd2;Verloren;2.500\n"}, "")
    assert of(found, "Verkaufschancen.csv", "opportunity").decimals == {"amount": ","}
    assert [one.outcome for one in found.plan.stages] == ["won", "lost"]


def test_strange_headers_and_wide_tables_are_no_hindrance(connect: Connect, tmp_path: Path) -> None:
    wide = ["Deal ID", "", "Stage", "Stage", *(f"Custom field {number}" for number in range(200))]
    row = ["d1", "x", "Won", "y", *("1" for _ in range(200))]
    found = connect({"deals.csv": "\ufeff" + ",".join(wide) + "\n" + ",".join(row) + "\n"}, "")
    (only,) = found.files
    assert [column.name for column in only.seen.columns[:4]] == ["Deal ID", "column 2", "Stage", "Stage 2"]
    assert only.feeds[0].columns == {"id": ("Deal ID",), "stage_id": ("Stage",)}
    batch, _ = loaded(tmp_path, saved(found))
    assert batch["opportunity"]["id"].to_pylist() == ["d1"]


def test_a_first_line_that_is_a_row_is_no_header(connect: Connect) -> None:
    found = connect({"deals.csv": "77,Ann Lee,Won,1200.50\n78,Bo Ray,Lost,3\n"}, "")
    (only,) = found.files
    assert found.plan.headless == {"deals.csv"}
    assert [column.name for column in only.seen.columns] == ["column 1", "column 2", "column 3", "column 4"]
    assert only.seen.column("column 1").values == ("77", "78")
    assert "header = false" in saved(found)


def test_what_the_form_doesnt_change_stays_to_the_letter() -> None:
    plan = read_plan(MAVEN)
    assert write_plan(MAVEN, plan) == MAVEN
    deal = plan.feeds[-1]
    kept = replace(deal, columns={**deal.columns, "name": ("opportunity_id",)})
    text = write_plan(MAVEN, replace(plan, feeds=(*plan.feeds[:-1], kept)))
    gone = set(MAVEN.splitlines()) - set(text.splitlines())
    assert gone <= {line for line in MAVEN.splitlines() if "from_day" in line}  # the writer takes a space out of these
    assert 'name = "opportunity_id"' in text
    assert "# empty in 1,425 rows: unknown" in text
    assert 'GTXPro = "GTX Pro"' in text


def test_a_mapping_that_is_one_list_in_brackets_is_changed_too() -> None:
    plan = read_plan('table = [{table = "rep", file = "r.csv", columns = {id = "who"}}]\n')
    after = replace(plan, currency="EUR", feeds=(replace(plan.feeds[0], columns={"id": ("who",), "name": ("called",)}),))
    text = write_plan('table = [{table = "rep", file = "r.csv", columns = {id = "who"}}]\n', after)
    assert read_plan(text) == after


def test_every_part_of_a_feed_is_written_and_read_again() -> None:
    feed = Feed(
        "call", "Calls.csv", {"id": ("Id",), "rep_id": ("First", "Last"), "started_at": ("When",), "direction": ("Way",)},
        {"disposition": "connected"}, {"direction": {"Out": "outbound"}}, {"started_at": "%d/%m/%Y %H:%M | iso"},
        {"seconds": ","}, {"disposition": ("-", "?")}, {"Way": ("Internal", "")},
    )  # fmt: skip
    role = Feed("rep_role", "People.csv", {"rep_id": ("Id",)}, {"role": "AE", "from_day": "2024-01-01"}, distinct=True)
    plan = Plan((feed, role), frozenset({"x.csv"}), frozenset({"Calls.csv"}), (StageWord("Won", "won", 1),), "EUR")
    text = write_plan("", plan)
    again = read_plan(text)
    assert text.startswith(f"# {HEAD}")
    assert [replace(one, place=None) for one in again.feeds] == [feed, replace(role, columns={"id": ("Id",), "rep_id": ("Id",)})]
    assert (again.unread, again.headless, again.stages, again.currency) == (plan.unread, plan.headless, plan.stages, "EUR")
    nothing = write_plan(text, replace(again, feeds=(), unread=frozenset(), headless=frozenset(), currency=""))
    assert read_plan(nothing) == Plan(stages=plan.stages)


def test_another_record_begins_anew_and_a_feed_that_is_gone_is_taken_out() -> None:
    plan = read_plan(MAVEN)
    accounts = next(feed for feed in plan.feeds if feed.table == "account")
    turned = Feed("contact", accounts.file, {"id": ("account",)}, place=accounts.place)
    text = write_plan(MAVEN, replace(plan, feeds=tuple(turned if feed == accounts else feed for feed in plan.feeds[2:])))
    again = read_plan(text)
    assert [feed.table for feed in again.feeds] == ["rep_role", "rep_role", "contact", "product", "opportunity"]
    assert again.feeds[2].columns == {"id": ("account",)}


def test_formats_said_once_for_all_columns_are_said_of_each_before_one_changes() -> None:
    text = '[[table]]\ntable = "opportunity"\nfile = "d.csv"\ndates = "%d.%m.%Y"\n' \
           'columns = { id = "a", stage_id = "b", created_at = "c", close_day = "d" }\n'  # fmt: skip
    plan = read_plan(text)
    (feed,) = plan.feeds
    changed = replace(feed, dates={**feed.dates, "close_day": "iso"})
    (again,) = read_plan(write_plan(text, replace(plan, feeds=(changed,)))).feeds
    assert again.dates == {"created_at": "%d.%m.%Y", "close_day": "iso"}


class _Chunks:
    """A reader of these chunks of one column."""

    names: tuple[str, ...] = ("Stage",)
    notes: tuple[Note, ...] = ()

    def __init__(self, *chunks: list[str | None]) -> None:
        self._chunks = chunks

    def chunks(self) -> Iterator[Chunk]:
        for values in self._chunks:
            yield Chunk({"Stage": pa.array(values, pa.string())}, np.arange(len(values)), str)

    def raws(self, lines: set[int]) -> Mapping[int, str]:
        return raws_of(self.chunks(), lines)


def test_a_value_that_comes_only_late_in_a_file_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    found = seen("deals.csv", _Chunks(["Open", None, " Open"], ["Open", "0"], ["Won"]))
    assert (found.column("Stage").values, found.rows, found.whole) == (("Open", "0", "Won"), 6, True)
    monkeypatch.setattr(looking, "MOST_ROWS", 4)
    short = seen("deals.csv", _Chunks(["Open", None, " Open"], ["Open", "0"], ["Won"]))
    assert (short.column("Stage").values, short.rows, short.whole) == (("Open", "0"), 5, False), "and where it stopped is told"


def test_what_is_held_of_a_column_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_CHARACTERS", 10)
    column = seen("notes.csv", _Chunks(["a" * 6, "b" * 4], ["c", "d" * 3])).column("Stage")
    assert (column.values, column.all_values, column.filled) == (("a" * 6, "b" * 4), False, 4)
    zeros = seen("sums.csv", _Chunks([f"{'0' * n}.0" for n in range(1, 30)])).column("Stage")
    assert (zeros.zeros, len(zeros.zero_words)) == (29, 8)


def test_a_file_that_changed_takes_no_second_place_in_memory(tmp_path: Path) -> None:
    for rows in (1, 2):
        (tmp_path / "deals.csv").write_text("Deal ID\n" + "1\n" * rows, encoding="utf-8")
        assert looking.look(tmp_path, FileMapping())[0].rows == rows
    assert len([key for key in looking._kept if key[0] == str(tmp_path / "deals.csv")]) == 1


def test_a_currency_that_an_amounts_name_tells_is_that_of_the_amounts(connect: Connect) -> None:
    deals = "Vorgangsnr;Verkäufer;Phase;Auftragswert (EUR);Abschluss am\nV1;Änne Groß;Gewonnen;78.485,80;05.10.2026\n"
    found = connect({"Verkaufschancen.csv": deals}, "")
    (feed,) = [feed for feed in found.plan.feeds if feed.table == "opportunity"]
    assert (feed.columns["id"], feed.columns["owner_id"], feed.columns["amount"]) == (
        ("Vorgangsnr",), ("Verkäufer",), ("Auftragswert (EUR)",)
    )  # fmt: skip
    assert found.plan.currency == "EUR"


@pytest.mark.parametrize(("name", "code"), [
    ("Amount (USD)", "USD"), ("Wert in €", "EUR"), ("Amount", ""), ("ACV", ""), ("EUR or USD", ""), ("EURO", ""), ("NEW", ""),
])  # fmt: skip
def test_a_name_tells_a_currency_or_none(name: str, code: str) -> None:
    assert currency_of(name) == code
