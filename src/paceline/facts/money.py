"""Amounts in the company's currency, at the rate of a day."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.tables import Tables


def rounded(value: ir.NumericValue) -> ir.IntegerValue:
    """The nearest integer, halves away from zero (engines' own rounding differs: some round halves to even)."""
    size = (value.abs() + 0.5).floor().cast("int64")
    return ibis.ifelse(value < 0, -size, size)


def with_company_cents(table: ir.Table, t: Tables, cents: dict[str, str], currency: str = "currency",
                       day: str = "day") -> ir.Table:
    """The table with amounts converted: ``cents`` names each new column and the native one (cents) that it is made of.

    At the rate of the day in column ``day``, rounded half away from zero; null where no rate is known on or before it. A null
    currency is the company's, which needs no rate.
    """
    home = ibis.literal(t.settings.currency)
    rate = t.ref("rate").select(rate_currency_="currency", rate_day_="day", rate_="rate")
    keyed = table.mutate(currency_=table[currency].fill_null(home))
    joined = keyed.left_join(rate, [keyed.currency_ == rate.rate_currency_, keyed[day] == rate.rate_day_])
    factor = ibis.ifelse(joined.currency_ == home, ibis.literal(1.0), joined.rate_)
    converted = {name: rounded(joined[native].cast("float64") * factor) for name, native in cents.items()}
    return joined.mutate(**converted).select(*table.columns, *cents)
