"""Comparisons in a terminal, with their ranges drawn, and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from paceline.insight.compare import Judgement, Verdict, likelihood
from paceline.metrics.reading import shown
from paceline.metrics.vocabulary import Metric, Unit

if TYPE_CHECKING:
    from paceline.judging.compare import Comparison

WIDTH = 25  # characters of a range
_WORDS = {Verdict.ABOVE: "above", Verdict.USUAL: "usual", Verdict.BELOW: "below"}
KEY = (
    "━●━ where the true value lies, 8 times in 10, and its best estimate (counts: a week)   ┆ the peers' mean\n"
    "Colour: better or worse; without any, usual, or too few to call (needs about N). Smallest fall: the smallest lasting one "
    "that 8 weeks would show."
)
_JUDGEMENT = (("verdict", pa.string()), ("reference", pa.float64()), ("estimate", pa.float64()), ("low", pa.float64()),
              ("high", pa.float64()), ("chance", pa.float64()), ("needs", pa.int64()), ("sentence", pa.string()))  # fmt: skip
_AGAINST = ("past", "peers", "goal")


def show(found: Sequence[Comparison], title: str, currency: str, sentences: bool, console: Console) -> None:
    """A block a metric: who, the value, the range among the peers, and the three verdicts."""
    from paceline.judging.compare import spread_of

    console.print(title, style="italic", markup=False, soft_wrap=True)
    if not found:
        console.print("\nNobody here sells anything that could be compared.", style="bold")
        return
    if not sentences and not any(_known(one) for one in found):
        console.print("\nNothing is known of anybody's work in these days, so there is nothing to compare.", style="bold")
        return
    spans = spread_of(found)
    for slug in dict.fromkeys(one.metric.slug for one in found):
        rows = [one for one in found if one.metric.slug == slug]
        metric = rows[0].metric
        console.print(f"\n{metric.name} ({metric.direction.words})", style="bold underline", markup=False)
        console.print(_block(rows, spans.get(slug), currency))
        if sentences:
            for one in rows:
                console.print(f"{one.person.name}: {one.sentence}", style="dim", markup=False, soft_wrap=True)
    console.print("\n" + KEY, style="dim", markup=False)


def _block(rows: Sequence[Comparison], span: tuple[float, float] | None, currency: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", width=20, no_wrap=True, overflow="ellipsis")
    table.add_column("value", justify="right")
    table.add_column("among peers", no_wrap=True, min_width=WIDTH if span else 0)
    for name in ("peers", "own past", "goal", "smallest fall"):
        table.add_column(name)
    for one in rows:
        table.add_row(
            Text(one.person.name), Text(_value(one, currency)), _range(one, span), _verdict(one.peers, one.metric),
            _verdict(one.past, one.metric), _goal(one), Text(_smallest(one)),
        )  # fmt: skip
    return table


def _value(one: Comparison, currency: str) -> str:
    if one.value is None:
        return "–"
    return f"{one.value:.0%}" if one.metric.unit is Unit.PERCENT else shown(one.value, one.metric.unit, currency)


def _range(one: Comparison, span: tuple[float, float] | None) -> Text:
    """The interval on the block's own scale, with the peers' mean."""
    peers = one.peers
    if span is None or peers is None or peers.interval is None or peers.estimate is None or peers.reference is None:
        return Text("")
    low, high, best, mean = (_place(value, span) for value in (*peers.interval, peers.estimate, peers.reference))
    line = [" "] * WIDTH
    line[low : high + 1] = "━" * (high - low + 1)
    line[mean] = "┆" if not low <= mean <= high else "┿"
    line[best] = "●"
    return Text("".join(line))


def _place(value: float, span: tuple[float, float]) -> int:
    width = span[1] - span[0]
    return round((value - span[0]) / width * (WIDTH - 1)) if width > 0 else WIDTH // 2


def _known(one: Comparison) -> bool:
    return one.value is not None or any(judgement is not None for judgement in (one.past, one.peers, one.goal))


def _verdict(judgement: Judgement | None, metric: Metric) -> Text:
    if judgement is None:
        return Text("–", style="dim")
    if judgement.verdict is Verdict.TOO_FEW and judgement.interval is None:
        return Text(
            "too few peers" if judgement.against == "peers" else f"too few periods (needs {judgement.needs})", style="dim"
        )
    if judgement.verdict is Verdict.TOO_FEW:
        needs = f" (needs about {judgement.needs:,})" if judgement.needs else ""
        return Text(f"too few to call{needs}", style="dim")
    return Text(_WORDS[judgement.verdict], style=_style(judgement.verdict, metric))


def _style(verdict: Verdict, metric: Metric) -> str:
    if verdict is Verdict.USUAL or metric.direction.way not in ("higher", "lower"):
        return ""
    better = (verdict is Verdict.ABOVE) == (metric.direction.way == "higher")
    return "bold dodger_blue1" if better else "bold dark_orange"


def _goal(one: Comparison) -> Text:
    if one.goal is None or one.goal.chance is None:
        return Text("no goal" if one.goal is None else "–", style="dim")
    style = {Verdict.ABOVE: "bold dodger_blue1", Verdict.BELOW: "bold dark_orange"}.get(one.goal.verdict, "")
    return Text(f"{likelihood(one.goal.chance)} likely", style=style)


def _smallest(one: Comparison) -> str:
    if not one.watched:
        return "–"
    return "none in 8 weeks" if one.smallest_fall is None else f"−{one.smallest_fall:.0%}"


def as_table(found: Sequence[Comparison]) -> pa.Table:
    """A row a rep and metric; the three judgements side by side."""
    text, day, number = pa.string(), pa.date32(), pa.float64()
    head = [("metric", text), ("rep", text), ("rep_name", text), ("role", text), ("segment", text), ("first", day),
            ("until", day), ("value", number), ("none_because", text), ("n", number), ("smallest_fall", number)]  # fmt: skip
    columns = head + [(f"{against}_{name}", kind) for against in _AGAINST for name, kind in _JUDGEMENT]
    return pa.Table.from_pylist([_row(one) for one in found], schema=pa.schema(columns))


def _row(one: Comparison) -> dict[str, Any]:
    row: dict[str, Any] = {
        "metric": one.metric.slug, "rep": one.person.rep, "rep_name": one.person.name, "role": one.person.role,
        "segment": one.person.segment, "first": one.period.first, "until": one.period.until, "value": one.value,
        "none_because": one.none_because, "n": None if one.past is None else one.past.n, "smallest_fall": one.smallest_fall,
    }  # fmt: skip
    for against, judgement in zip(_AGAINST, (one.past, one.peers, one.goal), strict=True):
        if judgement is not None:
            low, high = judgement.interval or (None, None)
            values = (judgement.verdict.value, judgement.reference, judgement.estimate, low, high, judgement.chance,
                      judgement.needs, judgement.sentence)  # fmt: skip
            row |= {f"{against}_{name}": value for (name, _), value in zip(_JUDGEMENT, values, strict=True)}
    return row
