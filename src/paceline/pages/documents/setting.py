"""Setting a document as PDF, with Typst: an extra, because its wheel is larger than everything else of ours."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext

from paceline.pages.documents.document import Document

_TEMPLATE = Path(__file__).with_name("document.typ")


class NoPdfError(RuntimeError):
    """PDF documents can't be made here; the message says what to install."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "PDF documents need an extra package: install it with pip install 'paceline[pdf]' and start the server again. "
                "Until then, print the page: it is laid out for paper, too."
            )
        )


def can_make_pdf() -> bool:
    """Whether the extra package is installed."""
    return find_spec("typst") is not None


def as_pdf(document: Document) -> bytes:
    """The document as a tagged PDF (PDF/UA-1). Raises NoPdfError where the extra package isn't installed."""
    if not can_make_pdf():
        raise NoPdfError
    import typst

    made = typst.Compiler(_TEMPLATE.read_bytes()).compile(
        format="pdf", sys_inputs={"document": json.dumps(document.plain())}, pdf_standards=["ua-1"]
    )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no PDF")
    return made
