"""`testbench gui`: opens the window."""

from __future__ import annotations

import argparse
from importlib.metadata import entry_points

DESCRIPTION = """\
Opens the window: the bench, new evaluations, runs, results, registers and settings, in Chinese or English. It reads the
records and starts and steers evaluations as the other commands do; closing it ends no evaluation.

  testbench gui
  testbench gui --record result/record.sqlite --language zh
"""
GROUP = "testbench.applications"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whatever the window takes."""
    parser.add_argument("options", nargs=argparse.REMAINDER, help="`testbench gui -- --help` lists them")


def run(arguments: argparse.Namespace) -> int:
    """Open the window and wait until it is closed."""
    from testbench.errors import InputError

    words = [word for word in arguments.words if word != "--"]
    for point in entry_points(group=GROUP, name="gui"):
        try:
            main = point.load()
            return int(main(words[words.index("gui") + 1 :]))
        except ImportError as error:
            raise InputError(
                f"the window cannot be opened: {error}; install what it needs with `make gui`, or "
                "`pip install 'testbench[gui]'`"
            ) from error
    raise InputError("no window is installed; install testbench anew")
