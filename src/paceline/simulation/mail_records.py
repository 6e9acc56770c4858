"""The records of mail: messages with their headers, and whom they went to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .draw import Ints, chance
from .mails import AUTO_REPLIED, AUTO_REPLY, BOUNCE, BULK, CALENDAR, HUMAN, NULL_PATH, X_AUTOREPLY, X_AUTORESPOND, Mails
from .tables import at_index, ids, null_unless, table, words
from .world import OWN_DOMAIN, World

_LOG = pa.scalar(f"crm-log@{OWN_DOMAIN}")  # the address that files a copy in the CRM


def mail_tables(
    world: World, rng: np.random.Generator, mails: Mails, first: int, first_thread: int, first_row: int
) -> tuple[dict[str, pa.Table], int]:
    """(the tables ``email`` and ``email_recipient``, threads used); the numbers tell from where to count ids on."""
    n = len(mails)
    email_ids = ids("mail", np.arange(first + 1, first + n + 1, dtype=np.int64), 8)
    thread = mails.thread + first_thread + 1
    sender = np.where(mails.inbound, mails.party, world.first_rep + mails.rep)
    email = table(
        "email",
        {
            "id": email_ids,
            "thread_id": ids("thread", np.where(chance(rng, n, 0.004), -1, thread), 8),
            "rep_id": at_index(world.rep_ids, mails.rep),
            "direction": words(("outbound", "inbound"), mails.inbound.astype(np.int64)),
            "sent_at": mails.at,
            "from_address": at_index(world.addresses, sender),
            "automated": mails.automated,
            **_headers(rng, mails),
            "calendar_reply": mails.kind == CALENDAR,
            "bounce": mails.kind == BOUNCE,
        },
    )
    return {"email": email, "email_recipient": _recipients(world, rng, mails, email_ids, first_row)}, int(
        mails.thread.max(initial=-1)
    ) + 1


def _headers(rng: np.random.Generator, mails: Mails) -> dict[str, pa.Array]:
    """The headers that tell an automatic message; on human mail they are mostly missing, sometimes there and harmless."""
    n, kind = len(mails), mails.kind
    human = kind == HUMAN
    mark = np.where(
        kind == AUTO_REPLIED,
        0,
        np.where(human & chance(rng, n, 0.05), 1, np.where((kind == BOUNCE) & chance(rng, n, 0.5), 2, -1)),
    )
    path = np.where((kind == NULL_PATH) | (kind == BOUNCE), 0, np.where(human & chance(rng, n, 0.3), 1, -1))
    return {
        "auto_submitted": words(("auto-replied", "no", "auto-generated"), mark),
        "x_autoreply": words(("yes",), np.where(kind == X_AUTOREPLY, 0, -1)),
        "x_autorespond": words(("yes",), np.where(kind == X_AUTORESPOND, 0, -1)),
        "precedence": words(
            ("bulk", "auto_reply", "normal"),
            np.where(kind == BULK, 0, np.where(kind == AUTO_REPLY, 1, np.where(human & chance(rng, n, 0.01), 2, -1))),
        ),
        "return_path": words(("<>", "<bounces@mail.example>"), path),
    }


def _recipients(world: World, rng: np.random.Generator, mails: Mails, email_ids: pa.Array, first_row: int) -> pa.Table:
    """To whom: the other side or the rep; copies to a colleague of the customer, the manager, another company, the CRM."""
    n, rows = len(mails), np.arange(len(mails), dtype=np.int64)
    own = world.first_rep + mails.rep
    outside = mails.party < world.first_lead
    neighbour = np.where(outside, np.minimum(mails.party + 1, world.first_lead - 1), mails.party)
    accounts = world.market.contact_account
    same = outside & (neighbour != mails.party)
    same &= accounts[np.minimum(neighbour, world.first_lead - 1)] == accounts[np.minimum(mails.party, world.first_lead - 1)]
    manager = world.people.manager[mails.rep]
    stranger = (mails.party * 7 + 11) % world.first_lead
    copies: list[tuple[Ints, Ints, int]] = [(rows, np.where(mails.inbound, own, mails.party), 0)]
    for who, fine, share, kind in (
        (neighbour, same & (mails.kind == HUMAN) & ~mails.automated & world.reachable[neighbour], 0.14, 1),
        (world.first_rep + np.maximum(manager, 0), (manager >= 0) & (mails.kind == HUMAN) & ~mails.automated, 0.05, 1),
        (stranger, outside & ~mails.inbound & ~mails.automated & world.reachable[stranger], 0.006, 0),
    ):
        chosen = rows[fine & chance(rng, n, share)]
        copies.append((chosen, who[chosen], kind))
    logged = rows[~mails.inbound & chance(rng, n, 0.02)]
    mail = np.concatenate([copy[0] for copy in copies] + [logged])
    party = np.concatenate([copy[1] for copy in copies] + [np.full(len(logged), -1, dtype=np.int64)])
    kinds = np.concatenate([np.full(len(copy[0]), copy[2]) for copy in copies] + [np.full(len(logged), 2)]).astype(np.int64)
    order = np.argsort(mail, kind="stable")
    address = pc.fill_null(at_index(world.addresses, party[order]), _LOG)
    return table(
        "email_recipient",
        {
            "id": ids("to", np.arange(first_row + 1, first_row + len(order) + 1, dtype=np.int64), 8),
            "email_id": at_index(email_ids, mail[order]),
            "address": address,
            "kind": null_unless(words(("to", "cc", "bcc"), kinds[order]), ~chance(rng, len(order), 0.003)),
        },
    )
