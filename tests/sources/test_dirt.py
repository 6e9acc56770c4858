"""Each way in which a file is dirty, by name: what loads, what doesn't, and what is said of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from paceline.sales.settings import Settings
from paceline.sources.contract import Batch, Problem, ReadReport, Severity
from paceline.sources.files.read import read_folder

Load = Callable[..., tuple[Batch, ReadReport]]

STAGES = "id,name,position,outcome\ns1,Open,1,open\ns2,Won,2,won\n"
DEALS = "id,stage_id,amount,currency,close_day\n"


def kinds(report: ReadReport, word: str) -> list[Problem]:
    return [problem for problem in report.problems if word in problem.wrong]


def deals(load: Load, rows: str, head: str = DEALS, **more: object) -> tuple[pa.Table, ReadReport]:
    batch, report = load({"stages.csv": STAGES, "opportunities.csv": head + rows}, **more)
    return batch["opportunity"], report


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(load: Load, codec: str) -> None:
    batch, _ = load({"rep.csv": "id,name,email\nr1,Zoë Łukasz,z@x.example\nr2,Ann Other,a@x.example\n".encode(codec)})
    assert batch["rep"]["name"].to_pylist() == ["Zoë Łukasz", "Ann Other"]


def test_windows_encoding_is_guessed_and_said(load: Load) -> None:
    batch, report = load({"rep.csv": "id,name\nr1,Zoë Müller\nr2,François “Frank” Café\n".encode("cp1252")})
    assert batch["rep"]["name"].to_pylist() == ["Zoë Müller", "François “Frank” Café"]
    assert kinds(report, "read as cp1252")


def test_a_stray_byte_late_in_a_big_file_doesnt_change_the_rest(load: Load) -> None:
    rows = "".join(f"r{i},Zoë {i}\n" for i in range(5_000)).encode()
    batch, report = load({"rep.csv": b"id,name\n" + rows + b"last,Caf\xe9\n"})
    assert batch["rep"]["name"][0].as_py() == "Zoë 0"
    assert kinds(report, "some bytes of it are not valid")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(load: Load, separator: str) -> None:
    rows = ["id", "name", "email"], ["r1", "Ann", "a@x.example"], ["r2", "Bob", "b@x.example"]
    batch, _ = load({"rep.csv": "\n".join(separator.join(row) for row in rows)})
    assert batch["rep"]["email"].to_pylist() == ["a@x.example", "b@x.example"]


def test_excels_separator_line(load: Load) -> None:
    batch, _ = load({"rep.csv": "sep=|\nid|name\nr1|Ann, Bob; Eve\n"})
    assert batch["rep"]["name"].to_pylist() == ["Ann, Bob; Eve"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(load: Load, end: str) -> None:
    _, report = load({"rep.csv": end.join(["id,name", "r1,Ann", "", "r2", "r3,Eve"])})
    assert report.rejected["line"].to_pylist() == [4]


def test_quotes_and_line_breaks_in_cells(load: Load) -> None:
    text = 'id,name\nr1,"Ann, ""the boss"""\nr2,"two\nlines"\nr3\nr4,5" pipe\n'
    batch, report = load({"rep.csv": text})
    assert batch["rep"]["name"].to_pylist() == ['Ann, "the boss"', "two\nlines", '5" pipe']
    assert report.rejected["line"].to_pylist() == [5]


@pytest.mark.parametrize(
    "tail", ['"open', 'r2,"open\nr3,Eve\nr4,Sam', 'r2,"open\nr3,Eve\nr4,"Sam, jr"', '"r2,open\nr3,Eve\nr4,"Sam"']
)
def test_an_open_quote_costs_its_own_line_only(load: Load, tail: str) -> None:
    batch, report = load({"rep.csv": f"id,name\nr1,Ann\n{tail}\n"})
    assert batch["rep"]["id"].to_pylist() == (["r1", "r3", "r4"] if "r3" in tail else ["r1"])
    assert report.rejected["line"].to_pylist() == [3]
    assert kinds(report, "quote is opened")


def test_nul_bytes_are_taken_out(load: Load) -> None:
    batch, report = load({"rep.csv": b"id,name\nr1,A\0nn\nr2,Bob\n\0\0\0"})
    assert batch["rep"]["name"].to_pylist() == ["Ann", "Bob"]
    assert kinds(report, "NUL")[0].severity is Severity.REPAIRED


def test_huge_cells(load: Load) -> None:
    huge = "x" * 1_000_000
    batch, report = load({"rep.csv": f'id,name\nr1,{huge}\nr2,"{huge}\n{huge}"\nr3,{huge},\nr4,{huge},{huge}\n'})
    assert [len(name) for name in batch["rep"]["name"].to_pylist()] == [1_000_000, 2_000_001, 1_000_000]
    assert all(len(problem.value or "") < 200 for problem in report.problems)
    assert len(report.rejected["raw"][0].as_py()) == 2_000_004


def test_an_endless_line_is_one_bad_row(load: Load) -> None:
    batch, report = load({"rep.csv": "id,name\nr1,Ann\nr2," + "y" * 40_000_000 + "\nr3,Eve\n"})
    assert batch["rep"]["id"].to_pylist() == ["r1", "r3"]
    assert kinds(report, "more than")


def test_ragged_rows(load: Load) -> None:
    batch, report = load({"rep.csv": "id,name,email\nr1,Ann\nr2,Bob,b@x.example,more\nr3,Eve,e@x.example,,\nr4,Sam,\n,,\n"})
    assert batch["rep"]["id"].to_pylist() == ["r3", "r4"]
    assert report.rejected.select(["line", "raw"]).to_pylist() == [
        {"line": 2, "raw": "r1,Ann"},
        {"line": 3, "raw": "r2,Bob,b@x.example,more"},
        {"line": 6, "raw": ",,"},
    ]


def test_duplicate_headers(load: Load) -> None:
    batch, report = load({"rep.csv": "id,name,name\nr1,Ann,Other\n"})
    assert batch["rep"]["name"].to_pylist() == ["Ann"]
    assert kinds(report, "twice")


def test_unknown_columns_get_a_hint(load: Load) -> None:
    _, report = load({"rep.csv": "id,name,emial,shoe size\nr1,Ann,a,44\n"})
    assert kinds(report, "did you mean email?")
    assert {problem.field for problem in report.problems} == {"emial", "shoe size"}


def test_a_folder_within_the_folder_is_named_and_progress_is_told(tmp_path: Path) -> None:
    (tmp_path / "rep.csv").write_text("id,name\nr1,Ann\n")
    (tmp_path / "account.csv").write_text("id,name\na1,Initech\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "rep.csv").write_text("id,name\nr2,Bob\n")
    told: list[str] = []
    batch, report = read_folder(tmp_path, tell=told.append)
    assert batch["rep"]["id"].to_pylist() == ["r1"]
    assert [(problem.file, problem.severity) for problem in report.problems] == [("more", Severity.WARNING)]
    assert told == ["Reading account.csv (1 of 2)…", "Reading rep.csv (2 of 2)…"]


def test_unknown_files_get_a_hint(load: Load) -> None:
    _, report = load({"oportunity.csv": "id\n1\n", "photo.png": b"\x89PNG", "zebra.csv": "a\n1\n"})
    assert kinds(report, "did you mean opportunity")
    assert len(report.problems) == 3


@pytest.mark.parametrize("name", ["Opportunity.csv", "OPPORTUNITIES.CSV", "opportunities.tsv", "opportunity.txt"])
def test_file_names(load: Load, name: str) -> None:
    batch, _ = load({"stage.csv": STAGES, name: "id,stage_id\no1,s1\n"})
    assert len(batch["opportunity"]) == 1


def test_identical_copies_load_once(load: Load) -> None:
    batch, report = load({"rep.csv": "id,name\nr1,Ann\nr2,Bob\nr1,Ann\n"})
    assert batch["rep"]["id"].to_pylist() == ["r1", "r2"] or sorted(batch["rep"]["id"].to_pylist()) == ["r1", "r2"]
    assert (report.files[0].accepted, report.files[0].repeated, report.files[0].rejected) == (3, 1, 0)
    assert kinds(report, "same row again")[0].severity is Severity.WARNING


def test_different_rows_of_one_id_keep_the_last(load: Load) -> None:
    batch, report = load({"rep.csv": "id,name\nr1,Ann\nr2,Bob\nr1,Anne\nr1,Anna\n"})
    assert dict(zip(batch["rep"]["id"].to_pylist(), batch["rep"]["name"].to_pylist(), strict=True)) == {"r2": "Bob", "r1": "Anna"}
    assert report.rejected.select(["line", "raw"]).to_pylist() == [{"line": 2, "raw": "r1,Ann"}, {"line": 4, "raw": "r1,Anne"}]
    assert "line 5 of rep.csv" in report.rejected["reason"][0].as_py()


def test_unknown_references(load: Load) -> None:
    rows, report = deals(load, "o1,s1,r9,a1\no2,s9,,\no3,s1,,\n", "id,stage_id,owner_id,account_id\n", known={"account": {"a1"}})
    assert rows["id"].to_pylist() == ["o1", "o3"]
    assert rows["owner_id"].to_pylist() == ["r9", None]
    assert [(p.field, p.severity) for p in kinds(report, "has this id")] == [
        ("stage_id", Severity.REJECTED),
        ("owner_id", Severity.WARNING),
    ]


def test_a_rejected_row_takes_those_that_need_it(load: Load) -> None:
    batch, report = load(
        {
            "stages.csv": STAGES,
            "opportunity.csv": "id,stage_id\no1,nowhere\n",
            "product.csv": "id,name\np1,P\n",
            "line_item.csv": "id,opportunity_id,product_id\nl1,o1,p1\n",
        }
    )
    assert (len(batch["opportunity"]), len(batch["line_item"])) == (0, 0)
    assert report.rejected.num_rows == 2


def test_words_are_held_to_their_list(load: Load) -> None:
    batch, report = load({"stage.csv": "id,name,position,outcome\n1,A,1,Open\n2,B,2,wonn\n3,C,3,LOST\n"})
    assert batch["stage"]["outcome"].to_pylist() == ["open", "lost"]
    assert kinds(report, "did you mean won?")


def test_formulas_stay_text(load: Load) -> None:
    batch, _ = load({"rep.csv": 'id,name\nr1,=1+1\nr2,"=HYPERLINK(""http://x.example"")"\nr3,@SUM(A1)\n'})
    assert batch["rep"]["name"].to_pylist() == ["=1+1", '=HYPERLINK("http://x.example")', "@SUM(A1)"]


def test_flags_in_many_words(load: Load) -> None:
    words = ["true", "TRUE", "yes", "Y", "1", "x", "oui", "ja", "false", "no", "N", "0", "non", "nein", "maybe", "2"]
    batch, report = load({"account.csv": "id,deleted\n" + "".join(f"a{i},{word}\n" for i, word in enumerate(words))})
    assert batch["account"]["deleted"].to_pylist() == [True] * 8 + [False] * 6
    assert report.rejected.num_rows == 2


def test_a_sign_that_contradicts_the_currency(load: Load) -> None:
    rows, report = deals(load, "o1,s1,€5,USD,\no2,s1,€5,EUR,\no3,s1,$5,CAD,\no4,s1,€5,,\no5,s1,$5,,\no6,s1,¥5,,\n")
    assert dict(zip(rows["id"].to_pylist(), rows["currency"].to_pylist(), strict=True)) == {
        "o2": "EUR",
        "o3": "CAD",
        "o4": "EUR",
        "o5": "USD",
    }
    assert len(kinds(report, "stands for several")) == 1


def test_unknown_words_in_typed_columns_are_unknown(load: Load) -> None:
    rows, report = deals(load, "o1,s1,N/A,,null\no2,s1,-,,\n")
    assert rows["amount_cents"].to_pylist() == [None, None]
    assert len(kinds(report, "read as unknown")) == 3


def test_naive_times_are_of_the_companys_zone(load: Load) -> None:
    head = "id,stage_id,created_at\n"
    rows, report = deals(
        load,
        "o1,s1,2020-07-01 12:00:00\no2,s1,2020-07-01T12:00:00Z\no3,s1,2020-07-01\n",
        head,
        settings=Settings(time_zone="Europe/Paris"),
    )
    noon = 1_593_604_800
    assert rows["created_at"].to_pylist() == [noon - 7200, noon, noon - 43_200 - 7200]
    assert len(kinds(report, "Europe/Paris")) == 1


def test_amounts_as_cents_or_as_money(load: Load) -> None:
    rows, report = deals(load, "o1,s1,1234\no2,s1,12.5\n", "id,stage_id,amount_cents\n")
    assert rows["amount_cents"].to_pylist() == [1234]
    assert kinds(report, "not a whole number")
    rows, _ = deals(load, "o1,s1,0.29\no2,s1,1.15\n", "id,stage_id,amount\n")
    assert rows["amount_cents"].to_pylist() == [29, 115]


def test_ranges_and_shares(load: Load) -> None:
    batch, report = load(
        {
            "stage.csv": "id,name,position,outcome,probability\n1,A,1,open,40\n2,B,2,open,40 %\n3,C,-1,open,0.4\n",
            "rep.csv": "id,name,hired_day,left_day\nr1,A,2020-01-02,2020-01-01\nr2,B,2020-01-01,2020-01-01\n",
        }
    )
    assert batch["stage"]["probability"].to_pylist() == [0.4]
    assert batch["rep"]["id"].to_pylist() == ["r2"]
    assert kinds(report, "from 0 to 1")


def test_ids_are_made_where_nothing_refers_to_them(load: Load) -> None:
    batch, report = load(
        {"rep.csv": "id,name\nr1,A\n", "rep_role.csv": "rep_id,from_day,role\nr1,2020-01-01,AE\nr1,2021-01-01,manager\n"}
    )
    assert batch["rep_role"]["id"].to_pylist() == ["r1/2020-01-01", "r1/2021-01-01"]
    assert kinds(report, "there is no id")


def test_many_problems_are_grouped_and_every_row_is_kept(load: Load) -> None:
    rows, report = deals(load, "".join(f"o{i},s1,bad{i},,\n" for i in range(1_000)))
    assert len(rows) == 0
    told = kinds(report, "not a number")
    assert (len(told), sum(problem.count for problem in told), report.rejected.num_rows) == (6, 1_000, 1_000)


def test_empty_files(load: Load) -> None:
    batch, report = load(
        {"rep.csv": "", "account.csv": "id,name\n", "product.jsonl": "", "stage.parquet": b"", "x.vtt": "", "y.rttm": ""}
    )
    assert all(len(rows) == 0 for rows in batch.values())
    assert any(problem.file == "stage.parquet" for problem in report.problems)


def test_a_file_of_quotes_doesnt_hang(load: Load) -> None:
    begun = time.process_time()
    load({"rep.csv": "id,name\n" + 'a"b,"\n"",""x\n' * 20_000})
    assert time.process_time() - begun < 20
