"""``paceline forecast``: how a period will end."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

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
    import pyarrow as pa

    from paceline.judging.forecast import Foresight
    from paceline.judging.record_scores import Track


@of_whom
def forecast(
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    metric: Annotated[
        str, typer.Option("--metric", help="What is foretold: revenue, sales_volume, or any metric that adds up over days.")
    ] = "revenue",
    deals: Annotated[bool, typer.Option("--deals", help="List the open deals instead, with chance, day and reasons.")] = False,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """How a period will end: so far, from open deals, from deals not created yet; with its odds, and the chance of the goal.

    Each line is a distribution: the middle is as likely to be passed as not, and 8 in 10 times the end lies in the range shown.
    What reps said themselves (commit, best case) stands beside it. A forecast of today is kept in the store, and scored when the
    period is over: the last line says how often such forecasts held.

    Example: `paceline forecast --team North --period this_quarter`
    """
    from paceline.cli.forecast_table import show, show_deals
    from paceline.judging.forecast import OF_DEALS, ForecastError, foresee

    with asking(project, whose, period, as_of) as question, working("Looking ahead…"):
        (slug,) = known_metrics(question.store, [metric])
        if deals and slug not in OF_DEALS:
            raise answered_or_told(ValueError(f"open deals bring revenue and sales_volume, not {slug}: leave out --deals"))
        try:
            made = foresee(question.store, slug, question.period, question.scope, as_of=question.as_of)
        except ForecastError as error:
            raise answered_or_told(error) from None
        record = _recorded(question, made)
    if deals:
        write(lambda: deal_table(made), form, lambda console: show_deals(made, question, console))
    else:
        write(lambda: line_table(made), form, lambda console: show(made, question, record, console))


def _recorded(question: Question, made: Foresight) -> Track:
    """Keep what is said today, write down what came of earlier forecasts, and give the record of this metric's."""
    from paceline.judging.forecast_lines import deal_predictions, predictions
    from paceline.judging.record import keep, kept, settle
    from paceline.judging.record_scores import track
    from paceline.sales.periods import epoch_day

    store = question.store
    if question.as_of is None and question.scope.is_company:
        day = epoch_day(made.as_of)
        said = predictions(made.lines, made.period, day)
        said += deal_predictions(made.chances.of_deal, day) if made.chances is not None else []
        keep(store.engine, said, store.now)
    settle(store, store.now)
    return track(kept(store.engine, "forecast", made.metric), "forecast", made.metric)


def line_table(made: Foresight) -> pa.Table:
    """A row a line, money in whole units; null: there is none."""
    import pyarrow as pa

    number, text = pa.float64(), pa.string()
    names = {
        "level": text, "id": text, "name": text, "metric": text, "first": pa.date32(), "until": pa.date32(), "as_of": pa.date32(),
        "so_far": number, "open": number, "new": number, "middle": number, "low": number, "high": number, "goal": number,
        "attainment": number, "chance": number, "commit": number, "best_case": number, "own_average": number,
        "last_period": number, "weighted_pipeline": number, "open_deals": pa.int64(), "stale_deals": pa.int64(), "unit": text,
        "currency": text, "none_because": text, "sentence": text, "goal_sentence": text,
    }  # fmt: skip
    return pa.Table.from_pylist([_row(made, which) for which in range(len(made.lines))], schema=pa.schema(list(names.items())))


def _row(made: Foresight, which: int) -> dict[str, Any]:
    line = made.lines[which]
    look, low, high = line.outlook, None, None
    if look is not None:
        low, high = look.interval
    return {
        "level": line.level, "id": line.id, "name": line.name, "metric": line.metric, "first": made.period.first,
        "until": made.period.until, "as_of": made.as_of, "so_far": line.so_far, "open": look and look.open,
        "new": look and look.new, "middle": look and look.middle, "low": low, "high": high, "goal": line.goal,
        "attainment": line.attainment, "chance": line.chance, "commit": line.said("commit"), "best_case": line.said("best_case"),
        "own_average": line.baselines.own_average, "last_period": line.baselines.last_period,
        "weighted_pipeline": line.baselines.weighted_pipeline, "open_deals": line.open_deals, "stale_deals": line.stale_deals,
        "unit": line.unit.value, "currency": line.currency, "none_because": line.none_because, "sentence": line.sentence,
        "goal_sentence": line.goal_sentence,
    }  # fmt: skip


def deal_table(made: Foresight) -> pa.Table:
    """A row an open deal, the one that is expected to bring most first."""
    import pyarrow as pa

    number, text, day = pa.float64(), pa.string(), pa.date32()
    names = {
        "opportunity_id": text, "name": text, "account": text, "rep_id": text, "rep_name": text, "stage": text, "amount": number,
        "age_days": pa.int64(), "close_day": day, "chance": number, "likely_day": day, "expected": number, "win_chance": number,
        "reasons": text, "stale": pa.bool_(),
    }  # fmt: skip
    rows = []
    for deal in made.deals:
        rows.append({**vars(deal), "close_day": _date(deal.close_day), "likely_day": _date(deal.likely_day)})
    return pa.Table.from_pylist(rows, schema=pa.schema(list(names.items())))


def _date(day: int | None) -> date | None:
    from paceline.sales.periods import from_epoch_day

    return None if day is None else from_epoch_day(day)
