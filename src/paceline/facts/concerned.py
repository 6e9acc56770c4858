"""Which opportunities a load concerns: those whose own records changed, and those that are counted together with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from paceline.facts.days import utc_day
from paceline.facts.merged import surviving
from paceline.facts.queries import Queries
from paceline.facts.shape import LIFE, stored
from paceline.facts.tables import Tables
from paceline.warehouse.store import unbound, unbound_past

_NAMED = ("opportunity_change", "line_item", "opportunity_split")  # records that name their opportunity


def opportunities_concerned(queries: Queries, changes: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """Column opportunity_id: every opportunity with a changed record, now or before; all that the same people gave away on the
    same days (was it a bulk reassignment?); and all others of the accounts of any of them (which win was the first?)."""
    own = _union(_own(queries, changes))
    seed = ibis.table({"opportunity_id": "string"}, name="concerned_own")
    for others in (_given_with, _of_their_accounts):
        if own.num_rows:
            with queries.engine.lent("concerned_own", own):
                also = queries.rows(f"concerned {others.__name__}", partial(others, seed=seed))
                own = _distinct(pa.concat_tables([own, also]))
    return own


def _own(queries: Queries, changes: Mapping[str, pa.ChunkedArray]) -> Iterator[pa.Table]:
    keys = ibis.table({"id": "string"}, name="concerned_ids")
    for name, ids in changes.items():
        if name == "opportunity":
            yield pa.table({"opportunity_id": ids})
        elif name in _NAMED or name == "account":
            with queries.engine.lent("concerned_ids", pa.table({"id": ids})):
                own = partial(_of_accounts, keys=keys) if name == "account" else partial(_naming, name=name, keys=keys)
                yield queries.rows(f"concerned {name}", own)


def _naming(t: Tables, name: str, keys: ir.Table) -> ir.Table:
    """The surviving opportunities that the records name or named."""
    versions = ibis.union(unbound(name).select("id", "opportunity_id"), unbound_past(name).select("id", "opportunity_id"))
    named = surviving(t, versions.semi_join(keys, "id"), "opportunity", "opportunity_id")
    return named.select("opportunity_id").distinct()


def _accounts(t: Tables) -> ir.Table:
    """Columns opportunity_id, account_id (surviving): as the records are, and as the facts still have them."""
    deals = unbound("opportunity").select("account_id", opportunity_id="id")
    now = surviving(t, deals, "account", "account_id").select("opportunity_id", "account_id")
    return ibis.union(now, stored(t, LIFE).select("opportunity_id", "account_id"))


def accounts_of(t: Tables, ids: ir.Table) -> ir.Table:
    """Column account_id: the accounts, now or before, of the opportunities in ``ids``."""
    both = _accounts(t)
    return both.semi_join(ids, "opportunity_id").filter(both.account_id.notnull()).select("account_id").distinct()


def _of_accounts(t: Tables, keys: ir.Table) -> ir.Table:
    both = _accounts(t)
    return both.semi_join(keys, both.account_id == keys.id).select("opportunity_id").distinct()


def _of_their_accounts(t: Tables, seed: ir.Table) -> ir.Table:
    both = _accounts(t)
    theirs = both.semi_join(seed, "opportunity_id").select("account_id").distinct()
    return both.semi_join(theirs, "account_id").select("opportunity_id").distinct()


def _given_with(_: Tables, seed: ir.Table) -> ir.Table:
    """All opportunities that someone gave away on a day on which he gave away one of these."""
    columns = ("opportunity_id", "field", "changed_by_id", "changed_at")
    gifts = ibis.union(unbound("opportunity_change").select(*columns), unbound_past("opportunity_change").select(*columns))
    gifts = gifts.filter(gifts.field == "owner")
    gifts = gifts.select("opportunity_id", giver=gifts.changed_by_id.fill_null(""), on=utc_day(gifts.changed_at))
    theirs = gifts.semi_join(seed, "opportunity_id").select("giver", "on").distinct()
    return gifts.semi_join(theirs, ["giver", "on"]).select("opportunity_id").distinct()


def _union(tables: Iterator[pa.Table]) -> pa.Table:
    return _distinct(pa.concat_tables([pa.table({"opportunity_id": pa.array([], pa.string())}), *tables]))


def _distinct(table: pa.Table) -> pa.Table:
    table = table.filter(table["opportunity_id"].is_valid())
    return table.group_by("opportunity_id").aggregate([])
