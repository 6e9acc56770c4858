"""Passwords and tokens that messages are sent with: from the environment, else from a file that only its owner may read."""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import replace
from pathlib import Path

from paceline.channels.sending import Company
from paceline.project.folder import Project
from paceline.project.reading import BadConfigError, Fault
from paceline.saying.said import say

FILE = "secrets.toml"
VARIABLES = {"smtp_password": "PACELINE_SMTP_PASSWORD", "slack_token": "PACELINE_SLACK_TOKEN"}


def company_of(project: Project) -> Company:
    """How the project's company sends, secrets included. Raises BadConfigError for a file that is wrong or open to others."""
    kept = _kept(project.folder / FILE)
    found = {name: os.environ.get(variable) or kept.get(name, "") for name, variable in VARIABLES.items()}
    return replace(project.config.channels, smtp_password=found["smtp_password"], slack_token=found["slack_token"])


def _kept(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        open_to_others = Fault(None, say("others on this machine can read it"), say("Run: chmod 600 {file}", file=str(file)))
        raise BadConfigError(file, [open_to_others])
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # no word of its content in the error
        raise BadConfigError(file, [Fault(None, say("this isn't TOML"), say("Mind quotes and brackets"))]) from None
    wrong = [name for name, value in told.items() if name not in VARIABLES or not isinstance(value, str)]
    if wrong:
        known = ", ".join(VARIABLES)
        faults = [say("{name} is none of {known}, each text in quotes", name=name, known=known) for name in wrong]
        raise BadConfigError(file, [Fault(None, fault) for fault in faults])
    return told
