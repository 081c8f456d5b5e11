"""A simulated Teledyne API analyser: TAPI from the analyser's side (`instruments.tapi`).

It tells its content and what is recorded beside it, with four digits at full scale, in the unit of the range where that is
ppm, ppb or %; temperatures are constant, and so is its clock. What a real one does to a name that it does not know is not
documented: this one stays silent.
"""

from __future__ import annotations

import re

from instruments.linked_analyser import digit_step
from instruments.teledyne import DIGITS, TeledyneSettings, ValueEntry
from instruments.twin.peer import AnalyserPort
from testbench.metrology.amount import conversion, from_fraction

CLOCK = "194:11:29"
TEMPERATURE = "25.0"
_REQUEST = re.compile(r"T +(?:(?P<id>\d{1,4}) +)?(?P<name>\S+)", re.IGNORECASE)


class TeledyneServer:
    """The analyser; connections share it."""

    def __init__(self, name: str, settings: TeledyneSettings, port: AnalyserPort) -> None:
        self._port = port
        self._id = settings.instrument_id or 0
        self._measurand = settings.measurand
        self._entries = {q: settings.entry(q) for q in (settings.measurand, *settings.record_also)}
        self._unit = settings.unit if settings.unit in ("ppm", "ppb", "%") else "ppm"
        largest = max(abs(end) for end in settings.range) * conversion(settings.unit, self._unit)
        self._decimals = max(0, round(-_exponent(digit_step(largest, DIGITS))))

    def connect(self) -> TeledyneConnection:
        """Begin a conversation."""
        return TeledyneConnection(self)

    def answer(self, line: bytes) -> bytes:
        """Return the messages that answer a request, each with its end; empty for one to another instrument."""
        asked = _REQUEST.fullmatch(line.decode("ascii", "replace").strip())
        if asked is None or (asked["id"] is not None and int(asked["id"]) != self._id):
            return b""
        wanted = asked["name"].upper()
        return b"".join(
            self._message(quantity, entry)
            for quantity, entry in self._entries.items()
            if wanted in ("LIST", entry.ask.upper())
        )

    def _message(self, quantity: str, entry: ValueEntry) -> bytes:
        text = f"T {CLOCK} {self._id:04d} {entry.shown}={self._value(quantity, entry)}"
        return text.encode("ascii") + b"\r\n"

    def _value(self, quantity: str, entry: ValueEntry) -> str:
        if entry.answered:
            return f"{TEMPERATURE} {entry.answered}"
        if quantity == self._measurand:
            value = self._port.indication() * conversion(self._port.unit, self._unit)
            return f"{value:.{self._decimals}f} {self._unit.upper()}"
        unit = entry.unit or self._unit
        decimals = self._decimals if entry.unit is None else 2
        return f"{from_fraction(self._port.content(quantity), unit):.{decimals}f} {unit.upper()}"


class TeledyneConnection:
    """One client; a request may arrive in pieces."""

    def __init__(self, server: TeledyneServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every request that is complete."""
        *requests, self._buffer = (self._buffer + data).split(b"\r")
        return b"".join(self._server.answer(request) for request in requests)


def _exponent(step: float) -> float:
    """Decimal exponent of a power of ten."""
    return float(f"{step:e}".partition("e")[2])
