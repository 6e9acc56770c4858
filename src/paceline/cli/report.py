"""``paceline report``: the scoreboard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import (
    EVERYBODY,
    AsOfOption,
    PeriodOption,
    Question,
    Whose,
    answered_or_told,
    asking,
    known_metrics,
    of_whom,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paceline.metrics.reading import Reading, Readings
    from paceline.sales.periods import Period
    from paceline.sales.scope import Stint


@dataclass(frozen=True)
class Board:
    """A scoreboard's data: every reading of the reps (twelve periods, the last is the one asked), and of all together."""

    question: Question
    periods: tuple[Period, ...]
    reps: Readings
    together: Readings
    people: dict[str, Stint]

    def history(self, slug: str, rep_id: str) -> list[Reading | None]:
        """A rep's readings of a metric, one a period; None for a period in which they weren't here."""
        return self._by_cell.get((slug, rep_id), [None] * len(self.periods))

    @cached_property
    def _by_cell(self) -> dict[tuple[str, str | None], list[Reading | None]]:
        place = {period: number for number, period in enumerate(self.periods)}
        found: dict[tuple[str, str | None], list[Reading | None]] = {}
        for reading in self.reps:
            cell = found.setdefault((reading.slug, dict(reading.group)["rep"]), [None] * len(place))
            cell[place[reading.period]] = reading
        return found


@of_whom
def report(
    whose: Whose = EVERYBODY,
    period: PeriodOption = "trailing_28",
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", help="Show these metrics instead; may be repeated.", show_default=False)
    ] = None,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """The scoreboard: reps by metrics, in results, quality, quantity and tempo.

    Each cell has the value of the period and, as bars, the twelve periods of the same length up to it. A value outside the rep's
    own usual range is marked. Reps with the same role stand together.

    Example: `paceline report --team North --period last_month`
    """
    from paceline.cli.scoreboard import show

    with asking(project, whose, period, as_of) as question, working("Adding up…"):
        board = read_board(question, known_metrics(question.store, metrics or []))
    write(board.reps.to_arrow, form, lambda console: show(board, metrics or [], console))


def read_board(question: Question, metrics: Sequence[str] = ()) -> Board:
    """Ask everything that the scoreboard shows, in two questions."""
    from paceline.insight.scoreboard import CLOSING, PERIODS, PROSPECTING
    from paceline.metrics.ask import AskError, ask

    periods = [question.period]
    while len(periods) < PERIODS:
        periods.insert(0, periods[0].before())
    slugs = list(metrics) or list(
        dict.fromkeys(slug for blocks in (CLOSING, PROSPECTING) for block in blocks.values() for slug in block)
    )
    try:
        reps = ask(question.store, slugs, question.scope, periods, ("rep",), as_of=question.as_of, mean_of_reps=False)
        together = ask(
            question.store, slugs, question.scope, question.period, ("role",), as_of=question.as_of, mean_of_reps=False
        )
    except AskError as error:
        raise answered_or_told(error) from None
    return Board(question, tuple(periods), reps, together, _people(question))


def _people(question: Question) -> dict[str, Stint]:
    """Who is in the scope in the period: rep id → the last stint in it."""
    view = question.store.view(question.as_of)
    first, last = question.period.first_day, min(question.period.until_day - 1, _day_number(question))
    found = {}
    for stint in sorted(view.members(question.scope), key=lambda stint: stint.from_day):
        if stint.from_day <= last and stint.until_day > first and (stint.left_day is None or stint.left_day > first):
            found[stint.rep_id] = stint
    return found


def _day_number(question: Question) -> int:
    from paceline.sales.periods import epoch_day

    return epoch_day(question.today)
