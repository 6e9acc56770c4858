"""Sentences as JSON: what is kept today can be told in another language next year.

Names and somebody's own words are strings; everything else is an object that says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from paceline.saying.said import Joined, Said, Sentence, joined, own_words, say, say_many
from paceline.saying.values import Change, Day, Money, Number, Span, Value, Word

_KINDS: Mapping[str, type[Any]] = {
    "number": Number, "change": Change, "money": Money, "day": Day, "span": Span, "word": Word,
}  # fmt: skip


def as_json(said: str) -> Any:
    """Plain values, for JSON."""
    form = said.form if isinstance(said, Said) else None
    if isinstance(form, Joined):
        return {"joined": [as_json(part) for part in form.parts], "between": form.between}
    if isinstance(form, Sentence):
        many = {} if form.many is None else {"many": form.many, "number": form.number}
        return {"say": form.text, "with": {name: _value_as_json(value) for name, value in form.values.items()}, **many}
    return str(said)


def _value_as_json(value: Value) -> Any:
    if isinstance(value, str):
        return as_json(value)
    if isinstance(value, int):
        return value
    kind = next(name for name, known in _KINDS.items() if isinstance(value, known))
    told = {each.name: getattr(value, each.name) for each in fields(value)}
    return {"kind": kind, **{name: one.isoformat() if isinstance(one, date) else one for name, one in told.items()}}


def from_json(kept: Any) -> Said:
    """What was kept. ValueError for something else."""
    if isinstance(kept, str):
        return own_words(kept)
    try:
        if "joined" in kept:
            return joined((from_json(part) for part in kept["joined"]), kept["between"])
        values = {name: _value_from_json(value) for name, value in kept["with"].items()}
        if "many" in kept:
            del values["number"]
            return say_many(kept["say"], kept["many"], kept["number"], **values)
        return say(kept["say"], **values)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"this isn't a sentence that was kept: {kept!r}") from problem


def _value_from_json(kept: Any) -> Value:
    if isinstance(kept, int):
        return kept
    if isinstance(kept, str) or "kind" not in kept:
        return from_json(kept)
    made = _KINDS[kept["kind"]]
    dates = {each.name for each in fields(made) if each.type == "date"}
    told = {name: date.fromisoformat(one) if name in dates else one for name, one in kept.items() if name != "kind"}
    value: Value = made(**told)
    return value
