"""How the company is set up: its settings, stages, roles and own metrics. Read only: changes are made on pages."""

from __future__ import annotations

import re

from django.urls import reverse
from pydantic import Field, JsonValue

from paceline.api.answers import Answer, Listing, Shape, instant
from paceline.api.caller import Caller
from paceline.api.operation import Operation
from paceline.api.paging import Paged, part, version_of_ids
from paceline.api.question import Query
from paceline.metrics.explain import formula
from paceline.pages.dashboards.later import PATIENT, soon
from paceline.pages.set_up import own_metrics as pages_metrics
from paceline.pages.set_up.company import GROUPS
from paceline.pages.set_up.fields import default_of, now_written, shown_keys
from paceline.pages.set_up.maps import role_rows, stage_rows
from paceline.project import keys
from paceline.project.changing import own_metrics_text
from paceline.project.running import running
from paceline.sales.settings import StageChoice

# A password in a database's address; it belongs into the environment, but somebody may have written it into the file.
_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]*(?=@)|([?&](?:ssl)?password=)[^&\s]*", re.IGNORECASE)


class Setting(Shape):
    """A key of `paceline.toml`."""

    section: str
    key: str
    meaning: str
    value: JsonValue = Field(description="As the file has it; passwords in addresses are taken out.")
    default: JsonValue
    is_default: bool
    link: str


class SettingsAnswer(Listing):
    """The settings, in the order of the file."""

    items: list[Setting]


class SettingsQuery(Paged):
    """Which settings."""

    section: str = Field("", description="Only one section of the file, such as company or thresholds.")


class Stage(Shape):
    """A stage of a pipeline. What the company says of it goes before what its source says."""

    id: str
    name: str
    pipeline: str | None
    outcome: str | None = Field(description="open, won or lost.")
    position: int | None
    probability: float | None
    accepted: bool | None = Field(description="Whether a deal counts as accepted from here on.")
    limit_days: int | None = Field(description="After so many days in it a deal is stuck; null: from the history of won deals.")
    changed_here: bool = Field(description="The company says otherwise than the source.")
    deals: int = Field(description="How many are in it now.")
    moves: int = Field(description="How often a deal came into it.")


class StagesAnswer(Listing):
    """Stages, by pipeline and position."""

    items: list[Stage]


class RoleName(Shape):
    """A role as its source writes it, and what it is called here."""

    source: str
    called: str
    people: int = Field(description="How many ever had it.")


class RolesAnswer(Listing):
    """Roles by name."""

    items: list[RoleName]


class TeamValue(Shape):
    """A value of last month, as written."""

    team: str
    value: str


class OwnMetric(Shape):
    """A metric of the company's own."""

    metric: str
    name: str
    definition_version: int
    formula: str
    last_month: str = Field(description="What it came to, and of what, in words.")
    teams: list[TeamValue]


class OwnMetricsAnswer(Answer):
    """The company's own metrics; those built in are in /metrics with them."""

    text: str = Field(description="`metrics.toml` as it is.")
    items: list[OwnMetric]


def settings(caller: Caller, query: SettingsQuery) -> SettingsAnswer:
    """Every key and its value."""
    store, project = caller.door("see_set_up").store, running().project
    pages = {section: group for group, (_title, sections) in GROUPS.items() for section in sections}
    if query.section and query.section not in pages:
        caller.problems.unknown("section", "section", query.section, list(pages))
    caller.problems.check()
    found = [
        _setting(caller, key, _scrubbed(now_written(project, key)), pages[key.section])
        for key in shown_keys([query.section] if query.section else list(pages))
    ]
    some, cursor = part(found, query, store, version_of_ids(found))
    link = caller.link(reverse("set_up_index"))
    return SettingsAnswer(as_of=instant(store.now), link=link, next_cursor=cursor, items=list(some))


def _setting(caller: Caller, key: keys.Key, value: JsonValue, group: str) -> Setting:
    default = default_of(key)
    return Setting(
        section=key.section, key=key.name, meaning=key.doc, value=value, default=default, is_default=value == default,
        link=caller.link(reverse("set_up_group", args=[group])),
    )  # fmt: skip


def _scrubbed(value: JsonValue) -> JsonValue:
    return _PASSWORD.sub(r"\1\2…", value) if isinstance(value, str) else value


def stages(caller: Caller, query: Paged) -> StagesAnswer:
    """What stages mean."""
    store, place = caller.door("see_set_up").store, running()
    found = stage_rows(place.project, place.engine)
    some, cursor = part(found, query, store, version_of_ids(one.now for one in found))
    items = [
        Stage(
            id=one.id, name=one.name, pipeline=one.pipeline or None, outcome=one.now.outcome, position=one.now.position,
            probability=one.now.probability, accepted=one.now.accepted, limit_days=one.now.limit_days,
            changed_here=one.chosen != StageChoice(), deals=one.deals, moves=one.moves,
        )
        for one in some
    ]  # fmt: skip
    link = caller.link(reverse("set_up_stages"))
    return StagesAnswer(as_of=instant(store.now), link=link, next_cursor=cursor, items=items)


def roles(caller: Caller, query: Paged) -> RolesAnswer:
    """What roles are called."""
    store, place = caller.door("see_set_up").store, running()
    found = role_rows(place.project, place.engine)
    some, cursor = part(found, query, store, version_of_ids(found))
    items = [RoleName(source=source, called=called, people=people) for source, called, people in some]
    link = caller.link(reverse("set_up_stages"))
    return RolesAnswer(as_of=instant(store.now), link=link, next_cursor=cursor, items=items)


def own_metrics(caller: Caller, query: Query) -> OwnMetricsAnswer:  # noqa: ARG001  (there is nothing to choose)
    """The company's own metrics, each asked of last month."""
    door, text = caller.door("see_set_up"), own_metrics_text(running().project)
    key = ("own-metrics", text)
    found: tuple[pages_metrics.Tried, ...] = ()
    if text.strip():
        found = soon(door.store, key, None, lambda: pages_metrics.tried(door.store, text, door.sight()), PATIENT)
    items = [
        OwnMetric(
            metric=one.metric.slug, name=one.metric.name, definition_version=one.metric.version,
            formula=formula(one.metric.numerator, one.metric.denominator), last_month=str(one.sentence),
            teams=[TeamValue(team=team, value=value) for team, value in one.teams],
        )
        for one in found
    ]  # fmt: skip
    return OwnMetricsAnswer(as_of=instant(door.store.now), link=caller.link(reverse("set_up_metrics")), text=text, items=items)


OPERATIONS = (
    Operation("api_settings", "settings", "see_set_up", "The company's settings.", SettingsQuery, SettingsAnswer, settings),
    Operation("api_stages", "settings/stages", "see_set_up", "What stages mean here.", Paged, StagesAnswer, stages),
    Operation("api_roles", "settings/roles", "see_set_up", "What roles are called here.", Paged, RolesAnswer, roles),
    Operation("api_own_metrics", "settings/own-metrics", "see_set_up", "The company's own metrics.",
              Query, OwnMetricsAnswer, own_metrics),
)  # fmt: skip
