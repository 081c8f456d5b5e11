"""What the screen of results does to records and files, each in a thread: amend, repeat, export. Without Qt."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from gui.tasks import Progress
from testbench.engine.amending import Amended, exclude, repeat_request, restore
from testbench.engine.clock import wall_now
from testbench.errors import RecordError
from testbench.office.detached import start_detached
from testbench.office.procedure_words import InstalledProcedureWords
from testbench.record.store import Record
from testbench.report.evaluation_json import evaluation_text
from testbench.report.from_record import content_from_record
from testbench.report.laboratory import default_laboratory
from testbench.report.readings import ReadingFormat, export_readings
from testbench.text import Language


class Export(StrEnum):
    """What can be written of an evaluation."""

    REPORT_CHINESE = "report zh"
    REPORT_ENGLISH = "report en"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def suffix(self) -> str:
        """The end of the file's name."""
        return "pdf" if self in (Export.REPORT_CHINESE, Export.REPORT_ENGLISH) else self.value


def proposed_name(evaluation: str, export: Export, *, simulated: bool) -> str:
    """A name for the file."""
    mark = "-SIMULATED" if simulated else ""
    match export:
        case Export.REPORT_CHINESE | Export.REPORT_ENGLISH:
            return f"{evaluation}-{export.value.replace(' ', '-')}{mark}.pdf"
        case Export.JSON:
            return f"{evaluation}{mark}.json"
    return f"{evaluation}-readings{mark}.{export.suffix}"


def write_export(record: Path, evaluation: str, export: Export, path: Path, progress: Progress) -> Path:
    """Write one file of an evaluation; what is there already is replaced. Return its path."""
    with Record.open(record) as opened:
        if export in (Export.CSV, Export.PARQUET):

            def told(done: int, total: int) -> None:
                progress.check()
                progress.say(path.name, done / total if total else None)

            form = ReadingFormat(export.value)
            mark = export is Export.CSV  # people open it with Excel
            export_readings(opened, evaluation, path, form, byte_order_mark=mark, overwrite=True, progress=told)
            return path
        template = default_laboratory()
        content = content_from_record(
            opened,
            evaluation,
            issued=wall_now(),
            procedures=InstalledProcedureWords(),
            letterhead=None if template is None else template.letterhead,
        )
    progress.check()
    if export is Export.JSON:
        data = evaluation_text(content)
    else:
        from testbench.report.pdf import render_pdf  # draws figures, which takes long to load

        data = render_pdf(content, Language.CHINESE if export is Export.REPORT_CHINESE else Language.ENGLISH)
    progress.check()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {error.strerror or error}; choose another place") from error
    return path


def exclude_finding(record: Path, evaluation: str, finding: int, reason: str, by: str) -> Amended:
    """Exclude a finding and judge anew."""
    with Record.open(record) as opened:
        return exclude(opened, evaluation, finding, reason, by)


def restore_finding(record: Path, evaluation: str, finding: int, reason: str, by: str) -> Amended:
    """Take an exclusion back and judge anew."""
    with Record.open(record) as opened:
        return restore(opened, evaluation, finding, reason, by)


def start_repeat(record: Path, evaluation: str, run: int, reason: str, by: str, language: Language) -> str:
    """Start the repeat of a run as a process of its own; return the identifier of the evaluation that it is."""
    with Record.open(record) as opened:
        request = repeat_request(opened, evaluation, str(run), reason, by)
    folder = request.output
    assert folder is not None
    words = ["repeat", evaluation, str(run), "--record", str(record), "--reason", reason, "--by", by]
    return start_detached([*words, "--output", str(folder), "--language", language.value], folder)
