"""``paceline goals``: how goals stand, which to set, what it takes to reach one, and setting them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption
from paceline.cli.output import Format, say, working, write
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
    from paceline.insight.goals import Ramp
    from paceline.judging.goals import GoalLine
    from paceline.judging.record_scores import Track
    from paceline.metrics.vocabulary import Metric

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="How goals stand, which to set, and what reaching one takes.")

FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How it is written to stdout.")]
MetricOption = Annotated[str | None, typer.Option("--metric", help="Goals for this metric alone.", show_default=False)]
_TARGET = re.compile(r"([\d_,.]+)\s*([kKmM%]?)")
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "%": 0.01}


@app.command("list")
@of_whom
def list_goals(
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    metric: MetricOption = None,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """How each goal stands: so far, ahead of or behind the usual pace, and the chance to reach it.

    The usual pace is the past's own shape of such a period, quarter-ends and all, not a straight line. Chances are kept in the
    store and scored when the period is over: the last line says how often they held.

    Example: `paceline goals list --team North --period this_quarter`
    """
    from paceline.cli.goals_table import goal_table, show_goals
    from paceline.judging.goals import standing

    with asking(project, whose, period, as_of) as question, working("Looking ahead…"):
        slug = None if metric is None else known_metrics(question.store, [metric])[0]
        lines = standing(question.store, question.period, question.scope, metric=slug, as_of=question.as_of)
        record = _recorded(question, lines)
    write(lambda: goal_table(lines), form, lambda console: show_goals(lines, question, record, console))


def _recorded(question: Question, lines: tuple[GoalLine, ...]) -> Track:
    """Keep today's chances, write down what came of earlier ones, and give their record."""
    from paceline.judging.goals import goal_predictions
    from paceline.judging.record import keep, kept, settle
    from paceline.judging.record_scores import track
    from paceline.sales.periods import epoch_day

    store = question.store
    if question.as_of is None:
        keep(store.engine, goal_predictions(lines, epoch_day(question.today)), store.now)
    settle(store, store.now)
    return track(kept(store.engine, "goal chance"), "goal chance")


@app.command("recommend")
@of_whom
def recommend_goals(
    metric: Annotated[str, typer.Argument(help="The metric's slug, such as revenue.", show_default=False)],
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    levels: Annotated[str, typer.Option("--levels", help="Chances to reach it, in percent.")] = "40,60,80",
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Which goal to set: what comparable people came to in earlier periods, and the chance to reach each level.

    Comparable are tenured people of the same role and segment (of the role, where they are few). A person's own periods weigh
    more, the more people differ. Part-time and known absences of the period are taken off.

    Example: `paceline goals recommend revenue --role AE --period 2026-Q4`
    """
    from paceline.cli.goals_table import recommend_table, show_recommended
    from paceline.judging.goals_recommend import recommendations
    from paceline.judging.goals_set import GoalError

    chances = _percents(levels, "--levels")
    with asking(project, whose, period, as_of) as question, working("Looking back…"):
        (slug,) = known_metrics(question.store, [metric])
        try:
            found = recommendations(question.store, slug, question.period, question.scope, levels=chances, as_of=question.as_of)
        except (GoalError, ValueError) as error:
            raise answered_or_told(error) from None
        declared = question.store.catalog[slug]
    write(
        lambda: recommend_table(found, declared, question),
        form,
        lambda console: show_recommended(found, declared, question, console),
    )


@app.command("plan")
@of_whom
def plan_goal(
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    metric: Annotated[str, typer.Option("--metric", help="revenue, sales_volume or pipeline_generated.")] = "revenue",
    target: Annotated[
        str | None,
        typer.Option("--target", help="What is to be reached; without it, the goals that are set.", show_default=False),
    ] = None,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """What reaching a goal takes: so many more opportunities, so many meetings a week, at the present win rate and deal size.

    Each with a range, for rates are known only from so many deals. Says so when deals take longer than what is left.

    Example: `paceline goals plan --rep "Ada Byron" --period this_quarter`
    """
    from paceline.cli.goals_table import plan_table, show_plans
    from paceline.judging.goals_plan import plan_back
    from paceline.judging.goals_set import GoalError

    with asking(project, whose, period, as_of) as question, working("Planning…"):
        (slug,) = known_metrics(question.store, [metric])
        aim = _goal_of(question, slug) if target is None else read_target(target, question.store.catalog[slug])
        try:
            found = plan_back(question.store, slug, aim, question.period, question.scope, as_of=question.as_of)
        except (GoalError, ValueError) as error:
            raise answered_or_told(error) from None
    write(lambda: plan_table(found, question), form, lambda console: show_plans(found, question, console))


def _goal_of(question: Question, slug: str) -> float:
    """The goal set for the scope and period. Raises Failure if there is none."""
    from paceline.judging.goals_aimed import aims
    from paceline.metrics.vocabulary import Unit

    view = question.store.view(question.as_of)
    money = question.store.catalog[slug].unit is Unit.MONEY
    aim = aims(view, slug, question.period, money).of_scope(view, question.scope, question.period)
    if not aim:
        raise Failure(
            f"No goal for {slug} is set for {question.about} in {question.period.label}.",
            next=f"Say one: --target 100k; or set one: paceline goals set {slug} 100k --period {question.period.first}.."
            f"{question.period.until}",
            code=Exit.USAGE,
        )
    return aim


@app.command("set")
@of_whom
def set_goals(
    metric: Annotated[str, typer.Argument(help="The metric's slug, such as revenue.", show_default=False)],
    target: Annotated[
        str,
        typer.Argument(
            help="A full-timer's target past the ramp, such as 250000, 250k or 1.2m; for a share, 25%.", show_default=False
        ),
    ],
    whose: Whose = EVERYBODY,
    period: PeriodOption = "this_quarter",
    each: Annotated[
        bool, typer.Option("--each", help="With --team: for each of its people, instead of one for the team.")
    ] = False,
    company: Annotated[bool, typer.Option("--company", help="One for the company as a whole.")] = False,
    prorate: Annotated[
        bool,
        typer.Option("--prorate/--full", help="Less for who joins, leaves, works part-time or is away; or the same for all."),
    ] = True,
    ramp: Annotated[
        str | None,
        typer.Option(
            "--ramp",
            help="Percent of the target in each month of a new hire, e.g. 25,50,75; without it, as measured on past hires.",
            show_default=False,
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write goals for the same days anew.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be set, and set nothing.")] = False,
    project: ProjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Set a goal: for a rep, for everyone in a role, for a team, or the company. Goals are records, and loaded as such.

    Example: `paceline goals set revenue 250k --role AE --period 2026-Q4 --dry-run`
    """  # fmt: skip
    from paceline.cli.goals_table import set_table, show_set
    from paceline.judging.goals_set import SOURCE, GoalError, goals_for
    from paceline.project.loading import load_records

    if any(vars(whose).values()) == company:
        raise Failure("Whose goal?", "A goal is a rep's, a team's, that of everyone in a role, or the company's.",
                      "Say --company, or --rep, --team, --role, --segment, --manager, --territory.", Exit.USAGE)  # fmt: skip
    with asking(project, whose, period, None) as question, working("Working out…") as tell:
        (slug,) = known_metrics(question.store, [metric])
        declared = question.store.catalog[slug]
        alone = whose.team is not None and not each and sum(value is not None for value in vars(whose).values()) == 1
        name = next(iter(question.scope.clauses[0].values)) if alone else None
        try:
            planned = goals_for(
                question.store, slug, read_target(target, declared), question.period, question.scope, team=name, company=company,
                prorated=prorate, ramp=_ramp(ramp), replace=replace,
            )  # fmt: skip
        except GoalError as error:
            there = "Say --replace to write goals that are there anew." if "replace it" in str(error) else ""
            raise Failure("No goal was set.", "\n".join(str(error).split("; ")), there, Exit.USAGE) from None
        if not dry_run:
            store = question.store
            load_records(store.engine, store.settings, planned.records, SOURCE, tell, metrics=store.catalog)
    write(lambda: set_table(planned), form, lambda console: show_set(planned, question, console))
    say(
        "Nothing was set: this was a dry run."
        if dry_run
        else f"{len(planned.goals)} goal{'s are' if len(planned.goals) != 1 else ' is'} set."
    )


def read_target(text: str, metric: Metric) -> float:
    """A target as people write it: 250000, 250_000, 250k, 1.2m, 25%. Raises Failure."""
    from paceline.metrics.vocabulary import Unit

    found = _TARGET.fullmatch(text.strip())
    try:
        value = float(found[1].replace(",", "").replace("_", "")) if found else float("nan")
    except ValueError:
        value = float("nan")
    if found is None or value != value:
        raise Failure(f"{text!r} is no target.", next="Write it as 250000, 250k, 1.2m, or 25%.", code=Exit.USAGE)
    if found[2] == "%" and metric.unit is not Unit.PERCENT:
        raise Failure(f"{metric.slug} is no share: {text!r} can't be its goal.", next="Write a plain number.", code=Exit.USAGE)
    return value * _SCALES[found[2].lower()]


def _ramp(text: str | None) -> Ramp | None:
    from paceline.insight.goals import given_ramp

    return None if text is None else given_ramp(_percents(text, "--ramp"))


def _percents(text: str, option: str) -> tuple[float, ...]:
    """Percents between 0 and 100 as shares. Raises Failure."""
    try:
        shares = tuple(float(word.strip().removesuffix("%")) / 100 for word in text.split(","))
    except ValueError:
        shares = ()
    if not shares or not all(0 < share <= 1 for share in shares):
        raise Failure(f"{option} can't be read from {text!r}.", next=f"Write percents, e.g. {option} 25,50,75.", code=Exit.USAGE)
    return shares
