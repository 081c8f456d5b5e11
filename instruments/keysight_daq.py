"""Keysight (Agilent, HP) scanners 34970A, 34972A and DAQ970A with 34901A / DAQM901A modules, for 4-20 mA loops.

    [instruments.daq]
    driver = "keysight-daq"
    resource = "TCPIP::192.168.1.50::5025::SOCKET"
    model = "34972A"
    current_channels = [121]              # x21 and x22 of a module measure current themselves
    shunts = { 101 = 250.0 }              # every other channel: the voltage over a shunt, in ohm

One READ? scans all channels. What becomes of the currents stands in `instruments.loop_scanner`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, get_args

from pydantic import BaseModel, Field

from instruments.loop_scanner import LINE, LoopScannerBase, LoopScannerSettings, listed, numbers_of
from instruments.probing import SCPI_IDENTITY, Found, Medium, Probe, scpi_identity
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from testbench.engine.roles import Parts, Sample
from testbench.errors import InstrumentError


class KeysightDaqSettings(LoopScannerSettings):
    """Keys of an `[instruments.NAME]` table with driver "keysight-daq"."""

    slots = (1, 2, 3)
    module = "34901A"

    model: Literal["34970A", "34972A", "DAQ970A"] = Field(default="34972A", description="what *IDN? must say")
    baud_rate: BaudRate = 57600  # the serial port of a 34970A


class KeysightDaq(LoopScannerBase[KeysightDaqSettings]):
    """A scanner, read as one source with a channel for every loop."""

    driver: ClassVar[str] = "keysight-daq"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "scanner 34970A / 34972A / DAQ970A for 4-20 mA current loops"
    documented_by: ClassVar[str] = "the makers' command references of the three scanners"
    verified: ClassVar[str] = "commands after the makers' manuals; unverified against hardware"
    Settings: ClassVar[type[BaseModel]] = KeysightDaqSettings

    current_range = 0.1
    voltage_ranges = (0.1, 1.0, 10.0, 100.0, 300.0)
    relative_resolution = 3e-6

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask who it is (`instruments.probing`)."""
        yield Probe(SCPI_IDENTITY, _recognise, SerialSettings(57600), Medium.BYTES | Medium.MESSAGES)

    def __init__(self, name: str, settings: KeysightDaqSettings, parts: Parts) -> None:
        super().__init__(name, settings)

    def open(self) -> None:
        """Connect, check model and modules, set up the scan and make sure that it was understood. Raises InstrumentError."""
        self._link.open()
        self._link.write(b"ABOR;*RST;*CLS\n")
        model = self.identify().model
        if model != self._settings.model:
            raise InstrumentError(
                f"{self.name} ({self._settings.resource}): answers as {model or 'an unknown model'}, the station file says "
                f"{self._settings.model}; correct `model`, or the resource"
            )
        self._check_modules()
        self._set_up(self._setup())

    def _check_modules(self) -> None:
        """Refuse an empty slot, and a module that is known to have no current channels; others are let pass."""
        for slot in sorted({100 * (number // 100) for number in self._numbers}):
            card = self._ask(f"SYST:CTYP? {slot}")
            kind = card.split(",")[1].strip() if card.count(",") else card
            needed = [number for number in self._numbers if number // 100 == slot // 100]
            if kind in ("0", ""):
                raise InstrumentError(
                    f"{self.name}: slot {slot} is empty, channels {', '.join(map(str, needed))} need a 34901A"
                )
            currents = [number for number in needed if number not in self._settings.shunts]
            if currents and kind in ("34902A", "34908A", "DAQM902A", "DAQM908A"):
                listing = ", ".join(map(str, currents))
                raise InstrumentError(
                    f"{self.name}: slot {slot} has a {kind}, which cannot measure current ({listing}); use a shunt"
                )

    def _setup(self) -> list[str]:
        """The commands that set up the scan: one for each function and range, then the list of all channels."""
        commands = [
            f"CONF:{function}:DC {reach:g},{reach * self.relative_resolution:.3E},{listed(numbers)}"
            for (function, reach), numbers in self._by_range().items()
        ]
        commands.append("FORM:READ:TIME OFF;CHAN OFF;UNIT OFF;ALAR OFF")
        # CONF replaces the scan list, so the list of all channels comes last.
        commands.append(f"ROUT:SCAN {listed(self._numbers)}")
        commands.append("TRIG:SOUR IMM;COUN 1")
        return commands

    # ---- Readings ------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Start a scan of all channels."""
        self._link.send(b"READ?\n", LINE, accept=lambda line: numbers_of(line) is not None)

    def collect(self) -> Sequence[Sample]:
        """Return one sample a channel, in the order of the scan. Raises InstrumentError."""
        answer = self._link.receive()
        readings = numbers_of(answer)
        if readings is None or len(readings) != len(self._plan):
            raise self._wrong(answer)
        return [scale.sample(reading) for reading, scale in zip(readings, self._plan, strict=True)]


def _recognise(answer: bytes) -> Found | None:
    """One of the scanners."""
    identity = scpi_identity(answer)
    known = KeysightDaqSettings.model_fields["model"].annotation
    return Found(identity, {"model": identity.model}) if identity and identity.model in get_args(known) else None
