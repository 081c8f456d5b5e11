"""A sensor of an ambient or supply condition that is read in lines of text by a text profile.

    [environment.pressure]
    driver = "text-sensor"
    resource = "ASRL4::INSTR"
    profile = "vaisala-ptb330"
    quantity = "pressure"
    unit = "kPa"

The profile's quantity is that of the same name unless `asked` names another; its value is converted into `unit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.condition_units import unit_line
from instruments.text_analyser import TEXT_DOCUMENTED, TEXT_VERIFIED
from instruments.text_client import TextClient, TextKeys
from instruments.text_profile import TextProfile, read_text_profile
from testbench.engine.roles import Channel, Identity, Listener, Parts, SafeOutcome, Sample


class TextSensorSettings(TextKeys):
    """Keys of an `[environment.NAME]` table with driver "text-sensor"."""

    quantity: str = Field(description="condition: temperature, humidity, pressure, voltage …")
    unit: str = Field(description="unit of the condition")
    asked: str | None = Field(default=None, description="quantity of the profile; default: that of the same name")
    update_s: float = Field(default=1.0, gt=0, description="how often the instrument renews its value, s")


class TextSensor:
    """A sensor with a session of its own, and its own source."""

    driver: ClassVar[str] = "text-sensor"
    kind: ClassVar[str] = "sensor"
    summary: ClassVar[str] = "sensor of an ambient or supply condition, read in lines of text by a text profile"
    documented_by: ClassVar[str] = TEXT_DOCUMENTED
    verified: ClassVar[str] = TEXT_VERIFIED
    Settings: ClassVar[type[BaseModel]] = TextSensorSettings

    def __init__(self, name: str, settings: TextSensorSettings, parts: Parts) -> None:
        self.profile = read_text_profile(settings.profile, TextProfile)
        self._asked = settings.asked or settings.quantity
        entry = self.profile.quantity(self._asked)
        self._gain, self._offset = unit_line(entry.unit, settings.unit)
        self.name = name
        self.quantity = settings.quantity
        self.unit = settings.unit
        self.channel = f"environment.{name}"
        self.channels = (Channel(self.channel, settings.quantity, settings.unit, abs(entry.resolution * self._gain)),)
        self.interval_s = settings.update_s
        self._client = TextClient(name, settings, self.profile)

    @property
    def source(self) -> TextSensor:
        """The sensor is read itself."""
        return self

    @property
    def safe_state(self) -> str:
        """The safe state in words."""
        return "none: read only"

    def open(self) -> None:
        """Connect, and send what the profile sends first."""
        self._client.open()

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def identify(self) -> Identity:
        """Ask who it is."""
        return self._client.identify()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._client.trace(listener)

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: a sensor that is only read is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    def request(self) -> None:
        """Ask for the condition."""
        self._client.send(self._asked)

    def collect(self) -> Sequence[Sample]:
        """Return the condition, in the unit of the table. Raises InstrumentError."""
        found = self._client.receive()
        return (Sample(found.value * self._gain + self._offset, found.status, found.raw),)
