"""`testbench gui`, `python -m gui`: opens the window, or says what it lacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; return the exit status."""
    from gui.surroundings import obstacle

    if why := obstacle():
        print(f"testbench: {why}", file=sys.stderr)
        return 1
    from gui.application import parse, run

    return run(parse(arguments))


if __name__ == "__main__":
    sys.exit(main())
