"""The forms of the product's own pages. Errors stand beside their field, all at once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from paceline.pages.set_up.fields import field_of, name_of, now_written
from paceline.pages.told import fault_in_words
from paceline.people.invitations import TakenError, check_free
from paceline.people.models import ROLES, User
from paceline.project import Project
from paceline.project.keys import BY_PATH


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
    email = forms.EmailField(label=_("Work email"))
    role = forms.ChoiceField(label=_("Role"), choices=[(value, _(name)) for value, name in ROLES])
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
            self.add_error(None, ValidationError(fault_in_words(error)))
        return told


class SetUpForm(forms.Form):
    """What a company decides first (keys of ``paceline.toml``, as the settings' own pages ask them), and its first admin."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your work email"))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few words are easier to remember than symbols."),
    )
    DECIDED: ClassVar = (
        ("company", "name"), ("company", "currency"), ("company", "time_zone"), ("company", "fiscal_year_starts"),
        ("work", "days"), ("sales", "own_domains"),
    )
    # On the settings' own pages each stands below its section's name.
    LABELS: ClassVar = {
        ("company", "name"): _("Company"), ("work", "days"): _("Working days"), ("sales", "own_domains"): _("Your mail domains"),
    }

    def __init__(self, project: Project, data: QueryDict | None) -> None:
        super().__init__(data)
        for path in self.DECIDED:
            key = BY_PATH[path]
            self.fields[name_of(path)] = field_of(key, now_written(project, key))
        for path, label in self.LABELS.items():
            self.fields[name_of(path)].label = label
        self.order_fields([name_of(path) for path in self.DECIDED])

    @property
    def decided(self) -> dict[tuple[str, str], Any]:
        """Of a form that is right: keys and the values to write."""
        return {path: self.cleaned_data[name_of(path)] for path in self.DECIDED}

    def clean(self) -> dict[str, Any]:
        """The password, judged with name and address."""
        told = super().clean() or {}
        if told.get("password"):
            try:
                validate_password(told["password"], User(email=told.get("email", ""), name=told.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return told

