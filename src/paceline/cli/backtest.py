"""``paceline backtest``: how often the forecasts would have been wrong."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import Whose, answered_or_told, asking, known_metrics

if TYPE_CHECKING:
    import pyarrow as pa

    from paceline.judging.backtest import Backtested


class Grain(StrEnum):
    """Which periods are replayed."""

    MONTH = "month"
    QUARTER = "quarter"


def backtest(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A CSV file of opportunities to replay instead of the project: opportunity_id, rep_id, created, closed, won, "
            "amount; team, size_band, opening_amount may be there.",
            show_default=False,
        ),
    ] = None,
    grain: Annotated[Grain, typer.Option("--grain", help="Replay months or quarters.")] = Grain.QUARTER,
    metric: Annotated[
        str, typer.Option("--metric", help="What is foretold: revenue, sales_volume, or any metric that adds up over days.")
    ] = "revenue",
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """Replay history: forecast each past period from what was known then, and hold it against what came.

    Nothing that was known only later is looked at. The forecast is held against what one could have had without it: resampling
    the rep's own past weeks, the own average, the last period, the weighted pipeline. Below 1 means it did better.

    Example: `paceline backtest --grain month`
    """
    from paceline.cli.backtest_table import show

    done = _of_file(file, grain) if file is not None else _of_project(project, grain, metric)
    write(lambda: table(done), form, lambda console: show(done, console))


def _of_file(file: Path, grain: Grain) -> Backtested:
    from paceline.judging.backtest import backtest_opportunities
    from paceline.judging.backtest_file import OpportunitiesFileError, read_opportunities

    try:
        opportunities = read_opportunities(file)
    except OpportunitiesFileError as error:
        raise Failure("The opportunities can't be read.", str(error), "Mend the file, then try again.", Exit.SOURCE) from None
    with working("Replaying…") as tell:
        return backtest_opportunities(opportunities, grain.value, tell=tell)


def _of_project(project: Path | None, grain: Grain, metric: str) -> Backtested:
    from paceline.judging.backtest import backtest_store
    from paceline.judging.forecast import ForecastError

    with asking(project, Whose(), "this_quarter", None) as question:
        (slug,) = known_metrics(question.store, [metric])
        try:
            with working("Replaying…") as tell:
                return backtest_store(question.store, grain.value, slug, tell=tell)
        except ForecastError as error:
            raise answered_or_told(error) from None


def table(done: Backtested) -> pa.Table:
    """A row a score: forecasts by kind, level and measure; then tenths of win chances; then reps' own calls. Money in cents."""
    import pyarrow as pa

    number, text = pa.float64(), pa.string()
    schema = pa.schema([
        ("table", text), ("kind", text), ("level", text), ("measure", text), ("n", pa.int64()), ("coverage", number),
        ("inside", number), ("bootstrap_coverage", number), ("crps", number), ("mae", number), ("crps_to_bootstrap", number),
        ("mae_to_average", number), ("mae_to_last_period", number), ("mae_to_weighted_pipeline", number), ("said", number),
        ("happened", number), ("our_mae", number),
    ])  # fmt: skip
    rows: list[dict[str, Any]] = [{"table": "forecast", **asdict(one)} for one in done.scores]
    for chances in (done.in_time, done.at_all):
        if chances is not None:
            rows += [{"table": "win chance", "kind": chances.what, "level": "deal", **asdict(one)} for one in chances.table]
    rows += [
        {"table": "calls", "kind": one.category, "level": "rep", "measure": "revenue", "n": one.n, "happened": one.reached,
         "mae": one.mae, "our_mae": one.our_mae}
        for one in done.calls
    ]  # fmt: skip
    finite = [{name: None if value != value else value for name, value in row.items()} for row in rows]
    return pa.Table.from_pylist(finite, schema=schema)
