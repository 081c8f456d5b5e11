"""The files that an evaluation leaves beside its record: findings and verdicts as JSON, and the report."""

from __future__ import annotations

from pathlib import Path

from testbench.engine.clock import wall_now
from testbench.errors import InputError, RecordError
from testbench.office.procedure_words import InstalledProcedureWords
from testbench.record.store import Record
from testbench.report.content import ReportContent
from testbench.report.evaluation_json import evaluation_text
from testbench.report.from_record import content_from_record
from testbench.report.laboratory import LaboratoryTemplate
from testbench.report.pdf import render_pdf
from testbench.text import Language


def make_folder(folder: Path) -> None:
    """Make the output folder; a clear error where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"output folder {folder} cannot be made: {error.strerror}; choose another with --output") from error


def write_results(
    record: Record, evaluation: str, folder: Path, language: str, template: LaboratoryTemplate | None = None
) -> tuple[Path, Path]:
    """Write `evaluation.json` and `report.pdf` of a recorded evaluation; return their paths.

    A report that was issued is written as it was issued; any other is made now and has no number.
    """
    letterhead = None if template is None else template.letterhead
    content = content_from_record(
        record, evaluation, issued=wall_now(), procedures=InstalledProcedureWords(), letterhead=letterhead
    )
    return write_files(content, render_pdf(content, Language(language)), folder)


def write_files(content: ReportContent, report: bytes, folder: Path) -> tuple[Path, Path]:
    """Write the results and a report that is set; return their paths."""
    results, path = folder / "evaluation.json", folder / "report.pdf"
    _write(results, evaluation_text(content))
    _write(path, report)
    return results, path


def _write(path: Path, data: bytes) -> None:
    """Write a file; a full disk or a missing right is a clear error, and the record already holds everything."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise RecordError(
            f"{path} cannot be written: {error.strerror}; the record holds everything: `testbench report` writes it again"
        ) from error
