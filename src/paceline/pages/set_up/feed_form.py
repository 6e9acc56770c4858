"""What a file feeds, as a part of a form: a select a column, the words of columns that know few, the same in every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from django.utils.translation import gettext as _

from paceline.metrics.catalog import CATALOG
from paceline.pages.dashboards import written
from paceline.pages.set_up import field_words
from paceline.sales.records import BY_NAME, Column, Table, Type
from paceline.sources.connecting.feed import Feed, choices, missing, wanting
from paceline.sources.connecting.forms_of import DECIMALS, amounts, date_formats, unclear
from paceline.sources.connecting.guess import word_for
from paceline.sources.connecting.ids import strangers
from paceline.sources.connecting.seen import SeenColumn, SeenFile
from paceline.sources.files.mapping import our_column

EXAMPLES, ALL_SHOWN, MOST_WORDS = 5, 14, 60
MOST_SELECTS = 4_000  # of a whole form: more fields no request may have
SHORT = 28
LEAVE = "-"  # the choice for a word whose rows are left out
_MOMENT = datetime(2024, 12, 31, 13, 45)  # what a date's form looks like
Option = tuple[str, str, bool]  # value, words, whether it is chosen


@dataclass(frozen=True)
class ColumnShown:
    """A row of the form: their column, its first values, a select for each of our columns that it becomes, and one more."""

    name: str
    field: str
    examples: tuple[str, ...]
    empty: int
    selects: tuple[tuple[Option, ...], ...]
    more: tuple[Option, ...]


@dataclass(frozen=True)
class WordsShown:
    """A column that knows few words: theirs, each with a select of ours."""

    title: str
    words: tuple[tuple[str, str, tuple[Option, ...]], ...]  # field, theirs, ours


@dataclass(frozen=True)
class ValueShown:
    """One value to give: by a select where there are ``options``, else written."""

    field: str
    label: str
    value: str
    kind: str = "text"
    options: tuple[Option, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class FeedShown:
    """A feed as a part of the form. ``columns``: those to look at first; ``rest``: the others, of which ``left`` aren't shown."""

    prefix: str
    table: str
    title: str
    place: int | None
    distinct: bool
    first: bool
    records: tuple[Option, ...]
    columns: tuple[ColumnShown, ...]
    rest: tuple[ColumnShown, ...]
    left: int
    words: tuple[WordsShown, ...]
    forms: tuple[ValueShown, ...]
    constants: tuple[ValueShown, ...]
    more_constants: tuple[Option, ...]
    missing: str
    wanting: str
    kept: str


def records(chosen: str, nothing: str) -> tuple[Option, ...]:
    """A select of what rows are."""
    return (("", nothing, not chosen), *((name, field_words.record(name), name == chosen) for name in BY_NAME))


def shown(feed: Feed, seen: SeenFile, prefix: str, ids: Mapping[str, tuple[str, ...]], room: int) -> FeedShown:
    """The part of the form for a feed; ``prefix`` begins its fields' names. ``ids``: of each record that the files bring.
    ``room``: for how many columns that aren't read there may be a select.
    """
    mapped = {name for names in feed.columns.values() for name in names}
    numbered = list(enumerate(seen.columns))
    every = len(numbered) <= ALL_SHOWN and prefix.endswith("-0")
    first = [one for one in numbered if every or one[1].name in mapped]
    rest = [one for one in numbered if one not in first] if len(first) < len(numbered) else []
    return FeedShown(
        prefix, feed.table, field_words.record(feed.table), feed.place, feed.distinct, prefix.endswith("-0"),
        records(feed.table, _("not read")),
        tuple(_column(feed, seen, one, f"{prefix}-c{number}") for number, one in first),
        tuple(_column(feed, seen, one, f"{prefix}-c{number}") for number, one in rest[:room]),
        max(0, len(rest) - room), (*_words(feed, seen, prefix), *_strangers(feed, seen, prefix, ids)),
        (*_forms(feed, seen, prefix), *_zeros(feed, seen, prefix)),
        tuple(_constants(feed, prefix)), _not_given(feed), named(feed, missing(feed)), named(feed, wanting(feed)),
        ", ".join(feed.kept),
    )  # fmt: skip


def _column(feed: Feed, seen: SeenFile, one: SeenColumn, name: str) -> ColumnShown:
    ours = feed.ours_of(one.name)
    return ColumnShown(
        one.name, name, tuple(_short(value) for value in one.values[:EXAMPLES]), seen.rows - one.filled,
        tuple(_fields(feed.record, chosen, _("not read")) for chosen in ours or ("",)),
        _fields(feed.record, "", _("nothing more")) if ours else (),
    )  # fmt: skip


def _fields(record: Table, chosen: str, nothing: str) -> tuple[Option, ...]:
    return (("", nothing, not chosen), *(
        (name, _label(column, column.type is Type.CENTS and not money), name == chosen)
        for name, column, money in choices(record)
    ))  # fmt: skip


def _label(column: Column, cents: bool) -> str:
    words = field_words.field(column, cents)
    return _("%(field)s (needed)") % {"field": words} if column.required else words


def _short(value: str) -> str:
    return value if len(value) <= SHORT else value[: SHORT - 1] + "…"


def few_words(feed: Feed, seen: SeenFile) -> Iterator[tuple[str, Column, SeenColumn]]:
    """The feed's columns that know few words: ours, the column, theirs."""
    for ours, names in feed.columns.items():
        known = our_column(feed.record, ours)
        if known is not None and known[0].words and len(names) == 1:
            yield ours, known[0], seen.column(names[0])


def chosen_word(feed: Feed, ours: str, column: Column, theirs: str, word: str) -> str:
    """Our word for theirs, as the feed has it: "" unknown, ``LEAVE``: rows that hold it are left out."""
    if word in feed.leave.get(theirs, ()):
        return LEAVE
    said = feed.values.get(ours, {})
    return said[word] if word in said else word_for(feed.table, column, word)


def _words(feed: Feed, seen: SeenFile, prefix: str) -> Iterator[WordsShown]:
    for ours, column, theirs in few_words(feed, seen):
        rows = []
        for number, word in enumerate(theirs.values[:MOST_WORDS]):
            chosen = chosen_word(feed, ours, column, theirs.name, word)
            options = [(mine, field_words.word(mine), mine == chosen) for mine in column.words]
            nothing = "" if column.required else _("unknown")
            first = [("", nothing or _("choose"), chosen == "")] if not column.required or chosen == "" else []
            last = [(LEAVE, _("leave such rows out"), chosen == LEAVE)]
            rows.append((f"{prefix}-v-{ours}-{number}", word, (*first, *options, *last)))
        yield WordsShown(
            _("%(theirs)s as %(field)s") % {"theirs": theirs.name, "field": field_words.field(column)}, tuple(rows)
        )


def _strangers(feed: Feed, seen: SeenFile, prefix: str, ids: Mapping[str, tuple[str, ...]]) -> Iterator[WordsShown]:
    """References to what no row of the files is, with a select of what they may mean."""
    for ours, column, theirs, words in strangers(feed, seen, ids):
        known = ids[column.refers or ""]
        rows = []
        for number in words:
            word = theirs.values[number]
            chosen = feed.values.get(ours, {}).get(word, "")
            near = get_close_matches(word, known, 3, 0.6)
            options = [(one, one, one == chosen) for one in dict.fromkeys((*near, *known))]
            rows.append((f"{prefix}-u-{ours}-{number}", word, (("", _("as it is"), not chosen), *options)))
        title = _("%(column)s: values that aren’t among the %(record)s") % {
            "column": theirs.name, "record": field_words.record(column.refers or ""),
        }  # fmt: skip
        yield WordsShown(title, tuple(rows))


def _forms(feed: Feed, seen: SeenFile, prefix: str) -> Iterator[ValueShown]:
    """How dates and numbers are written, where that has to be said or is said already."""
    open_ones = {ours: (column, theirs) for ours, column, _money, theirs in unclear(feed, seen)}
    for ours, names in feed.columns.items():
        known = our_column(feed.record, ours)
        if known is None or len(names) != 1 or known[0].type in (Type.TEXT, Type.FLAG):
            continue
        column, label = known[0], _("%(column)s is written") % {"column": names[0]}
        is_date = column.type in (Type.DAY, Type.AT)
        said = (feed.dates if is_date else feed.decimals).get(ours, "")
        if ours not in open_ones and not said:
            continue
        sample = "" if ours not in open_ones else next(iter(open_ones[ours][1].values), "")
        could = date_formats(column, seen.column(names[0])) if is_date else DECIMALS
        values = tuple(dict.fromkeys((*((said,) if said else ()), *could)))
        words = _date_words if is_date else _decimal_words
        options = (("", _("as can’t be misread"), not said), *((one, words(one), one == said) for one in values))
        unsure = "" if said or not sample else _("%(value)s can be read in two ways, or in none") % {"value": sample}
        yield ValueShown(f"{prefix}-{'d' if is_date else 'm'}-{ours}", label, said, "select", options, unsure)


def _zeros(feed: Feed, seen: SeenFile, prefix: str) -> Iterator[ValueShown]:
    """Whether 0 is an amount, or how it is written that none is known."""
    if "null" not in feed.kept:
        for ours, theirs in amounts(feed, seen):
            label = _("0 in %(column)s means that it isn’t known (%(count)s rows)") % {
                "column": theirs.name, "count": written.count(theirs.zeros),
            }  # fmt: skip
            yield ValueShown(f"{prefix}-z-{ours}", label, "1" if feed.unknown.get(ours) else "", "check")


def _date_words(of: str) -> str:
    special = {
        "iso": "2024-12-31", "excel": _("as Excel’s number of a day"), "excel1904": _("as Excel’s number of a day, since 1904"),
        "epoch": _("as seconds since 1970"), "epoch_ms": _("as milliseconds since 1970"),
    }  # fmt: skip
    return " | ".join(special.get(one) or _MOMENT.strftime(one) for one in of.split(" | "))


def _decimal_words(of: str) -> str:
    return {".": "1,234.56", ",": "1.234,56"}.get(of, of)


def _constants(feed: Feed, prefix: str) -> Iterator[ValueShown]:
    """What every row gets: what is said, and what is needed and no column gives."""
    names = dict.fromkeys((*feed.constants, *(name for name in missing(feed) if name != "id")))
    for ours in names:
        known = our_column(feed.record, ours)
        if known is not None:
            yield _value(known[0], f"{prefix}-k-{ours}", feed.constants.get(ours, ""))


def _value(column: Column, field: str, value: str) -> ValueShown:
    label = field_words.field(column)
    if column.words:
        options = (("", "–", not value), *((word, field_words.word(word), word == value) for word in column.words))
        return ValueShown(field, label, value, "select", options)
    if column.name == "metric":
        metrics = sorted((written.column(metric), slug) for slug, metric in CATALOG.items())
        return ValueShown(field, label, value, "select", (("", "–", not value), *((s, w, s == value) for w, s in metrics)))
    return ValueShown(field, label, value, "date" if column.type is Type.DAY else "text")


def _not_given(feed: Feed) -> tuple[Option, ...]:
    """Our columns that nothing gives yet."""
    told = feed.told()
    return tuple(
        (name, field_words.field(column), False)
        for name, column, money in choices(feed.record)
        if column.name not in told and column.name != "id" and (money or column.type is not Type.CENTS)
    )


def named(feed: Feed, names: tuple[str, ...]) -> str:
    """Columns of the record, in words."""
    return ", ".join(field_words.field(feed.record.column(name)) for name in names)
