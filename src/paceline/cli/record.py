"""``paceline record``: how often what was said here held."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import Question, Whose, asking

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from paceline.judging.record_all import KindRecord, TrackRecord
    from paceline.judging.record_scores import Track
    from paceline.judging.told import Verdicts

_KEY = (
    "Error ÷ …: the middle's mean error ÷ that of the own average, the last period, the weighted pipeline; below 1 is better.\n"
    "What was said of one thing on several days weighs as one together. Nothing said in hindsight is in here."
)
_TITLES = {
    "forecast": "Forecasts", "commit call": "Reps' own commit", "best case call": "Reps' own best case",
    "pipeline call": "Reps' own pipeline", "goal chance": "Chances of goals", "win chance": "Chances of deals",
    "ramp": "Full productivity of new hires", "ramp flag": "New hires called slow", "coaching": "Effects of action plans",
}  # fmt: skip


def record(
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """How often are we wrong? All that was said here, and what came of it: forecasts, chances, cards, ramps, action plans.

    Each judgement is kept on the day it is made and scored when its outcome is known. Below 30 outcomes nothing is said of how
    often it holds; `paceline backtest` replays what forecasts would have said of the time before.

    Example: `paceline record`
    """
    from paceline.judging.record_all import settle_all, track_record

    with asking(project, Whose(), "today", None) as question, working("Looking at what came…"):
        settle_all(question.store)
        found = track_record(question.store.engine)
        write(lambda: table(found), form, lambda console: show(found, question, console))


def show(found: TrackRecord, question: Question, console: Console) -> None:
    """A line a kind with its counts, a table of scores, the reliability of chances, then the cards."""
    console.print(f"{question.store.settings.name}: how often are we wrong? As of {question.today}", style="italic", markup=False)
    for kind in found.kinds:
        _show_kind(kind, question, console)
    for name, verdicts in (("Alarms", found.alarms), ("Praise", found.praise)):
        console.print(f"\n{name}", style="bold", markup=False)
        console.print(_of_cards(verdicts), markup=False)
    console.print(f"\n{_KEY}", style="dim", markup=False)
    if not any(one.enough for kind in found.kinds for one in kind.tracks):
        words = "Too little came true yet to judge by. What forecasts would have said so far: paceline backtest"
        console.print(words, style="dim", markup=False)


def _of_cards(verdicts: Verdicts) -> str:
    return verdicts.sentence if verdicts.told else "None was told yet: `paceline signals` tells them."


def _show_kind(kind: KindRecord, question: Question, console: Console) -> None:
    console.print(f"\n{_TITLES.get(kind.kind, kind.kind)}", style="bold", markup=False)
    console.print(kind.sentence, markup=False)
    catalog = question.store.catalog
    for track in kind.tracks if kind.settled else ():
        slug = track.metric or ""
        name = catalog[slug].name if slug in catalog else slug
        console.print(f"  {name}: {track.sentence}", markup=False)
        for row in track.reliability:
            console.print(f"    said {row.said:6.1%}   were {row.happened:6.1%}   of {row.n:,}", style="dim", markup=False)


def table(found: TrackRecord) -> pa.Table:
    """A row a kind, metric and level (null: all levels), a row a tenth of chances, and a row a metric of cards."""
    import pyarrow as pa

    number, text, whole = pa.float64(), pa.string(), pa.int64()
    schema = pa.schema([
        ("table", text), ("kind", text), ("metric", text), ("level", text), ("n", whole), ("waiting", whole),
        ("first", pa.date32()), ("last", pa.date32()), ("due", pa.date32()), ("share", number), ("coverage", number),
        ("crps_to_own_weeks", number), ("crps_to_average", number), ("mae_to_average", number), ("mae_to_last_period", number),
        ("mae_to_weighted_pipeline", number), ("brier", number), ("base_brier", number), ("happened", number), ("mae", number),
        ("mae_to_ours", number), ("said", number), ("told", whole), ("confirmed", whole), ("dismissed", whole),
        ("sentence", text),
    ])  # fmt: skip
    rows: list[dict[str, Any]] = []
    for kind in found.kinds:
        rows += _of_kind(kind)
    for name, verdicts in (("alarms", found.alarms), ("praise", found.praise)):
        rows.append({"table": name, **_counts(verdicts), "sentence": _of_cards(verdicts)})
    rows += [{"table": "cards", "metric": one.metric, **_counts(one.verdicts)} for one in found.cards]
    names = set(schema.names)
    return pa.Table.from_pylist([{key: value for key, value in row.items() if key in names} for row in rows], schema=schema)


def _of_kind(kind: KindRecord) -> list[dict[str, Any]]:
    days = {"first": kind.first, "last": kind.last, "due": kind.due}
    if not kind.tracks:
        return [{"table": "kind", "kind": kind.kind, "n": 0, "waiting": 0, "sentence": kind.sentence}]
    rows = []
    for track in (*kind.tracks, *(one for one in kind.levels if len({other.level for other in kind.levels}) > 1)):
        rows.append({"table": "kind", **_plain(track), **days, "sentence": track.sentence})
        rows += [
            {"table": "reliability", "kind": track.kind, "metric": track.metric, "level": track.level, **asdict(row)}
            for row in track.reliability
        ]
    return rows


def _plain(track: Track) -> dict[str, Any]:
    return {key: value for key, value in vars(track).items() if key != "reliability"}


def _counts(verdicts: Verdicts) -> dict[str, Any]:
    return {"told": verdicts.told, "confirmed": verdicts.confirmed, "dismissed": verdicts.dismissed}
