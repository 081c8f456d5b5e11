"""The reference velocity of a flow rig over Modbus: a multipath ultrasonic meter, an LDV's output, by a register profile.

    [instruments.ultrasonic]
    driver = "modbus-velocity"
    resource = "TCPIP::192.168.1.60::502::SOCKET"
    profile = "generic-velocity"           # or the path of a profile of your own: where the meter keeps its velocity
    uncertainty_percent = 0.6              # of its certificate: expanded (k = 2), percent of reading …
    uncertainty_m_per_s = 0.02             # … and what is added at every velocity

It is read like a device under test with the driver "modbus-profile", and tells the rig how well it is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.modbus_profile import ModbusProfileDevice, ModbusProfileSettings
from instruments.station_keys import DeviceRange, DeviceUnit, Measurand
from testbench.engine.roles import Channel, Parts

UNIT = "m/s"


class ModbusVelocitySettings(ModbusProfileSettings):
    """Keys of an `[instruments.NAME]` table with driver "modbus-velocity"; uncertainties are those of its certificate."""

    profile: str = Field(default="generic-velocity", description="name of a shipped register profile, or path of a file")
    measurand: Measurand = "velocity"
    range: DeviceRange = (0.0, 40.0)
    unit: DeviceUnit = UNIT
    uncertainty_percent: float = Field(ge=0, le=100, description="expanded (k = 2), percent of reading")
    uncertainty_m_per_s: float = Field(default=0.0, ge=0, description="expanded (k = 2), added at every velocity, m/s")


class ModbusVelocity(ModbusProfileDevice):
    """A meter of velocity, read as a source; its first channel is the velocity in m/s."""

    driver: ClassVar[str] = "modbus-velocity"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "reference velocity of a flow rig (ultrasonic, LDV) over Modbus by a register profile"
    documented_by: ClassVar[str] = "Modbus Application Protocol V1.1b3; no maker's register map is public, the lab writes it"
    verified: ClassVar[str] = "framing checked against published frames and pymodbus; unverified against hardware"
    Settings: ClassVar[type[BaseModel]] = ModbusVelocitySettings

    def __init__(self, name: str, settings: ModbusVelocitySettings, parts: Parts) -> None:
        super().__init__(name, settings.model_copy(update={"unit": UNIT}), parts)
        first = self.channels[0]
        self.channel = f"{name}.velocity"
        self.channels = (Channel(self.channel, "velocity", UNIT, first.resolution), *self.channels[1:])
        self._relative = settings.uncertainty_percent / 200.0
        self._absolute = settings.uncertainty_m_per_s / 2.0

    def velocity_influences(self, velocity: float) -> Mapping[str, float]:
        """Standard uncertainties of a velocity by influence, m/s; each is common to all velocities."""
        influences = {
            f"reference.{self.name}": self._relative * velocity,
            f"reference.{self.name}.zero": self._absolute,
        }
        return {name: u for name, u in influences.items() if u != 0.0}
