"""How fresh the data is: whether anything was loaded at all, and whether what is loaded still goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from paceline.metrics.store import Store
from paceline.pages.dashboards.kept import kept_for_the_day
from paceline.project.health import last_day
from paceline.project.running import running
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table

# A week with a holiday in it, and the weekends around it.
LONG = timedelta(days=7)


@dataclass(frozen=True)
class Fresh:
    """``loaded_at``: when a load last brought something (None: never); ``newest``: the last day on which anything happened."""

    loaded_at: datetime | None
    newest: date | None
    today: date

    @property
    def ended(self) -> bool:
        """Whether so little is new that the days since are more likely missing than empty."""
        return self.newest is not None and self.today - self.newest > LONG


def fresh() -> Fresh:
    """Of the store that is served; looked up once a load and day."""
    store = running().store
    return kept_for_the_day(store, "fresh", None, lambda: _looked_up(store))


def _looked_up(store: Store) -> Fresh:
    log = ibis_table(LOAD_LOG, LOG_SCHEMA)
    at = store.engine.query(log.aggregate(at=log["at"].max()))["at"][0].as_py()
    today = store.view().day
    return Fresh(None if at is None else datetime.fromtimestamp(at, UTC), last_day(store.engine, today), today)
