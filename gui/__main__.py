"""`python -m gui`, as `testbench gui`: opens the window, or says what it lacks."""

from __future__ import annotations

import argparse
import sys

from testbench.commands.gui import DESCRIPTION, add_arguments
from testbench.errors import InputError, TestbenchError


def main() -> int:
    """Read the command line and open the window; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="testbench gui", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    try:
        return open_window(parser.parse_args())
    except TestbenchError as error:
        print(f"testbench: {error}", file=sys.stderr)
        return error.exit_status


def open_window(arguments: argparse.Namespace) -> int:
    """Open the window and wait until it is closed; InputError where this machine cannot show one."""
    from gui.surroundings import obstacle

    if why := obstacle():
        raise InputError(why)
    from gui.application import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
