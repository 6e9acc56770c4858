"""The measured server's own process: a project served, with a log-in for many of its people.

``python -m bench.pages_served FOLDER PEOPLE`` prints a line of JSON (address, users, a rep of the first one's team), then serves.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bench.visitor import PASSWORD

if TYPE_CHECKING:
    from paceline.sales.scope import Stint

TEAM = 10  # sellers: the team page that the product promises to be fast is one of ten


def main(folder: Path, people: int) -> None:
    """Serve until ended."""
    from paceline.pages.serving import listen, prepare

    place = prepare(folder)
    view = place.store.view()
    today = (view.day.toordinal()) - 719_163  # days since 1970
    there = [one for one in view.stints if one.from_day <= today < one.until_day and one.left_day is None]
    sizes = Counter(one.manager_id for one in there if one.manager_id and one.role in ("AE", "SDR"))
    above = {one.manager_id for one in there if one.rep_id in sizes}  # they see whole departments
    boss = min(sizes.keys() - above, key=lambda one: (abs(sizes[one] - TEAM), one))
    rep = next(one.rep_id for one in there if one.manager_id == boss and one.role == "AE")
    users = _users(there, boss, people)
    listening = listen("127.0.0.1", 0)
    print(json.dumps({"address": listening.address, "users": users, "rep": rep}), flush=True)
    listening.run()


def _users(there: list[Stint], boss: str, people: int) -> list[str]:
    """Addresses that log in: the manager first, then managers and reps in turns, as far as the company has them."""
    from django.contrib.auth.hashers import make_password

    from paceline.people.models import User

    bosses = [boss, *sorted({one.manager_id for one in there if one.manager_id} - {boss})]
    reps = sorted({one.rep_id for one in there} - set(bosses))
    half = min(max(people // 2, 1), len(bosses))
    chosen = [(one, "manager") for one in bosses[:half]] + [(one, "rep") for one in reps[: people - half]]
    secret = make_password(PASSWORD)  # one for all: hashing is slow on purpose
    for rep_id, role in chosen:
        email = f"{role}-{rep_id}@example.com".lower()
        User.objects.filter(email=email).delete()
        User.objects.create(email=email, password=secret, name=rep_id, role=role, rep_id=rep_id)
    return [f"{role}-{rep_id}@example.com".lower() for rep_id, role in chosen]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
