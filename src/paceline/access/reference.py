"""The permissions page of the reference, made from the rules."""

from __future__ import annotations

from paceline.access.rules import RULES, Rows, Rule
from paceline.people.roles import NAMES, Role

_CELLS = {Rows.NOBODY: "yes", Rows.OWN: "own", Rows.TREE: "own and reports", Rows.ALL: "everybody's"}


def permissions_page(note: str) -> str:
    """Markdown: every action, by role. ``note`` stands below the title."""
    head = " | ".join(NAMES[role] for role in Role)
    lines = [
        "# Permissions\n",
        note,
        "Who may do what, over whose rows. What isn't here isn't allowed. Who may read a thing but not change it is told",
        "so (403); for everybody else it isn't there (404). The same table decides every request: `access/rules.py`.\n",
        "*own*: the user's own person of the CRM. *own and reports*: also those who reported to the user, directly or through",
        "others, on the days on which they did. *yes*: no one's numbers are in it.\n",
        f"| | {head} | why |",
        "|---|" + "---|" * (len(Role) + 1),
        *(_line(rule) for rule in RULES),
    ]
    return "\n".join(lines) + "\n"


def _line(rule: Rule) -> str:
    does = f"{rule.does} `{rule.action}`"
    told = (_CELLS[rule.roles[role]] if role in rule.roles else "–" for role in Role)
    cells = ["anybody"] * len(Role) if rule.public else list(told)
    return f"| {does} | {' | '.join(cells)} | {rule.why} |"
