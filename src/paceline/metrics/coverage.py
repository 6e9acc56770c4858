"""Unknown is never 0: whose data is there, and the words when nobody's is."""

from __future__ import annotations

from collections.abc import Sequence

from paceline.metrics.reading import Part
from paceline.metrics.store import View
from paceline.metrics.vocabulary import Metric
from paceline.sales.scope import Stint

KIND_WORDS = {
    "crm": "CRM records",
    "mailbox": "mailbox",
    "calendar": "calendar",
    "dialer": "dialler",
    "recorder": "call recorder",
}
_PLURALS = {
    "crm": "reps with CRM records",
    "mailbox": "mailboxes",
    "calendar": "calendars",
    "dialer": "diallers",
    "recorder": "call recorders",
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
        kinds = ", ".join(_PLURALS[kind] for kind in needs[:-1]) + f" and {_PLURALS[needs[-1]]} connected"
        return (Part(kinds, sum(counts[kind] for kind in needs), len(reps) * len(needs)),)
    return tuple(
        Part(_PLURALS[kind] + ("" if kind == "crm" else " connected"), count, len(reps)) for kind, count in counts.items()
    )


def why_unknown(view: View, metric: Metric, stints: Sequence[Stint], first_day: int, last_day: int) -> str | None:
    """Why an empty count says nothing: nobody's data is there. None if it is (for someone), or if nobody is meant."""
    everyone = frozenset(stint.rep_id for stint in stints)
    there = {kind: bool(everyone & connected(view, kind, first_day, last_day)) for kind in metric.needs}
    any_kind = any(held for kind, held in there.items() if kind != "crm") and there.get("crm", True)
    enough = any_kind if metric.any_need else all(there.values())
    if enough or not there:
        return None
    missing = " or ".join(KIND_WORDS[kind] for kind, held in there.items() if not held)
    return _reason(missing, stints, crm=metric.needs == ("crm",))


def _reason(missing: str, stints: Sequence[Stint], crm: bool) -> str:
    names = sorted({stint.name or stint.rep_id for stint in stints})
    if not names:
        return "nobody was there"
    whom = names[0] if len(names) == 1 else f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"
    if crm:
        return (
            f"{whom} never had an opportunity or a lead"
            if len(names) == 1
            else f"none of {whom} ever had an opportunity or a lead"
        )
    return f"no {missing} is connected for {whom}"
