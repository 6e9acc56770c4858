"""The agenda that makes itself: what was prepared, as points to talk about, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from paceline.coaching.agenda import Point
from paceline.coaching.models import Kind, Wish, WishState
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Change, DealShown, GoalShown, Prepared
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import Address
from paceline.pages.told import in_words

BEHIND = 0.05  # of its pace: nearer, a goal is on pace
LIKELY = 0.5


def points(store: Store, pair: Pair, shown: Prepared, wishes: Sequence[Wish]) -> list[Point]:
    """What to talk about: what changed, what was asked for, goals that are late, deals, the ramp, and what went well."""
    return [
        *(_changed(store, pair, shown, one, Kind.SIGNAL) for one in shown.changes),
        *(_wish(wish) for wish in wishes if wish.state == WishState.OPEN),
        *_goals(store, pair, shown),
        *(_deal(pair, shown, deal) for deal in shown.deals),
        *([Point(Kind.RAMP, "ramp", in_words(shown.ramp), reverse("rep", args=[pair.rep_id]))] if shown.ramp else []),
        *(_changed(store, pair, shown, one, Kind.PRAISE) for one in shown.praise[:1]),
    ]


def name_of(store: Store, slug: str) -> str:
    """A metric's name; its slug, where the catalogue no longer has it."""
    return _(store.catalog[slug].name) if slug in store.catalog else slug


def signal_key(slug: str) -> str:
    """The key of a change of a metric on an agenda: whoever adds it from a card uses it, too."""
    return f"signal:{slug}"


def trend_of(pair: Pair, slug: str) -> str:
    """Where a metric's course of the rep is."""
    return reverse("metric", args=[slug]) + Address().query(rep=pair.rep_id, period="last_week")


def changed_words(shown: Prepared, one: Change) -> str:
    """``61 where 88 is usual (−31%), since 12 May``."""
    unit = Unit(one.unit)
    told = {
        "observed": written.over_weeks(one.observed, unit, one.apart, shown.currency),
        "expected": written.over_weeks(one.expected / one.apart, unit, 1, shown.currency),
        "change": written.signed_share(one.change), "since": written.day_brief(one.since),
    }  # fmt: skip
    return _("%(observed)s where %(expected)s is usual (%(change)s), since %(since)s") % told


def goal_words(goal: GoalShown) -> str:
    """``on pace``, ``20% behind pace · 34% likely to reach it``; empty where nothing can be said."""
    words = []
    if goal.value is not None and not goal.lower_is_better and goal.value >= goal.target:
        words.append(_("reached"))
    elif goal.value is not None and goal.expected:
        change = goal.value / goal.expected - 1
        told = {"share": written.share(abs(change))}
        off = (_("%(share)s ahead of pace") if change > 0 else _("%(share)s behind pace")) % told
        words.append(_("on pace") if abs(change) < BEHIND else off)
    if goal.chance is not None:
        words.append(_("%(share)s likely to reach it") % {"share": written.chance(goal.chance)})
    return " · ".join(words)


def deal_words(deal: DealShown, currency: str) -> str:
    """Why a deal wants a word."""
    words = []
    if deal.overdue and deal.close is not None:
        words.append(_("its close date %(day)s is past") % {"day": written.day_brief(deal.close)})
    if deal.over_by:
        words.append(_("%(days)s days over its stage’s limit") % {"days": written.count(deal.over_by)})
    if deal.quiet:
        words.append(_("no touch for %(days)s days") % {"days": written.count(deal.quiet)})
    amount = f"{written.money_brief(deal.amount, currency)}: " if deal.amount is not None else ""
    return amount + ", ".join(words)


def _changed(store: Store, pair: Pair, shown: Prepared, one: Change, kind: Kind) -> Point:
    text = f"{name_of(store, one.metric)}: {changed_words(shown, one)}"
    return Point(kind, signal_key(one.metric), text, trend_of(pair, one.metric))


def _wish(wish: Wish) -> Point:
    text = f"{wish.get_kind_display()}: {wish.text}" if wish.text else str(wish.get_kind_display())
    return Point(Kind.WISH, f"wish:{wish.pk}", text[:1].upper() + text[1:], wish.link)


def _goals(store: Store, pair: Pair, shown: Prepared) -> Iterator[Point]:
    """Goals that are behind, or are more likely missed than reached."""
    for goal in shown.goals:
        late = goal.value is not None and goal.expected and not goal.lower_is_better and goal.value < goal.expected * (1 - BEHIND)
        if goal.value is not None and (late or (goal.chance is not None and goal.chance < LIKELY)):
            unit = Unit(goal.unit)
            told = {
                "metric": name_of(store, goal.metric), "value": written.brief(goal.value, unit, shown.currency),
                "target": written.brief(goal.target, unit, shown.currency),
            }  # fmt: skip
            text = _("Goal %(metric)s: %(value)s of %(target)s") % told
            yield Point(Kind.GOAL, f"goal:{goal.metric}:{goal.first}", f"{text}, {goal_words(goal)}", _rep(pair))


def _deal(pair: Pair, shown: Prepared, deal: DealShown) -> Point:
    return Point(Kind.DEAL, f"deal:{deal.deal}", f"{deal.name}, {deal_words(deal, shown.currency)}", _rep(pair) + "#deals")


def _rep(pair: Pair) -> str:
    return reverse("rep", args=[pair.rep_id])
