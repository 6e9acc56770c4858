"""The nasty company's people: role changes in mid-quarter, gaps, late connections, odd zones, empty fields."""

from __future__ import annotations

from .mess import OWN, ZONES, Mess
from .words import FIRST, LAST


def add_people(mess: Mess) -> None:
    """Reps with their roles, absences, holidays and connections."""
    dice = mess.dice
    count = dice.randint(4, 6)
    for number in range(count):
        zone = dice.choice(ZONES)
        name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
        email = f"{name.replace(' ', '.')}@{dice.choice(OWN)}"
        rep = mess.add(
            "rep",
            name=name,
            email=None if mess.odds(0.12) else email if mess.odds(0.3) else email.lower(),
            time_zone=None if mess.odds(0.15) else zone,
            hired_day=mess.some((mess.first - 400, mess.day(mess.first, mess.first + 60)), 0.15),
            left_day=mess.day(mess.first + 120) if number == count - 1 and mess.odds(0.6) else None,
            holiday_calendar=mess.some(("FR", "US", "XX"), 0.3),
        )
        if mess.rows["rep"][-1]["time_zone"]:
            mess.zones[rep] = zone
    for number, rep in enumerate(mess.ids("rep")):
        _add_roles(mess, rep, number)
        _add_connections(mess, rep)
        for _ in range(dice.randint(0, 3)):
            start = mess.day()
            mess.add(
                "absence",
                rep_id=rep,
                from_day=start,
                until_day=start + dice.randint(1, 12),
                kind=mess.some(("holiday", "sick"), 0.3),
            )
    for calendar in ("FR", "US"):
        for day in sorted({mess.day() for _ in range(5)}):
            mess.add("holiday", calendar=calendar, day=day, name=mess.some(("Feast", "Rest"), 0.3))


def _add_roles(mess: Mess, rep: str, number: int) -> None:
    """One to three roles one after the other, some with a gap between; the last rep may have none at all."""
    reps = mess.ids("rep")
    if number == len(reps) - 1 and mess.odds(0.25):
        return
    start, count = mess.first - 300, mess.dice.choice((1, 1, 2, 3))
    edges = sorted({mess.day(mess.first + 10) for _ in range(count - 1)})
    for place, end in enumerate([*edges, None]):
        usual = ("manager",) if number == 0 else ("AE", "SDR") if place else ("SDR",) if number == 1 else ("AE",)
        mess.add(
            "rep_role",
            rep_id=rep,
            from_day=start,
            until_day=end,
            role=mess.some(usual, 0.05),
            segment=mess.some(("smb", "enterprise"), 0.2),
            team=mess.some(("North", "South"), 0.1),
            manager_id=mess.some([reps[0]] if number else [], 0.15),
            territory=mess.some(("EMEA", "Americas"), 0.2),
            work_days=mess.some(("12345", "7123", "135"), 0.5),
            work_start_minute=mess.some((420, 600), 0.6),
            work_end_minute=mess.some((960, 1110), 0.6),
        )
        if end is not None:
            start = end + (mess.dice.randint(1, 9) if mess.odds(0.25) else 0)


def _add_connections(mess: Mess, rep: str) -> None:
    for kind in ("crm", "mailbox", "calendar", "dialer", "recorder"):
        if mess.odds(0.55):
            start = mess.some((mess.first - 100, mess.first, mess.day(mess.first, mess.first + 90)))
            mess.add(
                "connection", rep_id=rep, kind=kind, from_day=start, until_day=mess.day(start + 60) if mess.odds(0.12) else None
            )
