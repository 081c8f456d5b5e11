"""An analyser that is read in lines of text by a text profile (`instruments.text_profile`).

    [devices.A]
    driver = "text-profile"
    resource = "TCPIP::192.168.1.40::5025::SOCKET"     # or "ASRL3::INSTR"
    profile = "profiles/ours.toml"
    maker = "Ours"
    model = "GA-1"
    measurand = "CO2"                                  # the profile's quantity, unless `quantity` names another
    range = [0.0, 20.0]
    unit = "%"
    record_also = ["O2"]

Values are converted from the profile's units to the device's. A person adjusts at the analyser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.linked_analyser import LinkedAnalyser, LinkedAnalyserSettings, unit_of
from instruments.text_client import TextClient, TextKeys
from instruments.text_profile import QuantityEntry, TextProfile, read_text_profile
from testbench.engine.roles import Channel, Identity, Parts, Sample
from testbench.errors import InputError
from testbench.metrology.amount import UnitError, conversion

TEXT_DOCUMENTED = "each profile names who documents its commands"
TEXT_VERIFIED = (
    "the machinery against simulated devices of pyvisa-sim, lewis and gepace; each profile states its own evidence; not "
    "against hardware"
)


class TextAnalyserSettings(TextKeys, LinkedAnalyserSettings):
    """Keys of a `[devices.NAME]` table with driver "text-profile"."""

    quantity: str | None = Field(default=None, description="quantity of the profile; default: the measurand")

    @property
    def quantities(self) -> tuple[str, ...]:
        """The profile's quantities that are read, the measurand first."""
        return (self.quantity or self.measurand, *self.record_also)


class TextAnalyser(LinkedAnalyser):
    """A device under test that is asked as its profile says."""

    driver: ClassVar[str] = "text-profile"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "analyser that is read in lines of text (ASCII, SCPI) by a text profile"
    documented_by: ClassVar[str] = TEXT_DOCUMENTED
    verified: ClassVar[str] = TEXT_VERIFIED
    Settings: ClassVar[type[BaseModel]] = TextAnalyserSettings

    def __init__(self, name: str, settings: TextAnalyserSettings, parts: Parts) -> None:
        profile = read_text_profile(settings.profile, TextProfile)
        entries = [profile.quantity(quantity) for quantity in settings.quantities]
        self._names = settings.quantities
        self._factor = _factor(entries[0], settings)
        self._client = TextClient(name, settings, profile)
        resolution = settings.resolution if settings.resolution is not None else entries[0].resolution * self._factor
        further = [
            Channel(f"{name}.{quantity}", quantity, entry.unit, entry.resolution)
            for quantity, entry in zip(settings.record_also, entries[1:], strict=True)
        ]
        super().__init__(name, settings, self._client.link, resolution=resolution, further=further)

    def open(self) -> None:
        """Connect, and send what the profile sends first."""
        self._client.open()

    def identify(self) -> Identity:
        """Ask who it is."""
        return self._client.identify()

    def request(self) -> None:
        """Ask for the measurand."""
        self._client.send(self._names[0])

    def collect(self) -> Sequence[Sample]:
        """Return the reading, and what is recorded beside it in the profile's units. Raises InstrumentError."""
        first = self._client.receive()
        measured = Sample(first.value * self._factor, first.status, first.raw)
        return (measured, *(self._client.read(quantity) for quantity in self._names[1:]))


def _factor(entry: QuantityEntry, settings: TextAnalyserSettings) -> float:
    """Factor from the profile's unit to the device's; raises InputError."""
    found = unit_of(entry.unit)
    if found == settings.unit:
        return 1.0
    try:
        return conversion(found, settings.unit)
    except UnitError as error:
        raise InputError(
            f"profile {settings.profile!r} gives {settings.quantities[0]} in {entry.unit}, not in {settings.unit}: {error}; "
            "state the range in the unit that the analyser sends"
        ) from None
