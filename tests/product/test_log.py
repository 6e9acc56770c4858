"""The log under load: what every waiting request would say is said once a minute, with how many there were."""

from __future__ import annotations

import logging

import pytest

from paceline.pages.log import OnceAMinute


def test_the_same_is_said_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("paceline.pages.log.time.monotonic", lambda: now)
    once = OnceAMinute()

    def said(depth: int) -> str | None:
        record = logging.LogRecord("waitress.queue", logging.WARNING, "", 0, "Task queue depth is %d", (depth,), None)
        return record.getMessage() if once.filter(record) else None

    assert [said(1), said(2), said(3)] == ["Task queue depth is 1", None, None]
    now += 61
    assert [said(4), said(5)] == ["Task queue depth is 4 (2 more like it since the last)", None]
    now += 61
    assert said(6) == "Task queue depth is 6 (1 more like it since the last)"
    now += 61
    assert said(7) == "Task queue depth is 7"
