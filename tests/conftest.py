"""What several test folders share: stations to vary, a live bench on the plant in this process, an evaluation going on."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from instruments.twin.direct import DirectLaboratory, direct_equipment
from instruments.twin.plant import Plant
from testbench.engine.clock import Clock, SimulatedClock, never
from testbench.engine.live import LiveBench
from testbench.engine.operator import SimulatedOperator
from testbench.engine.registry import find_procedure
from testbench.engine.roles import Channel, Status
from testbench.engine.sampling import Sampler
from testbench.findings import Finding
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.station import Station, StationFile

STARTED = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
HERE = Path(__file__).parent
LONG = (
    "killed",
    "faults",
    "commands",
    "procedures/test_draws",
    "procedures/test_what",
    "engine/test_guard",
    "manual",
    "test_",
)
"""What begins so, from this folder on, takes longest: whole evaluations in processes of their own, hundreds of draws."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end all processes that test have something to do."""
    items.sort(key=lambda item: not item.path.relative_to(HERE).as_posix().startswith(LONG))


@dataclass
class Ledger:
    """Takes readings and steps in memory: the writer and the journal of a bench in one."""

    run: str = "R01"
    readings: int = 0
    gaps: int = 0
    steps: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    cut: list[tuple[int, str, float]] = field(default_factory=list)
    reestablished: list[Any] = field(default_factory=list)
    now: Callable[[], float] = lambda: 0.0

    def add(self, channel: int, time: float, value: float, status: int, raw: str | None = None) -> None:
        self.readings += 1
        self.gaps += status == Status.GAP

    def flush_if_due(self) -> None:
        pass

    def answer(self, call: str, arguments: dict[str, Any]) -> None:
        return None

    def begin(self, call: str, arguments: dict[str, Any]) -> tuple[int, float]:
        self.steps.append((call, dict(arguments), "begun"))
        return len(self.steps), self.now()

    def again(self, step: int, reason: str, cut_at: float) -> None:
        self.cut.append((step, reason, cut_at))

    def finish(self, step: int, result: dict[str, Any], state: Any, reestablished: Any = None) -> None:
        self.steps[step - 1] = (*self.steps[step - 1][:2], "done")
        self.reestablished.append(reestablished)

    def fail(self, step: int, error: BaseException) -> None:
        self.steps[step - 1] = (*self.steps[step - 1][:2], str(error))

    def find(self, finding: Finding) -> None:
        self.findings.append(finding)

    def event(self, kind: str, text: str) -> None:
        self.events.append((kind, text))

    def pause(self, reason: str) -> None:
        self.events.append(("pause", reason))

    def go_on(self) -> None:
        self.events.append(("pause", "the run goes on"))

    def has_room(self) -> bool:
        return True


class Onlooker:
    """Sees a run go by and says nothing."""

    def step_began(self, call: str, arguments: dict[str, Any]) -> None:
        pass

    def step_ended(self) -> None:
        pass

    def tick(self, now: float) -> None:
        pass

    def notice(self, text: str) -> None:
        pass


@dataclass
class DirectBench:
    """A live bench on the plant, its clock, and what it left."""

    bench: LiveBench
    clock: Clock
    plant: Plant
    ledger: Ledger

    def run(self, procedure: str, **settings: Any) -> dict[tuple[str, str], Finding]:
        """Run a procedure; findings by device and characteristic."""
        found = find_procedure(procedure)
        found.function(self.bench, found.configure(settings))
        return {(finding.device, finding.characteristic): finding for finding in self.ledger.findings}


@dataclass
class Going:
    """An evaluation with one run, going on in a record."""

    record: Record
    path: Path
    evaluation: str
    run: str
    at: dt.datetime = STARTED


@pytest.fixture
def going(tmp_path: Path) -> Iterator[Going]:
    """An evaluation that goes on, and its record."""
    path = tmp_path / "record.sqlite"
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(
            EvaluationStart(
                standard="",
                standard_text="",
                standard_digest="",
                station_path="station.toml",
                station_text="",
                station_digest="",
                seed=1,
                language="en",
                simulated=True,
                software={},
                measurand="CO2",
                devices=[],
                started=STARTED,
            )
        )
        run = record.begin_run(evaluation, "drift", {}, clause="", number=1, bench_time=0.0, started=STARTED)
        yield Going(record, path, evaluation, run)


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests leave out of the user's list of records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TESTBENCH_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def simulated_text() -> str:
    """Text of the simulated station that comes with the product."""
    return (resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def simulated_station(simulated_text: str) -> Callable[..., StationFile]:
    """Make the simulated station with changes: `change` gets the parsed file and alters it."""

    def make(change: Callable[[dict[str, Any]], None] | None = None) -> StationFile:
        data = tomllib.loads(simulated_text)
        if change is not None:
            change(data)
        return StationFile(path=Path("simulated.toml"), text=simulated_text, station=Station.model_validate(data))

    return make


@pytest.fixture(scope="session")
def flow_station() -> Callable[..., StationFile]:
    """Make the simulated flow station that comes with the product, with changes as `simulated_station` takes them."""
    text = (resources.files("testbench") / "stations" / "simulated-flow.toml").read_text(encoding="utf-8")

    def make(change: Callable[[dict[str, Any]], None] | None = None) -> StationFile:
        data = tomllib.loads(text)
        if change is not None:
            change(data)
        return StationFile(path=Path("simulated-flow.toml"), text=text, station=Station.model_validate(data))

    return make


@pytest.fixture(scope="session")
def direct_bench() -> Callable[..., DirectBench]:
    """Put a station's live bench on the plant in this process."""

    def make(
        file: StationFile,
        seed: int = 1,
        *,
        check: Callable[[], None] = never,
        clocked: Callable[[DirectLaboratory], Clock] | None = None,
        component: str = "CO2",
        **options: Any,
    ) -> DirectBench:
        plant = Plant(file.station, seed)
        laboratory = DirectLaboratory(plant)
        equipment = direct_equipment(file, plant)
        clock = SimulatedClock(laboratory, check) if clocked is None else clocked(laboratory)
        ledger = Ledger(now=clock.now)
        numbers: dict[str, int] = {}

        def register(channel: Channel) -> int:
            return numbers.setdefault(channel.name, len(numbers))

        sampler = Sampler(equipment.sources, clock, ledger, register, lambda text: ledger.event("gap", text))
        operator = SimulatedOperator(laboratory)
        bench = LiveBench(
            equipment, clock, sampler, operator, Onlooker(), line=file.station.line, component=component, **options
        )
        bench.begin_run(ledger)
        return DirectBench(bench, clock, plant, ledger)

    return make
