"""Text files that are never seen half written: the text is whole before it bears its name."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line ends as given) in one go, in place of one that may be there.

    OSError where it cannot be written; the file that was there then stays as it was, and nothing else is left behind.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
