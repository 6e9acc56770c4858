"""The command line: thin commands over the engine, one file a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``paceline`` with these arguments (default: the process's own) and leave with its exit code."""
    from paceline.cli.app import run  # imported late, so that the package costs nothing to those who want only one of its files

    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))
