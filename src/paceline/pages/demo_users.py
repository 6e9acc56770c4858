"""Log-ins of the simulated company: one of each role, with a password that is made anew at every start."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass

from paceline.people.models import User
from paceline.people.roles import Role
from paceline.project.running import Running
from paceline.sales.periods import epoch_day
from paceline.sales.scope import Stint


@dataclass(frozen=True)
class LogIn:
    """What somebody types, and who they are then."""

    email: str
    name: str
    role: Role


def demo_users(place: Running) -> tuple[list[LogIn], str]:
    """The users, made where they aren't there, and their common password."""
    password = secrets.token_urlsafe(9)
    log_ins = _cast(place)
    for one, rep_id in log_ins:
        user = User.objects.filter(email=one.email).first() or User(email=one.email)
        user.name, user.role, user.rep_id, user.is_active = one.name, one.role.value, rep_id, True
        user.set_password(password)
        user.save()
    return [one for one, _ in log_ins], password


def _cast(place: Running) -> list[tuple[LogIn, str]]:
    """The manager with most reports, one of them, an executive and an admin, each with the id of the person in the CRM."""
    view = place.store.view()
    on = epoch_day(view.day)
    here = [s for s in view.stints if s.from_day <= on < s.until_day and (s.left_day is None or s.left_day > on)]
    by_id = {stint.rep_id: stint for stint in here}
    reports = Counter(stint.manager_id for stint in here if stint.manager_id in by_id and stint.role == "AE")
    cast = [(LogIn("executive@example.com", "Chris Executive", Role.EXECUTIVE), ""),
            (LogIn("admin@example.com", "Robin Admin", Role.ADMIN), "")]
    if not reports:
        return cast
    boss = by_id[str(reports.most_common(1)[0][0])]
    sellers = [stint for stint in here if stint.manager_id == boss.rep_id and stint.role == "AE"]
    rep = min(sellers, key=_seniority)
    return [
        (LogIn("manager@example.com", boss.name or boss.rep_id, Role.MANAGER), boss.rep_id),
        (LogIn("rep@example.com", rep.name or rep.rep_id, Role.REP), rep.rep_id),
        *cast,
    ]


def _seniority(stint: Stint) -> tuple[int, str]:
    return (stint.hired_day or 0, stint.rep_id)
