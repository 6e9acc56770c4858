"""The forms of the product's own pages. Errors stand beside their field, all at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from paceline.people.invitations import TakenError, check_free
from paceline.people.models import ROLES, User
from paceline.project.keys import MONTHS, WEEKDAYS, currency, zone


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few words are easier to remember than symbols."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """Not short, not common, not the person's own name."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.person)
        return password


class PersonForm(forms.Form):
    """Someone who has, or is to have, an account."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Work address"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    rep_id = forms.ChoiceField(
        label=_("Person in the CRM"), required=False,
        help_text=_("Whose numbers are theirs, and whose people report to them. Needed for reps and managers."),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        choices = [("", _("nobody")), *people]
        self.fields["rep_id"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Reps and managers are people of the CRM; nobody has two accounts."""
        told = super().clean() or {}
        if told.get("role") in ("rep", "manager") and not told.get("rep_id"):
            self.add_error("rep_id", _("Choose who they are in the CRM: without it they would see nothing."))
        try:
            check_free(told.get("email", ""), told.get("rep_id", ""), self.user)
        except TakenError as error:
            self.add_error(None, ValidationError(str(error)))
        return told


class SetUpForm(forms.Form):
    """What a company decides first, and its first admin."""

    company = forms.CharField(label=_("Company"), max_length=200)
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("In which you report: USD, EUR …"))
    time_zone = forms.CharField(label=_("Time zone"), help_text=_("Such as Europe/Berlin; for whoever has none of their own."))
    fiscal_year_starts = forms.ChoiceField(label=_("Fiscal year starts in"), choices=[(m, m.capitalize()) for m in MONTHS])
    work_days = forms.MultipleChoiceField(
        label=_("Working days"), choices=[(d, d.capitalize()) for d in WEEKDAYS], widget=forms.CheckboxSelectMultiple
    )
    own_domains = forms.CharField(
        label=_("Your mail domains"), required=False, help_text=_("example.com, example.org: people there are colleagues.")
    )
    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your work address"))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few words are easier to remember than symbols."),
    )

    def clean_currency(self) -> str:
        """An ISO 4217 code."""
        return _read(currency, str(self.cleaned_data["currency"]).strip().upper())

    def clean_time_zone(self) -> str:
        """A zone that this machine knows."""
        return _read(zone, str(self.cleaned_data["time_zone"]).strip())

    def clean_own_domains(self) -> list[str]:
        """Domains, without @."""
        from paceline.project.keys import domains

        words = str(self.cleaned_data["own_domains"]).replace(",", " ").split()
        try:
            return sorted(domains(words))
        except ValueError as error:
            raise ValidationError(_("This %(what)s."), params={"what": error}) from None

    def clean(self) -> dict[str, Any]:
        """The password, judged with name and address."""
        told = super().clean() or {}
        if told.get("password"):
            try:
                validate_password(told["password"], User(email=told.get("email", ""), name=told.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return told


def _read(key: Any, value: str) -> str:
    try:
        return str(key(value))
    except ValueError as error:
        raise ValidationError(_("This %(what)s."), params={"what": error}) from None
