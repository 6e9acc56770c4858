"""The measured server's own process: a project served, with a log-in for many of its people.

``python -m bench.pages_served FOLDER PEOPLE`` prints a line of JSON (address, users, the executive among them, a rep of the
first one's team), then serves.
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

EXECUTIVE = "executive@example.com"
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
    print(json.dumps({"address": listening.address, "users": users, "executive": EXECUTIVE, "rep": rep}), flush=True)
    listening.run()


def _users(there: list[Stint], boss: str, people: int) -> list[str]:
    """Addresses that log in: the manager first, then managers, reps, and an executive, as far as the company has them."""
    from django.contrib.auth.hashers import make_password
    from django.db.models import Q

    from paceline.people.models import User

    bosses = [boss, *sorted({one.manager_id for one in there if one.manager_id} - {boss})]
    reps = sorted({one.rep_id for one in there} - set(bosses))
    half = min(max(people // 2, 1), len(bosses))
    chosen = {f"manager-{one}@example.com".lower(): ("manager", one) for one in bosses[:half]}
    chosen |= {f"rep-{one}@example.com".lower(): ("rep", one) for one in reps[: max(people - half - 1, 0)]}
    chosen[EXECUTIVE] = ("executive", "")
    secret = make_password(PASSWORD)  # one for all: hashing is slow on purpose
    for email, (role, rep_id) in chosen.items():
        User.objects.filter(Q(email=email) | Q(rep_id__gt="", rep_id=rep_id)).delete()
        User.objects.create(email=email, password=secret, name=rep_id or role, role=role, rep_id=rep_id)
    return list(chosen)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
