"""`testbench score`: score test data measured elsewhere against a standard."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from testbench.commands.options import add_language, add_standards

DESCRIPTION = """\
Scores recorded test data without a bench. The file is comma-separated, one row an injection, a reading or a run in the order
of time; `#` starts a comment. What it holds is told from its columns, for example:

  linearity                test,parameter,unit,span,level,reference,measured        level: low, mid, high
  calibration error        test,parameter,unit,span,date,level,reference,measured   level: zero, upscale
  relative accuracy audit  test,parameter,unit,run,used,cems,reference              used: 1, or 0 for a discarded run

`testbench score --columns` lists all kinds of data with their columns. A value is rounded as the standard says and then
compared; of a level with more injections than the standard asks for, the last ones count. Where the file states an expanded
uncertainty, the standard's decision rule weighs it. A parameter that the standard does not know is computed, and its verdict
is inconclusive.

example:
  testbench score linearity.csv --standard epa-part75
  testbench score linearity.csv --standard epa-part75 --language zh
  testbench score linearity.csv --standard epa-part75 --json > scored.json
  testbench score --columns
  testbench score --columns drift

exit status: 0 scored, whatever the verdicts; 2 the file, the standard or an option is wrong (one line says where).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, --standard, --json, --columns and --language."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="test data, comma-separated (CSV, UTF-8)")
    add_standards(parser, required=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object with every value at full precision")
    parser.add_argument(
        "--columns",
        nargs="?",
        const="",
        metavar="KIND",
        help="print the columns of every kind of data, or what each column of one kind holds",
    )
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read, score, print."""
    if arguments.columns is not None:
        from testbench.commands.score_columns import print_columns
        from testbench.commands.terminal import Terminal

        print_columns(Terminal(), arguments.columns, arguments.language, as_json=arguments.json)
        return 0
    from testbench.errors import InputError

    if arguments.file is None:
        raise InputError(
            "which file? `testbench score FILE --standard NAME`; `testbench score --columns` lists what it may hold"
        )
    if not arguments.standard:
        raise InputError("by which standard? add --standard NAME; `testbench standards` lists them")
    return _score(arguments)


def _score(arguments: argparse.Namespace) -> int:
    from testbench.criteria.recorded import read_recorded, score_recorded
    from testbench.criteria.standard import load_standard
    from testbench.errors import InputError

    standards = [load_standard(name) for name in arguments.standard]
    for number, standard in enumerate(standards):
        if standard.name in {other.name for other in standards[:number]}:
            raise InputError(f"standard {standard.name} is named twice; leave one")
    recorded = read_recorded(arguments.file)
    scored = [(standard.name, score_recorded(recorded, standard)) for standard in standards]
    if arguments.json:
        objects = [{"standard": name, "results": [result.to_json() for result in results]} for name, results in scored]
        print(json.dumps(objects[0] if len(objects) == 1 else {"standards": objects}, indent=2, allow_nan=False))
        return 0
    from testbench.commands.score_printing import ScorePrinter
    from testbench.commands.terminal import Terminal

    for standard, (_, results) in zip(standards, scored, strict=True):
        ScorePrinter(Terminal(), arguments.language, standard).print(results)
    return 0
