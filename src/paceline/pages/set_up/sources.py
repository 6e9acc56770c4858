"""Connecting files: uploaded into a source, previewed with its mapping, loaded in the background, reported row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.pages.dashboards import written
from paceline.pages.set_up import field_words, work
from paceline.pages.set_up.checked import Checked, check, is_loaded, is_too_large, known
from paceline.pages.set_up.connecting import Form, context_of, faults, form_of, mapping_of, sent_form, text_of
from paceline.pages.told import fault_in_words, in_words
from paceline.project.bringing import MAPPING, TOLD, BadFileError, Report, Source, last_report, load_source, put
from paceline.project.bringing import source as source_named
from paceline.project.bringing import sources as all_sources
from paceline.project.running import Running, running
from paceline.sales.records import TABLES
from paceline.saying.said import Said
from paceline.sources.contract import Problem, Severity
from paceline.sources.files.mapping import MappingError
from paceline.sources.files.preview import FilePreview, preview

MOST_BYTES = 60 * 1024 * 1024  # of one upload; a larger one is loaded by `paceline load`
MAPPING_LONGEST = 200_000  # characters
_SEVERITIES = {
    Severity.REJECTED: gettext_lazy("rejected"), Severity.REPAIRED: gettext_lazy("mended, and loaded"),
    Severity.WARNING: gettext_lazy("loaded, but look at it"),
}  # fmt: skip


@action("see_set_up", "change_set_up")
def sources(request: Asking) -> HttpResponse:
    """All sources; a new one by upload."""
    place = running()
    wrong = ""
    if request.method == "POST":
        name = slugify(request.POST.get("source", "")) or "files"
        try:
            found = _uploaded(request, name)
        except BadFileError as error:
            wrong = fault_in_words(error)
        else:
            note("files_uploaded", request.user, {"source": name, "files": len(found.files)})
            return redirect("set_up_source", name)
    context = {
        "sources": [(one, _told(last_report(one))) for one in all_sources(place.project)], "wrong": wrong,
        "tables": [table.name for table in TABLES], "most": MOST_BYTES // 1024 // 1024, "work": work.latest(),
    }
    return render(request, "set_up/sources.html", context, status=400 if wrong else 200)


def _uploaded(request: Asking, name: str) -> Source:
    """The files of a request, put into a source. Raises BadFileError."""
    files = [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)]
    if not files:
        raise BadFileError(_("Choose at least one file."))
    if sum(one.size or 0 for one in files) > MOST_BYTES:
        raise BadFileError(_("That is too much for the browser: load it on the server, with paceline load FOLDER."))

    def contents() -> Iterator[tuple[str, Iterator[bytes]]]:
        for one in files:
            yield str(one.name), one.chunks()

    return put(running().project, name, contents())


@action("see_set_up", "change_set_up")
def source(request: Asking, source: str) -> HttpResponse:
    """One source: its files, what each column becomes, what would be loaded, its last report. A POST changes the mapping."""
    place = running()
    found = source_named(place.project, source)
    if found is None:
        raise Http404
    if request.method == "POST" and "mapping" in request.POST:
        return _text_sent(request, place, found)
    if request.method == "POST" and request.POST.get("do") == "check":
        return _check_later(request, place, found)
    try:
        form = form_of(place, found)
    except MappingError as error:
        return _shown(request, place, found, None, {"problems": [one.told for one in error.problems]})
    if request.method == "POST":
        return _form_sent(request, place, found, form)
    return _shown(request, place, found, form, {})


def _text_sent(request: Asking, place: Running, found: Source) -> HttpResponse:
    """The mapping, written by hand."""
    text = request.POST.get("mapping", "")[:MAPPING_LONGEST].replace("\r\n", "\n")
    if text.strip():
        _write(place, found, text)
    else:
        (found.folder / MAPPING).unlink(missing_ok=True)
    note("mapping_changed", request.user, {"source": found.name})
    return redirect("set_up_source", found.name)


def _check_later(request: Asking, place: Running, found: Source) -> HttpResponse:
    """Check what is too large for a page, in the background."""
    try:
        work.begin(_("Checking %(source)s") % {"source": found.name}, lambda _tell: check(place, found))
    except work.BusyError as error:
        messages.warning(request, _("Not begun: other work goes on (%(what)s).") % {"what": error})
    return redirect("set_up_source", found.name)


def _write(place: Running, found: Source, text: str) -> None:
    put(place.project, found.name, [(MAPPING, iter([text.encode()]))])


def _form_sent(request: Asking, place: Running, found: Source, before: Form) -> HttpResponse:
    """The form: looked at again, or written as the mapping."""
    if request.POST.get("stamp") != before.stamp:
        messages.warning(request, _("The files or the mapping have changed meanwhile: look at what is here now."))
        return redirect("set_up_source", found.name)
    form = sent_form(place, found, before, request.POST)
    if form.looked or request.POST.get("do") != "save":
        return _shown(request, place, found, form, {})
    wrong = faults(form)
    text, problems = ("", ()) if wrong else mapping_of(place, found, form)
    if wrong or problems:
        told = wrong or [in_words(one.told) for one in problems]
        return _shown(request, place, found, form, {"wrong": told}, status=400)
    if text.strip():
        _write(place, found, text)
    note("mapping_changed", request.user, {"source": found.name})
    again = source_named(place.project, found.name) or found  # it may have a mapping only now
    return _check_later(request, place, again) if is_too_large(again) else redirect("set_up_source", found.name)


def _shown(
    request: Asking, place: Running, found: Source, form: Form | None, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page. The check is made where there is nothing to be said before: no guess, no fault, nothing loaded as it is."""
    report, doing = last_report(found), work.latest()
    busy = doing is not None and not doing.is_over
    loaded = is_loaded(found, report)
    settled = form is not None and request.method != "POST" and not form.pending and any(one.feeds for one in form.files)
    told = {**more}
    if settled and not loaded and not busy:
        try:
            checked = known(place, found) or (None if is_too_large(found) else check(place, found))
            if checked is not None:
                told["checked"] = _what_would_be(checked, place)
        except MappingError as error:  # it names a file or a column that isn't there
            told["problems"] = [one.told for one in error.problems]
    context = {
        "source": found, "report": _told(report), "work": doing, "mapping": text_of(found), "loaded": loaded,
        "form": form, "may_load": settled and not told.get("problems"), "too_large": is_too_large(found), **told,
        **(context_of(form, place.project.settings.currency) if form is not None else {}),
    }
    return render(request, "set_up/source.html", context, status=status)


def previewed(found: Source) -> tuple[tuple[FilePreview, ...], tuple[Said, ...]]:
    """What the files would become, or everything that is wrong with the mapping."""
    try:
        return preview(found.folder, found.mapping, running().project.settings), ()
    except MappingError as error:
        return (), tuple(problem.told for problem in error.problems)


@action("change_set_up")
def load(request: Asking, source: str) -> HttpResponse:
    """Load, in the background."""
    place = running()
    found = source_named(place.project, source)
    if found is None:
        raise Http404
    if request.method != "POST":
        return redirect("set_up_source", source)

    def do(tell: work.Tell) -> Report:
        done = load_source(place.project, place.engine, found, tell)
        place.changed()
        return done

    try:
        done = work.begin(_("Loading %(source)s") % {"source": source}, do)
    except work.BusyError as error:
        messages.warning(request, _("Not begun: other work goes on (%(what)s).") % {"what": error})
        return redirect("set_up_source", source)
    note("source_loaded", request.user, {"source": source})
    if not done.is_over:
        messages.info(request, _("The load goes on in the background; pages show its numbers as soon as it is over."))
    return redirect("set_up_source", source)


def _told(report: Report | None) -> dict[str, Any] | None:
    """A report in words; None: there was no load from here."""
    if report is None:
        return None
    zone = running().project.settings.time_zone
    return {
        "at": written.instant(int(report.at), zone),
        "files": report.files,
        "read": written.count(report.read), "accepted": written.count(report.accepted),
        "rejected": written.count(report.rejected),
        "inserted": written.count(report.inserted), "updated": written.count(report.updated),
        "unchanged": written.count(report.unchanged),
        "repeated": report.accepted - report.inserted - report.updated - report.unchanged,
        "problems": _problems(report.problems),
        "rejected_file": report.rejected_file,
        "any": report.accepted > 0,
    }


def _problems(of: tuple[Problem, ...]) -> list[tuple[Problem, str, str]]:
    """Problems, each with what became of its rows, and its field as the form calls it."""
    return [(one, str(_SEVERITIES[one.severity]), field_words.named(one.field or "")) for one in of[:TOLD]]


def _what_would_be(checked: Checked, place: Running) -> dict[str, Any]:
    """What a load would bring, in words."""
    report, settings = checked.report, place.project.settings
    return {
        "tables": checked.rows(settings.time_zone, settings.currency), "problems": _problems(report.problems),
        "read": written.count(report.read), "accepted": written.count(report.accepted),
        "rejected": written.count(sum(one.rejected for one in report.files)),
    }  # fmt: skip
