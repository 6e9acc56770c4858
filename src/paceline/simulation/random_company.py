"""A small but nasty company: everything that goes wrong in real records goes wrong here often. For tests against an oracle.

It isn't meant to look real: it hits the edges of definitions (boundaries, ties, chains, nulls) in as few rows as possible.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pyarrow as pa

from ..sales.records import TABLES
from ..sales.settings import Settings
from .clock import epoch_day
from .company import Company
from .mess import OWN, ZONES, Mess
from .nasty_calls import add_calls
from .nasty_deals import add_deals
from .nasty_mail import add_mail
from .nasty_market import add_leads, add_market
from .nasty_meetings import add_meetings
from .nasty_money import add_money
from .nasty_people import add_people
from .tables import schema
from .truths import Truths


def tiny(seed: int) -> Company:
    """A company of three to five reps, some 30 accounts, 60 deals and 800 activities over six months, full of edge cases.

    Its settings (currency, zone, fiscal year, working week) differ from seed to seed. Nothing is planted: ``truths`` is empty.
    """
    dice = Random(f"tiny {seed}")
    until = date(2026, 3, 25) + timedelta(days=dice.randrange(25))
    mess = Mess(dice, _settings(dice), epoch_day(until) - 183, epoch_day(until))
    add_people(mess)
    add_market(mess)
    add_deals(mess)
    add_leads(mess)
    add_mail(mess)
    add_calls(mess)
    add_meetings(mess)
    add_money(mess)
    records = {table.name: pa.Table.from_pylist(mess.rows[table.name], schema=schema(table.name)) for table in TABLES}
    return Company(records, mess.settings, Truths())


def _settings(dice: Random) -> Settings:
    return Settings(
        name="Nasty",
        currency=dice.choice(("USD", "EUR", "GBP")),
        time_zone=dice.choice(ZONES),
        fiscal_start_month=dice.choice((1, 2, 4, 7, 10)),
        week_start=dice.choice((1, 1, 7)),
        work_days=dice.choice(("12345", "12345", "71234", "1234567")),
        work_start_minute=dice.choice((480, 540, 0)),
        work_end_minute=dice.choice((1020, 1050, 1440)),
        own_domains=frozenset(OWN),
    )
