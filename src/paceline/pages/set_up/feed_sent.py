"""What the form for a file's columns sent → feeds. What the form doesn't show of a feed stays as the mapping has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from paceline.pages.set_up.feed_form import LEAVE, MOST_WORDS, chosen_word, few_words
from paceline.sales.records import BY_NAME, Type
from paceline.sources.connecting.feed import Feed
from paceline.sources.connecting.forms_of import amounts, forms_of
from paceline.sources.connecting.guess import guess_feed
from paceline.sources.connecting.seen import SeenFile
from paceline.sources.files.mapping import our_column

MOST_FEEDS = 12


@dataclass(frozen=True)
class Sent:
    """The feeds of a file as sent. ``new``: of one the record was chosen just now, so its columns are a guess to look at."""

    feeds: tuple[Feed, ...]
    new: bool


def feeds_sent(sent: QueryDict, prefix: str, seen: SeenFile, saved: Mapping[int, Feed]) -> Sent:
    """The feeds of a file. ``saved``: those of the mapping that are of this file, by place."""
    found: list[Feed] = []
    new = False
    number = 0
    while f"{prefix}-{number}-table" in sent and number < MOST_FEEDS:
        here = f"{prefix}-{number}"
        feed = _feed(sent, here, seen, saved)
        if feed is not None:
            new = new or feed.table != sent.get(f"{here}-was")
            found.append(feed)
        number += 1
    added = sent.get(f"{prefix}-add", "")
    if added in BY_NAME and len(found) < MOST_FEEDS:
        found.append(guess_feed(seen, added))
        new = True
    return Sent(tuple(found), new)


def _feed(sent: QueryDict, here: str, seen: SeenFile, saved: Mapping[int, Feed]) -> Feed | None:
    """One of them; None: its rows are not to be read."""
    table, was = sent.get(f"{here}-table", ""), sent.get(f"{here}-was", "")
    if table not in BY_NAME:
        return None
    place = sent.get(f"{here}-place", "")
    before = saved.get(int(place)) if place.isdecimal() else None
    file = before.file if before is not None else seen.file
    if table != was:
        return replace(guess_feed(seen, table), file=file, place=before.place if before is not None else None)
    base = before if before is not None and before.table == table else Feed(table, file, distinct=f"{here}-distinct" in sent)
    feed = replace(base, columns=_columns(sent, here, seen, base), place=before.place if before is not None else None)
    feed = replace(feed, constants=_constants(sent, here, feed))
    return _with_words(sent, here, _with_forms(sent, here, feed, seen), seen)


def _columns(sent: QueryDict, here: str, seen: SeenFile, base: Feed) -> dict[str, tuple[str, ...]]:
    """Ours → theirs. Columns that the form doesn't show stay what they are; so does the order of several that make one."""
    there = {column.name for column in seen.columns}
    found: dict[str, list[str]] = {}
    for ours, names in base.columns.items():
        found[ours] = [name for name in names if name not in there]
    for number, column in enumerate(seen.columns):
        name = f"{here}-c{number}"
        chosen = sent.getlist(name) if name in sent else list(base.ours_of(column.name))
        for ours in dict.fromkeys(chosen):
            if ours and our_column(BY_NAME[base.table], ours) is not None:
                found.setdefault(ours, []).append(column.name)
    return {
        ours: base.columns[ours] if set(base.columns.get(ours, ())) == set(names) else tuple(names)
        for ours, names in found.items() if names
    }  # fmt: skip


def _constants(sent: QueryDict, here: str, feed: Feed) -> dict[str, str]:
    """What every row gets, but for what a column gives."""
    told = {name for name in feed.columns if name}
    found = dict(feed.constants)
    prefix = f"{here}-k-"
    for name in [name for name in sent if name.startswith(prefix)]:
        found[name.removeprefix(prefix)] = sent.get(name, "").strip()
    if sent.get(f"{here}-more"):
        found[sent.get(f"{here}-more", "")] = sent.get(f"{here}-more-value", "").strip()
    known = {ours: our_column(feed.record, ours) for ours in found}
    given = {of[0].name for ours in told if (of := our_column(feed.record, ours))}
    return {ours: value for ours, value in found.items() if value and (of := known[ours]) and of[0].name not in given}


def _with_forms(sent: QueryDict, here: str, feed: Feed, seen: SeenFile) -> Feed:
    """Dates and numbers as said; of a column that was only just chosen, as guessed."""
    guessed = forms_of(replace(feed, dates={}, decimals={}, unknown={}), seen)
    dates, decimals = dict(feed.dates), dict(feed.decimals)
    for ours in feed.columns:
        known = our_column(feed.record, ours)
        if known is None or known[0].type in (Type.TEXT, Type.FLAG):
            continue
        is_date = known[0].type in (Type.DAY, Type.AT)
        of, name = (dates, f"{here}-d-{ours}") if is_date else (decimals, f"{here}-m-{ours}")
        guess = (guessed.dates if is_date else guessed.decimals).get(ours, "")
        of[ours] = sent.get(name, "") if name in sent else of.get(ours) or guess
    unknown = dict(feed.unknown)
    for ours, theirs in amounts(feed, seen) if "null" not in feed.kept else ():
        shown = f"{here}-z-{ours}-shown" in sent
        is_unknown = f"{here}-z-{ours}" in sent if shown else bool(unknown.get(ours) or guessed.unknown.get(ours))
        others = tuple(word for word in unknown.get(ours, ()) if word not in theirs.zero_words)
        unknown[ours] = (*others, *theirs.zero_words) if is_unknown else others
    return replace(
        feed, unknown={ours: words for ours, words in unknown.items() if words},
        dates={ours: one for ours, one in dates.items() if one and ours in feed.columns},
        decimals={ours: one for ours, one in decimals.items() if one and ours in feed.columns},
    )  # fmt: skip


def _with_words(sent: QueryDict, here: str, feed: Feed, seen: SeenFile) -> Feed:
    values = {ours: dict(words) for ours, words in feed.values.items() if ours in feed.columns}
    leave = {theirs: list(words) for theirs, words in feed.leave.items()}
    for ours, column, theirs in few_words(feed, seen):
        said = values.setdefault(ours, {})
        for number, word in enumerate(theirs.values[:MOST_WORDS]):
            mine = sent.get(f"{here}-v-{ours}-{number}", chosen_word(feed, ours, column, theirs.name, word))
            _take(said, leave.setdefault(theirs.name, []), word, mine, bool(column.required))
    for ours, names in feed.columns.items():
        for number, word in enumerate(seen.column(names[0]).values if len(names) == 1 else ()):
            meant = sent.get(f"{here}-u-{ours}-{number}")
            if meant is not None:
                _take(values.setdefault(ours, {}), [], word, meant or word, False)
    return replace(
        feed, values={ours: words for ours, words in values.items() if words},
        leave={theirs: tuple(words) for theirs, words in leave.items() if words},
    )  # fmt: skip


def _take(said: dict[str, str], leave: list[str], word: str, mine: str, required: bool) -> None:
    """Note our word for one of theirs."""
    if word in leave and mine != LEAVE:
        leave.remove(word)
    if mine == LEAVE:
        said.pop(word, None)
        if word not in leave:
            leave.append(word)
    elif mine == word or (not mine and required):
        said.pop(word, None)
    else:
        said[word] = mine
