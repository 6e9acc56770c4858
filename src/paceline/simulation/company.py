"""A whole simulated company, in memory or part by part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from ..sales.records import TABLES
from ..sales.settings import Settings
from .calls import call_tables, make_calls
from .deal_records import deal_tables
from .draw import stream
from .mail_records import mail_tables
from .mails import make_mails
from .meeting_records import meeting_tables
from .meetings import attendees, calendar_mail, make_meetings
from .money import money_tables, quarters
from .people_records import people_tables
from .sizes import Size
from .truths import Truths, tell
from .world import COMPANY, OWN_DOMAIN, Part, World, make_world

GROUP = 250  # people whose activity of a quarter is made at a time
_AHEAD = 28  # days after the end for which meetings are already booked


@dataclass(frozen=True)
class Company:
    """A company in memory: every record table by name, its settings, and what was planted in it."""

    records: dict[str, pa.Table]
    settings: Settings
    truths: Truths


@dataclass(frozen=True)
class Stream:
    """A company too large for memory: its tables come in parts; settings and truths are known at once."""

    world: World
    settings: Settings
    truths: Truths

    def __len__(self) -> int:
        """How many parts ``parts()`` yields: one for all slow-moving records, then one per group and quarter."""
        return 1 + len(self._parts())

    def parts(self) -> Iterator[dict[str, pa.Table]]:
        """Tables by name, part by part; each time from the beginning, and always the same. Every table's parts add up to it."""
        yield _slow(self.world)
        used: dict[str, int] = defaultdict(int)
        for part in self._parts():
            yield _activity(self.world, part, used)

    def _parts(self) -> list[Part]:
        days = self.world.days
        edges = [day for day in quarters(days.first, days.until) if days.first < day < days.until]
        spans = list(zip([days.first, *edges], [*edges, days.until], strict=True))
        count = len(self.world.people)
        return [
            Part(low, min(low + GROUP, count), start, end, end + (_AHEAD if end == days.until else 0))
            for start, end in spans
            for low in range(0, count, GROUP)
        ]


def stream_company(size: Size, seed: int, until: date) -> Stream:
    """The company of this size and seed whose records end before ``until`` (00:00 UTC), ready to be made in parts."""
    world = make_world(size, seed, until)
    settings = Settings(
        name=COMPANY,
        currency="USD",
        time_zone="America/New_York",
        work_end_minute=17 * 60 + 30,
        own_domains=frozenset({OWN_DOMAIN}),
    )
    return Stream(world, settings, tell(world.plan, world.days, world.rep_ids.to_pylist(), world.rep_names.to_pylist()))


def simulate(size: Size, seed: int, until: date) -> Company:
    """The whole company in memory. The same arguments give the same tables, byte for byte."""
    source = stream_company(size, seed, until)
    made: dict[str, list[pa.Table]] = defaultdict(list)
    for tables in source.parts():
        for name, rows in tables.items():
            made[name].append(rows)
    records = {one.name: pa.concat_tables(made[one.name]).combine_chunks() for one in TABLES}
    return Company(records, source.settings, source.truths)


def _slow(world: World) -> dict[str, pa.Table]:
    return {
        **people_tables(world),
        **world.market.tables,
        **world.leads.tables,
        **deal_tables(world.seed, world.plan, world.days, world.market, world.deals, world.rep_ids),
        **money_tables(world),
    }


def _activity(world: World, part: Part, used: dict[str, int]) -> dict[str, pa.Table]:
    """Mail, calls and meetings of a part; ``used`` counts the rows of each table so far, for ids that go on."""
    where = (part.low, part.start)
    meetings = make_meetings(world, stream(world.seed, "meetings", *where), part)
    rng = stream(world.seed, "attendees", *where)
    invited = attendees(world, rng, meetings)
    mails = make_mails(world, stream(world.seed, "mails", *where), part, calendar_mail(rng, meetings, invited))
    calls = make_calls(world, stream(world.seed, "calls", *where), part)
    mail, threads = mail_tables(
        world, stream(world.seed, "mail records", *where), mails, used["email"], used["thread"], used["email_recipient"]
    )
    made = {
        **mail,
        **call_tables(world, stream(world.seed, "call records", *where), calls, used["call"], used["call_turn"]),
        **meeting_tables(
            world, stream(world.seed, "meeting records", *where), meetings, invited, used["meeting"], used["meeting_attendee"]
        ),
    }
    used["thread"] += threads
    for name, rows in made.items():
        used[name] += len(rows)
    return made
