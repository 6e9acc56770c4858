"""Options of a select, written once a set: a table of hundreds of columns has hundreds of selects of the same fields."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def options(of: list[tuple[object, ...]] | tuple[tuple[object, ...], ...]) -> SafeString:
    """``<option>`` of each (value, words, whether it is chosen)."""
    return _written(tuple((str(value), str(words), bool(chosen)) for value, words, chosen in of))


@lru_cache(maxsize=256)
def _written(of: tuple[tuple[str, str, bool], ...]) -> SafeString:
    return format_html_join("", '<option value="{}"{}>{}</option>', (
        (value, SafeString(" selected") if chosen else "", words) for value, words, chosen in of
    ))  # fmt: skip
