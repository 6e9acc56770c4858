"""Putting something onto the next 1:1."""

from __future__ import annotations

from pydantic import Field

from paceline.api.answers import Answer, instant
from paceline.api.caller import Caller, Visiting
from paceline.api.operation import Operation
from paceline.api.resources.one_on_ones import NextQuery, Point, point_of
from paceline.coaching.models import Kind
from paceline.pages.one_on_ones.adding import put
from paceline.pages.one_on_ones.pairing import pair_with
from paceline.pages.one_on_ones.reading import address_of


class PointAnswer(Answer):
    """What is on the agenda now: of the same key there is one point."""

    point: Point


class AddQuery(NextQuery):
    """What to talk about."""

    text: str = Field(min_length=1, max_length=500, description="In a sentence.")
    kind: str = Field(Kind.NOTE.value, description=f"One of {', '.join(Kind.values)}.")
    at: str = Field("", description="An address of ours that shows it, such as /reps/ID/.")
    key: str = Field("", max_length=100, description="Of which an agenda has one; by default of kind and text.")


def add(caller: Caller, query: AddQuery) -> PointAnswer:
    """Add a point, as one of the two."""
    caller.problems.check()
    visitor = Visiting(caller.user, caller.door("hold_one_on_ones"))
    pair = pair_with(visitor, query.rep, query.manager)
    item = put(visitor, pair, query.kind, query.text, query.at, query.key)
    link = caller.link(address_of(visitor, pair))
    return PointAnswer(as_of=instant(visitor.door.store.now), link=link, point=point_of(item))


OPERATIONS = (
    Operation("api_add_point", "one-on-ones/<path:rep>/agenda", "hold_one_on_ones", "Put something onto the next 1:1.",
              AddQuery, PointAnswer, add),
)  # fmt: skip
