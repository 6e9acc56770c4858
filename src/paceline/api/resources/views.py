"""Saved views: addresses of pages with a name."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from pydantic import Field

from paceline.api.answers import Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.pages.plan.views import openable, start_of


class View(Shape):
    """A page's address with a name."""

    name: str
    link: str
    own: bool = Field(description="False: somebody else's, shared.")
    shared: bool
    begins_the_day: bool
    saved_at: datetime


class ViewsAnswer(Listing):
    """One's own, and those that are shared; only pages that one may open."""

    items: list[View]


def views(caller: Caller, query: Paged) -> ViewsAnswer:
    """The caller's views."""
    store, user = caller.door("see_views").store, caller.user
    found, start = openable(user), start_of(user)
    some, cursor = part(found, query, store, version_of_ids((one.pk, one.address, one.shared, one.name) for one in found))
    items = [
        View(name=one.name, link=caller.link(one.address), own=one.user_id == user.pk, shared=one.shared,
             begins_the_day=one.address == start, saved_at=one.created_at)
        for one in some
    ]  # fmt: skip
    return ViewsAnswer(as_of=instant(store.now), link=caller.link(reverse("views")), next_cursor=cursor, items=items)


OPERATIONS = (Operation("api_views", "views", "see_views", "Saved views.", Paged, ViewsAnswer, views),)
