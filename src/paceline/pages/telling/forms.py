"""What a person chooses about her messages, read from the form with all faults at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paceline.alerts.models import Wishes
from paceline.alerts.wishes import sealed
from paceline.channels.reach import check_address
from paceline.channels.sending import Company
from paceline.pages.told import in_words
from paceline.saying.said import NOTHING

WAYS = {"": _("not at all"), "email": _("by mail"), "slack": _("by Slack"), "webhook": _("by webhook")}
PARTS = (
    (_("Which messages"), ("digest", "alert", "week", "month")),
    (_("When"), ("morning", "time_zone", "quiet_from", "quiet_until", "weekends", "away", "paused_until")),
    (_("Where, besides your email address"), ("slack_id", "slack_webhook", "webhook_url")),
)
_SLACK = ("hooks.slack.com", "hooks.slack-gov.com")


class ClockField(forms.TimeField):
    """A time of the day, as minutes after midnight."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def prepare_value(self, value: Any) -> Any:
        """Minutes as the browser wants them."""
        return f"{value // 60:02}:{value % 60:02}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Minutes."""
        told = super().clean(value)
        return told.hour * 60 + told.minute if told is not None else None


class MessagesForm(forms.Form):
    """Which messages, by which way, when."""

    digest = forms.ChoiceField(label=_("Each morning: the three things that matter"), required=False)
    alert = forms.ChoiceField(label=_("When something changes, and when it is back to usual"), required=False)
    week = forms.ChoiceField(label=_("Each week: the week in review"), required=False)
    month = forms.ChoiceField(label=_("Each month: the month in review"), required=False)
    morning = ClockField(label=_("Morning messages come at"))
    time_zone = forms.CharField(label=_("Your time zone"), required=False, max_length=64)
    quiet_from = ClockField(label=_("Quiet from"))
    quiet_until = ClockField(label=_("Quiet until"), help_text=_("Enter the same time twice for no quiet hours."))
    weekends = forms.BooleanField(label=_("Also on days off (weekends)"), required=False)
    away = forms.BooleanField(label=_("Also on public holidays and while I am away"), required=False)
    paused_until = forms.DateField(
        label=_("Send nothing before"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    slack_id = forms.CharField(
        label=_("Your member id in Slack"), required=False, max_length=40,
        help_text=_("Leave empty to be found by your email address."),
    )  # fmt: skip
    slack_webhook = forms.CharField(
        label=_("Your own incoming webhook in Slack"), required=False, max_length=500,
        help_text=_("Stored encrypted and never shown again. Leave empty to keep it; enter a dash (-) to remove it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    webhook_url = forms.CharField(label=_("Your webhook’s address"), required=False, max_length=500)

    def __init__(self, data: Any, *, wishes: Wishes, company: Company, kinds: tuple[str, ...]) -> None:
        names = [name for name in self.base_fields if name != "slack_webhook"]
        start = {name: getattr(wishes, name) for name in names}
        super().__init__(data, initial=start)
        self.wishes, self.company = wishes, company
        for kind in ("digest", "alert", "week", "month"):
            if kind in kinds:
                self.fields[kind].choices = list(WAYS.items())  # type: ignore[attr-defined]
            else:
                del self.fields[kind]
        self.fields["time_zone"].help_text = _("Such as Europe/Berlin. Leave empty for the company’s.")
        if not company.webhooks:
            del self.fields["webhook_url"]

    def clean_time_zone(self) -> str:
        """A zone that there is."""
        told = str(self.cleaned_data["time_zone"]).strip()
        try:
            if told:
                ZoneInfo(told)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError(_("There is no such time zone. Write it like Europe/Berlin.")) from None
        return told

    def clean_slack_webhook(self) -> str:
        """An address at Slack, or at a host that the company names."""
        told = str(self.cleaned_data["slack_webhook"]).strip()
        if told in ("", "-"):
            return told
        wrong = check_address(told, self.company.allowed_hosts)
        host = (urlsplit(told).hostname or "") if not wrong else ""
        if wrong or (host not in _SLACK and host not in self.company.allowed_hosts):
            raise ValidationError(_("It must begin with https://hooks.slack.com/services/."))
        return told

    def clean_webhook_url(self) -> str:
        """An address that could be written to; where it leads is looked at each time."""
        told = str(self.cleaned_data["webhook_url"]).strip()
        wrong = check_address(told, self.company.allowed_hosts) if told else NOTHING
        if wrong:
            raise ValidationError(gettext("This address can’t be written to: %(why)s."), params={"why": in_words(wrong)})
        return told

    def save(self) -> Wishes:
        """Keep them."""
        told = self.cleaned_data
        for name, value in told.items():
            if name != "slack_webhook":
                setattr(self.wishes, name, value)
        if told["slack_webhook"]:
            self.wishes.slack_webhook = "" if told["slack_webhook"] == "-" else sealed(told["slack_webhook"])
        self.wishes.save()
        return self.wishes
