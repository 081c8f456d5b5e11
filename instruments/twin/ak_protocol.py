"""A simulated analyser that speaks AK (`instruments.ak`): it answers states and concentrations, and takes modes.

Values that are no component of the simulated gas stand at 0. Codes that control it are refused (OF) unless it is remote;
those that it lacks, such as AKAK, are answered with `????`.
"""

from __future__ import annotations

import re

from instruments.ak import ETX, STX, UNKNOWN
from instruments.ak_protocol import AkProtocolSettings
from instruments.twin.peer import AnalyserPort
from testbench.metrology.amount import UnitError, conversion, from_fraction

IDENTITY = "testbench-AK"
_REQUEST = re.compile(r"(?P<dont_care>.)(?P<code>[A-Z]{4})(?: K(?P<channel>\d)(?: (?P<data>.*))?)?", re.DOTALL)
_MODES = {"SMGA", "STBY", "SPAU", "SNGA"}


class AkProtocolServer:
    """The analyser and its state; connections share it. `errors` are its active errors, which count the status on."""

    def __init__(self, name: str, settings: AkProtocolSettings, port: AnalyserPort) -> None:
        self._settings = settings
        self._port = port
        self._unit = settings.unit_of(settings.measurand)
        self.errors: tuple[int, ...] = ()
        self.status = 0
        self.mode = "SMGA"
        self.remote = False

    def connect(self) -> AkProtocolConnection:
        """Begin a conversation."""
        return AkProtocolConnection(self)

    def answer(self, request: bytes) -> bytes:
        """Return the telegram that answers what stood between STX and ETX; nothing to what is none."""
        found = _REQUEST.fullmatch(request.decode("latin-1"))
        if found is None:
            return STX + f" {UNKNOWN} {self.status}".encode() + ETX
        code, data = found["code"], self._obey(found["code"])
        text = f"{found['dont_care']}{UNKNOWN if data is None else code} {self.status}" + (f" {data}" if data else "")
        return STX + text.encode("latin-1") + ETX

    def _obey(self, code: str) -> str | None:
        """The data of the answer; None for a code that it does not know."""
        if code == "AKON":
            return " ".join(self._value(quantity) for quantity in self._settings.answered)
        if code in ("SREM", "SMAN"):
            self.remote = code == "SREM"
            return ""
        if code in _MODES:
            if not self.remote:
                return "OF"
            self.mode = code
            return ""
        answers = {
            "ASTZ": f"{'SREM' if self.remote else 'SMAN'} {self.mode}",
            "ASTF": " ".join(str(error) for error in self.errors),
            "AKEN": IDENTITY,
        }
        return answers.get(code)

    def _value(self, quantity: str) -> str:
        settings = self._settings
        if quantity == settings.measurand:
            return f"{self._port.indication() * conversion(self._port.unit, self._unit):.8g}"
        try:
            return f"{from_fraction(self._port.content(quantity), settings.unit_of(quantity)):.8g}"
        except UnitError:
            return "0.0"


class AkProtocolConnection:
    """One client; a telegram may arrive in pieces."""

    def __init__(self, server: AkProtocolServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every telegram that is complete."""
        *ended, self._buffer = (self._buffer + data).split(ETX)
        frames = (part.rpartition(STX) for part in ended)
        return b"".join(self._server.answer(text) for _, begin, text in frames if begin)
