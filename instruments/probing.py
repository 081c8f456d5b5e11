"""What is safe to ask of an instrument that nobody knows yet, offered by the drivers: `testbench instruments identify`.

A driver class may have a class method `probes`: questions that change nothing whatever instrument hears them, each with a
function that tells the answers of its own instruments from others. A probe never sets anything.

    class OurAnalyser:
        @classmethod
        def probes(cls) -> Iterable[Probe]:
            yield Probe(b"WHO\\r", _recognise, SerialSettings(9600))

    def _recognise(answer: bytes) -> Found | None:
        return Found(Identity("Our works", "OA-1")) if answer.startswith(b"OA-1") else None
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any, Protocol, runtime_checkable

from instruments.session import SerialSettings
from testbench.engine.roles import Identity

SCPI_IDENTITY = b"*IDN?\n"


class Medium(Flag):
    """What carries a question: a serial line, a TCP connection, or a session of whole messages (VXI-11, USB, GPIB)."""

    SERIAL = auto()
    SOCKET = auto()
    MESSAGES = auto()
    BYTES = SERIAL | SOCKET


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer tells: who answered, and the keys of the station file that follow from it.

    `certain`: it can only come from an instrument of this driver; else it speaks the protocol, and a person decides.
    """

    identity: Identity = field(default_factory=Identity)
    keys: Mapping[str, Any] = field(default_factory=dict)
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Probe:
    """One question, and what its answer means; the answer is all bytes that came until the line was quiet.

    `serial` sets a serial line for it, unless a person says another speed.
    """

    request: bytes
    recognise: Callable[[bytes], Found | None]
    serial: SerialSettings = field(default_factory=SerialSettings)
    over: Medium = Medium.BYTES


@runtime_checkable
class Probing(Protocol):
    """A driver class that knows what is safe to ask."""

    def probes(self) -> Iterable[Probe]:
        """The questions, best first; a class method."""
        ...


@runtime_checkable
class ProbingAt(Protocol):
    """A driver class that knows what is safe to ask at an address that a person says."""

    def probes_at(self, address: int) -> Iterable[Probe]:
        """The questions at this address, none where there can be no such address; a class method."""
        ...


def scpi_identity(answer: bytes) -> Identity | None:
    """The four fields of an answer to *IDN? (IEEE 488.2, 10.14); None where it is none."""
    fields = [text.strip() for text in answer.decode("ascii", "replace").strip().split(",")]
    if len(fields) != 4 or not all(text.isprintable() for text in fields):
        return None
    return Identity(*fields)


def line_of(answer: bytes, start: bytes = b"") -> str:
    """The first line of an answer that begins with `start`, as text without its ends; "" where there is none."""
    for line in answer.replace(b"\n", b"\r").split(b"\r"):
        if line.strip() and line.lstrip().startswith(start):
            return line.decode("ascii", "replace").strip()
    return ""
