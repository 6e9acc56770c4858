"""The form that connects a source's files: what is in them, what each column becomes, and the mapping that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2s
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from paceline.pages.dashboards import written
from paceline.pages.set_up import feed_form, feed_sent, field_words
from paceline.pages.set_up.field_words import OUTCOMES
from paceline.project.bringing import Source
from paceline.project.loading import stored_ids
from paceline.project.running import Running
from paceline.sales.records import Type
from paceline.sources.connecting import ids as feed_ids
from paceline.sources.connecting.feed import Feed, Plan, StageWord, missing
from paceline.sources.connecting.guess import guess_feed, told_currency
from paceline.sources.connecting.planned import By, FileState, Folder, planned, to_write, written_as
from paceline.sources.connecting.seen import SeenFile, look
from paceline.sources.connecting.whole import stage_values, stage_words
from paceline.sources.connecting.written import read_plan, write_plan
from paceline.sources.contract import Problem
from paceline.sources.files.mapping import FileMapping, MappingError, our_column
from paceline.sources.files.mapping_read import read_mapping
from paceline.sources.files.read import DELIMITED


@dataclass(frozen=True)
class Form:
    """The form as it stands. ``files``: what each feeds by now; ``plan``: headers, stages, currency. ``looked``: a record was
    chosen just now, so there is something to look at before it is saved.
    """

    folder: Folder
    files: tuple[FileState, ...]
    plan: Plan
    stamp: str
    looked: bool = False

    @property
    def pending(self) -> bool:
        """Whether nothing can be loaded yet, since something is only guessed."""
        return self.folder.guesses


def text_of(found: Source) -> str:
    """The source's mapping; "" if it has none."""
    return found.mapping.read_text(encoding="utf-8", errors="replace") if found.mapping else ""


def form_of(place: Running, found: Source) -> Form:
    """The form for what is there. Raises MappingError where the mapping is wrong: it is to be mended as a text then."""
    settings = place.project.settings
    rules = FileMapping() if found.mapping is None else read_mapping(found.mapping, settings)
    text = text_of(found)
    folder = planned(found.folder, read_plan(text), rules, settings, lambda name: stored_ids(place.engine, name))
    return Form(folder, folder.files, folder.plan, _stamp(text, folder))


def _stamp(text: str, folder: Folder) -> str:
    """Changes with the mapping and with what is in the files: a form that was made for others isn't taken."""
    told = [(one.seen.file, one.seen.rows, [column.name for column in one.seen.columns]) for one in folder.files]
    return blake2s(repr((text, told)).encode(), digest_size=12).hexdigest()


def sent_form(place: Running, found: Source, before: Form, sent: QueryDict) -> Form:
    """The form with what was sent in it."""
    headless = frozenset(
        one.seen.file for number, one in enumerate(before.files)
        if (f"f{number}-header" not in sent if f"f{number}-delimited" in sent else one.seen.file in before.plan.headless)
    )  # fmt: skip
    seen = {one.file: one for one in look(found.folder, written_as(_rules(place, found), headless))}
    files: list[FileState] = []
    looked = headless != before.plan.headless
    for number, one in enumerate(before.files):
        changed = replace(one, seen=seen.get(one.seen.file, one.seen))
        saved = {feed.place: feed for feed in one.feeds if feed.place is not None}
        if one.seen.file in headless ^ before.plan.headless:
            files.append(replace(changed, feeds=tuple(_anew(feed, changed.seen) for feed in one.feeds)))
            continue
        told = feed_sent.feeds_sent(sent, f"f{number}", changed.seen, saved)
        looked = looked or told.new
        files.append(replace(changed, feeds=told.feeds))
    stages = _stages_sent(sent, files, before.folder.saved, lambda name: stored_ids(place.engine, name))
    # where no amount was chosen before, nobody was asked for a currency
    currency = sent.get("currency", before.plan.currency or told_currency(feed for one in files for feed in one.feeds))
    plan = replace(before.plan, headless=headless, stages=stages, currency=currency)
    return replace(before, files=tuple(files), plan=plan, looked=looked)


def _anew(feed: Feed, seen: SeenFile) -> Feed:
    """A feed of a file whose columns have other names by now."""
    return replace(guess_feed(seen, feed.table), place=feed.place, distinct=feed.distinct)


def _rules(place: Running, found: Source) -> FileMapping:
    return FileMapping() if found.mapping is None else read_mapping(found.mapping, place.project.settings)


def _stages_sent(sent: QueryDict, files: list[FileState], saved: Plan, known: Any) -> tuple[StageWord, ...]:
    """The stages as said, those that deals name by now, and those of the mapping that no deal names."""
    feeds = [feed for one in files for feed in one.feeds]
    seen = {one.seen.file: one.seen for one in files} | {
        feed.file: one.seen for one in files for feed in one.feeds
    }  # fmt: skip
    said: dict[str, StageWord] = {one.id: one for one in saved.stages}
    for number in count():
        name = sent.get(f"s{number}-id")
        if name is None:
            break
        outcome, position = sent.get(f"s{number}-outcome", ""), sent.get(f"s{number}-position", "")
        if outcome in OUTCOMES:
            said[name] = StageWord(name, outcome, int(position) if position.isdecimal() and position != "0" else number + 1)
    named = stage_values(feeds, seen)
    if any(feed.table == "stage" for feed in feeds):
        return saved.stages
    guessed = {one.id: one for one in stage_words(feeds, seen, known)}
    kept = {one.id for one in saved.stages}
    found = {name: one for name, one in said.items() if name in named or name in kept}
    return tuple((guessed | found).values()) if guessed or kept else ()


def faults(form: Form) -> list[str]:
    """What keeps the form from being saved, in words: what a record still needs, and what two columns give at once."""
    told: list[str] = []
    for one in form.files:
        for feed in one.feeds:
            if missing(feed):
                record, needed = field_words.record(feed.table), feed_form.named(feed, missing(feed))
                told.append(_("%(file)s, %(record)s: it still needs %(fields)s.")
                            % {"file": one.seen.file, "record": record, "fields": needed})  # fmt: skip
            for ours, names in feed.columns.items():
                known = our_column(feed.record, ours)
                if known and len(names) > 1 and known[0].type is not Type.TEXT:
                    told.append(_("%(file)s: %(columns)s both become %(field)s; only one can.")
                                % {"file": one.seen.file, "columns": ", ".join(names),
                                   "field": field_words.field(known[0])})  # fmt: skip
    return told


def mapping_of(place: Running, found: Source, form: Form) -> tuple[str, tuple[Problem, ...]]:
    """The mapping that the form says, and what is wrong with it."""
    settings = place.project.settings
    text = write_plan(text_of(found), to_write(form.folder, form.files, settings, form.plan))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "mapping.toml"
        file.write_text(text, encoding="utf-8")
        try:
            read_mapping(file, settings)
        except MappingError as error:
            return text, error.problems
    return text, ()


def context_of(form: Form, currency: str) -> dict[str, Any]:
    """The form for its template."""
    feeds = [(feed, one.seen) for one in form.files for feed in one.feeds]
    ids, room = feed_ids.ids_of(feeds), feed_form.MOST_SELECTS // max(1, len(feeds))
    files = [_file(number, one, form, ids, room) for number, one in enumerate(form.files)]
    files.sort(key=lambda one: not one["guessed"])  # what is to be looked at comes first
    amounts = any(
        known is not None and known[0].type is Type.CENTS
        for one in form.files for feed in one.feeds for ours in feed.columns
        if (known := our_column(feed.record, ours)) is not None
    )  # fmt: skip
    return {
        "files": files, "stamp": form.stamp, "pending": form.pending, "looked": form.looked,
        "stages": [_stage(number, one) for number, one in enumerate(sorted(form.plan.stages, key=lambda one: one.position))],
        "currencies": _currencies(form.plan.currency, currency) if amounts or form.plan.currency else (),
    }  # fmt: skip


def _file(number: int, one: FileState, form: Form, ids: Mapping[str, tuple[str, ...]], room: int) -> Mapping[str, Any]:
    prefix = f"f{number}"
    return {
        "prefix": prefix, "name": one.seen.file, "also": one.also,
        "rows": written.count(one.seen.rows), "whole": one.seen.whole,
        "delimited": Path(one.seen.file).suffix.lower() in DELIMITED, "header": one.seen.file not in form.plan.headless,
        "feeds": [feed_form.shown(feed, one.seen, f"{prefix}-{place}", ids, room) for place, feed in enumerate(one.feeds)],
        "add": feed_form.records("", _("nothing more") if one.feeds else _("not read")),
        "columns": [column.name for column in one.seen.columns[: feed_form.ALL_SHOWN]],
        "by_name": one.by is By.NAME, "guessed": one.by is By.GUESS, "changed": form.looked and one.by is not By.GUESS,
    }  # fmt: skip


def _stage(number: int, one: StageWord) -> Mapping[str, Any]:
    outcomes = [(value, words, value == one.outcome) for value, words in OUTCOMES.items()]
    return {"field": f"s{number}", "id": one.id, "position": one.position, "outcomes": outcomes}


def _currencies(chosen: str, company: str) -> list[tuple[str, str, bool]]:
    first = ("", _("the company’s (%(currency)s)") % {"currency": company}, not chosen)
    return [first, *((code, words, code == chosen) for code, words in written.currencies(chosen or company))]
