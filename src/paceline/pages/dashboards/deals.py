"""A rep's open deals: where each stands, since when, what was last done and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from paceline.facts.money import with_company_cents
from paceline.metrics.called import called
from paceline.metrics.store import Store, View
from paceline.pages.dashboards.kept import kept
from paceline.sales.periods import epoch_day, from_epoch_day


@dataclass(frozen=True)
class OpenDeal:
    """An open opportunity on the day. Ages in days; amounts in units of the company's currency; None: unknown, or none."""

    opportunity_id: str
    name: str
    account: str
    stage: str
    amount: float | None
    age: int | None
    in_stage: int | None
    limit: int | None
    close: date | None
    last_touch: date | None
    next_meeting: date | None
    today: date

    @property
    def overdue(self) -> bool:
        """Whether the expected close is past."""
        return self.close is not None and self.close < self.today

    @property
    def over_limit(self) -> bool:
        """Whether it is longer in its stage than the stage's configured limit."""
        return self.limit is not None and self.in_stage is not None and self.in_stage > self.limit

    @property
    def quiet(self) -> int | None:
        """Days since the owner's last touch."""
        return None if self.last_touch is None else (self.today - self.last_touch).days


def open_deals(store: Store, rep: str, as_of: date | None = None) -> tuple[OpenDeal, ...]:
    """The rep's open deals on the as-of day, the one to close next first."""
    return kept(store, ("deals", rep), as_of, lambda: _open_deals(store, rep, store.view(as_of)))


def _open_deals(store: Store, rep: str, view: View) -> tuple[OpenDeal, ...]:
    spans = _spans(view, rep)
    ids = [row["opportunity_id"] for row in spans]
    deals, stages = (
        called(store, "opportunity", ids),
        called(store, "stage", sorted({row["stage_id"] for row in spans if row["stage_id"]})),
    )
    accounts = called(store, "account", sorted({row["account_id"] for row in spans if row["account_id"]}))
    touched, met = _last_touches(view, rep, ids), _next_meetings(view, rep)
    today = view.day

    def deal(row: dict[str, Any]) -> OpenDeal:
        key = row["opportunity_id"]
        stage = row["stage_id"] or ""
        return OpenDeal(
            opportunity_id=key,
            name=deals.get(key, key),
            account=accounts.get(row["account_id"] or "", ""),
            stage=stages.get(stage, stage),
            amount=None if row["amount_cents"] is None else row["amount_cents"] / 100,
            age=_since(row["start_day"], today),
            in_stage=_since(row["stage_day"], today),
            limit=row["limit_days"],
            close=_date(row["close_day"]),
            last_touch=_date(touched.get(key)),
            next_meeting=_date(met.get(row["account_id"] or "")),
            today=today,
        )

    return tuple(sorted(map(deal, spans), key=lambda one: (one.close is None, one.close or today, one.name)))


def _spans(view: View, rep: str) -> list[dict[str, Any]]:
    span = view.frame.fact("span")
    day = epoch_day(view.day)
    there = span.filter((span.rep_id == rep) & (span.from_day <= day) & (span.until_day > day))
    priced = with_company_cents(there, view.frame.tables, {"amount_cents": "native_cents"}, day="from_day")
    rows: list[dict[str, Any]] = view.engine.query(priced.select(
        "opportunity_id", "account_id", "stage_id", "amount_cents", "start_day", "stage_day", "limit_days", "close_day", "from_at"
    )).to_pylist()  # fmt: skip
    latest = {row["opportunity_id"]: row for row in sorted(rows, key=lambda row: row["from_at"] or 0)}
    return list(latest.values())


def _last_touches(view: View, rep: str, ids: list[str]) -> dict[str, int]:
    touch = view.frame.fact("touch_opportunity")
    mine = touch.filter((touch.rep_id == rep) & touch.opportunity_id.isin(ids) & (touch.day <= epoch_day(view.day)))
    rows = view.engine.query(mine.group_by("opportunity_id").agg(day=mine.day.max())).to_pylist() if ids else []
    return {row["opportunity_id"]: row["day"] for row in rows}


def _next_meetings(view: View, rep: str) -> dict[str, int]:
    meeting = view.frame.fact("meeting")
    ahead = meeting.filter(
        (meeting.rep_id == rep) & (meeting["at"] > view.as_of) & ~meeting.cancelled.fill_null(ibis.literal(False))
    )
    rows = view.engine.query(ahead.group_by("account_id").agg(day=ahead.day.min())).to_pylist()
    return {row["account_id"]: row["day"] for row in rows if row["account_id"]}


def _since(day: int | None, today: date) -> int | None:
    return None if day is None or day < -100_000 else epoch_day(today) - day


def _date(day: int | None) -> date | None:
    return None if day is None or abs(day) > 100_000 else from_epoch_day(day)
