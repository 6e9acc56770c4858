"""Who spoke from when to when: what every transcript is, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from paceline.sources.files.remarks import Remark


@dataclass(frozen=True)
class Turn:
    """One stretch of speech, in milliseconds into the recording.

    ``line``: where it starts in the file. ``recording``: as RTTM names it.
    """

    speaker: str
    start_ms: int
    end_ms: int
    line: int
    raw: str
    recording: str | None = None


@dataclass(frozen=True)
class BadTurn:
    """A stretch that can't be used."""

    line: int
    raw: str
    remark: Remark


@dataclass(frozen=True)
class Heard:
    """What a transcript holds, as written: no turn is joined to another yet."""

    turns: tuple[Turn, ...] = ()
    bad: tuple[BadTurn, ...] = field(default=())


def merged(turns: Iterable[Turn], gap_ms: int) -> list[Turn]:
    """Join a speaker's consecutive stretches when no more than ``gap_ms`` lies between: subtitles are cut for
    reading, not at pauses.

    A stretch of another speaker in between keeps them apart, so that interruptions stay. Turns are taken in order of their start.
    """
    out: list[Turn] = []
    for turn in sorted(turns, key=lambda turn: (turn.recording or "", turn.start_ms, turn.end_ms, turn.line)):
        last = out[-1] if out else None
        joins = last is not None and (last.speaker, last.recording) == (turn.speaker, turn.recording)
        if last is not None and joins and turn.start_ms - last.end_ms <= gap_ms:
            out[-1] = replace(last, end_ms=max(last.end_ms, turn.end_ms))
        else:
            out.append(turn)
    return out
