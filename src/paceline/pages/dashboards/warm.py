"""What takes seconds is worked out before anybody asks: in a thread of its own, as soon as the pages are served."""

from __future__ import annotations

import logging
import threading

from paceline.pages.dashboards.judged import changes, goal_lines
from paceline.project.running import running
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.warehouse.engine import WarehouseError

_log = logging.getLogger(__name__)


def begin() -> threading.Thread:
    """Start to work out the company's signals and goals; nobody waits for it, and it dies with the process."""
    thread = threading.Thread(target=_warm, name="warm", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    store = running().store
    try:
        changes(store, Scope.company())
        grain = "quarter" if store.settings.fiscal_start_month == 1 else "fiscal_quarter"
        goal_lines(store, Period.containing(grain, store.view().day, store.settings), Scope.company())
    except (ValueError, WarehouseError):
        # The page that asks will meet the same problem, and tell it to its reader.
        _log.warning("the day's judgement could not be worked out ahead", exc_info=True)
