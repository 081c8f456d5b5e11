"""Benchmark of reading many instruments at once, over loopback, printed with its percentiles.

1. A tick of 16 instruments of which one, then four take 200 ms for each answer and the others 10 ms, with one question and
   with two in turn; and the sum that it would be if they waited for each other.
2. 20 channels at 10 Hz on the real clock, stored in a record: how late each tick of the grid begins, and how many are
   missed; without and with a slower instrument among them that is read every 0.5 s and takes 300 ms to answer.
"""

from __future__ import annotations

import math
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from instruments.framing import LineFraming
from instruments.transport import Link
from testbench.engine.clock import RealClock, wall_now
from testbench.engine.roles import Channel, Sample, Status
from testbench.engine.sampling import Sampler
from testbench.record.model import EvaluationStart
from testbench.record.store import Record

ASKED = 16
SLOW_S, SWIFT_S = 0.2, 0.01
CHANNELS = 20
EVERY_S = 0.1
GRID_S = 20.0


class Source:
    """An instrument that answers a line to a line, one for each of `questions`."""

    def __init__(self, name: str, port: int, *, questions: int = 1, interval_s: float = EVERY_S) -> None:
        self.name = name
        self.interval_s = interval_s
        self.channels = (Channel(name, "content", "%"),)
        self._questions = questions
        self._link = Link(name, f"TCPIP::127.0.0.1::{port}::SOCKET", timeout_s=2.0)
        self._link.open()

    def request(self) -> None:
        self._link.send(b"?\n", LineFraming(b"\n"))

    def collect(self) -> Sequence[Sample]:
        value = self._link.receive()
        for _ in range(self._questions - 1):
            self._link.query(b"?\n", LineFraming(b"\n"))
        return (Sample(float(value)),)

    def close(self) -> None:
        self._link.close()


class Ledger:
    """A record in a folder, in which readings are stored as in an evaluation; it knows their times, and counts the gaps."""

    def __init__(self, folder: Path) -> None:
        self.gaps = 0
        self.times: dict[str, list[float]] = {}
        self._names: dict[int, str] = {}
        self._record = Record.open(folder / "grid.sqlite", create=True)
        start = EvaluationStart("", "", "", "", "", "", None, "en", True, {}, "CO2", [], wall_now())
        self._evaluation = self._record.begin_evaluation(start)
        self._writer = self._record.readings(self._evaluation)

    def register(self, channel: Channel) -> int:
        number = self._record.channel(
            self._evaluation, channel.name, quantity=channel.quantity, unit=channel.unit, resolution=0.0, device=None
        )
        self._names[number] = channel.name
        return number

    def add(self, channel: int, time: float, value: float, status: int, raw: str | None = None) -> None:
        self.gaps += status == Status.GAP
        self.times.setdefault(self._names[channel], []).append(time)
        self._writer.add(channel, time, value, status, raw)

    def flush_if_due(self) -> None:
        self._writer.flush_if_due()

    def close(self) -> None:
        self._record.close()


@contextmanager
def ledger() -> Iterator[Ledger]:
    """A ledger in a folder of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = Ledger(Path(folder))
        try:
            yield made
        finally:
            made.close()


@contextmanager
def instruments(delays: Sequence[float], **options: float) -> Iterator[list[Source]]:
    """Instruments that answer after these delays, s, each a server in a thread."""
    made: list[Source] = []
    listeners = []
    for number, delay in enumerate(delays):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, delay), daemon=True).start()
        slower = {"interval_s": options["slow_interval_s"]} if delay and "slow_interval_s" in options else {}
        made.append(Source(f"i{number}", listener.getsockname()[1], questions=int(options.get("questions", 1)), **slower))
    try:
        yield made
    finally:
        for source in made:
            source.close()
        for listener in listeners:
            listener.close()


def _serve(listener: socket.socket, delay: float) -> None:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while connection.recv(64):
        time.sleep(delay)
        connection.sendall(b"1.5\n")


def one_tick() -> None:
    """Time ticks of many instruments of which some are slow."""
    for slow in (1, 4):
        for questions in (1, 2):
            delays = [SLOW_S if number < slow else SWIFT_S for number in range(ASKED)]
            with ledger() as book, instruments(delays, questions=questions) as sources:
                sampler = Sampler(sources, RealClock(), book, book.register, print)
                took = []
                for _ in range(6):
                    began = time.perf_counter()
                    sampler.once()
                    took.append(time.perf_counter() - began)
            each = f"{questions} question{'s in turn' if questions > 1 else ''}"
            print(
                f"a tick of {ASKED} instruments, {slow} of {1000 * SLOW_S:.0f} ms, {each}: "
                f"{1000 * statistics.median(took):.0f} ms (the sum would be {1000 * sum(delays) * questions:.0f} ms)"
            )


def grid(slow_s: float = 0.0) -> None:
    """Hold a grid on the real clock, and tell how late its ticks begin."""
    delays = [slow_s] + [0.0] * (CHANNELS - 1)
    with ledger() as book, instruments(delays, slow_interval_s=0.5) as sources:
        sampler = Sampler(sources, RealClock(), book, book.register, print)
        sampler.once()
        book.times.clear()
        window = sampler.sample(GRID_S, EVERY_S)
    late = sorted(
        1000 * (at - window.start - EVERY_S * round((at - window.start) / EVERY_S)) for at in book.times[f"i{CHANNELS - 1}"]
    )
    ranks = {"50 %": 0.5, "95 %": 0.95, "99 %": 0.99, "max": 1.0}
    told = ", ".join(f"{name} {late[math.ceil(share * len(late)) - 1]:.2f} ms" for name, share in ranks.items())
    among = f", one of them every 0.5 s and {1000 * slow_s:.0f} ms slow" if slow_s else ""
    print(
        f"{CHANNELS} channels at {1 / EVERY_S:.0f} Hz over {GRID_S:.0f} s{among}: ticks begin late by {told}; "
        f"{window.late} of {len(late)} ticks missed, {book.gaps} gaps, skew {1000 * window.skew_s:.0f} ms"
    )


def main() -> None:
    """Run all."""
    sys.setswitchinterval(0.001)  # the servers are threads of this process too
    one_tick()
    grid()
    grid(0.3)


if __name__ == "__main__":
    main()
