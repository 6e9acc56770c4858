"""Records as they were known, and true, at an instant; and what loads have changed since.

Expressions over the unbound record tables, in the portable kernel: they run on every engine.

A record's versions say what we knew. A source's first load brings its whole past at once, with rows as they are on that day:
those rows count as known since they became true, so for an instant before that load the record is *taken back* to what it was
then: a deal's later changes are undone, its closing and a lead's conversion forgotten. A version that was loaded before the
instant is shown as it was loaded; what came to be known later never changes it.
"""

from __future__ import annotations

import ibis

from paceline.sales.records import BY_NAME, Table
from paceline.warehouse.deals import deals_taken_back
from paceline.warehouse.restatement import restated
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table, unbound, unbound_past

__all__ = ["as_known", "restated", "unbound", "unbound_past"]

_CONVERTED = ("converted_at", "converted_account_id", "converted_contact_id", "converted_opportunity_id")


def as_known(table: str, at: int | None, stages: ibis.Table | None = None) -> ibis.Table:
    """A record table as known and true at an instant (seconds; None: all that is known now), in its canonical columns alone.

    One row an id. Rows that became true later than the instant aren't there; a row whose moment is unknown is. Of meetings,
    those booked by then are there. ``stages``: what stages mean, where a company says otherwise than its source. Raises KeyError
    for an unknown table.
    """
    record = BY_NAME[table]
    columns = [column.name for column in record.columns]
    if at is None:
        return unbound(table).select(columns)
    known = _versions_known(record, at)
    if "merged_into_id" in known.columns and record.true_at is not None:
        known = _not_yet_merged(known, record, at)
    if table == "opportunity":
        known = deals_taken_back(
            known, at, first_loads=_first_loads(table), changes=_every_version("opportunity_change"),
            stages=as_known("stage", at) if stages is None else stages)
    if table == "lead":
        unconverted = known.converted_at > at
        known = known.mutate({name: unconverted.ifelse(ibis.null(known[name].type()), known[name]) for name in _CONVERTED})
    return known.select(columns)


def _versions_known(record: Table, at: int) -> ibis.Table:
    """The version of each row that was the current one at the instant, with its stamps, without rows that were not yet true."""
    current, past = unbound(record.name), unbound_past(record.name)
    then = past.filter(past.known_at <= at, past.superseded_at > at).drop("superseded_at")
    known = current.filter(current.known_at <= at).union(then)
    if record.true_at is None:
        return known
    moment = known[record.true_at]
    return known.filter(moment.isnull() | (moment <= at))


def _not_yet_merged(known: ibis.Table, record: Table, at: int) -> ibis.Table:
    """The rows, without merges into records that came only later: at the instant those can't have happened yet."""
    later = unbound(record.name)
    later = later.filter(later[str(record.true_at)] > at).select(later_id_="id")
    joined = known.left_join(later, known.merged_into_id == later.later_id_)
    return joined.mutate(merged_into_id=joined.later_id_.isnull().ifelse(joined.merged_into_id, None)).drop("later_id_")


def _every_version(table: str) -> ibis.Table:
    """All versions of a table's rows, with ``superseded_at`` (null: still current)."""
    return unbound(table).mutate(superseded_at=ibis.null("int64")).union(unbound_past(table))


def _first_loads(table: str) -> ibis.Table:
    """(record_source, first_load): when each source first brought rows of a table."""
    log = ibis_table(LOAD_LOG, LOG_SCHEMA)
    log = log.filter(log["table"] == table, log.read > 0)
    return log.group_by(record_source=log["source"]).agg(first_load=log["at"].min())
