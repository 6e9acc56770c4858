"""What the ids among the records behind a number are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from paceline.metrics.store import Store
from paceline.warehouse.store import unbound

Names = Mapping[str, Mapping[str, str]]  # column → id → what it is called

_PERSON = "person_id"  # ``contact:ID`` or ``lead:ID``, whose names are looked up, else ``address:a@b``
KINDS = {
    "opportunity_id": "opportunity",
    "account_id": "account",
    "contact_id": "contact",
    "lead_id": "lead",
    "product_id": "product",
    "stage_id": "stage",
    "from_stage_id": "stage",
    "to_stage_id": "stage",
}


def called(store: Store, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Id → name, of the records of a kind that have one."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = unbound(kind)
    found = store.engine.query(rows.filter(rows.id.isin(wanted)).select("id", "name")).to_pylist()
    return {row["id"]: row["name"] for row in found if row["name"]}


def ids_called(store: Store, kind: str, name: str) -> list[str]:
    """The ids of a kind's records that are called so."""
    rows = unbound(kind)
    return [row["id"] for row in store.engine.query(rows.filter(rows.name == name).select("id")).to_pylist()]


def names_among(store: Store, tables: Sequence[pa.Table], as_of: int) -> dict[str, dict[str, str]]:
    """What reps, and the deals, accounts, people… that stand in the tables are called: column → id → name.

    ``as_of``: the instant as of which reps are known.
    """
    names = {"rep_id": {stint.rep_id: stint.name for stint in store.view_at(as_of).stints if stint.name}}
    for column, kind in KINDS.items():
        if ids := _values(tables, column):
            names[column] = called(store, kind, ids)
    if people := _values(tables, _PERSON):
        names[_PERSON] = _people(store, people)
    return names


def _people(store: Store, people: Iterable[str]) -> dict[str, str]:
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for person in people:
        kind, _, id_ = person.partition(":")
        by_kind[kind].append(id_)
    names = {f"address:{address}": address for address in by_kind.pop("address", [])}
    for kind, ids in by_kind.items():
        names |= {f"{kind}:{id_}": name for id_, name in called(store, kind, ids).items()}
    return names


def _values(tables: Sequence[pa.Table], column: str) -> set[str]:
    return {value for table in tables if column in table.column_names for value in pc.unique(table[column]).to_pylist() if value}
