"""How reps sell, beside what came of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Answer, Range, Shape, instant, number
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import Whose, understood
from paceline.insight.strategies import Strategy
from paceline.pages.asked import Asked
from paceline.pages.dashboards.later import PATIENT
from paceline.pages.plan.decide_views import habits_of


class Habit(Shape):
    """A habit, and how often it went along with success. An association isn't a cause."""

    name: str
    success: str = Field(description="What is counted as one.")
    followed: int
    not_followed: int
    with_it: float | None
    without_it: float | None
    difference: float | None = Field(description="Among cases alike; a share.")
    likely: Range | None = Field(description="8 in 10 of the difference.")
    verdict: str
    needs: int | None = Field(description="About how many cases a verdict would take.")
    comparable: float
    sentence: str


class HabitsAnswer(Answer):
    """Habits as of a landmark in each deal's life, so that those of a deal that was lost early count, too."""

    landmark_days: int
    horizon_days: int
    habits: list[Habit]
    unknown: dict[str, str] = Field(description="Habit → why nothing is known of it.")


def habits(caller: Caller, query: Whose) -> HabitsAnswer:
    """The scope's habits."""
    asked = understood(caller.door("see_decide"), query, caller.problems)
    found = habits_of(Asked(asked.door, asked.scope, asked.period, asked.as_of, asked.today), PATIENT)
    return HabitsAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of), link=caller.link(f"{reverse('decide')}?{urlencode(asked.words)}"),
        landmark_days=found.landmark, horizon_days=found.horizon, habits=[_habit(one) for one in found.found],
        unknown={name: str(why) for name, why in found.missing.items()},
    )  # fmt: skip


def _habit(of: Strategy) -> Habit:
    known = of.low is not None and of.high is not None
    return Habit(
        name=str(of.name), success=str(of.came).lower(), followed=of.followed, not_followed=of.not_followed,
        with_it=number(of.with_it), without_it=number(of.without_it), difference=number(of.difference),
        likely=Range(low=of.low or 0.0, high=of.high or 0.0) if known else None, verdict=of.verdict.value, needs=of.needs,
        comparable=of.comparable, sentence=str(of.sentence),
    )  # fmt: skip


OPERATIONS = (
    Operation("api_habits", "habits", "see_decide", "How reps sell, beside what came of it.", Whose, HabitsAnswer, habits),
)
