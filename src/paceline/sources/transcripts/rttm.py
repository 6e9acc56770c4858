"""RTTM (NIST Rich Transcription Time Marked): one line a stretch of speech, times in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable

from paceline.saying.said import say
from paceline.sources.files.remarks import reject
from paceline.sources.transcripts.turns import BadTurn, Heard, Turn

_SECONDS = re.compile(r"([0-9]{1,7})(?:\.([0-9]+))?")
# Other types of line tell of words, noises and speakers; they are no speech turns.
_OTHERS = frozenset(
    [
        "SPKR-INFO",
        "NOSCORE",
        "NO_RT_METADATA",
        "SEGMENT",
        "LEXEME",
        "NON-LEX",
        "NON-SPEECH",
        "FILLER",
        "EDIT",
        "IP",
        "CB",
        "A/P",
        "SU",
    ]
)
_SHAPE = "SPEAKER file channel start duration <NA> <NA> speaker <NA> <NA>"


def read_rttm(lines: Iterable[str]) -> Heard:
    """The SPEAKER lines; each other line that says nothing known is a bad turn."""
    turns: list[Turn] = []
    bad: list[BadTurn] = []
    for number, line in enumerate(lines, start=1):
        cells = line.split()
        if not cells or cells[0] in _OTHERS or cells[0].startswith(";;"):
            continue
        turn = _turn(cells, number, line.rstrip("\r\n"))
        if isinstance(turn, Turn):
            turns.append(turn)
        else:
            bad.append(turn)
    return Heard(tuple(turns), tuple(bad))


def _turn(cells: list[str], number: int, raw: str) -> Turn | BadTurn:
    if cells[0] != "SPEAKER" or not 8 <= len(cells) <= 10 or cells[7] == "<NA>":
        return BadTurn(number, raw, reject("not-rttm", say("no RTTM speaker line"), say("It must be {shape}", shape=_SHAPE)))
    start, length = milliseconds(cells[3]), milliseconds(cells[4])
    if start is None or length is None:
        return BadTurn(
            number,
            raw,
            reject("not-seconds", say("start or duration is no number of seconds"), say("It must be {shape}", shape=_SHAPE)),
        )
    return Turn(cells[7], start, start + length, number, raw, cells[1])


def milliseconds(text: str) -> int | None:
    """Seconds as written → milliseconds, rounded half up, without a float; None if it isn't a number of seconds."""
    found = _SECONDS.fullmatch(text)
    if found is None:
        return None
    fraction = (found.group(2) or "").ljust(4, "0")
    return int(found.group(1)) * 1000 + int(fraction[:3]) + (fraction[3] >= "5")
