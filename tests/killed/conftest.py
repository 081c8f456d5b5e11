"""Evaluations that are killed and gone on with: the processes that carry them out, what must hold, one nobody killed."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from instruments.twin.launch import start_laboratory
from testbench.engine.clock import pause
from testbench.engine.guard.watched import WatchedProcess
from testbench.errors import RecordError
from testbench.outcome import RunState
from testbench.record.model import AttemptRow, StepRow
from testbench.record.store import Record
from testbench.report.evaluation_json import evaluation_text
from testbench.report.from_record import content_from_record
from testbench.station import read_station

KILLED = -int(getattr(signal, "SIGKILL", 9))
SEED = 5
WITHIN_S = 60.0
QUICK = {
    "response_time_s = 120.0": "response_time_s = 20.0",
    "t90_rise_s = 45.0": "t90_rise_s = 15.0",
    "t90_fall_s = 48.0": "t90_fall_s = 16.0",
    "t90_rise_s = 30.0": "t90_rise_s = 12.0",
    "t90_fall_s = 31.0": "t90_fall_s = 12.0",
}
"""Devices A and C of the simulated station made quick, so that their evaluation takes a second."""


def until(condition):
    """What a condition comes to, when it comes to something."""
    deadline = time.monotonic() + WITHIN_S
    while not (found := condition()):
        assert time.monotonic() < deadline
        pause(0.005)  # leave the processor to what is waited for
    return found


@dataclass
class Killer:
    """Has evaluations carried out by the processes of `killing.py`, one after another."""

    process: subprocess.Popen
    station: Path
    running: int | None = None

    def start(self, record, evaluation="", deeds=()):
        """Begin an evaluation, or go on with one; the number of its process."""
        self.clear()
        order = {
            "record": str(record),
            "station": str(self.station),
            "evaluation": evaluation,
            "seed": SEED,
            "deeds": deeds,
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.running = json.loads(self.process.stdout.readline())["pid"]
        return self.running

    def end(self):
        """The exit status of the process that was started last, once it has ended."""
        status = json.loads(self.process.stdout.readline())["status"]
        self.running = None
        return status

    def clear(self):
        """End what a test that failed left running."""
        if self.running is not None:
            os.kill(self.running, signal.SIGKILL)
            self.end()


@pytest.fixture(scope="session")
def killer(tmp_path_factory, simulated_text):
    station = tmp_path_factory.mktemp("station") / "station.toml"
    text = simulated_text
    for slow, quick in QUICK.items():
        assert slow in text
        text = text.replace(slow, quick)
    station.write_text(text, encoding="utf-8")
    command = [sys.executable, "-P", str(Path(__file__).with_name("killing.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        killer = Killer(process, station)
        yield killer
        killer.clear()
        process.stdin.close()
    start_laboratory(read_station(station)).stop()


@dataclass(frozen=True)
class Seen:
    """What of an evaluation is in its record at one moment."""

    finished_runs: list
    done: list[StepRow]
    open: set[tuple[str, int, int]]  # run, step, attempt
    attempts: list[AttemptRow]
    findings: list
    events: list
    laboratory: list
    readings: dict

    @classmethod
    def of(cls, record, evaluation):
        runs = record.runs(evaluation)
        steps = [step for run in runs for step in record.steps(run.identifier)]
        return cls(
            [run for run in runs if run.state is RunState.FINISHED],
            [step for step in steps if step.done and step.error is None],
            {(step.run, step.number, step.attempts) for step in steps if not step.done or step.error is not None},
            [attempt for run in runs for attempt in record.attempts(run.identifier)],
            record.findings(evaluation),
            record.events(evaluation),
            record.laboratory(evaluation),
            {channel.name: record.load(evaluation, channel.name) for channel in record.channels(evaluation)},
        )

    def is_kept_in(self, later):
        """Check that all of it is there later, as it was."""
        for name in ("finished_runs", "done", "attempts", "findings", "events", "laboratory"):
            before, after = getattr(self, name), getattr(later, name)
            if name == "attempts":
                assert all(attempt in after for attempt in before)
            else:
                assert after[: len(before)] == before, name
        for name, before in self.readings.items():
            after, count = later.readings[name], len(before)
            assert np.array_equal(after.time[:count], before.time)
            assert np.array_equal(after.value[:count], before.value, equal_nan=True)
            assert np.array_equal(after.status[:count], before.status)
            assert {index: text for index, text in after.raw.items() if index < count} == before.raw


@dataclass
class Story:
    """One evaluation through the processes that carry it out; what each leaves is compared with what the last one left."""

    killer: Killer
    record: Path
    evaluation: str = ""
    seen: Seen | None = None
    cut: set[tuple[str, int, int]] = field(default_factory=set)
    resumed: int = 0
    seed: int = SEED

    def go(self, *deeds):
        """Begin it, or go on with it; its exit status."""
        self.start(*deeds)
        return self.end()

    def start(self, *deeds):
        """As `go`, without waiting for its end; the number of its process."""
        self.resumed += bool(self.evaluation)
        return self.killer.start(self.record, self.evaluation, deeds)

    def end(self):
        """Wait until the process and its guard have ended; look at what is there."""
        status = self.killer.end()
        guards = self.record.with_name("guards")
        if guards.exists():
            for pid in guards.read_text().split():
                assert WatchedProcess(int(pid)).gone(WITHIN_S)
            guards.unlink()
        self.look()
        return status

    def killed(self, *deeds):
        """Go on until the deeds have killed it; an evaluation that ends before is a failure."""
        status = self.go(*deeds)
        assert status == KILLED, (deeds, status, self.said())

    def said(self):
        """What a process said that failed."""
        said = self.record.with_name("said")
        return said.read_text() if said.exists() else ""

    def look(self):
        """Look at the record: nothing may be gone, and the chain must go on from where a killed process saw it."""
        try:
            with Record.open(self.record) as record:
                evaluations = record.evaluations()
                if not evaluations:
                    return
                assert len(evaluations) == 1
                self.evaluation = evaluations[0].identifier
                seen = Seen.of(record, self.evaluation)
                heads = self.record.with_name("heads")
                head = heads.read_text() if heads.exists() else None
                check = record.verify(self.evaluation, head=head or None)
        except RecordError:
            assert not self.evaluation
            return
        assert check.all_problems == ()
        if self.seen is not None:
            self.seen.is_kept_in(seen)
        self.seen = seen
        self.cut |= seen.open

    def check(self, reference, unreachable=()):
        """Check the evaluation, which has ended, against one that was never killed.

        `unreachable` instruments had gone together with a process, so that its guard could not drive them safe.
        """
        with Record.open(self.record) as record, Record.open(reference.record) as other:
            row, wanted = record.evaluation(self.evaluation), other.evaluation(reference.evaluation)
            assert (row.state, row.outcome, row.reason) == (RunState.FINISHED, wanted.outcome, "")
            runs = record.runs(self.evaluation)
            assert [(run.number, run.state, run.reason) for run in runs] == [
                (1, RunState.FINISHED, ""),
                (2, RunState.FINISHED, ""),
            ]
            verdicts, all_verdicts = record.verdicts(self.evaluation), other.verdicts(reference.evaluation)
            assert [judged(verdict) for verdict in verdicts] == [judged(verdict) for verdict in all_verdicts]
            content = content_from_record(record, self.evaluation, issued=row.finished, procedures={})
            results = json.loads(evaluation_text(content))
        seen, expected = self.seen, reference.seen
        assert seen.open == set()
        assert [called(step) for step in seen.done] == [called(step) for step in expected.done]
        assert {(attempt.run, attempt.step, attempt.number) for attempt in seen.attempts} == self.cut
        assert len(seen.attempts) == len(self.cut)
        assert all(attempt.reason for attempt in seen.attempts)
        for readings in seen.readings.values():
            steps = np.diff(readings.time)
            assert np.all(steps >= 0)
            assert np.count_nonzero(steps == 0) < len(seen.done) + len(seen.attempts), "two steps may read at one moment"
        assert [(f.finding.device, f.finding.characteristic) for f in seen.findings] == [
            (f.finding.device, f.finding.characteristic) for f in expected.findings
        ]
        for found, other in zip(seen.findings, expected.findings, strict=True):
            assert found.finding.value == pytest.approx(other.finding.value, abs=scatter(found.finding, other.finding))
        for found in seen.findings:
            if found.finding.characteristic.endswith("24h"):
                hours = [day["bench_time_h"] for day in found.finding.details["days"]]
                assert 24.0 - 1e-9 <= hours[1] - hours[0] < 24.5
        safe = [json.loads(event.text) for event in seen.events if event.kind == "safe state"]
        assert {outcome["instrument"] for outcome in safe} >= {"mfc-co2", "mfc-n2"}
        assert all(outcome["verified"] or outcome["instrument"] in unreachable for outcome in safe)
        assert all(outcome["verified"] for outcome in safe[-5:]), "that is the end"
        assert [len(device["findings"]) for device in results["devices"]] == [5, 5], "two are asked for but need a week"

    def kill(self, process):
        """Kill its process from outside."""
        os.kill(process, signal.SIGKILL)
        assert self.end() == KILLED

    def kinds(self):
        """The kinds of the commits that its processes made."""
        return set(self.record.with_name("kinds").read_text().split("\n")) - {""}

    def steps_done(self):
        """How many steps are finished."""
        try:
            with Record.open(self.record) as record:
                runs = [run.identifier for row in record.evaluations() for run in record.runs(row.identifier)]
                return sum(step.done for run in runs for step in record.steps(run))
        except RecordError:  # there is none yet
            return 0

    def states(self):
        """Where evaluations stand."""
        try:
            with Record.open(self.record) as record:
                return [row.state for row in record.evaluations()]
        except RecordError:
            return []

    @staticmethod
    def at(kind, nth=1, after=False, deed="kill"):
        """A deed, at the nth commit of a kind in its process."""
        return {"deed": deed, "kind": kind, "nth": nth, "after": after}


def judged(verdict):
    """What must be the same of a verdict."""
    return verdict["device"], verdict["characteristic"], verdict["outcome"]


def called(step):
    """What must be the same of a step: its call, without the moments, which a kill puts off."""
    return step.run[-3:], step.number, step.call, {k: v for k, v in step.arguments.items() if k != "until_s"}


def scatter(one, other):
    """How far two findings of the same truth may be apart by chance: 6 standard deviations of their difference.

    Of both budgets only what is new with every reading and every setting of the gas counts: repeatability, settling,
    resolution, reproducibility of the divider's settings. Cylinder and controllers are the same and cancel. Ten readings
    tell a standard deviation to a quarter, and many findings are compared: hence six.
    """
    chance = ("repeatability", "settling", "resolution", "divider.setting.", "drift during the test")
    parts = [
        u
        for finding in (one, other)
        for name, u in finding.details["budget"].items()
        if any(part in name for part in chance)
    ]
    return 6.0 * math.sqrt(math.fsum(u**2 for u in parts))


@pytest.fixture(scope="session")
def reference(killer, tmp_path_factory):
    """The evaluation as it is when nobody kills it."""
    story = Story(killer, tmp_path_factory.mktemp("reference") / "record.sqlite")
    assert story.go() == 0, story.said()
    return story


@pytest.fixture
def story(killer, tmp_path):
    """An evaluation that has not begun."""
    return Story(killer, tmp_path / "record.sqlite")


@pytest.fixture(name="until")
def awaited():
    """Wait for a condition."""
    return until
