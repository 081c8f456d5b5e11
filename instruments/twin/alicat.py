"""A simulated Alicat mass flow controller: what `instruments.alicat` describes, from the controller's side.

It shows room temperature and pressure, so volume flow equals mass flow. With set-point 0, or its valve held closed, it shows
no flow. A line for another unit id is not answered.
"""

from __future__ import annotations

import re

from instruments.alicat import AlicatSettings
from instruments.twin.peer import ControllerPort

MAKER = (
    "M00 Alicat Scientific (simulated)",
    "M01",
    "M02",
    "M03",
    "M04 Model Number MC-{full_scale:g}-D/SIM",
    "M05 Serial Number SIM-{name}",
    "M06 Date Manufactured",
    "M07 Date Calibrated",
    "M08 Calibrated By",
    "M09 Software Revision SIM1",
)
MASS_FLOW = 37  # in register 122: it controls mass flow
GASES = {0: "Air", 1: "Ar", 4: "CO2", 8: "N2", 11: "O2"}


class AlicatServer:
    """The controller and its state; connections share it."""

    def __init__(self, name: str, settings: AlicatSettings, port: ControllerPort) -> None:
        self.name = name
        self.unit_id = settings.unit_id.upper()
        self._settings = settings
        self._port = port
        self._gas = "N2"
        self._locked = False
        self._held_setpoint: float | None = None

    def connect(self) -> AlicatConnection:
        """Begin a conversation."""
        return AlicatConnection(self)

    def answer(self, line: str) -> str:
        """Return the answer to one command line, without its end; empty for a line to another unit."""
        if line[:1].upper() != self.unit_id:
            return ""
        command = line[1:].strip().removeprefix("$$")  # some clients put it before commands of the serial line
        if command.upper() == "??M*":
            texts = (text.format(name=self.name, full_scale=self._settings.full_scale) for text in MAKER)
            return "\r".join(f"{self.unit_id} {text}" for text in texts)
        if found := re.fullmatch(r"R(46|122)", command, re.IGNORECASE):
            return f"{self.unit_id}   {int(found[1]):03d} = {self._register(int(found[1])):05d}"
        if not self._obey(command.upper()):
            return "?"
        return self._state()

    def _obey(self, command: str) -> bool:
        """Do what the command says; False for one that is not known or not allowed."""
        if command in ("", "V", "P", "PC"):  # poll; tares change nothing here
            return True
        if command in ("H", "HP", "HC"):
            if self._held_setpoint is None:
                self._held_setpoint = self._port.setpoint()
            if command == "HC":
                self._port.set_flow(0.0)
            return True
        if command == "C":
            if self._held_setpoint is not None:
                self._port.set_flow(self._held_setpoint)
                self._held_setpoint = None
            return True
        if command in ("L", "U"):
            self._locked = command == "L"
            return True
        if found := re.fullmatch(r"@=([A-Z])", command):
            self.unit_id = found.group(1)
            return True
        if command == f"W122={MASS_FLOW}":
            return True  # what it controls anyway
        if found := re.fullmatch(r"(?:G|W46=)(\d+)", command):
            gas = GASES.get(int(found.group(1)))
            self._gas = gas or self._gas
            return gas is not None
        if found := re.fullmatch(r"S *(\d+\.?\d*|\.\d+)", command):
            return self._set(float(found.group(1)))
        if found := re.fullmatch(r"\d{1,5}", command):
            return self._set(int(command) / 64000 * self._settings.full_scale)
        return False

    def _register(self, number: int) -> int:
        """Register 46 is the number of its gas, 122 what it controls."""
        return MASS_FLOW if number == 122 else next(key for key, gas in GASES.items() if gas == self._gas)

    def _set(self, flow: float) -> bool:
        if flow > self._settings.full_scale:
            return False
        if self._held_setpoint is not None:
            self._held_setpoint = flow
        else:
            self._port.set_flow(flow)
        return True

    def _state(self) -> str:
        setpoint = self._port.setpoint() if self._held_setpoint is None else self._held_setpoint
        flow = self._port.indicated_flow() if self._port.setpoint() != 0.0 else 0.0
        decimals = self._settings.decimals
        width = 4 + decimals + (decimals > 0)  # sign, three digits, point, decimals
        codes = ["HLD"] * (self._held_setpoint is not None) + ["LCK"] * self._locked
        words = [self.unit_id, "+014.70", "+025.00", *[f"{flow:+0{width}.{decimals}f}"] * 2, f"{setpoint:.{decimals}f}"]
        return " ".join([*words, self._gas, *codes])


class AlicatConnection:
    """One client; a command may arrive in pieces."""

    def __init__(self, server: AlicatServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every line that is complete."""
        *lines, self._buffer = (self._buffer + data).split(b"\r")
        answers = (self._server.answer(line.decode("ascii", "replace").strip()) for line in lines)
        return b"".join(answer.encode() + b"\r" for answer in answers if answer)
