"""Bytes → text: which encoding a file is in, told by its mark, by its bytes, or guessed and said so."""

from __future__ import annotations

import codecs
import io
from pathlib import Path
from typing import NamedTuple, TextIO

from charset_normalizer import from_bytes

from paceline.saying.said import Said, say
from paceline.sources.contract import Severity
from paceline.sources.files.remarks import Remark

_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What sales exports come in. More would make guesses on short samples worse, not better.
_CANDIDATES = ["cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "shift_jis", "gb18030", "big5", "euc_kr"]


class Encoding(NamedTuple):
    """The codec's name, and a remark when it was guessed."""

    name: str
    remark: Remark | None = None


def detect(path: Path) -> Encoding:
    """The file's encoding. Reads it once through, in blocks: a stray byte may be on the last line."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return Encoding(name)
        wide = _without_mark(head)
        if wide:
            return Encoding(wide, _guessed(wide, say("every other byte is zero")))
        file.seek(0)
        sample = _first_odd_bytes(file)
    return Encoding("utf-8") if sample is None else _guess(sample)


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text, line ends kept as they are; what can't be decoded becomes U+FFFD, which the reader reports."""
    return io.TextIOWrapper(path.open("rb"), encoding=encoding, errors="replace", newline="")


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without a byte-order mark: mostly Latin text, so nearly every second byte is zero. Stray NULs are far fewer."""
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else None


def _first_odd_bytes(file: io.BufferedReader) -> bytes | None:
    """None if the whole file is UTF-8; else the block where it first isn't, cut down to lines that say something."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        block = file.read(_BLOCK)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            lines = [line for line in block.splitlines() if not line.isascii()]
            return b"\n".join(lines)[:_SAMPLE] or block[:_SAMPLE]
        if not block:
            return None


def _guess(sample: bytes) -> Encoding:
    """Mostly UTF-8 with a few bad bytes stays UTF-8. Else the likeliest; Windows-1252 wherever it is among the likely."""
    text = sample.decode("utf-8", "replace")
    odd, good = text.count("\ufffd"), sum(not c.isascii() for c in text)
    if good > 20 * max(odd, 1):
        return Encoding(
            "utf-8", _guessed("utf-8", say("though some bytes of it are not valid; they read as {sign}", sign="\ufffd"))
        )
    best = from_bytes(sample, cp_isolation=_CANDIDATES, threshold=0.5).best()
    name = "cp1252" if best is None or "cp1252" in (best.encoding, *best.could_be_from_charset) else best.encoding
    if name == "latin_1":  # bytes 0x80–0x9f are letters and quotes in cp1252, nothing at all in latin-1
        name = "cp1252"
    return Encoding(name, _guessed(name, say("it is not UTF-8")))


def _guessed(name: str, why: Said) -> Remark:
    return Remark(
        "encoding-guessed",
        say("read as {name}: {why}", name=name, why=why),
        say("If letters look wrong, set `encoding` of this file in the mapping file, or save it as UTF-8"),
        Severity.WARNING,
    )
