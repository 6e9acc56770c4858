"""``paceline coaching``: what came of action plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, working, write
from paceline.cli.question import AsOfOption, Question, Whose, answered_or_told, asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from rich.console import Console

    from paceline.cli.coaching_plans import Written
    from paceline.judging.coaching import ActionPlan, PlanEffect
    from paceline.judging.record_scores import Track


def coaching(
    rep: Annotated[str | None, typer.Option(help="Whose plan, by name or id.", show_default=False)] = None,
    metric: Annotated[str | None, typer.Option(help="The metric to move, such as meetings_held.", show_default=False)] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day of the plan, e.g. 2026-05-04.", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="First day after it; without it, it still runs.", show_default=False),
    ] = None,
    target: Annotated[
        float | None, typer.Option(help="The value aimed at; of a count, for a full week.", show_default=False)
    ] = None,
    plans: Annotated[
        Path | None,
        typer.Option("--plans", help="A CSV or TOML file with many plans: rep, metric, from, until, target.", show_default=False),
    ] = None,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")] = Format.TABLE,
) -> None:
    """What came of an action plan: the metric before and after, held against where it was heading without a plan.

    Where it was heading is learnt from comparable people's weeks without a plan, in the same seasons; so somebody who was low
    by chance and comes back is no success. Says "too early to tell" when it is, and how many weeks it takes. A difference is no
    proof that the plan made it. Of plans that change nothing, about 1 in 10 is called above its expected path.

    Example: `paceline coaching --rep "Ada Byron" --metric meetings_held --from 2026-05-04 --until 2026-07-06`
    """
    from paceline.cli.coaching_plans import Written, read_plans
    from paceline.judging.coaching import PlanError, effects

    if (plans is None) == (rep is None):
        raise Failure("Which plan?", next="Say --rep, --metric and --from; or --plans FILE.", code=Exit.USAGE)
    if plans is not None:
        written = read_plans(plans)
    else:
        missing = [f"--{name}" for name, value in (("metric", metric), ("from", first)) if value is None]
        if missing or rep is None or metric is None or first is None:
            raise Failure(f"A plan needs {' and '.join(missing)}, too.", code=Exit.USAGE)
        written = (Written("", rep, metric, first, until, target),)
    with asking(project, Whose(), "today", as_of) as question, working("Comparing…"):
        chosen = _understood(written, question)
        try:
            found = effects(question.store, chosen, as_of=question.as_of)
        except PlanError as error:
            raise answered_or_told(error) from None
        record = _recorded(question, found)
    write(lambda: effect_table(found), form, lambda console: show(found, question, record, console))


def _understood(written: Sequence[Written], question: Question) -> list[ActionPlan]:
    """The plans with ids for names and days for words. Raises Failure with everything that is wrong."""
    from paceline.cli.coaching_plans import plan_of

    stints = question.store.view(question.as_of).stints
    wrong: list[str] = []
    plans = [plan for one in written if (plan := plan_of(one, stints, question.store.catalog, question.today, wrong)) is not None]
    if wrong:
        count = f"{len(wrong)} thing{'s are' if len(wrong) > 1 else ' is'} wrong with the plans."
        raise Failure(count, "\n".join(wrong), "Mend them, then try again.", Exit.USAGE)
    return plans


def _recorded(question: Question, found: Sequence[PlanEffect]) -> Track:
    """Keep what is said of running plans, write down what came of those that are over, and give the record."""
    from paceline.judging.coaching import KIND, coaching_predictions, settle_plans
    from paceline.judging.record import keep, kept
    from paceline.judging.record_scores import track
    from paceline.sales.periods import epoch_day

    store = question.store
    if question.as_of is None:
        keep(store.engine, coaching_predictions(found, epoch_day(question.today)), store.now)
    settle_plans(store, found, store.now)
    return track(kept(store.engine, KIND), KIND)


def effect_table(found: Sequence[PlanEffect]) -> pa.Table:
    """A row a plan: rates before and after and expected, the relative difference with its interval, the outcome."""
    import pyarrow as pa

    number, text = pa.float64(), pa.string()
    schema = {
        "rep": text, "name": text, "metric": text, "from": pa.date32(), "until": pa.date32(), "target": number,
        "weeks": pa.int64(), "before": number, "after": number, "expected": number, "effect": number, "low": number,
        "high": number, "outcome": text, "better": pa.bool_(), "rank": pa.int64(), "placebos": pa.int64(), "peers": pa.int64(),
        "needs_weeks": pa.int64(), "sentence": text,
    }  # fmt: skip
    rows = []
    for one in found:
        plan, effect = one.plan, one.effect
        low, high = effect.interval or (None, None)
        rows.append({
            "rep": plan.rep, "name": one.name, "metric": plan.metric, "from": plan.first, "until": plan.until,
            "target": plan.target,
            "weeks": effect.weeks, "before": effect.before, "after": effect.after, "expected": effect.expected,
            "effect": effect.effect, "low": low, "high": high, "outcome": effect.outcome.value, "better": one.better,
            "rank": effect.rank, "placebos": effect.placebos, "peers": effect.peers, "needs_weeks": effect.needs,
            "sentence": one.sentence,
        })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))


def show(found: Sequence[PlanEffect], question: Question, record: Track, console: Console) -> None:
    """Each plan with its sentence, then how often such sentences held."""
    from rich.text import Text

    console.print(f"{question.store.settings.name}: action plans, as seen on {question.today}", style="italic", markup=False)
    for one in found:
        style = {True: "bold green", False: "bold red"}.get(one.better, "bold") if one.better is not None else "bold"
        until = "" if one.over else ", still running"
        console.print(Text(f"{one.name}, {one.metric.name.lower()}, {one.plan.first} to {one.plan.until}{until}", style=style))
        console.print(one.effect.sentence, markup=False)
    console.print("A difference is no proof that the plan made it.", style="dim", markup=False)
    console.print(f"How often are we wrong? {record.sentence}", style="dim", markup=False)
