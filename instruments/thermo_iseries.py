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

The concentration is asked by the component's name (`co2` → `co2 4.000E+1 ppm`); the unit that the analyser answers is
converted into that of the range. The analyser shows four digits, so its resolution depends on the value; stated is that at
full scale. A real analyser needs some 0.2 s between two commands, a simulated one on loopback none.

Adjustment follows (signal − background) × coefficient: zero changes the background (`co2 bkg`), span the coefficient
(`coef 0`). Reading the two is documented for the 410i; their `set` forms are taken by analogy with the documented `set`
commands and are unverified against hardware.

Documented by: 410i, 48i, 42i, 15i manuals, appendix "C-Link protocol commands".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, Field, field_validator

from instruments.clink import Answer, CLinkFraming, encode
from instruments.session import SerialSettings
from instruments.station_keys import (
    BaudRate,
    DeviceRange,
    DeviceUnit,
    DriverSettings,
    Measurand,
    ResourceName,
    Timeout,
    Tries,
    UpdateInterval,
)
from instruments.transport import Link
from testbench.engine.roles import Adjustment, Channel, Identity, Listener, Parts, SafeOutcome, Sample, Status
from testbench.errors import InstrumentError
from testbench.metrology.amount import UnitError, conversion, from_fraction, to_fraction

COMMAND_GAP_S = 0.2
SIGNIFICANT_DIGITS = 4


class ThermoISeriesSettings(DriverSettings):
    """Keys of a `[devices.NAME]` table with driver "thermo-iseries"."""

    resource: ResourceName
    instrument_id: int = Field(default=0, ge=0, le=127, description="C-Link address; 0: requests carry none")
    component: str | None = Field(default=None, pattern="^[a-z0-9]+$", description="C-Link name; default: by the measurand")
    coefficient: str = Field(default="coef 0", description="command that tells the span coefficient")
    checksum: bool = Field(default=False, description="ask for answers with a checksum (format 01)")
    baud_rate: BaudRate = 9600
    command_gap_s: float | None = Field(default=None, ge=0, description="pause between commands, s; default 0.2, loopback 0")
    timeout_s: Timeout = 1.0
    tries: Tries = 3
    measurand: Measurand = "CO2"
    range: DeviceRange
    unit: DeviceUnit
    update_s: UpdateInterval = 1.0
    resolution: float | None = Field(default=None, ge=0, description="step of the last digit at full scale, in unit")

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        to_fraction(1.0, value)
        return value

    @property
    def name_of_component(self) -> str:
        """How C-Link calls the component."""
        return self.component or self.measurand.lower()

    @property
    def step(self) -> float:
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


class ThermoISeries:
    """A device under test, and its own source with one channel."""

    driver: ClassVar[str] = "thermo-iseries"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "Thermo iSeries gas analyser (410i and relatives) over C-Link"
    documented_by: ClassVar[str] = "the maker's iSeries manuals, appendix C-Link protocol commands"
    verified: ClassVar[str] = (
        "frames and checksum checked against the maker's manuals; not against hardware; the set forms of background and "
        "coefficient by analogy"
    )
    Settings: ClassVar[type[BaseModel]] = ThermoISeriesSettings

    safe_state = "measures sample gas"

    def __init__(self, name: str, settings: ThermoISeriesSettings, parts: Parts) -> None:
        self.name = name
        self.settings = settings
        self.channel = name
        self.unit = settings.unit
        self.low, self.high = settings.range
        self.update_s = self.interval_s = settings.update_s
        self.channels = (Channel(name, settings.measurand, settings.unit, settings.step),)
        self._component = settings.name_of_component
        self._request = encode(self._component, settings.instrument_id)
        self._framing = CLinkFraming(required=settings.checksum)
        self._divisors: dict[str, float] = {}
        line = SerialSettings(settings.baud_rate)
        address = f"instrument id {settings.instrument_id}" if settings.instrument_id else "C-Link without instrument id"
        self._link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            gap_s=settings.gap_s,
            hint=f"is it switched on and set to {address}{f' and {line}' if settings.resource.startswith('ASRL') else ''}?",
        )

    @property
    def source(self) -> ThermoISeries:
        """The device is read itself."""
        return self

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
        words = self._ask("program no").rest.split()
        return Identity("Thermo", " ".join(words[:-1]), "", words[-1] if words else "")

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Let the analyser measure sample gas, and read back that it does."""
        self._set("set sample")
        mode = self._ask("gas mode").rest
        return SafeOutcome(self.name, self.safe_state, mode == "sample", f"gas mode {mode}")

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for the concentration."""
        self._link.send(self._request, self._framing, accept=self._tells_concentration)

    def collect(self) -> Sequence[Sample]:
        """Return the concentration in `unit`; flagged, without value, where the analyser says that it has none."""
        answer = self._answer(self._component, self._link.receive())
        number = answer.number()
        if number is None:
            if answer.rest.lower() == "bad cmd":
                raise self._wrong(self._component, answer, f"does it measure {self.settings.measurand}?")
            return (Sample(math.nan, Status.FLAGGED, answer.rest),)
        # Divided by how many of its units make one of ours: that keeps decimal digits as they were written.
        return (Sample(float(number[0]) / self._divisor(number[1])),)

    def _tells_concentration(self, line: bytes) -> bool:
        answer = Answer.to(self._component, line)  # "co2 bkg 1.4 ppm" also begins with "co2"
        return answer is not None and (answer.refused or answer.number() is not None)

    # ---- device --------------------------------------------------------------------------------------------------------

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Make an indication of `indicated` become `target`, both in `unit`; raises InstrumentError where it cannot be.

        The background is kept to the digits that the analyser shows of it, likewise the coefficient; so the indication
        comes as near to the target as these allow.
        """
        background = f"{self._component} bkg"
        self._set("set mode remote")
        coefficient, _ = self._number(self.settings.coefficient)
        if point == Adjustment.ZERO:
            present, unit = self._number(background)
            change = (indicated - target) * self._divisor(unit) / float(coefficient)
            self._change(background, present, float(present) + change)
            return
        if not (indicated > 0 and target > 0):
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): span cannot be adjusted from {indicated:g} to {target:g} "
                f"{self.unit}; is span gas flowing?"
            )
        self._change(self.settings.coefficient, coefficient, float(coefficient) * target / indicated)

    def _change(self, what: str, present: Decimal, wanted: float) -> None:
        """Set a number to the digits of the present one, and read back that it is set."""
        value = Decimal(wanted).quantize(Decimal(1).scaleb(int(present.as_tuple().exponent)))
        self._set(f"set {what} {value}")
        found, _ = self._number(what)
        if found != value:
            raise InstrumentError(f"{self.name} ({self.settings.resource}): {what} was set to {value}, reads back {found}")

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

    def _divisor(self, unit: str) -> float:
        """How many of the unit that the analyser answers make one of that of the range."""
        divisor = self._divisors.get(unit)
        if divisor is None:
            try:
                divisor = self._divisors[unit] = conversion(self.unit, unit)
            except UnitError as error:
                raise InstrumentError(
                    f"{self.name} ({self.settings.resource}): answers in {unit!r}, which cannot be converted into "
                    f"{self.unit} ({error}); set its gas unit to ppm"
                ) from error
        return divisor

    def _wrong(self, command: str, answer: Answer, what_to_do: str) -> InstrumentError:
        return InstrumentError(
            f"{self.name} ({self.settings.resource}): asked {command!r}, it answers {answer.rest!r}; {what_to_do}"
        )
