"""Benchmarks, printed as ratios of one run: what the engine adds to a reading, and how fast a nine-day evaluation is.

    make bench

1. One stored reading of one instrument: the engine (sampling, status, record) against a bare pyvisa query loop that writes
   the answers to a CSV file; the same simulated instrument answers both over loopback. Aim: under 1.5 times.
2. A whole evaluation of three devices on the simulated clock: bench time over real time.
3. `testbench --help` against `python -c pass`.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyvisa

from testbench.engine.assembly import assemble
from testbench.engine.clock import wall_now
from testbench.engine.registry import find_laboratory
from testbench.engine.sampling import Sampler
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.record.writer import ReadingWriter
from testbench.station import parse_station

READINGS = 3000
ROUNDS = 5

ONE_DEVICE = """
[station]
name = "one device"
[devices.A]
driver = "thermo-iseries"
resource = "twin"
maker = "A"
model = "410i"
range = [0.0, 20.0]
[devices.A.truth]
noise_percent_fs = 0.1
"""


class JumpingClock:
    """Bench time that is wherever it is asked to be: the loop runs as fast as the readings come."""

    simulated = True

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def wait_until(self, time_s: float) -> None:
        self.time = max(self.time, time_s)

    def wall(self):
        return wall_now()


def bare_loop(resource: str, path: Path) -> float:
    """Seconds for one reading by `query`, converted and written to a CSV file."""
    manager = pyvisa.ResourceManager("@py")
    session = manager.open_resource(resource, read_termination="\r", write_termination="\r", timeout=1000)
    began = time.perf_counter()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        for number in range(READINGS):
            value = float(session.query("co2").split()[1])
            writer.writerow([number, value])
    took = time.perf_counter() - began
    session.close()
    return took / READINGS


def engine_loop(sampler: Sampler, writer: ReadingWriter) -> float:
    """Seconds for one reading by the engine, stored in the record and sealed into blocks."""
    began = time.perf_counter()
    sampler.sample(READINGS - 1, 1.0, remember=False)
    writer.seal()
    return (time.perf_counter() - began) / READINGS


def one_reading(folder: Path) -> None:
    """Compare the engine with the bare loop, round by round."""
    station = parse_station(ONE_DEVICE, folder / "one.toml")
    laboratory = find_laboratory()(station)
    equipment = assemble(station, resources=laboratory.resources)
    equipment.open()
    record = Record.open(folder / "bench.sqlite", create=True)
    try:
        start = EvaluationStart("", "", "", "", "", "", None, "en", True, {}, "CO2", [], wall_now())
        evaluation = record.begin_evaluation(start)
        numbers: dict[str, int] = {}

        def register(channel) -> int:
            numbers[channel.name] = record.channel(
                evaluation, channel.name, quantity=channel.quantity, unit=channel.unit, resolution=0.0, device=None
            )
            return numbers[channel.name]

        writer = record.readings(evaluation)
        sampler = Sampler(equipment.sources, JumpingClock(), writer, register, print)
        pairs = []
        for number in range(ROUNDS + 1):
            bare = bare_loop(laboratory.resources["A"], folder / f"bare{number}.csv")
            engine = engine_loop(sampler, writer)
            if number:
                pairs.append((engine, bare))
    finally:
        record.close()
        equipment.close()
        laboratory.close()
    ratios = sorted(engine / bare for engine, bare in pairs)
    engine, bare = (1e6 * statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"one stored reading: engine {engine:.0f} µs, bare query loop with CSV {bare:.0f} µs")
    print(f"  ratio {statistics.median(ratios):.2f} (min {ratios[0]:.2f}, max {ratios[-1]:.2f}; aim < 1.5)")


def whole_evaluation(folder: Path) -> None:
    """Time the evaluation that `make demo` runs."""
    station = folder / "station.toml"
    command = [sys.executable, "-m", "testbench.cli"]
    station.write_bytes(subprocess.run([*command, "station", "new", "--simulated"], check=True, capture_output=True).stdout)
    began = time.perf_counter()
    options = ["--station", str(station), "--standard", "hj76-2017", "--output", str(folder / "result"), "--language", "en"]
    done = subprocess.run([*command, "evaluate", *options], check=True, capture_output=True, text=True)
    took = time.perf_counter() - began
    bench = next(line for line in done.stdout.splitlines() if "of bench time in" in line)
    print(f"evaluation of three devices with report: {took:.1f} s in all ({bench.strip()})")


def start_up() -> None:
    """Compare `testbench --help` with an empty program."""
    times = {}
    for name, command in {"help": ["-m", "testbench.cli", "--help"], "empty": ["-c", "pass"]}.items():
        runs = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            runs.append(time.perf_counter() - began)
        times[name] = statistics.median(runs)
    print(f"testbench --help: {times['help']:.2f} s, {times['help'] / times['empty']:.1f} times an empty program")


def main() -> None:
    """Run all."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        start_up()
        one_reading(Path(folder))
        whole_evaluation(Path(folder))


if __name__ == "__main__":
    main()
