"""``paceline signals``: what changed for whom, and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, say, screen, working, write, write_json
from paceline.cli.question import EVERYBODY, AsOfOption, Whose, asking, of_whom

if TYPE_CHECKING:
    from paceline.metrics.store import Store


class Budget(StrEnum):
    """False alarms per rep and quarter."""

    HALF = "0.5"
    ONE = "1"
    TWO = "2"


@of_whom
def signals(
    whose: Whose = EVERYBODY,
    as_of: AsOfOption = None,
    budget: Annotated[
        Budget | None,
        typer.Option(help="False alarms borne per rep and quarter; without it, what paceline.toml says.", show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Tell again in full what was told before.")] = False,
    delays: Annotated[bool, typer.Option("--delays", help="Show what each class of metric lets one see, and how soon.")] = False,
    confirm: Annotated[
        str | None, typer.Option(metavar="ID", help="Write down that this card was right.", show_default=False)
    ] = None,
    dismiss: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Write down that this card was wrong, and tell it no more.", show_default=False),
    ] = None,
    because: Annotated[str, typer.Option(help="Why it was right or wrong.", show_default=False)] = "",
    project: ProjectOption = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="CSV and Parquet write the cards, JSON everything.")
    ] = Format.TABLE,
) -> None:
    """Who is off their own pace: lasting changes of reps' and teams' metrics, the weightiest first, each told once.

    Working days, holidays, absences, the role's weeks and the ramp of new hires are allowed for. How many false alarms there may
    be is set by a budget, measured on the company's own history. Possible absences are notices, improvements stand apart.

    Example: `paceline signals --team North`
    """
    from paceline.cli.signals_board import as_json, as_table, show, show_delays
    from paceline.judging.signals import signals as judged

    with asking(project, whose, "trailing_28", as_of) as question:
        if confirm or dismiss:
            _judge(question.store, confirm, dismiss, because)
            return
        with working("Looking at two years of weeks…"):
            found = judged(
                question.store, question.scope, as_of=question.as_of, budget=None if budget is None else float(budget.value)
            )
        about = f"{question.store.settings.name}: {question.about}"
        day = question.as_of or found.now
    if form is Format.JSON:
        import sys

        write_json(as_json(found), sys.stdout)
    elif delays and form is Format.TABLE:
        show_delays(found, screen())
    else:
        write(lambda: as_table(found), form, lambda console: show(found, about, day, every, console))


def _judge(store: Store, confirm: str | None, dismiss: str | None, because: str) -> None:
    from paceline.judging.told import UnknownCardError, judge, told_cards, verdicts

    if confirm and dismiss:
        raise Failure("A card is right or wrong, not both.", next="Give --confirm or --dismiss.", code=Exit.USAGE)
    try:
        card = judge(store.engine, confirm or dismiss or "", bool(confirm), because, store.now)
    except UnknownCardError as error:
        text = str(error)
        raise Failure(text[:1].upper() + text[1:] + ".", code=Exit.USAGE) from None
    say(f"{card.verdict}: {card.said}")
    say(verdicts(told_cards(store.engine)).sentence)
