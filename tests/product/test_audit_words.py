"""The audit log's page has words for whatever is noted, and times that say where they hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

import paceline

CODE = re.compile(r'(?:\b(?:note|_deed)\(|, by, )"([a-z_]+)"')


def test_whatever_is_noted_has_words() -> None:
    from paceline.disputes.models import State
    from paceline.pages.audit_words import WORDS

    files = Path(paceline.__file__).parent.rglob("*.py")
    noted = {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}
    assert len(noted) > 40
    assert noted | {f"dispute_{state.value}" for state in State} | {"user_deactivated", "password_chosen"} <= set(WORDS)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    from paceline.pages.audit_words import done

    assert done("of_a_former_version") == "of_a_former_version"


def test_a_moment_is_told_with_the_zone_in_which_it_holds() -> None:
    from paceline.pages.templatetags.telling import moment

    with timezone.override(ZoneInfo("Europe/Berlin")), translation.override("de"):
        assert moment(datetime(2026, 11, 23, 10, 21, tzinfo=UTC)) == "23.11.2026, 11:21 CET"
        assert moment(None) == ""
