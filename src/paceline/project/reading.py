"""``paceline.toml`` → the company's settings, or everything that is wrong with it at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tomlkit.exceptions import ParseError

from paceline.channels.sending import Company
from paceline.project import key_values, keys, lines
from paceline.sales.settings import DISPOSITIONS, Judgement, Settings, Thresholds
from paceline.saying.said import NOTHING, Said, SaidError, ending, joined, say


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file, on a 1-based line (None: the file as a whole), and what to do."""

    line: int | None
    wrong: Said
    remedy: Said = NOTHING

    @property
    def told(self) -> Said:
        """All of it."""
        what = joined([ending(self.wrong), self.remedy]) if self.remedy else self.wrong
        return what if self.line is None else say("line {line}: {what}", line=str(self.line), what=what)

    def __str__(self) -> str:
        return str(self.told)


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
        raise BadConfigError(file, [Fault(None, say("there is no such file"), say("Make one with `paceline init`"))]) from None
    except UnicodeDecodeError as error:
        wrong = say("it isn't UTF-8 text (byte {number})", number=str(error.start))
        raise BadConfigError(file, [Fault(None, wrong, say("Save it as UTF-8"))]) from None
    except OSError as error:
        raise BadConfigError(file, [Fault(None, say("it can't be read: {error}", error=error.strerror or ""))]) from None


def parse(text: str, file: Path = Path("paceline.toml")) -> Config:
    """The configuration in a text; ``file`` is only named in errors. Raises BadConfigError."""
    try:
        document = lines.parse(text)
    except ParseError as error:
        wrong = say("this isn't TOML: {error}", error=str(error).split(" at line")[0])
        raise BadConfigError(file, [Fault(error.line, wrong, say("Mind quotes, brackets and commas"))]) from None
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
                self._unknown((section,), say("[{section}] is no section", section=section), keys.SECTIONS)
            elif not isinstance(content, dict):
                remedy = say("Write [{section}] on a line of its own, its keys below it", section=section)
                self._fault((section,), say("{section} must be a section", section=section), remedy)
            elif section == "dispositions":
                dispositions |= self._dispositions(content)
            elif section in _BY_WORD:
                words[section] = self._by_word(section, content, _BY_WORD[section])
            else:
                values |= self._section(section, content)
        settings = replace(self._settings(values, dispositions), stages=words["stages"], roles=words["roles"])
        for kind in set(words["crm"]) - set(key_values.CRM_KINDS):
            self._unknown(("crm", kind), say("{name} is no kind of record", name=kind), key_values.CRM_KINDS)
        store = values.get(("store", "location"), keys.STORE)
        return Config(settings, store, self._pages(values), self._channels(values), words["crm"])

    def _channels(self, values: dict[lines.Path, Any]) -> Company:
        company = Company(**{name: value for (section, name), value in values.items() if section == "channels"})
        if company.smtp_host and not company.mail_from:
            remedy = say("Write whom mails come from")
            self._fault(("channels", "smtp_host"), say("there is a mail server, but no mail_from"), remedy)
        if company.smtp_user and company.smtp_tls == "none" and company.smtp_host not in company.allowed_hosts:
            remedy = say('Use "starttls" or "tls", or name the host in allowed_hosts')
            self._fault(("channels", "smtp_tls"), say("a password would travel in plain text"), remedy)
        return company

    def _pages(self, values: dict[lines.Path, Any]) -> Pages:
        told = {name: value for (section, name), value in values.items() if section == "pages"}
        told |= {f"sso_{name}": value for (section, name), value in values.items() if section == "sso"}
        pages = Pages(**told)
        if pages.sso_issuer and not pages.sso_client_id:
            remedy = say("Write the client_id that the provider gave you")
            self._fault(("sso", "issuer"), say("there is an issuer, but no client_id"), remedy)
        return pages

    def _section(self, section: str, content: dict[str, Any]) -> dict[lines.Path, Any]:
        known = [key.name for key in keys.ALL if key.section == section]
        values: dict[lines.Path, Any] = {}
        for name, value in content.items():
            key = keys.BY_PATH.get((section, name))
            if key is None:
                self._unknown((section, name), say("{name} is no key of [{section}]", name=name, section=section), known)
                continue
            try:
                values[key.path] = key.read(value)
            except SaidError as error:
                self._fault(key.path, _not_so(name, error, value))
        return values

    def _dispositions(self, content: dict[str, Any]) -> dict[str, bool | None]:
        found: dict[str, bool | None] = {}
        for word, meaning in content.items():
            try:
                found[word.strip().lower()] = key_values.answered(meaning)
            except SaidError as error:
                self._fault(("dispositions", word), _not_so(repr(word), error, meaning))
        return found

    def _by_word(self, section: str, content: dict[str, Any], read: Callable[[Any], Any]) -> dict[str, Any]:
        """A section whose keys are a company's own words."""
        found = {}
        for word, value in content.items():
            try:
                found[word] = read(value)
            except SaidError as error:
                self._fault((section, word), _not_so(repr(word), error, value))
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
            self._fault(path, say("work ends before it starts"), say("Set start and end so that end is later"))
        return settings

    def _unknown(self, path: lines.Path, wrong: Said, known: Iterable[str]) -> None:
        names = list(known)
        near = difflib.get_close_matches(path[-1], names, n=1, cutoff=0.5)
        remedy = say("Did you mean {near}?", near=near[0]) if near else say("There are: {names}", names=", ".join(names))
        self._fault(path, wrong, remedy)

    def _fault(self, path: lines.Path, wrong: Said, remedy: Said = NOTHING) -> None:
        self.faults.append(Fault(self.where.get(path, self.where.get(path[:1])), wrong, remedy))


# Sections whose keys are a company's own words, and what reads their values.
_BY_WORD: Mapping[str, Callable[[Any], Any]] = {
    "stages": key_values.stage_choice, "roles": key_values.text, "crm": key_values.record_url,
}  # fmt: skip


def _not_so(name: str, fault: SaidError, value: Any) -> Said:
    return say("{name} {fault}; it is {value}", name=name, fault=fault.said, value=_shown(value))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
