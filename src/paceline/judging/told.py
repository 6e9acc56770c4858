"""Cards are told once: what was told when, when it went out, and what people said of it. ``told_card`` only ever grows.

One row an event of a card: told, ended, confirmed or dismissed (with who knows why), or a verdict withdrawn. The latest verdict
counts. ``said``: of a card told its sentence (JSON), of a verdict the reason in somebody's own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from paceline.insight.cards import Card, State
from paceline.sales.periods import epoch_day, from_epoch_day
from paceline.saying.keeping import as_json, from_json
from paceline.saying.said import NOTHING, Said, joined, say, say_many
from paceline.saying.values import Number
from paceline.warehouse.engine import Engine
from paceline.warehouse.store import ibis_table

TABLE = "told_card"
TOLD, ENDED, CONFIRMED, DISMISSED, WITHDRAWN = "told", "ended", "confirmed", "dismissed", "withdrawn"
APART = timedelta(weeks=8)  # cards of a series nearer to each other than this are one: its onset is estimated anew each week
ENOUGH = 30  # verdicts from which their share is a measure

_SCHEMA = pa.schema([
    ("id", pa.string()), ("event", pa.string()), ("at", pa.int64()), ("level", pa.string()), ("name", pa.string()),
    ("metric", pa.string()), ("direction", pa.int64()), ("since", pa.int32()), ("fired", pa.int32()), ("better", pa.bool_()),
    ("said", pa.string())])  # fmt: skip


class UnknownCardError(ValueError):
    """An id that no told card has; the message says what is near."""


@dataclass(frozen=True)
class Told:
    """A card as it was first told.

    ``at``: epoch seconds; ``ended``: the day it went out, None while it fires; ``verdict``: confirmed, dismissed or None,
    with its ``reason`` and the day it was given; ``last``: epoch seconds of the latest event.
    """

    id: str
    at: int
    level: str
    name: str
    metric: str
    direction: int
    since: date
    fired: date
    better: bool | None
    said: Said
    ended: date | None = None
    verdict: str | None = None
    reason: str = ""
    judged: date | None = None
    last: int = 0

    @property
    def day(self) -> date:
        """The (UTC) day on which it was first told."""
        return datetime.fromtimestamp(self.at, UTC).date()


@dataclass(frozen=True)
class Fresh:
    """A card to be told: whose (level rep or team, its name), the card, whether it is good news, and its sentence."""

    level: str
    name: str
    card: Card
    better: bool | None
    said: Said


@dataclass(frozen=True)
class Verdicts:
    """What became of the cards told: ``told`` of them, so many confirmed and dismissed."""

    told: int
    confirmed: int
    dismissed: int

    @property
    def judged(self) -> int:
        """How many have a verdict."""
        return self.confirmed + self.dismissed

    @property
    def share(self) -> float | None:
        """Share of the judged that were confirmed; None where none was judged."""
        return self.confirmed / self.judged if self.judged else None

    @property
    def sentence(self) -> Said:
        """``Of 41 cards told, 12 were judged: 9 confirmed (75 %), 3 dismissed. Too few to tell (needs 30).``"""
        if self.share is None:
            return say("Of {told} cards told, none was judged yet: confirm or dismiss them.", told=self.told)
        words = say_many(
            "Of {told} cards told, {number} was judged: {confirmed} confirmed ({share}), {dismissed} dismissed.",
            "Of {told} cards told, {number} were judged: {confirmed} confirmed ({share}), {dismissed} dismissed.",
            self.judged, told=self.told, confirmed=self.confirmed, share=Number(self.share, ".0%"), dismissed=self.dismissed,
        )  # fmt: skip
        if self.judged >= ENOUGH:
            return words
        return joined([words, say("Too few to say how often we are right (needs about {many}).", many=ENOUGH)])


def told_cards(engine: Engine) -> tuple[Told, ...]:
    """Every card told, oldest first."""
    if TABLE not in engine.tables():
        return ()
    rows = engine.query(ibis_table(TABLE, _SCHEMA)).to_pylist()
    found: dict[str, Told] = {}
    for row in sorted(rows, key=lambda row: (row["at"], row["event"] != TOLD)):
        found[row["id"]] = _happened(found.get(row["id"]), row)
    return tuple(found.values())


def _happened(card: Told | None, row: Mapping[str, Any]) -> Told:
    day = datetime.fromtimestamp(row["at"], UTC).date()
    if card is None or row["event"] == TOLD:
        return Told(
            row["id"], row["at"], row["level"], row["name"], row["metric"], row["direction"], from_epoch_day(row["since"]),
            from_epoch_day(row["fired"]), row["better"], _said(row), last=row["at"],
        )  # fmt: skip
    if row["event"] == ENDED:
        return replace(card, ended=day, last=row["at"])
    if row["event"] == WITHDRAWN:
        return replace(card, verdict=None, reason="", judged=None, last=row["at"])
    return replace(card, verdict=row["event"], reason=row["said"], judged=day, last=row["at"])


def _said(row: Mapping[str, Any]) -> Said:
    return from_json(json.loads(row["said"])) if row["event"] == TOLD else NOTHING


def tell(engine: Engine, cards: Sequence[Fresh], subjects: Set[tuple[str, str]], at: int) -> dict[int, Told]:
    """Store the firing cards that weren't told yet, and that told ones went out. Position in ``cards`` → as it was told.

    ``cards``: all of the ``subjects`` (level, name), firing and past; past ones are matched, never told anew. ``at``: epoch
    seconds.
    """
    known = told_cards(engine)
    matched = match(known, cards)
    new = {place: _told(one, at) for place, one in enumerate(cards) if place not in matched and one.card.state is State.FIRING}
    firing = {one.id for place, one in matched.items() if cards[place].card.state is State.FIRING}
    over = [one for one in known if one.ended is None and one.id not in firing and (one.level, one.name) in subjects]
    rows = [_row(one, TOLD, at, _kept(one.said)) for one in new.values()] + [_row(one, ENDED, at, "") for one in over]
    if rows:
        _append(engine, rows)
    return matched | new


def _kept(said: Said) -> str:
    """A sentence as the store has it, so that it can be told in any language later."""
    return json.dumps(as_json(said), ensure_ascii=False)


def match(told: Iterable[Told], cards: Sequence[Fresh]) -> dict[int, Told]:
    """Which of the cards were told already: of the same series and direction, each told card for one card at most, nearest
    onsets first."""
    series: dict[tuple[str, str, str, int], list[Told]] = {}
    for known in told:
        series.setdefault((known.level, known.name, known.metric, known.direction), []).append(known)
    pairs = []
    for place, one in enumerate(cards):
        for known in series.get((one.level, one.name, one.card.metric, one.card.direction), []):
            if one.card.since <= known.fired + APART and known.since <= one.card.fired + APART:
                pairs.append((abs(one.card.since - known.since), place, known))
    out: dict[int, Told] = {}
    used: set[str] = set()
    for _, place, known in sorted(pairs, key=lambda pair: (pair[0], pair[1], pair[2].id)):
        if place not in out and known.id not in used:
            out[place] = known
            used.add(known.id)
    return out


def judge(engine: Engine, card_id: str, confirmed: bool, reason: str, at: int) -> Told:
    """Write down that a card was right or wrong, and why. Raises UnknownCardError for an id nobody was told."""
    event = CONFIRMED if confirmed else DISMISSED
    found = _found(engine, card_id)
    _append(engine, [_row(found, event, _after(found, at), reason)])
    return replace(found, verdict=event, reason=reason, judged=datetime.fromtimestamp(at, UTC).date())


def withdraw(engine: Engine, card_id: str, at: int) -> None:
    """Take back what was said of a card. Raises UnknownCardError for an id nobody was told."""
    found = _found(engine, card_id)
    _append(engine, [_row(found, WITHDRAWN, _after(found, at), "")])


def _after(card: Told, at: int) -> int:
    """The moment, after the card's other events: within one second their order would be lost."""
    return max(at, card.last + 1)


def _found(engine: Engine, card_id: str) -> Told:
    """The card of an id or of its beginning. Raises UnknownCardError."""
    known = {one.id: one for one in told_cards(engine)}
    word = card_id.strip().lower()
    found = [one for name, one in known.items() if name.startswith(word)] if word else []
    if len(found) != 1:
        near = get_close_matches(word, known, n=3, cutoff=0.5)
        hint = (
            f"it could be {', '.join(one.id for one in found)}"
            if found
            else (f"did you mean {' or '.join(near)}?" if near else "`paceline signals` shows the ids of the cards told")
        )
        raise UnknownCardError(f"no card has the id {card_id!r}; {hint}")
    return found[0]


def verdicts(told: Iterable[Told]) -> Verdicts:
    """Count what became of cards."""
    every = tuple(told)
    return Verdicts(len(every), sum(one.verdict == CONFIRMED for one in every), sum(one.verdict == DISMISSED for one in every))


def _told(one: Fresh, at: int) -> Told:
    card = one.card
    key = f"{one.level}|{one.name}|{card.metric}|{card.direction}|{card.since}"
    name = blake2b(key.encode(), digest_size=4).hexdigest()
    return Told(name, at, one.level, one.name, card.metric, card.direction, card.since, card.fired, one.better, one.said)


def _row(one: Told, event: str, at: int, said: str) -> dict[str, Any]:
    return {
        "id": one.id, "event": event, "at": at, "level": one.level, "name": one.name, "metric": one.metric,
        "direction": one.direction, "since": epoch_day(one.since), "fired": epoch_day(one.fired), "better": one.better,
        "said": said,
    }  # fmt: skip


def _append(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with engine.transaction():
        if TABLE not in engine.tables():
            engine.put(TABLE, _SCHEMA.empty_table())
        engine.append(TABLE, pa.Table.from_pylist(rows, schema=_SCHEMA))
