"""An evaluation: the runs of a suite on a station, in order, into the record, scored, and the bench left safe at every end.

plan ─► laboratory or hardware ─► open, identify ─► record ─► run 1 … run n ─► score
                                                        └── safe state, always ──┘
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from testbench.criteria.judge import Scorecard, judge_all
from testbench.criteria.standard import Standard
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.clock import AccompaniedClock, Clock, RealClock, SimulatedClock, monotonic, wall_now
from testbench.engine.conditions import ConditionLimit
from testbench.engine.interruption import Interruption
from testbench.engine.journal import RunJournal
from testbench.engine.laboratory import Laboratory
from testbench.engine.live import LiveBench
from testbench.engine.observer import EvaluationObserver
from testbench.engine.operator import ConsoleOperator, Operator, SharedOperator, SimulatedOperator
from testbench.engine.ownership import owning, real_resources
from testbench.engine.plan import SuiteItem, make_plan
from testbench.engine.registry import DRIVERS, PROCEDURES, find_laboratory, provenance
from testbench.engine.roles import Channel, Identity, SafeOutcome
from testbench.engine.safe import drive_safe, unverified
from testbench.engine.sampling import Sampler
from testbench.engine.trace import trace
from testbench.errors import AbortedError, InputError, TestbenchError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import DeviceEntry, EvaluationStart
from testbench.record.store import Record
from testbench.station import Cylinder, DriverTable, StationFile

SOFTWARE = ("testbench", "numpy", "scipy", "GTC", "PyVISA", "PyVISA-py", "SQLAlchemy", "pysqlite3", "pydantic")
REPORTED_GAPS = 20  # gaps of one kind that are told one by one; the rest is counted


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is asked for: station, standard, suite, where the record is, and for a simulated station the seed."""

    station: StationFile
    standard: Standard | None
    items: tuple[SuiteItem, ...]
    record: Path
    seed: int = 1
    language: str = "en"
    devices: tuple[str, ...] | None = None
    trace: bool = False  # whether every byte to and from the instruments is kept


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


def evaluate(request: EvaluationRequest, observer: EvaluationObserver) -> EvaluationResult:
    """Run an evaluation from start to scorecard.

    Raises a TestbenchError when it could not be carried through; what was measured until then is in the record, and the
    bench was driven to its safe state. Ctrl-C and a request of the system to end abort it.
    """
    with Interruption() as interruption:
        try:
            with owning(real_resources(request.station.station, request.devices)):
                return _evaluate(request, observer, interruption)
        except KeyboardInterrupt:
            interruption.check()
            raise


def _evaluate(request: EvaluationRequest, observer: EvaluationObserver, interruption: Interruption) -> EvaluationResult:
    plan = make_plan(request.station, request.items, request.standard, devices=request.devices)
    check_validity(request.station)
    observer.planned(plan)
    record = Record.open(request.record, create=True)
    try:
        laboratory = find_laboratory()(request.station) if request.station.station.simulated else None
        try:
            return _Evaluation(request, observer, record, laboratory, interruption).run()
        finally:
            if laboratory is not None:
                laboratory.close()
    finally:
        record.close()


def check_validity(station: StationFile) -> None:
    """Refuse a cylinder or an instrument whose certificate has expired."""
    today = wall_now().date()
    certified: dict[str, Cylinder | DriverTable] = {}
    certified |= {f"cylinder {name}": cylinder for name, cylinder in station.station.cylinders.items()}
    certified |= {f"instrument {name}": table for name, table in station.station.instruments.items()}
    for name, item in certified.items():
        if item.valid_until is not None and item.valid_until < today:
            raise InputError(
                f"station file {station.path}: the certificate of {name} ({item.certificate or 'no number'}) was valid "
                f"until {item.valid_until}; use one with a valid certificate, or correct valid_until"
            )


class _Evaluation:
    def __init__(
        self,
        request: EvaluationRequest,
        observer: EvaluationObserver,
        record: Record,
        laboratory: Laboratory | None,
        interruption: Interruption,
    ) -> None:
        self.request = request
        self.observer = observer
        self.record = record
        self.laboratory = laboratory
        self.interruption = interruption
        self.gaps: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self.unrecorded = False

    def run(self) -> EvaluationResult:
        clock, operator, resources = self._surroundings()
        equipment = assemble(self.request.station, resources=resources, devices=self.request.devices)
        traced = trace(equipment.instruments, clock) if self.request.trace else None
        began = monotonic()
        try:
            identities = equipment.open()
            self.interruption.hold()
        except BaseException:
            self.interruption.hold()
            self._make_safe(equipment, "", clock)
            equipment.close()
            raise
        safe: list[SafeOutcome] = []
        evaluation = ""
        try:
            evaluation = self._begin(equipment, identities, clock)
            if traced is not None:
                self.record.keep_trace(evaluation, traced)
            bench = self._bench(equipment, clock, operator, evaluation)
            self._runs(bench, evaluation, clock)
        except BaseException as error:
            outcome = Outcome.ABORTED if isinstance(error, AbortedError) else Outcome.ERROR
            safe = self._make_safe(equipment, evaluation, clock)
            self._close_badly(evaluation, outcome, clock, error)
            raise
        finally:
            if not safe:
                safe = self._make_safe(equipment, evaluation, clock)
            equipment.close()
        scorecard = self._score(evaluation)
        outcome = scorecard.outcome if scorecard is not None else Outcome.INCONCLUSIVE
        self.record.finish_evaluation(evaluation, outcome=outcome, finished=clock.wall())
        return EvaluationResult(
            evaluation, tuple(self.findings), scorecard, outcome, tuple(safe), clock.now(), monotonic() - began
        )

    def _surroundings(self) -> tuple[Clock, Operator, Mapping[str, str]]:
        check, person = self.interruption.check, ConsoleOperator(self.interruption.at_once)
        if self.laboratory is None:
            return RealClock(check), person, {}
        station, laboratory = self.request.station.station, self.laboratory
        laboratory.reset(self.request.seed)
        simulated = SimulatedOperator(laboratory)
        if station.jumps:
            return SimulatedClock(laboratory, check), simulated, laboratory.resources
        return (
            AccompaniedClock(laboratory, check),
            SharedOperator(person, simulated, station.simulates),
            laboratory.resources,
        )

    def _begin(self, equipment: Equipment, identities: Mapping[str, Identity], clock: Clock) -> str:
        request, station, standard = self.request, self.request.station, self.request.standard
        devices: list[DeviceEntry] = []
        for device in equipment.devices:
            table = station.station.devices[device.name]
            devices.append(
                DeviceEntry(
                    name=device.name,
                    maker=table.maker,
                    model=table.model,
                    serial=table.serial,
                    range=list(table.range),
                    unit=table.unit,
                    channel=device.channel,
                )
            )
        evaluation = self.record.begin_evaluation(
            EvaluationStart(
                standard=standard.name if standard is not None else "",
                standard_text=standard.text if standard is not None else "",
                standard_digest=standard.digest if standard is not None else "",
                station_path=str(station.path),
                station_text=station.text,
                station_digest=station.digest,
                seed=request.seed if self.laboratory is not None else None,
                language=request.language,
                simulated=self.laboratory is not None,
                software=self._software(),
                measurand=next(iter(equipment.information.values())).measurand,
                devices=devices,
                started=clock.wall(),
            )
        )
        for name, identity in identities.items():
            self._event(evaluation, clock, "instrument", json.dumps({"name": name, **asdict(identity)}, ensure_ascii=False))
        return evaluation

    def _software(self) -> dict[str, str]:
        """Versions of everything that the results may depend on: packages, drivers, procedures."""
        station = self.request.station.station
        tables = [*station.instruments.values(), *station.environment.values(), *station.devices.values()]
        drivers = {table.driver for table in [*tables, station.divider, station.flow_rig] if table is not None}
        return (
            {name: version(name) for name in SOFTWARE}
            | {"Python": platform.python_version()}
            | {f"driver {name}": provenance(DRIVERS, name) for name in sorted(drivers)}
            | {f"procedure {i.procedure.name}": provenance(PROCEDURES, i.procedure.name) for i in self.request.items}
        )

    def _bench(self, equipment: Equipment, clock: Clock, operator: Operator, evaluation: str) -> LiveBench:
        of_device = {device.channel: device.name for device in equipment.devices}

        def register(channel: Channel) -> int:
            return self.record.channel(
                evaluation,
                channel.name,
                quantity=channel.quantity,
                unit=channel.unit,
                resolution=channel.resolution,
                device=of_device.get(channel.name),
            )

        def gap(text: str) -> None:
            self.gaps[text] += 1
            if self.gaps[text] <= REPORTED_GAPS:
                self._event(evaluation, clock, "gap", text)
                self.observer.notice(text)

        sampler = Sampler(
            equipment.sources,
            clock,
            self.record.readings(evaluation),
            register,
            gap,
            dispensable=equipment.dispensable,
            tested=[device.source for device in equipment.devices],
        )
        return LiveBench(
            equipment,
            clock,
            sampler,
            operator,
            self.observer,
            line=self.request.station.station.line,
            limits=condition_limits(self.request.standard),
            component=next(iter(equipment.information.values())).measurand,
        )

    def _runs(self, bench: LiveBench, evaluation: str, clock: Clock) -> None:
        for number, item in enumerate(self.request.items, start=1):
            self.interruption.check()
            run = self.record.begin_run(
                evaluation,
                item.procedure.name,
                item.settings.model_dump(mode="json"),
                clause=item.clause.zh if self.request.language == "zh" else item.clause.en,
                number=number,
                bench_time=clock.now(),
                started=clock.wall(),
            )
            self.observer.run_began(number, item)
            journal = RunJournal(self.record, evaluation, run, clock)
            bench.enter(journal)
            state, reason = RunState.INTERRUPTED, "the program was ended"
            outcome: Outcome | None = Outcome.ERROR
            try:
                item.procedure.function(bench, item.settings)
                state, outcome, reason = RunState.FINISHED, None, ""
            except AbortedError as error:
                state, outcome, reason = RunState.ABORTED, Outcome.ABORTED, str(error)
                bench.stop(reason)
                raise AbortedError(f"{evaluation}: {reason}; what was measured is in the record") from None
            except Exception as error:
                state, outcome, reason = RunState.INTERRUPTED, Outcome.ERROR, str(error) or type(error).__name__
                raise
            finally:
                self.findings += journal.findings
                self.record.finish_run(
                    run, state=state, outcome=outcome, bench_time=clock.now(), finished=clock.wall(), reason=reason
                )

    def _score(self, evaluation: str) -> Scorecard | None:
        """Judge all findings so far and keep the verdicts."""
        standard = self.request.standard
        if standard is None:
            return None
        devices = self.request.devices or tuple(self.request.station.station.devices)
        measurand = self.request.station.station.devices[devices[0]].measurand
        scorecard = judge_all(self.findings, standard, measurand, devices=devices)
        self.record.add_verdicts(evaluation, verdict_documents(scorecard))
        return scorecard

    def _make_safe(self, equipment: Equipment, evaluation: str, clock: Clock) -> list[SafeOutcome]:
        outcomes = drive_safe(equipment.instruments)
        for outcome in outcomes:
            if evaluation:
                self._event(evaluation, clock, "safe state", json.dumps(asdict(outcome), ensure_ascii=False))
        problem = unverified(outcomes)
        if problem is not None:
            self.observer.notice(problem)
        return outcomes

    def _close_badly(self, evaluation: str, outcome: Outcome, clock: Clock, error: BaseException) -> None:
        """Close an evaluation that ended early; a record that cannot be written must not hide why."""
        if not evaluation:
            return
        try:
            self._score(evaluation)
            self.record.finish_evaluation(evaluation, outcome=outcome, finished=clock.wall())
        except TestbenchError as second:
            error.add_note(str(second))
        else:
            error.add_note(
                f"what was measured is in the record as {evaluation}; "
                f"`testbench report --record {self.request.record}` writes its report"
            )

    def _event(self, evaluation: str, clock: Clock, kind: str, text: str) -> None:
        try:
            self.record.event(evaluation, None, kind, text, bench_time=clock.now(), at=clock.wall())
        except TestbenchError as error:
            if not self.unrecorded:
                self.observer.notice(f"events are not recorded any more: {error}")
            self.unrecorded = True


def condition_limits(standard: Standard | None) -> Sequence[ConditionLimit]:
    """The ambient and supply conditions that a standard states."""
    if standard is None:
        return ()
    return [
        ConditionLimit(
            condition.quantity,
            condition.unit,
            None if condition.lower is None else float(condition.lower),
            None if condition.upper is None else float(condition.upper),
        )
        for condition in standard.conditions
    ]


def verdict_documents(scorecard: Scorecard) -> list[dict[str, Any]]:
    """The verdicts as JSON documents for the record.

    `criterion` is false for a finding that the standard does not ask for.
    """
    documents: list[dict[str, Any]] = []
    for device in scorecard.devices:
        documents += [verdict.to_json() | {"criterion": True} for verdict in device.verdicts]
        documents += [verdict.to_json() | {"criterion": False} for verdict in device.without_criterion]
    return documents
