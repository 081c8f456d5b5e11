"""What is known before a report is issued, and issuing it; both in a thread. No Qt here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from testbench.engine.clock import wall_now
from testbench.engine.standing import stand
from testbench.errors import InputError
from testbench.office.issuing import IssueRequest, issue_report
from testbench.office.report_numbers import next_number
from testbench.record.store import Record
from testbench.report.laboratory import LaboratoryTemplate, default_laboratory
from testbench.report.letterhead import Client, Issue, issues
from testbench.text import Language


@dataclass(frozen=True, slots=True)
class Prepared:
    """The number that would be given, the usual client, and the number of the report that is replaced (empty: none).

    `marks` says whether marks of an accreditation would be printed; they never are on what was simulated.
    """

    number: str
    client: Client
    replaces: str
    marks: bool
    simulated: bool


def prepare(record: Path, evaluation: str) -> Prepared:
    """Look up what a report of an evaluation would carry; InputError where the laboratory has no template."""
    template = _template()
    with Record.open(record) as opened:
        earlier = issues(opened.events(evaluation))
        simulated = stand(opened, evaluation).row.start.simulated
    file = template.file
    return Prepared(
        number=next_number(template, wall_now().date()),
        client=template.client,
        replaces=earlier[-1].number if earlier else "",
        marks=bool(file.cma.number or file.cnas.number) and not simulated,
        simulated=simulated,
    )


def issue(record: Path, evaluation: str, language: Language, request: IssueRequest) -> tuple[Issue, Path]:
    """Issue it; the files go into a folder of the report's own beside the record."""
    template = _template()
    with Record.open(record) as opened:
        return issue_report(opened, evaluation, lambda number: report_folder(record, number), language, template, request)


def report_folder(record: Path, number: str) -> Path:
    """Where the files of an issued report go."""
    return record.parent / "reports" / re.sub(r'[<>:"/\\|?*]', "-", number).strip(". ")


def _template() -> LaboratoryTemplate:
    template = default_laboratory()
    if template is None:
        raise InputError("there is no laboratory template yet; fill it in in the settings, it numbers the reports")
    return template
