"""Unknown is never 0: whose data is there, and the words when nobody's is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from paceline.metrics.reading import Part
from paceline.metrics.store import View
from paceline.metrics.vocabulary import Metric
from paceline.sales.scope import Stint
from paceline.saying.said import Said, alternatives, joined, listed, say

KIND_WORDS = {
    "crm": say("CRM records"),
    "mailbox": say("mailbox"),
    "calendar": say("calendar"),
    "dialer": say("dialler"),
    "recorder": say("call recorder"),
}
_PLURALS = {
    "crm": say("reps with CRM records"),
    "mailbox": say("mailboxes"),
    "calendar": say("calendars"),
    "dialer": say("diallers"),
    "recorder": say("call recorders"),
}


def connected(view: View, kind: str, first_day: int, last_day: int) -> frozenset[str]:
    """The reps whose data of the kind is there on some day from first to last."""
    return view.connected(kind, first_day, last_day)


def expected(metric: Metric, stints: Sequence[Stint]) -> frozenset[str]:
    """The reps whose data is needed: those in the metric's roles, where the group has any; else all."""
    meant = {role.casefold() for role in metric.roles}
    in_role = frozenset(s.rep_id for s in stints if s.role is not None and s.role.casefold() in meant)
    return in_role or frozenset(stint.rep_id for stint in stints)


def parts(view: View, metric: Metric, stints: Sequence[Stint], first_day: int, last_day: int) -> tuple[Part, ...]:
    """How many of the reps' data of each kind is there. Where one kind is enough, the kinds there ÷ the kinds there could be."""
    reps = expected(metric, stints)
    counts = {kind: len(reps & connected(view, kind, first_day, last_day)) for kind in metric.needs}
    if metric.any_need and reps:
        needs = [kind for kind in metric.needs if kind != "crm"]
        return (Part(_all_connected(tuple(needs)), sum(counts[kind] for kind in needs), len(reps) * len(needs)),)
    return tuple(Part(_connected_words(kind), count, len(reps)) for kind, count in counts.items())


@cache
def _all_connected(kinds: tuple[str, ...]) -> Said:
    return say("{kinds} connected", kinds=listed(_PLURALS[kind] for kind in kinds))


@cache  # thousands of readings say the same
def _connected_words(kind: str) -> Said:
    return _PLURALS[kind] if kind == "crm" else say("{kinds} connected", kinds=_PLURALS[kind])


def why_unknown(view: View, metric: Metric, stints: Sequence[Stint], first_day: int, last_day: int) -> Said | None:
    """Why an empty count says nothing: nobody's data is there. None if it is (for someone), or if nobody is meant."""
    everyone = {stint.rep_id for stint in stints}
    there = {kind: not everyone.isdisjoint(connected(view, kind, first_day, last_day)) for kind in metric.needs}
    any_kind = any(held for kind, held in there.items() if kind != "crm") and there.get("crm", True)
    enough = any_kind if metric.any_need else all(there.values())
    if enough or not there:
        return None
    missing = alternatives(KIND_WORDS[kind] for kind, held in there.items() if not held)
    return _reason(missing, stints, crm=metric.needs == ("crm",))


def _reason(missing: Said, stints: Sequence[Stint], crm: bool) -> Said:
    names = sorted({stint.name or stint.rep_id for stint in stints})
    if not names:
        return say("nobody was there")
    some = joined(names[:3], ", ")
    whom = say("{names} and others", names=some) if len(names) > 3 else some
    if not crm:
        return say("no {missing} is connected for {whom}", missing=missing, whom=whom)
    if len(names) == 1:
        return say("{whom} never had an opportunity or a lead", whom=whom)
    return say("none of {whom} ever had an opportunity or a lead", whom=whom)
