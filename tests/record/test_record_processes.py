"""Several processes on one record: watching while it is written, making it at the same moment, losing the writer."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pysqlite3.dbapi2 as sqlite
import pytest

from testbench.record.store import Record

WATCH = """
import sys
from pathlib import Path
from testbench.record.store import Record
with Record.open(Path(sys.argv[1])) as record:
    for line in sys.stdin:
        print(len(record.load(line.strip(), "a.co2")), flush=True)
"""
CREATE = """
import sys
from pathlib import Path
from testbench.record.store import Record
print("ready", flush=True)
sys.stdin.readline()
with Record.open(Path(sys.argv[1]), create=True) as record:
    print(len(record.evaluations()), flush=True)
"""
WRITE = """
import datetime as dt, sys
from pathlib import Path
from testbench.record.store import Record
now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
record = Record.open(Path(sys.argv[1]))
evaluation, run = sys.argv[2:4]
channel = record.channel(evaluation, "a.co2", quantity="content", unit="%", resolution=0.01, device="a")
writer = record.readings(evaluation)
written = 0
while True:
    step = record.begin_step(run, "average", {"first": written}, bench_time=float(written), started=now)
    for _ in range(3):
        for _ in range(100):
            writer.add(channel, float(written), written / 100, 0, f"r{written}" if written % 10 == 0 else None)
            written += 1
        writer.flush()
        print("readings", written, flush=True)
    record.finish_step(run, step, result={"written": written}, error=None, bench_time=float(written), finished=now)
    print("step", step, flush=True)
"""


@contextmanager
def process(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program beside the test; it is ended with the test."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def ask(running: subprocess.Popen[str], line: str) -> str:
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(line + "\n")
    running.stdin.flush()
    return running.stdout.readline().strip()


def test_another_process_watches_while_this_one_writes(record: Record, path: Path, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    with process(WATCH, path) as watcher:
        assert ask(watcher, evaluation) == "0"
        writer.add(channel, 0.0, 1.0, 0)
        writer.flush()
        assert ask(watcher, evaluation) == "1"
        with record._database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM tail")
            assert ask(watcher, evaluation) == "1", "a transaction that is not finished is not seen, and nobody waits for it"
            connection.rollback()
        writer.seal()
        writer.add(channel, 1.0, 1.0, 0)
        writer.flush()
        assert ask(watcher, evaluation) == "2"


def test_two_processes_may_make_a_record_at_the_same_moment(path: Path) -> None:
    with process(CREATE, path) as one, process(CREATE, path) as two:
        for running in (one, two):
            assert running.stdout is not None
            assert running.stdout.readline() == "ready\n"
        for running in (one, two):
            assert running.stdin is not None
            running.stdin.write("go\n")
            running.stdin.flush()
        assert [running.stdout.readline() for running in (one, two) if running.stdout] == ["0\n", "0\n"]


@pytest.mark.parametrize("lines", [1, 4, 6, 43])
def test_what_a_killed_process_had_made_durable_is_there(
    record: Record, path: Path, evaluation: str, run: str, lines: int
) -> None:
    with process(WRITE, path, evaluation, run) as victim:
        assert victim.stdout is not None
        said = [victim.stdout.readline().split() for _ in range(lines)]
        victim.kill()
        victim.wait()
    readings_said = max(int(number) for what, number in said if what == "readings")
    steps_said = max((int(number) for what, number in said if what == "step"), default=0)

    connection = sqlite.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    readings = record.load(evaluation, "a.co2")
    assert len(readings) >= readings_said
    assert len(readings) % 100 == 0, "a flush is there whole or not at all"
    np.testing.assert_array_equal(readings.time, np.arange(len(readings)))
    np.testing.assert_array_equal(readings.value, np.arange(len(readings)) / 100)
    assert readings.raw == {index: f"r{index}" for index in range(0, len(readings), 10)}

    steps = record.steps(run)
    assert sum(step.done for step in steps) >= steps_said
    assert all(step.done for step in steps[:-1])
    for step in steps:
        if step.done:
            assert step.result is not None
            assert step.result["written"] <= len(readings), "a finished step has its readings"

    writer = record.readings(evaluation)
    (channel,) = record.channels(evaluation)
    writer.add(channel.number, float(len(readings)), 0.0, 0)
    writer.seal()
    assert len(record.load(evaluation, "a.co2")) == len(readings) + 1
