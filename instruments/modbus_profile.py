"""An analyser that speaks Modbus, RTU or TCP, read by a register profile.

    [devices.B]
    driver = "modbus-profile"
    resource = "TCPIP::192.168.1.40::502::SOCKET"      # or "ASRL3::INSTR"
    profile = "tl-gas280"                              # or the path of a profile of your own
    address = 1
    record_also = ["O2", "NO"]                         # further quantities of the profile, in its units

A TCPIP resource speaks Modbus TCP and a serial one RTU; `transport = "rtu"` speaks RTU through a serial device server. The
value is converted from the profile's unit to the device's; a current in mA stands for the device's range (4 mA its low end,
20 mA its high one). Registers that adjoin, with no unknown one between them, are read by one request. A value that is not
finite, outside the profile's valid range, or read under a status that is not normal or a flag that is set, is flagged, with
its registers or the words for it in `raw`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.linked_analyser import unit_of
from instruments.modbus_identification import modbus_probes
from instruments.modbus_line import ModbusKeys, modbus_client
from instruments.probing import Probe
from instruments.register_profile import (
    FlagsEntry,
    QuantityEntry,
    RegisterProfile,
    StatusEntry,
    TextEntry,
    profile_names,
    read_profile,
)
from instruments.register_reading import Converter, UnitMap, reading_plan
from instruments.session import SerialSettings
from instruments.station_keys import (
    DeviceRange,
    DeviceUnit,
    Measurand,
    RecordAlso,
    UpdateInterval,
)
from testbench.engine.roles import (
    Adjustment,
    AdjustmentByOperatorError,
    Channel,
    Identity,
    Listener,
    Parts,
    SafeOutcome,
    Sample,
)
from testbench.errors import InputError, InstrumentError
from testbench.metrology.amount import UnitError
from testbench.metrology.measurand import conversion

ZERO_MA, SPAN_MA = 4.0, 16.0  # a current loop


class ModbusProfileSettings(ModbusKeys):
    """Keys of a `[devices.NAME]` table with driver "modbus-profile"; what is not given is taken from the profile."""

    profile: str = Field(description="name of a shipped register profile, or path of a profile file")
    quantity: str | None = Field(default=None, description="quantity of the profile; default: the measurand")
    profile_unit: str | None = Field(default=None, description="unit in the registers, where it differs from the profile's")
    read_status: bool | None = Field(
        default=None, description="whether the status is read as well; default: as the profile says"
    )
    measurand: Measurand = "CO2"
    range: DeviceRange
    unit: DeviceUnit
    update_s: UpdateInterval = 1.0
    record_also: RecordAlso = ()
    resolution: float | None = Field(default=None, ge=0, description="step of the last digit, in the device's unit")

    @property
    def quantity_read(self) -> str:
        """Name of the profile's quantity that is read."""
        return self.quantity or self.measurand

    def units(self, entry: QuantityEntry) -> UnitMap:
        """How the unit in the registers becomes the device's; raises InputError.

        A current in mA stands for the device's range: 4 mA is its low end, 20 mA its high one.
        """
        unit = self.profile_unit or entry.unit
        if unit == self.unit:
            return UnitMap()
        if unit == "mA":
            per_ma = (self.range[1] - self.range[0]) / SPAN_MA
            return UnitMap(per_ma, self.range[0] - ZERO_MA * per_ma)
        try:
            return UnitMap(conversion(unit, self.unit))
        except UnitError as error:
            raise InputError(
                f"profile {self.profile!r} gives {self.quantity_read} in {unit}, not in {self.unit}: {error}; "
                "state the range in the unit that the analyser sends, or give profile_unit"
            ) from None


class ModbusProfileDevice:
    """A device under test, and its own source."""

    driver: ClassVar[str] = "modbus-profile"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "analyser that is read over Modbus RTU or TCP by a register profile"
    documented_by: ClassVar[str] = "Modbus Application Protocol V1.1b3; each profile names who documents its registers"
    verified: ClassVar[str] = (
        "framing checked against published frames and pymodbus; each profile states its own evidence, none is verified "
        "against hardware"
    )
    Settings: ClassVar[type[BaseModel]] = ModbusProfileSettings

    safe_state = "none: read only"

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for identification or a register, as the shipped profiles reach their analysers (`instruments.probing`)."""
        transports = [read_profile(name).transport for name in profile_names()]
        usual = {(t.address, SerialSettings(t.baud_rate, t.data_bits, t.parity, t.stop_bits)) for t in transports}
        for address, line in sorted(usual, key=str):
            yield from modbus_probes(address, line)

    @classmethod
    def probes_at(cls, address: int) -> Iterator[Probe]:
        """Ask the same at another address, at every speed that a shipped profile has."""
        if 0 <= address <= 255:
            for line in dict.fromkeys(probe.serial for probe in cls.probes()):
                yield from modbus_probes(address, line)

    def __init__(self, name: str, settings: ModbusProfileSettings, parts: Parts) -> None:
        profile = read_profile(settings.profile)
        entry = profile.quantity(settings.quantity_read)
        further = [profile.quantity(quantity) for quantity in settings.record_also]
        if settings.quantity_read in settings.record_also:
            raise InputError(f"record_also names {settings.quantity_read!r}, which is the measurand itself; remove it there")
        self.name = name
        self.channel = name
        self.unit = settings.unit
        self.low, self.high = settings.range
        self.update_s = settings.update_s
        self.interval_s = settings.update_s
        self.profile = profile
        self._settings = settings
        self._units = settings.units(entry)
        self.channels: tuple[Channel, ...] = (
            Channel(name, settings.quantity_read, settings.unit, _resolution(settings, entry, self._units)),
            *(
                Channel(f"{name}.{quantity}", quantity, other.unit, abs(other.scale) if other.format.integer else 0.0)
                for quantity, other in zip(settings.record_also, further, strict=True)
            ),
        )
        self._entry = entry
        self._converters = [Converter.of(entry, self._units), *(Converter.of(other, UnitMap()) for other in further)]
        self._status, self._flags = _watched(profile, settings.read_status)
        self._link, self._client = modbus_client(name, settings, profile.transport)
        self._plan = reading_plan(profile, [entry, *further, *([self._status] if self._status else [])])
        self._readings = [self._client.prepare(request) for request in self._plan.requests]

    @property
    def source(self) -> ModbusProfileDevice:
        """The device is read itself."""
        return self

    def open(self) -> None:
        """Connect."""
        self._link.open()

    def close(self) -> None:
        """Disconnect."""
        self._link.close()

    def identify(self) -> Identity:
        """Make sure that the analyser answers, in the unit that is expected; return what it says of itself.

        Most register profiles know no identity. Raises InstrumentError where another unit is set at the analyser.
        """
        self.request()
        self.collect()
        if (text := self.profile.unit_text) is not None:
            shown, due = self._text(text), self._settings.profile_unit or self._entry.unit
            if unit_of(shown) != due:
                raise InstrumentError(
                    f"{self.name} ({self._settings.resource}): gives its values in {shown!r}, not in {due}; set that unit "
                    "at the analyser, or state profile_unit"
                )
        identity = self.profile.identity
        return Identity("", *(self._text(text) for text in (identity.model, identity.serial, identity.firmware)))

    def _text(self, text: TextEntry | None) -> str:
        return text.text(self._client.query(text.request)) if text is not None else ""

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: an analyser that is only read is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    def request(self) -> None:
        """Ask for the value, and for what comes along with it."""
        self._client.send(self._readings[0])

    def collect(self) -> Sequence[Sample]:
        """Return the readings; flagged where profile or status say that they cannot be trusted. Raises InstrumentError."""
        answers = [self._client.receive()]
        for reading in self._readings[1:]:
            self._client.send(reading)
            answers.append(self._client.receive())
        flag = self._flag(answers)
        return [
            converter.sample(self._plan.number(index, answers), self._plan.registers(index, answers), flag)
            for index, converter in enumerate(self._converters)
        ]

    def _flag(self, answers: Sequence[bytes]) -> str | None:
        """What status and flags say against the readings."""
        words = []
        if self._status is not None:
            state = int(self._plan.number(len(self._converters), answers))
            if state not in self._status.normal:
                words.append(f"status {state}: {self._status.meaning.get(state, 'meaning not documented')}")
        if self._flags is not None:
            words += self._flags.raised(self._client.query(self._flags.request))
        return ", ".join(words) or None

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Write the profile's adjustment of zero or span; the analyser itself knows what it indicates.

        Raises AdjustmentByOperatorError where the profile has none, InstrumentError where the analyser refuses.
        """
        adjustment = self.profile.adjustment
        writes = adjustment.zero if point is Adjustment.ZERO else adjustment.span
        if not writes:
            raise AdjustmentByOperatorError(
                f"{self.name}: profile {self.profile.name!r} has no command to adjust {point.value}; adjust at the analyser"
            )
        for write in writes:
            try:
                request = write.request(self._units.back(target), self._entry)
            except ValueError as error:
                raise InstrumentError(
                    f"{self.name}: {point.value} cannot be adjusted to {target} {self.unit}: {error}"
                ) from error
            self._client.query(request)


def _resolution(settings: ModbusProfileSettings, entry: QuantityEntry, units: UnitMap) -> float:
    """Step of the last digit in the device's unit: as stated, or of an integer one step; 0 (not known) for a float."""
    if settings.resolution is not None:
        return settings.resolution
    return abs(entry.scale * units.factor) if entry.format.integer else 0.0


def _watched(profile: RegisterProfile, wanted: bool | None) -> tuple[StatusEntry | None, FlagsEntry | None]:
    """Status and flags that are read: as the station file says, else as the profile does."""
    status, flags = profile.status, profile.flags
    if wanted and status is None and flags is None:
        raise InputError(f"profile {profile.name!r} knows no status register; leave out read_status")
    read_status = status is not None and (status.read if wanted is None else wanted)
    read_flags = flags is not None and (flags.read if wanted is None else wanted)
    return status if read_status else None, flags if read_flags else None
