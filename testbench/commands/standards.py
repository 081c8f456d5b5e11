"""`testbench standards`: list, show and check standards; copy, confirm and lock the laboratory's own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal

DESCRIPTION = """\
Lists the standards that evaluations and test data can be judged by, with the number of criteria and how many of their
figures are provisional (not yet read in the standard's own text). `show` prints one with suite, limits, clauses and what
each figure is worth: read in the standard, or provisional (from a secondary source, recalled from memory with a confidence
in percent, recomputed). A criteria file is given by its path, too.

A laboratory copies a standard, changes the copy, confirms figures that it has read in the standard's own text, and locks
the file; a locked file that is changed is refused, and new-version makes one that can be changed. The copies are files of
a folder (environment variable TESTBENCH_STANDARDS), found by name wherever a standard is asked for; NAME@1 is version 1.
`check` tells every flaw of a criteria file: tiers that overlap or leave gaps, limits without unit, unknown characteristics,
procedures and settings, alternatives that are never reached.

example:
  testbench standards
  testbench standards show hj76-2017       (or just: testbench standards hj76-2017)
  testbench standards copy hj76-2017 --as our-hj76
  testbench standards confirm our-hj76 --criterion linearity_error --by "Li Wei" --edition "HJ 76-2017, page 12"
  testbench standards confirm our-hj76 --criterion repeatability --limit 2.5 --by "Li Wei" --edition "HJ 76-2017, page 13"
  testbench standards check our-hj76
  testbench standards lock our-hj76 --by "Li Wei"
  testbench standards new-version our-hj76

exit status: 0 done; 2 the standard, an option or the file is wrong, or `check` found errors.
"""
ACTIONS = ("list", "show", "check", "copy", "confirm", "lock", "new-version")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the action, NAME, and what confirming needs."""
    parser.add_argument(
        "action", nargs="?", metavar="|".join(ACTIONS), default="list", help="what to do (list the standards)"
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the standard: a name, or a criteria file (.toml)")
    parser.add_argument("--as", dest="new", metavar="NEW", help="copy: the name of the copy (NAME-own)")
    parser.add_argument("--criterion", metavar="CHARACTERISTIC", help="confirm: whose limit, such as linearity_error")
    parser.add_argument("--measurand", metavar="M", help="confirm: the criterion for this measurand")
    parser.add_argument("--unit", metavar="U", help="confirm: the criterion for data in this unit")
    parser.add_argument("--tier", type=int, metavar="N", help="confirm: the tier, counted from 1")
    parser.add_argument("--alternative", type=int, metavar="N", help="confirm: the alternative, counted from 1")
    parser.add_argument("--by", metavar="PERSON", help="confirm, lock: who does it")
    parser.add_argument("--edition", metavar="TEXT", help='confirm: where it was read, "HJ 76-2017, page 12"')
    parser.add_argument("--limit", metavar="X", help="confirm: the figure that stands there, where the file has another")
    parser.add_argument("--json", action="store_true", help="check: print the flaws as one JSON object")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked."""
    from testbench.commands.terminal import Terminal
    from testbench.criteria.standard import list_standards
    from testbench.errors import InputError

    terminal = Terminal()
    if arguments.action not in ACTIONS and arguments.name is None:
        arguments.action, arguments.name = "show", arguments.action  # `testbench standards NAME`
    if arguments.action not in ACTIONS:
        raise InputError(f"`testbench standards`: {arguments.action!r} is none of {', '.join(ACTIONS)}")
    if arguments.action == "list":
        if arguments.name is not None:
            raise InputError(
                f"`testbench standards list` takes no name; did you mean `testbench standards show {arguments.name}`?"
            )
        return _list(terminal, arguments.language)
    if arguments.name is None:
        raise InputError(
            f"which standard? `testbench standards {arguments.action} NAME`, with NAME one of {', '.join(list_standards())}"
        )
    if arguments.action == "show":
        from testbench.commands.standards_printing import StandardsPrinter
        from testbench.criteria.standard import load_standard

        StandardsPrinter(terminal, arguments.language).show(load_standard(arguments.name))
        return 0
    from testbench.commands import standards_own

    return standards_own.run(terminal, arguments)


def _list(terminal: Terminal, language: str) -> int:
    """All standards; one of the laboratory that cannot be read is named, and the others are shown."""
    from testbench.commands.standards_printing import StandardsPrinter
    from testbench.criteria.folder import own_standards
    from testbench.criteria.standard import list_standards, load_standard
    from testbench.errors import StandardError

    standards, faults = [], []
    for name in list_standards():
        try:
            standards.append(load_standard(name))
        except StandardError as error:
            faults.append(error)
    StandardsPrinter(terminal, language).overview(standards, own_standards())
    for fault in faults:
        terminal.line(str(fault), style="bold red")
    return 2 if faults else 0
