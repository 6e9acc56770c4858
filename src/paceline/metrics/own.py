"""A company's own metrics and thresholds, from ``metrics.toml``, through the same classes as the built-in ones.

    [thresholds]
    untouched_days = 10

    [metric.big_deal_rate]
    name = "Big deal rate"
    meaning = "Share of won deals over 50,000."
    unit = "percent"
    numerator = { count = "outcome", where = { won = true, owner = true, amount_cents = { ">" = 5000000 } }, words = "big deals" }
    denominator = { count = "outcome", where = { won = true, owner = true }, words = "deals won" }

A measure is one of ``count = "rows"``, ``sum = "rows.column"``, ``distinct = "rows.column"``, ``median = "rows.column"``,
``quantile = "rows.column"`` with ``at``. Conditions all have to hold; ``any = [{…}, {…}]`` wants one of several.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from paceline.metrics.conditions import EVERY, OPERATORS, AllOf, AnyOf, Condition, Test
from paceline.metrics.coverage import KIND_WORDS
from paceline.metrics.relations import RELATIONS, REP_ATTRIBUTES
from paceline.metrics.vocabulary import HIGHER, Category, Direction, Kind, Measure, Metric, Unit
from paceline.sales.settings import Thresholds
from paceline.saying.said import Said, own_words, say

_TEXTS = ("name", "meaning", "date", "owner", "none", "interval")
_LISTS = ("roles", "needs", "edges", "drives", "beside")
_FIELDS = (*_TEXTS, *_LISTS, "category", "unit", "direction", "numerator", "denominator", "twin", "version", "any_need")
_KINDS = {"count": Kind.COUNT, "sum": Kind.SUM, "distinct": Kind.DISTINCT, "median": Kind.QUANTILE, "quantile": Kind.QUANTILE}
_MEASURE_FIELDS = (*_KINDS, "where", "words", "at")


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to write instead. ``line`` counts from 1."""

    file: str
    line: int
    field: str
    message: Said

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class OwnMetricsError(ValueError):
    """The file can't be used; ``problems`` are all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Own:
    """What a company adds: its metrics by slug, and its thresholds."""

    metrics: Mapping[str, Metric]
    thresholds: Thresholds


def load(path: Path, catalog: Mapping[str, Metric], thresholds: Thresholds | None = None) -> Own:
    """Read a file. OwnMetricsError lists every problem in it, each with its line."""
    return read(path.read_text(encoding="utf-8"), catalog, thresholds, path.name)


def read(text: str, catalog: Mapping[str, Metric], thresholds: Thresholds | None = None, file: str = "metrics.toml") -> Own:
    """Read the text of a file."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"at line (\d+)", str(problem))
        raise OwnMetricsError([Problem(file, int(found[1]) if found else 1, "syntax", own_words(str(problem)))]) from problem
    reader = _Reader(file, text, catalog)
    own = reader.own(document, thresholds or Thresholds())
    if reader.problems:
        raise OwnMetricsError(sorted(reader.problems, key=lambda p: p.line))
    return own


def _or_near(wrong: Said, word: str, words: Iterable[str]) -> Said:
    """What is wrong, with the word that was probably meant, or all that there are."""
    there = list(words)
    meant = _meant(wrong, word, there)
    return meant or say("{wrong}; there are {words}", wrong=wrong, words=", ".join(there[:40]))


def _meant(wrong: Said, word: str, words: Sequence[str]) -> Said | None:
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    return say("{wrong}; did you mean '{near}'?", wrong=wrong, near=close[0]) if close else None


class _Reader:
    """Reads one document, and keeps every problem rather than stopping at the first."""

    def __init__(self, file: str, text: str, catalog: Mapping[str, Metric]) -> None:
        self.file, self.lines, self.catalog = file, text.splitlines(), catalog
        self.problems: list[Problem] = []

    def own(self, document: dict[str, Any], thresholds: Thresholds) -> Own:
        self._only("", document, ("metric", "thresholds"), "")
        metrics = document.get("metric", {})
        if not isinstance(metrics, dict):
            self._wrong("", "metric", say("write each metric as a table of its own, [metric.some_slug]"))
            metrics = {}
        made = {slug: self._metric(slug, body) for slug, body in metrics.items()}
        return Own(
            {slug: metric for slug, metric in made.items() if metric},
            self._thresholds(document.get("thresholds", {}), thresholds),
        )

    # --- where ---

    def _line(self, table: str, field: str) -> int:
        """The line of a field under a table's header, else of the header, else the first."""
        header = next((n for n, line in enumerate(self.lines) if re.match(rf"\s*\[\s*{re.escape(table)}\s*\]", line)), None)
        start = -1 if header is None else header
        for number in range(start + 1, len(self.lines)):
            if re.match(r"\s*\[", self.lines[number]):
                break
            if re.match(rf"\s*[\"']?{re.escape(field)}[\"']?\s*=", self.lines[number]):
                return number + 1
        return max(start + 1, 1)

    def _wrong(self, table: str, field: str, message: Said) -> None:
        self.problems.append(Problem(self.file, self._line(table, field.split(".")[0]), f"{table}.{field}".strip("."), message))

    def _only(self, table: str, body: Mapping[str, Any], allowed: tuple[str, ...], under: str) -> None:
        for key in body:
            if key not in allowed:
                self._wrong(table, under or key, _or_near(say("no such field '{key}'", key=key), key, allowed))

    # --- what ---

    def _thresholds(self, body: Any, thresholds: Thresholds) -> Thresholds:
        names = tuple(field.name for field in fields(Thresholds))
        if not isinstance(body, dict):
            self._wrong("", "thresholds", say("write them as a table, [thresholds]"))
            return thresholds
        self._only("thresholds", body, names, "")
        good = {}
        for name, value in body.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                self._wrong("thresholds", name, say("wants a whole number of 0 or more, not {value}", value=repr(value)))
            elif name in names:
                good[name] = value
        return replace(thresholds, **good)

    def _metric(self, slug: str, body: Any) -> Metric | None:
        table = f"metric.{slug}"
        if not isinstance(body, dict):
            self._wrong("metric", slug, say("write the metric as a table"))
            return None
        before = len(self.problems)
        self._slug(table, slug)
        self._only(table, body, _FIELDS, "")
        texts: dict[str, Any] = {key: self._text(table, key, body[key]) for key in _TEXTS if key in body}
        lists: dict[str, Any] = {key: self._list(table, key, body[key]) for key in _LISTS if key in body}
        self._references(table, lists, body.get("twin"))
        category = self._word(table, "category", body.get("category", "result"), tuple(Category))
        unit = self._word(table, "unit", body.get("unit", "count"), tuple(Unit))
        direction = self._direction(table, body.get("direction", "higher"))
        numerator = self._measure(table, "numerator", body.get("numerator"))
        denominator = self._measure(table, "denominator", body["denominator"]) if "denominator" in body else None
        version = body.get("version", 1)
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._wrong(table, "version", say("wants a whole number from 1, not {version}", version=repr(version)))
        for wanted in ("name", "meaning"):
            if wanted not in body:
                self._wrong(table, wanted, say("is missing: people must know what the number is"))
        if numerator is None or len(self.problems) > before:
            return None
        texts.setdefault("none", "nothing to divide by" if denominator else "there are no rows")
        return Metric(
            slug,
            category=Category(category),
            unit=Unit(unit),
            direction=direction,
            numerator=numerator,
            denominator=denominator,
            twin=body.get("twin"),
            version=version,
            any_need=bool(body.get("any_need", False)),
            source=self.file,
            **texts,
            **lists,
        )

    def _slug(self, table: str, slug: str) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
            self._wrong(table, "", say("'{slug}' is no slug: use small letters, digits and _", slug=slug))
        if slug in self.catalog:
            wrong = say("'{slug}' is built in; give yours a name of its own, so that the same word means the same", slug=slug)
            self._wrong(table, "", wrong)

    def _references(self, table: str, lists: Mapping[str, tuple[str, ...]], twin: Any) -> None:
        named = [("drives", slug) for slug in lists.get("drives", ())] + [("beside", slug) for slug in lists.get("beside", ())]
        for key, slug in named + ([("twin", str(twin))] if twin is not None else []):
            if slug not in self.catalog:
                self._wrong(table, key, _or_near(say("no metric is called '{slug}'", slug=slug), slug, self.catalog))
        for kind in lists.get("needs", ()):
            if kind not in KIND_WORDS:
                self._wrong(table, "needs", _or_near(say("no such connection '{kind}'", kind=kind), kind, KIND_WORDS))

    def _text(self, table: str, field: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self._wrong(table, field, say("wants a text, not {value}", value=repr(value)))
            return ""
        if field == "interval":
            return self._word(table, field, value, ("wilson", "mean"))
        return value

    def _list(self, table: str, field: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._wrong(table, field, say("wants a list of texts, not {value}", value=repr(value)))
            return ()
        return tuple(value)

    def _word(self, table: str, field: str, value: Any, words: tuple[str, ...]) -> str:
        if value in words:
            return str(value)
        none_of = say("'{value}' is none of {words}", value=str(value), words=", ".join(words))
        self._wrong(table, field, _meant(none_of, str(value), words) or none_of)
        return words[0]

    def _direction(self, table: str, value: Any) -> Direction:
        if isinstance(value, str):
            return Direction(self._word(table, "direction", value, ("higher", "lower", "none")))
        ends = value.get("band") if isinstance(value, dict) else None
        if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, int | float) for end in ends):
            return Direction("band", float(ends[0]), float(ends[1]))
        self._wrong(table, "direction", say('wants "higher", "lower", "none" or {{ band = [low, high] }}'))
        return HIGHER

    # --- measures ---

    def _measure(self, table: str, field: str, body: Any) -> Measure | None:
        if not isinstance(body, dict):
            self._wrong(table, field, say('wants a measure such as {{ count = "outcome", where = {{ won = true }} }}'))
            return None
        self._only(table, body, _MEASURE_FIELDS, field)
        kinds = [key for key in body if key in _KINDS]
        if len(kinds) != 1:
            self._wrong(table, field, say("wants exactly one of {words}", words=", ".join(_KINDS)))
            return None
        rows, columns = self._rows(table, field, kinds[0], body[kinds[0]])
        if rows is None:
            return None
        where = self._where(table, field, rows, body.get("where", {}))
        at = body.get("at", 0.5)
        if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at <= 1:
            self._wrong(table, field, say("at wants a number from 0 to 1, not {at}", at=repr(at)))
        return Measure(rows, _KINDS[kinds[0]], columns, where, str(body.get("words", "")), float(at))

    def _rows(self, table: str, field: str, kind: str, value: Any) -> tuple[str | None, tuple[str, ...]]:
        rows, _, column = str(value).partition(".")
        if rows not in RELATIONS:
            self._wrong(table, field, _or_near(say("no rows are called '{rows}'", rows=rows), rows, RELATIONS))
            return None, ()
        if kind == "count":
            return rows, ()
        if not column:
            example = f"{rows}.{RELATIONS[rows].columns()[0]}"
            self._wrong(table, field, say('{kind} wants rows and a column, e.g. "{example}"', kind=kind, example=example))
            return None, ()
        self._column(table, field, rows, column)
        return rows, (column,)

    def _column(self, table: str, field: str, rows: str, column: str) -> None:
        there = (*RELATIONS[rows].columns(), *REP_ATTRIBUTES.values())
        if column not in there:
            self._wrong(table, field, _or_near(say("{rows} has no column '{column}'", rows=rows, column=column), column, there))

    def _where(self, table: str, field: str, rows: str, body: Any) -> Condition:
        if not isinstance(body, dict):
            self._wrong(table, field, say("where wants a table of conditions, e.g. {{ won = true }}"))
            return EVERY
        parts = [self._condition(table, field, rows, name, value) for name, value in body.items()]
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _condition(self, table: str, field: str, rows: str, name: str, value: Any) -> Condition:
        if name == "any":
            return AnyOf(tuple(self._where(table, field, rows, part) for part in (value if isinstance(value, list) else [value])))
        self._column(table, field, rows, name)
        if isinstance(value, bool):
            return Test(name, "is" if value else "is not")
        if isinstance(value, list):
            return Test(name, "in", tuple(value))
        if isinstance(value, dict):
            return AllOf(tuple(self._comparison(table, field, name, operator, to) for operator, to in value.items()))
        return Test(name, "=", value)

    def _comparison(self, table: str, field: str, name: str, operator: str, to: Any) -> Condition:
        if operator == "known":
            return Test(name, "known" if to else "unknown")
        if operator not in OPERATORS or isinstance(to, dict):
            wrong = say(
                "{name}: no such comparison '{operator}'; there are {operators}",
                name=name, operator=operator, operators=", ".join(OPERATORS),
            )
            self._wrong(table, field, wrong)
        return Test(name, operator, tuple(to) if isinstance(to, list) else to)
