"""Computes a recorded evaluation anew from its raw readings, without instruments, and lists what differs.

    recorded steps ─► facts ──┐
    raw readings ─────────────┴► today's code ─► results, findings, verdicts ─► compared with the recorded ones

A changed reading shows in what is computed from it, and in the digest of its block (the record is verified as well, so that
readings are covered from which nothing is computed). A changed formula shows in every result that rests on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from testbench.criteria.judge import Scorecard
from testbench.criteria.standard import parse_standard
from testbench.engine.anew.bench import RecomputingBench
from testbench.engine.anew.differences import Difference, differences
from testbench.engine.anew.facts import NotComputed
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.judging import condition_limits, judge, judge_amended, verdict_documents
from testbench.engine.registry import find_procedure
from testbench.engine.request import EvaluationRequest, request_of
from testbench.engine.roles import Status
from testbench.engine.software import software
from testbench.engine.steps import BenchState, from_json
from testbench.errors import AbortedError, InputError, TestbenchError
from testbench.findings import Finding
from testbench.outcome import RunState
from testbench.record.attempts import results as amended_results
from testbench.record.documents import plain
from testbench.record.model import EvaluationRow, RunRow, StepRow, StoredFinding
from testbench.record.store import Record
from testbench.station import StationFile, parse_station


@dataclass(frozen=True, slots=True)
class RunRecomputation:
    """One run computed anew: its recorded steps, how many of them were compared, its findings as they are found today.

    `left` says where today's procedure leaves what is recorded; the run is compared up to there. `finished` is false for a
    run that ended early: it is computed as far as its record goes.
    """

    run: str
    procedure: str
    steps: int
    compared: int
    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]
    not_computed: tuple[NotComputed, ...]
    left: str
    finished: bool

    @property
    def agrees(self) -> bool:
        """Whether every step and every finding was compared and agreed."""
        return self.compared == self.steps and not (self.differences or self.not_computed or self.left)


@dataclass(frozen=True, slots=True)
class SoftwareChange:
    """Something the results may depend on that has another version or digest today."""

    name: str
    then: str
    now: str

    def __str__(self) -> str:
        """In one line."""
        return f"{self.name}: {self.then}, now {self.now}"


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What came of computing an evaluation anew.

    `problems` are those of the record itself: blocks of readings and entries of the chain that do not fit their digests.
    `verdicts` is how many verdicts were compared; none where a single run was asked for, or nothing was judged.
    `not_compared` says what else could not be compared, and why. `software` is what has changed since; that alone is no
    difference.
    """

    evaluation: str
    runs: tuple[RunRecomputation, ...]
    verdicts: int
    verdict_differences: tuple[Difference, ...]
    problems: tuple[str, ...]
    not_compared: tuple[str, ...]
    software: tuple[SoftwareChange, ...]

    @property
    def compared(self) -> int:
        """How many steps were compared."""
        return sum(run.compared for run in self.runs)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All differences, in the order of the evaluation."""
        return (*(found for run in self.runs for found in run.differences), *self.verdict_differences)

    @property
    def agrees(self) -> bool:
        """Whether everything was compared, and agreed, and nothing is wrong with the record."""
        return self.computed_alike and not self.problems

    @property
    def computed_alike(self) -> bool:
        """Whether everything was compared, and agreed."""
        whole = not (self.verdict_differences or self.not_compared)
        return whole and bool(self.runs) and all(run.agrees for run in self.runs)


def recompute(record: Record, evaluation: str, runs: Sequence[str] | None = None) -> Recomputation:
    """Compute an evaluation anew, or the named runs of it (by identifier).

    Raises InputError where nothing can be computed at all: no run began, the recorded station cannot be built today.
    """
    row = record.evaluation(evaluation)
    recorded = record.runs(evaluation)
    chosen = [run for run in recorded if runs is None or run.identifier in runs]
    if not chosen:
        raise InputError(f"{evaluation}: no run has begun; there is nothing to compute anew")
    return _Recomputing(record, row).carry_out(recorded, chosen, whole=runs is None)


class _Recomputing:
    def __init__(self, record: Record, row: EvaluationRow) -> None:
        self._record = record
        self._row = row
        self._evaluation = row.identifier
        self._not_compared: list[str] = []
        start = row.start
        self._station: StationFile = parse_station(start.station_text, Path(start.station_path))
        self._equipment: Equipment = assemble(self._station, devices=[entry["name"] for entry in start.devices] or None)
        self._request = self._read_request()
        self._bench = self._make_bench()
        self._stored: dict[str, list[StoredFinding]] = {}
        for stored in record.findings(row.identifier):
            self._stored.setdefault(stored.run, []).append(stored)
        self._found = {run: [stored.finding for stored in found] for run, found in self._stored.items()}
        self._amended = record.amendments.of(row.identifier)
        self._runs = record.runs(row.identifier)
        self._number = {run.identifier: run.number for run in self._runs}

    def carry_out(self, recorded: Sequence[RunRow], chosen: Sequence[RunRow], *, whole: bool) -> Recomputation:
        """Compute the chosen runs, then judge."""
        state = BenchState()
        results: list[RunRecomputation] = []
        for run in recorded:
            steps = self._record.steps(run.identifier)
            if run in chosen:
                results.append(self._run(run, steps, state))
            state = next((from_json(BenchState, step.state) for step in reversed(steps) if step.state is not None), state)
        verdicts, verdict_differences = self._judge(results) if whole else (0, ())
        return Recomputation(
            evaluation=self._evaluation,
            runs=tuple(results),
            verdicts=verdicts,
            verdict_differences=verdict_differences,
            problems=self._record.verify(self._evaluation).all_problems,
            not_compared=tuple(self._not_compared),
            software=self._software_changes(),
        )

    # ---- what the record gives ------------------------------------------------------------------------------------------

    def _read_request(self) -> EvaluationRequest | None:
        """What was asked for; None where today's program cannot read it (its runs are computed all the same)."""
        try:
            return request_of(self._row, self._record.path)
        except TestbenchError as error:
            self._not_compared.append(f"verdicts and software: {error}")
            return None

    def _make_bench(self) -> RecomputingBench:
        start = self._row.start
        standard = parse_standard(start.standard_text, f"{start.standard} (as recorded)") if start.standard_text else None
        component = next(iter(self._equipment.information.values())).measurand
        limits = condition_limits(standard)
        return RecomputingBench(
            self._equipment, self._load, line=self._station.station.line, limits=limits, component=component
        )

    def _load(self, channel: str, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        found = self._record.load(self._evaluation, channel, start, end)
        return found.time, np.where(found.status == Status.VALID, found.value, math.nan)

    # ---- runs -----------------------------------------------------------------------------------------------------------

    def _run(self, run: RunRow, steps: Sequence[StepRow], before: BenchState) -> RunRecomputation:
        bench = self._bench
        bench.begin_run(run, steps, before)
        failure = ""
        try:
            procedure = find_procedure(run.procedure)
            procedure.function(bench, procedure.configure(run.settings))
            bench.check_complete()
        except AbortedError as error:
            failure = str(error)
        except Exception as error:
            failure = str(error) or type(error).__name__
        name = f"run {run.identifier.rpartition('-')[2]}"
        left = "" if bench.left is None else str(bench.left)
        if failure and not left and run.state is RunState.FINISHED:
            left = f"{name} was finished, today's procedure ends with: {failure}"
        done = sum(step.done for step in steps)
        found = [] if left else self._finding_differences(run, name)
        return RunRecomputation(
            run=run.identifier,
            procedure=run.procedure,
            steps=done,
            compared=bench.compared,
            findings=tuple(bench.findings),
            differences=(*bench.differences, *found),
            not_computed=tuple(bench.not_computed),
            left=left,
            finished=run.state is RunState.FINISHED,
        )

    def _finding_differences(self, run: RunRow, name: str) -> Iterable[Difference]:
        """Findings of today against the recorded ones; a run that ended early may have been lost before it kept them."""
        recorded, computed = self._found.get(run.identifier, []), self._bench.findings
        for index in range(max(len(recorded), len(computed))):
            before = recorded[index] if index < len(recorded) else None
            after = computed[index] if index < len(computed) else None
            if before is None and run.state is not RunState.FINISHED:
                return
            shown = before or after
            assert shown is not None
            place = f"{name}, finding {index + 1} ({shown.device} {shown.characteristic})"
            if before is None or after is None:
                yield Difference(place, "finding", "–" if before is None else "there", "–" if after is None else "there")
            else:
                yield from differences(place, _document(before), _document(after))

    # ---- verdicts and software --------------------------------------------------------------------------------------------

    def _judge(self, results: Sequence[RunRecomputation]) -> tuple[int, tuple[Difference, ...]]:
        """Verdicts on the findings of today; of a run that left its record, on the recorded ones."""
        recorded = self._record.verdicts(self._evaluation)
        if self._request is None or (not recorded and self._row.finished is None):
            return 0, ()
        found_in = [
            (self._number[result.run], finding)
            for result in results
            for finding in (result.findings if result.finished and not result.left else self._found.get(result.run, []))
        ]
        findings = [replace(finding, details=plain(finding.details, "details")) for _, finding in found_in]
        numbers = [number for number, _ in found_in]
        try:
            scorecard = judge(self._request, findings, numbers) if not self._amended else self._judge_amended(results)
            computed = [plain(document, "verdict") for document in verdict_documents(scorecard)]
        except TestbenchError as error:
            self._not_compared.append(f"verdicts: {error}")
            return 0, ()
        found: list[Difference] = []
        for index in range(max(len(recorded), len(computed))):
            before: Mapping[str, Any] = recorded[index] if index < len(recorded) else {}
            after: Mapping[str, Any] = computed[index] if index < len(computed) else {}
            shown = before or after
            place = f"verdict {index + 1} ({shown.get('device')} {shown.get('characteristic')})"
            found += differences(place, before, after)
        return len(recorded), tuple(found)

    def _judge_amended(self, results: Sequence[RunRecomputation]) -> Scorecard | None:
        """The scorecard by what counts after amendments: own findings as of today, those of repeats as they were taken."""
        computed = {result.run: result.findings for result in results if result.finished and not result.left}
        placed: list[StoredFinding] = []
        for run, recorded in self._stored.items():
            found = computed.get(run, ())
            placed += [
                replace(stored, finding=replace(finding, details=plain(finding.details, "details")))
                for stored, finding in zip(recorded, found, strict=False)
            ]
            placed += recorded[len(found) :]
        return judge_amended(self._row, amended_results(self._evaluation, placed, self._amended), self._runs)

    def _software_changes(self) -> tuple[SoftwareChange, ...]:
        if self._request is None:
            return ()
        then, now = self._row.start.software, software(self._request)
        names = [name for name in dict.fromkeys([*then, *now]) if then.get(name) != now.get(name)]
        return tuple(SoftwareChange(name, then.get(name, "not known"), now.get(name, "not installed")) for name in names)


def _document(finding: Finding) -> Mapping[str, Any]:
    """A finding as the record has it; its details are JSON already, or refused by name."""
    document = asdict(replace(finding, details={}))
    document["details"] = plain(finding.details, "details")
    document["notes"] = list(finding.notes)
    document["interval"] = None if finding.interval is None else list(finding.interval)
    return document
