"""What the engine says, and when something was, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from paceline.pages.dashboards import written
from paceline.pages.dashboards.column_words import column
from paceline.pages.told import in_words

register = template.Library()
register.filter("in_words", in_words)
register.filter("record_word", column)


@register.filter
def moment(at: datetime | None) -> str:
    """A moment to the minute, with its time zone; empty where there is none."""
    return "" if at is None else written.instant(int(at.timestamp()), timezone.get_current_timezone_name())
