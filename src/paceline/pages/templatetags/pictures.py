"""Where the charts of a page are as files."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from paceline.access.gate import may
from paceline.pages.pictures import WORD

register = template.Library()
_COUNTED = "paceline_charts"


@register.simple_tag(takes_context=True)
def chart_files(context: dict[str, Any]) -> SafeString | str:
    """Links to the files of the chart just drawn; each chart of a page has the next number."""
    request = context.get("request")
    if request is None:
        return ""
    number = getattr(request, _COUNTED, 0) + 1
    setattr(request, _COUNTED, number)
    if not may(request, "export"):
        return ""
    words = request.GET.copy()
    links = []
    for form in ("svg", "png"):
        words[WORD] = f"{number}.{form}"
        label = gettext("Save as %(form)s") % {"form": form.upper()}
        links.append(format_html('<a href="?{}" download>{}</a>', words.urlencode(), label))
    return format_html('<p class="acts">{} · {}</p>', *links)
