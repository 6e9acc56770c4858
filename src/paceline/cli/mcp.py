"""``paceline mcp``: the project's numbers for an AI assistant on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import ProjectOption, opened
from paceline.cli.serve import HOST, PORT

if TYPE_CHECKING:
    from paceline.api.mcp.stdio import Answerer

KEY = "PACELINE_KEY"


def mcp(
    project: ProjectOption = None,
    url: Annotated[
        str, typer.Option(help="A server elsewhere, e.g. https://sales.example.com/mcp; without it, the project's folder.")
    ] = "",
) -> None:
    """Answer an AI assistant's questions over stdin and stdout (Model Context Protocol), read-only.

    The assistant starts this command itself. It sees what the owner of the key in the environment variable PACELINE_KEY sees;
    without a key, what the project's admin sees, as whoever can open the folder can read its store anyway. It works beside a
    running server, and without one. Each question is in the audit log.

    Example: `paceline mcp -p acme`, with `PACELINE_KEY` set to see what the key's owner sees
    """
    from paceline.api.mcp.stdio import serve

    key = os.environ.get(KEY, "").strip()
    out, sys.stdout = sys.stdout, sys.stderr  # the protocol's alone: whatever else is printed goes elsewhere
    serve(sys.stdin, out, _over_http(url, key) if url else _here(opened(project).folder, key))


def _over_http(url: str, key: str) -> Answerer:
    from paceline.api.mcp.stdio import over_http

    if not key:
        raise Failure("A server elsewhere wants a key.", f"Make one on its account page, and set {KEY}.", code=Exit.USAGE)
    return over_http(url, key)


def _here(folder: Path, key: str) -> Answerer:
    from paceline.pages.database import BadDatabaseError
    from paceline.pages.secret import WeakKeyError
    from paceline.pages.serving import open_database

    try:
        open_database(folder)
    except (WeakKeyError, BadDatabaseError) as error:
        raise Failure("The users' database can't be opened.", str(error), code=Exit.CONFIG) from None
    from paceline.api.mcp.folder import NoCallerError, here

    origin = opened(folder).config.pages.address or f"http://{HOST}:{PORT}"
    try:
        return here(folder, key, origin)
    except NoCallerError as error:
        raise Failure("There is nobody to ask for.", str(error), code=Exit.CONFIG) from None
