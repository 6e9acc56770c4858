"""WebVTT: subtitles with the speaker's name, as video-call recorders write them."""

from __future__ import annotations

import re

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from paceline.saying.said import say
from paceline.sources.files.remarks import reject
from paceline.sources.transcripts.turns import BadTurn, Heard, Turn

# "Name: text". A name is short, begins with a letter and has no sentence in it: "So here it is: …" is taken for a
# name only if this short.
_NAMED = re.compile(r"\s*([^\W\d_][^:.!?\n]{0,59}?)\s*:\s+\S")
_CLOCK = re.compile(r"(?:([0-9]+):)?([0-9]{1,2}):([0-9]{1,2})\.([0-9]{1,3})")
_NO_CUES = ("NOTE", "STYLE", "REGION")


def read_vtt(text: str) -> Heard:
    """The cues with their speakers: ``<v Name>``, else ``Name: …``, else whoever spoke in the cue before.

    webvtt-py reads each cue; it drops the bad ones in silence and doesn't say where a cue stands, so the cues are parted here.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    if not re.match(r"WEBVTT(\s|$)", text):
        return Heard(
            (), (BadTurn(1, text.split("\n", 1)[0], reject("not-vtt", say("no WebVTT"), say("Its first line must be WEBVTT"))),)
        )
    bad: list[BadTurn] = []
    turns: list[Turn] = []
    speaker: str | None = None
    for number, raw in _blocks(text):
        found = _cue(number, raw, speaker)
        if isinstance(found, Turn):
            speaker = found.speaker
            turns.append(found)
        else:
            bad.append(found)
    return Heard(tuple(turns), tuple(bad))


def _blocks(text: str) -> list[tuple[int, str]]:
    """The cues as written, each with the line on which it begins (with its identifier, if it has one)."""
    out: list[tuple[int, str]] = []
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            block.append(line)
            continue
        if any("-->" in one for one in block) and not block[0].startswith(_NO_CUES):
            out.append((number - len(block), "\n".join(block)))
        block = []
    return out


def _cue(number: int, raw: str, speaker: str | None) -> Turn | BadTurn:
    if raw.startswith("WEBVTT"):
        return BadTurn(number, raw, reject("not-a-cue", say("a cue right below WEBVTT"), say("Put an empty line between")))
    try:
        captions = webvtt.from_string(f"WEBVTT\n\n{raw}").captions
    except (MalformedCaptionError, MalformedFileError):
        captions = []
    clocks = [_milliseconds(clock) for clock in (captions[0].start, captions[0].end)] if len(captions) == 1 else []
    if not clocks or clocks[0] is None or clocks[1] is None:
        return BadTurn(
            number, raw, reject("not-a-cue", say("its times can't be read"), say("Write 00:00:01.000 --> 00:00:02.000"))
        )
    if clocks[1] < clocks[0]:
        return BadTurn(number, raw, reject("wrong-order", say("it ends before it begins"), say("Correct its times")))
    named = _NAMED.match(captions[0].text)
    name = captions[0].voice or (named.group(1) if named else speaker)
    if not name:
        return BadTurn(
            number,
            raw,
            reject("no-speaker", say("nobody is named as its speaker"), say("Record with speakers' names, or give RTTM")),
        )
    return Turn(" ".join(name.split()), clocks[0], clocks[1], number, raw)


def _milliseconds(clock: str) -> int | None:
    found = _CLOCK.fullmatch(clock)
    if found is None or len(found.group(1) or "") > 5:
        return None
    hours, minutes, seconds = int(found.group(1) or 0), int(found.group(2)), int(found.group(3))
    if minutes > 59 or seconds > 59:
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(found.group(4).ljust(3, "0"))
