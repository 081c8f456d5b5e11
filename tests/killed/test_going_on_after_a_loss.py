"""Who may go on with an evaluation whose process was lost, and with which; the same from the command line."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from procedures.linearity import LinearitySettings
from testbench import cli
from testbench.engine import conduct
from testbench.engine import evaluation as engine
from testbench.engine import request as requests
from testbench.engine.procedure import setting
from testbench.engine.registry import find_procedure
from testbench.engine.software import software
from testbench.errors import AbortedError, InputError, InstrumentError
from testbench.office.result_files import write_results
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record
from testbench.text import Text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor sends signals to one process")

BEFORE, AFTER = False, True

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


def test_only_one_process_goes_on_with_it(story, until, reference):
    process = story.start(story.at("step entered", 3, AFTER, deed="pause"))
    until(lambda: "paused" in story.states())
    story.look()
    refused(story, InputError, f"is going on in process {process} since")
    with pytest.raises(InputError, match=f"is going on in process {process} since"):
        engine.close(story.record, story.evaluation, "", "a person")
    story.kill(process)
    process = story.start(story.at("event entered", deed="stop"))  # its first entry: that the process was lost
    until(story.record.with_name("stopped").exists)
    refused(story, InputError, f"is going on in process {process} since")
    story.kill(process)
    assert story.go() == 0, story.said()
    story.check(reference)


def test_a_station_that_is_being_taken_is_not_taken_twice(story, until, monkeypatch):
    monkeypatch.setattr(engine, "GUARD_WITHIN_S", 0.1)
    story.killed(story.at("evaluation entered", after=AFTER))
    process = story.start(story.at("evaluation interrupted", deed="stop"))  # the lock is held, nothing else is there yet
    until(story.record.with_name("stopped").exists)
    with pytest.raises(InstrumentError, match=rf"in use by another run \(process {process}\)"):
        engine.resume(story.record, story.evaluation, Nobody())
    story.kill(process)


@pytest.mark.parametrize("name", ["procedure drift", "core"])
def test_code_that_has_changed_is_refused_by_name(story, monkeypatch, name):
    story.killed(story.at("step finished", 2))
    monkeypatch.setattr(engine, "software", lambda request: software(request) | {name: "another"})
    refused(story, InputError, rf"changed since it was begun: {name} \(then .*; now another\)")


def test_settings_that_have_changed_are_refused_by_name(story, monkeypatch):
    story.killed(story.at("step finished", 2))

    class Changed(LinearitySettings):
        rest_s: float = setting(1.0, title=Text(zh="", en=""))

    def find(name):
        found = find_procedure(name)
        return replace(found, settings=Changed) if name == "linearity" else found

    monkeypatch.setattr(requests, "find_procedure", find)
    refused(story, InputError, "the settings of procedure 'linearity' have changed since: rest_s")


def test_other_software_that_has_changed_is_told(story, reference, monkeypatch):
    story.killed(story.at("evaluation finished"))

    def changed(request):
        return software(request) | {"driver alicat": "another"}

    monkeypatch.setattr(engine, "software", changed)
    monkeypatch.setattr(conduct, "software", changed)
    engine.resume(story.record, story.evaluation, Nobody())
    story.look()
    story.check(reference)
    (told,) = [event.text for event in story.seen.events if event.kind == "software"]
    assert re.fullmatch("driver alicat: .*, now another", told)


def test_one_that_was_aborted_stays_so(story):
    assert story.go(story.at("advances", 50, deed="abort")) == AbortedError.exit_status
    refused(story, InputError, "is aborted; it cannot be gone on with")


@pytest.mark.parametrize(
    ("kind", "after"), [("run aborted", AFTER), ("evaluation aborted", BEFORE), ("evaluation aborted", AFTER)]
)
def test_killed_while_it_is_being_aborted_it_is_not_gone_on_with(story, kind, after):
    story.killed(story.at("advances", 50, deed="abort"), story.at(kind, after=after))
    refused(story, InputError, "aborted")
    if (kind, after) != ("evaluation aborted", AFTER):
        engine.close(story.record, story.evaluation, "", "a person")
    story.look()
    refused(story, InputError, "cannot be gone on with")


def test_one_that_was_closed_stays_so_and_has_its_report(story, tmp_path):
    story.killed(story.at("finding entered", after=AFTER))
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
def lost(story, until):
    """A run from the command line that was killed, and whose guard has acted."""
    arguments = [
        "--station",
        str(story.killer.station),
        "--output",
        str(story.record.parent),
        "--language",
        "en",
        "--seed",
        str(story.seed),
    ]
    settings = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "average_s=10"]
    command = [sys.executable, "-m", "testbench.cli", "run", "linearity", *settings, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: story.steps_done() >= 3 or process.poll() is not None)
        process.kill()
    until(lambda: story.states() == [RunState.INTERRUPTED])
    story.look()
    return story


def test_resume_goes_on_with_what_was_killed(lost, capsys):
    path, evaluation = lost.record, lost.evaluation
    assert cli.main(["resume", evaluation[-4:], "--record", str(path)]) == 0, capsys.readouterr().err
    lost.look()
    with Record.open(path) as record:
        row = record.evaluation(evaluation)
        assert (row.state, row.outcome) == (RunState.FINISHED, Outcome.INCONCLUSIVE)
        assert record.verify().passed
        kinds = [event.kind for event in record.events(evaluation)]
        assert [kinds.count(kind) for kind in ("guard", "process lost", "unwatched")] == [1, 1, 1]
    assert json.loads(path.with_name("evaluation.json").read_text(encoding="utf-8"))["devices"]
    assert cli.main(["resume", evaluation, "--record", str(path)]) == InputError.exit_status


def test_close_closes_what_was_killed(lost, capsys):
    path, evaluation = lost.record, lost.evaluation
    assert cli.main(["close", "last", "--record", str(path), "--reason", "no gas"]) == 0, capsys.readouterr().err
    with Record.open(path) as record:
        row = record.evaluation(evaluation)
        assert row.finished is not None
        assert row.reason.endswith("no gas")
        assert record.verify().passed
    assert cli.main(["resume", evaluation, "--record", str(path)]) == InputError.exit_status
    assert cli.main(["close", evaluation, "--record", str(path), "--reason", "again"]) == InputError.exit_status
