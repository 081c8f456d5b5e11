"""Issuing a report: it gets a number that no other report has, and the record keeps who issued it, when and for whom."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from testbench.engine.clock import wall_now
from testbench.errors import InputError
from testbench.office.procedure_words import InstalledProcedureWords
from testbench.office.report_numbers import open_register
from testbench.office.result_files import make_folder, write_files
from testbench.record.store import Record
from testbench.report.content import ReportContent
from testbench.report.evaluation_json import content_digest
from testbench.report.from_record import content_from_record
from testbench.report.laboratory import LaboratoryTemplate
from testbench.report.letterhead import ISSUE_EVENT, Client, Issue, issues
from testbench.report.pdf import render_pdf
from testbench.text import Language


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """What a person says of a report that is to be issued.

    `number` None takes the next of the laboratory's scheme, `client` None that of its template.
    """

    by: str
    number: str | None = None
    client: Client | None = None
    received: str = ""
    outside_scope: bool = False


def issue_report(
    record: Record,
    evaluation: str,
    folder: Path | Callable[[str], Path],
    language: str,
    template: LaboratoryTemplate,
    request: IssueRequest,
) -> tuple[Issue, Path]:
    """Give the report of an evaluation a number, enter it in the record, and write the files; return it and the PDF's path.

    `folder` may be made from the number; it is made before the number is given, so that a report has a place to go to.
    A report that was issued before is replaced, and the new one says so. InputError for an evaluation that cannot be
    signed: a simulated one, or one that can be gone on with.
    """
    content = content_from_record(record, evaluation, procedures=InstalledProcedureWords(), letterhead=template.letterhead)
    _refuse(content)
    earlier = issues(record.events(evaluation))
    with open_register(template) as register:
        at = wall_now()
        number = register.next(at.date()) if request.number is None else request.number
        register.refuse(number)
        into = folder if isinstance(folder, Path) else folder(number)
        make_folder(into)
        issue = Issue(
            number=number,
            by=" ".join(request.by.split()) or "unknown",
            at=at,
            client=request.client or template.client,
            received=request.received,
            replaces=earlier[-1].number if earlier else "",
            outside_scope=request.outside_scope,
            language=language,
            head=record.head(evaluation),
            content=content_digest(content),
        )
        content = replace(content, issue=issue, issued=at, record_head=issue.head, outdated="")
        report = render_pdf(content, Language(language))
        issue = replace(issue, file=hashlib.sha256(report).hexdigest())
        register.enter(number, evaluation, issue.by, at)
        moment = record.last_bench_time(evaluation)
        record.event(evaluation, None, ISSUE_EVENT, issue.sentence(), bench_time=moment, at=at)
    _, path = write_files(content, report, into)
    return issue, path


def _refuse(content: ReportContent) -> None:
    if content.simulated:
        raise InputError(
            f"evaluation {content.identifier} was made with simulated instruments: its report cannot be issued and gets no "
            "number; leave --number out"
        )
    if not content.final:
        raise InputError(
            f"evaluation {content.identifier} was interrupted and can be gone on with: its report cannot be issued yet; "
            f"`testbench resume {content.identifier}` goes on with it, `testbench close {content.identifier}` ends it"
        )
