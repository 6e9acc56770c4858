"""Local days and instants, by equi-joins on `stint` (whose zone) and `ref_zone_offset`: no engine's time zone functions.

An instant that is null, or outside the years that the records reach, has a null day. A null or unknown rep has the company's
zone.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.schema import FOREVER
from paceline.facts.tables import Tables

DAY_SECONDS = 86_400
ALWAYS_AT = -FOREVER * DAY_SECONDS  # an instant before all others: from when a thing of unknown beginning was
_SHIFT_DAYS = FOREVER + 1  # keeps the dividend positive: engines disagree on the floor of a negative quotient


def utc_day(at: ir.IntegerValue) -> ir.IntegerValue:
    """The UTC day (days since 1970) of an instant, of early instants too."""
    return (((at + _SHIFT_DAYS * DAY_SECONDS) // DAY_SECONDS) - _SHIFT_DAYS).cast("int32")


def zones(t: Tables) -> ir.Table:
    """The zone of each rep: columns rep_id, zone; one row a rep."""
    stint = t.fact("stint")
    return stint.filter(stint.until_day == FOREVER).select("rep_id", "zone")


def with_zone(table: ir.Table, t: Tables, rep: str = "rep_id", name: str = "zone") -> ir.Table:
    """The table with the zone of the rep in column ``rep`` as one more column; the company's where there is no such rep."""
    zone = zones(t).select(zone_of_rep_="rep_id", zone_="zone")
    joined = table.left_join(zone, table[rep] == zone.zone_of_rep_)
    named = joined.mutate(**{name: ibis.coalesce(joined.zone_, ibis.literal(t.settings.time_zone))})
    return named.drop("zone_of_rep_", "zone_")


def with_local_day(table: ir.Table, t: Tables, at: str = "at", rep: str = "rep_id", name: str = "day") -> ir.Table:
    """The table with the rep's local day of the instant in column ``at`` as one more column ``name`` (int32, or null)."""
    zoned = with_zone(table.mutate(utc_day_=utc_day(table[at])), t, rep, "zone_name_")
    offset = t.ref("zone_offset").rename(offset_zone_="zone", offset_day_="utc_day")
    second = zoned[at] - zoned.utc_day_.cast("int64") * DAY_SECONDS
    joined = zoned.left_join(offset, [
        zoned.zone_name_ == offset.offset_zone_, zoned.utc_day_ == offset.offset_day_,
        second >= offset.from_second, second < offset.until_second,
    ])
    day = utc_day(joined[at] + joined.offset_seconds)
    return joined.mutate(**{name: day}).select(*table.columns, name)


def day_starts(t: Tables) -> ir.Table:
    """When each local day begins: columns zone, day, at. A day whose midnight a clock change skips begins after it."""
    offset = t.ref("zone_offset")
    began = offset.utc_day.cast("int64") * DAY_SECONDS + offset.from_second
    rows = offset.select("zone", "offset_seconds", began=began, ended=began + offset.until_second - offset.from_second)
    day = utc_day(rows.began + rows.offset_seconds)
    first = rows.select("zone", day=day, at=rows.began)
    midnight = (day.cast("int64") + 1) * DAY_SECONDS - rows.offset_seconds
    later = rows.select("zone", "ended", day=(day + 1).cast("int32"), at=midnight)
    later = later.filter(later.at < later.ended).drop("ended")
    both = ibis.union(first, later)
    return both.group_by("zone", "day").aggregate(at=both["at"].min())


def with_day_end(table: ir.Table, t: Tables, day: str, rep: str = "rep_id", name: str = "at") -> ir.Table:
    """The table with the last second of the rep's local day in column ``day`` as one more column ``name`` (int64; null for null).

    The last second, not the midnight after it: what happens at the end of a day belongs to that day.
    """
    zoned = with_zone(table, t, rep, "zone_name_")
    zoned = zoned.mutate(next_day_=(zoned[day] + 1).cast("int32"))
    start = day_starts(t).rename(start_zone_="zone", start_day_="day", start_at_="at")
    joined = zoned.left_join(start, [zoned.zone_name_ == start.start_zone_, zoned.next_day_ == start.start_day_])
    return joined.mutate(**{name: joined.start_at_ - 1}).select(*table.columns, name)
