"""The nasty company's mail: every header that tells an automatic message, strangers, copies, replies in the last second."""

from __future__ import annotations

from .clock import DAY_SECONDS
from .mess import OWN, Mess
from .nasty_market import FREE

_LIMIT = 14 * DAY_SECONDS  # the settings' reply days
_HEADERS: tuple[dict[str, object], ...] = (
    {"auto_submitted": "auto-replied"},
    {"auto_submitted": " Auto-Generated "},
    {"auto_submitted": "NO"},
    {"auto_submitted": "no"},
    {"x_autoreply": "yes"},
    {"x_autorespond": "1"},
    {"precedence": "Bulk"},
    {"precedence": "auto_reply "},
    {"precedence": "list"},
    {"return_path": "<>"},
    {"return_path": " <> "},
    {"return_path": "<a@b.example>"},
    {"bounce": True, "return_path": "<>"},
    {"calendar_reply": True},
    {"bounce": None, "calendar_reply": None, "automated": None},
)


def addresses(mess: Mess) -> list[str]:
    """Everybody whom mail and invitations may go to: contacts, leads, strangers at known, unknown, own and free-mail domains."""
    known = [row["email"] for table in ("contact", "lead") for row in mess.rows[table] if row["email"]]
    own = [row["email"] for row in mess.rows["rep"] if row["email"]]
    strangers = [
        "new.face@company-3.example",
        "who@company-7.example",
        "Nobody@unheard.example",
        f"team@{OWN[1]}",
        f"paceline-simulation.x@{FREE[1]}",
        "both@shared.example",
        "hello@alias-account-0002.example",
    ]
    return known * 3 + own + strangers * 2


def add_mail(mess: Mess) -> None:
    """Some 150 threads of one to six messages."""
    pool = addresses(mess)
    for number in range(150):
        rep = mess.some(mess.ids("rep"))
        thread = None if mess.odds(0.1) else f"thread-{mess.dice.randrange(number + 1) if mess.odds(0.08) else number:04d}"
        person, at = mess.dice.choice(pool), mess.at(rep=rep)
        out = mess.odds(0.88)
        for _ in range(mess.dice.choice((1, 1, 2, 2, 3, 4, 6))):
            _add_message(mess, pool, rep, thread, person, at, out)
            if mess.odds(0.06):
                at = min(at + _LIMIT + mess.dice.choice((-1, 0, 1)), mess.until * DAY_SECONDS - 1)
            else:
                at = mess.after(at, rep)
            out = not out if mess.odds(0.65) else out
            rep = mess.some(mess.ids("rep")) if mess.odds(0.05) else rep
            thread = None if mess.odds(0.02) else thread


def _add_message(mess: Mess, pool: list[str], rep: str, thread: str | None, person: str, at: int, out: bool) -> None:
    own = next(row["email"] for row in mess.rows["rep"] if row["id"] == rep)
    sender = own if out else person
    extra = mess.dice.choice(_HEADERS) if mess.odds(0.05 if out else 0.35) else {}
    columns: dict[str, object] = {"automated": out and mess.odds(0.25), "calendar_reply": False, "bounce": False, **extra}
    email = mess.add(
        "email",
        thread_id=thread,
        rep_id=rep,
        direction="outbound" if out else "inbound",
        sent_at=at,
        from_address=None if mess.odds(0.04) else sender.swapcase() if sender and mess.odds(0.05) else sender,
        **columns,
    )
    to = [person if out else own] if mess.odds(0.95) else []
    to += [mess.dice.choice(pool) for _ in range(mess.dice.choice((0, 0, 0, 0, 1, 2, 4)))]
    if to and to[0] and mess.odds(0.05):
        to.append(to[0].upper())
    for address in to:
        if address:
            mess.add("email_recipient", email_id=email, address=address, kind=mess.some(("to", "to", "cc", "bcc"), 0.1))
