"""A recorded dialogue with one instrument: a text file that people read, and that replays as a test of its driver.

    testbench dialogue 1
    driver = "alicat"
    ...                                   what the driver was built with, as TOML
    ---
        0.000131  >  41 0D                'A\\r'
        0.000474  <  41 20 2B … 0D        'A +014.70 …'
        0.000522  =  mfc-co2.flow 2.004 L/min VALID

Behind `---` stands one line for each question (`>`), for each answer (`<`, joined where it came in pieces) and for what the
driver made of them (`=`), with the real time since the session began, s. Bytes are hexadecimal; the text behind them only
helps people.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ConfigDict, ValidationError

from instruments.transport import show
from testbench.engine.roles import Direction, Identity, Sample
from testbench.errors import InputError, explain

TITLE = "testbench dialogue"
VERSION = 1
_LINE = re.compile(r"\s*(?P<at>\d+\.\d+)  (?P<kind>[<>=])  (?P<rest>.*)")
_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2}(?: |$))+")


class Kind(StrEnum):
    """What a line holds."""

    SENT = ">"
    RECEIVED = "<"
    MADE = "="


class Head(BaseModel):
    """The head of a file: driver, name, resource and date, how many readings were taken, the keys of its table.

    `cylinders` are those of the station where the driver is built with them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    driver: str
    instrument: str
    resource: str
    recorded: dt.datetime
    simulated: bool
    readings: int
    table: dict[str, Any]
    cylinders: dict[str, Any] = {}


@dataclass(slots=True)
class Entry:
    """One line: real time since the session began (s), and bytes, or what was made of them in words."""

    kind: Kind
    at: float
    data: bytes = b""
    words: str = ""

    def __str__(self) -> str:
        return f"{self.at:12.6f}  {self.kind}  {self.words if self.kind is Kind.MADE else told(self.data)}"


@dataclass(slots=True)
class Dialogue:
    """Lines in the order in which they came, an answer in pieces as one; `readings` counts those that are complete."""

    entries: list[Entry] = field(default_factory=list)
    readings: int = 0

    def hear(self, direction: Direction, at: float, data: bytes) -> None:
        """Keep bytes."""
        kind = Kind.SENT if direction is Direction.SENT else Kind.RECEIVED
        if self.entries and self.entries[-1].kind is kind is Kind.RECEIVED:
            self.entries[-1].data += data
        else:
            self.entries.append(Entry(kind, at, bytes(data)))

    def made(self, at: float, words: str) -> None:
        """Keep what the driver made of an answer."""
        self.entries.append(Entry(Kind.MADE, at, words=words))

    def of(self, kind: Kind) -> list[Entry]:
        """The lines of one kind."""
        return [entry for entry in self.entries if entry.kind is kind]


def told(data: bytes) -> str:
    """Bytes in hexadecimal, and beside them as text where they are mostly that."""
    text = show(data)
    legible = text.startswith(("'", '"'))
    return f"{data.hex(' ').upper()}  {text}" if legible else data.hex(" ").upper()


def identity_in_words(identity: Identity) -> str:
    """What an instrument says of itself."""
    says = " ".join(filter(None, (identity.maker, identity.model, identity.serial, identity.firmware)))
    return f"identity: {says}" if says else "answers"


def sample_in_words(channel: str, unit: str, sample: Sample) -> str:
    """A reading: channel, value, unit, status, and the raw text where there is one."""
    raw = f" {sample.raw}" if sample.raw else ""
    return f"{channel} {sample.value!r} {unit} {sample.status.name}{raw}"


def write(path: Path, head: Head, dialogue: Dialogue) -> None:
    """Write a file; raise InputError where that is not possible."""
    document = tomlkit.dumps(head.model_dump(mode="python", exclude_defaults=True))
    lines = [f"{TITLE} {VERSION}", document.rstrip(), "---", *map(str, dialogue.entries), ""]
    try:
        path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose another with --output") from error


def read(path: Path) -> tuple[Head, Dialogue]:
    """Read a file; raise InputError naming file, line and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read ({error}); is it a file that `testbench instruments trace` wrote?"
        ) from error
    first, _, rest = text.partition("\n")
    if first.strip() != f"{TITLE} {VERSION}":
        raise InputError(f"{path}: line 1: no dialogue of version {VERSION}: {first[:40]!r}")
    document, separator, body = rest.partition("\n---\n")
    if not separator:
        raise InputError(f"{path}: no line '---' between head and dialogue")
    try:
        head = Head.model_validate(tomllib.loads(document))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: head: {error}") from error
    except ValidationError as error:
        raise InputError(f"{path}: head: {explain(error)}") from error
    before = 2 + len(document.split("\n"))
    return head, Dialogue(list(_entries(path, body.split("\n"), before)))


def _entries(path: Path, lines: Iterable[str], before: int) -> Iterable[Entry]:
    for number, line in enumerate(lines, start=before + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise InputError(f"{path}: line {number}: no time and one of '>', '<', '=': {line[:60]!r}")
        kind, at = Kind(found["kind"]), float(found["at"])
        if kind is Kind.MADE:
            yield Entry(kind, at, words=found["rest"].strip())
            continue
        shown = _BYTES.match(found["rest"] + " ")
        if shown is None:
            raise InputError(f"{path}: line {number}: no bytes in hexadecimal: {line[:60]!r}")
        yield Entry(kind, at, bytes.fromhex(shown.group()))


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of a table as TOML has them: without those that are not set, keys as text."""
    return {
        str(key): plain(value) if isinstance(value, dict) else value for key, value in values.items() if value is not None
    }
