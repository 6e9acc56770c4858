"""A replayed history in a terminal: the scores of the forecasts, the reliability of win chances, reps' own calls."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paceline.insight.backtest import Scores
from paceline.judging.backtest import FEWEST, Backtested, Reliability

_KEY = (
    "said 80 %: share of outcomes within the range that 8 in 10 should lie in. The other columns: our error ÷ that of…, below 1\n"
    "is better: the whole distribution (CRPS) against resampled own weeks; the middle against own average, last period and the\n"
    "weighted pipeline."
)
_FEW = ["too few", "", "", "", ""]


def show(done: Backtested, console: Console) -> None:
    """The table, or why there is none."""
    if done.none_because is not None:
        console.print(f"Nothing to replay: {done.none_because}.", markup=False)
        return
    title = f"{done.metric} by {done.grain}, replayed as of {done.days} past days; nothing known only later was looked at"
    console.print(title, style="italic", markup=False)
    console.print(_scores([one for one in done.scores if one.measure == done.scores[0].measure]))
    console.print(_KEY, style="dim", markup=False)
    for chances in (done.in_time, done.at_all):
        if chances is not None:
            _show_chances(chances, console)
    if done.modes:
        counts = Counter(mode for _, mode in done.modes)
        words = ", ".join(f"{mode} on {n}" for mode, n in counts.most_common())
        console.print(f"\nWin chances at all, by day replayed: {words} of {done.days} days.", markup=False)
    for call in done.calls:
        few = f" (only {call.n}: too few to say)" if call.n < FEWEST else ""
        console.print(
            f"Reps' own {call.category.replace('_', ' ')}: reached {call.reached:.0%} of {call.n} times; mean error "
            f"{call.mae / 100:,.0f}, our middle's {call.our_mae / 100:,.0f}.{few}",
            markup=False,
        )


def _scores(scores: list[Scores]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("as seen at")
    table.add_column("level")
    for head in ("n", "said 80 %", "CRPS ÷ own weeks", "error ÷ own average", "÷ last period", "÷ weighted pipeline"):
        table.add_column(head, justify="right")
    for one in scores:
        whole = "," not in one.kind
        cells = [f"{one.n:,}", *(_FEW if one.n < FEWEST else _figures(one))]
        style = "bold" if whole and one.level == "rep" else ""
        name = f"every {one.kind}" if whole else one.kind
        table.add_row(*(Text(cell, style) for cell in (name, one.level, *cells)))
    return table


def _figures(one: Scores) -> list[str]:
    ratios = (one.crps_to_bootstrap, one.mae_to_average, one.mae_to_last_period, one.mae_to_weighted_pipeline)
    return [f"{one.coverage:.0%}", *("–" if ratio != ratio else f"{ratio:.2f}" for ratio in ratios)]


def _show_chances(chances: Reliability, console: Console) -> None:
    console.print(
        f"\nOpen deals {chances.what}: {chances.n:,} chances, off by {chances.error:.3f} on average over tenths; squared error "
        f"{chances.brier:.3f} (said of all alike: {chances.base_brier:.3f}); AUC {chances.auc:.2f}",
        markup=False,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("n", "said", "were"):
        table.add_column(head, justify="right")
    for row in chances.table:
        table.add_row(f"{row.n:,}", f"{row.said:.1%}", f"{row.happened:.1%}")
    console.print(table)
