"""Whole evaluations over real sockets in which something goes wrong at a stated moment.

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
from instruments.twin.launch import SimulatedLaboratory, Visitor, start_laboratory, visit
from testbench.criteria.standard import load_standard
from testbench.engine import evaluation as evaluation_module
from testbench.engine.clock import wall_now
from testbench.engine.evaluation import EvaluationRequest, EvaluationResult, evaluate, resume
from testbench.engine.plan import SuiteItem
from testbench.engine.registry import find_procedure
from testbench.engine.roles import Status
from testbench.errors import AbortedError, InstrumentError
from testbench.outcome import Outcome, RunState
from testbench.record.model import CommandKind
from testbench.record.store import Record
from testbench.station import StationFile, parse_station
from testbench.text import Text

TIMEOUT_S = 0.1
TRIES = 2
PATIENCE_S = 60.0  # real time after which a story that has not come to its end has failed

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
    laboratory: SimulatedLaboratory | None = None
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
        self.look()

    def look(self) -> None:
        assert time.monotonic() - self.began < PATIENCE_S, f"waiting in vain; {self.calls[-1]} after {self.notices}"
        while self.going is not None and self.awaited is not None and self.awaited():
            self.awaited = None  # what is done now may be told of
            self.awaited = next(self.going, None)

    # ---- what stories wait for, and do --------------------------------------------------------------------------------

    def at(self, call: str, nth: int = 1, ticks: int = 0) -> Callable[[], bool]:
        """Whether the n-th step of this call is going on, after so many ticks."""
        return lambda: self.calls[-1] == call and self.calls.count(call) == nth and self.ticks >= ticks

    def told(self, part: str, times: int = 1) -> Callable[[], bool]:
        """Whether a notice with these words has come, so many times."""
        return lambda: sum(part in text for text in self.notices) >= times

    def fault(self, instrument: str, fault: Fault, requests: int | None = None) -> None:
        """Give an instrument a fault; a delay is such that something comes, but no whole answer in time."""
        assert self.visitor is not None
        delay_s = {Fault.LATE: 3 * TIMEOUT_S, Fault.TRICKLE: TIMEOUT_S / 4}.get(fault)
        self.visitor.fault(instrument, fault, requests=requests, delay_s=delay_s)

    def mend(self) -> None:
        """Take all faults away."""
        assert self.visitor is not None
        self.visitor.clear()

    def condition(self, quantity: str, value: float) -> None:
        """Change an ambient condition."""
        assert self.laboratory is not None
        self.laboratory.set_condition(quantity, value)

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
def carry_out(
    impatient: Callable[[str], StationFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Done]]:
    """`carry_out(story, …)`: an evaluation of linearity against HJ 76-2017; all faults are mended after it.

    `more` are further tables of the station, `going_on` the evaluation that is gone on with.
    """
    onlookers: list[Onlooker] = []

    def owned(station: StationFile) -> SimulatedLaboratory:
        laboratory = start_laboratory(station)
        onlookers[-1].laboratory = laboratory
        return laboratory

    monkeypatch.setattr(evaluation_module, "find_laboratory", lambda: owned)

    def make(
        story: Story | None,
        *,
        more: str = "",
        levels: tuple[float, ...] = (0.3, 0.7),
        record: Path = tmp_path / "record.sqlite",
        going_on: str = "",
    ) -> Done:
        station = impatient(more)
        onlooker = Onlooker(station, record, story)
        onlookers.append(onlooker)
        found = find_procedure("linearity")
        settings = {"levels": levels, "passes": 1, "zero_between": False, "average_s": 10.0}
        item = SuiteItem(found, found.configure(settings), Text(zh="", en=""))
        standard = load_standard("hj76-2017").restricted_to(found.characteristics)
        request = EvaluationRequest(station, standard, (item,), record=onlooker.record, restricted=True)
        done = Done(onlooker)
        try:
            done.result = resume(record, going_on, onlooker) if going_on else evaluate(request, onlooker)
        except (AbortedError, InstrumentError) as error:
            done.error = error
        assert onlooker.going is None or onlooker.awaited is None, f"the story has not come to its end: {onlooker.notices}"
        return done

    yield make
    for onlooker in onlookers:
        if onlooker.visitor is not None:
            onlooker.visitor.clear()
            onlooker.visitor.close()
