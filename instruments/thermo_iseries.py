"""A Thermo iSeries analyser under test, read over C-Link (`instruments.clink`).

    [devices.A]
    driver = "thermo-iseries"
    resource = "TCPIP::192.168.1.31::9880::SOCKET"     # or a serial line, 9600 baud 8N1: "ASRL3::INSTR"
    instrument_id = 0                                  # 0: sent without an address
    maker = "Thermo"
    model = "410i"
    measurand = "CO2"
    range = [0.0, 20.0]
    unit = "%"
    record_also = ["O2", "pressure"]                   # read in turn after the concentration: channels A.O2, A.pressure

Known are 410i (CO2), 48i (CO), 43i (SO2), 42i (NO, NO2, NOx), 49i (O3) and 15i (HCl), see `instruments.iseries_gases`; other
components are named with `component`.

The concentration is asked by the component's name (`co2` → `co2 4.000E+1 ppm`); the unit that the analyser answers is
converted into that of the range. The analyser shows four digits, so its resolution depends on the value; stated is that at
full scale. A real analyser needs some 0.2 s between two commands, a simulated one on loopback none.

Adjustment follows (signal − background) × coefficient: zero changes the background (`co2 bkg`), span the coefficient
(`coef 0`). `set co2 bkg`, `set hcl bkg` and `set o3 coef` are documented; `set coef 0` and `set o3 bkg` are taken by analogy
with them. Where no command is known (42i, 43i) a person adjusts at the analyser.

Documented by: 410i, 49i, 48i, 42i, 15i manuals, appendix "C-Link protocol commands".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import ClassVar

from pydantic import BaseModel, Field, model_validator

from instruments.clink import Answer, CLinkFraming, encode
from instruments.iseries_gases import FURTHER, GASES, FurtherQuantity, Gas
from instruments.linked_analyser import LinkedAnalyser, LinkedAnalyserSettings
from instruments.probing import Found, Probe, line_of
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.transport import Accept, Link
from testbench.engine.roles import (
    Adjustment,
    AdjustmentByOperatorError,
    Channel,
    Identity,
    Parts,
    SafeOutcome,
    Sample,
    Status,
)
from testbench.errors import InstrumentError, suggest
from testbench.metrology.amount import conversion, from_fraction, to_fraction

COMMAND_GAP_S = 0.2
SIGNIFICANT_DIGITS = 4
PROGRAM = "program no"
KNOWN_IDS = (42, 43, 48, 49)  # as the maker sets them, see `instruments.iseries_gases`


class ThermoISeriesSettings(LinkedAnalyserSettings):
    """Keys of a `[devices.NAME]` table with driver "thermo-iseries"."""

    instrument_id: int = Field(default=0, ge=0, le=127, description="C-Link address; 0: requests carry none")
    component: str | None = Field(default=None, pattern="^[a-z0-9]+$", description="C-Link name; default: by the measurand")
    background: str | None = Field(default=None, description="command that tells the background; default: by the component")
    coefficient: str | None = Field(default=None, description="command that tells the span coefficient; default likewise")
    checksum: bool = Field(default=False, description="ask for answers with a checksum (format 01)")
    baud_rate: BaudRate = 9600
    command_gap_s: float | None = Field(default=None, ge=0, description="pause between commands, s; default 0.2, loopback 0")

    @model_validator(mode="after")
    def _known_quantities(self) -> ThermoISeriesSettings:
        for quantity in self.record_also:
            if quantity not in FURTHER:
                raise ValueError(f"record_also cannot have {quantity!r}; {suggest(quantity, FURTHER)}")
            if FURTHER[quantity].command == self.name_of_component:
                raise ValueError(f"record_also names {quantity!r}, which is the measurand itself; remove it there")
        return self

    @property
    def gas(self) -> Gas:
        """Model and commands of the component."""
        known = GASES.get(self.measurand, Gas("iSeries"))
        return Gas(known.model, self.background or known.background, self.coefficient or known.coefficient)

    @property
    def name_of_component(self) -> str:
        """How C-Link calls the component."""
        return self.component or self.measurand.lower()

    @property
    def shown_step(self) -> float:
        """Step of the last digit at full scale, in `unit`: as stated, or that of four digits of µmol/mol."""
        if self.resolution is not None:
            return self.resolution
        largest = max(abs(end) for end in self.range) * conversion(self.unit, "ppm")
        step_ppm = 10.0 ** (math.floor(math.log10(largest) + 1e-9) - SIGNIFICANT_DIGITS + 1)
        return float(from_fraction(to_fraction(step_ppm, "ppm"), self.unit))

    @property
    def gap_s(self) -> float:
        """Pause between two commands, s."""
        if self.command_gap_s is not None:
            return self.command_gap_s
        return 0.0 if "127.0.0.1" in self.resource else COMMAND_GAP_S


class ThermoISeries(LinkedAnalyser):
    """A device under test, and its own source: its indication, and what is recorded beside it."""

    driver: ClassVar[str] = "thermo-iseries"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "Thermo iSeries gas analyser (410i CO2, 48i, 43i, 42i, 49i, 15i) over C-Link"
    documented_by: ClassVar[str] = "the maker's iSeries manuals, appendix C-Link protocol commands"
    verified: ClassVar[str] = (
        "frames and checksum checked against the maker's manuals; not against hardware; the set forms of some backgrounds "
        "and coefficients by analogy"
    )
    Settings: ClassVar[type[BaseModel]] = ThermoISeriesSettings

    safe_state = "measures sample gas"

    def __init__(self, name: str, settings: ThermoISeriesSettings, parts: Parts) -> None:
        line = SerialSettings(settings.baud_rate)
        address = f"instrument id {settings.instrument_id}" if settings.instrument_id else "C-Link without instrument id"
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            gap_s=settings.gap_s,
            hint=f"is it switched on and set to {address}{f' and {line}' if settings.resource.startswith('ASRL') else ''}?",
        )
        self._further = [FURTHER[quantity] for quantity in settings.record_also]
        further = [
            Channel(f"{name}.{quantity}", quantity, entry.unit or settings.unit, entry.resolution)
            for quantity, entry in zip(settings.record_also, self._further, strict=True)
        ]
        super().__init__(name, settings, link, resolution=settings.shown_step, further=further)
        self.settings = settings
        self._component = settings.name_of_component
        self._request = encode(self._component, settings.instrument_id)
        self._framing = CLinkFraming(required=settings.checksum)

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for the program, without an address and by the ids that are known (`instruments.probing`)."""
        for instrument_id in (0, *KNOWN_IDS):
            recognise = partial(_recognise, instrument_id=instrument_id)
            yield Probe(encode(PROGRAM, instrument_id), recognise, SerialSettings(9600))

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, take the analyser into remote mode, and choose the format of its answers."""
        self._link.open()
        try:
            self._set("set mode remote", CLinkFraming())
            if self.settings.checksum:
                self._set("set format 01", CLinkFraming())
        except InstrumentError:
            self._link.close()
            raise

    def close(self) -> None:
        """Disconnect; the analyser stays in remote mode and goes on measuring."""
        self._link.close()

    def identify(self) -> Identity:
        """Ask for the program; C-Link tells neither maker nor serial number."""
        words = self._ask(PROGRAM).rest.split()
        return Identity("Thermo", " ".join(words[:-1]), "", words[-1] if words else "")

    def drive_safe(self) -> SafeOutcome:
        """Let the analyser measure sample gas, and read back that it does."""
        self._set("set sample")
        mode = self._ask("gas mode").rest
        return SafeOutcome(self.name, self.safe_state, mode == "sample", f"gas mode {mode}")

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for the concentration."""
        self._link.send(self._request, self._framing, accept=self._tells(self._component))

    def collect(self) -> Sequence[Sample]:
        """Return the concentration in `unit`, and what is recorded beside it in the units of its channels.

        Flagged, without value, is what the analyser says that it has no value of.
        """
        answer = self._answer(self._component, self._link.receive())
        indication = self._sample(self._component, answer, self.unit, self.settings.measurand)
        return (indication, *(self._read_further(*each) for each in zip(self.channels[1:], self._further, strict=True)))

    def _read_further(self, channel: Channel, further: FurtherQuantity) -> Sample:
        command = further.command
        line = self._link.query(encode(command, self.settings.instrument_id), self._framing, accept=self._tells(command))
        return self._sample(command, self._answer(command, line), channel.unit, channel.quantity)

    def _sample(self, command: str, answer: Answer, unit: str, quantity: str) -> Sample:
        number = answer.number()
        if number is None:
            if answer.rest.lower() == "bad cmd":
                raise self._wrong(command, answer, f"does it measure {quantity}?")
            return Sample(math.nan, Status.FLAGGED, answer.rest)
        value = self._converted(float(number[0]), number[1], unit)
        return Sample(value) if math.isfinite(value) else Sample(math.nan, Status.FLAGGED, answer.rest)

    def _tells(self, command: str) -> Accept:
        """What answers a command that asks for a number."""

        def accept(line: bytes) -> bool:
            answer = Answer.to(command, line)  # "co2 bkg 1.4 ppm" also begins with "co2"
            return answer is not None and (answer.refused or answer.number() is not None)

        return accept

    # ---- device --------------------------------------------------------------------------------------------------------

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Make an indication of `indicated` become `target`, both in `unit`; raises InstrumentError where it cannot be.

        The background is kept to the digits that the analyser shows of it, likewise the coefficient; so the indication
        comes as near to the target as these allow. Raises AdjustmentByOperatorError where no command for it is known.
        """
        gas = self.settings.gas
        command = gas.background if point == Adjustment.ZERO else gas.coefficient
        if command is None:
            raise AdjustmentByOperatorError(f"{self.name}: C-Link is not known to adjust {point.value} of a {gas.model}")
        self._set("set mode remote")
        coefficient = self._number(gas.coefficient)[0] if gas.coefficient else Decimal(1)
        if point == Adjustment.ZERO:
            present, unit = self._number(command)
            change = (indicated - target) * self._factor_between(unit, self.unit) / float(coefficient)
            self._change(command, present, float(present) + change)
            return
        if not (indicated > 0 and target > 0):
            raise InstrumentError(
                f"{self.name} ({self.resource}): span cannot be adjusted from {indicated:g} to {target:g} "
                f"{self.unit}; is span gas flowing?"
            )
        self._change(command, coefficient, float(coefficient) * target / indicated)

    def _change(self, what: str, present: Decimal, wanted: float) -> None:
        """Set a number to the digits of the present one, and read back that it is set."""
        value = Decimal(wanted).quantize(Decimal(1).scaleb(int(present.as_tuple().exponent)))
        self._set(f"set {what} {value}")
        found, _ = self._number(what)
        if found != value:
            raise InstrumentError(f"{self.name} ({self.resource}): {what} was set to {value}, reads back {found}")

    # ---- questions -----------------------------------------------------------------------------------------------------

    def _ask(self, command: str, framing: CLinkFraming | None = None) -> Answer:
        line = self._link.query(
            encode(command, self.settings.instrument_id),
            framing or self._framing,
            accept=lambda line: Answer.to(command, line) is not None,
        )
        return self._answer(command, line)

    def _answer(self, command: str, line: bytes) -> Answer:
        answer = Answer.to(command, line)
        assert answer is not None  # the link let nothing else pass
        return answer

    def _set(self, command: str, framing: CLinkFraming | None = None) -> None:
        answer = self._ask(command, framing)
        if not answer.done:
            raise self._wrong(command, answer, "is it in remote mode, and not in a service menu?")

    def _number(self, command: str) -> tuple[Decimal, str]:
        answer = self._ask(command)
        number = answer.number()
        if number is None:
            raise self._wrong(command, answer, "does this model have that command?")
        return Decimal(number[0]), number[1]

    def _wrong(self, command: str, answer: Answer, what_to_do: str) -> InstrumentError:
        return InstrumentError(f"{self.name} ({self.resource}): asked {command!r}, it answers {answer.rest!r}; {what_to_do}")


def _recognise(answer: bytes, instrument_id: int) -> Found | None:
    """The program, as C-Link tells it."""
    line = line_of(answer.lstrip(bytes(range(0x80, 0x100)) + b"\0\r\n"), PROGRAM.encode())
    told = Answer.to(PROGRAM, line.encode())
    if told is None or told.refused or not told.rest:
        return None
    *model, version = told.rest.split()
    return Found(Identity("Thermo", " ".join(model), "", version), {"instrument_id": instrument_id} if instrument_id else {})
