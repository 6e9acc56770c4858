"""What one value has wrong with it, before file and line are known."""

from __future__ import annotations

from typing import NamedTuple

from paceline.sources.contract import Severity


class Remark(NamedTuple):
    """``kind`` groups like faults in the report; it never reaches the reader."""

    kind: str
    wrong: str
    remedy: str
    severity: Severity = Severity.REJECTED


def reject(kind: str, wrong: str, remedy: str) -> Remark:
    """A fault that keeps the row out."""
    return Remark(kind, wrong, remedy)


def shorten(value: str | None, width: int = 80) -> str | None:
    """A value fit for one line of a report: control characters shown as escapes, the middle of long ones left out."""
    if value is None:
        return None
    if len(value) > width:
        value = f"{value[: width - 20]}… ({len(value):,} characters)"
    return value if value.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in value)
