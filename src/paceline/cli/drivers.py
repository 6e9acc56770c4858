"""``paceline drivers``: what a result's gap is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure, did_you_mean
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import EVERYBODY, AsOfOption, PeriodOption, Whose, answered_or_told, asking, known_metrics, of_whom

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from rich.console import Console

    from paceline.cli.question import Question
    from paceline.judging.drivers import Drivers

_MOST = 5  # drivers that are named in the sentence
_HALF = 16  # characters of a bar on each side of the middle
KEY = "Bars and numbers: the part of the gap. Bold: its 8 in 10 interval leaves out 0. Arithmetic, not proof of cause."


@of_whom
def drivers(
    metric: Annotated[str, typer.Argument(help="revenue, sales_volume or pipeline_generated.")] = "revenue",
    against: Annotated[
        str, typer.Option("--against", help="What it is held against: past (the four periods before), peers, or goal.")
    ] = "past",
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """What a result's gap is made of: fewer opportunities, a lower win rate, smaller deals; and on down to meetings and touches.

    The gap to the own past, to peers or to the goal is split so that the parts add up to it exactly, each with the interval that
    it lies in 8 times in 10. Also told: the driver that turned first, its week, and how rarely chance does as much; and the
    question that shows its records.

    Example: `paceline drivers revenue --rep "Ada Byron" --against peers --period last_quarter`
    """
    from paceline.judging.drivers import GOAL, PAST, PEERS, DriversError, drivers_of

    sides = {"past": PAST, "own past": PAST, "peers": PEERS, "goal": GOAL}
    if against not in sides:
        near = did_you_mean(against, sides)
        raise Failure(f"{against!r} is nothing to hold a result against.", near, "Say past, peers or goal.", Exit.USAGE)
    with asking(project, whose, period, as_of) as question, working("Splitting…"):
        (slug,) = known_metrics(question.store, [metric])
        try:
            found = drivers_of(
                question.store, slug, question.period, question.scope, sides[against], as_of=question.as_of
            )  # fmt: skip
        except DriversError as error:
            raise answered_or_told(error) from None
    write(lambda: driver_table(found), form, lambda console: show(found, question, console))


def driver_table(found: Drivers) -> pa.Table:
    """A row a driver, in the tree's order; ``depth`` 0 adds up to the gap, and so do the leaves."""
    import pyarrow as pa

    number, text = pa.float64(), pa.string()
    schema = {
        "metric": text, "against": text, "reference": text, "here": number, "there": number, "gap": number, "driver": text,
        "depth": pa.int64(), "leaf": pa.bool_(), "part": number, "share_of_gap": number, "low": number, "high": number,
        "named": pa.bool_(), "value_here": number, "value_there": number, "explained_by": text, "turned": pa.date32(),
        "turn_chance": number,
    }  # fmt: skip
    turned = {one.turn.driver: one for one in found.turns}
    gap = found.split.gap
    rows = []
    for one in found.split.drivers:
        low, high = one.interval or (None, None)
        turn = turned.get(one.name)
        rows.append({
            "metric": found.metric, "against": found.against, "reference": found.reference, "here": found.split.here,
            "there": found.split.there, "gap": gap, "driver": one.name, "depth": one.depth, "leaf": one.leaf, "part": one.part,
            "share_of_gap": one.part / gap if found.split.has_shares else None, "low": low, "high": high,
            "named": one.named, "value_here": one.here,
            "value_there": one.there, "explained_by": one.metric, "turned": turn and turn.week,
            "turn_chance": turn and turn.turn.chance,
        })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))


def show(found: Drivers, question: Question, console: Console) -> None:
    """The gap, the tree with a bar a driver, what turned, and where to look."""
    from rich.table import Table
    from rich.text import Text

    from paceline.judging.forecast import brief

    def say(value: float) -> str:
        return brief(value, found.unit, found.currency)

    name = question.store.catalog[found.metric].name
    title = (
        f"{question.store.settings.name}: {name.lower()} of {question.about}, {question.period.label}, as seen on {found.as_of}"
    )
    console.print(title, style="italic", markup=False)
    split = found.split
    sign = "+" if split.gap >= 0 else "−"
    console.print(f"{say(split.here)}; {found.reference}: {say(split.there)}. Gap {sign}{say(abs(split.gap))}.", markup=False)
    widest = max((abs(one.part) for one in split.drivers), default=0.0) or 1.0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, side in (("Driver", "left"), ("", "left"), ("Part", "right"), ("of the gap", "right"), ("8 in 10", "right"),
                          ("Here", "right"), ("There", "right")):  # fmt: skip
        table.add_column(heading, justify="right" if side == "right" else "left", no_wrap=True)
    for one in split.drivers:
        style = "bold" if one.named else "dim" if not one.leaf else ""
        table.add_row(
            Text(f"{'  ' * one.depth}{'└ ' if one.depth else ''}{one.name}", style=style),
            Text(bar(one.part, widest), style="green" if one.part > 0 else "red"),
            Text(_signed(one.part, say), style=style),
            f"{one.part / split.gap:+.0%}" if split.has_shares else "",
            "" if one.interval is None else f"{_signed(one.interval[0], say)} … {_signed(one.interval[1], say)}",
            _value(one.here), _value(one.there),
        )  # fmt: skip
    console.print(table)
    if not split.has_shares:
        console.print("The gap is small beside what moves it: shares of it would say nothing.", style="dim", markup=False)
    for words in (*split.unsplit, *found.notes):
        console.print(words[:1].upper() + words[1:] + ("" if words.endswith(".") else "."), style="dim", markup=False)
    named = [f"{one.name} {_signed(one.part, say)}" for one in found.named[:_MOST]]
    told = (
        f"Told apart from no part: {', '.join(named)}." if named else "Too little happened to tell any driver apart from no part."
    )
    console.print(told, markup=False, style="bold")
    for turn in found.turns[:3]:
        console.print(turn.sentence, markup=False)
    for question_ in found.look:
        console.print(f"→ {question_}", style="cyan", markup=False, soft_wrap=True)
    console.print(KEY, style="dim", markup=False)


def bar(part: float, widest: float) -> str:
    """A part as a bar left (below 0) or right of the middle."""
    long = round(abs(part) / widest * _HALF)
    if part < 0:
        return f"{'█' * long:>{_HALF}}│{'':{_HALF}}"
    return f"{'':{_HALF}}│{'█' * long:<{_HALF}}"


def _signed(value: float, say: Callable[[float], str]) -> str:
    text = say(abs(value))
    return text if text.split()[0] == "0" else f"{'+' if value > 0 else '−'}{text}"


def _value(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
