"""``paceline metrics``: which metrics there are, and what each means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure, did_you_mean
from paceline.cli.opening import ProjectOption, opened
from paceline.cli.output import Format, write

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from paceline.metrics.vocabulary import Metric

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Which metrics there are, and what each means.")


@app.command("list")
def list_metrics(
    category: Annotated[
        str | None, typer.Option(help="One of result, quality, quantity, tempo, hygiene, companion.", show_default=False)
    ] = None,
    project: ProjectOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the list is written to stdout.")] = Format.TABLE,
) -> None:
    """List every metric: slug, name, meaning. In a project, its own metrics too.

    Example: `paceline metrics list --category tempo`
    """
    from paceline.metrics.vocabulary import Category

    words = [word.value for word in Category]
    if category is not None and category not in words:
        raise Failure(
            f"There is no category {category!r}.", did_you_mean(category, words), f"Write one of: {', '.join(words)}.", Exit.USAGE
        )
    chosen = [metric for metric in catalog(project).values() if category in (None, metric.category.value)]
    write(lambda: _as_table(chosen), form, lambda console: _show_list(chosen, console))


@app.command("show")
def show_metric(
    slug: Annotated[str, typer.Argument(help="The metric's slug, such as win_rate.", show_default=False)],
    project: ProjectOption = None,
) -> None:
    """Show what a metric means: formula, date, owner, edge cases, and what to look at beside it.

    Example: `paceline metrics show days_between_touches`
    """
    from paceline.cli.output import screen

    known = catalog(project)
    plain = slug.strip().lower().replace("-", "_").replace(" ", "_")
    if plain not in known:
        raise Failure(
            f"No metric is called {slug!r}.",
            did_you_mean(slug.replace("-", "_"), known),
            "See them all: paceline metrics list",
            Exit.USAGE,
        )
    _show_one(known[plain], screen())


def catalog(project: Path | None) -> Mapping[str, Metric]:
    """The built-in metrics; within a project also the company's own."""
    from paceline.metrics.catalog import CATALOG
    from paceline.project import find
    from paceline.project.folder import catalog as of_project

    if project is None and find(Path.cwd()) is None:
        return CATALOG
    return of_project(opened(project))


def _as_table(metrics: list[Metric]) -> pa.Table:
    import pyarrow as pa

    rows = [
        {
            "slug": m.slug,
            "name": m.name,
            "category": m.category.value,
            "unit": m.unit.value,
            "better": m.direction.words,
            "meaning": m.meaning,
            "variant_of": m.variant_of,
            "version": m.version,
        }
        for m in metrics
    ]
    return pa.Table.from_pylist(rows)


def _show_list(metrics: list[Metric], console: Console) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Metric", no_wrap=True)
    table.add_column("Category", no_wrap=True, style="dim")
    table.add_column("Meaning", overflow="fold")
    for metric in metrics:
        table.add_row(("  " if metric.variant_of else "") + metric.slug, metric.category.value, metric.meaning)
    console.print(table)
    console.print(
        f"{len(metrics)} metrics. Indented ones are other readings of the one above. More: paceline metrics show SLUG",
        style="dim",
    )


def _show_one(metric: Metric, console: Console) -> None:
    from paceline.metrics.explain import formula

    console.print(f"{metric.name} ({metric.slug}, definition v{metric.version})", style="bold", markup=False)
    console.print(metric.meaning, markup=False, soft_wrap=True)
    lines = [
        ("Formula", formula(metric.numerator, metric.denominator)),
        ("Unit", f"{metric.unit.value}; {metric.direction.words}"),
        ("Dated by", metric.date),
        ("Credited to", metric.owner),
        ("Needs", f" {'or' if metric.any_need else 'and'} ".join(metric.needs)),
        ("None when", metric.none),
        ("Beside it", ", ".join(dict.fromkeys((*((metric.twin,) if metric.twin else ()), *metric.beside)))),
        ("Drives", ", ".join(metric.drives)),
        ("Variant of", metric.variant_of or ""),
        *(("Note", edge) for edge in metric.edges),
    ]
    for label, text in lines:
        if text:
            console.print(f"[dim]{label:<12}[/dim]", end="")
            console.print(text, markup=False, soft_wrap=True)
