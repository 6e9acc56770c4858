"""Which two people an address is about, and whether the visitor is one of them."""

from __future__ import annotations

from uuid import UUID

from paceline.access.doors import NotInSight, Person, door_to
from paceline.access.gate import Asking, Visitor, door_of
from paceline.coaching.models import OneOnOne
from paceline.coaching.pair import Pair
from paceline.people.roles import Role
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Scope

WITH = "with"  # the key by which a rep names one of several managers


def pair_of(request: Asking, rep_id: str) -> Pair:
    """The visitor and a person below; or the visitor and the own manager (``with``: another one above).

    Raises NotInSight (404) for anybody else's 1:1.
    """
    return pair_with(request, rep_id, request.POST.get(WITH) or request.GET.get(WITH) or "")


def pair_with(visitor: Visitor, rep_id: str, manager: str = "") -> Pair:
    """The same; ``manager``: which one above, of the visitor's own 1:1s."""
    own = visitor.user.rep_id
    if own and rep_id == own:
        boss = manager or boss_of(visitor, own)
        if boss and boss != own and _is_above(visitor, boss, own):
            return Pair(boss, own)
    elif own and any(person.rep_id == rep_id for person in door_of(visitor.user, "hold_one_on_ones").people()):
        return Pair(own, rep_id)
    raise NotInSight("no 1:1 of the visitor's")


def one_of(visitor: Visitor, public_id: UUID) -> OneOnOne:
    """A 1:1 of the visitor's. Raises NotInSight for anybody else's, and for none."""
    found = OneOnOne.objects.filter(public_id=public_id).first()
    if found is None or visitor.user.rep_id not in Pair(found.manager_id, found.rep_id):
        raise NotInSight("no 1:1 of the visitor's")
    return found


def pair_in(one: OneOnOne) -> Pair:
    """Its two."""
    return Pair(one.manager_id, one.rep_id)


def boss_of(visitor: Visitor, rep_id: str) -> str | None:
    """The manager to whom a person reports today."""
    view = visitor.door.store.view()
    on = epoch_day(view.day)
    return next((s.manager_id for s in view.stints if s.rep_id == rep_id and s.from_day <= on < s.until_day), None)


def names(visitor: Visitor, *rep_ids: str) -> dict[str, str]:
    """The two's names. Both know each other; nobody else's is looked up."""
    known = {stint.rep_id: stint.name or stint.rep_id for stint in visitor.door.store.view().stints if stint.rep_id in rep_ids}
    return {rep_id: known.get(rep_id, rep_id) for rep_id in rep_ids}


def scope_of(visitor: Visitor, pair: Pair) -> Scope:
    """The numbers of a 1:1: those of the rep that the manager may see. Both of the two see these, and the same."""
    return door_to(visitor.door.store, "hold_one_on_ones", Role.MANAGER, pair.manager_id, False).rep(pair.rep_id)


def reports(visitor: Visitor) -> list[Person]:
    """Who reports to the visitor today."""
    return [one for one in visitor.door.people() if one.manager_id == visitor.user.rep_id and one.rep_id != visitor.user.rep_id]


def _is_above(visitor: Visitor, boss: str, rep_id: str) -> bool:
    view = visitor.door.store.view()
    on = epoch_day(view.day)
    return any(s.rep_id == rep_id and s.from_day <= on < s.until_day for s in view.members(Scope.manager(boss)))
