"""How reps sell, held against what came of it: habits read from the facts as of a landmark in each deal's life.

strategies(store, scope) → Strategies. See `insight/strategies.py` for why a landmark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from paceline.insight.segments import choose_mix, codes
from paceline.insight.strategies import WON, Case, Strategy, compare_strategies
from paceline.metrics.store import Store, View
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope
from paceline.saying.said import Said, say

HOUR = 3600
CONTACTS = 3
FOLLOW_UP_DAYS = 2  # working days after the first meeting
FIRST_WEEKS = 14  # days in which the first meeting should be
LEAD_DAYS = 60  # days after its landmark in which a lead should become an opportunity
YEARS = 2  # of starts looked at
_SHORTEST, _LONGEST = 7, 30  # of the landmark, days
_NEVER = 10**9
_ORDERS = (("rep", "source"), ("rep",), ("source",), ())

ANSWERED = say("answered the lead within an hour")
CONTACTS_NAME = say("{count} or more contacts", count=CONTACTS)
SENIOR = say("a director or above (or a decision maker) engaged")
MET = say("a first meeting in the first two weeks")
FOLLOWED = say("followed up within {days} working days of the first meeting", days=FOLLOW_UP_DAYS)


@dataclass(frozen=True)
class Strategies:
    """Habits of the scope's reps. ``landmark``: the age in days at which a deal's habits are read; ``horizon``: days after it
    within which it had to be won. ``missing``: habits of which nothing is known, and why."""

    scope: Scope
    day: date
    landmark: int
    horizon: int
    found: tuple[Strategy, ...]
    missing: Mapping[Said, Said]

    def to_arrow(self) -> pa.Table:
        """A row a habit."""
        rows = [
            {
                "strategy": one.name, "success": one.came.lower(), "followed": one.followed, "not_followed": one.not_followed,
                "with_it": one.with_it, "without_it": one.without_it, "difference": one.difference, "low": one.low,
                "high": one.high, "verdict": one.verdict.value, "needs": one.needs, "comparable": one.comparable,
                "landmark_days": self.landmark, "horizon_days": self.horizon, "sentence": one.sentence,
            }
            for one in self.found
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=_SCHEMA)


_SCHEMA = pa.schema([
    ("strategy", pa.string()), ("success", pa.string()), ("followed", pa.int64()), ("not_followed", pa.int64()),
    ("with_it", pa.float64()), ("without_it", pa.float64()), ("difference", pa.float64()), ("low", pa.float64()),
    ("high", pa.float64()), ("verdict", pa.string()), ("needs", pa.int64()), ("comparable", pa.float64()),
    ("landmark_days", pa.int64()), ("horizon_days", pa.int64()), ("sentence", pa.string())])  # fmt: skip


def strategies(store: Store, scope: Scope, as_of: date | None = None) -> Strategies:
    """The habits of the scope's reps (deals and leads are whose they were at the start), as known at the end of ``as_of``."""
    view = store.view(as_of)
    today = epoch_day(view.day)
    deals = _deals(view, scope, today)
    landmark, horizon = _ages(deals)
    facts = _Facts(view, today)
    missing: dict[Said, Said] = {}
    cases: list[Case] = []
    for name, followed, moment in _habits(facts, landmark):
        some = _at_landmark(deals, facts, moment, horizon, today)
        if some:
            cases.append(_case(name, [(row, followed(row)) for row in some], lambda row, at: row["won"] <= at + horizon, moment))
        else:
            missing[name] = say("no deal was old enough, with activity of its owner known")
    leads = _leads(view, scope, today)
    if leads:
        cases.append(_lead_case(leads))
    else:
        missing[ANSWERED] = say("no lead is known that is old enough")
    return Strategies(scope, view.day, landmark, horizon, compare_strategies(cases), missing)


Row = Mapping[str, Any]
Moment = Callable[[Row], int | None]


def _deals(view: View, scope: Scope, today: int) -> list[dict[str, Any]]:
    """The scope's opportunities of the last years by their start: day, owner then, source, days of winning and ending."""
    deal = view.frame.fact("opportunity")
    deal = deal.filter(deal.day.notnull(), deal.day <= today, deal.day > today - 365 * YEARS)
    rows = view.engine.query(deal.select("opportunity_id", "owner_id", "day", "source", "won_day", "lost_day")).to_pylist()
    inside = _inside(view, scope)
    out = []
    for row in sorted(rows, key=lambda row: row["opportunity_id"]):
        if inside(row["owner_id"], row["day"]):
            ends = [day for day in (row["won_day"], row["lost_day"]) if day is not None and day <= today]
            won = row["won_day"] if row["won_day"] is not None and row["won_day"] <= today else _NEVER
            out.append({**row, "rep": row["owner_id"], "won": won, "end": min(ends, default=_NEVER)})
    return out


def _inside(view: View, scope: Scope) -> Callable[[str | None, int], bool]:
    if scope.is_company:
        return lambda _rep, _day: True
    spans: dict[str, list[tuple[int, int]]] = {}
    for stint in view.members(scope):
        spans.setdefault(stint.rep_id, []).append((stint.from_day, stint.until_day))
    return lambda rep, day: any(a <= day < b for a, b in spans.get(rep or "", ()))


def _ages(deals: Sequence[Row]) -> tuple[int, int]:
    """The landmark, a third of the median life of decided deals; and the days after it in which three in four are decided."""
    lives = [row["end"] - row["day"] for row in deals if row["end"] < _NEVER and row["end"] >= row["day"]]
    if not lives:
        return _LONGEST, 90
    landmark = int(np.clip(round(float(np.median(lives)) / 3), _SHORTEST, _LONGEST))
    longer = [life for life in lives if life > landmark] or [landmark + 30]
    return landmark, int(np.clip(round(float(np.quantile(longer, 0.75))) - landmark, 30, 270))


class _Facts:
    """What happened on the deals, by day; and since when the owners' activity is known."""

    def __init__(self, view: View, today: int) -> None:
        touch = view.frame.fact("touch_opportunity")
        rows = view.engine.query(
            touch.filter(touch.day <= today).select("opportunity_id", "day", "at", "kind").distinct()
        ).to_pylist()
        self.touches: dict[str, list[tuple[int, int, str]]] = {}
        for row in rows:
            self.touches.setdefault(row["opportunity_id"], []).append((row["at"], row["day"], row["kind"]))
        for some in self.touches.values():
            some.sort()
        person = view.frame.fact("opportunity_person")
        people = view.engine.query(person.filter(person.day <= today).select("opportunity_id", "day", "decides")).to_pylist()
        self.people: dict[str, list[tuple[int, bool]]] = {}
        for row in people:
            self.people.setdefault(row["opportunity_id"], []).append((row["day"], bool(row["decides"])))
        self._known = [c for c in view.connections if c.kind in ("mailbox", "calendar", "dialer")]
        self._by_rep: dict[str, list[tuple[int, int]]] = {}
        for one in self._known:
            self._by_rep.setdefault(one.rep_id, []).append((one.from_day, one.until_day))

    def known(self, rep: str | None, day: int) -> bool:
        """Whether any activity of the rep is connected on the day."""
        return any(a <= day < b for a, b in self._by_rep.get(rep or "", ()))

    def first_meeting(self, deal: str) -> tuple[int, int] | None:
        """Instant and day of the first meeting held on the deal."""
        return next(((at, day) for at, day, kind in self.touches.get(deal, ()) if kind == "meeting"), None)


def _habits(facts: _Facts, landmark: int) -> list[tuple[Said, Callable[[Row], bool], Moment]]:
    """Each habit: its name, whether a deal's owner had it by the landmark, and the landmark's day (None: it has none)."""

    def age(days: int) -> Moment:
        return lambda row: row["day"] + days

    def contacts(row: Row) -> bool:
        met_by = row["day"] + landmark
        return sum(int(day <= met_by) for day, _ in facts.people.get(row["opportunity_id"], ())) >= CONTACTS

    def senior(row: Row) -> bool:
        return any(decides and day <= row["day"] + landmark for day, decides in facts.people.get(row["opportunity_id"], ()))

    def met(row: Row) -> bool:
        first = facts.first_meeting(row["opportunity_id"])
        return first is not None and first[1] <= row["day"] + FIRST_WEEKS

    def after_meeting(row: Row) -> int | None:
        first = facts.first_meeting(row["opportunity_id"])
        return None if first is None else int(np.busday_offset(_day(first[1]), FOLLOW_UP_DAYS, roll="forward").astype(int))

    def followed(row: Row) -> bool:
        first, last = facts.first_meeting(row["opportunity_id"]), after_meeting(row)
        if first is None or last is None:
            return False
        return any(at > first[0] and day <= last for at, day, _ in facts.touches[row["opportunity_id"]])

    return [
        (CONTACTS_NAME, contacts, age(landmark)),
        (SENIOR, senior, age(landmark)),
        (MET, met, age(FIRST_WEEKS)),
        (FOLLOWED, followed, after_meeting),
    ]


def _day(number: int) -> np.datetime64:
    return np.datetime64(number, "D")


def _at_landmark(deals: Sequence[Row], facts: _Facts, moment: Moment, horizon: int, today: int) -> list[Row]:
    """Deals open at their landmark, whose stretch after it is over, and whose owner's activity is known then."""
    out = []
    for row in deals:
        at = moment(row)
        if at is not None and row["end"] > at and at + horizon <= today and facts.known(row["owner_id"], row["day"]):
            out.append(row)
    return out


def _case(
    name: Said, some: Sequence[tuple[Row, bool]], came: Callable[[Row, int], bool], moment: Moment, word: Said = WON
) -> Case:
    followed = np.array([did for _, did in some], bool)
    succeeded = np.array([came(row, moment(row) or 0) for row, _ in some], bool)
    columns = {key: [row[key] for row, _ in some] for key in ("rep", "source")}
    mix = choose_mix(followed.astype(np.int64), 2, columns, _ORDERS)
    stratum = codes(*(columns[key] for key in mix)) if mix else np.zeros(len(some), np.int64)
    return Case(name, followed, succeeded, stratum, word)


def _leads(view: View, scope: Scope, today: int) -> list[dict[str, Any]]:
    """The scope's leads that were assigned, with their stretch behind them; those an opportunity on their first day left out."""
    lead = view.frame.fact("lead")
    lead = lead.filter(lead.day <= today - LEAD_DAYS - 1, lead.day > today - 365 * YEARS, lead.assigned_at.notnull())
    rows = view.engine.query(lead.select("lead_id", "rep_id", "day", "source", "business_seconds", "opportunity_day")).to_pylist()
    inside = _inside(view, scope)
    return [
        {**row, "rep": row["rep_id"]}
        for row in sorted(rows, key=lambda row: row["lead_id"])
        if inside(row["rep_id"], row["day"]) and (row["opportunity_day"] is None or row["opportunity_day"] > row["day"])
    ]


def _lead_case(leads: Sequence[Row]) -> Case:
    some = [(row, row["business_seconds"] is not None and row["business_seconds"] <= HOUR) for row in leads]

    def came(row: Row, at: int) -> bool:
        return bool(row["opportunity_day"] is not None and row["opportunity_day"] <= at + LEAD_DAYS)

    return _case(ANSWERED, some, came, lambda row: row["day"], say("Became opportunities"))
