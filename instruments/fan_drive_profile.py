"""The Modbus registers of a fan's frequency converter, as data: how it is started, stopped and told its speed.

A profile is shipped in `instruments/fan_drives` and named in the station file (`profile = "abb-drives"`), or is a file of
the lab's own (`profile = "profiles/ours.toml"`, seen from the folder where the program is started). Registers are counted
from 0, as they are sent: "40001" of a manual is 0.
"""

from __future__ import annotations

from importlib import resources
from typing import Annotated

from pydantic import Field

from instruments.profile_files import profiles_in, read_profile_file
from instruments.register_profile import Table, Transport

SHIPPED = resources.files("instruments") / "fan_drives"
Register = Annotated[int, Field(ge=0, le=65535)]
Word = Annotated[int, Field(ge=0, le=0xFFFF)]


class Control(Table):
    """The control word: the words that start the drive, in their order, and the one that stops it."""

    register_: Register = Field(alias="register")
    start: tuple[Word, ...] = Field(min_length=1)
    stop: Word


class Speed(Table):
    """A speed in one register (two's complement), `full` at 100 % of the drive's largest speed."""

    register_: Register = Field(alias="register")
    full: int = Field(gt=0, le=0x7FFF)

    def words(self, percent: float) -> int:
        """The register for a speed in percent."""
        return round(percent / 100.0 * self.full) & 0xFFFF

    def percent(self, word: int) -> float:
        """The speed in percent that a register says."""
        return 100.0 * (word - 0x10000 if word & 0x8000 else word) / self.full


class DriveStatus(Table):
    """The status word: the bits that are set while the drive runs, and those that say that it is at fault."""

    register_: Register = Field(alias="register")
    running: Word
    fault: Word = 0


class FanDriveProfile(Table):
    """A whole profile."""

    name: str
    maker: str
    model: str
    documented_by: str
    evidence: str
    transport: Transport = Transport()
    control: Control
    reference: Speed
    status: DriveStatus
    actual: Speed


def fan_drive_names() -> list[str]:
    """Names of the shipped profiles."""
    return profiles_in(SHIPPED)


def read_fan_drive(name: str) -> FanDriveProfile:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where."""
    return read_profile_file(name, FanDriveProfile, SHIPPED, "fan drive profile")
