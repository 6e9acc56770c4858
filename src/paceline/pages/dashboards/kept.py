"""Readings for pages, kept in memory for as long as the data is the same: most pages of a day ask the same questions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from paceline.metrics.ask import ask
from paceline.metrics.reading import Reading, Readings
from paceline.metrics.store import Store
from paceline.pages.dashboards.weight import weight
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.warehouse.store import LOAD_LOG, LOG_SCHEMA, ibis_table

# Memory for a store's answers: some thirty for each of a hundred people who look at the same time. Most are a few kB, a team
# page's about 2 MB, a forecast of 500 people 10 MB.
_MOST_BYTES = 512 << 20
Answer = TypeVar("Answer")


class Kept:
    """The latest answers of one store; thread-safe. Two threads that ask the same at once both work it out."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()  # with how much memory each takes
        self._bytes = 0
        self._lock = Lock()
        self._state: tuple[int, int] | None = None

    def at(self, state: tuple[int, int]) -> Kept:
        """Ready for a state of the store: what was kept of an earlier one alone is let go."""
        if state != self._state:
            with self._lock:
                self._state = state
                for key in [key for key in self._answers if isinstance(key, tuple) and _is_of_another(key, state)]:
                    self._bytes -= self._answers.pop(key)[1]
        return self

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer kept under the key, else made and kept."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                known: Answer = self._answers[key][0]
                return known
        answer = make()
        self.put(key, answer)
        return answer

    def put(self, key: Hashable, answer: object) -> None:
        """Keep an answer under the key."""
        size = weight(key) + weight(answer)
        with self._lock:
            self._bytes += size - self._answers.pop(key, (None, 0))[1]
            self._answers[key] = (answer, size)
            while self._bytes > _MOST_BYTES and len(self._answers) > 1:
                self._bytes -= self._answers.popitem(last=False)[1][1]


def _is_of_another(key: tuple[Hashable, ...], state: tuple[int, int]) -> bool:
    return isinstance(key[0], tuple) and key[0] != state


_KEPT: WeakKeyDictionary[Store, Kept] = WeakKeyDictionary()


def kept(store: Store, key: Hashable, as_of: date | None, make: Callable[[], Answer]) -> Answer:
    """An answer about the store as of an instant: made once for each ``store.state``, which moves with every load."""
    state = store.state
    return _known(store).at(state).get((state, as_of, key), make)


def kept_for_the_day(store: Store, key: Hashable, as_of: date | None, make: Callable[[], Answer]) -> Answer:
    """An answer that only a load or a new day changes: made once for each of them, though ``store.now`` moves on."""
    known = _known(store)
    loads = known.get(("loads", store.state), lambda: _loads(store))
    return known.get((loads, store.view(as_of).day, as_of, key), make)


def _known(store: Store) -> Kept:
    return _KEPT.setdefault(store, Kept())


def keep_for_the_day(store: Store, key: Hashable, answer: Answer) -> Answer:
    """From now on, until a load or a new day, this is the answer under the key."""
    known = _known(store)
    loads = known.get(("loads", store.state), lambda: _loads(store))
    known.put((loads, store.view().day, None, key), answer)
    return answer


def version_of(store: Store) -> tuple[int, date]:
    """What tells one version of the data from another: the last load's number, and the day."""
    known = _known(store)
    return known.get(("loads", store.state), lambda: _loads(store)), store.view().day


def _loads(store: Store) -> int:
    """The number of the last load."""
    found = store.engine.query(ibis_table(LOAD_LOG, LOG_SCHEMA).aggregate(last=lambda log: log["load_id"].max()))
    return found["last"][0].as_py() or 0


def readings(
    store: Store,
    slugs: Sequence[str],
    scope: Scope,
    periods: Sequence[Period],
    by: tuple[str, ...] = (),
    *,
    as_of: date | None = None,
    mean_of_reps: bool = False,
) -> Readings:
    """``ask``, kept."""
    key = ("ask", tuple(slugs), scope, tuple(periods), by, mean_of_reps)
    return kept(
        store, key, as_of, lambda: ask(store, list(slugs), scope, list(periods), by, as_of=as_of, mean_of_reps=mean_of_reps)
    )


def one(store: Store, slug: str, scope: Scope, period: Period, *, as_of: date | None = None) -> Reading:
    """One reading of a scope, kept."""
    return readings(store, [slug], scope, [period], as_of=as_of, mean_of_reps=True).only()
