"""The house is in order: dependencies say why, imports go down, no machine's own paths anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

from paceline.project import keys
from paceline.sales.settings import Judgement, Settings, Thresholds

ROOT = Path(__file__).parents[2]
# Releases named after dates promise nothing that a bound could hold.
DATED = {"tzdata", "pandas-stubs"}


def test_every_dependency_says_why_and_is_bounded_above() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    groups = [document["build-system"]["requires"], document["project"]["dependencies"]]
    groups += [*document["project"]["optional-dependencies"].values(), *document["dependency-groups"].values()]
    for requirement in (requirement for group in groups for requirement in group):
        lines = [line for line in text.splitlines() if f'"{requirement}"' in line]
        assert lines, requirement
        assert all("#" in line.partition(requirement)[2] for line in lines), f"{requirement}: say why it is there"
        assert "<" in requirement or re.match(r"[\w-]+", requirement)[0] in DATED, f"{requirement}: bound it above"  # type: ignore[index]


def test_imports_go_down_only() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_setting_can_be_set_and_is_documented() -> None:
    assert {key.field for key in keys.THRESHOLDS} == {field.name for field in fields(Thresholds)}
    assert {key.field for key in keys.JUDGEMENT} == {field.name for field in fields(Judgement)}
    settable = {key.field for key in keys.KEYS if key.field} | {"dispositions", "thresholds", "judgement", "stages", "roles"}
    assert settable == {field.name for field in fields(Settings)}


def test_no_machine_paths_in_the_tree() -> None:
    """What one machine calls its folders means nothing on another."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    pattern = re.compile("|".join(("/root" + "/", "/home" + r"/\w", r"(?<![\w.])/work" + r"/\w", r"\.pyenv" + "/")))
    found = []
    for name in listed.stdout.split("\0"):
        file = ROOT / name
        if name and file.suffix in {".py", ".md", ".toml", ".sql", ""} and file.is_file():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [f"{name}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    assert not found


def test_no_room_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "helpers", "common", "core", "base", "services", "misc"}
    assert not [path for path in (ROOT / "src").rglob("*.py") if path.stem in vague or path.parent.name in vague]


def test_files_stay_small() -> None:
    long = {str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.py") if len(path.read_text().splitlines()) > 450}
    assert not long, "which second idea moved in?"
