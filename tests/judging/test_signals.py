"""What a company's own store tells: the planted truths are found, told once, and their records can be reached."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from rich.console import Console

from paceline.cli.signals_board import as_json, as_table, show, show_delays
from paceline.insight.cards import State
from paceline.judging.signals import CompanySignals, signals
from paceline.judging.told import UnknownCardError, judge, told_cards, verdicts
from paceline.judging.weekly import Weeks, weekly
from paceline.judging.weekly_made import made_of
from paceline.metrics.ask import ask
from paceline.metrics.store import Store
from paceline.sales.periods import Period, parse
from paceline.sales.scope import Scope
from tests.judging.watched import watched


@cache
def found() -> CompanySignals:
    """The first look; its cards are told and stored."""
    return signals(watched().store, Scope.company())


@pytest.mark.parametrize(
    ("kind", "metrics"),
    [
        ("meetings_drop", {"meetings_held", "follow_up_meetings", "meetings_per_opportunity"}),
        ("follow_up_stops", {"opportunities_engaged", "follow_up_meetings", "meetings_held", "meetings_per_opportunity"}),
        ("replies_halve", {"responses", "email_response_rate"}),
    ],
)
def test_who_slows_down_is_found_from_the_week_of_the_truth(kind: str, metrics: set[str]) -> None:
    rep, since = watched().planted(kind)
    mine = [one for one in found().falls if one.name == rep and one.metric.slug in metrics]
    assert mine, f"{rep} {kind} since {since}: {[(one.name, one.metric.slug) for one in found().falls]}"
    assert any(abs(one.card.since - since) <= timedelta(weeks=4) for one in mine)
    assert any(one.card.fired <= since + timedelta(weeks=8) for one in mine)


def test_the_weeks_behind_a_card_add_up_to_its_number() -> None:
    """Also where the metric over the same days is another: of a team's other roles, of weeks that may still change."""
    weeks, store, differ = weekly(watched().store), watched().store, 0
    cards = (*found().firing, *found().common)
    assert len(cards) > 10
    for one in cards:
        made = made_of(weeks, one.level, one.name, one.metric.slug, one.card.since, one.card.until)
        assert made.value == pytest.approx(one.card.observed), one.sentence
        assert {part.monday for part in made.parts} <= set(weeks.mondays)
        if one.level == "team":
            days = Period.between(one.card.since, one.card.until + timedelta(days=7))
            differ += ask(store, one.metric.slug, Scope.team(one.name), days).only().value != pytest.approx(made.value)
    assert differ
    assert made_of(weeks, "team", "Nobody's", "meetings_held", weeks.mondays[-2], weeks.mondays[-1]).parts == ()
    with pytest.raises(ValueError, match="no week of revenue"):
        made_of(weeks, "company", "company", "revenue", weeks.mondays[-2], weeks.mondays[-1])


def test_the_same_change_is_told_once() -> None:
    first = {one.told.id for one in found().firing if one.told}
    assert len(first) == len(found().firing)
    before = len(told_cards(watched().store.engine))
    again = signals(watched().store, Scope.company())
    assert {one.told.id for one in again.firing if one.told} == first
    assert len(told_cards(watched().store.engine)) == before


def test_a_week_later_only_news_is_new() -> None:
    assert found().firing
    store = watched().store
    later = replace_now(store.now + 7 * 86_400)
    again = signals(later, Scope.company())
    old = [one for one in again.firing if not one.new]
    assert len(old) >= 0.7 * len(again.firing)
    assert not {line.split(": ", 1)[1] for line in again.digest} & {one.sentence for one in old}


def test_a_change_of_everybody_is_told_once_as_the_companys(monkeypatch: pytest.MonkeyPatch) -> None:
    def quieter(store: Store, as_of: date | None = None) -> Weeks:
        """Everybody's meetings fall to a third in the last twelve weeks."""
        weeks = weekly(store, as_of)
        top = weeks.top.copy()
        place = [one.slug for one in weeks.metrics].index("meetings_held")
        top[:, place, -12:] = np.round(top[:, place, -12:] * 0.35)
        return replace(weeks, top=top)

    before = {one.name for one in found().falls if one.metric.slug == "meetings_held"}
    monkeypatch.setattr("paceline.judging.signals.weekly", quieter)
    store = watched().store
    judged = signals(store, Scope.company(), remember=False)
    (card,) = [one for one in judged.common if one.metric.slug == "meetings_held"]
    assert (card.level, card.who, card.better) == ("company", "The company", False)
    assert -0.75 < card.card.change < -0.5
    assert "--rep" not in card.questions[0]
    assert "--team" not in card.questions[0]
    first = [line for line in replace(judged, now=card.card.fired).digest if line.startswith("The company: ")]
    assert first, "it is the day's first news"
    assert len(first) == 1
    mine = {one.name for one in judged.falls if one.metric.slug == "meetings_held"}
    assert len(mine - before) <= 2, "what is left of it for each is no change of theirs"
    rep, _ = watched().planted("meetings_drop")
    assert signals(store, Scope.rep(rep), remember=False).common == ()


def replace_now(now: int) -> Store:
    """The same store at another moment."""
    store = watched().store
    return Store(store.engine, store.settings, now, store.catalog, past_facts=None)


def test_the_digest_has_three_lines_at_most_one_a_person() -> None:
    lines = found().digest
    assert 1 <= len(lines) <= 3
    assert len({line.split(":")[0] for line in lines}) == len(lines)


def test_a_card_is_answered_by_the_question_it_gives() -> None:
    """`paceline explain …` over the card's days gives the very number on it."""
    store, checked = watched().store, 0
    for one in found().firing:
        if len(one.questions) == 1 and one.card.kind == "count" and one.level == "rep":
            told = re.fullmatch(r'paceline explain (\w+) --rep "([^"]+)" --period (\S+)', one.questions[0])
            assert told, one.questions
            period = parse(told[3], store.settings, store.view().day)
            (rep,) = {stint.rep_id for stint in store.view().stints if told[2] in (stint.name, stint.rep_id)}
            assert told[2] == one.who, "people are asked for by name"
            off = [int(each.sentence.split()[0]) for each in one.card.allowed if each.what == "weeks off"]
            assert ask(store, told[1], Scope.rep(rep), period).only().value == pytest.approx(one.card.observed + sum(off))
            checked += 1
    assert checked >= 3


def test_only_the_scopes_own_are_shown() -> None:
    rep, _ = watched().planted("meetings_drop")
    mine = signals(watched().store, Scope.rep(rep), remember=False)
    assert {one.name for one in mine.firing} == {rep}
    whole = [(one.metric.slug, one.card.since) for one in found().firing if one.name == rep]
    assert sorted((one.metric.slug, one.card.since) for one in mine.firing) == sorted(whole)


def test_managers_and_those_who_left_have_no_cards() -> None:
    left = {truth.rep_id for truth in watched().company.truths.of("departed")}
    bosses = {row["manager_id"] for row in watched().company.records["rep_role"].to_pylist()}
    assert left
    assert not {one.name for one in found().firing} & (left | bosses)


def test_a_past_day_is_judged_as_it_was_and_stores_nothing() -> None:
    before = len(told_cards(watched().store.engine))
    _, since = watched().planted("meetings_drop")
    then = signals(watched().store, Scope.company(), as_of=since - timedelta(days=1))
    assert then.now == since
    assert not [one for one in then.firing if one.card.until >= since]
    assert len(told_cards(watched().store.engine)) == before


def test_a_dismissed_card_is_not_told_again_and_counts() -> None:
    engine, now = watched().store.engine, watched().store.now
    card = found().firing[-1].told
    assert card is not None
    said = judge(engine, card.id[:6], confirmed=False, reason="a project for marketing", at=now + 60)
    assert (said.verdict, said.reason) == ("dismissed", "a project for marketing")
    again = signals(watched().store, Scope.company())
    assert card.id not in {one.told.id for one in again.firing if one.told}
    assert card.id in {one.told.id for one in again.dismissed if one.told}
    judge(engine, card.id, confirmed=True, reason="it was right after all", at=now + 120)
    counted = verdicts(told_cards(engine))
    assert (counted.confirmed, counted.dismissed) == (1, 0)
    assert "Too few to say" in counted.sentence
    with pytest.raises(UnknownCardError, match="no card has the id 'zz'"):
        judge(engine, "zz", confirmed=True, reason="", at=now)


def test_every_form_has_the_same_cards() -> None:
    table = as_table(found())
    assert table.num_rows == len(found().common) + len(found().firing)
    told = json.loads(json.dumps(as_json(found()), default=str))
    assert [card["id"] for card in told["cards"]] == table["id"].to_pylist()
    assert told["delays"]
    assert told["not_judged"]["revenue"].startswith("a sum of money")
    console = Console(file=io.StringIO(), width=200)
    show(found(), "Watched", found().now, False, console)
    show_delays(found(), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(one.told is not None and one.told.id in text for one in found().firing)
    assert "How often are we wrong?" in text
    assert "Seen within 8 weeks" in text


def test_a_smaller_budget_tells_less() -> None:
    quiet = signals(watched().store, Scope.company(), budget=0.5, praise=0.5, remember=False)
    loud = signals(watched().store, Scope.company(), budget=2.0, praise=2.0, remember=False)
    assert len(quiet.firing) < len(loud.firing)
    assert all(one.card.state is State.FIRING for one in loud.firing)
    seen = {one.label: one.seen for one in quiet.delays if one.fall == 0.3}
    assert sum(one.seen for one in loud.delays if one.fall == 0.3) > sum(seen.values())


def test_what_cannot_be_said_has_a_reason() -> None:
    assert all(one.why for one in found().unknown)
    known = {(one.name, one.metric) for one in found().unknown}
    assert not known & {(one.name, one.metric.name) for one in found().firing}
