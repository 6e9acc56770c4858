"""``paceline init``: begin a project."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure

if TYPE_CHECKING:
    from paceline.project.keys import Key

# What the guide asks for; everything else has a default that most companies keep.
ASKED = (
    ("company", "name"),
    ("company", "currency"),
    ("company", "time_zone"),
    ("company", "fiscal_year_starts"),
    ("sales", "own_domains"),
)

NEXT = "Next: paceline load FOLDER, with the folder of your CSV, Parquet or JSON Lines files; or paceline serve, for pages."


def init(
    folder: Annotated[Path, typer.Argument(help="Where the project shall live; made if it isn't there.")] = Path(),
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing; write the defaults.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a paceline.toml that is there.")] = False,
) -> None:
    """Begin a project: write a commented `paceline.toml`.

    In a terminal it asks five questions first; each has a default.

    Example: `paceline init acme --no-input`
    """
    from paceline.cli.output import say
    from paceline.project import FILE
    from paceline.project.template import template

    file = folder / FILE
    if file.exists() and not force:
        raise Failure(
            f"{file} is there already.", "It may hold your settings.", "Edit it, or write it anew with --force.", Exit.USAGE
        )
    chosen = {} if no_input or not sys.stdin.isatty() else _ask()
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(template(chosen), encoding="utf-8")
    say(f"Wrote {file}.")
    say(NEXT, "cyan")


def _ask() -> dict[tuple[str, str], str]:
    """The answers, as TOML values; what was left at its default is not among them."""
    from paceline.project.keys import BY_PATH

    chosen = {}
    for path in ASKED:
        key = BY_PATH[path]
        answer = _question(key)
        if answer != key.default:
            chosen[path] = answer
    return chosen


def _question(key: Key) -> str:
    default = _plain(key.default) or (_zone() if key.name == "time_zone" else "")
    while True:
        said = typer.prompt(key.doc.replace("`", ""), default=default, show_default=bool(default), err=True)
        value = [word.strip() for word in said.split(",") if word.strip()] if key.default.startswith("[") else said.strip()
        try:
            key.read(value)
        except ValueError as error:
            typer.echo(f"That {error}.", err=True)
            continue
        return json.dumps(value, ensure_ascii=False)


def _plain(default: str) -> str:
    value = json.loads(default)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _zone() -> str:
    """This machine's zone, as the first guess."""
    return os.environ.get("TZ") or "UTC"
