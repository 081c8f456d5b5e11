"""Errors that speak to the person: what was asked, where, what came back, what to do.

Every error a user can cause or meet derives from `TestbenchError`; the command line prints its text on one line and ends
with `exit_status`. Anything else that escapes is a defect of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class TestbenchError(Exception):
    """Base of all errors shown to a user; the text names what, where and what to do."""

    __test__ = False  # the name begins with "Test"; it is no test
    exit_status = 1


class InputError(TestbenchError):
    """A file, option or value that a person gave cannot be used."""

    exit_status = 2


class StationError(InputError):
    """The station file is wrong or lacks something that is needed."""


class StandardError(InputError):
    """A standard's criteria file is missing or wrong."""


class UnsuppliableError(InputError):
    """A gas content that the divider cannot make."""


class InstrumentError(TestbenchError):
    """An instrument did not answer, answered wrongly, or refused."""

    exit_status = 3


class LeakError(InstrumentError):
    """The gas line leaks: a person must tighten it; trying again is useless."""


class RecordError(TestbenchError):
    """The record cannot be written or read (full disk, network path, foreign file)."""

    exit_status = 4


class RecordFullError(RecordError):
    """There is no room for the record: when there is again, writing can go on."""


class ReplayError(RecordError):
    """A replay left the recorded path; the text names the first step that differs."""


class AbortedError(TestbenchError):
    """The run was aborted; every further call on the bench raises this."""

    exit_status = 5


class EndedError(AbortedError):
    """The program was asked to end from outside (the system shuts down, the terminal was closed): the run can be resumed."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Say which names there are, the nearest first where one is near."""
    import difflib

    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    listing = ", ".join(names) or "none are installed"
    return (f"did you mean {near[0]!r}? " if near else "") + f"there are: {listing}"


def explain(error: ValidationError) -> str:
    """Say in one line which keys are wrong and why; entries of a list are counted from 1."""
    problems = []
    for item in error.errors():
        place = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in item["loc"]).lstrip(".")
        message = {"extra_forbidden": "no such key", "missing": "is missing"}.get(
            item["type"], item["msg"].removeprefix("Value error, ")
        )
        problems.append(f"{place or 'the whole'}: {message}")
    return "; ".join(problems)
