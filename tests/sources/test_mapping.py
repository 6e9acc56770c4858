"""The mapping file: each key at work, and its errors: with line, nearest word, and all at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from paceline.sources.contract import Batch, ReadReport
from paceline.sources.files.mapping import MappingError
from paceline.sources.files.mapping_entry import KEYS
from paceline.sources.files.mapping_read import FILE, TOP, TRANSCRIPTS
from paceline.sources.files.toml_lines import TomlLines
from tests.sources.holding import ROOT

Load = Callable[..., tuple[Batch, ReadReport]]

STAGES = """
[[table]]
table = "stage"
rows = [{ id = "Open", name = "Open", position = 1, outcome = "open" },
        { id = "Lost", name = "Lost", position = 2, outcome = "lost" }]
"""
DEALS = """
[[table]]
table = "opportunity"
file = "deals.csv"
[table.columns]
id = "Nr"
stage_id = "Phase"
amount = "Wert"
"""


def test_columns_values_and_inline_rows(load: Load) -> None:
    batch, _ = load(
        {"deals.csv": "Nr;Phase;Wert\n1;offen;1.234,50\n2;verloren;0\n"},
        STAGES
        + DEALS
        + """
[table.values.stage_id]
offen = "Open"
verloren = "Lost"
""",
    )
    assert batch["opportunity"]["stage_id"].to_pylist() == ["Open", "Lost"]
    assert batch["opportunity"]["amount_cents"].to_pylist() == [123450, 0]
    assert batch["stage"]["position"].to_pylist() == [1, 2]


def test_conditional_null_default_constant_and_currency(load: Load) -> None:
    batch, _ = load(
        {"deals.csv": "Nr,Phase,Wert,Art\n1,Lost,0,\n2,Open,0,B\n3,Lost,5,-\n"},
        'currency = "EUR"\n'
        + STAGES
        + DEALS
        + """
type = "Art"
[table.null]
amount = [{ is = "0", when = { Phase = ["Lost"] } }]
type = ["-"]
[table.defaults]
type = "new"
[table.constants]
test = false
""",
    )
    rows = batch["opportunity"]
    assert rows["amount_cents"].to_pylist() == [None, 0, 500]
    assert rows["type"].to_pylist() == ["new", "B", "new"]
    assert rows["currency"].to_pylist() == ["EUR"] * 3
    assert rows["test"].to_pylist() == [False] * 3


def test_dates_decimal_and_signs(load: Load) -> None:
    batch, report = load(
        {"deals.csv": 'Nr,Phase,Wert,Bis\n1,Open,"1.234 kr",03/04/2020\n2,Open,"1,5",2020-04-03\n3,Open,1.50,31/31/2020\n'},
        STAGES
        + DEALS.replace('file = "deals.csv"', 'file = "deals.csv"\ndecimal = ","\nsigns = { kr = "NOK" }')
        + """
close_day = "Bis"
[table.dates]
close_day = ["%d/%m/%Y", "iso"]
""",
    )
    rows = batch["opportunity"]
    assert rows["amount_cents"].to_pylist() == [123400, 150]
    assert rows["currency"].to_pylist() == ["NOK", None]
    assert rows["close_day"].to_pylist() == [18355, 18355]
    assert report.rejected.num_rows == 1


def test_key_prefix_distinct_where_and_joined_names(load: Load) -> None:
    batch, report = load(
        {"people.csv": "first,last,boss,kind\nAnn,Lee,Zoe,rep\nBob,Ray,Zoe,rep\nCy,Day,,ghost\nDot,,Ann Lee,rep\n"},
        """
[[table]]
table = "rep"
file = "people.csv"
id_prefix = "crm-"
where = { kind = "rep" }
key = ["first", "last"]
columns = { name = ["first", "last"] }

[[table]]
table = "rep"
file = "people.csv"
distinct = true
unless = { kind = ["ghost"] }
columns = { id = "boss", name = "boss" }

[[table]]
table = "rep_role"
file = "people.csv"
where = { kind = ["rep"] }
key = ["first", "last"]
constants = { from_day = 2020-01-01, role = "AE" }
columns = { rep_id = ["first", "last"], manager_id = "boss" }
values = { rep_id = { "Ann Lee" = "Ann/Lee", "Bob Ray" = "Bob/Ray", "Dot" = "Dot/" } }
""",
    )
    assert sorted(batch["rep"]["id"].to_pylist()) == ["Ann Lee", "Zoe", "crm-Ann/Lee", "crm-Bob/Ray", "crm-Dot/"]
    assert batch["rep_role"]["rep_id"].to_pylist() == ["crm-Ann/Lee", "crm-Bob/Ray", "crm-Dot/"]
    assert batch["rep_role"]["manager_id"].to_pylist()[0] == "crm-Zoe"
    assert any("no rep has this id" in problem.wrong for problem in report.problems)


def test_file_section(load: Load) -> None:
    batch, _ = load(
        {"x.csv": "Report of May\n\nid~name\nr1~'Ann~Zoë'\n".encode("cp1252")},
        """
[file."x.csv"]
encoding = "cp1252"
separator = "~"
quote = "'"
skip_lines = 1

[[table]]
table = "rep"
file = "x.csv"
columns = { id = "id", name = "name" }
""",
    )
    assert batch["rep"]["name"].to_pylist() == ["Ann~Zoë"]


def test_patterns_percent_and_zone(load: Load) -> None:
    batch, _ = load(
        {"s-1.csv": "n,p\na,40\n", "s-2.csv": 'n,p\nb,"2,5 %"\n'},
        """
time_zone = "Europe/Paris"
[[table]]
table = "stage"
file = "s-*.csv"
percent = ["probability"]
constants = { outcome = "open", position = 1 }
columns = { id = "n", name = "n", probability = "p" }
""",
    )
    assert batch["stage"]["probability"].to_pylist() == [0.4, 0.025]


def test_json_lines_and_nested_names(load: Load) -> None:
    batch, report = load(
        {"a.jsonl": '{"id": 1, "owner": {"id": "r1"}, "value": 12.10, "open": true}\n[1]\n{"id": 2, "late": 9}\nnope\n'},
        STAGES
        + """
[[table]]
table = "opportunity"
file = "a.jsonl"
columns = { id = "id", owner_id = "owner.id", amount = "value" }
constants = { stage_id = "Open" }
""",
        known={"rep": {"r1"}},
    )
    assert batch["opportunity"].select(["id", "owner_id", "amount_cents"]).to_pylist() == [
        {"id": "1", "owner_id": "r1", "amount_cents": 1210},
        {"id": "2", "owner_id": None, "amount_cents": None},
    ]
    assert report.rejected["line"].to_pylist() == [2, 4]


def errors(load: Load, mapping: str, files: dict[str, str | bytes] | None = None) -> list[tuple[int | None, str]]:
    with pytest.raises(MappingError) as caught:
        load(files or {"deals.csv": "Nr,Phase,Wert\n"}, mapping)
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return [(problem.line, problem.wrong) for problem in caught.value.problems]


def test_all_errors_come_at_once_with_line_and_nearest_word(load: Load) -> None:
    found = errors(
        load,
        """currency = "EUX"
colour = 1
[[table]]
table = "oportunity"
file = "deals.csv"

[[table]]
table = "opportunity"
file = "deals.csv"
fiel = "x"
decimal = "."
time_zone = "Europe/Pariss"
[table.columns]
id = "Nr"
ammount = "Wert"
stage_id = "Phase"
close_day = "x"
[table.dates]
close_day = "%d/%m/%Q"
[table.constants]
deleted = "perhaps"
""",
    )
    lines = [line for line, _ in found]
    assert lines == [1, 2, 4, 10, 12, 15, 19, 21]
    words = "\n".join(wrong for _, wrong in found)
    for hint in ("'EUR'", "'opportunity'", "'file'", "'Europe/Paris'", "'amount'", "%Q", "neither yes nor no"):
        assert hint in words


def test_names_that_the_files_dont_have(load: Load) -> None:
    found = errors(
        load,
        STAGES
        + DEALS.replace('"Wert"', '"Wart"')
        + """
[[table]]
table = "rep"
file = "peple.csv"
columns = { id = "a", name = "b" }
""",
        {"deals.csv": "Nr,Phase,Wert\n", "people.csv": "a,b\n"},
    )
    assert any("did you mean 'Wert'" in wrong for _, wrong in found)
    assert any("did you mean 'people.csv'" in wrong for _, wrong in found)


@pytest.mark.parametrize(
    ("mapping", "word"),
    [
        ("[[table]\n", "not TOML"),
        ("[table]\nx=1\n", "two brackets"),
        ('[[table]]\ntable="rep"\n', "file or rows"),
        ('[[table]]\ntable="rep"\nfile="deals.csv"\n', "nothing gives it"),
        ('[file."a"]\nencoding="klingon"\n', "no such encoding"),
        ('[file."a"]\nseparator=";;"\n', "one character"),
        ("[transcripts]\nmerge_gap_ms=-1\n", "milliseconds"),
        ("file = 3\n", "table of keys"),
        ('[[table]]\ntable="rep"\nfile="deals.csv"\ncolumns={id=3,name="Nr"}\n', "name of theirs"),
        ('[[table]]\ntable="rep"\nfile="deals.csv"\ncolumns={id="Nr",name="Nr"}\ndecimal=";"\n', "one of"),
        ('[[table]]\ntable="rep"\nfile="deals.csv"\ncolumns={id="Nr",name="Nr"}\nnull={name=[{was="x"}]}\n', "must be a word"),
        (
            '[[table]]\ntable="rep"\nfile="deals.csv"\ncolumns={id="Nr",name="Nr"}\nconstants={name="x"}\n',
            "given under `columns` too",
        ),
        ('[[table]]\ntable="rep"\nrows=3\n', "list of rows"),
        ("table = [3]\n", "table of keys"),
        ("[[table]]\ntable=3\n", "no such table"),
        ('[[table]]\ntable="rep"\nfile="deals.csv"\ncolumns=3\n', "table of keys"),
        ('[transcripts.calls."x"]\nrep="r1"\n', "rep_id"),
    ],
)
def test_every_error_is_told(load: Load, mapping: str, word: str) -> None:
    assert any(word in wrong for _, wrong in errors(load, mapping))


@pytest.mark.parametrize("line", ["key=[3]", "key=3", "key=[]", 'percent="probability"', 'distinct="yes"'])
def test_values_of_the_wrong_kind(load: Load, line: str) -> None:
    mapping = f'[[table]]\ntable="rep"\nfile="deals.csv"\n{line}\ncolumns={{id="Nr",name="Nr"}}\n'
    assert [place for place, _ in errors(load, mapping)] == [4]


def test_lines_of_keys() -> None:
    lines = TomlLines('a = 1\n[[t]]\nb = [\n  { x = 1 },\n]\n[t.c."d e"]\nf = "[["\n[[t]]\nb.c = 2\n')
    assert [
        lines.of(path)
        for path in (("a",), ("t", 0), ("t", 0, "b", "x"), ("t", 0, "c", "d e", "f"), ("t", 1, "b", "c"), ("t", 1, "z"), ("no",))
    ] == [1, 2, 4, 7, 9, 8, None]


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "mapping.md").read_text()
    for key in (*KEYS, *FILE, *TRANSCRIPTS, *TOP):
        assert f"`{key}" in text or f"[{key}" in text, key


def test_a_file_without_a_header_has_its_first_line_read(load: Load) -> None:
    mapping = """
[file."people.csv"]
header = false

[[table]]
table = "rep"
file = "people.csv"
columns = { id = "column 1", name = "column 2" }
"""
    batch, report = load({"people.csv": "r1,Ada\nr2,Grace\n"}, mapping)
    assert batch["rep"]["name"].to_pylist() == ["Ada", "Grace"]
    assert report.problems == ()


def test_a_file_that_is_not_to_be_read_isnt_and_nothing_is_said_of_it(load: Load) -> None:
    files = {"rep.csv": "id,name\nr1,Ada\n", "notes.csv": "a\n1\n"}
    batch, report = load(files, '[file."rep.csv"]\nread = false\n[file."notes.csv"]\nread = false\n')
    assert (batch, report.problems) == ({}, ())


def test_read_and_header_must_be_true_or_false(load: Load) -> None:
    with pytest.raises(MappingError) as told:
        load({"rep.csv": "id,name\n"}, '[file."rep.csv"]\nread = "no"\nheader = 0\n')
    assert [(one.line, one.field) for one in told.value.problems] == [(2, "file.rep.csv.read"), (3, "file.rep.csv.header")]
