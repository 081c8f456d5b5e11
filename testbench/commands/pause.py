"""`testbench pause`: have a running evaluation pause."""

from __future__ import annotations

import argparse

from testbench.commands.choose_run import add_run, chosen

DESCRIPTION = """\
Has a running evaluation pause at the next safe point: when its present step has ended. With --at-once the step is cut and
attempted again afterwards. While it is paused the bench is in its quiet state (zero gas at a low flow, fan stopped);
`testbench resume` sets the gas anew and waits until it is stable before it goes on.

  testbench pause last --reason "cylinder is changed"
  testbench pause 4f2a --at-once
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--at-once", action="store_true", help="cut the present step instead of waiting for its end")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the record")


def run(arguments: argparse.Namespace) -> int:
    """Give the command."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import give
        from testbench.record.model import CommandKind

        return give(found, CommandKind.PAUSE, {"at_once": arguments.at_once, "reason": arguments.reason})
