"""The nasty company's deals: wild walks through the stages, ties, reopenings, missing history, odd amounts and splits."""

from __future__ import annotations

import itertools
from typing import Any

from ..sales.records import BUYING_ROLES
from .clock import DAY_SECONDS, as_date
from .mess import CURRENCIES, Mess, Row
from .nasty_market import merge

_STAGES = (("New", "open"), ("Qualified", "open"), ("Demo", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"))
_REASSIGNED = 11  # deals moved in one go, just over the settings' bulk count


def add_deals(mess: Mess) -> None:
    """Pipelines, products, deals with their history, contacts, splits and line items."""
    _add_stages(mess)
    for name in ("Plan", "Add-on", "Service"):
        mess.add(
            "product",
            name=name,
            family=mess.some(("A", "B"), 0.3),
            list_cents=mess.some((10_000, 99_99), 0.2),
            currency=mess.some(CURRENCIES[:3], 0.3),
        )
    for number in range(60):
        _add_deal(mess, number)
    _reassign(mess)
    merge(mess, "opportunity", 6)
    for row in mess.rows["opportunity"]:
        _add_around(mess, row)


def _add_stages(mess: Mess) -> None:
    """One nameless pipeline, or two of which the second has no accepted stage; positions with gaps."""
    two = mess.odds(0.5)
    for pipeline in ("new", "renewal") if two else (None,):
        for place, (name, outcome) in enumerate(_STAGES):
            accepted = pipeline != "renewal" and name == "Qualified"
            mess.add(
                "stage",
                pipeline=pipeline,
                name=name,
                position=place * mess.dice.choice((1, 1, 10)) + 1 if place == 5 else place * 10 + 1,
                probability=mess.some((0.1, 0.5), 0.3),
                outcome=outcome,
                accepted=accepted or mess.some((False,), 0.3),
                limit_days=mess.some((10, 20), 0.7),
            )


def _add_deal(mess: Mess, number: int) -> None:
    pipeline = mess.some(sorted({row["pipeline"] or "" for row in mess.rows["stage"]}))
    stages = [row for row in mess.rows["stage"] if (row["pipeline"] or "") == pipeline]
    reps = mess.ids("rep")
    owner = mess.some(reps, 0.03)
    created = mess.at(mess.first - 60, mess.until - 15, owner)
    deal = mess.add("opportunity", name=mess.some((f"Deal {number}",), 0.05))
    path = _path(mess, stages, twice=number % 12 == 5)
    tells = not mess.odds(0.1)
    at = _history(mess, deal, "stage", [row["id"] for row in path], created, owner) if tells else None
    owners = [owner] + [mess.some(reps, 0.02) for _ in range(mess.dice.choice((0, 0, 0, 1, 1, 2)))]
    if len(owners) > 1 and mess.odds(0.25):
        owners.append(owners[0])
    _history(mess, deal, "owner", owners, created, owner)
    amounts = [_amount(mess) for _ in range(mess.dice.choice((1, 1, 2, 3)))]
    _history(mess, deal, "amount", amounts, created, owner)
    closed = path[-1]["outcome"] != "open"
    days = [mess.some((mess.day(), mess.day(mess.first, mess.until + 60)), 0.05) for _ in range(mess.dice.choice((1, 1, 2, 3)))]
    if closed and at is not None and mess.odds(0.7):
        days.append(at // DAY_SECONDS + mess.dice.choice((0, 0, 0, -1, 1, -4)))
    _history(mess, deal, "close_day", days, created, owner)
    moment = at if tells else mess.after(created)
    mess.rows["opportunity"][-1].update(
        account_id=mess.some(mess.ids("account"), 0.04),
        owner_id=owners[-1],
        created_by_id=mess.some(reps, 0.1),
        sourced_by_id=mess.some(reps, 0.5),
        created_at=None if mess.odds(0.05) else created,
        stage_id=path[-1]["id"],
        amount_cents=amounts[-1],
        currency=mess.some(CURRENCIES, 0.25),
        close_day=days[-1],
        closed_at=moment if closed and mess.odds(0.6) else None,
        source=mess.some(("Website", "Referral"), 0.2),
        type=mess.some(("new business", "existing business"), 0.2),
        product_id=mess.some(mess.ids("product"), 0.4),
        next_step=mess.some(("Call", "Send offer", ""), 0.4),
        merged_into_id=None,
        deleted=mess.some((True, False, None)) if mess.odds(0.08) else False,
        test=mess.some((True, False, None)) if mess.odds(0.08) else False,
    )


def _path(mess: Mess, stages: list[Row], twice: bool) -> list[Row]:
    """Stages one after the other: forward, skipping, back, closed, reopened; ``twice``: surely reopened two times."""
    opened = [row for row in stages if row["outcome"] == "open"]
    ends = [row for row in stages if row["outcome"] != "open"]
    path = [mess.dice.choice(opened[:2]) if mess.odds(0.9) else mess.dice.choice(stages)]
    if twice:
        for _ in range(2):
            path += [mess.dice.choice(ends), mess.dice.choice(opened)]
        return [*path, mess.dice.choice(ends)]
    for _ in range(mess.dice.choice((0, 1, 2, 3, 4, 6))):
        here = opened.index(path[-1]) if path[-1] in opened else None
        if here is None:
            path.append(mess.dice.choice(stages) if mess.odds(0.35) else path[-1])
        elif mess.odds(0.6) and here + 1 < len(opened):
            path.append(opened[here + 1])
        else:
            path.append(mess.dice.choice(stages))
    if mess.odds(0.5) and path[-1] in opened:
        path.append(mess.dice.choice(ends))
    return path


def _history(mess: Mess, deal: str, field: str, values: list[Any], created: int, owner: str | None) -> int | None:
    """Rows of change for values one after the other; returns the last one's instant (None: no change)."""
    at, last = created, None
    if mess.odds(0.15) and values[0] is not None:  # some systems write the first value too
        mess.add(
            "opportunity_change",
            opportunity_id=deal,
            field=field,
            old=None,
            new=_text(field, values[0]),
            changed_at=created,
            changed_by_id=mess.some(mess.ids("rep"), 0.2),
        )
    for old, new in itertools.pairwise(values):
        if old == new:
            continue
        at = last = mess.after(at, owner)
        mess.add(
            "opportunity_change",
            opportunity_id=deal,
            field=field,
            old=_text(field, old),
            new=_text(field, new),
            changed_at=at,
            changed_by_id=mess.some(mess.ids("rep"), 0.2),
        )
    return last


def _text(field: str, value: Any) -> str | None:
    if value is None:
        return None
    return as_date(value).isoformat() if field == "close_day" else str(value)


def _amount(mess: Mess) -> int | None:
    """Unknown, nothing, negative, odd cents, or plain."""
    if mess.odds(0.12):
        return None
    return int(mess.dice.choice((0, -5_000, 1, 33_333, 10_050))) if mess.odds(0.15) else mess.dice.randrange(10_000, 20_000_000)


def _reassign(mess: Mess) -> None:
    """One person moves many deals to another on one day, in the middle of the window."""
    reps = mess.ids("rep")
    target, day = mess.dice.choice(reps), mess.day(mess.first + 60, mess.until - 30)
    moved = [row for row in mess.rows["opportunity"] if row["owner_id"] not in (None, target)]
    for row in mess.dice.sample(moved, min(_REASSIGNED, len(moved))):
        at = day * DAY_SECONDS + mess.dice.randrange(DAY_SECONDS)
        if any(
            one["opportunity_id"] == row["id"] and one["field"] == "owner" and one["changed_at"] > at
            for one in mess.rows["opportunity_change"]
        ):
            continue
        mess.add(
            "opportunity_change",
            opportunity_id=row["id"],
            field="owner",
            old=row["owner_id"],
            new=target,
            changed_at=at,
            changed_by_id=reps[0],
        )
        row["owner_id"] = target


def _add_around(mess: Mess, row: Row) -> None:
    """Contacts (of other accounts too, some twice), splits (with and without the owner), line items (with gaps)."""
    own = [one["id"] for one in mess.rows["contact"] if one["account_id"] == row["account_id"]]
    for _ in range(mess.dice.choice((0, 1, 2, 4))):
        contact = mess.some(own) if own and mess.odds(0.7) else mess.some(mess.ids("contact"))
        mess.add(
            "opportunity_contact",
            opportunity_id=row["id"],
            contact_id=contact,
            buying_role=mess.some(BUYING_ROLES, 0.4),
            added_at=None if mess.odds(0.2) else mess.at(),
        )
    if mess.odds(0.2):
        shares = mess.dice.choice(((0.5, 0.5), (0.3, 0.7), (0.3333, 0.3333, 0.3334), (1.0,)))
        for rep, share in zip(mess.dice.sample(mess.ids("rep"), len(shares)), shares, strict=True):
            mess.add("opportunity_split", opportunity_id=row["id"], rep_id=rep, share=share)
    for _ in range(mess.dice.choice((0, 0, 1, 2, 3))):
        listed = mess.some((10_000, 9_999, 125_050), 0.15)
        sold = mess.some((listed, int(listed * 0.9), int(listed * 0.655), int(listed * 1.1)) if listed else (8_000,), 0.08)
        mess.add(
            "line_item",
            opportunity_id=row["id"],
            product_id=mess.some(mess.ids("product"), 0.15),
            quantity=mess.some((1.0, 3.0, 2.5, 0.0, 10.0), 0.08),
            list_cents=listed,
            sold_cents=sold,
            currency=row["currency"] if mess.odds(0.9) else mess.some(CURRENCIES),
        )
