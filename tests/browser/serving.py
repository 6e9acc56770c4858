"""Serves a project for the browser tests in a process of its own: one user a role, a free port, a fixed moment as now.

``python -m tests.browser.serving FOLDER NOW`` prints the address, then serves until it is ended.
"""

from __future__ import annotations

import sys
from pathlib import Path

PASSWORD = "Correct-horse-battery-7"  # of everybody in this made-up company


def main(folder: Path, now: int) -> None:
    """Serve until ended."""
    from paceline.pages.dashboards import later
    from paceline.pages.serving import listen, prepare

    later.WAIT = 120.0  # nobody here wants to see a page that asks for patience

    place = prepare(folder, now)
    stints = [stint for stint in place.store.view().stints if stint.until_day > now // 86_400 and stint.left_day is None]
    boss = next(stint.manager_id for stint in stints if stint.role == "AE" and stint.manager_id)
    rep = next(stint.rep_id for stint in stints if stint.manager_id == boss and stint.role == "AE")
    _users({"rep": rep, "manager": boss, "executive": "", "admin": ""})
    listening = listen("127.0.0.1", 0)
    print(listening.address, rep, flush=True)
    listening.run()


def _users(rep_ids: dict[str, str]) -> None:
    from paceline.people.models import User

    for role, rep_id in rep_ids.items():
        if not User.objects.filter(email=f"{role}@example.com").exists():
            User.objects.create_user(f"{role}@example.com", PASSWORD, name=role.title(), role=role, rep_id=rep_id)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
