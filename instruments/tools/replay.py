"""`testbench instruments replay`: whether the installed driver still says and reads what a recorded dialogue holds."""

from __future__ import annotations

import argparse
from pathlib import Path

from instruments.tools.dialogue import Kind, read
from instruments.tools.replaying import replay

DESCRIPTION = """\
Plays the answers of a dialogue that `testbench instruments trace --output FILE` kept, to the installed driver. Every
byte that the driver says must be the recorded one, and it must make the same readings of the answers; else the first
difference is shown, and the exit status is 1. Needs no instrument.

  testbench instruments replay A.trace
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument("file", type=Path, nargs="+", help="files that `testbench instruments trace` wrote")


def run(arguments: argparse.Namespace) -> int:
    """Replay all; the exit status says whether one differs."""
    differ = False
    for path in arguments.file:
        head, recorded = read(path)
        difference = replay(head, recorded)
        differ |= bool(difference)
        questions = len(recorded.of(Kind.SENT))
        print(f"{path}: driver {head.driver}: {difference or f'{questions} questions and all results as recorded'}")
    return int(differ)
