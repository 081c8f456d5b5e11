"""A simulated frequency converter that serves the registers of a fan drive's profile, as RTU or TCP frames.

It starts when the start words of the profile were written in their order, and stops with any other word. Stopped, it says at
once that it does not run and that its speed is 0, while the fan runs down in its own time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from instruments.fan_drive import FanDriveSettings
from instruments.fan_drive_profile import FanDriveProfile, read_fan_drive
from instruments.modbus import ExceptionCode, Function, Refusal
from instruments.twin.modbus_line import RtuConnection, TcpConnection
from instruments.twin.peer import Connection, FanPort


class FanDriveServer:
    """The simulated drive; every connection sees the same registers."""

    port_kind: ClassVar[str] = "fan"

    def __init__(self, name: str, settings: FanDriveSettings, port: FanPort) -> None:
        profile = read_fan_drive(settings.profile)
        self.name = name
        self.address = settings.address_with(profile.transport)
        self.registers = DriveRegisters(profile, port)
        self._rtu = settings.frames == "rtu"

    def connect(self) -> Connection:
        """Return a new conversation."""
        return RtuConnection(self) if self._rtu else TcpConnection(self)


class DriveRegisters:
    """Control and status words, reference and actual speed; every other register is refused."""

    def __init__(self, profile: FanDriveProfile, port: FanPort) -> None:
        self._profile = profile
        self._port = port
        self._begun = 0  # how many of the start words were written in a row
        self._control = profile.control.stop
        self._reference = profile.reference.words(port.commanded())
        if port.commanded() > 0.0:  # switched on again while the fan runs
            self._begun = len(profile.control.start)

    @property
    def _runs(self) -> bool:
        return self._begun == len(self._profile.control.start)

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return holding registers as they are now."""
        if function is not Function.READ_HOLDING_REGISTERS:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        profile, words = self._profile, self._words()
        known = {profile.control.register_, profile.reference.register_, profile.status.register_, profile.actual.register_}
        lowest, highest = min(known), max(known)
        if address < lowest or address + count - 1 > highest:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return b"".join(words.get(register, 0).to_bytes(2, "big") for register in range(address, address + count))

    def _words(self) -> dict[int, int]:
        profile = self._profile
        speed = self._port.speed() if self._runs else 0.0
        return {
            profile.control.register_: self._control,
            profile.reference.register_: self._reference,
            profile.status.register_: profile.status.running if self._runs else 0,
            profile.actual.register_: profile.actual.words(speed),
        }

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """There are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """There are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Take control word and reference."""
        profile = self._profile
        for register, word in enumerate(values, start=address):
            if register == profile.reference.register_:
                self._reference = word
            elif register == profile.control.register_:
                self._take(word)
            else:
                raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        speed = max(0.0, profile.reference.percent(self._reference)) if self._runs else 0.0
        if speed != self._port.commanded():
            self._port.set_speed(min(speed, 100.0))

    def _take(self, word: int) -> None:
        """Follow the start words in their order; whatever else comes stops the drive."""
        start = self._profile.control.start
        self._control = word
        if self._runs and word == start[-1]:
            return
        if self._begun < len(start) and word == start[self._begun]:
            self._begun += 1
        else:
            self._begun = 1 if word == start[0] and len(start) > 1 else 0
