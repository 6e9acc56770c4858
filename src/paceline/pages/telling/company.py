"""How the company sends, read anew where its files changed."""

from __future__ import annotations

import logging

from paceline.channels.sending import Company
from paceline.project.channel_secrets import company_of
from paceline.project.reading import BadConfigError
from paceline.project.running import running

_log = logging.getLogger(__name__)


def company() -> Company:
    """The settings of ``[channels]`` with their secrets; without them, where their file is wrong (which the log says)."""
    project = running().project
    try:
        return company_of(project)
    except BadConfigError as error:
        _log.error("%s", error)
        return project.config.channels
