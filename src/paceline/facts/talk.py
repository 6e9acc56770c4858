"""How the talking went in recorded calls, from speaker turns: unions of intervals, runs and pauses, by window functions alone.

All three orders (by speaker, by side, by time) sort each call's turns once; no turn is ever paired with another one by a join.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from paceline.facts.tables import Tables

BACK_CHANNEL_MS = 1000  # a shorter turn within the other side's speech ("mm-hm") takes no turn


def talk(t: Tables) -> ir.Table:
    """One row a call with turns: talk_call_id, talk_ratio, talk_ratio_of_call, patience_seconds, longest_monologue_seconds,
    switches_per_minute.

    Refresh key: call_id. Reads call, call_turn.
    """
    turns = _turns(t)
    speech, floor = _speech(turns), _floor(t, _taken(turns))
    both = speech.left_join(floor, speech.talk_call_id == floor.floor_call_id)
    long_enough = both.length_ms_ >= t.settings.thresholds.talk_min_seconds * 1000
    # Where no speaker is known to be ours, nobody knows how much the rep spoke: that isn't 0.
    told = long_enough & (both.our_turns_ > 0)
    length = both.length_ms_.cast("float64").nullif(0.0)
    return both.select(
        "talk_call_id",
        talk_ratio=told.ifelse(both.rep_ms_.cast("float64") / both.all_ms_.cast("float64").nullif(0.0), ibis.null("float64")),
        talk_ratio_of_call=told.ifelse(both.rep_ms_.cast("float64") / length, ibis.null("float64")),
        patience_seconds=(both.switches_ >= t.settings.thresholds.patience_min_switches).ifelse(
            both.pauses_ms_.cast("float64") / both.switches_.cast("float64").nullif(0.0) / 1000.0, ibis.null("float64")
        ),
        longest_monologue_seconds=both.monologue_ms_.cast("float64") / 1000.0,
        switches_per_minute=both.changes_.cast("float64") * 60_000.0 / length,
    )


def _turns(t: Tables) -> ir.Table:
    """Turns with length, their call's length in ms where it is known, whose side spoke, and whether it was the call's rep."""
    rec, call = t.rec("call_turn"), t.rec("call")
    call = call.select(of_="id", call_rep_="rep_id", given_ms_=call.seconds * 1000)
    turn = rec.filter(rec.end_ms > rec.start_ms).join(call, rec.call_id == call.of_)
    ours = turn.rep_id.notnull()
    return turn.select(
        "call_id",
        "start_ms",
        "end_ms",
        "given_ms_",
        ours=ours,
        of_rep=ours & (turn.rep_id == turn.call_rep_).fill_null(False),
        voice=ours.ifelse(ibis.literal("rep:") + turn.rep_id, ibis.literal("speaker:") + turn.speaker),
    )


def _before(turns: ir.Table, *within: str) -> ir.IntegerColumn:
    """The latest end among the turns before, within the same call (and voice or side); null for the first."""
    return turns.end_ms.max().over(
        ibis.window(group_by=["call_id", *within], order_by=["start_ms", "end_ms"], preceding=(None, 1))
    )


def _speech(turns: ir.Table) -> ir.Table:
    """Per call: rep_ms_ and all_ms_ (each voice's turns united, then added), our_turns_, length_ms_."""
    told = turns.mutate(before_=_before(turns, "voice"))
    fresh = ibis.greatest(told.end_ms - ibis.greatest(told.start_ms, told.before_.fill_null(0)), 0)
    told = told.mutate(fresh_=fresh)
    return told.group_by(talk_call_id=told.call_id).aggregate(
        rep_ms_=told.of_rep.ifelse(told.fresh_, 0).sum(),
        all_ms_=told.fresh_.sum(),
        our_turns_=told.ours.ifelse(1, 0).sum(),
        length_ms_=ibis.coalesce(told.given_ms_.max(), told.end_ms.max()),
    )


def _taken(turns: ir.Table) -> ir.Table:
    """The turns without back-channels: those shorter than a second, wholly within a stretch of the other side's speech."""
    marked = turns.mutate(before_=_before(turns, "ours"))
    marked = marked.mutate(begins_=((marked.start_ms <= marked.before_).fill_null(False)).ifelse(0, 1))
    in_order = ibis.window(group_by=["call_id", "ours"], order_by=["start_ms", "end_ms"], preceding=None, following=0)
    marked = marked.mutate(stretch_=marked.begins_.sum().over(in_order))
    marked = marked.mutate(stretch_end_=marked.end_ms.max().over(ibis.window(group_by=["call_id", "ours", "stretch_"])))
    # Of the stretches that began by this turn's start, the one that ends last is the only one that can hold the turn.
    nothing = ibis.null("int64")
    so_far = ibis.window(group_by="call_id", order_by="start_ms", range=(None, 0))
    marked = marked.mutate(
        our_end_=marked.ours.ifelse(marked.stretch_end_, nothing).max().over(so_far),
        their_end_=marked.ours.ifelse(nothing, marked.stretch_end_).max().over(so_far),
    )
    other_end = marked.ours.ifelse(marked.their_end_, marked.our_end_)
    back_channel = (marked.end_ms - marked.start_ms < BACK_CHANNEL_MS) & (other_end >= marked.end_ms)
    return marked.filter(~back_channel.fill_null(False)).select(*turns.columns)


def _runs(turns: ir.Table, who: str) -> ir.Table:
    """Consecutive turns of one voice or side as one: call_id, `who`, ours, of_rep, run_, start_, end_."""
    order = ["start_ms", "end_ms", "ours", "voice"]
    in_order = ibis.window(group_by="call_id", order_by=order)
    marked = turns.mutate(who_before_=turns[who].lag().over(in_order))
    marked = marked.mutate(changes_=((marked[who] == marked.who_before_).fill_null(False)).ifelse(0, 1))
    so_far = ibis.window(group_by="call_id", order_by=order, preceding=None, following=0)
    marked = marked.mutate(run_=marked.changes_.sum().over(so_far))
    return marked.group_by("call_id", "run_", "ours").aggregate(
        of_rep=marked.of_rep.any(), start_=marked.start_ms.min(), end_=marked.end_ms.max()
    )


def _floor(t: Tables, taken: ir.Table) -> ir.Table:
    """Per call: switches_ and pauses_ms_ (customer to us), monologue_ms_ of the rep, changes_ of speaker."""
    sides = _runs(taken, "ours")
    sides = sides.mutate(their_end_=sides.end_.lag().over(ibis.window(group_by="call_id", order_by="run_")))
    pause = ibis.greatest(sides.start_ - sides.their_end_, 0)
    switches = sides.mutate(pause_=pause)
    # A call that we open has no switch before us; DuckDB's greatest(null, 0) would make it a pause of 0.
    after_them = switches.ours & switches.their_end_.notnull()
    counted = after_them & (switches.pause_ <= t.settings.thresholds.patience_max_gap_seconds * 1000).fill_null(False)
    pauses = switches.group_by("call_id").aggregate(
        switches_=counted.ifelse(1, 0).sum(), pauses_ms_=counted.ifelse(switches.pause_, 0).sum()
    )
    voices = _runs(taken, "voice")
    runs = voices.group_by(floor_call_id=voices.call_id).aggregate(
        changes_=voices.count() - 1, monologue_ms_=voices.of_rep.ifelse(voices.end_ - voices.start_, ibis.null("int64")).max()
    )
    return runs.left_join(pauses, runs.floor_call_id == pauses.call_id).drop("call_id")
