"""Conducts one evaluation on its bench, from the first instrument opened to the safe state, new or gone on with.

laboratory or hardware ─► guard ─► open, identify ─► record, control file ─► run 1 … run n ─► judge
                                                         └── safe state, always ──┘
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from testbench.criteria.judge import Scorecard
from testbench.engine.asking import operator_of
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.awake import KeptAwake
from testbench.engine.chronicle import Chronicle
from testbench.engine.clock import AccompaniedClock, Clock, RealClock, SimulatedClock, monotonic
from testbench.engine.control import AbortRequest, ControlFile
from testbench.engine.guard.client import Guard, start_guard
from testbench.engine.interlocks import Interlocks, watched
from testbench.engine.interruption import Interruption
from testbench.engine.judging import condition_limits, judge, verdict_documents
from testbench.engine.laboratory import Laboratory
from testbench.engine.live import LiveBench
from testbench.engine.observer import EvaluationObserver
from testbench.engine.other_gas import left_connected
from testbench.engine.ownership import Ownership
from testbench.engine.past import PROCESS_LOST, UNWATCHED, Past, refuse_other_software, times_unwatched
from testbench.engine.plan import Plan
from testbench.engine.remembering import LaboratoryMemory
from testbench.engine.request import EvaluationRequest
from testbench.engine.roles import Channel, Identity, SafeOutcome
from testbench.engine.room import note, with_room
from testbench.engine.safe import drive_safe
from testbench.engine.sampling import Sampler
from testbench.engine.silence import Silence
from testbench.engine.software import software
from testbench.engine.start import evaluation_start
from testbench.engine.steering import Steering
from testbench.engine.suite import Suite
from testbench.engine.trace import trace
from testbench.engine.wording import duration
from testbench.errors import AbortedError, EndedError, TestbenchError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record
from testbench.record.trace import TraceBuffer

NOTICEABLE_S = 0.1  # a time unwatched that is told


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """What came of it: identifier, findings by run, the scorecard where a standard judged, and the safe state."""

    evaluation: str
    findings: tuple[Finding, ...]
    scorecard: Scorecard | None
    outcome: Outcome
    safe: tuple[SafeOutcome, ...]
    bench_s: float
    real_s: float


class Conduct:
    """One evaluation in this process; `past` is what was done before, where it is gone on with."""

    def __init__(
        self,
        request: EvaluationRequest,
        plan: Plan,
        observer: EvaluationObserver,
        record: Record,
        laboratory: Laboratory | None,
        interruption: Interruption,
        ownership: Ownership,
        past: Past | None = None,
    ) -> None:
        self._request = request
        self._plan = plan
        self._observer = observer
        self._record = record
        self._laboratory = laboratory
        self._interruption = interruption
        self._ownership = ownership
        self._past = past
        self._evaluation = "" if past is None else past.row.identifier
        self._guard: Guard | None = None
        self._steering: Steering | None = None
        self._memory: LaboratoryMemory | None = None
        self._chronicle = Chronicle(record, observer)
        self._suite: Suite | None = None
        self._interlocks: Interlocks | None = None
        self._live: LiveBench | None = None
        self._traced: TraceBuffer | None = None
        self._awake = KeptAwake()
        self._clock = self._make_clock()

    @property
    def evaluation(self) -> str:
        """Its identifier; empty until it is in the record."""
        return self._evaluation

    def run(self) -> EvaluationResult:
        """Carry it through, the computer kept awake; see `testbench.engine.evaluation.evaluate`."""
        with self._awake:
            return self._run()

    def _run(self) -> EvaluationResult:
        station, began = self._request.station, monotonic()
        resources = {} if self._laboratory is None else self._laboratory.resources
        equipment = assemble(station, resources=resources, devices=self._request.devices)
        self._traced = trace(equipment.instruments, self._clock) if self._request.trace else None
        self._guard = start_guard(
            station,
            resources,
            self._request.record,
            self._evaluation or None,
            self._request.devices,
            station.station.guard.hang_s,
            notice=self._chronicle.guard,
        )
        with contextlib.ExitStack() as held:  # the control file, until the end is in the record
            try:
                identities = self._open(equipment)
                try:
                    safe = self._carry_through(equipment, identities, held)
                finally:
                    with self._guard.patient():
                        equipment.close()
            finally:
                self._guard.release()
            scorecard, outcome = self._finish()
        findings, bench_s = tuple(self._findings), self._clock.now()
        return EvaluationResult(self._evaluation, findings, scorecard, outcome, tuple(safe), bench_s, monotonic() - began)

    # ---- surroundings -------------------------------------------------------------------------------------------------

    def _make_clock(self) -> Clock:
        """The bench's clock, at 0 or where the evaluation was lost; a simulated laboratory is brought to that time."""
        laboratory, past, jumped = self._laboratory, self._past, self._chronicle.clock
        if laboratory is None:
            return RealClock(self._check, start_s=_now_after(past), jumped=jumped)
        if past is None:
            laboratory.reset(self._request.seed)
        else:
            laboratory.restore(self._request.seed, past.laboratory, past.lost_at)
        self._memory = LaboratoryMemory(laboratory, 0 if past is None else len(past.laboratory))
        if self._request.station.station.jumps:
            return SimulatedClock(laboratory, self._check, started=None if past is None else past.row.start.started)
        return AccompaniedClock(laboratory, self._check, start_s=_now_after(past), jumped=jumped)

    def _check(self) -> None:
        """Look for whatever asks for an end or a pause, and give the guard its sign of life."""
        if self._guard is not None:
            self._guard.beat()
        if self._steering is not None:
            self._steering.check()
        else:
            self._interruption.check()

    def _open(self, equipment: Equipment) -> dict[str, Identity]:
        """Connect to everything; what answered is driven safe where something did not."""
        assert self._guard is not None
        try:
            with self._guard.patient():
                identities = equipment.open()
            self._interruption.hold()
            self._guard.await_ready()
        except BaseException:
            self._interruption.hold()
            self._make_safe(equipment)
            equipment.close()
            raise
        return identities

    # ---- the evaluation in the record -----------------------------------------------------------------------------------

    def _carry_through(
        self, equipment: Equipment, identities: Mapping[str, Identity], held: contextlib.ExitStack
    ) -> list[SafeOutcome]:
        """Everything between the first entry in the record and the safe state; the control file goes to `held`."""
        safe: list[SafeOutcome] = []
        try:
            if self._past is None:
                self._begin(equipment)
            control = ControlFile.hold(self._request.record, self._evaluation, unheeded=self._leave_to_guard)
            self._announce(held.enter_context(control))
            if self._past is not None:
                self._go_on(self._past)
            self._chronicle.instruments(identities)
            if self._traced is not None:
                self._record.keep_trace(self._evaluation, self._traced)
            try:
                bench = self._live = self._bench(equipment)
                self._suite = Suite(
                    self._request,
                    self._record,
                    self._evaluation,
                    self._clock,
                    self._observer,
                    past=self._past,
                    memory=self._memory,
                )
                self._suite.carry_out(bench, self._interruption.check)
                bench.disconnect()
            except BaseException as error:
                safe = self._make_safe(equipment)
                self._warn_of_connected()
                self._close_badly(error)
                raise
        finally:
            if not safe:
                safe = self._make_safe(equipment)
        return safe

    def _leave_to_guard(self, _: AbortRequest) -> None:
        """End this process: it does not come to an abort (the record is locked, a driver hangs), but the guard does."""
        if self._guard is not None and self._guard.pid is not None:
            os._exit(AbortedError.exit_status)

    def _begin(self, equipment: Equipment) -> None:
        simulated = self._laboratory is not None
        start = evaluation_start(self._request, self._plan, equipment, simulated=simulated, started=self._clock.wall())
        self._evaluation = self._record.begin_evaluation(start)

    def _announce(self, control: ControlFile) -> None:
        """Tell guard, lock holders and onlookers which evaluation this is; from now on it is steered from outside."""
        assert self._guard is not None
        self._chronicle.begin(self._evaluation, self._clock)
        self._guard.evaluation(self._evaluation)
        self._ownership.belongs_to(self._evaluation)
        self._steering = Steering(
            self._record,
            self._evaluation,
            self._interruption,
            control=control,
            notice=self._observer.notice,
            resumed=self._past is not None,
        )
        self._observer.begun(self._evaluation)
        if not self._request.station.station.jumps and (problem := self._awake.problem()):
            self._chronicle.sleep(problem)

    def _go_on(self, past: Past) -> None:
        """Enter that the evaluation is gone on with, and what is known of the time between."""
        procedures = {item.procedure.name for item in self._request.items}
        tell, now = self._chronicle.event, self._clock.now()
        tell(PROCESS_LOST, f"{past.row.reason or 'interrupted'}; readings of up to 1 s of real time before may be missing")
        if now - past.lost_at >= NOTICEABLE_S:
            lost = duration(now - past.lost_at)
            text = f"nobody watched the bench for {lost} (bench time {past.lost_at:.1f} s to {now:.1f} s)"
            entry = partial(self._chronicle.enter, UNWATCHED, text, past.going)
            with_room(entry, self._clock, self._observer.notice)
        if past.elapsed_s < 0 and not self._clock.simulated:
            tell("clock", f"the wall clock was set back by {-past.elapsed_s:.0f} s; bench time goes on where it was")
        for changed in refuse_other_software(past.row, software(self._request), procedures):
            tell("software", changed)
        reopen = partial(self._record.reopen_evaluation, self._evaluation)
        with_room(reopen, self._clock, self._observer.notice)

    # ---- runs -----------------------------------------------------------------------------------------------------------

    def _bench(self, equipment: Equipment) -> LiveBench:
        of_device = {device.channel: device.name for device in equipment.devices}

        def register(channel: Channel) -> int:
            return self._record.channel(
                self._evaluation,
                channel.name,
                quantity=channel.quantity,
                unit=channel.unit,
                resolution=channel.resolution,
                device=of_device.get(channel.name),
            )

        station, steering, guard = self._request.station.station, self._steering, self._guard
        assert steering is not None
        assert guard is not None
        watching = watched(station.interlocks, equipment, devices=station.devices)
        interlocks = self._interlocks = Interlocks(watching, self._chronicle, self._chronicle.alarm)
        if self._past is not None:
            alarms = self._record.alarms.of(self._evaluation)
            interlocks.recall({alarm.name: alarm.number for alarm in alarms if alarm.released is None})
        sampler = Sampler(
            equipment.sources,
            self._clock,
            self._record.readings(self._evaluation),
            register,
            self._chronicle.gap,
            dispensable=equipment.dispensable,
            tested=[device.source for device in equipment.devices],
            line=equipment.line,
            watch=interlocks.look,
            silence=Silence(
                station.faults.wait_s, station.faults.dead_device == "pause", lambda: steering.resumes, guard.beat
            ),
            alive=guard.beat,
        )
        operator = operator_of(
            station,
            self._laboratory,
            self._record,
            self._evaluation,
            self._clock,
            sampler,
            self._observer.notice,
            attended=self._request.attended,
        )
        bench = LiveBench(
            equipment,
            self._clock,
            sampler,
            operator,
            self._observer,
            line=station.line,
            limits=condition_limits(self._request.standard),
            component=next(iter(equipment.information.values())).measurand,
            safe_point=steering.safe_point,
            fault_wait_s=station.faults.wait_s,
        )
        if self._past is not None:
            bench.resume(self._past.state, times_unwatched(self._record, self._evaluation))
        return bench

    @property
    def _findings(self) -> list[Finding]:
        return [] if self._suite is None else self._suite.findings

    def _judge(self) -> Scorecard | None:
        return judge(self._request, self._findings, [] if self._suite is None else self._suite.numbers)

    # ---- ends -----------------------------------------------------------------------------------------------------------

    def _make_safe(self, equipment: Equipment) -> list[SafeOutcome]:
        assert self._guard is not None
        with self._guard.patient():
            outcomes = drive_safe(equipment.instruments)
        self._chronicle.safe_state(outcomes)
        return outcomes

    def _warn_of_connected(self) -> None:
        """Tell of a gas that is connected by hand: no instrument shuts it."""
        connected = None if self._live is None else self._live.connected
        if connected is not None:
            self._chronicle.alarm(left_connected(connected))

    def _finish(self) -> tuple[Scorecard | None, Outcome]:
        """Judge, and close the evaluation."""
        scorecard = self._judge()
        outcome = scorecard.outcome if scorecard is not None else Outcome.INCONCLUSIVE
        if self._steering is not None:
            self._steering.finish()
        verdicts, finished = verdict_documents(scorecard), self._clock.wall()
        with_room(
            lambda: self._record.finish_evaluation(self._evaluation, outcome=outcome, finished=finished, verdicts=verdicts),
            self._clock,
            self._observer.notice,
        )
        return scorecard, outcome

    def _close_badly(self, error: BaseException) -> None:
        """Close an evaluation that ended early; a record that cannot be written must not hide why."""
        aborted = isinstance(error, AbortedError) and not isinstance(error, EndedError)
        hint = f"`testbench report --record {self._request.record}` writes its report"
        try:
            verdicts = verdict_documents(self._judge())
            if self._steering is not None:
                self._steering.finish()
            if self._interlocks is not None:
                self._interlocks.pay()
            if aborted:
                self._record.finish_evaluation(
                    self._evaluation,
                    outcome=Outcome.ABORTED,
                    finished=self._clock.wall(),
                    verdicts=verdicts,
                    state=RunState.ABORTED,
                    reason=str(error),
                )
            else:
                reason = str(error) or type(error).__name__
                self._record.interrupt_evaluation(
                    self._evaluation, outcome=Outcome.ERROR, reason=reason, at=self._clock.wall(), verdicts=verdicts
                )
                hint = f"`testbench resume {self._evaluation} --record {self._request.record}` goes on with it; {hint}"
        except TestbenchError as second:
            note(error, second)
        else:
            error.add_note(f"what was measured is in the record as {self._evaluation}; {hint}")


def _now_after(past: Past | None) -> float:
    """Bench time now: on a real bench it went on while nobody watched."""
    return 0.0 if past is None else past.lost_at + max(0.0, past.elapsed_s)
