"""Documents on paper: a title, sections of words, lists, tables and pictures → the bytes of a PDF.

``Document`` and its parts say what is in one; ``as_pdf`` sets it.
"""

from paceline.pages.documents.document import Block, Document, Figure, Lines, Section, Table, Words
from paceline.pages.documents.setting import NoPdfError, as_pdf

__all__ = ["Block", "Document", "Figure", "Lines", "NoPdfError", "Section", "Table", "Words", "as_pdf"]
