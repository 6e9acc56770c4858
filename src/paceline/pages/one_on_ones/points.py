"""The agenda that makes itself: what was prepared, as points to talk about, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from paceline.coaching import words
from paceline.coaching.agenda import Point
from paceline.coaching.models import Kind, Wish, WishState
from paceline.coaching.pair import Pair
from paceline.coaching.prepared import Change, DealShown, GoalShown, Prepared
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Unit
from paceline.pages.dashboards import written
from paceline.pages.dashboards.address import Address
from paceline.pages.told import in_words
from paceline.saying.keeping import as_json, from_json
from paceline.saying.said import Said, catalogued, joined, own_words, say
from paceline.saying.values import Word

LIKELY = 0.5
_SALT = "paceline.agenda"


def points(store: Store, pair: Pair, shown: Prepared, wishes: Sequence[Wish]) -> list[Point]:
    """What to talk about: what changed, what was asked for, goals that are late, deals, the ramp, and what went well."""
    return [
        *(_changed(store, pair, shown, one, Kind.SIGNAL) for one in shown.changes),
        *(_wish(wish) for wish in wishes if wish.state == WishState.OPEN),
        *_goals(store, pair, shown),
        *(_deal(pair, shown, deal) for deal in shown.deals),
        *([Point(Kind.RAMP, "ramp", shown.ramp, reverse("rep", args=[pair.rep_id]))] if shown.ramp else []),
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


def shift_of(one: Change) -> words.Shift:
    """A change as it is told."""
    return words.Shift(Unit(one.unit), one.observed, one.expected / one.apart, one.change, one.since, one.apart)


def changed_words(shown: Prepared, one: Change) -> str:
    """``61 a week where 88 would be usual (−31%), since 12 May``."""
    unit = Unit(one.unit)
    told = {
        "observed": written.over_weeks(one.observed, unit, one.apart, shown.currency),
        "expected": written.over_weeks(one.expected / one.apart, unit, 1, shown.currency),
        "change": written.signed_share(one.change), "since": written.day_brief(one.since),
    }  # fmt: skip
    return _("%(observed)s where %(expected)s would be usual (%(change)s), since %(since)s") % told


def goal_words(goal: GoalShown) -> str:
    """``on pace``, ``20% behind pace · 34% likely to reach it``; empty where nothing can be said."""
    return in_words(words.standing(goal))


def deal_words(deal: DealShown, currency: str) -> str:
    """Why a deal wants a word."""
    return in_words(words.deal(deal, currency))


def signed(said: Said) -> str:
    """A sentence as a form carries it, so that nobody but us can have made it."""
    return signing.dumps(as_json(said), salt=_SALT, compress=True)


def unsigned(sent: str) -> Said | None:
    """What a form brings back; None for what isn't ours."""
    try:
        return from_json(signing.loads(sent, salt=_SALT))
    except signing.BadSignature:
        return None


def _changed(store: Store, pair: Pair, shown: Prepared, one: Change, kind: Kind) -> Point:
    text = words.changed(_named(store, one.metric), shift_of(one), shown.currency)
    return Point(kind, signal_key(one.metric), text, trend_of(pair, one.metric))


def _named(store: Store, slug: str) -> Said:
    return catalogued(store.catalog[slug].name) if slug in store.catalog else own_words(slug)


def _wish(wish: Wish) -> Point:
    with override("en"):
        kind = str(wish.get_kind_display())
    text = joined([say("{term}", term=Word(kind, at_start=True)), own_words(wish.text)], ": ")
    return Point(Kind.WISH, f"wish:{wish.pk}", text, wish.link)


def _goals(store: Store, pair: Pair, shown: Prepared) -> Iterator[Point]:
    """Goals that are behind, or are more likely missed than reached."""
    for goal in shown.goals:
        if goal.value is None:
            continue
        late = goal.expected and not goal.lower_is_better and goal.value < goal.expected * (1 - words.BEHIND)
        if late or (goal.chance is not None and goal.chance < LIKELY):
            text = words.goal(_named(store, goal.metric), goal, shown.currency)
            yield Point(Kind.GOAL, f"goal:{goal.metric}:{goal.first}", text, _rep(pair))


def _deal(pair: Pair, shown: Prepared, deal: DealShown) -> Point:
    text = joined([own_words(deal.name), words.deal(deal, shown.currency)], ", ")
    return Point(Kind.DEAL, f"deal:{deal.deal}", text, _rep(pair) + "#deals")


def _rep(pair: Pair) -> str:
    return reverse("rep", args=[pair.rep_id])
