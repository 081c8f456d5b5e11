"""Vögtlin red-y smart mass flow controller over Modbus RTU.

    [instruments.mfc-co2]
    driver = "vogtlin-redy"
    resource = "ASRL3::INSTR"             # 9600 baud 8N2; or a serial device server: "ASRLsocket://192.168.1.21:4001::INSTR"
    address = 247
    full_scale = 5.0
    flow_unit = "NL/min"                  # the controller's own "ln/min", "mln/min" … are converted
    uncertainty_percent = 0.4             # expanded (k = 2), of reading, common to all settings
    reproducibility_percent = 0.03        # standard deviation from one setting to the next, of reading

Holding registers, counted from 0; floats are ABCD. Every parameter is read by a request of its own: that reads over several
are answered is not documented.

    0x0000 flow   0x0002 temperature   0x0006 set-point (written)   0x000C alarm   0x000D hardware error   0x000E control
    0x001E serial number   0x0020, 0x0021 versions of hardware and software   0x0023 name
    0x6020, 0x6046 range and its unit; 0x0014, 0x0016 in instruments with a serial number below 110 000

Full scale and unit of the controller are compared with the station file before anything is set. The set-point is read back;
it acts where the control function is 0 (automatic) or 1 (digital). An alarm or hardware error flags the reading.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from instruments.flow_units import OWN_UNITS, is_flow_unit
from instruments.mass_flow import MassFlowController, MassFlowSettings, Shown
from instruments.modbus import ExceptionCode, Function, RefusedError, Request, crc16, rtu_frame, rtu_pdu
from instruments.modbus_line import ModbusKeys, modbus_client
from instruments.probing import Found, Probe
from instruments.register_profile import Transport
from instruments.registers import NumberFormat, NumberType
from instruments.session import SerialSettings
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError

FLOAT = NumberFormat(NumberType.FLOAT32)
WORD = NumberFormat(NumberType.UINT16)
LONG = NumberFormat(NumberType.UINT32)

FLOW, TEMPERATURE, SETPOINT = 0x0000, 0x0002, 0x0006
ALARM, HARDWARE_ERROR, CONTROL = 0x000C, 0x000D, 0x000E
SERIAL_NUMBER, SOFTWARE, NAME = 0x001E, 0x0021, 0x0023
RANGE, UNIT = 0x6020, 0x6046
OLD_RANGE, OLD_UNIT = 0x0014, 0x0016
TEXT_WORDS = 4

FOLLOWS = (0, 1)
CONTROLS = {0: "automatic", 1: "digital set-point", 2: "analog set-point", 20: "valve at 0 %", 21: "valve at 100 %"}

USUAL = Transport(address=247, baud_rate=9600, stop_bits=2)
"""How the controllers are delivered."""


class VogtlinRedySettings(MassFlowSettings, ModbusKeys):
    """Keys of an `[instruments.NAME]` table with driver "vogtlin-redy"."""

    instrument_unit: str | None = Field(
        default=None, description="unit in which the controller counts, where its own text for it is not understood"
    )
    record_also: tuple[Literal["setpoint", "temperature"], ...] = Field(default=(), description="what else is recorded")


class VogtlinRedy(MassFlowController[VogtlinRedySettings]):
    """A mass flow controller: sets a flow, and is read as a source."""

    driver: ClassVar[str] = "vogtlin-redy"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "Vögtlin red-y smart mass flow controller over Modbus RTU"
    documented_by: ClassVar[str] = "public clients that were written after the maker's manual"
    verified: ClassVar[str] = "registers as these clients have them, served by a foreign Modbus server; not against hardware"
    Settings: ClassVar[type[BaseModel]] = VogtlinRedySettings

    address_key = "address"

    interval_s = 0.2

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask the usual address for the unit of the range (`instruments.probing`)."""
        yield from cls.probes_at(USUAL.address)

    @classmethod
    def probes_at(cls, address: int) -> Iterator[Probe]:
        """Ask an address for the unit of the range."""
        if 1 <= address <= 255:
            question = rtu_frame(address, _reading(UNIT, TEXT_WORDS).encode())
            recognise = partial(_recognise, address=address)
            yield Probe(question, recognise, SerialSettings(USUAL.baud_rate, stop_bits=USUAL.stop_bits))

    def __init__(self, name: str, settings: VogtlinRedySettings, parts: Parts) -> None:
        super().__init__(name, settings, parts)
        further = {"setpoint": (settings.flow_unit, settings.step), "temperature": ("°C", 0.0)}
        self.channels: tuple[Channel, ...] = (
            self._flow_channel,
            *(Channel(f"{name}.{quantity}", quantity, *further[quantity]) for quantity in settings.record_also),
        )
        self._factor = 1.0  # of the controller's unit in flow_unit; known from open on
        self._link, self._client = modbus_client(name, settings, USUAL)
        self._poll = self._client.prepare(_reading(FLOW, FLOAT.words))

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        """Compare the controller's full scale and unit with the station file's."""
        try:
            full_scale, unit = self._number(RANGE, FLOAT), self._text(UNIT)
        except InstrumentError as error:
            if not _unknown_register(error):
                raise
            full_scale, unit = self._number(OLD_RANGE, FLOAT), self._text(OLD_UNIT)
        remedy = f"set the controller to {', '.join(OWN_UNITS)}, or state that unit as instrument_unit"
        self._factor = self._factor_from(full_scale, self.settings.instrument_unit or unit, remedy)

    def identify(self) -> Identity:
        """Ask for name, serial number and version of the software."""
        version = int(self._number(SOFTWARE, WORD))
        return Identity(
            "Vögtlin",
            self._text(NAME),
            f"{self._number(SERIAL_NUMBER, LONG):.0f}",
            f"{version >> 8}.{version >> 4 & 0xF}.{version & 0xF}",
        )

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for the flow."""
        self._client.send(self._poll)

    def collect(self) -> Sequence[Sample]:
        """Return mass flow and what else is recorded; flagged while there is an alarm or a hardware error."""
        values = [FLOAT.decode(self._client.receive()) * self._factor]
        values += [self._further(quantity) for quantity in self.settings.record_also]
        faults = {"alarm": ALARM, "hardware error": HARDWARE_ERROR}
        bits = {fault: int(self._number(register, WORD)) for fault, register in faults.items()}
        raw = ", ".join(f"{fault} {word:04X}" for fault, word in bits.items() if word) or None
        return [_sample(value, raw) for value in values]

    def _further(self, quantity: str) -> float:
        if quantity == "temperature":
            return self._number(TEMPERATURE, FLOAT)
        return self._number(SETPOINT, FLOAT) * self._factor

    # ---- flow controller -----------------------------------------------------------------------------------------------

    def _put(self, flow: float) -> Shown:
        data = FLOAT.encode(flow / self._factor)
        words = tuple(int.from_bytes(data[index : index + 2], "big") for index in (0, 2))
        self._client.query(Request(Function.WRITE_REGISTERS, SETPOINT, len(words), words))
        return self._shown()

    def _shown(self) -> Shown:
        setpoint, flow = (self._number(register, FLOAT) * self._factor for register in (SETPOINT, FLOW))
        control = int(self._number(CONTROL, WORD))
        remark = ""
        if control not in FOLLOWS:
            words = CONTROLS.get(control)
            remark = f"control function {control}" + (f" ({words})" if words else "")
        return Shown(setpoint, flow, remark)

    def _make_sure_it_follows(self, shown: Shown) -> None:
        if shown.remark:
            raise self._error(
                f"does not follow the set-point: {shown.remark}; set its control function to 0 (automatic) or 1 (digital)"
            )

    # ---- registers -----------------------------------------------------------------------------------------------------

    def _number(self, register: int, number: NumberFormat) -> float:
        return number.decode(self._client.query(_reading(register, number.words)))

    def _text(self, register: int) -> str:
        return _shown_text(self._client.query(_reading(register, TEXT_WORDS)))


def _reading(register: int, words: int) -> Request:
    return Request(Function.READ_HOLDING_REGISTERS, register, words)


def _unknown_register(error: InstrumentError) -> bool:
    cause = error.__cause__
    return isinstance(cause, RefusedError) and cause.code == ExceptionCode.ILLEGAL_DATA_ADDRESS


def _sample(value: float, fault: str | None) -> Sample:
    if not math.isfinite(value):
        return Sample(math.nan, Status.FLAGGED, fault or "no number")
    return Sample(value, Status.FLAGGED if fault else Status.VALID, fault)


def _shown_text(data: bytes) -> str:
    return data.split(b"\x00", 1)[0].decode("ascii", "replace").strip("\x16 ")


def _recognise(answer: bytes, *, address: int) -> Found | None:
    """A unit of flow in the register where these controllers have it."""
    if crc16(answer) != 0 or answer[:3] != bytes((address, 3, 2 * TEXT_WORDS)):
        return None
    unit = _shown_text(rtu_pdu(answer)[2:])
    return Found(Identity("Vögtlin"), {"address": address}) if is_flow_unit(unit) else None
