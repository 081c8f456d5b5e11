"""A simulated Picarro analyser: its text commands, with three decimals as the maker's program prints them.

Its clock shows bench time, from the first day of 2026 on. Values that are no component of the simulated gas stand at 0.
"""

from __future__ import annotations

import datetime as dt

from instruments.picarro import WITH_TIME, WITHOUT_TIME, PicarroSettings
from instruments.twin.peer import AnalyserPort
from testbench.metrology.amount import UnitError, conversion, from_fraction

EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # bench time 0 on the analyser's own clock
DECIMALS = 3


class PicarroServer:
    """The analyser; connections share it. `measuring` is whether it has data."""

    def __init__(self, name: str, settings: PicarroSettings, port: AnalyserPort) -> None:
        self._settings = settings
        self._port = port
        self.measuring = True

    def connect(self) -> PicarroConnection:
        """Begin a conversation."""
        return PicarroConnection(self)

    def answer(self, line: bytes) -> bytes:
        """Return the answer to a command; nothing to an empty line."""
        command = line.decode("ascii", "replace").strip().lower()
        if not command:
            return b""
        return self._obey(command).encode("ascii") + b"\r"

    def _obey(self, command: str) -> str:
        if command not in (WITH_TIME.lower(), WITHOUT_TIME.lower()):
            return self._error(1002)
        if not self.measuring:
            return self._error(3002)
        values = ";".join(self._value(quantity) for quantity in self._settings.answered)
        return f"{self._time()};{values}" if command == WITH_TIME.lower() else values

    def _time(self) -> str:
        at = EPOCH + dt.timedelta(milliseconds=round(self._port.updated_s() * 1000.0))
        return f"{at:%y/%m/%d %H:%M:%S}.{at.microsecond // 1000:03d}"

    def _error(self, code: int) -> str:
        return f"ERR:{code}\t{self._time()}"

    def _value(self, quantity: str) -> str:
        unit = self._settings.unit_of(quantity)
        if quantity == self._settings.measurand:
            value = self._port.indication() * conversion(self._port.unit, unit)
        else:
            try:
                value = from_fraction(self._port.content(quantity), unit)
            except UnitError:
                value = 0.0
        return f"{value:.{DECIMALS}f}"


class PicarroConnection:
    """One client; a command may arrive in pieces."""

    def __init__(self, server: PicarroServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every command that is complete."""
        *commands, self._buffer = (self._buffer + data).split(b"\r")
        return b"".join(self._server.answer(command) for command in commands)
