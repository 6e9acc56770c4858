"""The words that a metric is declared with. All of them are frozen, typed data.

The query, the sentence, the formula, the reference page and the check of a company's own metrics come from one declaration.

A metric is a numerator, perhaps over a denominator. Both are terms: measures over named rows (a fact, or a shape of one, see
``relations``), and arithmetic on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from paceline.metrics.conditions import EVERY, Condition


class Category(StrEnum):
    """What a metric tells about."""

    RESULT = "result"
    QUALITY = "quality"
    QUANTITY = "quantity"
    TEMPO = "tempo"
    HYGIENE = "hygiene"
    COMPANION = "companion"


class Unit(StrEnum):
    """What a value is counted in. Percent values are fractions (0.63), money is in units of the company's currency."""

    PERCENT = "percent"
    MONEY = "money"
    DAYS = "days"
    COUNT = "count"
    SECONDS = "seconds"
    MINUTES = "minutes"
    RATIO = "ratio"


class Kind(StrEnum):
    """How a measure adds rows up. Sums and counts can be added up over days and reps; the others are taken from the rows."""

    SUM = "sum"
    COUNT = "count"
    DISTINCT = "distinct"
    QUANTILE = "quantile"
    SQUARES = "squares"  # the sum of squares, for the interval of a mean


@dataclass(frozen=True)
class Window:
    """Which days a measure looks at, given the period asked.

    ``same``: the period itself. ``trailing``: ``days`` days up to the snapshot (the period's end, or the as-of day).
    ``lagged``: the period moved back by the company's reading of ``by`` (in days) over the ``days`` days up to the snapshot.
    """

    kind: str = "same"
    days: int = 0
    by: str = ""


SAME = Window()


@dataclass(frozen=True)
class Measure:
    """One aggregate over named rows. ``words`` say what is counted, after a number: ``deals won``.

    ``absent_last``: a quantile takes unknown values as longer than any known one (an unanswered lead still waits).
    """

    rows: str
    kind: Kind
    columns: tuple[str, ...] = ()
    where: Condition = EVERY
    words: str = ""
    quantile: float = 0.5
    absent_last: bool = False
    window: Window = SAME

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Worked out once: every number of every reading is found under its measure."""
        return hash((self.rows, self.kind, self.columns, self.where, self.words, self.quantile, self.absent_last, self.window))

    @property
    def additive(self) -> bool:
        """Whether values of days and reps may be added up."""
        return self.kind in (Kind.SUM, Kind.COUNT)


@dataclass(frozen=True)
class Constant:
    """A number."""

    value: float


class Grain(StrEnum):
    """What a reading is about: one rep, one team, the whole company, or any other group of reps."""

    REP = "rep"
    TEAM = "team"
    COMPANY = "company"
    GROUP = "group"


@dataclass(frozen=True)
class ByGrain:
    """One measure for a rep, another for everything above. ``team``, ``company``: where those have one of their own."""

    rep: Measure
    pooled: Measure
    team: Measure | None = None
    company: Measure | None = None

    def at(self, grain: Grain) -> Measure:
        """The measure of a grain."""
        own = {Grain.REP: self.rep, Grain.TEAM: self.team, Grain.COMPANY: self.company}.get(grain)
        return own or self.pooled


@dataclass(frozen=True)
class Arithmetic:
    """``plus``, ``minus``, ``times`` of two terms; ``distance`` is the absolute difference."""

    operation: str
    left: Term
    right: Term


Term = Measure | Constant | ByGrain | Arithmetic


def Count(rows: str, where: Condition = EVERY, words: str = "", window: Window = SAME) -> Measure:
    """How many rows."""
    return Measure(rows, Kind.COUNT, (), where, words, window=window)


def Sum(rows: str, column: str, where: Condition = EVERY, words: str = "", window: Window = SAME) -> Measure:
    """The sum of a column; unknown values add nothing."""
    return Measure(rows, Kind.SUM, (column,), where, words, window=window)


def Distinct(
    rows: str, columns: tuple[str, ...] | str, where: Condition = EVERY, words: str = "", window: Window = SAME
) -> Measure:
    """How many different values of a column, or of several together; unknown ones don't count."""
    return Measure(rows, Kind.DISTINCT, (columns,) if isinstance(columns, str) else columns, where, words, window=window)


def Median(rows: str, column: str, where: Condition = EVERY, words: str = "", absent_last: bool = False) -> Measure:
    """The exact median of a column (linear interpolation)."""
    return Quantile(rows, column, 0.5, where, words, absent_last)


def Quantile(
    rows: str, column: str, quantile: float, where: Condition = EVERY, words: str = "", absent_last: bool = False
) -> Measure:
    """An exact quantile of a column (linear interpolation)."""
    return Measure(rows, Kind.QUANTILE, (column,), where, words, quantile, absent_last)


@dataclass(frozen=True)
class Direction:
    """Which way is better: ``higher``, ``lower``, ``none``, or a ``band`` from ``low`` to ``high``."""

    way: str
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        """In words."""
        if self.way == "band":
            ends = " – ".join("" if end is None else f"{end:g}" for end in (self.low, self.high))
            return f"within a band ({ends})"
        return {"higher": "higher is better", "lower": "lower is better", "none": "neither way is better"}[self.way]


HIGHER, LOWER, NEITHER = Direction("higher"), Direction("lower"), Direction("none")


def band(low: float | None, high: float | None) -> Direction:
    """Better within."""
    return Direction("band", low, high)


@dataclass(frozen=True)
class Coverage:
    """Which share of the needed data is there: ``have`` ÷ ``of``. ``words`` say what, e.g. ``dials with a known outcome``."""

    words: str
    have: Measure
    of: Measure


@dataclass(frozen=True)
class Metric:
    """One metric.

    ``interval``: ``wilson`` (the numerator counts a part of the denominator), ``mean`` (sum ÷ count of the same values) or empty.
    ``needs``: kinds of connection; ``any_need``: one of them is enough, besides `crm` (coverage is then
    the share of them).
    ``none``: why there is no value when the denominator (or the row set of a quantile) is empty.
    ``positive``: no value where the denominator is below 0 either.
    ``absent_of``: where this measure has no rows at all, the reading is unknown, because of ``absent``.
    """

    slug: str
    name: str
    category: Category
    unit: Unit
    direction: Direction
    numerator: Term
    denominator: Term | None = None
    roles: tuple[str, ...] = ()
    date: str = ""
    owner: str = ""
    meaning: str = ""
    edges: tuple[str, ...] = ()
    none: str = ""
    absent: str = ""
    absent_of: Measure | ByGrain | None = None
    positive: bool = False
    drives: tuple[str, ...] = ()
    twin: str | None = None
    needs: tuple[str, ...] = ("crm",)
    any_need: bool = False
    coverage: tuple[Coverage, ...] = ()
    interval: str = ""
    beside: tuple[str, ...] = ()
    variant_of: str | None = None
    version: int = 1
    ours: bool = False
    source: str = field(default="", compare=False)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure that it reads, each once, in order."""
        terms = (self.numerator, self.denominator, self.absent_of)
        return tuple(dict.fromkeys(measure for term in terms if term is not None for measure in measures_of(term)))


def measures_of(term: Term) -> tuple[Measure, ...]:
    """The measures within a term, left to right."""
    if isinstance(term, Measure):
        return (term,)
    if isinstance(term, ByGrain):
        return tuple(dict.fromkeys(term.at(grain) for grain in Grain))
    if isinstance(term, Arithmetic):
        return measures_of(term.left) + measures_of(term.right)
    return ()


def at_grain(term: Term, grain: Grain) -> Term:
    """The term with every ``ByGrain`` decided."""
    if isinstance(term, ByGrain):
        return term.at(grain)
    if isinstance(term, Arithmetic):
        return Arithmetic(term.operation, at_grain(term.left, grain), at_grain(term.right, grain))
    return term


def plus(left: Term, right: Term) -> Arithmetic:
    """left + right."""
    return Arithmetic("plus", left, right)


def minus(left: Term, right: Term) -> Arithmetic:
    """left − right."""
    return Arithmetic("minus", left, right)


def times(left: Term, *rest: Term) -> Term:
    """The product of all."""
    product: Term = left
    for term in rest:
        product = Arithmetic("times", product, term)
    return product


def distance(left: Term, right: Term) -> Arithmetic:
    """|left − right|."""
    return Arithmetic("distance", left, right)


def over(measure: Measure, window: Window) -> Measure:
    """The same measure over other days."""
    return replace(measure, window=window)
