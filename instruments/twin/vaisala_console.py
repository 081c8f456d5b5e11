"""A simulated Vaisala carbon dioxide probe: its text console, in the format of the factory (`6.0 "CO2=" CO2 " " U3`).

`checksum` adds the fields that `form … " " CS4` adds. Continuous output (R) is not simulated.
"""

from __future__ import annotations

from instruments.twin.peer import AnalyserPort
from instruments.vaisala_console import VaisalaConsoleSettings
from testbench.metrology.amount import conversion

VERSION, SERIAL = "GMP252 / 1.2.3-SIM", "Serial number : SIM-252"


class VaisalaConsoleServer:
    """The probe; connections share it."""

    def __init__(self, name: str, settings: VaisalaConsoleSettings, port: AnalyserPort) -> None:
        self._port = port
        self.checksum = False

    def connect(self) -> VaisalaConsoleConnection:
        """Begin a conversation."""
        return VaisalaConsoleConnection(self)

    def answer(self, command: str) -> bytes:
        """Return the line that answers a command, with its end; empty where there is none."""
        match command.strip().lower():
            case "send":
                text = f"CO2={self._port.indication() * conversion(self._port.unit, 'ppm'):6.0f} ppm"
                if self.checksum:
                    text += " "
                    text += f"{sum(text.encode()) & 0xFFFF:04X}"
            case "vers":
                text = VERSION
            case "snum":
                text = SERIAL
            case _:
                return b""
        return text.encode("ascii") + b"\r\n"


class VaisalaConsoleConnection:
    """One client; a command may arrive in pieces."""

    def __init__(self, server: VaisalaConsoleServer) -> None:
        self._server = server
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every command that is complete."""
        *commands, self._buffer = (self._buffer + data).split(b"\r")
        return b"".join(self._server.answer(command.decode("ascii", "replace")) for command in commands)
