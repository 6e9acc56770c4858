"""``python -m paceline.simulation SIZE --out FOLDER``: a simulated company as files."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .company import stream_company
from .export import write_csv, write_parquet
from .sizes import SIZES

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """What the files are."""

    PARQUET = "parquet"
    CSV = "csv"


@app.command()
def main(
    size: Annotated[str, typer.Argument(help=f"How large: {', '.join(SIZES)}.")],
    out: Annotated[Path, typer.Option(help="The folder to write into; made if missing.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.", min=0)] = 7,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The company's records end before this day; today if left out.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Parquet, or CSV with readable dates and amounts.")] = Format.PARQUET,
) -> None:
    """Write a simulated company's records, one file a table, with what was planted in it in truths.toml."""
    console = Console()
    if size not in SIZES:
        raise typer.BadParameter(f"there is no size {size!r}; choose one of {', '.join(SIZES)}", param_hint="SIZE")
    company = stream_company(SIZES[size], seed, until.date() if until else date.today())
    write = write_parquet if form is Format.PARQUET else write_csv
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"Simulating {SIZES[size].sellers} sellers", total=len(company))
        rows = write(company, out, lambda done, _: bar.update(task, completed=done))
    console.print(f"{sum(rows.values()):,} rows in {len(rows)} tables are in {out}. What was planted:")
    console.print(str(company.truths), highlight=False)


if __name__ == "__main__":
    app()
