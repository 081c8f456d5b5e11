"""Sevenstar (七星华创) CS mass flow controller over RS-485; its grammar is provisional.

    [instruments.mfc-co2]
    driver = "sevenstar-cs"
    resource = "ASRL3::INSTR"             # 19200 baud 8N1; or a device server: "TCPIP::192.168.1.21::4001::SOCKET"
    address = 32                          # 32 to 95 (hexadecimal 20 to 5F)
    profile = "sevenstar-cs"              # or the path of a profile of your own
    full_scale = 5.0
    flow_unit = "L/min"
    uncertainty_percent = 0.4             # expanded (k = 2), of reading, common to all settings
    reproducibility_percent = 0.03        # standard deviation from one setting to the next, of reading

The texts at hand about the protocol disagree, and it was tried on no instrument: what is doubtful stands in the profile
(`controller_profiles/sevenstar-cs.toml`). Before a first gas compare set-point and flow with the controller's display.

Flows are fractions of full scale. Full scale as the controller tells it is compared with the station file where
`instrument_unit` says its unit, which is not documented. The set-point is read back; it acts in control mode 0
(closed loop). An alarm flags the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from instruments.framing import FrameError
from instruments.mass_flow import MassFlowController, MassFlowSettings, Shown
from instruments.probing import Found, Probe
from instruments.session import SerialSettings
from instruments.sevenstar import (
    FRACTION,
    HOST,
    AttributePath,
    Frame,
    Service,
    SevenstarFraming,
    SevenstarProfile,
    read_sevenstar_profile,
)
from instruments.station_keys import Timeout
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status

MODES = {0: "closed loop", 1: "open loop", 2: "manual valve"}
CLOSED_LOOP = 0
FIRST_ADDRESS, LAST_ADDRESS = 0x20, 0x5F
SHIPPED_PROFILE = "sevenstar-cs"


class SevenstarCsSettings(MassFlowSettings):
    """Keys of an `[instruments.NAME]` table with driver "sevenstar-cs"."""

    address: int = Field(
        default=FIRST_ADDRESS,
        ge=FIRST_ADDRESS,
        le=LAST_ADDRESS,
        description="address of the controller on its line, 32 to 95",
    )
    profile: str = Field(default=SHIPPED_PROFILE, description="name of a shipped controller profile, or path of a file")
    instrument_unit: str | None = Field(
        default=None, description="unit of the full scale that the controller tells; given, it is compared"
    )
    record_also: tuple[Literal["setpoint", "temperature"], ...] = Field(default=(), description="what else is recorded")
    baud_rate: int | None = Field(default=None, gt=0, description="speed of a serial line, baud; default: the profile's")
    timeout_s: Timeout = 0.5

    @property
    def step(self) -> float:
        """Step of the indicated flow: as stated, or that of the numbers on the line."""
        return self.full_scale / FRACTION if self.resolution is None else self.resolution


class SevenstarCs(MassFlowController[SevenstarCsSettings]):
    """A mass flow controller: sets a flow, and is read as a source."""

    driver: ClassVar[str] = "sevenstar-cs"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "Sevenstar (七星华创) CS mass flow controller over RS-485, provisional grammar"
    documented_by: ClassVar[str] = "secondary texts of the maker's protocol V2.3, which disagree"
    verified: ClassVar[str] = "unverified against hardware; grammar provisional"
    Settings: ClassVar[type[BaseModel]] = SevenstarCsSettings

    address_key = "address"

    interval_s = 0.2

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask the first address for its flow, in the shipped grammar (`instruments.probing`)."""
        yield from cls.probes_at(FIRST_ADDRESS)

    @classmethod
    def probes_at(cls, address: int) -> Iterator[Probe]:
        """Ask an address for its flow."""
        if FIRST_ADDRESS <= address <= LAST_ADDRESS:
            profile = read_sevenstar_profile(SHIPPED_PROFILE)
            question = profile.frame_of(address, Service.READ, profile.attributes.flow)
            yield Probe(question, partial(_recognise, address=address), SerialSettings(profile.baud_rate))

    def __init__(self, name: str, settings: SevenstarCsSettings, parts: Parts) -> None:
        super().__init__(name, settings, parts)
        self.profile: SevenstarProfile = read_sevenstar_profile(settings.profile)
        further = {"setpoint": (settings.flow_unit, settings.step), "temperature": ("°C", 0.0806)}
        self.channels: tuple[Channel, ...] = (
            self._flow_channel,
            *(Channel(f"{name}.{quantity}", quantity, *further[quantity]) for quantity in settings.record_also),
        )
        rules = self.profile.frame
        answering = {"own": (settings.address,), "host": (HOST,), "any": (settings.address, HOST)}[rules.answer_address]
        self._frames = SevenstarFraming(self.profile, answering, (rules.refuse,))
        self._answers = SevenstarFraming(self.profile, answering, (rules.acknowledge, rules.refuse))
        baud_rate = settings.baud_rate or self.profile.baud_rate
        self._link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=SerialSettings(baud_rate),
            hint=f"is it switched on and set to address {settings.address} and {baud_rate} baud?",
        )

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        """Compare full scale with the station file's where its unit is stated."""
        full_scale = self._number(self.profile.attributes.full_scale, "real")
        if self.settings.instrument_unit is not None:
            self._factor_from(full_scale, self.settings.instrument_unit, "correct instrument_unit")

    def identify(self) -> Identity:
        """Ask for model, serial number and firmware."""
        where = self.profile.attributes
        texts = (
            self._read(path).rstrip(b"\x00").decode("latin-1").strip()
            for path in (where.model, where.serial, where.firmware)
        )
        return Identity("Sevenstar", *texts)

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for the flow."""
        self._ask(self.profile.attributes.flow)

    def collect(self) -> Sequence[Sample]:
        """Return mass flow and what else is recorded; flagged while there is an alarm."""
        where = self.profile.attributes
        values = [self._converted(self._data(self._link.receive(), where.flow), "fraction") * self.full_scale]
        for quantity in self.settings.record_also:
            if quantity == "temperature":
                values.append(self.profile.integer(self._read(where.temperature)) * 0.0806 - 50.0)
            else:
                values.append(self._number(where.setpoint, "fraction") * self.full_scale)
        alarm = self.profile.integer(self._read(where.alarm))
        status, raw = (Status.FLAGGED, f"alarm {alarm:02X}") if alarm else (Status.VALID, None)
        return [Sample(value, status, raw) for value in values]

    # ---- flow controller -----------------------------------------------------------------------------------------------

    def _put(self, flow: float) -> Shown:
        path = self.profile.attributes.setpoint
        data = self.profile.packed_fraction(flow / self.full_scale)
        request = self.profile.frame_of(self.settings.address, Service.WRITE, path, data)
        framing = self._answers if self.profile.frame.write_answer == "acknowledge" else self._frames
        self._refuse(
            self._link.query(request, framing, accept=lambda answer: len(answer) == 1 or _concerns(answer, path)), path
        )
        return self._shown()

    def _shown(self) -> Shown:
        where = self.profile.attributes
        setpoint, flow = (self._number(path, "fraction") * self.full_scale for path in (where.setpoint, where.flow))
        mode = self.profile.integer(self._read(where.mode))
        remark = "" if mode == CLOSED_LOOP else f"control mode {mode} ({MODES.get(mode, 'not documented')})"
        return Shown(setpoint, flow, remark)

    def _make_sure_it_follows(self, shown: Shown) -> None:
        if shown.remark:
            raise self._error(f"does not follow the set-point: {shown.remark}; set its control mode to 0 (closed loop)")

    # ---- frames --------------------------------------------------------------------------------------------------------

    def _ask(self, path: AttributePath) -> None:
        request = self.profile.frame_of(self.settings.address, Service.READ, path)
        self._link.send(request, self._frames, accept=lambda answer: _concerns(answer, path))

    def _read(self, path: AttributePath) -> bytes:
        self._ask(path)
        return self._data(self._link.receive(), path)

    def _number(self, path: AttributePath, kind: Literal["fraction", "real"]) -> float:
        return self._converted(self._read(path), kind)

    def _converted(self, data: bytes, kind: Literal["fraction", "real"]) -> float:
        try:
            return self.profile.fraction(data) if kind == "fraction" else self.profile.real(data)
        except ValueError as error:
            raise self._error(f"answer {data.hex(' ')} cannot be read: {error}") from error

    def _data(self, answer: bytes, path: AttributePath) -> bytes:
        self._refuse(answer, path)
        return Frame.of(answer).data

    def _refuse(self, answer: bytes, path: AttributePath) -> None:
        if answer == bytes((self.profile.frame.refuse,)):
            raise self._error(f"refused the request for {bytes(path).hex(' ').upper()}")


def _concerns(frame: bytes, path: AttributePath) -> bool:
    """Whether a frame is about an attribute; a single byte names none."""
    return len(frame) == 1 or Frame.of(frame).path == bytes(path)


def _recognise(answer: bytes, *, address: int) -> Found | None:
    """A frame of four bytes of data, with a right checksum, about the flow."""
    profile = read_sevenstar_profile(SHIPPED_PROFILE)
    try:
        found = SevenstarFraming(profile, (address, HOST)).extract(bytearray(answer))
    except FrameError:
        return None
    if found is None or Frame.of(found).path != bytes(profile.attributes.flow) or len(Frame.of(found).data) != 4:
        return None
    return Found(Identity("Sevenstar"), {"address": address}, certain=False)
