"""A server that is stopped: work ends between its pieces, or is broken off within seconds, and is done at the next start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from paceline.pages import stopping


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Whether this process was told to stop."""
    word = Event()
    monkeypatch.setattr(stopping, "_stopping", word)
    yield word
    word.set()


def test_work_between_two_pieces_ends_and_what_is_in_the_middle_of_one_is_not_waited_for(told: Event) -> None:
    never = Event()
    assert not stopping.end(never.wait, grace=0.01)
    assert told.is_set()
    assert stopping.end(told.wait, grace=10)
    never.set()
    with pytest.raises(stopping.StoppingError):
        stopping.go_on()


@pytest.mark.usefixtures("place", "cast")
def test_work_that_a_stop_broke_off_has_not_failed_and_is_done_at_the_next_start(
    told: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent

    from paceline.alerts.models import Job
    from paceline.pages.telling import jobs, work

    monkeypatch.setattr(work, "close_old_connections", lambda: None)  # this test's connection holds its transaction
    monkeypatch.setattr(work, "WORK", {"look": replace(work.WORK["look"], run=lambda: str(list(jobs._readers())))})
    told.set()
    with pytest.raises(stopping.StoppingError) as broken:
        work.do("look")
    work._went(JobExecutionEvent(EVENT_JOB_ERROR, "look", "default", None, exception=broken.value, traceback=""))
    assert (Job.objects.get(name="look").failures, work.is_due("look")) == (0, True)
    told.clear()
    assert work.do("look") is not None
    assert not work.is_due("look")
