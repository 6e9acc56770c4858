"""``paceline compare``: each rep against own past, peers and goal."""

from __future__ import annotations

from typing import Annotated

import typer

from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import EVERYBODY, AsOfOption, PeriodOption, Whose, answered_or_told, asking, known_metrics, of_whom


@of_whom
def compare(
    whose: Whose = EVERYBODY,
    period: PeriodOption = "trailing_90",
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", help="Compare these metrics; may be repeated.", show_default=False)
    ] = None,
    sentences: Annotated[bool, typer.Option("--sentences", help="Say each comparison in words, too.")] = False,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """Compare each rep fairly: with the own past, with peers of the same role and segment, and with the goal.

    Each is above, usual, below, or too few to call (with how many it would take). Who is new is compared with who is as new; who
    was away or left is no peer. The bar is where the true value lies, 8 times in 10.

    Example: `paceline compare --team North --period last_quarter --metric win_rate`
    """
    from paceline.cli.compare_board import as_table, show
    from paceline.judging.compare import NotComparableError
    from paceline.judging.compare import compare as compared

    with asking(project, whose, period, as_of) as question, working("Comparing…"):
        chosen = known_metrics(question.store, metrics or [])
        try:
            found = compared(question.store, question.scope, question.period, chosen or None, as_of=question.as_of)
        except NotComparableError as error:
            raise answered_or_told(error) from None
        title = f"{question.store.settings.name}: {question.about}, {question.period.label}, as of {question.today}"
        currency = question.store.settings.currency
    said = sentences or whose.rep is not None
    write(lambda: as_table(found), form, lambda console: show(found, title, currency, said, console))
