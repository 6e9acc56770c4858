"""What the engine says, in the reader's language."""

from __future__ import annotations

from django import template

from paceline.pages.dashboards.column_words import column
from paceline.pages.told import in_words

register = template.Library()
register.filter("in_words", in_words)
register.filter("record_word", column)
