"""What every page says where nothing was loaded, or nothing new has come for long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from paceline.pages import around
from paceline.pages.fresh import LONG, Fresh, fresh
from paceline.project.running import Running
from tests.product.conftest import Cast

TODAY = date(2026, 5, 20)
LOADED = datetime(2026, 5, 20, 6, tzinfo=UTC)


@pytest.mark.parametrize(("newest", "ended"), [(None, False), (TODAY, False), (TODAY - LONG, False),
                                              (TODAY - LONG - timedelta(1), True)])
def test_data_has_ended_when_nothing_came_for_longer_than_a_week_of_holidays(newest: date | None, ended: bool) -> None:
    assert Fresh(LOADED, newest, TODAY).ended is ended


def test_the_day_of_the_newest_record_is_found(place: Running) -> None:
    now = fresh()
    assert now.loaded_at is not None
    assert now.newest is not None
    assert now.today - LONG < now.newest <= now.today == place.store.view().day
    assert not now.ended


@pytest.mark.parametrize(("state", "words"), [(Fresh(None, None, TODAY), "Nothing was loaded yet"),
                                              (Fresh(LOADED, date(2026, 4, 1), TODAY), "newest record is of")])
def test_pages_say_so_and_lead_to_where_files_are_loaded(
    cast: Cast, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, state: Fresh, words: str  # noqa: ARG001
) -> None:
    said = browser("admin").get("/you/").content.decode()
    assert words not in said
    monkeypatch.setattr(around, "fresh", lambda: state)
    said = browser("admin").get("/you/").content.decode()
    assert words in said
    assert 'href="/settings/sources/">Load files' in said
    said = browser("rep").get("/you/").content.decode()
    assert words in said
    assert "Load files" not in said
