"""Transcript files → rows of ``call_turn``, and of ``call`` where the mapping tells of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from paceline.sales.records import BY_NAME
from paceline.sales.settings import Settings
from paceline.saying.said import say
from paceline.sources.contract import Severity, arrow_schema
from paceline.sources.files.cells import HowToRead
from paceline.sources.files.chunk import Chunk
from paceline.sources.files.decoding import detect, open_text
from paceline.sources.files.mapping import CallOf, Entry, Origin, Speech
from paceline.sources.files.remarks import Remark, reject
from paceline.sources.files.report import ReportBuilder
from paceline.sources.files.settle import Part
from paceline.sources.files.shape import shape
from paceline.sources.transcripts.rttm import read_rttm
from paceline.sources.transcripts.turns import BadTurn, Heard, Turn, merged
from paceline.sources.transcripts.vtt import read_vtt

TRANSCRIPTS = (".vtt", ".rttm")
SIZE_LIMIT = 64 * 1024 * 1024  # bytes; a day of talk is a hundredth of it


@dataclass(frozen=True)
class _Call:
    """A call that a transcript records, with its turns."""

    call_id: str
    mapped: CallOf | None
    turns: list[Turn]


def transcript_parts(
    paths: Sequence[Path], speech: Speech, rep_names: Mapping[str, str], settings: Settings, builder: ReportBuilder
) -> list[Part]:
    """Read transcripts.

    ``rep_names``: casefolded names and ids of reps → id; a speaker who is none of them is the customer's side.
    """
    parts: list[Part] = []
    for path in paths:
        heard = _heard(path, builder)
        if heard is None:
            continue
        calls = _calls(path, heard, speech)
        spoken = [(call, turn) for call in calls for turn in call.turns]
        joined = [(call, turn) for call in calls for turn in merged(call.turns, speech.merge_gap_ms)]
        _count(path.name, heard, len(spoken) - len(joined), builder)
        parts.append(_turn_part(path.name, joined, speech, rep_names, builder))
        parts += [
            _call_part(path.name, call, settings, builder) for call in calls if call.mapped and len(call.mapped.columns) > 1
        ]
    return parts


def _heard(path: Path, builder: ReportBuilder) -> Heard | None:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            builder.add(
                path.name, reject("too-long", say("more than {size} bytes: no transcript", size=SIZE_LIMIT), say("Split it"))
            )
            return None
        encoding = detect(path)
        if encoding.remark:
            builder.add(path.name, encoding.remark)
        with open_text(path, encoding.name) as file:
            text = file.read()
    except OSError as error:
        builder.add(
            path.name, reject("unreadable", say("can't be read: {error}", error=str(error)), say("Save it again, or remove it"))
        )
        return None
    return read_vtt(text) if path.suffix.lower() == ".vtt" else read_rttm(text.splitlines())


def _calls(path: Path, heard: Heard, speech: Speech) -> list[_Call]:
    """A file is one call named like it, unless its RTTM lines name several recordings."""
    recordings = list(dict.fromkeys(turn.recording for turn in heard.turns))
    several = len(recordings) > 1
    calls = []
    for recording in recordings:
        name = recording if several and recording else path.stem
        mapped = speech.calls.get(path.name) if not several else None
        mapped = mapped or speech.calls.get(name)
        calls.append(
            _Call(mapped.call_id if mapped else name, mapped, [turn for turn in heard.turns if turn.recording == recording])
        )
    return calls


def _count(file: str, heard: Heard, joined: int, builder: ReportBuilder) -> None:
    """A stretch that was joined to the one before is accepted, and adds no row."""
    for bad in heard.bad:
        builder.add(file, bad.remark, line=bad.line, value=bad.raw)
    _reject(file, heard.bad, builder)
    builder.count(file, "call_turn", read=len(heard.turns) + len(heard.bad), rejected=len(heard.bad), repeated=joined)


def _reject(file: str, bad: Sequence[BadTurn], builder: ReportBuilder) -> None:
    builder.reject(file, "call_turn", [one.line for one in bad], [one.raw for one in bad], [one.remark.wrong for one in bad])


def _turn_part(
    file: str, turns: Sequence[tuple[_Call, Turn]], speech: Speech, rep_names: Mapping[str, str], builder: ReportBuilder
) -> Part:
    ours = {turn.speaker: _rep(turn.speaker, speech, rep_names) for _, turn in turns}
    if turns and not any(ours.values()):
        builder.add(
            file,
            Remark(
                "nobody-ours",
                say("none of the speakers is known as a rep: {speakers}", speakers=", ".join(sorted(ours))),
                say("Name them under [transcripts.speakers] in the mapping file, or load the reps too"),
                Severity.WARNING,
            ),
        )
    numbers: dict[str, int] = {}
    ids = []
    for call, _ in turns:
        numbers[call.call_id] = numbers.get(call.call_id, 0) + 1
        ids.append(f"{call.call_id}/{numbers[call.call_id]}")
    columns = {
        "id": ids,
        "call_id": [call.call_id for call, _ in turns],
        "speaker": [turn.speaker for _, turn in turns],
        "rep_id": [ours[turn.speaker] for _, turn in turns],
        "start_ms": [turn.start_ms for _, turn in turns],
        "end_ms": [turn.end_ms for _, turn in turns],
    }
    raws = {turn.line: turn.raw for _, turn in turns}
    rows = pa.table(columns, schema=arrow_schema(BY_NAME["call_turn"]))
    return Part(
        "call_turn",
        file,
        rows,
        np.array([turn.line for _, turn in turns], np.int64),
        lambda lines: {line: raws[line] for line in lines},
    )


def _rep(speaker: str, speech: Speech, rep_names: Mapping[str, str]) -> str | None:
    """The rep who speaks: as mapped ("" says: not ours), else by name."""
    if speaker in speech.speakers:
        return speech.speakers[speaker] or None
    return rep_names.get(speaker.casefold())


def _call_part(file: str, call: _Call, settings: Settings, builder: ReportBuilder) -> Part:
    """The call's row, from the mapping; how long it took is told by the last word, where the mapping doesn't."""
    table = BY_NAME["call"]
    told = dict(call.mapped.columns) if call.mapped else {}
    told["id"] = call.call_id
    told.setdefault("seconds", str(-(-max(turn.end_ms for turn in call.turns) // 1000)))
    columns = {name: pa.array([value], pa.string()) for name, value in told.items()}
    origins = {name: Origin((name,), how=HowToRead(time_zone=settings.time_zone)) for name in told}
    chunk = Chunk(columns, np.array([1], np.int64), lambda _: str(told))
    found = shape(Entry(table, origins), chunk, file, settings, builder)
    builder.reject(
        file,
        "call",
        [1] * len(found.rejected),
        [str(told)] * len(found.rejected),
        ["; ".join(reasons) for reasons in found.rejected.values()],
    )
    builder.count(file, "call", read=1, rejected=len(found.rejected))
    return Part("call", file, found.rows, found.lines, lambda lines: dict.fromkeys(lines, str(told)))
