"""A station file as text: what is wrong with it, and in which line. No Qt here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testbench.engine.assembly import assemble, shared_range
from testbench.engine.interlocks import watched
from testbench.engine.registry import check_truth
from testbench.errors import InputError, TestbenchError
from testbench.station import parse_station
from testbench.whole_file import write_whole

_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_AT_END = "(at end of document)"
_TABLE = re.compile(r"\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]?\]\s*(#.*)?$")
_KEY = re.compile(r"\s*(?P<name>[\w\"'.\-]+)\s*=")
_PATH = re.compile(r"[A-Za-z][\w-]*(?:\.[\w-]+)+|(?:^|(?<=[:;\] ]))[a-z]\w*(?=[:.])")


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a text: nothing wrong (`error` empty), or what, and the line (from 1) where it can be told.

    `simulated` and `devices` are known where the text could be read.
    """

    error: str = ""
    line: int | None = None
    simulated: bool | None = None
    devices: tuple[str, ...] = ()


def check(text: str, path: Path) -> Checked:
    """Check everything that can be checked without touching an instrument."""

    def wrong(error: TestbenchError, simulated: bool | None = None) -> Checked:
        words = str(error).removeprefix(f"station file {path}").removeprefix(":").strip()
        return Checked(words, line_of(text, words), simulated)

    try:
        file = parse_station(text, path)
    except TestbenchError as error:
        return wrong(error)
    simulated = file.station.simulated
    try:
        equipment = assemble(file)
        shared_range(equipment)
        check_truth(file)
        watched(file.station.interlocks, equipment, devices=file.station.devices)
    except TestbenchError as error:
        return wrong(error, simulated)
    return Checked(simulated=simulated, devices=tuple(device.name for device in equipment.devices))


def line_of(text: str, error: str) -> int | None:
    """The line (from 1) that an error is about: as the reader of TOML says it, else of the table or key that it names."""
    lines = text.splitlines()
    if found := _TOML_PLACE.search(error):
        return min(int(found[1]), max(1, len(lines)))
    if _AT_END in error:
        return max(1, len(lines))
    places = _places(lines)
    best: tuple[int, int] | None = None
    for named in _PATH.findall(error):
        parts = tuple(named.split("."))
        for length in range(len(parts), 0, -1):
            line = places.get(parts[:length])
            if line is not None and (best is None or length > best[0]):
                best = (length, line)
                break
    if best is not None:
        return best[1]
    quoted = [name for name in re.findall(r"'([^']+)'", error) if name]
    for name in quoted:
        for number, line_text in enumerate(lines, 1):
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line_text.split("#")[0]):
                return number
    return None


def _places(lines: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Every table and key by its full name, with its line."""
    places: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        if found := _TABLE.match(line):
            table = _parts(found["name"])
            for length in range(1, len(table) + 1):
                places.setdefault(table[:length], number)
        elif found := _KEY.match(line):
            places.setdefault((*table, *_parts(found["name"])), number)
    return places


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def read(path: Path) -> str:
    """The text of a station file; InputError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"station file {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"station file {path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


class ChangedOutsideError(InputError):
    """The file is not what it was when it was opened; `text` is what stands there now."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(f"station file {path} was changed by another program since it was opened here")
        self.text = text


def write(path: Path, text: str, before: str | None) -> None:
    """Write a station file; ChangedOutsideError where it does not hold `before` any more (None: write it all the same)."""
    if before is not None and path.is_file() and (now := read(path)) != before:
        raise ChangedOutsideError(path, now)
    try:
        write_whole(path, text)
    except OSError as error:
        raise InputError(
            f"station file {path} cannot be written: {error.strerror or error}; choose another folder"
        ) from error
