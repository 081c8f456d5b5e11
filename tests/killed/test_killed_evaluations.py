"""Evaluations that are killed at any moment, with real processes, and gone on with: nothing is lost, doubled or changed."""

import random
import sys

import pytest

from instruments.twin.commands import to_documents
from instruments.twin.launch import visit
from testbench.errors import EndedError, InputError
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record
from testbench.station import read_station

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor sends signals to one process")

BEFORE, AFTER = False, True
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
    "command entered",
}


@pytest.mark.parametrize("kinds", MOMENTS.values(), ids=MOMENTS)
def test_killed_before_and_after_each_commit_it_goes_on_to_its_end(story, reference, kinds):
    for kind in kinds:
        for after in (BEFORE, AFTER):
            story.killed(story.at(kind, after=after))
    assert story.go() == 0, story.said()
    assert story.kinds() <= KINDS
    story.check(reference)
    told = [event.kind for event in story.seen.events]
    assert 1 <= told.count("unwatched") <= told.count("process lost") <= story.resumed


def test_killed_when_its_end_is_entered_it_is_judged_once(story, reference):
    story.killed(story.at("evaluation finished"))
    story.killed(story.at("evaluation finished", after=AFTER))
    story.check(reference)
    assert story.go() == InputError.exit_status
    assert f"{story.evaluation} is finished; it cannot be gone on with" in story.said()
    story.check(reference)


@pytest.mark.parametrize("kind", PAUSE)
def test_killed_while_it_is_being_paused_it_goes_on(story, reference, kind):
    for nth, after in enumerate((BEFORE, AFTER), start=3):
        story.killed(story.at("step entered", nth, AFTER, deed="pause"), story.at(kind, after=after))
    assert story.go() == 0, story.said()
    assert story.kinds() <= KINDS
    story.check(reference)


def test_asked_to_end_and_killed_in_the_middle_of_that_it_goes_on(story, reference):
    asked = story.at("advances", 90, deed="end")
    for kind in ENDED:
        for after in (BEFORE, AFTER):
            story.killed(asked, story.at(kind, after=after))
    assert story.go(asked) == EndedError.exit_status, story.said()
    with Record.open(story.record) as record:
        row = record.evaluation(story.evaluation)
        assert (row.state, row.outcome, row.finished) == (RunState.INTERRUPTED, Outcome.ERROR, None)
    assert story.go() == 0, story.said()
    assert story.kinds() <= KINDS
    story.check(reference)


# ---- at any moment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 5))
def test_killed_at_five_moments_drawn_by_chance_it_goes_on_to_its_end(story, reference, seed):
    draw = random.Random(seed)
    for _ in range(5):
        if draw.random() < 0.5:
            story.killed(story.at("commits", draw.randint(5, 30), after=draw.random() < 0.5))
        else:
            story.killed(story.at("advances", draw.randint(1, 250)))
    assert story.go() == 0, story.said()
    assert story.kinds() <= KINDS
    story.check(reference)
    assert sum(event.kind == "guard" for event in story.seen.events) >= 4
    noted = [note for found in story.seen.findings for note in found.finding.notes if "nobody watched the bench" in note]
    assert noted


def test_killed_from_outside_it_goes_on_to_its_end(story, until, reference):
    draw = random.Random(0)
    for done in (draw.randint(3, 9), draw.randint(12, 18), draw.randint(22, 30)):
        process = story.start()
        until(lambda: story.steps_done() >= done)  # noqa: B023  called at once
        story.kill(process)
    assert story.go() == 0, story.said()
    story.check(reference)


def test_killed_together_with_the_laboratory_it_finds_the_same_world_again(story, reference):
    killed = "kill_with_laboratory"
    story.killed(story.at("step finished", 8, deed=killed))
    story.killed(story.at("advances", 200, deed=killed))
    assert story.go() == 0, story.said()
    story.check(reference, unreachable={"mfc-co2", "mfc-n2", "daq", "A", "C"})
    with visit(read_station(story.killer.station)) as visitor:
        world = visitor.log()
    assert world.seed == story.seed
    assert to_documents(world.commands)[: len(story.seen.laboratory)] == story.seen.laboratory


def test_every_time_that_nobody_watched_is_noted_on_the_findings_of_that_run(story, reference):
    story.killed(story.at("step finished", 8))
    story.killed(story.at("step again", after=AFTER))
    story.killed(story.at("step finished", 1))
    story.killed(story.at("finding entered", after=AFTER))
    assert story.go() == 0, story.said()
    story.check(reference)
    times = [event.text for event in story.seen.events if event.kind == "unwatched"]
    assert len(times) == 4
    notes = {found.run[-3:]: found.finding.notes for found in story.seen.findings}
    assert [note for note in notes["R01"] if note in times] == times[:3], "the last was after its last reading"
    assert not [note for note in notes["R02"] if note in times], "it had not begun"
