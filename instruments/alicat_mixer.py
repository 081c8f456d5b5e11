"""Alicat gas mixer: two or more mass flow controllers in one box that keep stated fractions of a total flow.

Text lines that end with CR, both ways; 19200 baud 8N1. A unit letter addresses the mixer on its line:

    A QMXS         → A 0 2 4096 14 7 4 2 Y - +00.19 +05.00 +0001463 ----------      version, state, alarms, units of
                     04096 +020.6 +02.50 +923 +0500000000 …                         pressure, flow and volume, ports, alarms
                                                                                    enabled, pressure, flow and volume of the
                     mixture, analyser; of each port status, pressure, flow, volume, fraction in ppb (one line)
    A MXRM 3       → A 3                      mixes at a constant flow
    A MXRFF 2.5    → A 2.50 7 SLPM            total flow
    A MXMF n1 n2   → A n1 n2                  fractions in ppb, 1000000000 in all
    A MXRS 1, 2    → A 2, A 3                 start, stop: the state afterwards
    A MXFG         → A 1 4                    gas numbers of the ports
    anything else  → ?

States: 0 emergency stop, 1 invalid mixture, 2 mixing, 3 stopped, 4 and 5 alarm. Bit 8000 (hexadecimal) of a status or alarm:
feed pressure too low. Those other than mixing and stopped, and low feed, flag the readings.

Documented by: a public client and its tests, which hold the frames above.

    [divider]
    driver = "alicat-mixer"
    resource = "ASRL3::INSTR"             # or a device server: "TCPIP::192.168.1.21::4001::SOCKET"
    gases = ["co2", "zero"]               # the cylinders in the order of its ports; one of them is zero gas
    total_flow = 4.0                      # L/min
    full_scale = [5.0, 5.0]               # of each port, L/min
    uncertainty_percent = 0.6             # expanded (k = 2), of a flow
    reproducibility_percent = 0.05        # standard deviation from one setting to the next, of a flow
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.blending import Blending, Flows
from instruments.framing import LineFraming
from instruments.made_contents import Making
from instruments.one_box import FlowsSettings, OneBox, blending_of
from instruments.probing import Found, Probe, line_of
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.transport import Link
from testbench.engine.roles import Identity, Parts, Sample, Status
from testbench.errors import InputError, InstrumentError

LINE = LineFraming(b"\r", skip=b"\n")
SLPM = 7  # number of the unit of flow
CONSTANT_FLOW = 3
START, STOP = 1, 2
WHOLE = 1_000_000_000  # ppb
LOW_FEED = 0x8000
NO_FLOW = 0.01  # of full scale: what a closed port may show
HEAD, PORT = 14, 5  # words of the mixture, and of each port, in the answer to QMXS
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


class State(IntEnum):
    """What the mixer is doing."""

    EMERGENCY_STOP = 0
    INVALID_MIXTURE = 1
    MIXING = 2
    STOPPED = 3
    ALARM = 4
    ALARM_STOPPED = 5


class AlicatMixerSettings(FlowsSettings):
    """Keys of the `[divider]` table with driver "alicat-mixer"."""

    unit_id: str = Field(default="A", pattern="^[A-Za-z]$", description="letter of the mixer on its line")
    resolution: tuple[float, ...] | None = Field(
        default=None, description="step of the indicated flow of each port, L/min; default: by full scale"
    )
    baud_rate: BaudRate = 19200
    timeout_s: float = Field(default=0.5, gt=0, description="longest time for one answer, s")

    @property
    def steps(self) -> tuple[float, ...]:
        """Step of the indicated flow by port: as stated, or the smallest power of ten of at least fs/10000."""
        if self.resolution is not None:
            return self.resolution
        return tuple(float(10.0 ** math.ceil(math.log10(flow / 10000) - 1e-9)) for flow in self.full_scale if flow > 0)


@dataclass(frozen=True, slots=True)
class Port:
    """What the mixer says of one port: status bits, flow in SLPM, fraction in ppb."""

    status: int
    flow: float
    fraction: int


@dataclass(frozen=True, slots=True)
class Mixture:
    """The answer to QMXS."""

    unit_id: str
    version: str
    state: State
    alarms: int
    flow_unit: int
    flow: float
    ports: tuple[Port, ...]

    @classmethod
    def parse(cls, line: bytes) -> Mixture:
        """Read an answer; raise ValueError saying what is wrong with it."""
        words = line.decode("ascii").split()
        if len(words) < HEAD:
            raise ValueError(f"{len(words)} values where at least {HEAD} are due")
        count = int(words[7])
        if len(words) != HEAD + count * PORT:
            raise ValueError(f"{len(words)} values where {HEAD + count * PORT} are due for {count} ports")
        rows = [words[HEAD + PORT * index : HEAD + PORT * (index + 1)] for index in range(count)]
        ports = tuple(Port(int(row[0]), _number(row[2]), int(row[4])) for row in rows)
        return cls(words[0], words[1], State(int(words[2])), int(words[3]), int(words[5]), _number(words[11]), ports)

    @property
    def trouble(self) -> str:
        """What speaks against its readings; empty where nothing."""
        troubles = [] if self.state in (State.MIXING, State.STOPPED) else [self.state.name.lower().replace("_", " ")]
        low = [f"port {number}" for number, port in enumerate(self.ports, start=1) if port.status & LOW_FEED]
        if low or self.alarms & LOW_FEED:
            troubles.append(f"low feed pressure ({', '.join(low) or 'mixture'})")
        return ", ".join(troubles)


def _number(word: str) -> float:
    if not NUMBER.fullmatch(word):
        raise ValueError(f"{word!r} is no number")
    return float(word)


class AlicatMixer(OneBox):
    """A gas divider (role `GasDivider`), and its own source."""

    driver: ClassVar[str] = "alicat-mixer"
    kind: ClassVar[str] = "divider"
    summary: ClassVar[str] = "Alicat gas mixer"
    documented_by: ClassVar[str] = "a public client and its tests"
    verified: ClassVar[str] = "frames checked against the tests of a public client; not against hardware"
    Settings: ClassVar[type[BaseModel]] = AlicatMixerSettings

    interval_s = 0.1

    def __init__(self, name: str, settings: AlicatMixerSettings, parts: Parts) -> None:
        if settings.resolution is not None and len(settings.resolution) != len(settings.gases):
            raise InputError(
                f"resolution has {len(settings.resolution)} steps for {len(settings.gases)} gases; give one a port"
            )
        self.settings = settings
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=SerialSettings(settings.baud_rate),
            hint=f"is it switched on and set to unit id {settings.unit_id.upper()} and {settings.baud_rate} baud?",
        )
        gas = blending_of(
            name,
            settings,
            parts,
            full_scale=settings.full_scale,
            minimum_percent=settings.minimum_flow_percent,
            unit="SLPM",
            resolution=[*settings.steps, *[0.0] * len(settings.gases)],
        )
        super().__init__(name, gas, link)
        self._id = settings.unit_id.upper()

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, and make sure that a mixer of this unit id, with these ports, answers in SLPM."""
        super().open()
        try:
            self._check(self.state())
        except InstrumentError:
            self.close()
            raise

    def _check(self, mixture: Mixture) -> None:
        where = f"{self.name} ({self.settings.resource})"
        if len(mixture.ports) != len(self.settings.gases):
            raise InstrumentError(
                f"{where}: has {len(mixture.ports)} ports, gases names {len(self.settings.gases)} cylinders"
            )
        if mixture.flow_unit != SLPM:
            raise InstrumentError(f"{where}: shows flows in unit {mixture.flow_unit}, not in SLPM ({SLPM}); set it to SLPM")

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask unit A, as they are delivered, for its state (`instruments.probing`)."""
        yield Probe(b"A QMXS\r", _recognise, SerialSettings(19200))

    def identify(self) -> Identity:
        """Ask for its state, which tells the version of its program and nothing else."""
        return Identity(maker="Alicat", model="gas mixer", firmware=self.state().version)

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for its state."""
        self.link.send(self._line("QMXS"), LINE, accept=self._is_state)

    def collect(self) -> Sequence[Sample]:
        """Return the flow of every port, SLPM; flagged with state and alarms other than normal."""
        mixture = self._parse(self.link.receive())
        status, raw = (Status.FLAGGED, mixture.trouble) if mixture.trouble else (Status.VALID, None)
        return [Sample(port.flow, status, raw) for port in mixture.ports]

    def state(self) -> Mixture:
        """Ask for its state now."""
        return self._parse(self.link.query(self._line("QMXS"), LINE, accept=self._is_state))

    # ---- setting -------------------------------------------------------------------------------------------------------

    def _tell(self, told: Flows | Making) -> None:
        """Set mode, flow and fractions, and start."""
        assert not isinstance(told, Making)
        assert isinstance(self.gas, Blending)
        total = math.fsum(told.values())
        shares = [round(WHOLE * told[leg.key] / total) for leg in self.gas.legs]
        shares[self.gas.legs.index(self.gas.balance)] += WHOLE - sum(shares)
        self._command(f"MXRM {CONSTANT_FLOW}", (CONSTANT_FLOW,))
        flow, unit, *_ = self._ask(f"MXRFF {total:.3f}", r"[\d.+]+ \d+ \S+")
        if int(unit) != SLPM or abs(float(flow) - total) > 0.005 * total:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): was told a total flow of {total:.3f} SLPM and answers {flow} in "
                f"unit {unit}; does it reach that flow?"
            )
        self._command("MXMF " + " ".join(str(share) for share in shares), tuple(shares))
        self._command(f"MXRS {START}", (State.MIXING,))

    def _halt(self) -> None:
        (state,) = self._ask(f"MXRS {STOP}", r"\d")
        if int(state) == State.MIXING:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): was stopped, but goes on mixing; look at its display"
            )

    def _halted(self) -> tuple[bool, str]:
        mixture = self.state()
        assert isinstance(self.gas, Blending)
        closed = all(abs(port.flow) <= NO_FLOW * leg.largest for port, leg in zip(mixture.ports, self.gas.legs, strict=True))
        flows = ", ".join(f"port {number}: {port.flow:g} SLPM" for number, port in enumerate(mixture.ports, start=1))
        return mixture.state is not State.MIXING and closed, f"{mixture.state.name.lower().replace('_', ' ')}, {flows}"

    # ---- lines ---------------------------------------------------------------------------------------------------------

    def _line(self, command: str) -> bytes:
        return f"{self._id} {command}\r".encode()

    def _is_mine(self, line: bytes) -> bool:
        return line[:2].upper() == f"{self._id} ".encode() or line.strip() == b"?"

    def _is_state(self, line: bytes) -> bool:
        return self._is_mine(line) and (len(line.split()) >= HEAD or b"?" in line)

    def _command(self, command: str, expected: tuple[int, ...]) -> None:
        """Send a command whose answer is a list of numbers."""
        answer = tuple(int(word) for word in self._ask(command, rf"\d+( \d+){{{len(expected) - 1}}}"))
        if answer != expected:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): answered {' '.join(map(str, answer))} to {command!r}, not "
                f"{' '.join(map(str, map(int, expected)))}; look at its display"
            )

    def _ask(self, command: str, pattern: str) -> list[str]:
        """Send a command and return the words of its answer after the unit letter."""
        fitting = re.compile(pattern)

        def answers(line: bytes) -> bool:
            return self._is_mine(line) and (b"?" in line or fitting.fullmatch(" ".join(_words(line))) is not None)

        line = self.link.query(self._line(command), LINE, accept=answers)
        if b"?" in line:
            raise InstrumentError(f"{self.name} ({self.settings.resource}): does not know {command!r} (answers '?')")
        return _words(line)

    def _parse(self, line: bytes) -> Mixture:
        if line.strip().endswith(b"?"):
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): does not know 'QMXS' (answers '?'); is it an Alicat gas mixer?"
            )
        try:
            mixture = Mixture.parse(line)
            if len(mixture.ports) != len(self.settings.gases):
                raise ValueError(f"{len(mixture.ports)} ports")
        except ValueError as error:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): asked 'QMXS', answer {line!r} is not that of a mixer ({error})"
            ) from error
        return mixture


def _words(line: bytes) -> list[str]:
    return line.decode("ascii", "replace").split()[1:]


def _recognise(answer: bytes) -> Found | None:
    """The state of a mixture."""
    try:
        mixture = Mixture.parse(line_of(answer, b"A").encode())
    except ValueError:
        return None
    return Found(Identity("Alicat", "gas mixer", firmware=mixture.version), {"unit_id": mixture.unit_id})
