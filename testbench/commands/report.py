"""`testbench report`: the report of a recorded evaluation, written again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from testbench.commands.laboratory import add_laboratory, chosen_laboratory
from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.record.store import Record
    from testbench.report.laboratory import LaboratoryTemplate

DESCRIPTION = """\
Writes report.pdf and evaluation.json of an evaluation from its record; no instrument is needed.

  testbench report --record result/record.sqlite --output result --language zh
  testbench report --record result/record.sqlite --list

With --number it is issued: it gets a number that no other report has, and the record keeps who issued it, when and for whom.
A report that was issued is written again as it was issued; issued anew it replaces the earlier one, and says so. The head of
the report, the scheme of the numbers and the usual client come from the laboratory's template (`testbench laboratory`).

  testbench report --record result/record.sqlite --number next --client "Maker A" --received "2026-03-02, intact"
"""

LAST = "last"
NEXT = "next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="the record (record.sqlite)")
    parser.add_argument("--evaluation", metavar="ID", help="identifier of the evaluation, or a part of it (the last one)")
    parser.add_argument("--list", action="store_true", help="list the evaluations of the record")
    parser.add_argument("--output", type=Path, default=Path("result"), metavar="DIR", help="folder for the files (result)")
    parser.add_argument("--number", metavar="N", help="issue it under this number; `next` takes the next of the laboratory")
    parser.add_argument("--client", metavar="NAME", help="who ordered it (that of the template)")
    parser.add_argument("--client-address", metavar="TEXT", default="", help="address of --client")
    parser.add_argument("--client-contact", metavar="TEXT", default="", help="contact of --client")
    parser.add_argument("--received", metavar="TEXT", default="", help="receipt of the samples: when, in which state")
    parser.add_argument(
        "--outside-scope", action="store_true", help="it lies outside the scope of the accreditation: no mark is printed"
    )
    parser.add_argument("--by", metavar="NAME", help="who issues it (this user)")
    add_laboratory(parser)
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, or list the evaluations."""
    from testbench.errors import InputError
    from testbench.office.result_files import make_folder, write_results
    from testbench.record.store import Record

    with Record.open(arguments.record) as record:
        evaluations = record.evaluations()
        if not evaluations:
            raise InputError(f"record {arguments.record} holds no evaluation")
        if arguments.list:
            for row in evaluations:
                outcome = row.outcome.value if row.outcome is not None else "not finished"
                print(f"{row.identifier}  {row.start.standard or '–'}  {row.start.started:%Y-%m-%d %H:%M}  {outcome}")
            return 0
        identifier = _chosen([row.identifier for row in evaluations], arguments.evaluation or LAST)
        make_folder(arguments.output)
        template = chosen_laboratory(arguments)
        if arguments.number is None:
            _refuse_details(arguments)
            _, report = write_results(record, identifier, arguments.output, arguments.language, template)
        else:
            report = _issued(arguments, record, identifier, template)
    print(report)
    return 0


def _issued(arguments: argparse.Namespace, record: Record, evaluation: str, template: LaboratoryTemplate | None) -> Path:
    """Issue it under a number; return the path of the report."""
    from testbench.engine.person import present_person
    from testbench.errors import InputError
    from testbench.office.issuing import IssueRequest, issue_report
    from testbench.report.letterhead import Client

    if template is None:
        raise InputError("a report is numbered by the laboratory's template; `testbench laboratory new` makes one")
    name, address, contact = arguments.client, arguments.client_address, arguments.client_contact
    if name is None and (address or contact):
        raise InputError("--client-address and --client-contact belong to --client; give its NAME too")
    request = IssueRequest(
        by=arguments.by or present_person(),
        number=None if arguments.number == NEXT else arguments.number,
        client=None if name is None else Client(name, address, contact),
        received=arguments.received,
        outside_scope=arguments.outside_scope,
    )
    issue, report = issue_report(record, evaluation, arguments.output, arguments.language, template, request)
    print(f"{evaluation}: report {issue.number} issued" + (f", replaces {issue.replaces}" if issue.replaces else ""))
    return report


def _refuse_details(arguments: argparse.Namespace) -> None:
    """What belongs to an issued report is kept with its number only."""
    from testbench.errors import InputError

    given = [
        option
        for option in ("client", "client_address", "client_contact", "received", "outside_scope", "by")
        if getattr(arguments, option)
    ]
    if given:
        names = ", ".join(f"--{option.replace('_', '-')}" for option in given)
        raise InputError(f"{names}: kept with an issued report only; add --number next, or leave it out")


def _chosen(identifiers: list[str], part: str) -> str:
    """The evaluation that is meant; InputError for none, or several."""
    from testbench.errors import InputError

    if part == LAST:
        return identifiers[-1]
    found = [name for name in identifiers if part.casefold() in name.casefold()]
    if len(found) != 1:
        there = "; ".join(found) if found else "none of them has it in its name"
        raise InputError(f"--evaluation {part!r} must name one evaluation of the record: {there} (`--list` lists all)")
    return found[0]
