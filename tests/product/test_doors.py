"""What a user sees through a door is what an admin would see on data cut down to that user's rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from paceline.access.doors import Door, NotInSight, door_to
from paceline.access.rules import Rows
from paceline.metrics.ask import ask
from paceline.people.roles import Role
from paceline.project.running import Running
from paceline.sales.periods import Period, epoch_day
from paceline.sales.scope import Scope, Stint
from tests.product.conftest import UNTIL, Cast

PERIOD = Period.between(UNTIL - timedelta(days=120), UNTIL + timedelta(days=1))
METRICS = (
    "revenue", "win_rate", "meetings_held", "emails_sent", "opportunity_progressions", "open_pipeline", "new_opportunities",
)


def _door(place: Running, cast: Cast, name: str, action: str = "see_rep", peers: bool = True) -> Door:
    user = cast[name]
    return door_to(place.store, action, Role(user.role), user.rep_id, peers)


def _numbers(place: Running, scope: Scope) -> dict[tuple[str, str | None], tuple[float | None, float | None]]:
    slugs = [slug for slug in METRICS if slug in place.store.catalog]
    assert len(slugs) >= 5
    readings = ask(place.store, slugs, scope, PERIOD, by=("rep",), mean_of_reps=False)
    return {
        (one.slug, dict(one.group)["rep"]): (one.numerator, one.denominator)
        for one in readings
        if one.numerator or one.denominator
    }


@pytest.mark.parametrize("name", ["rep", "manager", "other_manager", "executive", "admin"])
def test_a_users_numbers_are_the_companys_cut_down_to_the_rows_in_sight(
    name: str, place: Running, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = _door(place, cast, name)
    seen = _numbers(place, door.sight())
    stints = place.store.view().stints
    allowed = _rows_by_hand(door, stints)
    monkeypatch.setattr(Scope, "members", lambda _scope, _stints: allowed)  # as if there were nobody else in the data
    cut = _numbers(place, Scope.reps({stint.rep_id for stint in allowed}))
    assert {key: value for key, value in seen.items() if key[1] is not None} == cut
    assert cut


def _rows_by_hand(door: Door, stints: tuple[Stint, ...]) -> tuple[Stint, ...]:
    """Whose rows, on which days, found day by day and by no code of the scope's."""
    if door.rows is Rows.ALL:
        return stints
    if door.rows is Rows.OWN:
        return tuple(stint for stint in stints if stint.rep_id == door.rep_id)
    found = []
    for stint in stints:
        for day in range(epoch_day(PERIOD.first), epoch_day(PERIOD.until)):
            if stint.from_day <= day < stint.until_day and door.rep_id in _bosses(stint.rep_id, day, stints):
                found.append(replace(stint, from_day=day, until_day=day + 1))
    return tuple(found)


def _bosses(rep_id: str, day: int, stints: tuple[Stint, ...]) -> set[str]:
    above: set[str] = set()
    current: str | None = rep_id
    while current is not None:
        current = next((s.manager_id for s in stints if s.rep_id == current and s.from_day <= day < s.until_day), None)
        if current in above:
            break
        if current is not None:
            above.add(current)
    return above


def test_whoever_is_out_of_sight_is_not_there(place: Running, cast: Cast) -> None:
    hidden = {"rep": "peer", "manager": "other_rep", "other_manager": "rep"}
    for name, other in hidden.items():
        door = _door(place, cast, name)
        with pytest.raises(NotInSight):
            door.rep(cast.rep_id(other))
        with pytest.raises(NotInSight):
            door.narrowed(Scope.rep(cast.rep_id(other)) & Scope.company())
        assert not door.sees(cast.rep_id(other))
        assert cast.rep_id(other) not in {person.rep_id for person in door.people()}


def test_asking_for_more_than_is_in_sight_gives_no_more(place: Running, cast: Cast) -> None:
    door = _door(place, cast, "rep")
    own = _numbers(place, door.sight())
    for wanted in (Scope.company(), Scope.manager(cast.rep_id("manager")), Scope.role("AE")):
        assert _numbers(place, door.narrowed(wanted)).keys() <= own.keys()
    both = Scope.reps([cast.rep_id("rep"), cast.rep_id("peer")])
    assert _numbers(place, door.narrowed(both)) == own


def test_a_manager_sees_himself_and_those_who_report_to_him(place: Running, cast: Cast) -> None:
    people = {person.rep_id for person in _door(place, cast, "manager").people()}
    assert {cast.rep_id("manager"), cast.rep_id("rep"), cast.rep_id("peer")} <= people
    assert cast.rep_id("other_manager") not in people


def test_without_a_rule_or_a_person_of_the_crm_there_is_nobody(place: Running, cast: Cast) -> None:
    for role, rep_id, action in ((None, "", "see_rep"), (Role.REP, "", "see_rep"), (Role.MANAGER, "", "see_rep"),
                                 (Role.REP, cast.rep_id("rep"), "see_team")):
        door = door_to(place.store, action, role, rep_id, True)
        assert door.sight().members(place.store.view().stints) == ()
        assert door.people() == []
        with pytest.raises(NotInSight):
            door.rep(cast.rep_id("rep"))


def test_peers_are_for_people_in_sight_if_the_company_allows_it_and_the_team_is_large(place: Running, cast: Cast) -> None:
    rep_id = cast.rep_id("rep")
    scope = _door(place, cast, "rep", "see_peers").peers(rep_id)
    team = next(s.team for s in place.store.view().stints if s.rep_id == rep_id and s.until_day > epoch_day(UNTIL))
    size = len({s.rep_id for s in place.store.view().stints if s.team == team and s.from_day <= epoch_day(UNTIL) < s.until_day
                and (s.left_day is None or s.left_day > epoch_day(UNTIL))})
    assert (scope is not None) == (size >= 5)
    assert _door(place, cast, "rep", "see_peers", peers=False).peers(rep_id) is None
    with pytest.raises(NotInSight):
        _door(place, cast, "rep", "see_peers").peers(cast.rep_id("other_rep"))
