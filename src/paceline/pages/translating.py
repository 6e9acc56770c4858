"""Every text of the product, gathered from its code into the catalogue of each language, and made ready to be looked up.

``python -m paceline.pages.translating`` (``make translations``) writes ``locale/*/LC_MESSAGES/django.po`` anew: new texts come in
untranslated, gone ones go, translations stay; then the compiled ``.mo`` beside it. Translators edit the ``.po`` files.
Texts are found where they are marked (``gettext`` in Python, ``{% translate %}`` in templates, ``say`` below the pages) and in
what metrics declare.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from paceline.access.rules import NOTICED, RULES, Rows
from paceline.metrics.catalog import CATALOG
from paceline.metrics.vocabulary import Metric
from paceline.people.roles import NAMES
from paceline.project import key_values, keys

ROOT = Path(__file__).parents[1]
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("de",)
_KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_SAID = {"say": 1, "say_many": 2, "say_amount": 2, "noted": 1}  # how many texts each begins with
_ONE_PLACE = re.compile(r"\{\w+\}")  # nothing to translate
_HEADER = "# Texts of the product. Written anew by `make translations`, which keeps the translations.\n#"

_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # the format wants one; the same texts must give the same file

# A text: itself, or singular and plural.
Text = str | tuple[str, ...]


def texts() -> Catalog:
    """All texts, with where each is used, in a catalogue without translations."""
    found = Catalog(header_comment=_HEADER, charset="utf-8")
    for file in _sources():
        place = file.relative_to(ROOT).as_posix()
        for text, context in _marked(file):
            found.add(text, locations=[(place, 0)], context=context, flags=_flags(text))
    for metric in CATALOG.values():
        for words in filter(None, _words_of(metric)):
            found.add(words, locations=[("metrics/catalog", 0)])
    for words in _of_settings():
        found.add(words, locations=[("project/keys", 0)])
    for words in _of_rules():
        found.add(words, locations=[("access/rules", 0)])
    return found


def _of_rules() -> Iterator[str]:
    """What the notice, and a refusal, tell of who may do what, and why."""
    yield from (*NAMES.values(), *(rows.value for rows in Rows))
    for rule in RULES:
        if rule.action in NOTICED:
            yield rule.does
        if rule.action in NOTICED or rule.seen_by:  # whoever sees it and may not change it is told why
            yield rule.why


def _of_settings() -> Iterator[str]:
    """What settings are called, and what they mean."""
    yield from keys.SECTIONS.values()
    for key in keys.ALL:
        yield from (key.label, key.doc)
    yield from (keys.Key("crm", kind, "", "", "", str).label for kind in key_values.CRM_KINDS)


def _words_of(metric: Metric) -> Iterator[str]:
    yield from (metric.name, metric.meaning, metric.none, metric.absent, metric.date, metric.owner, metric.direction.words)
    yield from metric.edges
    yield from (measure.words for measure in metric.measures)
    yield from (part.words for part in metric.coverage)


def file_of(language: str) -> Path:
    """The catalogue that translators edit."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it is kept; an empty one for a new language."""
    file = file_of(language)
    if not file.exists():
        return Catalog(locale=language, header_comment=_HEADER, charset="utf-8")
    with file.open("rb") as lines:
        return read_po(lines, locale=language)


def renewed(language: str) -> Catalog:
    """The language's catalogue with today's texts, and the translations that it had."""
    catalog = read(language)
    catalog.update(texts(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def po(catalog: Catalog) -> bytes:
    """The catalogue as translators read it: sorted by text, without dates, so that only real changes are changes."""
    made = io.BytesIO()
    write_po(made, catalog, sort_output=True, omit_header=True, include_lineno=False, width=130)
    head = f'{_HEADER[:-2]}\nmsgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n'
    return (head + '"Content-Type: text/plain; charset=utf-8\\n"\n\n').encode() + made.getvalue()


def mo(catalog: Catalog) -> bytes:
    """The catalogue as it is looked up."""
    catalog.creation_date = catalog.revision_date = _NO_DATE
    made = io.BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """The texts that have no translation, or not each form of it; a plural's by its singular."""
    return [_forms(message.id)[0] for message in catalog if message.id and not all(_forms(message.string))]


def _forms(string: str | Sequence[str] | None) -> Sequence[str]:
    return (string or "",) if string is None or isinstance(string, str) else string


def _sources() -> Iterator[Path]:
    for file in sorted(ROOT.rglob("*")):
        if file.suffix in (".py", ".html", ".txt") and "migrations" not in file.parts and file.is_file():
            yield file


def _marked(file: Path) -> Iterator[tuple[Text, str | None]]:
    """What is marked in a file, with its context."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        yield from ((text, None) for text in said_in(source))
        marked = "gettext" in source
    else:
        marked = "{%" in source
        source = templatize(source, origin=file.name) if marked else ""
    if marked:
        for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=_KEYWORDS):
            yield text, context


def said_in(source: str) -> Iterator[Text]:
    """The texts that the functions of ``_SAID`` are given in Python; those of variables are found elsewhere."""
    if "paceline.saying" not in source:
        return
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _SAID:
            given = [one.value for one in call.args[: _SAID[call.func.id]] if isinstance(one, ast.Constant)]
            texts = tuple(one for one in given if isinstance(one, str))
            if len(texts) == _SAID[call.func.id] and not _ONE_PLACE.fullmatch(texts[0]):
                yield texts if len(texts) > 1 else texts[0]


def _flags(text: Text) -> list[str]:
    one = text if isinstance(text, str) else text[0]
    return ["python-format"] if "%(" in one else []


def main() -> None:
    """Write every language's two files anew."""
    for language in LANGUAGES:
        catalog, file = renewed(language), file_of(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(po(catalog))
        file.with_suffix(".mo").write_bytes(mo(read(language)))
        missing = len(untranslated(catalog))
        print(f"{language}: {len(catalog)} texts, {missing} untranslated")


if __name__ == "__main__":
    main()
