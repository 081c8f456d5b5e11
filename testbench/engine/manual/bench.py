"""The bench held by a person: owned as a run owns it, opened, guarded, read, set, and left safe. One thread uses it.

    own the station ─► laboratory ─► assemble ─► guard ─► open, identify ─► read, set … ─► safe state ─► release

An instrument that does not answer is left out and asked again now and then; the others go on. Nothing is set before a guard
watches: it makes the bench safe if this process is lost.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType

from testbench.engine.assembly import Equipment, assemble
from testbench.engine.clock import AccompaniedClock, RealClock, monotonic, wall_now
from testbench.engine.guard.client import Guard, start_guard
from testbench.engine.inquiry import Inquiry
from testbench.engine.laboratory import Laboratory
from testbench.engine.manual.actions import (
    Action,
    Adjust,
    DriveSafe,
    Rest,
    SetCondition,
    SetFlow,
    SetVelocity,
    StopFlowRig,
    StopGas,
    SupplyGas,
    ZeroGas,
    controller_of,
    device_of,
    divider_of,
    flow_rig_of,
    refuse,
    words,
)
from testbench.engine.manual.blowing import Blowing
from testbench.engine.manual.checking import Checked, ask, judged
from testbench.engine.manual.hand_log import HandLog
from testbench.engine.manual.limits import HandLimits, Measure
from testbench.engine.manual.listening import Listening
from testbench.engine.manual.parts import Part, parts_of
from testbench.engine.manual.sight import Connection, Done, HandSight, InstrumentSight, Phase, Reading
from testbench.engine.ownership import own_soon, real_resources
from testbench.engine.registry import find_laboratory
from testbench.engine.roles import (
    AdjustmentByOperatorError,
    Device,
    Identity,
    Instrument,
    SafeOutcome,
    Sample,
    Source,
    Status,
)
from testbench.engine.safe import drive_safe, unverified
from testbench.errors import InputError, InstrumentError, TestbenchError
from testbench.station import StationFile

ASK_AGAIN_S = 5.0  # real time after which a silent instrument is asked again
TRIPPED = "an interlock has tripped: everything was driven to its safe state, verified by reading back"
SETTLED_S = 0.3  # between a setting and reading it back: instruments act on it at their next update


class HandBench:
    """A station in a person's hand, for the length of a `with` block; raises a TestbenchError where it cannot be had.

    At the end of the block everything is driven to its safe state; `safe` then says what was read back.
    """

    def __init__(self, file: StationFile, log: HandLog) -> None:
        self.file = file
        self.safe: tuple[SafeOutcome, ...] = ()
        self._log = log
        self._stack = contextlib.ExitStack()
        self._laboratory: Laboratory | None = None
        self._guard: Guard | None = None
        self._instruments: dict[str, InstrumentSight] = {}
        self._readings: dict[str, Reading] = {}
        self._ask_at: dict[str, float] = {}
        self._notice = ""
        self._blowing: Blowing | None = None
        self.parts: tuple[Part, ...] = ()

    # ---- having it -----------------------------------------------------------------------------------------------------

    def __enter__(self) -> HandBench:
        """Own, assemble, guard and open; instruments that do not answer are listed in `sight`."""
        try:
            self._take()
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the bench safe, whatever happened."""
        self._let_go()

    def _take(self) -> None:
        station = self.file.station
        assemble(self.file)  # a wrong station file is told before anything is started
        ownership = own_soon(self._stack, real_resources(station), self.file.path, 0.0)
        ownership.by_hand(self._log.by)
        if station.simulated:
            self._laboratory = find_laboratory()(self.file)
            self._stack.callback(self._laboratory.close)
        self._clock = RealClock() if self._laboratory is None else AccompaniedClock(self._laboratory)
        resources = {} if self._laboratory is None else self._laboratory.resources
        self.equipment = assemble(self.file, resources=resources)
        self._inquiry = Inquiry(len(self.equipment.sources))
        self.parts = parts_of(self.file, self.equipment)
        self._limits = HandLimits(self.file, self.equipment)
        self._listening = Listening(self.equipment.instruments)
        self._instruments = {name: InstrumentSight(name) for name in self._listening.names}
        self._log.write("connect")
        guard = self._guard = start_guard(
            self.file, resources, self._log.path, None, None, station.guard.hang_s, notice=self._hear
        )
        self._stack.callback(guard.release)
        self._stack.enter_context(guard.patient())  # a person thinks as long as they like; the end of this process counts
        for instrument in self._instruments:
            self.identify(instrument)
        guard.await_ready()

    def _let_go(self) -> None:
        """Drive everything safe, disconnect, and give the station up; never raises what is not a defect."""
        equipment: Equipment | None = getattr(self, "equipment", None)
        if equipment is not None and self._instruments:
            self.safe = tuple(drive_safe(equipment.instruments, connect=True))
            with contextlib.suppress(TestbenchError):  # the bench is safe already; the log must not keep it from going
                self._log.write("release", unverified(self.safe) or "safe, verified by reading back")
            equipment.close()
        self._instruments = {}
        self._stack.close()

    def _hear(self, notice: str) -> None:
        self._notice = notice

    # ---- seeing --------------------------------------------------------------------------------------------------------

    def sight(self, phase: Phase = Phase.HELD) -> HandSight:
        """The bench as it is now, without asking anything."""
        instruments = {
            name: InstrumentSight(
                name, one.connection, one.identity, self._listening.last(name) or one.exchange, one.problem
            )
            for name, one in self._instruments.items()
        }
        return HandSight(
            phase, wall_now(), instruments, dict(self._readings), self.safe, alarms=self._limits.alarms, notice=self._notice
        )

    def attend(self) -> None:
        """Let a simulated laboratory keep up with real time, and see that there is a guard; cheap, many times a second."""
        self._clock.wait_until(self._clock.now())
        if self._guard is not None:
            self._guard.beat()

    def identify(self, name: str) -> Identity | None:
        """Ask an instrument who it is, connecting where it is not connected; None, with the reason in `sight`, if silent."""
        instrument = self._instrument(name)
        try:
            instrument.open()
            identity = instrument.identify()
        except InstrumentError as error:
            self._silent(name, str(error))
            return None
        self._instruments[name] = InstrumentSight(name, Connection.ANSWERS, identity)
        return identity

    def check(self, told: Callable[[str], None]) -> tuple[Checked, ...]:
        """Ask every instrument one after the other, and say what is wrong; see `checking`."""
        asked = {}
        for instrument in self.equipment.instruments:
            told(instrument.name)
            asked[instrument.name] = answer = ask(instrument)
            if answer.problem and instrument.name in self._instruments:
                self._silent(instrument.name, answer.problem)
            elif instrument.name in self._instruments:
                self._instruments[instrument.name] = InstrumentSight(instrument.name, Connection.ANSWERS, answer.identity)
            self.attend()
        return judged(self.parts, asked, wall_now().date())

    def read(self) -> Measure | None:
        """Read every source that answers, once; the reason where one does not is in `sight`.

        Where a reading trips an interlock that aborts or pauses a run, the bench is driven safe; what was done is returned.
        """
        self.attend()
        self._read(self.equipment.sources)
        self._keep_velocity()
        measure = self._limits.look(self._clock.now(), self._readings)
        if measure is not None:
            self._log.write(f"interlock: {measure.text}", "everything is driven to its safe state")
            self._blowing = None
            self.safe = tuple(drive_safe(self.equipment.instruments, connect=True))
            self._notice = unverified(self.safe) or TRIPPED
        return measure

    def _keep_velocity(self) -> None:
        """Have the rig follow the velocity that was set; a fan that does not answer is told of."""
        if self._blowing is None:
            return
        try:
            self._blowing.look(self._clock.now(), self._readings)
        except InstrumentError as error:
            self._notice = str(error)

    def _read(self, sources: Iterable[Source]) -> None:
        """Ask all at the same moment, and take their answers."""
        now = monotonic()
        lines: dict[str, list[Source]] = {}
        for source in sources:
            if not self._answers(source.name) and (
                now < self._ask_at.get(source.name, 0.0) or self.identify(source.name) is None
            ):
                self._keep_gap(source)
            else:
                lines.setdefault(self.equipment.line(source), []).append(source)
        for answer in self._inquiry.answers(list(lines.values())):
            if answer.failure is None:
                self._keep(answer.source, answer.samples)
            else:
                self._silent(answer.source.name, answer.failure)
                self._keep_gap(answer.source)

    def _keep(self, source: Source, samples: Sequence[Sample]) -> None:
        at = wall_now()
        for channel, sample in zip(source.channels, samples, strict=True):
            value = sample.value if math.isfinite(sample.value) and sample.status is not Status.GAP else None
            self._readings[channel.name] = Reading(channel, source.name, at, value, sample.status, sample.raw or "")

    def _keep_gap(self, source: Source) -> None:
        self._keep(source, [Sample(math.nan, Status.GAP)] * len(source.channels))

    def _silent(self, name: str, problem: str) -> None:
        known = self._instruments[name]
        self._instruments[name] = InstrumentSight(name, Connection.SILENT, known.identity, problem=problem)
        self._ask_at[name] = monotonic() + ASK_AGAIN_S

    def _answers(self, name: str) -> bool:
        known = self._instruments.get(name)
        return known is None or known.connection is Connection.ANSWERS

    def _instrument(self, name: str) -> Instrument:
        return next(instrument for instrument in self.equipment.instruments if instrument.name == name)

    # ---- setting -------------------------------------------------------------------------------------------------------

    def carry_out(self, action: Action) -> Done:
        """Check, log, do, and read back; raises a TestbenchError in words, also logged, where it cannot be done."""
        try:
            refuse(action, self.equipment)
            if self._limits.holding and not isinstance(action, DriveSafe | StopGas | StopFlowRig):
                raise InputError(f"nothing is set while an interlock stands: {'; '.join(self._limits.alarms)}")
            self._log.write(words(action), "begun")
            self.attend()
            safe, note = self._do(action)
            self._clock.idle(SETTLED_S)
            sources = tuple(self._concerned(action))
            self._read(sources)
        except TestbenchError as error:
            with contextlib.suppress(TestbenchError):  # the first error counts
                self._log.write(words(action), f"failed: {error}")
            raise
        names = [channel.name for source in sources for channel in source.channels]
        readings = tuple(self._readings[name] for name in names if name in self._readings)
        self._log.write(words(action), _came_of(readings, safe, note))
        return Done(action, self._log.by, wall_now(), readings, safe, note)

    def _do(self, action: Action) -> tuple[tuple[SafeOutcome, ...], str]:
        equipment = self.equipment
        match action:
            case SupplyGas(component, fraction):
                divider_of(equipment).supply(component, fraction)
            case ZeroGas():
                divider_of(equipment).zero()
            case Rest():
                divider_of(equipment).rest()
            case StopGas():
                divider_of(equipment).stop()
            case SetFlow(name, flow):
                controller_of(equipment, name).set_flow(flow)
            case SetVelocity(velocity):
                rig = flow_rig_of(equipment)
                rig.set_velocity(velocity)
                self._blowing = Blowing(rig, velocity, self._clock.now()) if velocity > 0.0 else None
            case StopFlowRig():
                self._blowing = None
                flow_rig_of(equipment).stop()
            case SetCondition(quantity, value):
                equipment.controls[quantity].set_condition(value)
            case Adjust():
                return (), self._adjust(device_of(equipment, action.device), action)
            case DriveSafe():
                self._blowing = None
                safe = self.safe = tuple(drive_safe(equipment.instruments, connect=True))
                if trouble := unverified(safe):
                    raise InstrumentError(trouble)
                return safe, ""
        return (), ""

    def _adjust(self, device: Device, action: Adjust) -> str:
        """Adjust by the device's own command; at the keys where it is simulated. Return what is to be known beside."""
        self._read([device.source])
        reading = self._readings.get(device.channel)
        if reading is None or reading.value is None or reading.status is not Status.VALID:
            raise InstrumentError(f"{device.name}: has no valid reading now, so it cannot be adjusted; read it first")
        try:
            device.adjust(action.point, reading.value, action.target)
        except AdjustmentByOperatorError as error:
            if self._laboratory is None or not self.file.station.simulates(device.name):
                raise InstrumentError(str(error)) from error
            self._laboratory.adjust_by_hand(device.name, action.point, reading.value, action.target)
            return f"adjusted at the keys of the simulated device, from {reading.value:g} {device.unit}"
        return f"adjusted from {reading.value:g} {device.unit}"

    def _concerned(self, action: Action) -> Iterator[Source]:
        """The sources that show what came of an action."""
        equipment = self.equipment
        match action:
            case SupplyGas() | ZeroGas() | Rest() | StopGas():
                yield from divider_of(equipment).sources
            case SetFlow(name, _):
                yield controller_of(equipment, name)
            case SetVelocity() | StopFlowRig():
                yield from flow_rig_of(equipment).sources
            case Adjust(name, _, _):
                yield device_of(equipment, name).source
            case SetCondition(quantity, _):
                yield equipment.sensors[quantity].source
            case DriveSafe():
                yield from equipment.sources


def _came_of(readings: Iterable[Reading], safe: Iterable[SafeOutcome], note: str) -> str:
    """What was read back, in a line."""
    told = [note] if note else []
    told += [f"{outcome.instrument}: {outcome.read_back}" for outcome in safe if outcome.read_back]
    told += [f"{r.channel.name} {'no reading' if r.value is None else f'{r.value:g} {r.channel.unit}'}" for r in readings]
    return "; ".join(told)
