"""Evaluations that are killed at any moment, with real processes, and gone on with: nothing is lost, doubled or changed."""

import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from instruments.twin.commands import to_documents
from instruments.twin.launch import start_laboratory, visit
from procedures.linearity import LinearitySettings
from testbench import cli
from testbench.commands.result_files import write_results
from testbench.engine import conduct
from testbench.engine import evaluation as engine
from testbench.engine import request as requests
from testbench.engine.procedure import setting
from testbench.engine.registry import find_procedure
from testbench.engine.software import software
from testbench.engine.watched_process import WatchedProcess
from testbench.errors import AbortedError, EndedError, InputError, InstrumentError, RecordError
from testbench.outcome import Outcome, RunState
from testbench.record.model import AttemptRow, StepRow
from testbench.record.store import Record
from testbench.report.evaluation_json import evaluation_text
from testbench.report.from_record import content_from_record
from testbench.station import read_station
from testbench.text import Text

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


def checked(story, reference, unreachable=()):
    """Check an evaluation that has ended against one that was never killed.

    `unreachable` instruments had gone together with a process, so that its guard could not drive them safe.
    """
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
            assert 24.0 - 1e-9 <= hours[1] - hours[0] < 24.5
    assert set(story.record.with_name("kinds").read_text().split("\n")) - {""} <= KINDS | {"command entered"}
    safe = [json.loads(event.text) for event in seen.events if event.kind == "safe state"]
    assert {outcome["instrument"] for outcome in safe} >= {"mfc-co2", "mfc-n2"}
    assert all(outcome["verified"] or outcome["instrument"] in unreachable for outcome in safe)
    assert all(outcome["verified"] for outcome in safe[-5:]), "that is the end"
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
PAUSE = ["command answered", "run paused", "evaluation paused"]
ENDED = ["run interrupted", "evaluation interrupted"]
KINDS = {
    *(kind for kinds in MOMENTS.values() for kind in kinds),
    *PAUSE,
    *ENDED,
    "evaluation finished",
    "run aborted",
    "evaluation aborted",
}


@pytest.mark.parametrize("kinds", MOMENTS.values(), ids=MOMENTS)
def test_killed_before_and_after_each_commit_it_goes_on_to_its_end(story, reference, kinds):
    for kind in kinds:
        for after in (BEFORE, AFTER):
            story.killed(at(kind, after=after))
    assert story.go() == 0, story.said()
    checked(story, reference)
    told = [event.kind for event in story.seen.events]
    assert 1 <= told.count("unwatched") <= told.count("process lost") <= story.resumed


def test_killed_when_its_end_is_entered_it_is_judged_once(story, reference):
    story.killed(at("evaluation finished"))
    story.killed(at("evaluation finished", after=AFTER))
    checked(story, reference)
    assert story.go() == InputError.exit_status
    assert f"{story.evaluation} is finished; it cannot be gone on with" in story.said()
    checked(story, reference)


@pytest.mark.parametrize("kind", PAUSE)
def test_killed_while_it_is_being_paused_it_goes_on(story, reference, kind):
    for nth, after in enumerate((BEFORE, AFTER), start=3):
        story.killed(at("step entered", nth, AFTER, deed="pause"), at(kind, after=after))
    assert story.go() == 0, story.said()
    checked(story, reference)


def test_asked_to_end_and_killed_in_the_middle_of_that_it_goes_on(story, reference):
    asked = at("advances", 90, deed="end")
    for kind in ENDED:
        for after in (BEFORE, AFTER):
            story.killed(asked, at(kind, after=after))
    assert story.go(asked) == EndedError.exit_status
    with Record.open(story.record) as record:
        row = record.evaluation(story.evaluation)
        assert (row.state, row.outcome, row.finished) == (RunState.INTERRUPTED, Outcome.ERROR, None)
    assert story.go() == 0, story.said()
    checked(story, reference)


# ---- at any moment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 5))
def test_killed_at_five_moments_drawn_by_chance_it_goes_on_to_its_end(story, reference, seed):
    draw = random.Random(seed)
    for _ in range(5):
        if draw.random() < 0.5:
            story.killed(at("commits", draw.randint(5, 30), after=draw.random() < 0.5))
        else:
            story.killed(at("advances", draw.randint(1, 250)))
    assert story.go() == 0, story.said()
    checked(story, reference)
    assert sum(event.kind == "guard" for event in story.seen.events) >= 4
    noted = [note for found in story.seen.findings for note in found.finding.notes if "nobody watched the bench" in note]
    assert noted


def test_killed_from_outside_it_goes_on_to_its_end(story, reference):
    draw = random.Random(0)
    for done in (draw.randint(3, 9), draw.randint(12, 18), draw.randint(22, 30)):
        process = story.start()
        until(lambda: steps_done(story.record) >= done)  # noqa: B023  called at once
        os.kill(process, signal.SIGKILL)
        assert story.end() == KILLED
    assert story.go() == 0, story.said()
    checked(story, reference)


def steps_done(path):
    """How many steps are finished."""
    try:
        with Record.open(path) as record:
            runs = [run.identifier for row in record.evaluations() for run in record.runs(row.identifier)]
            return sum(step.done for run in runs for step in record.steps(run))
    except RecordError:  # there is none yet
        return 0


def test_killed_together_with_the_laboratory_it_finds_the_same_world_again(story, reference):
    killed = "kill_with_laboratory"
    story.killed(at("step finished", 8, deed=killed))
    story.killed(at("advances", 200, deed=killed))
    assert story.go() == 0, story.said()
    checked(story, reference, unreachable={"mfc-co2", "mfc-n2", "daq", "A", "C"})
    with visit(read_station(story.killer.station)) as visitor:
        world = visitor.log()
    assert world.seed == SEED
    assert to_documents(world.commands)[: len(story.seen.laboratory)] == story.seen.laboratory


def test_every_time_that_nobody_watched_is_noted_on_the_findings_of_that_run(story, reference):
    story.killed(at("step finished", 8))
    story.killed(at("step again", after=AFTER))
    story.killed(at("step finished", 1))
    story.killed(at("finding entered", after=AFTER))
    assert story.go() == 0, story.said()
    checked(story, reference)
    times = [event.text for event in story.seen.events if event.kind == "unwatched"]
    assert len(times) == 4
    notes = {found.run[-3:]: found.finding.notes for found in story.seen.findings}
    assert [note for note in notes["R01"] if note in times] == times[:3], "the last was after its last reading"
    assert not [note for note in notes["R02"] if note in times], "it had not begun"


# ---- who may go on with it ------------------------------------------------------------------------------------------


class Nobody:
    """Sees an evaluation go by and says nothing."""

    def __getattr__(self, name):
        return lambda *_: None


def refused(story, error, text):
    """Check that the evaluation cannot be gone on with, and that its record stays as it is."""
    with pytest.raises(error, match=text):
        engine.resume(story.record, story.evaluation, Nobody())
    story.look()


def test_only_one_process_goes_on_with_it(story, reference):
    process = story.start(at("step entered", 3, AFTER, deed="pause"))
    until(lambda: "paused" in states(story.record))
    story.look()
    refused(story, InputError, f"is going on in process {process} since")
    with pytest.raises(InputError, match=f"is going on in process {process} since"):
        engine.close(story.record, story.evaluation, "", "a person")
    os.kill(process, signal.SIGKILL)
    assert story.end() == KILLED, "killed while it was paused"
    process = story.start(at("event entered", deed="stop"))  # its first entry: that the process was lost
    until(story.record.with_name("stopped").exists)
    refused(story, InputError, f"is going on in process {process} since")
    os.kill(process, signal.SIGKILL)
    assert story.end() == KILLED
    assert story.go() == 0, story.said()
    checked(story, reference)


def states(path):
    """Where evaluations stand."""
    try:
        with Record.open(path) as record:
            return [row.state for row in record.evaluations()]
    except RecordError:
        return []


def test_a_station_that_is_being_taken_is_not_taken_twice(story, monkeypatch):
    monkeypatch.setattr(engine, "GUARD_WITHIN_S", 0.1)
    story.killed(at("evaluation entered", after=AFTER))
    process = story.start(at("evaluation interrupted", deed="stop"))  # the lock is held, nothing else is there yet
    until(story.record.with_name("stopped").exists)
    with pytest.raises(InstrumentError, match=rf"in use by another run \(process {process}\)"):
        engine.resume(story.record, story.evaluation, Nobody())
    os.kill(process, signal.SIGKILL)
    assert story.end() == KILLED


@pytest.mark.parametrize("name", ["procedure drift", "core"])
def test_code_that_has_changed_is_refused_by_name(story, monkeypatch, name):
    story.killed(at("step finished", 2))
    monkeypatch.setattr(engine, "software", lambda request: software(request) | {name: "another"})
    refused(story, InputError, rf"changed since it was begun: {name} \(then .*; now another\)")


def test_settings_that_have_changed_are_refused_by_name(story, monkeypatch):
    story.killed(at("step finished", 2))

    class Changed(LinearitySettings):
        rest_s: float = setting(1.0, title=Text(zh="", en=""))

    def find(name):
        found = find_procedure(name)
        return replace(found, settings=Changed) if name == "linearity" else found

    monkeypatch.setattr(requests, "find_procedure", find)
    refused(story, InputError, "the settings of procedure 'linearity' have changed since: rest_s")


def test_other_software_that_has_changed_is_told(story, reference, monkeypatch):
    story.killed(at("evaluation finished"))

    def changed(request):
        return software(request) | {"driver alicat": "another"}

    monkeypatch.setattr(engine, "software", changed)
    monkeypatch.setattr(conduct, "software", changed)
    engine.resume(story.record, story.evaluation, Nobody())
    story.look()
    checked(story, reference)
    (told,) = [event.text for event in story.seen.events if event.kind == "software"]
    assert re.fullmatch("driver alicat: .*, now another", told)


def test_one_that_was_aborted_stays_so(story):
    assert story.go(at("advances", 50, deed="abort")) == AbortedError.exit_status
    refused(story, InputError, "is aborted; it cannot be gone on with")


@pytest.mark.parametrize(
    ("kind", "after"), [("run aborted", AFTER), ("evaluation aborted", BEFORE), ("evaluation aborted", AFTER)]
)
def test_killed_while_it_is_being_aborted_it_is_not_gone_on_with(story, kind, after):
    story.killed(at("advances", 50, deed="abort"), at(kind, after=after))
    refused(story, InputError, "aborted")
    if (kind, after) != ("evaluation aborted", AFTER):
        engine.close(story.record, story.evaluation, "", "a person")
    story.look()
    refused(story, InputError, "cannot be gone on with")


def test_one_that_was_closed_stays_so_and_has_its_report(story, tmp_path):
    story.killed(at("finding entered", after=AFTER))
    assert engine.close(story.record, story.evaluation, "the analyser is broken", "a person") is Outcome.ERROR
    story.look()
    refused(story, InputError, "is closed; it cannot be gone on with")
    with Record.open(story.record) as record:
        row = record.evaluation(story.evaluation)
        assert (row.state, row.reason) == (RunState.INTERRUPTED, "closed by a person: the analyser is broken")
        assert row.finished >= max(step.finished for step in story.seen.done), "dates of a simulation are ahead of now"
        assert len(story.seen.findings) == 1
        assert len(record.verdicts(story.evaluation)) == 10
        results, report = write_results(record, story.evaluation, tmp_path, "en")
    assert json.loads(results.read_text(encoding="utf-8"))
    assert report.read_bytes().startswith(b"%PDF-")


# ---- from the command line, with a guard as it is started there -----------------------------------------------------


@pytest.fixture
def lost(killer, tmp_path):
    """A run from the command line that was killed, its guard has acted: its record and identifier."""
    arguments = ["--station", str(killer.station), "--output", str(tmp_path), "--language", "en", "--seed", str(SEED)]
    settings = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "average_s=10"]
    command = [sys.executable, "-m", "testbench.cli", "run", "linearity", *settings, *arguments]
    path = tmp_path / "record.sqlite"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: steps_done(path) >= 3 or process.poll() is not None)
        process.kill()
    until(lambda: states(path) == [RunState.INTERRUPTED])
    with Record.open(path) as record:
        return path, record.evaluations()[0].identifier


def test_resume_goes_on_with_what_was_killed(lost, capsys):
    path, evaluation = lost
    with Record.open(path) as record:
        before = Seen.of(record, evaluation)
    assert cli.main(["resume", evaluation[-4:], "--record", str(path)]) == 0, capsys.readouterr().err
    with Record.open(path) as record:
        before.is_kept_in(Seen.of(record, evaluation))
        row = record.evaluation(evaluation)
        assert (row.state, row.outcome) == (RunState.FINISHED, Outcome.INCONCLUSIVE)
        assert record.verify().passed
        kinds = [event.kind for event in record.events(evaluation)]
        assert [kinds.count(kind) for kind in ("guard", "process lost", "unwatched")] == [1, 1, 1]
    assert json.loads(path.with_name("evaluation.json").read_text(encoding="utf-8"))["devices"]
    assert cli.main(["resume", evaluation, "--record", str(path)]) == InputError.exit_status


def test_close_closes_what_was_killed(lost, capsys):
    path, evaluation = lost
    assert cli.main(["close", "last", "--record", str(path), "--reason", "no gas"]) == 0, capsys.readouterr().err
    with Record.open(path) as record:
        row = record.evaluation(evaluation)
        assert row.finished is not None
        assert row.reason.endswith("no gas")
        assert record.verify().passed
    assert cli.main(["resume", evaluation, "--record", str(path)]) == InputError.exit_status
    assert cli.main(["close", evaluation, "--record", str(path), "--reason", "again"]) == InputError.exit_status
