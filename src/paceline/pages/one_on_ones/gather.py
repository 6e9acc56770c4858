"""Gathering what a 1:1 is about: what changed, goals, deals, the ramp, what became of what was agreed. Only numbers in sight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from paceline.access.doors import PEERS_AT_LEAST, door_to
from paceline.access.gate import Visitor
from paceline.coaching import actions
from paceline.coaching.models import Action, OneOnOne
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Change, DealShown, FollowedUp, GoalShown, Moved, Prepared
from paceline.insight.cards import Card
from paceline.insight.scoreboard import RAMP_DAYS, blocks_for
from paceline.judging.coaching import ActionPlan, PlanEffect, PlanError, effects
from paceline.judging.goals import GoalLine
from paceline.judging.ramp import RampError, ramp
from paceline.judging.signals import Signal
from paceline.judging.signals_metrics import not_judged
from paceline.judging.signals_words import weeks_apart
from paceline.metrics.store import Store
from paceline.pages.dashboards import judged
from paceline.pages.dashboards.deals import OpenDeal, open_deals
from paceline.pages.dashboards.kept import kept_for_the_day, readings
from paceline.pages.one_on_ones.pairing import scope_of
from paceline.people.roles import Role
from paceline.project.running import running
from paceline.sales.periods import Period, epoch_day, from_epoch_day
from paceline.sales.scope import Scope, Stint
from paceline.saying.said import NOTHING, Said
from paceline.stats.limits import floored, natural_limits

WEEKS = 26
MOST_CHANGES, MOST_PRAISE, MOST_DEALS = 4, 2, 3
QUIET_DAYS = 21  # without a touch a deal wants a word


def prepared(visitor: Visitor, pair: Pair, one: OneOnOne | None) -> Prepared:
    """What is laid before the two: as it was frozen when the 1:1 began, else as it is now."""
    if one is not None and one.shown:
        return Prepared.from_json(one.shown)
    store = visitor.door.store
    scope = scope_of(visitor, pair)
    on_table = actions.open_actions(pair, one)
    found = judged.changes(store, Scope.company())
    own = [signal for signal in found.firing if (signal.level, signal.name) == ("rep", pair.rep_id)]
    stint = _stint(store, pair.rep_id)
    return Prepared(
        store.view().day,
        store.settings.currency,
        tuple(_change(store, pair, scope, signal, stint) for signal in own if signal.better is not True)[:MOST_CHANGES],
        tuple(_change(store, pair, scope, signal, stint) for signal in own if signal.better)[:MOST_PRAISE],
        tuple(_goal(line) for line in judged.goal_lines(store, goals_period(store), scope)),
        tuple(deals_to_talk_about(open_deals(store, pair.rep_id))[:MOST_DEALS]),
        _ramp(store, pair.rep_id, stint),
        follow(store, on_table),
    )


def follow(store: Store, some: Sequence[Action]) -> tuple[FollowedUp, ...]:
    """What became of what was agreed, as known today."""
    plans = actions.plans_beside(some)
    return actions.followed_up(some, _effects(store, plans), store.view().day)


def _effects(store: Store, plans: tuple[ActionPlan, ...]) -> Sequence[PlanEffect]:
    """What came of each; those that can't be followed (a metric that is no longer in the catalogue) are left out."""
    found: list[PlanEffect] = []
    for slug in dict.fromkeys(plan.metric for plan in plans):
        some = tuple(plan for plan in plans if plan.metric == slug)
        try:
            found += kept_for_the_day(store, ("effects", some), None, lambda some=some: effects(store, some))  # type: ignore[misc]
        except PlanError:
            continue
    return found


def goals_period(store: Store) -> Period:
    """Goals are for quarters, or fiscal quarters where the year starts at another month."""
    grain = "quarter" if store.settings.fiscal_start_month == 1 else "fiscal_quarter"
    return Period.containing(grain, store.view().day, store.settings)


def metrics_to_choose(store: Store, rep_id: str) -> list[str]:
    """The metrics of the rep's role, those that can be followed week by week."""
    stint = _stint(store, rep_id)
    shown = [slug for slugs in blocks_for(stint.role if stint is not None else None).values() for slug in slugs]
    without = not_judged(store.catalog)
    return [slug for slug in dict.fromkeys(shown) if slug in store.catalog and slug not in without]


def deals_to_talk_about(deals: Sequence[OpenDeal]) -> list[DealShown]:
    """Open deals whose close date is past, that are too long in their stage, or that nobody touched: the largest first."""
    found = [
        DealShown(
            deal.opportunity_id, deal.name, deal.amount, deal.close, deal.overdue,
            (deal.in_stage or 0) - (deal.limit or 0) if deal.over_limit else None,
            deal.quiet if deal.quiet is not None and deal.quiet > QUIET_DAYS else None,
        )
        for deal in deals
    ]  # fmt: skip
    wanting = [deal for deal in found if deal.overdue or deal.over_by or deal.quiet]
    return sorted(wanting, key=lambda deal: (-(deal.amount or 0.0), deal.name))


def _stint(store: Store, rep_id: str) -> Stint | None:
    on = epoch_day(store.view().day)
    return next((s for s in store.view().stints if s.rep_id == rep_id and s.from_day <= on < s.until_day), None)


def _change(store: Store, pair: Pair, scope: Scope, one: Signal, stint: Stint | None) -> Change:
    weeks = _weeks(store)
    slug = one.metric.slug
    values = tuple(reading.value for reading in readings(store, [slug], scope, weeks))
    own, peers = _beside(store, pair, scope, one, stint)
    return Change(
        slug, one.metric.unit.value, one.better, one.card.observed, one.card.expected, one.card.change, one.card.since,
        one.card.until, tuple(Moved(name, change) for name, change in one.moved_with),
        tuple(allowed.sentence for allowed in one.card.allowed), tuple(week.first for week in weeks), values,
        _limits(weeks, values, one.card), own, peers, weeks_apart(one.metric, one.card.since, one.card.until),
    )  # fmt: skip


def _weeks(store: Store) -> list[Period]:
    """The last whole weeks, oldest first."""
    weeks = [Period.containing("week", store.view().day, store.settings).before()]
    while len(weeks) < WEEKS:
        weeks.insert(0, weeks[0].before())
    return weeks


def _limits(weeks: Sequence[Period], values: Sequence[float | None], card: Card) -> tuple[float, float, float] | None:
    """What was usual in a week before the change: the very value that the change is told against, with the weeks' own spread."""
    before = [value for week, value in zip(weeks, values, strict=True) if value is not None and week.first < card.since]
    found = natural_limits(before)
    if found is None:
        return None
    usual = card.usual if card.is_allowed_for and card.usual is not None else card.expected
    middle = usual / ((card.until - card.since).days // 7 + 1) if card.kind == "count" else usual
    spread = (found[1] - found[0]) / 2
    return floored(middle - spread, before), middle, middle + spread


def _beside(
    store: Store, pair: Pair, scope: Scope, one: Signal, stint: Stint | None
) -> tuple[float | None, tuple[float, ...] | None]:
    """The rep's value over the weeks of the change, and comparable people's without names, where there are enough of them."""
    period = Period.between(one.card.since, one.card.until + timedelta(days=7))
    own = next((reading.value for reading in readings(store, [one.metric.slug], scope, [period])), None)
    allowed = running().project.config.pages.peers
    peers = door_to(store, "see_peers", Role.MANAGER, pair.manager_id, allowed).peers(pair.rep_id)
    if peers is None or stint is None or stint.role is None:
        return own, None
    found = readings(store, [one.metric.slug], peers & Scope.role(stint.role), [period], ("rep",))
    values = sorted(
        reading.value for reading in found if reading.value is not None and dict(reading.group).get("rep") != pair.rep_id
    )
    return own, tuple(values) if len(values) >= PEERS_AT_LEAST else None


def _goal(line: GoalLine) -> GoalShown:
    reach = line.reach
    return GoalShown(
        line.metric.slug, line.metric.unit.value, from_epoch_day(line.goal.first), from_epoch_day(line.goal.until),
        line.goal.target, line.value, line.none_because, None if line.pace is None else line.pace.expected,
        None if reach is None else reach.chance, None if reach is None else (reach.interval[0], reach.interval[1]),
        line.metric.direction.way == "lower",
    )  # fmt: skip


def _ramp(store: Store, rep_id: str, stint: Stint | None) -> Said:
    """Where a new hire stands beside past ones; empty for everybody else, and where nothing can be said."""
    day = epoch_day(store.view().day)
    if stint is None or stint.hired_day is None or day - stint.hired_day >= RAMP_DAYS:
        return NOTHING
    slug = next(iter(blocks_for(stint.role)["Quantity"]))
    try:
        found = kept_for_the_day(store, ("ramp", slug), None, lambda: ramp(store, slug, Scope.company()))
    except RampError:
        return NOTHING
    return next((hire.sentence for hire in found.hires if hire.rep == rep_id), NOTHING)
