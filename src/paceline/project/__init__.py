"""A company's folder: its ``paceline.toml``, and its store, opened."""

from paceline.project.folder import FILE, Project, find, open_project
from paceline.project.reading import BadConfigError, Config, Fault

__all__ = ["FILE", "BadConfigError", "Config", "Fault", "Project", "find", "open_project"]
