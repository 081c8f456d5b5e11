"""A soak: thirty days of bench time, twelve channels, one tick a minute; does memory, or anything else, grow?

    make bench                                    # or: python tests/bench/soak.py

An evaluation of the procedure `drift` over thirty days with six devices is conducted as any other: guard, control file,
journal, record with its hash chain, steering and interlocks. The instruments alone are those of the plant in this process
instead of those behind sockets, which would take minutes. Once a bench hour a device's answer is no reading, with another
text each time; once a day an alarm is acknowledged from outside, and on three days the run is paused and resumed.

Memory is what this process holds (resident set), taken at every hour of bench time; its slope is fitted by least squares
to the second half of the time. In the first half the database fills its page cache, 2 MB a connection. What must grow is
small: the procedure keeps its readings of every day until it has computed the drift (some 20 kB a day), and the model of the
plant, which is in this process here, its commands (some 5 kB a day).
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from instruments.twin.direct import DirectDevice, DirectLaboratory, direct_equipment
from instruments.twin.plant import Plant
from testbench.engine import conduct
from testbench.engine.assembly import Equipment
from testbench.engine.clock import wall_now
from testbench.engine.interruption import Interruption
from testbench.engine.ownership import Ownership
from testbench.engine.plan import Plan, SuiteItem, make_plan
from testbench.engine.registry import find_procedure
from testbench.engine.request import EvaluationRequest
from testbench.engine.roles import Sample
from testbench.errors import InstrumentError
from testbench.record.model import CommandKind
from testbench.record.store import Record
from testbench.station import StationFile, parse_station
from testbench.text import Text

DAYS = 30
HOUR_S, DAY_S = 3600.0, 86400.0
CHANNELS = 12  # two controllers, four conditions, six devices
PAUSES = (7, 14, 21)  # days on which the run is paused
AIM_MB_PER_DAY = 0.1


def main() -> None:
    """Run it, and print what was seen."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        soak(Path(folder))


def soak(folder: Path) -> None:
    """Conduct the evaluation with a record in `folder`."""
    station = six_devices(folder / "station.toml")
    procedure = find_procedure("drift")
    item = SuiteItem(procedure, procedure.configure({"days": DAYS}), Text(zh="", en=""))
    request = EvaluationRequest(station, None, (item,), folder / "record.sqlite")
    plan = make_plan(station, request.items, None)
    laboratory = DirectLaboratory(Plant(station.station, request.seed))
    made: list[Equipment] = []

    def in_this_process(file: StationFile, **_: Any) -> Equipment:
        made.append(with_gaps(direct_equipment(file, laboratory.plant), laboratory.now))
        return made[-1]

    with (
        Record.open(request.record, create=True) as record,
        Record.open(request.record) as outside,
        Interruption() as interruption,
        patch.object(conduct, "assemble", in_this_process),
    ):
        watcher = Watcher(outside)
        began = time.perf_counter()
        evaluation = conduct.Conduct(request, plan, watcher, record, laboratory, interruption, Ownership())
        result = evaluation.run()
        took = time.perf_counter() - began
        steps = sum(len(record.steps(run.identifier)) for run in record.runs(result.evaluation))
        readings = sum(len(record.load(result.evaluation, channel.name)) for channel in record.channels(result.evaluation))
        commands = record.commands.of(result.evaluation)
    channels = sum(len(source.channels) for source in made[0].sources)
    if channels != CHANNELS or not all(command.taken for command in commands):
        raise SystemExit(f"the soak is not what it says: {channels} channels, {len(commands)} commands")
    size = sum(file.stat().st_size for file in folder.glob("record.sqlite*")) / 1e6
    print(
        f"soak: {result.bench_s / DAY_S:.1f} days of bench time, {channels} channels, instruments in this process: "
        f"{took:.1f} s; {readings} readings, {steps} steps, {len(commands)} commands; record {size:.1f} MB"
    )
    watcher.tell()


def six_devices(path: Path) -> StationFile:
    """The simulated station with three more devices, which are like its device A."""
    from importlib import resources

    text = (resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8")
    table = text[text.index("[devices.A]") : text.index("[devices.B]")]
    text += "".join(f"\n{table.replace('devices.A', f'devices.{name}')}" for name in "DEF")
    path.write_text(text, encoding="utf-8")
    return parse_station(text, path)


def with_gaps(equipment: Equipment, now: Callable[[], float]) -> Equipment:
    """Let the first device miss one answer in each hour of bench time."""
    device = equipment.devices[0]
    assert isinstance(device, DirectDevice)
    answer, missed = device.collect, 0

    def collect() -> Sequence[Sample]:
        nonlocal missed
        if now() // HOUR_S > missed:
            missed += 1
            raise InstrumentError(f"{device.name}: answered '{missed}' to 'co2', which is no reading")
        return answer()

    device.collect = collect  # type: ignore[method-assign]
    return equipment


@dataclass
class Watcher:
    """Sees the evaluation go by: looks at this process every hour of bench time, gives commands every day."""

    record: Record
    evaluation: str = ""
    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    handles: list[int | None] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    notices: int = 0
    days: int = 0

    def planned(self, plan: Plan) -> None:
        """Nothing to do."""

    def begun(self, evaluation: str) -> None:
        """Remember what it is called."""
        self.evaluation = evaluation

    def run_began(self, number: int, item: SuiteItem) -> None:
        """Nothing to do."""

    def step_began(self, call: str, arguments: Mapping[str, Any]) -> None:
        """Nothing to do."""

    def step_ended(self) -> None:
        """Nothing to do."""

    def tick(self, now: float) -> None:
        """Look once an hour."""
        if self.times and now < self.times[-1] + HOUR_S:
            return
        self.times.append(now)
        self.handles.append(open_handles())
        self.threads.append(threading.active_count())
        resident = resident_mb()
        if resident is not None:
            self.memory.append(resident)
        if now // DAY_S > self.days:
            self.days += 1
            self._give(CommandKind.ACKNOWLEDGE, {})
            if self.days in PAUSES:
                self._give(CommandKind.PAUSE, {"at_once": True, "reason": "soak"})

    def notice(self, text: str) -> None:
        """Resume what was paused; the rest is counted."""
        self.notices += 1
        if text.startswith("paused:"):
            self._give(CommandKind.RESUME, {})

    def _give(self, kind: CommandKind, document: dict[str, Any]) -> None:
        self.record.commands.give(self.evaluation, kind, document, by="soak", at=wall_now())

    def tell(self) -> None:
        """Print what was seen of memory, handles and threads."""
        if self.memory:
            days, memory = np.array(self.times) / DAY_S, np.array(self.memory)
            late = days >= days[-1] / 2.0
            slope = float(np.polyfit(days[late], memory[late], 1)[0])
            print(
                f"  memory {slope:+.3f} MB per day of bench time in the second half (aim < {AIM_MB_PER_DAY:g}); "
                f"{memory[0]:.1f} MB at the start, {np.max(memory):.1f} at most, {memory[-1]:.1f} at the end"
            )
        else:
            print(f"  memory: not known, {sys.platform} has no /proc/self/statm")
        handles = "not known" if self.handles[0] is None else f"{self.handles[0]} → {self.handles[-1]}"
        print(f"  open file handles {handles}, threads {self.threads[0]} → {self.threads[-1]}; {self.notices} notices")


def resident_mb() -> float | None:
    """Memory of this process that is in use, MB; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_handles() -> int | None:
    """How many file handles are open; None where the system does not say."""
    try:
        return sum(1 for _ in Path("/dev/fd" if sys.platform == "darwin" else "/proc/self/fd").iterdir()) - 1
    except OSError:
        return None


if __name__ == "__main__":
    main()
