"""A simulated Thermo iSeries analyser: C-Link from the analyser's side (`instruments.clink`).

It answers in ppm with four significant digits, as a 410i does; oxygen, where recorded, in percent; the pressure is constant.
Indication = (signal − background) × coefficient: setting either of the two adjusts the analyser in the plant.
`set` commands are refused unless it is in remote mode.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from instruments.clink import checksum
from instruments.iseries_gases import FURTHER
from instruments.thermo_iseries import ThermoISeriesSettings
from instruments.twin.peer import AnalyserPort
from testbench.errors import InstrumentError
from testbench.metrology.amount import conversion

VERSION = "01.00.01-SIM"
PRESSURE = "753.4 mmHg"
LARGEST_COEFFICIENT, LARGEST_BACKGROUND_PPM = Decimal(10), Decimal(100_000)
REFUSED = "can't, wrong settings"


class Mode(StrEnum):
    """Who may set the analyser."""

    LOCAL = "local"
    REMOTE = "remote"
    SERVICE = "service"


def scientific(value: float, digits: int = 4) -> str:
    """A number as the analyser prints it: four digits, exponent without leading zeros (4.000E+1)."""
    mantissa, exponent = f"{value:.{digits - 1}E}".split("E")
    return f"{mantissa}E{int(exponent):+d}"


class ThermoISeriesServer:
    """The analyser and its state; connections share it, the format of answers included."""

    def __init__(self, name: str, settings: ThermoISeriesSettings, port: AnalyserPort) -> None:
        self.name = name
        self.instrument_id = settings.instrument_id
        self.mode = Mode.LOCAL
        self._component = settings.name_of_component
        self._gas = settings.gas
        model = {"42i": ("NO", "NO2", "NOx")}.get(self._gas.model, ())
        self._contents = {FURTHER[name].command: name for name in (*settings.record_also, *model) if name != "pressure"}
        self._port = port
        self._to_ppm = conversion(port.unit, "ppm")
        self._sums = False
        self._gas_mode = "sample"
        self._background = Decimal("0.0")
        self._coefficient = Decimal("1.000")

    def connect(self) -> ThermoISeriesConnection:
        """Begin a conversation."""
        return ThermoISeriesConnection(self)

    def answer(self, request: bytes) -> bytes:
        """Return the answer to one request, without its end; empty for a request to another instrument."""
        if self.instrument_id and request[:1] != bytes([128 + self.instrument_id]):
            return b""
        command = " ".join(request.lstrip(bytes(range(0x80, 0x100)) + b"\n").decode("ascii", "replace").lower().split())
        if not command:
            return b""
        text = f"{command} {self._obey(command)}".encode("ascii", "replace")
        if not self._sums:
            return text
        text += b"\n"
        return text + f"sum {checksum(text):04x}".encode()

    def _obey(self, command: str) -> str:
        """What follows the echoed command."""
        if command.startswith("set "):
            return self._set(command.removeprefix("set "))
        answers: dict[str | None, str] = {
            self._gas.background: f"{self._background} ppm",
            self._gas.coefficient: f"{self._coefficient}",
            "gas mode": self._gas_mode,
            "gas unit": "ppm",
            "mode": str(self.mode),
            "program no": f"iSeries {self._gas.model} {VERSION}",
            "pres": PRESSURE,
        }
        if command == self._component:
            return f"{scientific(self._port.indication() * self._to_ppm)} ppm"
        if name := self._contents.get(command):
            content = self._port.content(name)
            return f"{content * 100.0:.2f} %" if name == "O2" else f"{scientific(content * 1e6)} ppm"
        return answers.get(command, "bad cmd")

    def _set(self, setting: str) -> str:
        if setting in ("format 00", "format 01"):
            self._sums = setting.endswith("1")
            return "ok"
        if self.mode is Mode.SERVICE:
            return "can't, mode is service"
        if setting in ("mode remote", "mode local"):
            self.mode = Mode(setting.removeprefix("mode "))
            return "ok"
        known = setting in ("sample", "zero", "span", "gas unit ppm")
        names = [re.escape(name) for name in (self._gas.background, self._gas.coefficient) if name]
        number = re.fullmatch(rf"({'|'.join(names)}) (\S+)", setting) if names else None
        if not (known or number):
            return "bad cmd"
        if self.mode is not Mode.REMOTE:
            return REFUSED
        if number:
            return self._set_number(number.group(1), number.group(2))
        if setting != "gas unit ppm":
            self._gas_mode = setting
        return "ok"

    def _set_number(self, what: str, text: str) -> str:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return "invalid string"
        if not value.is_finite():
            return "invalid string"
        return self._set_coefficient(value) if what == self._gas.coefficient else self._set_background(value)

    def _set_background(self, value: Decimal) -> str:
        value = value.quantize(Decimal("0.1"))
        if abs(value) > LARGEST_BACKGROUND_PPM:
            return "too high" if value > 0 else "too low"
        shift = float((self._background - value) * self._coefficient) / self._to_ppm
        self._port.adjust_zero(0.0, shift)
        self._background = value
        return "ok"

    def _set_coefficient(self, value: Decimal) -> str:
        value = value.quantize(Decimal("0.001"))
        if value > LARGEST_COEFFICIENT:
            return "too high"
        if value <= 0:
            return "too low"
        factor = float(value / self._coefficient)
        try:
            shown = self._port.indication()
            self._port.adjust_span(shown, self._port.low + (shown - self._port.low) * factor)
        except InstrumentError:
            return "too high" if factor > 1 else "too low"
        self._coefficient = value
        return "ok"


class ThermoISeriesConnection:
    """One client; a request may arrive in pieces."""

    def __init__(self, server: ThermoISeriesServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every request that is complete."""
        *requests, self._buffer = (self._buffer + data).split(b"\r")
        answers = (self._server.answer(request) for request in requests)
        return b"".join(answer + b"\r" for answer in answers if answer)
