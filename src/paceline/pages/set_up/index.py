"""The first page of set-up: what there is to decide, what is decided, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from paceline.access.gate import Asking, action
from paceline.disputes.models import Dispute, State
from paceline.pages.dashboards import written
from paceline.pages.set_up import work
from paceline.pages.set_up.company import GROUPS
from paceline.pages.set_up.maps import role_rows, stage_rows
from paceline.people.models import User
from paceline.project.health import counts
from paceline.project.running import Running, running
from paceline.sales.settings import Settings


@dataclass(frozen=True)
class Step:
    """A line of the list. ``done``: nothing waits there."""

    name: str
    href: str
    told: str
    done: bool


@action("see_set_up")
@require_safe
def index(request: Asking) -> HttpResponse:
    """The list."""
    place = running()
    rest = [(title, reverse("set_up_group", args=[group])) for group, (title, _sections) in GROUPS.items() if group != "company"]
    return render(request, "set_up/index.html", {"steps": steps(place), "rest": rest, "work": work.latest()})


def steps(place: Running) -> list[Step]:
    """What there is to do, in the order in which a company does it."""
    settings, engine = place.project.settings, place.engine
    rows = {one.name: one.rows for one in counts(engine)}
    stages, roles = stage_rows(place.project, engine), role_rows(place.project, engine)
    own = len(place.store.catalog) - len(_built_in())
    waiting = Dispute.objects.filter(state=State.OPEN).count()
    domains = ", ".join(sorted(settings.own_domains))
    people = User.objects.filter(is_active=True).count()
    return [
        Step(_("Company, calendar, money"), reverse("set_up_group", args=["company"]),
             f"{settings.name} · {settings.currency} · {settings.time_zone} · {domains or _('no mail domain of your own yet')}",
             settings.name != Settings().name and bool(settings.own_domains)),
        Step(_("Sources"), reverse("set_up_sources"),
             _("%(n)s records of %(kinds)s kinds")
             % {"n": written.count(sum(rows.values())), "kinds": sum(1 for n in rows.values() if n)}, any(rows.values())),
        Step(_("Stages and roles"), reverse("set_up_stages"),
             ", ".join((ngettext("%(n)s stage", "%(n)s stages", len(stages)) % {"n": len(stages)},
                        ngettext("%(n)s role", "%(n)s roles", len(roles)) % {"n": len(roles)})),
             bool(stages) and {"won", "lost"} <= {row.now.outcome for row in stages}),
        Step(_("Holidays and absences"), reverse("set_up_sources"),
             _("%(holidays)s, %(absences)s; upload holiday.csv, absence.csv")
             % {"holidays": ngettext("%(n)s holiday", "%(n)s holidays", rows["holiday"]) % {"n": rows["holiday"]},
                "absences": ngettext("%(n)s absence", "%(n)s absences", rows["absence"]) % {"n": rows["absence"]}},
             rows["holiday"] > 0),
        Step(_("Own metrics"), reverse("set_up_metrics"),
             ngettext("%(n)s metric of your own", "%(n)s metrics of your own", own) % {"n": own}, True),
        Step(_("Users"), reverse("users"), ngettext("%(n)s account", "%(n)s accounts", people) % {"n": people}, people > 1),
        Step(_("Disputes"), reverse("disputes"), ngettext("%(n)s waits for you", "%(n)s wait for you", waiting) % {"n": waiting},
             waiting == 0),
    ]


def _built_in() -> frozenset[str]:
    from paceline.metrics.catalog import CATALOG

    return frozenset(CATALOG)
