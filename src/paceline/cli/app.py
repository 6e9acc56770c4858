"""All commands in one place, and what surrounds each of them: errors told in words, exit codes, a pipe that closes early."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from paceline.cli import (
    ask,
    backtest,
    backup,
    check,
    coaching,
    compare,
    demo,
    drivers,
    explain,
    forecast,
    goals,
    init,
    load,
    mcp,
    metrics,
    people,
    pipeline,
    ramp,
    record,
    report,
    segments,
    serve,
    signals,
)
from paceline.cli.failure import Exit, Failure

HELP = """Every sales rep's metrics, each number explained by the records it is made of.

Begin with `paceline demo`, which needs nothing. For your own company: `paceline init`, `paceline load FOLDER`, `paceline report`.
"""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,  # help drawn by rich takes twice as long to come
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("load")(load.load)
app.command("check")(check.check)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.command("report")(report.report)
app.command("ask")(ask.ask)
app.command("explain")(explain.explain)
app.command("signals")(signals.signals)
app.command("compare")(compare.compare)
app.command("forecast")(forecast.forecast)
app.command("backtest")(backtest.backtest)
app.command("record")(record.record)
app.command("pipeline")(pipeline.pipeline)
app.command("coaching")(coaching.coaching)
app.command("drivers")(drivers.drivers)
app.command("ramp")(ramp.ramp)
app.command("segments")(segments.segments)
app.add_typer(goals.app, name="goals")
app.add_typer(metrics.app, name="metrics")
app.add_typer(people.app, name="people")
app.command("audit")(people.audit)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"paceline {version('paceline')}")
        raise typer.Exit


@app.callback(help=HELP)
def everything(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options of `paceline` itself."""
    del version  # its callback has acted


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code. A user's mistake ends in words, a broken pipe in silence; faults of ours raise."""
    try:
        code = app(arguments, prog_name="paceline", standalone_mode=True)
        sys.stdout.flush()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # typer leaves with 1 when the reader of a pipe has gone
            _silence()
            return Exit.FINE
        if leaving.code == Exit.INTERRUPTED:
            return _interrupted()
        return _flushed(leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None))
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # what DuckDB says when Ctrl-C reaches it first
            raise
        return _interrupted()
    except Failure as failure:
        _tell(failure)
        return int(failure.code)
    return code if isinstance(code, int) else Exit.FINE


def _interrupted() -> int:
    print("Interrupted. Nothing half done was kept.", file=sys.stderr)
    return Exit.INTERRUPTED


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return Exit.FINE
    return code


def _silence() -> None:
    # Python flushes stdout once more at its end; the reader has gone, so that must go nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(failure: Failure) -> None:
    from paceline.cli.output import notes

    console = notes()
    console.print(f"Error: {failure.what}", style="bold red", markup=False, highlight=False, soft_wrap=True)
    if failure.why:
        console.print(failure.why, markup=False, highlight=False, soft_wrap=True)
    if failure.next:
        console.print(f"→ {failure.next}", style="cyan", markup=False, highlight=False, soft_wrap=True)
