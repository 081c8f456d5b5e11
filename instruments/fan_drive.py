"""The frequency converter of a flow rig's fan, over Modbus RTU or TCP by a profile.

    [instruments.fan]
    driver = "fan-drive"
    resource = "ASRL4::INSTR"
    profile = "abb-drives"                 # or "danfoss-fc", or the path of a profile of your own

Speeds are percent of the drive's largest speed. The speed reference is written before the drive is started, so that it never
runs at what was set before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.deadline import pause
from instruments.fan_drive_profile import FanDriveProfile, read_fan_drive
from instruments.modbus import Function, Request
from instruments.modbus_line import ModbusKeys, modbus_client
from testbench.engine.roles import Channel, Identity, Listener, Parts, SafeOutcome, Sample, Status
from testbench.errors import InstrumentError, UnsuppliableError

STOPPING_S = 2.0  # within that a drive says that it does not run, or its speed falls
STANDSTILL_PERCENT = 1.0


class FanDriveSettings(ModbusKeys):
    """Keys of an `[instruments.NAME]` table with driver "fan-drive"; how it is reached is as the profile says."""

    profile: str = Field(default="abb-drives", description="name of a shipped profile of a drive, or path of a profile file")
    maximum_percent: float = Field(default=100.0, gt=0, le=100, description="largest speed that is set, percent")


class FanDrive:
    """A fan that is set, and read as a source."""

    driver: ClassVar[str] = "fan-drive"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "fan of a flow rig: frequency converter over Modbus RTU or TCP by a profile"
    documented_by: ClassVar[str] = "Modbus Application Protocol V1.1b3; each profile names who documents its registers"
    verified: ClassVar[str] = (
        "framing checked against published frames and pymodbus; start sequence and status bits of the profiles are "
        "provisional; unverified against hardware"
    )
    Settings: ClassVar[type[BaseModel]] = FanDriveSettings

    safe_state = "fan stopped"
    interval_s = 0.5

    def __init__(self, name: str, settings: FanDriveSettings, parts: Parts) -> None:
        self.name = name
        self.settings = settings
        self.profile: FanDriveProfile = read_fan_drive(settings.profile)
        self.maximum_percent = settings.maximum_percent
        self.channels: tuple[Channel, ...] = (Channel(f"{name}.speed", "fan speed", "%", 100.0 / self.profile.actual.full),)
        self._link, self._client = modbus_client(name, settings, self.profile.transport)
        self._asking = threading.Lock()  # fan and rig may both drive it to its safe state, each in a thread
        self._poll = self._client.prepare(_read(self.profile.actual.register_))

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect and make sure that the drive answers."""
        self._link.open()
        try:
            self._status()
        except InstrumentError:
            self._link.close()
            raise

    def close(self) -> None:
        """Disconnect; the fan goes on as it does."""
        self._link.close()

    def identify(self) -> Identity:
        """Make sure that it answers; a profile knows no identity, so there is none to return."""
        self._status()
        return Identity()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Stop it, and read back that it does not run, or that its speed falls."""
        before = self._speed()
        self.stop()
        waited_s = 0.0
        while not (stopped := self._stopped(before)) and waited_s < STOPPING_S:
            pause(0.1)
            waited_s += 0.1
        read_back = f"status word 0x{self._status():04X}, speed {self._speed():.4g} %"
        return SafeOutcome(self.name, self.safe_state, stopped, read_back)

    def _stopped(self, before: float) -> bool:
        speed = abs(self._speed())
        return not self.running or speed <= STANDSTILL_PERCENT or speed < 0.98 * abs(before)

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for the speed."""
        self._client.send(self._poll)

    def collect(self) -> Sequence[Sample]:
        """Return the speed, percent; flagged with the status word while the drive is at fault."""
        speed = self.profile.actual.percent(int.from_bytes(self._client.receive()[:2], "big"))
        status = self._status()
        if status & self.profile.status.fault:
            return (Sample(speed, Status.FLAGGED, f"status word 0x{status:04X}: fault"),)
        return (Sample(speed),)

    # ---- fan -----------------------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether the drive says that it runs."""
        bits = self.profile.status.running
        return self._status() & bits == bits

    def set_speed(self, percent: float) -> None:
        """Set the speed in percent, and start the drive where it does not run.

        Raises UnsuppliableError for a speed outside 0 … `maximum_percent`, InstrumentError when the drive does not take it.
        """
        if not 0.0 <= percent <= self.maximum_percent:
            raise UnsuppliableError(
                f"{self.name}: a speed of {percent:g} % is outside its range, 0 to {self.maximum_percent:g} %"
            )
        reference = self.profile.reference
        word = reference.words(percent)
        self._write(reference.register_, word)
        if self._word(reference.register_) != word:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): asked for a speed of {percent:g} %, its reference register does "
                "not keep it; is the drive set to be controlled over Modbus?"
            )
        if not self.running:
            for start in self.profile.control.start:
                self._write(self.profile.control.register_, start)
        if not self.running:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): does not start, status word 0x{self._status():04X}; look at the "
                f"drive, and compare profile {self.profile.name!r} with its manual"
            )

    def stop(self) -> None:
        """Stop the drive and take its speed reference back to 0."""
        self._write(self.profile.control.register_, self.profile.control.stop)
        self._write(self.profile.reference.register_, 0)

    # ---- registers -----------------------------------------------------------------------------------------------------

    def _speed(self) -> float:
        return self.profile.actual.percent(self._word(self.profile.actual.register_))

    def _status(self) -> int:
        return self._word(self.profile.status.register_)

    def _word(self, register: int) -> int:
        with self._asking:
            return int.from_bytes(self._client.query(_read(register))[:2], "big")

    def _write(self, register: int, word: int) -> None:
        with self._asking:
            self._client.query(Request(Function.WRITE_REGISTER, register, 1, (word,)))


def _read(register: int) -> Request:
    return Request(Function.READ_HOLDING_REGISTERS, register, 1)
