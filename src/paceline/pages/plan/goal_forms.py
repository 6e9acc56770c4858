"""The forms of goals: setting, changing, proposing. Everything that is wrong is told at once, each beside its field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paceline.insight.goals import Ramp, given_ramp
from paceline.metrics.vocabulary import Metric, Unit
from paceline.pages.dashboards import written

_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "%": 0.01}
Choices = Sequence[tuple[str, str]]


def read_target(text: str, metric: Metric) -> float:
    """A target as people of the page's language write it: 250,000, 250k, 1.2m, 25%. Raises ValidationError."""
    found = re.fullmatch(r"(.+?)\s*([kKmM%]?)", text.strip())
    try:
        value = float(parse_decimal(found[1], locale=written.locale(), strict=True)) if found else 0.0
    except NumberFormatError:
        raise ValidationError(_("This isn’t an amount. Write it as 250000, 250k, 1.2m or 25%.")) from None
    mark = found[2].lower() if found else ""
    if mark == "%" and metric.unit is not Unit.PERCENT:
        raise ValidationError(_("This metric isn’t a percentage: write a plain number."))
    if not value > 0:
        raise ValidationError(_("A goal must be above 0."))
    value *= _SCALES[mark]
    if metric.unit is Unit.PERCENT and value > 1.5 and metric.interval == "wilson":
        raise ValidationError(_("This metric is a percentage: write 25% or 0.25."))
    return value


def read_ramp(text: str) -> Ramp | None:
    """Percents of the target in each month of a new hire. Raises ValidationError."""
    if not text.strip():
        return None
    try:
        shares = [float(word.strip().removesuffix("%")) / 100 for word in re.split(r"[,;\s]+", text.strip())]
        return given_ramp(shares)
    except ValueError:
        raise ValidationError(_("Write percentages from 0 to 100, such as 25, 50, 75.")) from None


class _WithTarget(forms.Form):
    """A metric, a target in its unit, why."""

    metric = forms.ChoiceField(label=_("Metric"))
    target = forms.CharField(label=_("Target"), max_length=30, help_text=_("Such as 250000, 250k or 1.2m; for a share, 25%."))
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=400,
        help_text=_("Kept with the goal, and shown to everybody who sees it."),
    )  # fmt: skip

    def __init__(self, *args: Any, metrics: dict[str, Metric], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metrics = metrics
        _choose(self, "metric", [(slug, gettext(one.name)) for slug, one in metrics.items()])

    def clean(self) -> dict[str, Any]:
        """The target, read in the metric's unit."""
        told = super().clean() or {}
        if "metric" in told and "target" in told:
            try:
                told["amount"] = read_target(told["target"], self.metrics[told["metric"]])
            except ValidationError as error:
                self.add_error("target", error)
        return told


class SetForm(_WithTarget):
    """A goal for a person, each of a team or role, or a team or the company as a whole."""

    whose = forms.ChoiceField(label=_("Whose"))
    period = forms.ChoiceField(label=_("Period"))
    prorate = forms.BooleanField(
        label=_("Prorate for people who join, leave, work part-time, are away or are ramping"), required=False, initial=True
    )
    ramp = forms.CharField(
        label=_("Ramp of new hires: percent of the target in each month"), required=False, max_length=120,
        help_text=_("Such as 25, 50, 75. Leave empty to use what past hires showed."),
    )  # fmt: skip
    replace = forms.BooleanField(label=_("Replace existing goals for the same dates"), required=False)
    field_order = ("metric", "whose", "period", "target", "prorate", "ramp", "replace", "reason")

    def __init__(self, *args: Any, whose: Choices, periods: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "whose", whose)
        _choose(self, "period", periods)

    def clean_ramp(self) -> Ramp | None:
        """The ramp, read."""
        return read_ramp(str(self.cleaned_data["ramp"]))


class ProposeForm(_WithTarget):
    """A goal that one would like to have."""

    period = forms.ChoiceField(label=_("Period"))
    field_order = ("metric", "period", "target", "reason")

    def __init__(self, *args: Any, periods: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "period", periods)


class ChangeForm(forms.Form):
    """Another target for a goal, and why."""

    target = forms.CharField(label=_("New target"), max_length=30, help_text=_("Such as 250000, 250k or 1.2m; for a share, 25%."))
    reason = forms.CharField(
        label=_("Why"), max_length=400, help_text=_("Kept with the goal, and shown to everybody who sees it.")
    )

    def __init__(self, *args: Any, metric: Metric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metric = metric

    def clean_target(self) -> float:
        """In the metric's unit."""
        return read_target(str(self.cleaned_data["target"]), self.metric)


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]
