"""`testbench report`: the report of a recorded evaluation, written again."""

from __future__ import annotations

import argparse
from pathlib import Path

from testbench.commands.options import add_language

DESCRIPTION = """\
Writes report.pdf and evaluation.json of an evaluation from its record; no instrument is needed.

  testbench report --record result/record.sqlite --output result --language zh
  testbench report --record result/record.sqlite --list
"""

LAST = "last"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="the record (record.sqlite)")
    parser.add_argument("--evaluation", metavar="ID", help="identifier of the evaluation, or a part of it (the last one)")
    parser.add_argument("--list", action="store_true", help="list the evaluations of the record")
    parser.add_argument("--output", type=Path, default=Path("result"), metavar="DIR", help="folder for the files (result)")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, or list the evaluations."""
    from testbench.commands.result_files import make_folder, write_results
    from testbench.errors import InputError
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
        _, report = write_results(record, identifier, arguments.output, arguments.language)
    print(report)
    return 0


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
