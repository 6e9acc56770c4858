"""What every page shows around its own content: who is logged in, where they may go, how fresh the data is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from paceline.access.gate import may
from paceline.pages.fresh import fresh
from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project.running import running


@dataclass(frozen=True)
class Entry:
    """A line of the menu. ``action``: who may not do it doesn't see the line. ``option``: of ``[pages]``; off, nobody sees it.
    ``own``: it leads to the page of the person that the user is in the CRM, and is for reps.
    """

    url_name: str
    label: str | Promise
    action: str
    group: str | Promise = ""
    option: str = ""
    own: bool = False

    def address(self, user: User) -> str:
        """Where it leads the user; empty: nowhere."""
        if not self.own:
            return reverse(self.url_name)
        return reverse(self.url_name, args=[user.rep_id]) if user.rep_id and user.role == Role.REP else ""


# The menu, top to bottom. A new page adds its line here.
MENU: tuple[Entry, ...] = (
    Entry("rep", _("My numbers"), "see_rep", own=True),
    Entry("today", _("Today"), "see_today"),
    Entry("alerts", _("Alerts"), "see_alerts"),
    Entry("team", _("Team"), "see_team"),
    Entry("people", _("People"), "see_rep"),
    Entry("leaderboard", _("Leaderboard"), "see_board", option="leaderboard"),
    Entry("one_on_ones", _("1:1s"), "see_one_on_ones"),
    Entry("goals", _("Goals"), "see_goals", _("Plan")),
    Entry("forecast", _("Forecast"), "see_forecast", _("Plan")),
    Entry("drivers", _("Drivers"), "see_drivers", _("Plan")),
    Entry("ramp", _("Ramp"), "see_ramp", _("Plan")),
    Entry("decide", _("Decide"), "see_decide", _("Plan")),
    Entry("accuracy", _("How often are we wrong?"), "see_accuracy", _("Plan")),
    Entry("coaching_time", _("Coaching time"), "see_coaching_time", _("Plan")),
    Entry("metrics", _("Metrics"), "see_metric", _("Library")),
    Entry("data_health", _("Data health"), "see_data_health", _("Library")),
    Entry("disputes", _("Disputes"), "see_disputes", _("Library")),
    Entry("set_up_index", _("Company and data"), "see_set_up", _("Set up")),
    Entry("users", _("Users"), "see_users", _("Set up")),
    Entry("work", _("Work behind the pages"), "see_work", _("Set up")),
    Entry("audit", _("Audit log"), "see_audit", _("Set up")),
    Entry("notice", _("What is measured"), "see_notice", _("You")),
    Entry("my_messages", _("What you are told"), "see_messages", _("You")),
    Entry("views", _("Saved views"), "see_views", _("You")),
    Entry("account", _("Your account"), "keep_account", _("You")),
)


@dataclass(frozen=True)
class Shown:
    """A menu line as the template needs it. ``heading``: the group's name, on its first line."""

    label: str | Promise
    address: str
    here: bool
    heading: str | Promise


def menu(request: HttpRequest) -> list[Shown]:
    """The lines that the user may follow."""
    shown: list[Shown] = []
    group: str | Promise = ""
    for entry in MENU:
        if not may(request, entry.action) or not _is_on(entry.option):
            continue
        assert isinstance(request.user, User)
        if address := entry.address(request.user):
            here = request.path == address or (address != "/" and request.path.startswith(address))
            shown.append(Shown(entry.label, address, here, entry.group if entry.group != group else ""))
            group = entry.group
    return shown


def _is_on(option: str) -> bool:
    """Whether the company has turned it on."""
    return not option or getattr(running().project.config.pages, option) != "off"


def around(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: ``menu``, ``company``, ``fresh`` (how fresh the data is), ``load_files`` (where the
    user may load files; empty: nowhere), ``sso``. Looked up when shown."""
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "company": SimpleLazyObject(lambda: running().project.settings.name),
        "fresh": SimpleLazyObject(fresh),
        "load_files": SimpleLazyObject(lambda: reverse("set_up_sources") if may(request, "see_set_up") else ""),
        "sso": settings.SSO,
    }
