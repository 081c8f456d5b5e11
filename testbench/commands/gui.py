"""`testbench gui`: opens the window."""

from __future__ import annotations

import argparse
from importlib.metadata import entry_points
from pathlib import Path

DESCRIPTION = """\
Opens the window: the bench, new evaluations, runs, results, registers and settings, in Chinese or English. It reads the
records and starts and steers evaluations as the other commands do; closing it ends no evaluation.

  testbench gui
  testbench gui --record result/record.sqlite --language zh
"""
GROUP = "testbench.applications"
OURS = ("gui", "testbench", "instruments", "procedures")
PAGES = ("bench", "new", "run", "results", "registers", "standards", "settings")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--record", type=Path, action="append", default=[], metavar="FILE", help="watch this record too")
    parser.add_argument("--station", type=Path, action="append", default=[], metavar="FILE", help="know this station too")
    parser.add_argument("--page", choices=PAGES, help="the screen to begin with (the last one)")
    parser.add_argument("--language", choices=("zh", "en"), help="language of the window (the last one)")
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="its colours (the last ones)")
    parser.add_argument("--quit-when-shown", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Open the window and wait until it is closed."""
    from testbench.errors import InputError

    for point in entry_points(group=GROUP, name="gui"):
        try:
            return int(point.load()(arguments))
        except ImportError as error:
            if (error.name or "").partition(".")[0] in OURS:
                raise
            raise InputError(
                f"the window cannot be opened: {error}; install what it needs with `make gui`, or "
                "`pip install 'testbench[gui]'`"
            ) from error
    raise InputError("no window is installed; install testbench anew")
