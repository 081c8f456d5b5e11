"""A finished evaluation as PDF/A-2a (which includes PDF/A-2b): tagged, with title and language, the same on each machine.

Typst sets the templates of this package. Everything a person wrote reaches it as data (JSON), never as markup; only the font
that is installed with the product is used, and nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import as_file, files
from typing import Any

import typst

from testbench.errors import TestbenchError
from testbench.report.content import ReportContent
from testbench.report.document import Document, build_cover, build_document
from testbench.report.glyphs import FAMILY, font_path
from testbench.text import Language


class ReportError(TestbenchError):
    """A report could not be set."""


def render_pdf(content: ReportContent, language: Language | str | None = None) -> bytes:
    """Return the report of an evaluation as PDF/A-2a; in the content's own language where none is asked for.

    The same content gives the same bytes: the date in the file is the issue time of the content.
    """
    document = build_document(content, Language(language or content.language))
    return _set(content, document, format="pdf", pdf_standards=["a-2a"])


def render_picture(content: ReportContent, language: Language | str, *, dots_an_inch: float) -> bytes:
    """Return the first page of a report as PNG."""
    return _set(content, build_cover(content, Language(language)), format="png", ppi=dots_an_inch)


def _set(content: ReportContent, document: Document, **form: Any) -> bytes:
    inputs = {
        "document": json.dumps(document.tree, ensure_ascii=False, allow_nan=False),
        "pictures": json.dumps(document.pictures, ensure_ascii=False),
        "family": FAMILY,
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_path().parent)])
    try:
        with as_file(files("testbench.report").joinpath("templates")) as templates:
            result, warnings = typst.compile_with_warnings(
                templates / "report.typ",
                root=templates,
                font_paths=fonts,
                ignore_system_fonts=True,
                sys_inputs=inputs,
                timestamp=_fixed_offset(content.issue_time),
                **form,
            )
    except typst.TypstError as error:
        raise ReportError(f"the report of evaluation {content.identifier} could not be set: {error}") from error
    if warnings:
        raise ReportError(f"the report of evaluation {content.identifier} was set with a warning: {warnings[0]}")
    pages = result if isinstance(result, list) else [result]  # a picture is made of each page
    return bytes(pages[0])


def _fixed_offset(time: dt.datetime) -> dt.datetime:
    return time.astimezone(dt.timezone(time.utcoffset() or dt.timedelta())).replace(microsecond=0)
