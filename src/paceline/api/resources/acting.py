"""What one does about an alert: snooze it, say that it was useful or no issue, take either back."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.utils import timezone
from pydantic import Field

from paceline.alerts import acting
from paceline.alerts.models import Act, ActKind, Alert
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.refusal import Refused
from paceline.api.resources.alerts import AlertAnswer, AlertQuery, found_alert, told
from paceline.pages.telling.acts import snooze_end

ACTION = "act_on_alerts"


class Snooze(AlertQuery):
    """Until when."""

    until: date = Field(description="Not before this day, for you alone; within a year.")


class Verdict(AlertQuery):
    """What one says of it."""

    verdict: Literal["useful", "not_an_issue"] = Field(description="useful, or not_an_issue: told no more, to nobody.")
    reason: str = Field("", max_length=acting.LONGEST, description="Why it is no issue.")


class TakeBack(AlertQuery):
    """What to take back."""

    what: Literal["snooze", "verdict"] = Field(description="snooze (one's own) or verdict.")


def snooze(caller: Caller, query: Snooze) -> AlertAnswer:
    """Not before a day."""
    one = found_alert(caller, ACTION, query.card)
    until = snooze_end(caller.user, query.until)
    if until is None:
        caller.problems.add("until", f"{query.until} isn't in the future, or is more than a year ahead.", "Send a day to come.")
    caller.problems.check()
    assert until is not None
    acting.snooze(one, caller.user, until, timezone.now())
    return told(caller, one)


def verdict(caller: Caller, query: Verdict) -> AlertAnswer:
    """Useful, or no issue."""
    one = found_alert(caller, ACTION, query.card)
    caller.problems.check()
    if query.verdict == "useful":
        acting.confirm(one, caller.user, caller.store.engine, timezone.now())
    else:
        acting.dismiss(one, caller.user, caller.store.engine, query.reason, timezone.now())
    return told(caller, one)


def take_back(caller: Caller, query: TakeBack) -> AlertAnswer:
    """A snooze or a verdict."""
    one = found_alert(caller, ACTION, query.card)
    caller.problems.check()
    done = _standing(one, caller, query.what)
    if done is None:
        raise Refused(422, "invalid", f"There is no {query.what} to take back.")
    acting.undo(done, caller.user, caller.store.engine, timezone.now())
    one.refresh_from_db()
    return told(caller, one)


def _standing(one: Alert, caller: Caller, what: str) -> Act | None:
    acts = one.acts.filter(undone_at=None)
    if what == "snooze":
        return acts.filter(kind=ActKind.SNOOZE, user=caller.user).last()
    return acts.exclude(kind=ActKind.SNOOZE).last()


OPERATIONS = (
    Operation("api_snooze", "alerts/<slug:card>/snooze", ACTION, "Snooze an alert.", Snooze, AlertAnswer, snooze),
    Operation("api_verdict", "alerts/<slug:card>/verdict", ACTION, "Say that an alert was useful, or no issue.",
              Verdict, AlertAnswer, verdict),
    Operation("api_take_back", "alerts/<slug:card>/take-back", ACTION, "Take a snooze or a verdict back.",
              TakeBack, AlertAnswer, take_back),
)  # fmt: skip
