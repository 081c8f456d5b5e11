"""Keithley DAQ6510 scanner with 7700 modules, for 4-20 mA loops.

    [instruments.daq]
    driver = "keithley-daq6510"
    resource = "TCPIP::192.168.1.50::5025::SOCKET"     # or "TCPIP::192.168.1.50::inst0::INSTR"
    current_channels = [121]              # x21 and x22 of a module measure current themselves
    shunts = { 101 = 250.0 }              # every other channel: the voltage over a shunt, in ohm

Its command set must be SCPI (*LANG?). A scan fills a buffer of its own, which is cleared before:

    TRAC:CLE "bench";:INIT;*WAI;:TRAC:DATA? 1,2,"bench",CHAN,READ       → 101,+1.000000E+00,121,+4.000000E-03

The channels come with the readings and are compared with those asked for. What becomes of the currents stands in
`instruments.loop_scanner`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import BaseModel

from instruments.loop_scanner import LINE, LoopScannerBase, LoopScannerSettings, listed, numbers_of
from instruments.probing import SCPI_IDENTITY, Found, Medium, Probe, scpi_identity
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from testbench.engine.roles import Parts, Sample
from testbench.errors import InstrumentError

MODEL = "DAQ6510"
BUFFER = "bench"
BUFFER_SIZE = 1000


class KeithleyDaq6510Settings(LoopScannerSettings):
    """Keys of an `[instruments.NAME]` table with driver "keithley-daq6510"."""

    slots = (1, 2)
    module = "7700"

    baud_rate: BaudRate = 115200


class KeithleyDaq6510(LoopScannerBase[KeithleyDaq6510Settings]):
    """A scanner, read as one source with a channel for every loop."""

    driver: ClassVar[str] = "keithley-daq6510"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "scanner Keithley DAQ6510 for 4-20 mA current loops"
    documented_by: ClassVar[str] = "the maker's reference manual and examples"
    verified: ClassVar[str] = "commands after the maker's examples; not against hardware"
    Settings: ClassVar[type[BaseModel]] = KeithleyDaq6510Settings

    current_range = 0.1
    voltage_ranges = (0.1, 1.0, 10.0, 100.0)
    relative_resolution = 1e-6

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask who it is (`instruments.probing`)."""
        yield Probe(SCPI_IDENTITY, _recognise, SerialSettings(115200), Medium.BYTES | Medium.MESSAGES)

    def __init__(self, name: str, settings: KeithleyDaq6510Settings, parts: Parts) -> None:
        super().__init__(name, settings)
        count = len(self._numbers)
        scan = f'TRAC:CLE "{BUFFER}";:INIT;*WAI;:TRAC:DATA? 1,{count},"{BUFFER}",CHAN,READ\n'
        self._scan = scan.encode("ascii")

    def open(self) -> None:
        """Connect, check model and command set, set up the scan and make sure that it was understood."""
        self._link.open()
        place = f"{self.name} ({self._settings.resource})"
        if (language := self._ask("*LANG?")) != "SCPI":
            raise InstrumentError(
                f"{place}: its command set is {language or 'unknown'}, not SCPI; set it in the settings of its menu and "
                "switch it off and on"
            )
        model = self.identify().model.removeprefix("MODEL ")
        if model != MODEL:
            raise InstrumentError(
                f"{place}: answers as {model or 'an unknown model'}, not as {MODEL}; correct the driver, or the resource"
            )
        self._set_up(self._setup())

    def _setup(self) -> list[str]:
        """The commands that set up the scan: function and range of each group of channels, buffer, list of all channels."""
        # A buffer that was left is deleted; where there was none that is an error, which is cleared.
        commands = ["ABOR", "*RST", f'TRAC:DEL "{BUFFER}"', "*CLS", "ROUT:OPEN:ALL", f'TRAC:MAKE "{BUFFER}",{BUFFER_SIZE}']
        for (function, reach), numbers in self._by_range().items():
            commands.append(f'SENS:FUNC "{function}:DC",{listed(numbers)}')
            commands.append(f"SENS:{function}:RANG {reach:g},{listed(numbers)}")
        return [
            *commands,
            f'ROUT:SCAN:BUFF "{BUFFER}"',
            f"ROUT:SCAN:CRE {listed(self._numbers)}",
            "ROUT:SCAN:COUN:SCAN 1",
        ]

    def request(self) -> None:
        """Start a scan of all channels."""
        self._link.send(self._scan, LINE, accept=lambda line: numbers_of(line) is not None)

    def collect(self) -> Sequence[Sample]:
        """Return one sample a channel, in the order of the scan. Raises InstrumentError."""
        answer = self._link.receive()
        numbers = numbers_of(answer) or []
        if numbers[::2] != list(self._numbers) or len(numbers) != 2 * len(self._numbers):
            raise self._wrong(answer)
        return [scale.sample(reading) for reading, scale in zip(numbers[1::2], self._plan, strict=True)]


def _recognise(answer: bytes) -> Found | None:
    """This scanner."""
    identity = scpi_identity(answer)
    return Found(identity) if identity is not None and identity.model.removeprefix("MODEL ") == MODEL else None
