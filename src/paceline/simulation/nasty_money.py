"""The nasty company's aims and money: goals that overlap, forecasts said twice, costs for nobody, rates that begin late."""

from __future__ import annotations

import itertools
from datetime import timedelta

from .clock import as_date, epoch_day
from .mess import CURRENCIES, Mess


def add_money(mess: Mess) -> None:
    """Goals, forecast calls, costs and exchange rates."""
    quarters = _quarters(mess)
    for rep in mess.ids("rep"):
        for start, end in quarters:
            if mess.odds(0.7):
                mess.add(
                    "goal",
                    rep_id=rep,
                    team=None,
                    metric=mess.some(("revenue", "revenue", "meetings_held", "pipeline_generated")),
                    from_day=start,
                    until_day=end,
                    target=mess.some((100_000.0, 25_000.5, 60.0)),
                    currency=mess.some(CURRENCIES[:3], 0.4),
                )
            for _ in range(mess.dice.randint(0, 3)):
                mess.add(
                    "forecast_call",
                    rep_id=rep,
                    from_day=start,
                    until_day=end,
                    category=mess.some(("commit", "best_case", "pipeline")),
                    amount_cents=mess.dice.randrange(0, 30_000_000),
                    currency=mess.some(CURRENCIES[:3], 0.3),
                    submitted_at=mess.at(max(start - 10, mess.first - 30), max(min(end, mess.until) - 1, start)),
                )
    start = mess.day()
    mess.add(
        "goal",
        rep_id=mess.some(mess.ids("rep")),
        team=None,
        metric="revenue",
        from_day=start,
        until_day=start + 30,
        target=9_999.0,
        currency=None,
    )
    mess.add(
        "goal",
        rep_id=None,
        team="North",
        metric="revenue",
        from_day=quarters[0][0],
        until_day=quarters[0][1],
        target=500_000.0,
        currency="USD",
    )
    for _ in range(14):
        start = mess.day()
        mess.add(
            "cost",
            from_day=start,
            until_day=start + mess.dice.choice((1, 7, 31, 90)),
            amount_cents=mess.dice.randrange(10_000, 5_000_000),
            currency=mess.some(CURRENCIES[:3], 0.3),
            kind=mess.some(("salaries", "advertising"), 0.2),
            segment=mess.some(("smb", "enterprise"), 0.5),
            rep_id=mess.some(mess.ids("rep"), 0.6),
        )
    _add_rates(mess)


def _quarters(mess: Mess) -> list[tuple[int, int]]:
    """The calendar quarters that the window touches."""
    day = as_date(mess.first)
    start = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    edges = [start]
    while epoch_day(edges[-1]) < mess.until:
        edges.append((edges[-1] + timedelta(days=100)).replace(day=1))
    return [(epoch_day(low), epoch_day(high)) for low, high in itertools.pairwise(edges)]


def _add_rates(mess: Mess) -> None:
    """Rates at irregular days; CHF only from the middle on, JPY never."""
    middle = (mess.first + mess.until) // 2
    for currency, usual, since in (
        ("USD", 0.9, mess.first - 400),
        ("EUR", 1.1, mess.first - 400),
        ("GBP", 1.3, mess.first - 400),
        ("CHF", 1.05, middle),
    ):
        if currency == mess.settings.currency:
            continue
        for day in sorted({since, *(mess.day(max(since, mess.first)) for _ in range(5))}):
            mess.add("exchange_rate", currency=currency, from_day=day, rate=round(usual * mess.dice.uniform(0.9, 1.1), 4))
