"""Instruments that fail during a whole evaluation, over real sockets: what it costs is told, bounded, and nothing is made up.

A story is a generator that follows the evaluation: each `yield` is a condition to wait for, and what comes after it is done
at that moment, in the evaluation's own thread, so that nothing depends on how fast the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from instruments.twin.faults import Fault
from instruments.twin.launch import Visitor, start_laboratory, visit
from testbench.criteria.standard import load_standard
from testbench.engine.clock import wall_now
from testbench.engine.evaluation import EvaluationRequest, EvaluationResult, evaluate, resume
from testbench.engine.plan import SuiteItem
from testbench.engine.registry import find_procedure
from testbench.engine.roles import Status
from testbench.engine.sampling import DEAD_AFTER
from testbench.errors import AbortedError, InstrumentError
from testbench.outcome import Outcome, RunState
from testbench.record.model import CommandKind
from testbench.record.store import Record
from testbench.station import StationFile, parse_station
from testbench.text import Text

TIMEOUT_S = 0.1
TRIES = 2
PATIENCE_S = 60.0  # real time after which a story that has not come to its end has failed
LINEARITY = {"levels": (0.3, 0.7), "passes": 1, "zero_between": False, "average_s": 10.0}
STRICT = '[faults]\ndead_device = "pause"\nwait_s = 2.0'

Story = Callable[["Onlooker"], Iterator[Callable[[], bool]]]


@dataclass
class Onlooker:
    """Sees an evaluation go by, and plays a story in it."""

    station: StationFile
    record: Path
    story: Story | None = None
    notices: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    ticks: int = 0
    evaluation: str = ""
    going: Iterator[Callable[[], bool]] | None = None
    awaited: Callable[[], bool] | None = None
    visitor: Visitor | None = None
    began: float = field(default_factory=time.monotonic)

    def planned(self, plan: object) -> None:
        pass

    def begun(self, evaluation: str) -> None:
        self.evaluation = evaluation
        if self.story is not None:
            self.visitor = visit(self.station)
            self.going = self.story(self)
            self.awaited = next(self.going)

    def run_began(self, number: int, item: SuiteItem) -> None:
        pass

    def step_began(self, call: str, arguments: object) -> None:
        self.calls.append(call)
        self.ticks = 0
        self.look()

    def step_ended(self) -> None:
        self.calls.append("")

    def tick(self, now: float) -> None:
        self.ticks += 1
        self.look()

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def look(self) -> None:
        assert time.monotonic() - self.began < PATIENCE_S, f"waiting in vain; {self.calls[-1]} after {self.notices}"
        while self.going is not None and self.awaited is not None and self.awaited():
            self.awaited = next(self.going, None)

    # ---- what stories wait for, and do --------------------------------------------------------------------------------

    def at(self, call: str, nth: int = 1, ticks: int = 0) -> Callable[[], bool]:
        """Whether the n-th step of this call is going on, after so many ticks."""
        return lambda: self.calls[-1] == call and self.calls.count(call) == nth and self.ticks >= ticks

    def told(self, part: str) -> Callable[[], bool]:
        """Whether a notice with these words has come."""
        return lambda: any(part in text for text in self.notices)

    def fault(self, instrument: str, fault: Fault, requests: int | None = None) -> None:
        """Give an instrument a fault; a delay is such that something comes, but no whole answer in time."""
        assert self.visitor is not None
        delay_s = {Fault.LATE: 3 * TIMEOUT_S, Fault.TRICKLE: TIMEOUT_S / 4}.get(fault)
        self.visitor.fault(instrument, fault, requests=requests, delay_s=delay_s)

    def mend(self) -> None:
        """Take all faults away."""
        assert self.visitor is not None
        self.visitor.clear()

    def state(self) -> RunState:
        """What the record says of the evaluation now."""
        with Record.open(self.record) as record:
            return record.evaluation(self.evaluation).state

    def command(self, kind: CommandKind, **document: Any) -> None:
        """What a person at another terminal does."""
        with Record.open(self.record) as record:
            record.commands.give(self.evaluation, kind, document, by="Li", at=wall_now())


@dataclass
class Done:
    """An evaluation that has been carried out: its result or its error, and what was seen."""

    onlooker: Onlooker
    result: EvaluationResult | None = None
    error: Exception | None = None

    @property
    def findings(self) -> dict[str, Any]:
        """The findings by device."""
        assert self.result is not None, self.error
        return {finding.device: finding for finding in self.result.findings}

    @property
    def verdicts(self) -> dict[str, Outcome]:
        """The worst verdict of each device."""
        assert self.result is not None, self.error
        assert self.result.scorecard is not None
        return {device.device: device.outcome for device in self.result.scorecard.devices}

    def open(self) -> Any:
        """The record."""
        return Record.open(self.onlooker.record)

    def events(self, kind: str) -> list[str]:
        """Texts of the events of a kind."""
        with self.open() as record:
            return [event.text for event in record.events(self.onlooker.evaluation) if event.kind == kind]

    def attempts(self) -> dict[str, list[str]]:
        """Why attempts of steps were cut, by call."""
        cut: dict[str, list[str]] = {}
        with self.open() as record:
            for run in record.runs(self.onlooker.evaluation):
                calls = {step.number: step.call for step in record.steps(run.identifier)}
                for attempt in record.attempts(run.identifier):
                    cut.setdefault(calls[attempt.step], []).append(attempt.reason)
        return cut

    def gaps(self, channel: str) -> int:
        """How many readings of a channel are gaps."""
        with self.open() as record:
            return int((record.load(self.onlooker.evaluation, channel).status == Status.GAP).sum())


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, simulated_text: str) -> Callable[[str], StationFile]:
    """`impatient(more)`: the simulated station with short deadlines and further tables; each has its own laboratory."""
    text = simulated_text
    for resource in ("twin", "twin:serial"):
        line = f'\nresource = "{resource}"\n'
        text = text.replace(line, f"{line}timeout_s = {TIMEOUT_S}\ntries = {TRIES}\n")
    folder = tmp_path_factory.mktemp("faults")
    made: dict[str, StationFile] = {}

    def make(more: str = "") -> StationFile:
        if more not in made:
            path = folder / f"station{len(made)}.toml"
            path.write_text(f"{text}\n{more}\n", encoding="utf-8")
            made[more] = parse_station(path.read_text(encoding="utf-8"), path)
        return made[more]

    yield make
    for station in made.values():
        start_laboratory(station).stop()


@pytest.fixture
def carry_out(impatient: Callable[[str], StationFile], tmp_path: Path) -> Iterator[Callable[..., Done]]:
    """`carry_out(story, …)`: an evaluation against HJ 76-2017, restricted to one procedure; all faults are mended after it."""
    onlookers: list[Onlooker] = []

    def make(
        story: Story | None,
        *,
        more: str = "",
        procedure: str = "linearity",
        settings: dict[str, Any] = LINEARITY,
        going_on: Done | None = None,
    ) -> Done:
        station = impatient(more)
        onlooker = Onlooker(station, tmp_path / "record.sqlite", story)
        onlookers.append(onlooker)
        found = find_procedure(procedure)
        item = SuiteItem(found, found.configure(settings), Text(zh="", en=""))
        standard = load_standard("hj76-2017").restricted_to(found.characteristics)
        request = EvaluationRequest(station, standard, (item,), record=onlooker.record, restricted=True)
        done = Done(onlooker)
        try:
            if going_on is None:
                done.result = evaluate(request, onlooker)
            else:
                onlooker.evaluation = going_on.onlooker.evaluation
                done.result = resume(onlooker.record, onlooker.evaluation, onlooker)
        except (AbortedError, InstrumentError) as error:
            done.error = error
        assert onlooker.going is None or onlooker.awaited is None, f"the story has not come to its end: {onlooker.notices}"
        return done

    yield make
    for onlooker in onlookers:
        if onlooker.visitor is not None:
            onlooker.visitor.clear()
            onlooker.visitor.close()


# ---- devices under test -----------------------------------------------------------------------------------------------


def test_every_fault_of_a_device_costs_its_own_readings_and_nothing_else(carry_out):
    reasons = {
        Fault.SILENT: "no answer within",
        Fault.TRICKLE: "incomplete answer within",
        Fault.GARBLE: "within",
        Fault.CLOSE: "closed the connection",
        Fault.LATE: "no answer within",
        Fault.UNPLUGGED: "c",  # closed the connection, or: connection refused
    }

    def story(seen):
        for number, fault in enumerate(reasons, start=1):
            yield seen.at("average", number, ticks=4)
            seen.fault("A", fault, None if fault is Fault.UNPLUGGED else TRIES)
            yield seen.at("average", number, ticks=5)
            seen.mend()

    done = carry_out(story, settings=LINEARITY | {"levels": (0.2, 0.4, 0.6, 0.8)})
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert done.gaps("A") == len(reasons)
    assert done.gaps("B") == done.gaps("C") == done.gaps("mfc-co2.flow") == 0
    told = iter(done.events("gap"))
    for reason, fell, back in zip(reasons.values(), told, told, strict=True):
        assert fell.startswith("A (TCPIP")
        assert reason in fell
        assert back == "A: answers again; 1 reading missed"
    assert list(done.events("gap")) == [text for text in done.onlooker.notices if text.startswith("A")]
    assert done.attempts() == {}


def test_a_device_that_is_unplugged_for_some_steps_is_told_of_three_times_and_judged_by_nothing_made_up(carry_out):
    def story(seen):
        yield seen.at("average", 2, ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield seen.at("average", 3)
        seen.mend()

    done = carry_out(story)
    fell, given_up, back = done.events("gap")
    assert fell.startswith("A (TCPIP")
    assert given_up.startswith(f"A: given up after {DEAD_AFTER} readings in a row without an answer")
    assert back == f"A: answers again; {done.gaps('A')} readings missed"
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    levels = done.findings["A"].details["levels"]
    assert [level["nominal_fraction"] for level in levels] == [0.3, 0.7]


def test_a_device_that_stays_dead_is_dropped_and_never_passes(carry_out):
    def story(seen):
        yield seen.at("average")
        seen.fault("B", Fault.SILENT)

    done = carry_out(story)
    assert done.verdicts == {"A": Outcome.PASS, "B": Outcome.INCONCLUSIVE, "C": Outcome.PASS}
    assert done.findings["B"].value is None
    assert done.gaps("A") == done.gaps("C") == 0
    assert len(done.events("gap")) == 2, "fell silent, given up"
    asked_again = done.onlooker.calls.count("") - done.onlooker.calls.index("average")  # by each step that followed
    assert done.result.real_s < (DEAD_AFTER + asked_again) * TRIES * TIMEOUT_S + 20, "not at every reading"
    safe = {outcome.instrument: outcome.verified for outcome in done.result.safe}
    assert safe["mfc-co2"]
    assert safe["mfc-n2"]


def test_a_dead_device_pauses_the_run_until_a_person_goes_on_without_it(carry_out):
    states = []

    def story(seen):
        yield seen.at("average", ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield lambda: seen.told("paused: ")() and seen.state() is RunState.PAUSED
        states.append(seen.state())
        seen.command(CommandKind.RESUME)
        yield seen.told("the run goes on")
        states.append(seen.state())

    done = carry_out(story, more=STRICT)
    assert states == [RunState.PAUSED, RunState.RUNNING]
    (reason,) = done.attempts()["average"]
    assert reason.startswith("A (TCPIP")
    assert "resume to go on without it" in reason
    paused = done.events("pause")
    assert paused == [reason, "the run goes on"]
    assert done.verdicts == {"A": Outcome.INCONCLUSIVE, "B": Outcome.PASS, "C": Outcome.PASS}


def test_a_dead_device_that_answers_again_goes_on_with_the_run_by_itself(carry_out):
    def story(seen):
        yield seen.at("average", ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield seen.told("paused: ")
        seen.mend()

    done = carry_out(story, more=STRICT)
    assert len(done.attempts()["average"]) == 1
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert done.findings["A"].value is not None


# ---- what makes the gas -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["average", "supply"])
def test_a_controller_that_comes_back_costs_an_attempt(carry_out, call):
    """It is unplugged while it is only read, or before it is set; another time the quiet state is not reached."""

    def story(seen):
        yield seen.at(call, 2)
        seen.fault("mfc-co2", Fault.UNPLUGGED)
        yield seen.told("the quiet state could not be reached")
        assert seen.state() is RunState.PAUSED
        seen.mend()
        yield seen.told("the run goes on")
        assert seen.state() is RunState.RUNNING

    done = carry_out(story)
    (reason,) = done.attempts().pop(call)
    assert reason.startswith("mfc-co2 (TCPIP")
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        (run,) = record.runs(done.onlooker.evaluation)
        (again,) = [step for step in record.steps(run.identifier) if step.attempts == 2]
        (attempt,) = record.attempts(run.identifier)
    assert again.call == call
    assert again.began_at >= attempt.ended_at
    assert (again.reestablished is not None) is (call == "average"), "the gas is set anew and waited for where none is set"


def test_a_controller_that_stays_away_interrupts_the_evaluation_which_can_be_gone_on_with(carry_out):
    def story(seen):
        yield seen.at("average", 2)
        seen.fault("mfc-n2", Fault.UNPLUGGED)

    cut = carry_out(story, more=STRICT)
    assert isinstance(cut.error, InstrumentError)
    assert "mfc-n2 (TCPIP" in str(cut.error)
    with cut.open() as record:
        row = record.evaluation(cut.onlooker.evaluation)
        (run,) = record.runs(row.identifier)
    assert (row.state, run.state, row.outcome, row.finished) == (
        RunState.INTERRUPTED,
        RunState.INTERRUPTED,
        Outcome.ERROR,
        None,
    )
    assert "mfc-n2" in row.reason
    cut.onlooker.mend()
    done = carry_out(None, more=STRICT, going_on=cut)
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        row = record.evaluation(done.onlooker.evaluation)
        assert row.state is RunState.FINISHED
        assert record.verify().passed
