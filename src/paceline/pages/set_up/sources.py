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

from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.pages.dashboards import written
from paceline.pages.set_up import work
from paceline.pages.told import fault_in_words
from paceline.project.bringing import BadFileError, Report, Source, last_report, load_source, put
from paceline.project.bringing import source as source_named
from paceline.project.bringing import sources as all_sources
from paceline.project.running import running
from paceline.sales.records import TABLES
from paceline.saying.said import Said
from paceline.sources.contract import Severity
from paceline.sources.files.mapping import MappingError
from paceline.sources.files.preview import FilePreview, preview

MOST_BYTES = 60 * 1024 * 1024  # of one upload; a larger one is loaded by `paceline load`
MAPPING_LONGEST = 200_000  # characters
_SEVERITIES = {Severity.REJECTED: "rejected", Severity.REPAIRED: "mended, and loaded", Severity.WARNING: "loaded, but look at it"}


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
    """One source: its files, what each column becomes, its mapping, its last report. A POST changes the mapping."""
    place = running()
    found = source_named(place.project, source)
    if found is None:
        raise Http404
    if request.method == "POST":
        text = request.POST.get("mapping", "")[:MAPPING_LONGEST].replace("\r\n", "\n")
        file = found.folder / "mapping.toml"
        if text.strip():
            put(place.project, source, [("mapping.toml", iter([text.encode()]))])
        else:
            file.unlink(missing_ok=True)
        note("mapping_changed", request.user, {"source": source})
        return redirect("set_up_source", source)
    files, problems = previewed(found)
    context = {
        "source": found, "files": files, "problems": problems, "report": _told(last_report(found)), "work": work.latest(),
        "mapping": found.mapping.read_text(encoding="utf-8", errors="replace") if found.mapping else "",
    }
    return render(request, "set_up/source.html", context)


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
        "at": written.instant(report.at, zone),
        "files": report.files,
        "read": written.count(report.read), "accepted": written.count(report.accepted),
        "rejected": written.count(report.rejected),
        "inserted": written.count(report.inserted), "updated": written.count(report.updated),
        "unchanged": written.count(report.unchanged),
        "problems": [(one, _(_SEVERITIES[one.severity])) for one in report.problems],
        "rejected_file": report.rejected_file,
        "bad": report.rejected > 0,
    }
