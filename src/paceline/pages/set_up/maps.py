"""What stages and roles mean: read from the records, with how often each is there; changed where the source says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.access.gate import Asking, action
from paceline.pages.set_up import work
from paceline.pages.set_up.saving import save
from paceline.pages.told import in_words
from paceline.project import Project, key_values
from paceline.project.changing import checked
from paceline.project.running import running
from paceline.sales.settings import StageChoice
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import unbound

OUTCOMES = {"open": gettext_lazy("open"), "won": gettext_lazy("won"), "lost": gettext_lazy("lost")}


@dataclass(frozen=True)
class StageRow:
    """A stage as its source has it, what the company says of it, and how many deals are and ever were in it."""

    id: str
    name: str
    pipeline: str
    source: StageChoice
    chosen: StageChoice
    deals: int
    moves: int

    @property
    def now(self) -> StageChoice:
        """What counts."""
        own = {name: value for name, value in asdict(self.chosen).items() if value is not None}
        return StageChoice(**{**asdict(self.source), **own})


def stage_rows(project: Project, engine: Engine) -> list[StageRow]:
    """The stages, by pipeline and order."""
    stages = engine.query(unbound("stage")).to_pylist()
    deal, change = unbound("opportunity"), unbound("opportunity_change")
    deals = _counts(engine.query(deal.group_by(key=deal.stage_id).agg(n=deal.count())).to_pylist())
    into = change.filter(change.field == "stage")
    moves = _counts(engine.query(into.group_by(key=into.new).agg(n=into.count())).to_pylist())
    rows = [
        StageRow(
            one["id"], one["name"], one["pipeline"] or "",
            StageChoice(one["outcome"], one["position"], one["probability"], bool(one["accepted"]), one["limit_days"]),
            project.settings.stages.get(one["id"], StageChoice()), deals.get(one["id"], 0), moves.get(one["id"], 0),
        )
        for one in stages
    ]
    return sorted(rows, key=lambda row: (row.pipeline, row.now.position or 0, row.name))


def role_rows(project: Project, engine: Engine) -> list[tuple[str, str, int]]:
    """Each role as its source writes it, what it is called here, and how many people ever had it."""
    role = unbound("rep_role")
    found = engine.query(role.filter(role.role.notnull()).group_by(key=role.role).agg(n=role.rep_id.nunique())).to_pylist()
    return sorted((row["key"], project.settings.roles.get(row["key"], row["key"]), row["n"]) for row in found)


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["key"]: row["n"] for row in rows if row["key"] is not None}


@action("see_set_up", "change_set_up")
def stages(request: Asking) -> HttpResponse:
    """Both maps on one page."""
    place = running()
    rows, roles = stage_rows(place.project, place.engine), role_rows(place.project, place.engine)
    wrong: dict[str, str] = {}
    faults: list[str] = []
    if request.method == "POST":
        chosen, wrong = _chosen(request.POST, rows, roles)
        if not wrong:
            found = checked(place.project, chosen)
            faults = [in_words(fault.told) for fault in found.faults]
            if not faults:
                save(request, found, frozenset(chosen))
                return redirect("set_up_stages")
    context = {
        "rows": [_shown(number, row, request.POST, wrong) for number, row in enumerate(rows)],
        "roles": [(number, *row, request.POST.get(f"role-{number}", row[1])) for number, row in enumerate(roles)],
        "faults": faults, "wrong": wrong, "work": work.latest(),
    }
    return render(request, "set_up/maps.html", context, status=400 if wrong or faults else 200)


def _chosen(
    sent: QueryDict, rows: list[StageRow], roles: list[tuple[str, str, int]]
) -> tuple[dict[tuple[str, str], Any], dict[str, str]]:
    """The keys to set (None: as the source has it again), and what is wrong, by field."""
    chosen: dict[tuple[str, str], Any] = {}
    wrong: dict[str, str] = {}
    for number, row in enumerate(rows):
        told, faults = _told(sent, number)
        wrong |= faults
        own = {name: value for name, value in told.items() if value is not None and value != getattr(row.source, name)}
        before = {name: value for name, value in asdict(row.chosen).items() if value is not None}
        if not faults and own != before:
            chosen["stages", row.id] = own or None
    for number, (written, called, _count) in enumerate(roles):
        new = sent.get(f"role-{number}", called).strip()
        if not new:
            wrong[f"role-{number}"] = _("A role needs a name.")
        elif new != called:
            chosen["roles", written] = None if new == written else new
    return chosen, wrong


def _told(sent: QueryDict, number: int) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says of a stage, and what is wrong with it."""
    readers: dict[str, Callable[[str], Any]] = {
        "outcome": str, "position": int, "probability": lambda text: float(text.rstrip("% ")) / 100, "limit_days": int,
    }
    told: dict[str, Any] = {"accepted": f"accepted-{number}" in sent}
    wrong: dict[str, str] = {}
    for name, read in readers.items():
        text = sent.get(f"{name}-{number}", "").strip()
        try:
            told[name] = read(text) if text else None
            key_values.stage_choice({name: told[name]} if told[name] is not None else {})
        except ValueError:
            wrong[f"{name}-{number}"] = str(_WRONG[name])
    return told, wrong


_WRONG = {
    "outcome": gettext_lazy("Choose open, won or lost."),
    "position": gettext_lazy("A whole number of 1 or more."),
    "probability": gettext_lazy("A percentage from 0 to 100."),
    "limit_days": gettext_lazy("A whole number of days, 1 or more; empty: from the history of won deals."),
}


def _shown(number: int, row: StageRow, sent: QueryDict, wrong: dict[str, str]) -> dict[str, Any]:
    now = row.now
    values = {
        "position": now.position,
        "probability": "" if now.probability is None else f"{now.probability * 100:g}",
        "limit_days": "" if now.limit_days is None else now.limit_days,
    }
    return {
        "row": row, "number": number,
        "outcomes": [(value, words, value == sent.get(f"outcome-{number}", now.outcome)) for value, words in OUTCOMES.items()],
        "accepted": f"accepted-{number}" in sent if sent else now.accepted,
        "fields": {name: sent.get(f"{name}-{number}", value) for name, value in values.items()},
        "wrong": [words for field, words in wrong.items() if field.endswith(f"-{number}") and not field.startswith("role")],
        "own": row.chosen != StageChoice(),
    }
