"""Weekly series read from a store: they are the readings, and what isn't known is no 0."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from acme.company import SETTINGS, records
from paceline.insight.signals import judge_weekly
from paceline.judging.signals_metrics import Judged, as_series, is_better, judged, meanings, not_judged
from paceline.judging.weekly import Weeks, by_team, weekly
from paceline.metrics.ask import ask
from paceline.metrics.catalog import CATALOG
from paceline.sales.periods import Period
from paceline.sales.scope import Scope
from paceline.stats.scan import Kind
from tests.judging.watched import watched
from tests.oracle.agreement import open_store


@cache
def whole() -> Weeks:
    return weekly(watched().store, weeks=60)


def test_the_series_are_the_readings_of_the_weeks() -> None:
    """Every metric judged, one rep of each role, six weeks: numerator and denominator as `ask` has them, money in whole units."""
    weeks, store, checked = whole(), watched().store, 0
    for role in ("AE", "SDR"):
        row = next(i for i in range(len(weeks.reps)) if weeks.role[i, -1] == role and np.isfinite(weeks.days[i]).all())
        periods = [Period.between(weeks.mondays[w], weeks.mondays[w] + timedelta(days=7)) for w in range(30, 60, 5)]
        slugs = [one.slug for one in weeks.metrics]
        for reading in ask(store, slugs, Scope.rep(weeks.reps[row]), periods):
            place, week = slugs.index(reading.slug), weeks.mondays.index(reading.period.first)
            top, bottom = weeks.top[row, place, week], weeks.bottom[row, place, week]
            if np.isfinite(top):
                scale = 100 if reading.metric.unit == "money" else 1
                assert top * scale == pytest.approx(reading.numerator or 0), reading
                if weeks.metrics[place].kind is not Kind.COUNT:
                    assert bottom == pytest.approx(reading.denominator or 0), reading
                checked += 1
    assert checked > 150


def test_a_mailbox_that_is_not_connected_is_unknown_and_says_why() -> None:
    weeks = weekly(open_store(records(), SETTINGS, date(2026, 4, 12)), weeks=12)
    mails = [one.slug for one in weeks.metrics].index("emails_sent")
    connected = {row["rep_id"] for row in records()["connection"].to_pylist() if row["kind"] == "mailbox"}
    for row, rep in enumerate(weeks.reps):
        if rep not in connected:
            assert np.isnan(weeks.top[row, mails]).all()
    assert all(why for why in weeks.why.values())


def test_weeks_whose_replies_may_still_come_are_unknown() -> None:
    weeks = whole()
    rate, sent = ([one.slug for one in weeks.metrics].index(slug) for slug in ("email_response_rate", "emails_sent"))
    row = next(i for i in range(len(weeks.reps)) if np.isfinite(weeks.top[i, sent]).all())
    assert np.isnan(weeks.top[row, rate, -2:]).all()
    assert np.isfinite(weeks.top[row, rate, 10:-3]).all()


def test_weeks_after_the_last_records_are_unknown() -> None:
    store = watched().store
    stale = type(store)(store.engine, store.settings, store.now + 28 * 86_400, store.catalog, past_facts=None)
    weeks = weekly(stale, weeks=20)
    assert np.isnan(weeks.top[:, :, -4:]).all()
    assert np.isfinite(weeks.top[:, :, -5]).any()
    assert any("no data of mailbox since" in why for why in weeks.why.values())


def test_the_plain_table_tells_the_same() -> None:
    weeks = whole()
    laid_out, told = judge_weekly(weeks.series(), weeks.now), judge_weekly(weeks.table(), weeks.now)
    assert laid_out.cards
    assert [(one.rep, one.metric, one.since, one.observed, one.rows) for one in laid_out.cards] == [
        (one.rep, one.metric, one.since, one.observed, one.rows) for one in told.cards
    ]


def test_a_team_is_the_sum_of_its_people() -> None:
    weeks = whole()
    teams = by_team(weeks)
    sent = [one.slug for one in weeks.metrics].index("emails_sent")
    name = teams.reps[0]
    mine = (weeks.team == name) & np.isfinite(weeks.top[:, sent])
    total = np.where(mine, np.nan_to_num(weeks.top[:, sent]), 0).sum(axis=0)
    told = np.isfinite(teams.top[0, sent])
    assert told.sum() > 50
    assert teams.top[0, sent][told] == pytest.approx(total[told])
    assert np.nanmax(teams.days) <= 5.0
    assert set(teams.role.ravel()) == {"team"}


def test_another_role_is_not_ones_own_past() -> None:
    changed = records()
    roles = changed["rep_role"].to_pylist()
    for row in roles:
        if row["id"] == "r2":
            row["role"] = "SDR"
    changed["rep_role"] = type(changed["rep_role"]).from_pylist(roles, changed["rep_role"].schema)
    weeks = weekly(open_store(changed, SETTINGS, date(2026, 4, 12)), weeks=20)
    bob = weeks.reps.index("bob")
    before = [monday < date(2026, 2, 16) for monday in weeks.mondays]
    assert np.isnan(weeks.days[bob]).tolist() == before


def test_each_metric_is_judged_or_has_a_reason() -> None:
    watched_ones = {one.slug for one in judged(CATALOG)}
    assert watched_ones | set(not_judged(CATALOG)) == set(CATALOG)
    assert not watched_ones & set(not_judged(CATALOG))
    assert all(len(why) > 10 for why in not_judged(CATALOG).values())


def test_kinds_come_from_the_declarations() -> None:
    kinds = {one.slug: one.kind for one in judged(CATALOG)}
    assert kinds["meetings_held"] is Kind.COUNT
    assert kinds["win_rate"] is Kind.RATE
    assert kinds["sales_cycle"] is Kind.MEAN
    assert not {"revenue", "stuck_opportunities", "days_between_touches", "conversion_rate", "quota_attainment"} & set(kinds)
    assert "dials" in kinds, "the twin that keeps the share of calls answered honest"
    rate = as_series(CATALOG["email_response_rate"])
    assert isinstance(rate, Judged)
    assert rate.matured is not None


def test_what_is_better_comes_from_the_declarations() -> None:
    assert is_better(CATALOG["win_rate"], 0.4, 0.3)
    assert is_better(CATALOG["sales_cycle"], 60, 40) is False
    assert is_better(CATALOG["talk_ratio"], 0.7, 0.5) is False
    assert is_better(CATALOG["talk_ratio"], 0.5, 0.45) is None, "within the band"
    weights = meanings(CATALOG, ("win_rate", "meetings_held", "dials", "time_in_stage"))
    assert weights["win_rate"] > weights["meetings_held"] > weights["dials"] > 0 > weights["time_in_stage"]
