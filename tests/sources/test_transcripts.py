"""WebVTT and RTTM → call turns: a few by hand, the shared recordings by a second way of counting."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from paceline.sources.contract import Batch, ReadReport
from paceline.sources.files.read import read_folder
from paceline.sources.transcripts.rttm import milliseconds, read_rttm
from paceline.sources.transcripts.turns import Turn, merged
from paceline.sources.transcripts.vtt import read_vtt
from tests.sources.holding import held, shared_data

Load = Callable[..., tuple[Batch, ReadReport]]

VTT = """WEBVTT

NOTE Bob: --> not a cue

1
00:00:01.000 --> 00:00:02.500
Ann Lee: Hello there: how are you?

00:00:03.000 --> 00:00:04.000
and the others?

3
00:05.000 --> 00:06.000 align:start
<v.loud Bob Ray>Fine, <i>thanks</i></v>

00:00:20.000 --> 00:00:21.000
Bob Ray: Bye.

00:00:09.000 --> 00:00:08.000
Bob Ray: Backwards.

00:00:xx.000 --> 00:00:08.000
Bob Ray: No time.
"""
CALL = """
[transcripts]
speakers = { "Bob Ray" = "" }
[transcripts.calls."demo"]
id = "call-7"
rep_id = "r1"
started_at = 2024-05-01T09:00:00Z
direction = "outbound"
"""


def test_vtt_by_hand(load: Load) -> None:
    batch, report = load({"demo.vtt": VTT, "reps.csv": "id,name\nr1,ann lee\nr2,Bob Ray\n"}, CALL)
    assert batch["call_turn"].to_pylist() == [
        {"id": "call-7/1", "call_id": "call-7", "speaker": "Ann Lee", "rep_id": "r1", "start_ms": 1000, "end_ms": 4000},
        {"id": "call-7/2", "call_id": "call-7", "speaker": "Bob Ray", "rep_id": None, "start_ms": 5000, "end_ms": 6000},
        {"id": "call-7/3", "call_id": "call-7", "speaker": "Bob Ray", "rep_id": None, "start_ms": 20000, "end_ms": 21000},
    ]
    call = batch["call"].to_pylist()[0]
    assert (call["id"], call["rep_id"], call["started_at"], call["seconds"]) == ("call-7", "r1", 1_714_554_000, 21)
    assert report.rejected["line"].to_pylist() == [19, 22]
    count = next(count for count in report.files if count.table == "call_turn")
    assert (count.read, count.accepted, count.rejected, count.repeated) == (6, 4, 2, 1)


def test_turns_without_their_call_are_rejected_and_say_so(load: Load) -> None:
    batch, report = load({"c9.rttm": "SPEAKER c9 1 0.5 1.25 <NA> <NA> A <NA> <NA>\n"})
    assert len(batch["call_turn"]) == 0
    assert report.rejected["reason"][0].as_py().startswith("call_id: no call has this id")
    batch, _ = load({"c9.rttm": "SPEAKER c9 1 0.5 1.25 <NA> <NA> A <NA> <NA>\n"}, known={"call": {"c9"}})
    assert batch["call_turn"].select(["start_ms", "end_ms"]).to_pylist() == [{"start_ms": 500, "end_ms": 1750}]


def test_rttm_of_several_recordings(load: Load) -> None:
    text = "".join(f"SPEAKER {call} 1 {start} 1.0 <NA> <NA> S <NA> <NA>\n" for call, start in (("a", 0), ("b", 0.5), ("a", 1.5)))
    batch, _ = load({"day.rttm": text + ";; comment\nSPKR-INFO a 1 <NA> <NA> <NA> unknown S <NA>\n"}, known={"call": {"a", "b"}})
    assert sorted(zip(batch["call_turn"]["call_id"].to_pylist(), batch["call_turn"]["end_ms"].to_pylist(), strict=True)) == [
        ("a", 2500),
        ("b", 1500),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "SPEAKER x",
        "hello",
        "SPEAKER f 1 a 1 <NA> <NA> S <NA> <NA>",
        "SPEAKER f 1 1 -1 <NA> <NA> S <NA> <NA>",
        "SPEAKER f 1 1 1 <NA> <NA> <NA> <NA> <NA>",
        "SPEAKER f 1 1e3 1 <NA> <NA> S <NA> <NA>",
    ],
)
def test_bad_rttm_lines(line: str) -> None:
    assert len(read_rttm([line]).bad) == 1


def test_seconds_are_read_without_a_float() -> None:
    assert [milliseconds(text) for text in ("0.37", "10.99", "1.0005", "1.00049", "7", "1.", ".5")] == [
        370,
        10990,
        1001,
        1000,
        7000,
        None,
        None,
    ]


def test_an_interruption_keeps_turns_apart() -> None:
    turns = [Turn("A", 0, 5000, 1, ""), Turn("B", 2000, 2500, 2, ""), Turn("A", 5100, 6000, 3, "")]
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in merged(turns, 1000)] == [
        ("A", 0, 5000),
        ("B", 2000, 2500),
        ("A", 5100, 6000),
    ]
    assert len(merged([turns[0], turns[2]], 99)) == 2
    assert merged([turns[0], turns[2]], 100)[0].end_ms == 6000


@pytest.mark.parametrize(
    "text", ["", "WEBVT\n", "WEBVTT\n00:00:01.000 --> 00:00:02.000\nx", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nno name"]
)
def test_vtt_without_turns(text: str) -> None:
    assert read_vtt(text).turns == ()


def test_zoom(tmp_path: Path) -> None:
    """A second reading of the file, with nothing of ours: one pattern for a cue, one loop to join."""
    source = shared_data("zoom") / "meeting001_transcript.vtt"
    text = source.read_text().replace("\r\n", "\n")
    cues = re.findall(r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})\n(?:(\w+ \w+): )?", text)
    expected: list[list[object]] = []
    for cue in cues:
        start, end = (int(((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms)) for h, m, s, ms in (cue[:4], cue[4:8]))
        name = cue[8] or expected[-1][0]
        if expected and expected[-1][0] == name and start - int(str(expected[-1][2])) <= 1000:
            expected[-1][2] = end
        else:
            expected.append([name, start, end])
    (tmp_path / source.name).write_bytes(source.read_bytes())
    batch, report = held(*read_folder(tmp_path, known_ids=lambda _: {source.stem}))
    found = batch["call_turn"]
    assert [list(row.values()) for row in found.select(["speaker", "start_ms", "end_ms"]).to_pylist()] == expected
    assert found.slice(0, 1).to_pylist()[0]["start_ms"] == 4859
    assert report.rejected.num_rows == 0
    assert report.files[0].read == text.count("-->")


@pytest.mark.parametrize("name", ["ES2004a", "IS1008a", "IS1008b"])
def test_ami(tmp_path: Path, name: str) -> None:
    source = shared_data("ami") / f"{name}.rttm"
    (tmp_path / source.name).write_bytes(source.read_bytes())
    batch, report = held(*read_folder(tmp_path, known_ids=lambda _: {name}))
    rows = [line.split() for line in source.read_text().splitlines()]
    assert report.files[0].read == len(rows)
    turns = batch["call_turn"].to_pylist()
    assert {turn["speaker"] for turn in turns} == {row[7] for row in rows}
    for speaker in {row[7] for row in rows}:
        # Joining adds the gaps and takes nothing away: each stretch lies within one turn of its speaker.
        own = [(turn["start_ms"], turn["end_ms"]) for turn in turns if turn["speaker"] == speaker]
        for row in rows:
            if row[7] == speaker:
                start, end = round(float(row[3]) * 1000), round(float(row[3]) * 1000) + round(float(row[4]) * 1000)
                assert any(first <= start and end <= last for first, last in own)
