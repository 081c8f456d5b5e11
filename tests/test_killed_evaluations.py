"""Evaluations that are killed at any moment, with real processes, and gone on with: nothing is lost, doubled or changed."""

import json
import math
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from instruments.twin.launch import start_laboratory
from testbench.engine.watched_process import WatchedProcess
from testbench.errors import RecordError
from testbench.outcome import RunState
from testbench.record.model import AttemptRow, StepRow
from testbench.record.store import Record
from testbench.report.evaluation_json import evaluation_text
from testbench.report.from_record import content_from_record
from testbench.station import read_station

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor sends signals to one process")

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
BEFORE, AFTER = False, True


def at(kind, nth=1, after=False, deed="kill"):
    """A deed, at the nth commit of a kind in its process."""
    return {"deed": deed, "kind": kind, "nth": nth, "after": after}


def until(condition):
    """What a condition comes to, when it comes to something."""
    deadline = time.monotonic() + WITHIN_S
    while not (found := condition()):
        assert time.monotonic() < deadline
    return found


@dataclass
class Killer:
    """Has evaluations carried out by the processes of `killing.py`, one after another."""

    process: subprocess.Popen
    station: Path

    def start(self, record, evaluation="", deeds=()):
        """Begin an evaluation, or go on with one; the number of its process."""
        order = {
            "record": str(record),
            "station": str(self.station),
            "evaluation": evaluation,
            "seed": SEED,
            "deeds": deeds,
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["pid"]

    def end(self):
        """The exit status of the process that was started last, once it has ended."""
        return json.loads(self.process.stdout.readline())["status"]


@pytest.fixture(scope="module")
def killer(tmp_path_factory, simulated_text):
    station = tmp_path_factory.mktemp("station") / "station.toml"
    text = simulated_text
    for slow, quick in QUICK.items():
        assert slow in text
        text = text.replace(slow, quick)
    station.write_text(text, encoding="utf-8")
    command = [sys.executable, "-P", str(Path(__file__).with_name("killing.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Killer(process, station)
        process.stdin.close()
    start_laboratory(read_station(station)).stop()


# ---- what is there, and what must hold ------------------------------------------------------------------------------


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


def checked(story, reference):
    """Check an evaluation that has ended against one that was never killed."""
    with Record.open(story.record) as record, Record.open(reference.record) as other:
        row, wanted = record.evaluation(story.evaluation), other.evaluation(reference.evaluation)
        assert (row.state, row.outcome, row.reason) == (RunState.FINISHED, wanted.outcome, "")
        runs = record.runs(story.evaluation)
        assert [(run.number, run.state, run.reason) for run in runs] == [
            (1, RunState.FINISHED, ""),
            (2, RunState.FINISHED, ""),
        ]
        verdicts, all_verdicts = record.verdicts(story.evaluation), other.verdicts(reference.evaluation)
        assert [judged(verdict) for verdict in verdicts] == [judged(verdict) for verdict in all_verdicts]
        content = content_from_record(record, story.evaluation, issued=row.finished, procedures={})
        results = json.loads(evaluation_text(content))
    seen, expected = story.seen, reference.seen
    assert seen.open == set()
    assert [called(step) for step in seen.done] == [called(step) for step in expected.done]
    assert {(attempt.run, attempt.step, attempt.number) for attempt in seen.attempts} == story.cut
    assert len(seen.attempts) == len(story.cut)
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
            assert 24.0 <= hours[1] - hours[0] < 24.5
    safe = [json.loads(event.text) for event in seen.events if event.kind == "safe state"]
    assert {outcome["instrument"] for outcome in safe} >= {"mfc-co2", "mfc-n2"}
    assert all(outcome["verified"] for outcome in safe)
    assert [len(device["findings"]) for device in results["devices"]] == [5, 5], "two are asked for but need a week"


def judged(verdict):
    """What must be the same of a verdict."""
    return verdict["device"], verdict["characteristic"], verdict["outcome"]


def called(step):
    """What must be the same of a step: its call, without the moments, which a kill puts off."""
    return step.run[-3:], step.number, step.call, {k: v for k, v in step.arguments.items() if k != "until_s"}


def scatter(one, other):
    """How far two findings of the same truth may be apart by chance: 4 standard deviations of their difference.

    Of both budgets only what is new with every reading and every setting of the gas counts: repeatability, settling,
    resolution, reproducibility of the divider's settings. Cylinder and controllers are the same and cancel.
    """
    chance = ("repeatability", "settling", "resolution", "divider.setting.", "drift during the test")
    parts = [
        u
        for finding in (one, other)
        for name, u in finding.details["budget"].items()
        if any(part in name for part in chance)
    ]
    return 4.0 * math.sqrt(math.fsum(u**2 for u in parts))


@pytest.fixture(scope="module")
def reference(killer, tmp_path_factory):
    """The evaluation as it is when nobody kills it."""
    story = Story(killer, tmp_path_factory.mktemp("reference") / "record.sqlite")
    assert story.go() == 0, story.said()
    return story


@pytest.fixture
def story(killer, tmp_path):
    """An evaluation that has not begun."""
    return Story(killer, tmp_path / "record.sqlite")


# ---- at every kind of commit ----------------------------------------------------------------------------------------

MOMENTS = {
    "beginning": ["schema made", "evaluation entered", "evaluation interrupted", "evaluation running"],
    "channels": ["event entered", "channel entered", "run entered"],
    "steps": ["step entered", "run running", "step again", "step finished", "readings"],
    "ends": ["finding entered", "run finished"],
}


@pytest.mark.parametrize("kinds", MOMENTS.values(), ids=MOMENTS)
def test_an_evaluation_killed_before_and_after_each_commit_goes_on_to_its_end(story, reference, kinds):
    for kind in kinds:
        for after in (BEFORE, AFTER):
            story.killed(at(kind, after=after))
    assert story.go() == 0, story.said()
    checked(story, reference)
    kinds_of_events = [event.kind for event in story.seen.events]
    assert 1 <= kinds_of_events.count("process lost") <= story.resumed
    assert kinds_of_events.count("unwatched") in (
        kinds_of_events.count("process lost"),
        kinds_of_events.count("process lost") - 1,
    )
