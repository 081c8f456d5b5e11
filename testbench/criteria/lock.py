"""The lock of a criteria file: its last table, with the SHA-256 of all the text before it.

    [lock]
    by = "Li Wei"
    at = 2026-11-23T14:05:00+08:00
    sha256 = "…"

A locked file that was changed is refused wherever it is read; a change needs a new version.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib

from testbench.criteria.standard import Lock
from testbench.errors import StandardError

_MARK = "\n[lock]\n"


def locked_text(text: str, by: str, at: dt.datetime) -> str:
    """The text of a criteria file with a lock."""
    body = text if text.endswith("\n") else f"{text}\n"
    when = at.isoformat(timespec="seconds")
    return f'{body}{_MARK}by = {json.dumps(by, ensure_ascii=False)}\nat = {when}\nsha256 = "{_digest(body)}"\n'


def unlocked_text(text: str) -> str:
    """The text without its lock; as it is where it has none."""
    body, mark, _ = text.rpartition(_MARK)
    return body if mark else text


def check_lock(lock: Lock, text: str, name: str, source: str) -> None:
    """Raise StandardError where the text is not the one that was locked."""
    body, mark, table = text.rpartition(_MARK)
    if mark and _digest(body) == lock.sha256 and set(tomllib.loads(table)) == {"by", "at", "sha256"}:
        return
    raise StandardError(
        f"criteria file {source}: was locked by {lock.by} on {lock.at:%Y-%m-%d} and was changed since; put the locked text "
        f"back (it is kept in the folder `versions`), or make the change a version of its own: "
        f"`testbench standards new-version {name}`"
    )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
