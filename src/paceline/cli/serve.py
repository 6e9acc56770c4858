"""``paceline serve``: the pages."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from paceline.cli.failure import Exit, Failure
from paceline.cli.opening import opened
from paceline.cli.output import say

if TYPE_CHECKING:
    from paceline.pages.serving import Listening

HOST, PORT = "127.0.0.1", 8321
HostOption = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all of this machine's.")]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")]


def serve(
    folder: Annotated[
        Path | None,
        typer.Argument(help="The project's folder; without it, the nearest one upward from here.", show_default=False),
    ] = None,
    host: HostOption = HOST,
    port: PortOption = PORT,
) -> None:
    """Serve the pages of a project, until Ctrl-C.

    In a new folder this begins a project: it prints a link, good once, to a page that asks for the company and its first admin.

    Example: `paceline serve acme --port 8000`
    """
    place = _begun(folder)
    with ready(place, host, port) as listening:
        from paceline.pages.setting_up import new_token

        token = new_token()
        if token is not None:
            say("Nobody has an account yet. Open this link, which works once, to set Paceline up:", "cyan")
            say(f"  {listening.address}/set-up/{token}/")
        say(f"Serving {place} at {listening.address} (Ctrl-C ends it)")
        serve_until_stopped(listening)


def serve_until_stopped(listening: Listening) -> None:
    """Serve until Ctrl-C, or until the process is told to end."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        listening.run()
    finally:
        listening.close()
        say("Stopped.")


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


@contextmanager
def ready(folder: Path, host: str, port: int, now: int | None = None) -> Iterator[Listening]:
    """The store open and the port taken. ``now`` as for ``prepare``. Raises Failure for whatever stands in the way."""
    from paceline.pages.database import BadDatabaseError
    from paceline.pages.secret import WeakKeyError
    from paceline.pages.serving import listen, prepare
    from paceline.project.running import stop
    from paceline.warehouse.engine import WarehouseError

    try:
        prepare(folder, now)
    except WarehouseError as error:
        raise Failure("The store can't be opened.", str(error)) from None
    except (WeakKeyError, BadDatabaseError) as error:
        raise Failure("The pages can't be served.", str(error), code=Exit.CONFIG) from None
    listening = None
    try:
        listening = _listening(listen, host, port)
        yield listening
    finally:
        stop()
        if listening is not None and not listening.is_idle:
            _break_off()


def _break_off() -> None:
    """End the process though some work goes on: Python would wait for its thread, which may take minutes."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(Exit.FINE)


def _listening(listen, host: str, port: int) -> Listening:  # type: ignore[no-untyped-def]
    try:
        taken: Listening = listen(host, port)
    except OSError as error:
        raise Failure(
            f"Port {port} can't be had: {error.strerror}.",
            "Another program may be listening there.",
            "Name another: --port 0 takes any free one.",
        ) from None
    return taken


def _begun(folder: Path | None) -> Path:
    """The project's folder; a new project where there is none and the folder was named. Raises Failure."""
    from paceline.project import FILE
    from paceline.project.template import template

    if folder is not None and not (folder / FILE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(template({}), encoding="utf-8")
        say(f"Wrote {folder / FILE}.")
    return opened(folder).folder
