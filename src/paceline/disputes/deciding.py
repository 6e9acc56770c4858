"""Opening a dispute, deciding it, undoing what was decided. The store follows: ``owed`` tells where it doesn't yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from paceline.access.audit import note
from paceline.disputes.models import Dispute, State
from paceline.people.models import User
from paceline.project.excluding import Tell, leave_out, take_in
from paceline.project.running import Running
from paceline.saying.said import SaidError, say
from paceline.warehouse.exclusion import EXCLUDABLE, Exclusion, exclusions


class DisputeError(SaidError):
    """A dispute can't be opened or decided; the message says why."""


@dataclass(frozen=True)
class Seen:
    """Where a record was seen: in whose number (empty: several people's), of which metric, at which address."""

    rep_id: str
    metric: str
    query: str = ""
    label: str = ""


def dispute(kind: str, record_id: str, reason: str, by: User, seen: Seen) -> Dispute:
    """Say that a record shouldn't count. Raises DisputeError: no reason, a kind that can't be left out, disputed already."""
    if kind not in EXCLUDABLE:
        raise DisputeError(say("{kind} can't be disputed", kind=kind))
    if not reason.strip():
        raise DisputeError(say("say what is wrong with it"))
    try:
        with transaction.atomic():
            made = Dispute.objects.create(
                kind=kind, record_id=record_id, reason=reason.strip()[:500], by=by, rep_id=seen.rep_id, metric=seen.metric,
                query=seen.query[:500], label=seen.label[:300],
            )
            note("disputed", by, {"dispute": made.pk, "kind": kind, "record": record_id, "person": seen.rep_id})
    except IntegrityError:
        raise DisputeError(say("somebody has disputed this record already, and it isn't decided yet")) from None
    return made


def decide(one: Dispute, accepted: bool, answer: str, by: User) -> None:
    """Accept (the record is to be left out) or reject. Raises DisputeError: decided already, rejected without a word."""
    if not accepted and not answer.strip():
        raise DisputeError(say("say why it counts: whoever disputed it reads this"))
    _move(one, State.OPEN, State.ACCEPTED if accepted else State.REJECTED, by, answer)


def undo(one: Dispute, by: User) -> None:
    """Take back an accepted dispute: the record is to count again. Raises DisputeError if it wasn't accepted."""
    _move(one, State.ACCEPTED, State.UNDONE, by, one.answer)


def undecided(records: Iterable[str]) -> set[str]:
    """Which of these records (``kind:id``) somebody has disputed, and nobody decided yet."""
    wanted = {record for record in records if record}
    ids = {record.partition(":")[2] for record in wanted}
    found = Dispute.objects.filter(state=State.OPEN, record_id__in=ids).values_list("kind", "record_id") if ids else ()
    return wanted & {f"{kind}:{record_id}" for kind, record_id in found}


def labels_of(ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """What disputed records were called when they were disputed: kind and id → label."""
    found = Dispute.objects.filter(record_id__in=set(ids)).exclude(label="").values_list("kind", "record_id", "label")
    return {(kind, record_id): label for kind, record_id, label in found}


def _move(one: Dispute, before: State, after: State, by: User, answer: str) -> None:
    told = {"state": after, "answer": answer.strip()[:500], "decided_by": by, "decided_at": timezone.now()}
    with transaction.atomic():
        if not Dispute.objects.filter(pk=one.pk, state=before).update(**told):  # two admins at once: one decides
            raise DisputeError(say("it was decided by somebody else meanwhile"))
        note(f"dispute_{after.value}", by, {"dispute": one.pk, "kind": one.kind, "record": one.record_id})
    one.refresh_from_db()


@dataclass(frozen=True)
class Owed:
    """A record that is to be left out (``out``) or to count again, and isn't yet."""

    kind: str
    record_id: str
    out: bool
    reason: str
    by: str


def owed(place: Running) -> list[Owed]:
    """What the store still has to follow: decisions made, whose work was cut short or hasn't begun.

    A record that was left out by command, without a dispute, is left alone.
    """
    out = {(one.table, one.id) for one in exclusions(place.engine) if one.ended_at is None}
    last: dict[tuple[str, str], Dispute] = {}
    decided = Dispute.objects.filter(state__in=(State.ACCEPTED, State.UNDONE)).select_related("decided_by")
    for one in decided.order_by("decided_at"):
        last[one.kind, one.record_id] = one
    behind = [one for key, one in last.items() if (one.state == State.ACCEPTED) is not (key in out)]
    who = {one.pk: str(one.decided_by.public_id) if one.decided_by else "" for one in behind}
    return [Owed(one.kind, one.record_id, one.state == State.ACCEPTED, one.reason, who[one.pk]) for one in behind]


def follow(place: Running, what: Iterable[Owed], tell: Tell) -> None:
    """Make the store follow; takes as long as facts take. Touches no application database, so any thread may do it."""
    for one in what:
        if one.out:
            leave_out(place.project, place.engine, one.kind, one.record_id, one.reason, one.by, tell)
        else:
            take_in(place.project, place.engine, one.kind, one.record_id, tell)
    place.changed()


def names_of(found: Iterable[Exclusion]) -> dict[str, str]:
    """Public id → name, of those who left records out."""
    ids = {one.by for one in found if one.by}
    return {str(user.public_id): user.name for user in User.objects.filter(public_id__in=ids)}
