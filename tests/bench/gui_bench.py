"""Benchmarks of the window, printed: frames of long traces, opening a long run, memory of live updates, the first window.

    python tests/bench/gui_bench.py [frames] [stored] [memory] [start]

1. Twelve channels of 24 h at 10 Hz: milliseconds a frame while panning and zooming, drawn into a picture. Aim: 16 ms.
2. A stored run of ten million readings: from opening the record to the first full picture. Aim: under 1 s.
3. Memory over ten thousand live updates. Aim: flat.
4. From the command to the first window. Aim: under 1.5 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

CHANNELS = 12
DAY_S = 86400
HZ = 10
STORED = 10_000_000
UPDATES = 10_000
SIZE = (1600, 800)


def main() -> int:
    """Run the parts that are named, or all."""
    parts: dict[str, Callable[[], None]] = {"frames": frames, "stored": stored, "memory": memory, "start": start}
    wanted = sys.argv[1:] or list(parts)
    if unknown := [name for name in wanted if name not in parts]:
        print(f"there is no part {', '.join(unknown)}; there are {', '.join(parts)}", file=sys.stderr)
        return 2
    for name in wanted:
        parts[name]()
    return 0


def series(number: int, count: int, hz: float = HZ) -> tuple[np.ndarray, np.ndarray]:
    """Readings like those of an analyser: levels of gas with noise, rounded to its resolution, and a few gaps."""
    rng = np.random.default_rng(number)
    times = np.arange(count) / hz
    values = np.round(4.0 * ((times // 1800 + number) % 6) + rng.normal(0.0, 0.02, count), 3)
    values[rng.integers(0, count, max(1, count // 5000))] = np.nan
    return times, values


def plot_of(channels: int):
    """A plot on the screen, with channels in three lanes."""
    from gui.application import make_application
    from gui.plots.channel import Band, Channel, LineKind, StepLine
    from gui.plots.trace_plot import TracePlot
    from gui.theme import Choice, Theme

    application = make_application()
    plot = TracePlot(Theme(application, Choice.LIGHT))
    plot.resize(*SIZE)
    units = ("%", "L/min", "°C")
    plot.set_channels([Channel(f"channel {n}", f"channel {n}", units[3 * n // channels]) for n in range(channels)])
    starts = np.arange(0.0, DAY_S, 600.0)
    plot.set_bands([Band(begin, begin + 600.0, "average") for begin in starts])
    plot.set_step_lines([StepLine.of(LineKind.SET_POINT, "channel 0", starts, 4.0 * ((starts // 1800) % 6))])
    plot.show()
    application.processEvents()
    return application, plot


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that something takes."""
    began = time.perf_counter()
    work()
    return 1000.0 * (time.perf_counter() - began)


def told(name: str, times: list[float], computing_ms: float, aim: float) -> None:
    """Print the distribution of frames; what was computed on average does not depend on what else the machine does."""
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(
        f"  {name:<28} {len(times)} frames: median {statistics.median(times):5.1f} ms, 95 % {p95:5.1f} ms, "
        f"worst {ordered[-1]:5.1f} ms, "
        f"computing {computing_ms:4.1f} ms (aim: {aim:g} ms)"
    )


def frames() -> None:
    """Pan and zoom over a day of twelve channels."""
    application, plot = plot_of(CHANNELS)
    for number in range(CHANNELS):
        plot.append(f"channel {number}", *series(number, DAY_S * HZ))
    print(f"{CHANNELS} channels x 24 h at {HZ} Hz ({CHANNELS * DAY_S * HZ:,} readings), {SIZE[0]} x {SIZE[1]} px")

    def frame() -> None:
        plot.draw()
        plot._canvas.viewport().grab()

    def moving(name: str, begin: Callable[[], object], steps: list[Callable[[], object]]) -> None:
        begin()
        frame()
        application.processEvents()
        began = time.process_time()
        times = [timed(lambda step=step: (step(), frame())) for step in steps]
        told(name, times, 1000.0 * (time.process_time() - began) / len(steps), 16)

    def pan() -> None:
        plot.pan(0.01 * plot.view.span)

    moving("panning, 12 h in view", lambda: plot.show_span(0, 43_200), [pan] * 100)
    moving("panning, 1 h in view", lambda: plot.show_span(30_000, 33_600), [pan] * 100)
    moving("panning, 2 min in view", lambda: plot.show_span(30_000, 30_120), [pan] * 100)
    zooms = [lambda: plot.zoom(1 / 1.1, 40_000.0)] * 100 + [lambda: plot.zoom(1.1, 40_000.0)] * 100
    moving("zooming, 24 h to 6 s and back", plot.show_all, zooms)
    plot.deleteLater()
    application.processEvents()


def write_record(path: Path) -> str:
    """Write a record with an evaluation of `STORED` readings; return its identifier."""
    from testbench.engine.clock import wall_now
    from testbench.record.model import EvaluationStart
    from testbench.record.store import Record

    texts = dict.fromkeys(
        ("standard", "standard_text", "standard_digest", "station_path", "station_text", "station_digest", "language"), ""
    )
    beginning = EvaluationStart(
        **texts, seed=1, simulated=True, software={}, measurand="CO2", devices=(), started=wall_now()
    )
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(beginning)
        writer = record.readings(evaluation)
        for number in range(CHANNELS):
            channel = record.channel(
                evaluation, f"channel {number}", quantity="CO2", unit="%", resolution=0.001, device=None
            )
            times, values = series(number, STORED // CHANNELS)
            statuses = np.isnan(values).astype(int).tolist()
            for index, reading in enumerate(zip(times.tolist(), values.tolist(), statuses, strict=True)):
                writer.add(channel, *reading)
                if index % 8192 == 8191:
                    writer.flush()
            writer.seal()
    return evaluation


def stored() -> None:
    """Open a stored run of ten million readings, and draw all of it."""
    from gui.plots.channel import Channel
    from testbench.record.store import Record

    application, plot = plot_of(1)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "record.sqlite"
        evaluation = write_record(path)
        size = path.stat().st_size / 1e6
        print(f"a stored run of {STORED:,} readings in {CHANNELS} channels, {size:.0f} MB")

        def open_it() -> None:
            record = Record.open(path)
            rows = record.channels(evaluation)
            plot.set_channels([Channel.of(row) for row in rows])

            def source(name: str, start: float, end: float, points: int):
                return record.overview(evaluation, name, start, end, points)

            plot.set_source(source, 0.0, record.last_bench_time(evaluation))
            plot.show_all()
            deadline = time.perf_counter() + 60.0
            while not all(len(plot._traces[row.name].query(0.0, plot.view.end, 1000)) > 1000 for row in rows):
                application.processEvents()
                if time.perf_counter() > deadline:
                    raise SystemExit("the picture never came")
            plot.draw()
            plot.grab()
            plot.close_source()
            record.close()

        times = [timed(open_it) for _ in range(5)]
        median, worst = statistics.median(times), max(times)
        print(f"  from opening to the first full picture: median {median:.0f} ms, worst {worst:.0f} ms (aim: under 1000 ms)")
    plot.deleteLater()
    application.processEvents()


def resident_mb() -> float:
    """Memory of this process in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory() -> None:
    """Append live readings again and again, each time with a frame; a day is in memory before."""
    application, plot = plot_of(CHANNELS)
    for number in range(CHANNELS):
        plot.append(f"channel {number}", *series(number, DAY_S))
    plot.follow()
    begun, told_after = time.perf_counter(), (0, UPDATES // 10, UPDATES // 2, UPDATES)
    used = []
    for update in range(UPDATES + 1):
        if update in told_after:
            used.append(f"{resident_mb():.1f} MB after {update}")
        for number in range(CHANNELS):
            at = DAY_S + 0.5 * update
            plot.append(f"channel {number}", [at], [number + 0.01 * (update % 7)])
        plot.draw()
        if update % 10 == 0:
            plot._canvas.viewport().grab()
            application.processEvents()
    each = 1000.0 * (time.perf_counter() - begun) / UPDATES
    print(f"{UPDATES:,} live updates of {CHANNELS} channels, {each:.1f} ms each; memory: {', '.join(used)} (aim: flat)")
    plot.deleteLater()
    application.processEvents()


def start() -> None:
    """Start the application as a person does, until its window is shown."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = os.environ | {"TESTBENCH_STATE_DIR": folder}
        command = [sys.executable, "-m", "gui", "--quit-when-shown"]
        times = [timed(lambda: subprocess.run(command, env=environment, check=True)) for _ in range(5)]
    median, worst = statistics.median(times), max(times)
    print(f"from the command to the first window and out again: median {median:.0f} ms, worst {worst:.0f} ms (aim: 1500 ms)")


if __name__ == "__main__":
    sys.exit(main())
