"""``paceline.toml`` → the company's settings, or everything that is wrong with it at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tomlkit.exceptions import ParseError

from paceline.channels.sending import Company
from paceline.project import keys, lines
from paceline.sales.settings import DISPOSITIONS, Judgement, Settings, Thresholds


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file, on a 1-based line (None: the file as a whole), and what to do."""

    line: int | None
    wrong: str
    remedy: str = ""

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}: "
        return f"{place}{self.wrong}{'. ' + self.remedy if self.remedy else ''}"


class BadConfigError(Exception):
    """A configuration file is missing or wrong. ``faults`` has everything that is wrong with it."""

    def __init__(self, file: Path, faults: Iterable[Fault]) -> None:
        self.file, self.faults = file, sorted(faults, key=lambda fault: fault.line or 0)
        super().__init__(f"{file}: " + "; ".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Pages:
    """What the pages are told. ``database`` and ``address`` as written; ``sso_issuer`` empty: no single sign-on."""

    database: str = keys.DATABASE
    address: str = ""
    peers: bool = True
    leaderboard: str = "off"  # or anonymous, or named
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_name: str = "Single sign-on"


@dataclass(frozen=True)
class Config:
    """What ``paceline.toml`` says. ``store`` is where the records are kept, as written there; ``channels`` lacks its secrets."""

    settings: Settings = field(default_factory=Settings)
    store: str = keys.STORE
    pages: Pages = field(default_factory=Pages)
    channels: Company = field(default_factory=Company)
    crm: Mapping[str, str] = field(default_factory=dict)  # kind of record → its address in the CRM, with {id}


def read(file: Path) -> Config:
    """The configuration in a file. Raises BadConfigError with every fault, each with its line."""
    try:
        return parse(file.read_text(encoding="utf-8-sig"), file)
    except FileNotFoundError:
        raise BadConfigError(file, [Fault(None, "there is no such file", "Make one with `paceline init`")]) from None
    except UnicodeDecodeError as error:
        raise BadConfigError(file, [Fault(None, f"it isn't UTF-8 text (byte {error.start})", "Save it as UTF-8")]) from None
    except OSError as error:
        raise BadConfigError(file, [Fault(None, f"it can't be read: {error.strerror}")]) from None


def parse(text: str, file: Path = Path("paceline.toml")) -> Config:
    """The configuration in a text; ``file`` is only named in errors. Raises BadConfigError."""
    try:
        document = lines.parse(text)
    except ParseError as error:
        said = str(error).split(" at line")[0]
        raise BadConfigError(file, [Fault(error.line, f"this isn't TOML: {said}", "Mind quotes, brackets and commas")]) from None
    reader = _Reader(lines.positions(document))
    config = reader.config(document.unwrap())
    if reader.faults:
        raise BadConfigError(file, reader.faults)
    return config


class _Reader:
    """Reads sections and collects what is wrong."""

    def __init__(self, where: dict[lines.Path, int]) -> None:
        self.where = where
        self.faults: list[Fault] = []

    def config(self, document: dict[str, Any]) -> Config:
        values: dict[lines.Path, Any] = {}
        dispositions = dict(DISPOSITIONS)
        words: dict[str, dict[str, Any]] = {name: {} for name in _BY_WORD}
        for section, content in document.items():
            if section not in keys.SECTIONS:
                self._unknown((section,), "section", keys.SECTIONS, f"[{section}]")
            elif not isinstance(content, dict):
                remedy = f"Write [{section}] on a line of its own, its keys below it"
                self._fault((section,), f"{section} must be a section", remedy)
            elif section == "dispositions":
                dispositions |= self._dispositions(content)
            elif section in _BY_WORD:
                words[section] = self._by_word(section, content, _BY_WORD[section])
            else:
                values |= self._section(section, content)
        settings = replace(self._settings(values, dispositions), stages=words["stages"], roles=words["roles"])
        for kind in set(words["crm"]) - set(keys.CRM_KINDS):
            self._unknown(("crm", kind), "kind of record", keys.CRM_KINDS, kind)
        store = values.get(("store", "location"), keys.STORE)
        return Config(settings, store, self._pages(values), self._channels(values), words["crm"])

    def _channels(self, values: dict[lines.Path, Any]) -> Company:
        company = Company(**{name: value for (section, name), value in values.items() if section == "channels"})
        if company.smtp_host and not company.mail_from:
            self._fault(("channels", "smtp_host"), "there is a mail server, but no mail_from", "Write whom mails come from")
        if company.smtp_user and company.smtp_tls == "none" and company.smtp_host not in company.allowed_hosts:
            remedy = 'Use "starttls" or "tls", or name the host in allowed_hosts'
            self._fault(("channels", "smtp_tls"), "a password would travel in plain text", remedy)
        return company

    def _pages(self, values: dict[lines.Path, Any]) -> Pages:
        told = {name: value for (section, name), value in values.items() if section == "pages"}
        told |= {f"sso_{name}": value for (section, name), value in values.items() if section == "sso"}
        pages = Pages(**told)
        if pages.sso_issuer and not pages.sso_client_id:
            remedy = "Write the client_id that the provider gave you"
            self._fault(("sso", "issuer"), "there is an issuer, but no client_id", remedy)
        return pages

    def _section(self, section: str, content: dict[str, Any]) -> dict[lines.Path, Any]:
        known = [key.name for key in keys.ALL if key.section == section]
        values: dict[lines.Path, Any] = {}
        for name, value in content.items():
            key = keys.BY_PATH.get((section, name))
            if key is None:
                self._unknown((section, name), f"key of [{section}]", known, name)
                continue
            try:
                values[key.path] = key.read(value)
            except ValueError as error:
                self._fault(key.path, f"{name} {error}; it is {_shown(value)}")
        return values

    def _dispositions(self, content: dict[str, Any]) -> dict[str, bool | None]:
        found: dict[str, bool | None] = {}
        for word, meaning in content.items():
            try:
                found[word.strip().lower()] = keys.answered(meaning)
            except ValueError as error:
                self._fault(("dispositions", word), f"{word!r} {error}; it is {_shown(meaning)}")
        return found

    def _by_word(self, section: str, content: dict[str, Any], read: Callable[[Any], Any]) -> dict[str, Any]:
        """A section whose keys are a company's own words."""
        found = {}
        for word, value in content.items():
            try:
                found[word] = read(value)
            except ValueError as error:
                self._fault((section, word), f"{word!r} {error}; it is {_shown(value)}")
        return found

    def _settings(self, values: dict[lines.Path, Any], dispositions: dict[str, bool | None]) -> Settings:
        chosen = {key.field: values[key.path] for key in keys.KEYS if key.field and key.path in values}
        limits = {key.field: values[key.path] for key in keys.THRESHOLDS if key.path in values}
        budgets = {key.field: values[key.path] for key in keys.JUDGEMENT if key.path in values}
        settings = Settings(
            **chosen, dispositions=dispositions, thresholds=Thresholds(**limits), judgement=Judgement(**budgets)
        )
        if settings.work_end_minute <= settings.work_start_minute:
            path = ("work", "end") if ("work", "end") in values else ("work", "start")
            self._fault(path, "work ends before it starts", "Set start and end so that end is later")
        return settings

    def _unknown(self, path: lines.Path, kind: str, known: Iterable[str], shown: str) -> None:
        names = list(known)
        near = difflib.get_close_matches(path[-1], names, n=1, cutoff=0.5)
        remedy = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names)}"
        self._fault(path, f"{shown} is no {kind}", remedy)

    def _fault(self, path: lines.Path, wrong: str, remedy: str = "") -> None:
        self.faults.append(Fault(self.where.get(path, self.where.get(path[:1])), wrong, remedy))


# Sections whose keys are a company's own words, and what reads their values.
_BY_WORD: Mapping[str, Callable[[Any], Any]] = {"stages": keys.stage_choice, "roles": keys.text, "crm": keys.record_url}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
