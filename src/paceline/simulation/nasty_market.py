"""The nasty company's market: chained merges, people at two accounts, shared and free-mail domains, leads of every kind."""

from __future__ import annotations

from ..sales.records import LEVELS
from .clock import DAY_SECONDS
from .mess import OWN, Mess
from .words import FIRST, LAST, TITLES

FREE = ("gmail.com", "gmx.de")
_ODD_TITLES = (
    "Chief of Staff",
    "Assistant to the CEO",
    "vp sales",
    "HEAD OF IT",
    "Manager",
    "???",
    "Sr. Director, Ops",
    " Buyer ",
)


def add_market(mess: Mess) -> None:
    """Accounts, their further domains, and contacts."""
    for number in range(30):
        mess.add(
            "account",
            name=mess.some((f"Company {number}", "Twin Ltd"), 0.05),
            domain=_domain(mess, number),
            type=mess.some(("prospect", "customer"), 0.2),
            tier=mess.some(("target", "A", "B"), 0.25),
            industry=mess.some(("Food", "Energy"), 0.3),
            segment=mess.some(("smb", "enterprise"), 0.3),
            territory=mess.some(("EMEA", "Americas"), 0.3),
            employees=mess.some((1, 50, 7000), 0.3),
            parent_id=mess.some(mess.ids("account"), 0.85),
            created_at=None if mess.odds(0.1) else mess.at(mess.first - 200, mess.until - 10),
            merged_into_id=None,
            deleted=mess.some((False, True), 0.2) if mess.odds(0.2) else False,
        )
    merge(mess, "account", 4)
    for account in mess.dice.sample(mess.ids("account"), 5):
        mess.add(
            "account_domain",
            account_id=account,
            domain=mess.some((f"alias-{account}.example", "Shared.Example", "company-3.example")),
        )
    for number in range(70):
        _add_contact(mess, number)
    merge(mess, "contact", 6)


def merge(mess: Mess, table: str, count: int) -> None:
    """Merge that many rows into others, without circles; the first ones make a chain."""
    order = mess.dice.sample(mess.rows[table], min(len(mess.rows[table]), count + 2))
    for place, row in enumerate(order[:count]):
        target = order[place + 1] if place < 2 else mess.dice.choice(order[place + 1 :])
        row["merged_into_id"], row["deleted"] = target["id"], False
    for row in order[count:]:
        row["deleted"] = False


def _domain(mess: Mess, number: int) -> str | None:
    if mess.odds(0.1):
        return None
    if mess.odds(0.08):
        return str(mess.dice.choice(("shared.example", OWN[1], FREE[0])))
    return f"Company-{number}.Example" if mess.odds(0.1) else f"company-{number}.example"


def _add_contact(mess: Mess, number: int) -> None:
    name = f"{mess.dice.choice(FIRST)} {mess.dice.choice(LAST)}"
    account = mess.some(mess.rows["account"], 0.06)
    title = mess.dice.choice(_ODD_TITLES) if mess.odds(0.25) else mess.dice.choice(TITLES)[0]
    mess.add(
        "contact",
        account_id=account and account["id"],
        name=None if mess.odds(0.05) else name,
        email=_email(mess, name, number, account and account["domain"]),
        title=None if mess.odds(0.2) else title,
        seniority=mess.some(LEVELS, 0.7),
        created_at=None if mess.odds(0.15) else mess.at(mess.first - 100),
        merged_into_id=None,
        deleted=mess.some((True, False, None)) if mess.odds(0.1) else False,
    )


def _email(mess: Mess, name: str, number: int, domain: str | None) -> str | None:
    """Nobody's, somebody else's, an odd spelling, free mail, our own domain, or plainly the account's."""
    if mess.odds(0.08):
        return None
    known = [row["email"] for row in mess.rows["contact"] if row["email"]]
    if known and mess.odds(0.1):
        return str(mess.dice.choice(known)).upper() if mess.odds(0.3) else str(mess.dice.choice(known))
    stem = f"{name.split()[0]}.{number}".lower()
    if mess.odds(0.1):
        return f"paceline-simulation.{stem}@{mess.dice.choice(FREE)}"
    if mess.odds(0.04):
        return f"{stem}@{OWN[0]}"
    address = f"{stem}@{domain or 'elsewhere.example'}"
    return f" {address.title()} " if mess.odds(0.08) else address


def add_leads(mess: Mess) -> None:
    """Leads: unassigned, assigned twice, converted wholly or in part, with a contact's address or none, merged."""
    for number in range(28):
        rep = mess.some(mess.ids("rep"))
        created = mess.at(mess.first, mess.until - 2, rep)
        converted = mess.after(created) if mess.odds(0.4) else None
        deal = mess.some(mess.rows["opportunity"], 0.25) if converted else None
        contact = mess.some(mess.rows["contact"], 0.25) if converted else None
        address = contact["email"] if contact and mess.odds(0.6) else _email(mess, f"Lead {number}", 500 + number, None)
        lead = mess.add(
            "lead",
            name=mess.some((f"Lead {number}",), 0.1),
            email=address,
            company=mess.some(("Company 3", "Unheard of"), 0.3),
            title=mess.some([one for one, _ in TITLES], 0.3),
            seniority=mess.some(LEVELS, 0.7),
            source=mess.some(("Website", "Fair"), 0.3),
            owner_id=mess.some([rep], 0.2),
            created_at=created,
            converted_at=converted,
            converted_account_id=(deal and deal["account_id"]) or (mess.some(mess.ids("account"), 0.4) if converted else None),
            converted_contact_id=contact and contact["id"],
            converted_opportunity_id=deal and deal["id"],
            merged_into_id=None,
            deleted=mess.odds(0.05),
        )
        at = created
        for _ in range(mess.dice.choice((0, 1, 1, 1, 2, 3))):
            at = mess.after(at) if mess.odds(0.3) else min(at + mess.dice.randrange(0, DAY_SECONDS), mess.until * DAY_SECONDS - 1)
            mess.add(
                "lead_assignment", lead_id=lead, rep_id=rep if mess.odds(0.6) else mess.some(mess.ids("rep")), assigned_at=at
            )
    merge(mess, "lead", 3)
