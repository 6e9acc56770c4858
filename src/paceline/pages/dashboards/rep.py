"""The rep page: results, quality, quantity and tempo against the rep's own usual range; what to look at; deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paceline.access.doors import PEERS_AT_LEAST
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.pages.dashboards.address import Course
from paceline.pages.dashboards.deals import OpenDeal, open_deals
from paceline.pages.dashboards.kept import readings
from paceline.pages.dashboards.team import Cell, cell_of, groups_of, histories_of, middle, ramp_week
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope, Stint


@dataclass(frozen=True)
class Group:
    """A group of metrics, each with its cell; ``peers``: the median of the role's people, where it may be shown."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Page:
    """``who``: what the rep is on the period's last day. ``well`` and ``look``: cells outside of the usual range."""

    who: Stint
    ramp_week: int | None
    groups: tuple[Group, ...]
    deals: tuple[OpenDeal, ...]

    @property
    def well(self) -> tuple[Cell, ...]:
        """Better than usual."""
        return tuple(cell for group in self.groups for cell in group.cells if cell.mark == "better")

    @property
    def look(self) -> tuple[Cell, ...]:
        """Worse than usual."""
        return tuple(cell for group in self.groups for cell in group.cells if cell.mark == "worse")

    @property
    def name(self) -> str:
        """The rep's name."""
        return self.who.name or self.who.rep_id


def page(store: Store, scope: Scope, rep: str, course: Course, *, peers: Scope | None = None, as_of: date | None = None) -> Page:
    """The page of one rep, whose ``scope`` the door gave. ``peers``: over whom a median without names may be shown beside."""
    view = store.view(as_of)
    last = min(course.last.until_day - 1, epoch_day(view.day))
    own = [stint for stint in view.stints if stint.rep_id == rep]
    who = next((s for s in own if s.from_day <= last < s.until_day), own[-1])
    groups = groups_of(who.role, store.catalog, results=True)
    slugs = [metric.slug for _, metrics in groups for metric in metrics]
    histories = histories_of(store, scope, slugs, course.periods, as_of)
    medians = _medians(store, peers, who, slugs, course, as_of)
    missing: tuple[Reading | None, ...] = (None,) * len(course.periods)
    made = tuple(
        Group(name, tuple(
            cell_of(one, histories.get((one.slug, rep), missing), who, course.last, medians.get(one.slug)) for one in metrics
        ))
        for name, metrics in groups
    )  # fmt: skip
    return Page(who, ramp_week(who, course.last, view.day), made, open_deals(store, rep, as_of))


def _medians(
    store: Store, peers: Scope | None, who: Stint, slugs: list[str], course: Course, as_of: date | None
) -> dict[str, float | None]:
    """The median of the peers with the same role, metric by metric; nothing where peers may not be shown."""
    if peers is None or who.role is None:
        return {}
    found: dict[str, list[float | None]] = {}
    for reading in readings(store, slugs, peers & Scope.role(who.role), [course.last], ("rep",), as_of=as_of):
        found.setdefault(reading.slug, []).append(reading.value)
    # Of fewer people a median would tell whose value it is.
    return {slug: middle(values) for slug, values in found.items() if sum(v is not None for v in values) >= PEERS_AT_LEAST}
