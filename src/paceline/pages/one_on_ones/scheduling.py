"""The forms of when the two meet."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import time_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paceline.coaching.models import Series

RHYTHMS = [(1, _("every week")), (2, _("every other week")), (4, _("every four weeks")), (0, _("by agreement"))]
DAYS = [(1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")), (6, _("Saturday")),
        (7, _("Sunday"))]  # fmt: skip


class SeriesForm(forms.Form):
    """How often, on which weekday, when and where on earth."""

    weeks = forms.TypedChoiceField(label=_("How often"), choices=RHYTHMS, coerce=int)
    weekday = forms.TypedChoiceField(label=_("On"), choices=DAYS, coerce=int)
    at = forms.TimeField(label=_("At"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=240)
    time_zone = forms.CharField(label=_("Time zone"), max_length=64)

    def clean_time_zone(self) -> str:
        """A zone that this machine knows."""
        name = str(self.cleaned_data["time_zone"]).strip()
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError(_("No time zone has this name. Write it like Europe/Berlin.")) from None
        return name


class WhenForm(forms.Form):
    """Another time for this one alone; in the series' zone."""

    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])


def words_of(series: Series | None) -> str:
    """``every week, Thursday, 14:00 (Europe/Berlin), 30 min``."""
    if series is None:
        return gettext("No schedule yet.")
    told = {
        "rhythm": dict(RHYTHMS).get(series.weeks, str(series.weeks)), "day": dict(DAYS)[series.weekday],
        "time": time_format(series.at), "zone": series.time_zone, "minutes": series.minutes,
    }  # fmt: skip
    if not series.weeks:
        return gettext("by agreement, %(minutes)s min") % told
    return gettext("%(rhythm)s, %(day)s, %(time)s (%(zone)s), %(minutes)s min") % told


def start_of(series: Series | None, zone: str) -> dict[str, Any]:
    """What the form shows first."""
    if series is None:
        return {"weeks": 1, "weekday": 4, "at": time(14), "minutes": 30, "time_zone": zone}
    told = {name: getattr(series, name) for name in ("weeks", "weekday", "at", "minutes", "time_zone")}
    return told
