"""The documentation says what the code does: generated pages are fresh, quoted TOML parses, links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from paceline.cli import reference
from paceline.metrics.catalog import CATALOG
from paceline.metrics.own import read
from paceline.project import reading

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
QUOTED = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^ *```[^\n]*\n(.*?)^ *```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def quoted(language: str) -> list[tuple[str, str]]:
    """(page, text) of every code block in the language; indentation of the block taken off."""
    found = []
    for page in PAGES:
        for indent, word, text in QUOTED.findall(page.read_text(encoding="utf-8")):
            if word == language:
                found.append((page.name, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)))
    return found


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_generated_page_is_fresh(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == reference.pages()[name], "run `make docs`"


def test_every_command_has_an_example_and_a_summary() -> None:
    for name, command in reference.commands().items():
        assert "Example: `paceline" in command.help, name
        assert all(getattr(p, "help", None) for p in command.params), name


def test_every_metric_has_its_page() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "reference" / "metrics").glob("*.md")} - {"README"}
    assert pages == set(CATALOG), "run `make docs`"


def test_quoted_toml_parses() -> None:
    blocks = quoted("toml")
    assert blocks
    for page, text in blocks:
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            pytest.fail(f"{page}: {error}\n{text}")


def test_quoted_settings_and_metrics_are_understood() -> None:
    for page, text in quoted("toml"):
        sections = set(tomllib.loads(text))
        if sections & {"company", "store", "work", "sales", "dispositions"}:
            reading.parse(text)
        if "metric" in sections:
            assert read(text, CATALOG).metrics, page


def quoted_commands() -> list[tuple[str, list[str]]]:
    """(page, words) of every call of ours in a code block or between backquotes, up to its comment or pipe."""
    found = []
    for page in PAGES:
        for block, inline in CODE.findall(page.read_text(encoding="utf-8")):
            for line in (block or inline).splitlines():
                words = re.split(r"\s+#|\s[|>]", line.strip().removeprefix("$ "))[0].split()
                if words[:1] == ["paceline"] and words[1:]:
                    found.append((page.name, words[1:]))
    return found


def test_quoted_commands_are_real() -> None:
    known = reference.commands()
    calls = quoted_commands()
    assert len(calls) > 100
    wrong = []
    for page, words in calls:
        if words[0].startswith("-") or words[0] in {"COMMAND", "…"}:
            continue
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        if name not in known:
            if not any(one.startswith(f"{name} ") for one in known):
                wrong.append(f"{page}: paceline {' '.join(words)}: no such command")
            continue
        options = {"--help"} | {one for p in known[name].params for one in (*p.opts, *p.secondary_opts)}
        given = [word.split("=")[0].strip("[],") for word in words[1:] if word.strip("[").startswith("-")]
        wrong += [f"{page}: paceline {' '.join(words)}: {one}" for one in given if one not in options]
    assert not wrong


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_the_code_for_signals_from_any_table_runs(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = [text for page, text in quoted("python") if page == "signals-from-any-table.md"]
    assert len(blocks) == 2
    for text in blocks:
        exec(compile(text, "signals-from-any-table.md", "exec"), {})
    said = capsys.readouterr().out
    assert "R3 Since " in said
    assert "Below the own past." in said
