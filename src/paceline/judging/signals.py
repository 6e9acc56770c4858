"""Signals of a company's own store: what changed for whom, told once; what changed for everybody as the company's.

signals(store, scope) → CompanySignals: cards of reps and teams, weightiest first; possible absences; what is unknown and why;
what could be seen at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from paceline.insight.absence import Notice
from paceline.insight.cards import Allowed, Card, State
from paceline.insight.signals import Signals, Standing, judge_weekly
from paceline.insight.signals_budget import Delay
from paceline.judging.people import Person, people
from paceline.judging.signals_metrics import Judged, is_better, meanings, not_judged
from paceline.judging.signals_words import questions_of, sentence
from paceline.judging.told import Fresh, Told, Verdicts, match, tell, told_cards, verdicts
from paceline.judging.weekly import COMPANY, Weeks, as_one, by_team, weekly
from paceline.metrics.store import Store
from paceline.metrics.vocabulary import Metric
from paceline.sales.scope import Scope
from paceline.saying.said import Said, joined, own_words, say
from paceline.saying.values import Number

MATERIAL = 0.1  # of the usual: a smaller change may be certain, and still isn't worth a card
NEWS = 28  # days since it fired in which a card is news
FIRST_NEWS = 91  # the same where nothing was ever told: what changed longer ago is how it goes by now
DIGEST = 3  # things that matter
PAST = timedelta(weeks=26)  # of the company's own before a change is called everybody's
_REP, _TEAM = "rep", "team"
_DAY = 86_400


@dataclass(frozen=True)
class Signal:
    """A card as people read it.

    ``level`` rep, team or company, ``name`` its id, ``who`` what it is called. ``better``: good news, bad, or neither (None).
    ``drives``: names of the results that the metric drives; ``moved_with``: names and changes of what was out over the same
    weeks. ``questions``: the commands that show the records behind it.
    ``told``: as first told, None where nothing is stored (an as-of question). ``new``: first told today.
    """

    level: str
    name: str
    who: Said
    metric: Metric
    card: Card
    better: bool | None
    sentence: Said
    drives: tuple[str, ...]
    moved_with: tuple[tuple[str, float], ...]
    questions: tuple[str, ...]
    told: Told | None
    new: bool

    @property
    def is_news(self) -> bool:
        """Whether it is told for the first time; always, where nothing is stored."""
        return self.new or self.told is None


@dataclass(frozen=True)
class Unknown:
    """What nothing can be said about: whose, of which metric, and why."""

    name: str
    who: str
    metric: str
    why: Said


@dataclass(frozen=True)
class CompanySignals:
    """What changed in the scope as of ``now``.

    ``falls``, ``praise`` and ``neither`` (a change without a better way) fire; each is weightiest first. ``common``: what
    changed for everybody together, told once as the company's; the others are what is left after it. ``dismissed``: still
    there, but people said that they are none. ``notices``: possible absences of the last eight weeks.
    ``standings``: of every metric judged of the scope's reps, with the smallest change that 8 weeks would show.
    ``delays``: what each class of metric lets one see. ``not_judged``: slug → why a metric has no signals.
    """

    now: date
    budget: float
    falls: tuple[Signal, ...]
    praise: tuple[Signal, ...]
    neither: tuple[Signal, ...]
    dismissed: tuple[Signal, ...]
    notices: tuple[tuple[str, Notice], ...]
    unknown: tuple[Unknown, ...]
    standings: tuple[Standing, ...]
    names: Mapping[str, str]
    delays: tuple[Delay, ...]
    not_judged: Mapping[str, Said]
    verdicts: Verdicts
    rep_quarters: float
    common: tuple[Signal, ...] = ()

    @property
    def firing(self) -> tuple[Signal, ...]:
        """All of reps and teams that fire, weightiest first."""
        return tuple(sorted((*self.falls, *self.praise, *self.neither), key=lambda one: -one.card.weight))

    @property
    def digest(self) -> tuple[Said, ...]:
        """The three things that matter and nothing else: what is new, first what changed for everybody, then one a rep, falls
        before praise but one praise at least, then who seems to be away. Nothing new: nothing."""
        first_look = all(one.is_news for one in (*self.common, *self.firing))
        since = self.now - timedelta(days=FIRST_NEWS if first_look else NEWS)
        shared, news = ([one for one in some if one.is_news and one.card.fired >= since] for some in (self.common, self.firing))
        worse = _one_each([one for one in news if one.better is False])
        better = _one_each([one for one in news if one.better])
        left = DIGEST - len(shared[:1])
        chosen = shared[:1] + worse[: left - 1 if better else left] + better
        lines = [joined([one.who, one.sentence], ": ") for one in chosen[:DIGEST]]
        lately = [(who, one) for who, one in self.notices if one.since + timedelta(weeks=one.weeks + 1) >= self.now]
        away = [joined([who, one.sentence], ": ") for who, one in lately]
        return tuple((lines + away)[:DIGEST])


def _one_each(signals: Sequence[Signal]) -> list[Signal]:
    best: dict[str, Signal] = {}
    for one in signals:
        best.setdefault(one.name, one)
    return list(best.values())


def signals(
    store: Store,
    scope: Scope,
    *,
    as_of: date | None = None,
    budget: float | None = None,
    praise: float | None = None,
    remember: bool = True,
) -> CompanySignals:
    """Judge the company, and tell what concerns the scope's reps and the teams wholly within it.

    ``budget`` and ``praise``: false alarms, and false praise, per rep and quarter; by default the company's settings.
    ``remember``: store the cards told, so that none is told twice (never done as of a past day).
    """
    wanted = store.settings.judgement
    budgets = (budget or wanted.false_alarms, praise or wanted.false_praise)
    whole = weekly(store, as_of)
    shown = people(store, store.view(as_of).day, scope, as_of)
    team_weeks, together = by_team(whole), as_one(whole)
    found = _judged(store, whole, budgets)
    of_teams, of_all = _judged(store, team_weeks, budgets), _judged(store, together, budgets)
    names = {one.rep: one.name for one in shown}
    teams, everybody = _whole_teams(store, shown, as_of)
    shared = [one for one in _fresh(store, together, of_all, COMPANY, {COMPANY}) if _has_past(together, one.card)]
    own = [*_fresh(store, whole, found, _REP, set(names)), *_fresh(store, team_weeks, of_teams, _TEAM, teams)]
    cards = [one for one in own if not _is_of_all(one, shared)] + (shared if everybody else [])
    subjects = {*((_REP, name) for name in names), *((_TEAM, name) for name in teams)}
    subjects |= {(COMPANY, COMPANY)} if everybody else set()
    stored = remember and as_of is None
    known = tell(store.engine, cards, subjects, store.now) if stored else match(told_cards(store.engine), cards)
    every = [_signal(store, one, known.get(place), names, stored, as_of) for place, one in enumerate(cards)]
    firing = sorted((one for one in every if one.card.state is State.FIRING), key=lambda one: -one.card.weight)
    known_as_right = [one for one in firing if one.told is None or one.told.verdict != "dismissed"]
    live = [one for one in known_as_right if one.level != COMPANY]
    return CompanySignals(
        whole.now,
        budgets[0],
        tuple(one for one in live if one.better is False),
        tuple(one for one in live if one.better),
        tuple(one for one in live if one.better is None),
        tuple(one for one in firing if one not in known_as_right and one.level != COMPANY),
        _notices(found, names, whole.now),
        _unknown(whole, found, names),
        tuple(one for one in found.standings if one.rep in names),
        names,
        found.delays,
        not_judged(store.catalog),
        verdicts(one for one in told_cards(store.engine) if (one.level, one.name) in subjects),
        found.rep_quarters,
        tuple(one for one in known_as_right if one.level == COMPANY),
    )


def _has_past(weeks: Weeks, card: Card) -> bool:
    """Whether half a year went before: nobody else's weeks tell the company's change from its records' beginning."""
    metric = [one.slug for one in weeks.metrics].index(card.metric)
    known = np.flatnonzero(np.isfinite(weeks.top[0, metric]) & (np.nan_to_num(weeks.bottom[0, metric]) > 0))
    return len(known) > 0 and card.since >= weeks.mondays[known[0]] + PAST


def _is_of_all(one: Fresh, shared: Sequence[Fresh]) -> bool:
    """Whether hardly anything is left of a change after what changed for everybody in these weeks; only where too few peers
    were there to allow for their weeks beforehand.
    """
    card = one.card
    if any(each.what == "team" for each in card.allowed):
        return False
    alike = [
        other.card.change
        for other in shared
        if other.card.metric == card.metric and other.card.direction == card.direction
        and other.card.since <= card.until and card.since <= other.card.until
    ]  # fmt: skip
    return any(((1 + card.change) / max(1 + change, 0.01) - 1) * card.direction < MATERIAL for change in alike)


def _judged(store: Store, weeks: Weeks, budgets: tuple[float, float]) -> Signals:
    meaning = meanings(store.catalog, (one.slug for one in weeks.metrics))
    return judge_weekly(weeks.series(), weeks.now, budget=budgets[0], improvements=budgets[1], meaning=meaning)


def _whole_teams(store: Store, shown: Sequence[Person], as_of: date | None) -> tuple[frozenset[str], bool]:
    """Teams all of whose sellers are shown (a team's sums tell of its people), and whether everybody is."""
    everyone = people(store, store.view(as_of).day, Scope.company(), as_of)
    mine = {one.rep for one in shown}
    partly = {one.team for one in everyone if one.rep not in mine}
    return frozenset(one.team for one in shown if one.team and one.team not in partly), mine >= {one.rep for one in everyone}


def _fresh(store: Store, weeks: Weeks, found: Signals, level: str, names: Set[str]) -> list[Fresh]:
    """The cards of those shown, material ones; what is better is known by now."""
    out = []
    for card in (*found.cards, *found.past):
        metric = store.catalog[card.metric]
        if card.rep in names and abs(card.change) >= MATERIAL:
            told = replace(card, allowed=(*(card.allowed if level == _REP else _for_many(card)), *_off_work(weeks, card)))
            better = is_better(metric, card.observed, card.expected)
            out.append(Fresh(level, card.rep, told, better, sentence(told, metric, store.settings.currency, level)))
    return out


def _off_work(weeks: Weeks, card: Card) -> tuple[Allowed, ...]:
    """What was counted in weeks without a working day: the records have it, the pace hasn't."""
    if card.kind != "count":
        return ()
    metric = [one.slug for one in weeks.metrics].index(card.metric)
    place = slice(weeks.mondays.index(card.since), weeks.mondays.index(card.until) + 1)
    more = float(np.nansum(weeks.top[weeks.reps.index(card.rep), metric, place])) - card.observed
    words = say("{more} more in weeks wholly off aren't counted", more=Number(more, ".0f"))
    return (Allowed("weeks off", words),) if more >= 0.5 else ()


def _for_many(card: Card) -> tuple[Allowed, ...]:
    """What was allowed for, without what is only true of one person."""
    return tuple(one for one in card.allowed if one.what == "team")


def _signal(store: Store, one: Fresh, told: Told | None, names: Mapping[str, str], stored: bool, as_of: date | None) -> Signal:
    metric = store.catalog[one.card.metric]
    drives = tuple(store.catalog[slug].name for slug in metric.drives if slug in store.catalog)
    new = stored and told is not None and told.at // _DAY == store.now // _DAY
    return Signal(
        one.level, one.name, _who(one, names), metric, one.card, one.better, one.said, drives,
        tuple((store.catalog[each.metric].name, each.change) for each in one.card.moved_with),
        questions_of(metric, one.level, _asked_by(store, one, names, as_of), one.card, as_of), told, new,
    )  # fmt: skip


def _asked_by(store: Store, one: Fresh, names: Mapping[str, str], as_of: date | None) -> str:
    """What one asks for: a rep by name, by the id where somebody else has the name too."""
    if one.level != _REP:
        return one.name
    name = names[one.name]
    namesakes = {stint.rep_id for stint in store.view(as_of).stints if (stint.name or "").casefold() == name.casefold()}
    return name if len(namesakes) == 1 else one.name


def _who(one: Fresh, names: Mapping[str, str]) -> Said:
    if one.level == COMPANY:
        return say("The company")
    return own_words(names[one.name] if one.level == _REP else one.name)


def _notices(found: Signals, names: Mapping[str, str], now: date) -> tuple[tuple[str, Notice], ...]:
    since = now - timedelta(weeks=8)
    return tuple((names[one.rep], one) for one in found.notices if one.rep in names and one.since >= since)


def _unknown(weeks: Weeks, found: Signals, names: Mapping[str, str]) -> tuple[Unknown, ...]:
    """Metrics of those shown that nothing can be said about; where data is missing, that is why."""
    by_slug: dict[str, Judged] = {one.slug: one for one in weeks.metrics}
    told = {key: why for key, why in weeks.why.items() if key[0] in names}
    for one in found.standings:
        if one.rep in names and one.state is State.UNKNOWN:
            told.setdefault((one.rep, one.metric), one.because)
    out = [Unknown(rep, names[rep], by_slug[slug].metric.name, why) for (rep, slug), why in told.items()]
    return tuple(sorted(out, key=lambda one: (one.who, one.why, one.metric)))
