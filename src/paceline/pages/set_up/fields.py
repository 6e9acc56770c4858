"""From keys of ``paceline.toml`` to fields of a form, and back. A key's own reader decides what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.pages.dashboards.written import count, currencies
from paceline.pages.told import fault_in_words
from paceline.project import FILE, Project, key_values, keys, lines

# What the words of a choice mean.
_IN_WORDS: dict[tuple[str, str], dict[str, Any]] = {
    ("pages", "leaderboard"): dict(zip(key_values.BOARDS, (
        gettext_lazy("off"), gettext_lazy("without names"), gettext_lazy("with names")), strict=True)),
    ("channels", "smtp_tls"): dict(zip(key_values.TLS, (
        gettext_lazy("begins in plain, then TLS (STARTTLS)"), gettext_lazy("TLS from the start"), gettext_lazy("none")),
        strict=True)),
}  # fmt: skip
FORM_PREFIX = "--"  # between section and key in a field's name
Path = tuple[str, str]


def form_of(project: Project, sections: Sequence[str], data: QueryDict | None) -> forms.Form:
    """A form of all keys of the sections, with what the file says now (or the default) as the values."""
    form = forms.Form(data)
    for key in shown_keys(sections):
        form.fields[name_of(key.path)] = field_of(key, now_written(project, key))
    return form


def shown_keys(sections: Sequence[str]) -> list[keys.Key]:
    """The keys of the sections; of the CRM's links, one a kind of record."""
    found = [key for key in keys.ALL if key.section in sections]
    if "crm" in sections:
        found += [
            keys.Key("crm", kind, "", _("The CRM’s address of such a record, with {id} in place of its id."), '""', _record_url)
            for kind in key_values.CRM_KINDS
        ]
    return found


def _record_url(value: Any) -> str:
    return "" if value == "" else key_values.record_url(value)


def name_of(path: Path) -> str:
    """The name of a key's field."""
    return FORM_PREFIX.join(path)


def now_written(project: Project, key: keys.Key) -> Any:
    """What the file says of a key, as TOML's value; its default where it says nothing."""
    document = lines.parse((project.folder / FILE).read_text(encoding="utf-8-sig")).unwrap()
    return document.get(key.section, {}).get(key.name, default_of(key))


def default_of(key: keys.Key) -> Any:
    """A key's default, as TOML's value: all are written so that JSON reads them, too."""
    return json.loads(key.default)


def chosen_of(project: Project, form: forms.Form) -> dict[Path, Any]:
    """The keys whose value differs from what the file says now; None: taken out (an emptied link)."""
    chosen: dict[Path, Any] = {}
    for name, value in form.cleaned_data.items():
        path = (name.split(FORM_PREFIX)[0], name.split(FORM_PREFIX, 1)[1])
        key = keys.BY_PATH.get(path) or keys.Key(*path, "", "", '""', _record_url)
        if value != now_written(project, key):
            chosen[path] = None if path[0] == "crm" and value == "" else value
    return chosen


def field_of(key: keys.Key, value: Any) -> forms.Field:
    """A field whose cleaned value is the key's TOML value."""
    default = default_of(key)
    common: dict[str, Any] = {
        "label": _(key.label), "help_text": _(key.doc).replace("`", ""), "required": False,
        "initial": _budget(value) if key.section == "judgement" else value,
    }
    words = _choices(key, value)
    if words is not None and isinstance(default, list):
        field: forms.Field = forms.MultipleChoiceField(choices=words, widget=forms.CheckboxSelectMultiple, **common)
    elif words is not None:
        field = forms.TypedChoiceField(choices=words, coerce=_number if key.section == "judgement" else str, **common)
    elif isinstance(default, bool):
        field = forms.BooleanField(**common)
    elif isinstance(default, int):
        field = forms.IntegerField(**common)
    elif isinstance(default, list):
        field = _Words(**{**common, "initial": ", ".join(value)})
    else:
        field = forms.CharField(max_length=500, **common)
    if key.section != "judgement":  # its choices are all that may be said, and are words until they are read
        field.validators.append(_Reads(key.read))
    if not isinstance(field, (forms.BooleanField, _Words, forms.MultipleChoiceField)):
        field.required = default != ""
    return field


def _choices(key: keys.Key, value: Any) -> list[tuple[Any, str]] | None:
    """The words that a key may have, where it is a choice; the value now is always among them."""
    if key.path == ("company", "currency"):
        return currencies(str(value))
    if key.path == ("company", "time_zone"):
        zones = sorted(zone for zone in available_timezones() | {value} if zone == value or _is_place(zone))
        return [(zone, zone.replace("_", " ")) for zone in zones]
    if key.path == ("company", "fiscal_year_starts"):
        return [(month, _(month.capitalize())) for month in key_values.MONTHS]  # Django itself has months and weekdays in words
    if key.path in (("company", "week_starts"), ("work", "days")):
        return [(day, _(day.capitalize())) for day in key_values.WEEKDAYS]
    if key.path in _IN_WORDS:
        return [(word, str(words)) for word, words in _IN_WORDS[key.path].items()]
    if key.section == "judgement":
        return [(_budget(one), count(one)) for one in key_values.BUDGETS]
    return None


def _is_place(zone: str) -> bool:
    """Whether a time zone is one that people live in, not an alias or an offset."""
    return zone == "UTC" or ("/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/")))


def _budget(value: float) -> str:
    """A choice as the form has it: 1 and 1.0 are the same one."""
    return f"{value:g}"


def _number(told: Any) -> float:
    return float(told)


class _Reads:
    """A field's validator: what the key's reader says."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __call__(self, value: Any) -> None:
        try:
            self.read(value)
        except ValueError as error:
            raise ValidationError(_("This %(what)s."), params={"what": fault_in_words(error)}) from None


class _Words(forms.CharField):
    """A list of words, written with commas."""

    def to_python(self, value: Any) -> Any:
        """The words."""
        return [word.strip() for word in str(value or "").split(",") if word.strip()]

    def run_validators(self, value: Any) -> None:
        """Empty lists are judged, too."""
        errors = []
        for validator in self.validators:
            if isinstance(validator, _Reads):
                try:
                    validator(value)
                except ValidationError as error:
                    errors.extend(error.error_list)
        if errors:
            raise ValidationError(errors)
