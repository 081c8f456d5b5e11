"""The register of report numbers beside a laboratory's template: a number is given once, whoever asks at the same moment.

One line of JSON a number that was given: the number, for which evaluation, by whom, when. Lines are only added.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path

from testbench.engine.clock import MACHINE, monotonic
from testbench.engine.file_lock import FileLock, HeldError
from testbench.errors import InputError
from testbench.report.laboratory import LaboratoryTemplate

WAIT_S = 20.0  # another report that is being issued takes a few seconds
BETWEEN_S = 0.2
RIGHTS = 0o664


class NumberRegister:
    """The numbers given so far; it is locked while one is being given (`open_register`)."""

    def __init__(self, template: LaboratoryTemplate) -> None:
        self._template = template
        self.path = register_path(template.path)
        self.given = _read(self.path)

    def next(self, day: dt.date) -> str:
        """The next number of the laboratory's scheme."""
        return self._template.scheme.next(self.given, day, self._template.file.report.number_from)

    def refuse(self, number: str) -> None:
        """InputError for a number that is none, or was given before."""
        if not number or len(number) > 60 or not number.isprintable() or any(map(str.isspace, number)):
            raise InputError(f"report number {number!r}: a number has 1 to 60 characters and no blanks")
        if number in self.given:
            raise InputError(
                f"report number {number} was given before, for evaluation {self.given[number]} ({self.path}); take another, "
                "or `--number next`"
            )

    def enter(self, number: str, evaluation: str, by: str, at: dt.datetime) -> None:
        """Give a number; it is on the disk when this returns, InputError where it cannot be."""
        line = json.dumps({"number": number, "evaluation": evaluation, "by": by, "at": at.isoformat()}, ensure_ascii=False)
        try:
            with self.path.open("ab") as file:
                if file.tell() and not self.path.read_bytes().endswith(b"\n"):  # a line that a power cut has broken off
                    file.write(b"\n")
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"the register of report numbers {self.path} cannot be written: {error.strerror}") from error
        self.given = {**self.given, number: evaluation}


def register_path(template: Path) -> Path:
    """The register that belongs to a template's file."""
    return template.with_name(f"{template.stem}-numbers.jsonl")


def next_number(template: LaboratoryTemplate, day: dt.date) -> str:
    """The number that the next report would get; another person may take it first."""
    return NumberRegister(template).next(day)


@contextlib.contextmanager
def open_register(template: LaboratoryTemplate) -> Iterator[NumberRegister]:
    """Have the register alone; InputError where somebody else has it for long, or it cannot be read."""
    place = register_path(template.path).with_suffix(".lock")
    deadline = monotonic() + WAIT_S
    while True:
        try:
            lock = FileLock(place, "", mode=RIGHTS)
            break
        except HeldError as error:
            if monotonic() > deadline:
                raise InputError(f"another report is being numbered ({place}); try again in a moment") from error
            MACHINE.pause(BETWEEN_S)
        except OSError as error:
            raise InputError(f"{place} cannot be written: {error.strerror}; the report numbers are kept there") from error
    try:
        yield NumberRegister(template)
    finally:
        lock.release()


def _read(path: Path) -> dict[str, str]:
    """Every number with its evaluation; a line that a power cut has broken off counts for nothing."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"the register of report numbers {path} cannot be read: {error.strerror}") from error
    given = {}
    for line in lines:
        try:
            entry = json.loads(line)
            given[str(entry["number"])] = str(entry["evaluation"])
        except (ValueError, KeyError, TypeError):
            continue
    return given
