"""The leaderboard, where the company has turned it on; names only where it allows them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from pydantic import Field

from paceline.access.rules import Rows
from paceline.api.answers import Answer, Shape, currency_of, instant, number, period_of
from paceline.api.answers import Period as Days
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.question import When, understood
from paceline.pages.asked import Asked
from paceline.pages.plan.board import Placed, board, roles_of
from paceline.pages.plan.board_views import NAMED, metrics_of, setting
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope


class Place(Shape):
    """Somebody's place. ``pace``: per full month of 21 working days for sums, else the value."""

    rep_id: str | None = Field(description="Null: without a name.")
    name: str | None
    own: bool
    first_place: int | None = Field(description="Equals share places: from here …")
    last_place: int | None = Field(description="… to here. Both null: not placed.")
    pace: float | None
    value: float | None
    n: int
    working_days: float
    not_placed_because: str | None = Field(description="ramping, absent, few or none; null: placed.")


class BoardAnswer(Answer):
    """Best first, then who isn't placed."""

    metric: str
    definition_version: int
    unit: str
    currency: str | None
    role: str
    period: Days
    because: str | None = Field(description="Why there is no board; null where there is one.")
    places: list[Place]


class BoardQuery(When):
    """Who, by what."""

    period: str = Field("this_month", description="Which days.")
    metric: str = Field("", description="A metric of the role that has a better side; revenue, or else the role's first.")


def leaderboard(caller: Caller, query: BoardQuery) -> BoardAnswer:
    """The board."""
    door, chosen = caller.door("see_board"), setting()
    asked = understood(door, query.model_copy(update={"role": ""}), caller.problems)
    alone, own = door.rows is Rows.OWN, caller.user.rep_id
    scope: Scope | None = asked.scope
    if alone:
        scope = caller.door("see_peers").peers(own, asked.as_of) if own and caller.may("see_peers") else None
    of = Asked(door, asked.scope, asked.period, asked.as_of, asked.today)
    role = _role(of, scope, query.role, own if alone else "")
    metrics = metrics_of(asked.store, role)
    slug = query.metric or ("revenue" if "revenue" in metrics else next(iter(metrics), ""))
    if slug not in metrics:
        caller.problems.unknown("metric", "metric that people are placed by", slug, list(metrics))
    caller.problems.check()
    metric = metrics[slug]
    found = None if scope is None else board(of, scope, role, metric)
    shown = () if found is None or not found.enough else (*found.placed, *found.apart)
    named = not alone or chosen == NAMED
    places = [_place(one, found.place(one.rep) if found is not None else None, own, named) for one in shown]
    words = dict(asked.words) | {"metric": slug}
    return BoardAnswer(
        as_of=instant(asked.store.view(asked.as_of).as_of), link=caller.link(f"{reverse('leaderboard')}?{urlencode(words)}"),
        metric=metric.slug, definition_version=metric.version, unit=metric.unit.value,
        currency=currency_of(metric, asked.store.settings.currency), role=role, period=period_of(asked.period),
        because=None if shown else "there are too few people to place",
        places=[one for one in places if named or one.own or one.not_placed_because is None],
    )  # fmt: skip


def _role(of: Asked, scope: Scope | None, wanted: str, own: str) -> str:
    """The role asked for, else one's own, else the largest."""
    if own:
        on = epoch_day(of.today)
        stints = (stint for stint in of.store.view(of.as_of).stints if stint.rep_id == own)
        return next((stint.role or "" for stint in stints if stint.from_day <= on < stint.until_day), "")
    roles = [] if scope is None else roles_of(of, scope)
    return wanted or (roles[0] if roles else "")


def _place(one: Placed, place: tuple[int, int] | None, own: str, named: bool) -> Place:
    seen = named or one.rep == own
    return Place(
        rep_id=one.rep if seen else None, name=one.name if seen else None, own=one.rep == own,
        first_place=None if place is None else place[0], last_place=None if place is None else place[1], pace=number(one.pace),
        value=number(one.reading.value), n=one.reading.n, working_days=one.days, not_placed_because=one.why or None,
    )  # fmt: skip


OPERATIONS = (
    Operation("api_leaderboard", "leaderboard", "see_board", "Who brought what, fairly; off until the company turns it on.",
              BoardQuery, BoardAnswer, leaderboard),
)  # fmt: skip
