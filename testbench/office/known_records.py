"""The records that this user used lately, so that an evaluation is found by its name alone.

A small list in the user's state folder (or in that of the environment variable TESTBENCH_STATE_DIR); without it everything
works with --record.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from testbench.state_folder import state_folder

KEPT = 100


def remember(record: Path) -> None:
    """Put a record at the head of the list; where the list cannot be written, --record must be given later."""
    path = str(record.absolute())
    entries = [path, *(str(known) for known in known_records() if str(known) != path)][:KEPT]
    _keep(entries)


def known_records() -> list[Path]:
    """The records of the list that are still there, the one used last first."""
    try:
        entries = json.loads(_list().read_text(encoding="utf-8"))["records"]
        return [path for path in map(Path, entries) if path.is_file()]
    except (OSError, ValueError, KeyError, TypeError):  # no list yet, or not one of ours
        return []


def forget(record: Path) -> None:
    """Take a record off the list; the file stays."""
    _keep([str(known) for known in known_records() if known.absolute() != record.absolute()])


def _keep(entries: list[str]) -> None:
    with contextlib.suppress(OSError):
        place = _list()
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=place.stem)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({"records": entries}, stream, ensure_ascii=False, indent=1)
        Path(temporary).replace(place)


def _list() -> Path:
    return state_folder() / "records.json"
