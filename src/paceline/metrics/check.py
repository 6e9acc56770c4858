"""What a store can tell: which metrics light up, how complete each is, and what is wrong in the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from paceline.metrics.ask import ask
from paceline.metrics.frame import Frame
from paceline.metrics.reading import Reading
from paceline.metrics.store import Store
from paceline.sales.periods import Period
from paceline.sales.scope import Scope


@dataclass(frozen=True)
class Light:
    """One metric over the whole company: lit if it has a value."""

    reading: Reading

    @property
    def lit(self) -> bool:
        """Whether there is a value."""
        return self.reading.value is not None

    @property
    def why(self) -> str:
        """Why it isn't lit, else how complete it is."""
        return self.reading.none_because or "; ".join(map(str, self.reading.coverage))


@dataclass(frozen=True)
class Health:
    """One thing that may be wrong: how many rows of how many, what it does to the metrics, and what to do."""

    slug: str
    words: str
    bad: int
    of: int
    effect: str
    remedy: str

    @property
    def share(self) -> float:
        """0 to 1; 0 where there are no rows."""
        return self.bad / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.words}: {self.bad:,} of {self.of:,} ({self.share:.1%}). {self.effect} {self.remedy}"


@dataclass(frozen=True)
class Check:
    """The whole of it."""

    lights: tuple[Light, ...]
    health: tuple[Health, ...]


def check(store: Store, period: Period) -> Check:
    """Every metric of the catalogue over the company in the period, and the health of the data as a whole."""
    readings = ask(store, tuple(store.catalog), Scope.company(), period, mean_of_reps=False)
    return Check(tuple(map(Light, readings)), health(store))


def health(store: Store) -> tuple[Health, ...]:
    """Everything in ``TESTS``, counted over all rows as of now."""
    view = store.view()
    return tuple(_counted(store, test, view.frame) for test in TESTS)


@dataclass(frozen=True)
class _Test:
    slug: str
    words: str
    rows: Callable[[Frame], ir.Table]
    bad: Callable[[ir.Table], ir.BooleanValue]
    effect: str
    remedy: str


def _counted(store: Store, test: _Test, frame: Frame) -> Health:
    rows = test.rows(frame)
    row = store.engine.query(rows.agg(bad=rows.count(where=test.bad(rows).fill_null(False)), of=rows.count())).to_pylist()[0]
    return Health(test.slug, test.words, row["bad"], row["of"], test.effect, test.remedy)


def _owned_outcomes(frame: Frame) -> ir.Table:
    rows = frame.fact("outcome")
    return rows.filter(rows.owner.fill_null(False))


def _won(frame: Frame) -> ir.Table:
    rows = _owned_outcomes(frame)
    return rows.filter(rows.won.fill_null(False))


def _closed_records(frame: Frame) -> ir.Table:
    """Opportunities that the CRM shows as closed, with whether a dated outcome was found for them."""
    stage = frame.tables.rec("stage").select(g_id="id", g_outcome="outcome")
    deals = frame.tables.rec("opportunity")
    deals = deals.filter(~deals.deleted.fill_null(False), ~deals.test.fill_null(False), deals.merged_into_id.isnull())
    closed = deals.inner_join(stage, deals.stage_id == stage.g_id)
    closed = closed.filter(closed.g_outcome.isin(["won", "lost"])).select("id")
    dated = _owned_outcomes(frame).filter(lambda rows: rows.day.notnull()).select(o_id="opportunity_id").distinct()
    return closed.left_join(dated, closed.id == dated.o_id)


def _calls_out(frame: Frame) -> ir.Table:
    rows = frame.fact("call")
    return rows.filter(rows.outbound.fill_null(False))


TESTS = (
    _Test(
        "won_without_amount",
        "Won deals without amount",
        _won,
        lambda r: r.amount_cents.isnull(),
        "They are missing in revenue and deal size.",
        "Fill the amount in the CRM.",
    ),
    _Test(
        "amount_not_positive",
        "Closed deals with an amount of 0 or less",
        _owned_outcomes,
        lambda r: ~r.valued,
        "They are left out of win rate and revenue.",
        "Correct the amount, or leave it empty if it is unknown.",
    ),
    _Test(
        "start_unknown",
        "Closed deals whose start is unknown",
        _owned_outcomes,
        lambda r: r.cycle_days.isnull(),
        "They are missing in the sales cycle.",
        "Load created_at.",
    ),
    _Test(
        "negative_cycle",
        "Deals closed before they were created",
        _owned_outcomes,
        lambda r: r.cycle_days < 0,
        "They pull the sales cycle down.",
        "Correct the close date or the creation date.",
    ),
    _Test(
        "closed_at_unknown_time",
        "Closed deals without any date of closing",
        _closed_records,
        lambda r: r.o_id.isnull(),
        "They are in no metric of results.",
        "Load the close date or the stage history.",
    ),
    _Test(
        "outcome_without_rep",
        "Closed deals without owner",
        _owned_outcomes,
        lambda r: r.rep_id.isnull(),
        "They count for the company alone.",
        "Give them an owner, or load the reps who left.",
    ),
    _Test(
        "touch_unmatched",
        "People touched who match no account",
        lambda f: f.fact("touch_person"),
        lambda r: r.account_id.isnull(),
        "They are missing in the metrics of accounts.",
        "Add contacts to the CRM, or mail domains to accounts.",
    ),
    _Test(
        "contact_without_title",
        "Contacts without title",
        lambda f: f.tables.rec("contact"),
        lambda r: r.title.isnull(),
        "They are missing in contact seniority.",
        "Fill titles in the CRM.",
    ),
    _Test(
        "dial_outcome_unknown",
        "Dials of unknown outcome",
        _calls_out,
        lambda r: r.connected.isnull(),
        "They are missing in the connect rate.",
        "Map the dispositions of your dialler in paceline.toml.",
    ),
    _Test(
        "line_without_list_price",
        "Won line items without list price",
        lambda f: f.fact("line"),
        lambda r: r.list_cents.isnull(),
        "They are missing in the discount rate.",
        "Load list prices of line items.",
    ),
)
