"""Real processes and signals: a writer that is killed in its commits, writers beside each other, a disk without room."""

import datetime as dt
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from testbench.errors import RecordFullError
from testbench.outcome import RunState
from testbench.record.model import CommandKind
from testbench.record.store import Record

WRITER = """
import datetime as dt, sys
from pathlib import Path
from testbench.record.store import Record

now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
evaluation, run = sys.argv[2:4]
record = Record.open(Path(sys.argv[1]))
about = {"quantity": "content", "unit": "%", "resolution": 0.01, "device": None}
channels = [record.channel(evaluation, f"c{number}", **about) for number in range(4)]
writer = record.readings(evaluation)
time = len(record.load(evaluation, "c0"))
steps = record.steps(run)
again = steps[-1].number if steps and not steps[-1].done else None
while True:
    begun = float(time)
    print("begin", flush=True)
    if again is None:
        step = record.begin_step(run, "average", {}, bench_time=begun, started=now)
    else:
        step, again = again, None
        record.retry_step(run, step, reason="lost", ended_at=begun, ended=now, bench_time=begun, started=now)
    for flush in range(3):
        for _ in range(200):
            for channel in channels:
                writer.add(channel, float(time), (time * 7919 % 1000) / 7, 0)
            time += 1
        print("flush", flush=True)
        writer.flush()
        print("flushed", time, flush=True)
    print("finish", flush=True)
    record.finish_step(
        run, step, result={"end": time}, error=None, bench_time=float(time), finished=now, laboratory=[{"step": step}]
    )
    print("finished", step, flush=True)
"""
GIVER = """
import datetime as dt, sys
from pathlib import Path
from testbench.record.model import CommandKind
from testbench.record.store import Record

now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
with Record.open(Path(sys.argv[1])) as record:
    for number in range(60):
        record.commands.give(sys.argv[2], CommandKind.PAUSE, {"number": number}, by="another process", at=now)
"""
LIMITED = """
import datetime as dt, resource, signal, sys
from pathlib import Path
from testbench.errors import RecordFullError
from testbench.record.store import Record

now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
evaluation, run = sys.argv[2:4]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
record = Record.open(Path(sys.argv[1]))
channel = record.channel(evaluation, "c0", quantity="content", unit="%", resolution=0.01, device=None)
writer = record.readings(evaluation)
time = refused = 0
for step in range(1, 41):
    record.begin_step(run, "average", {}, bench_time=float(time), started=now)
    for _ in range(1500):
        writer.add(channel, float(time), (time * 7919 % 1009) / 7, 0)
        time += 1
    if step % 8 == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]) + step * 4096, hard))
    for attempt in (1, 2, 3):
        try:
            record.finish_step(run, step, result={"end": time}, error=None, bench_time=float(time), finished=now)
        except RecordFullError:
            refused += 1
            if attempt == 2:
                resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        else:
            break
    else:
        raise SystemExit("there was room, and no step could be finished")
print("refused", refused, flush=True)
"""


@contextmanager
def process(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program beside the test; it is ended with the test."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until(deadline: float) -> None:
    """Wait without giving up the processor: a commit takes a few milliseconds."""
    while time.perf_counter() < deadline:
        pass


def kill_in(victim: subprocess.Popen[str], what: str, count: int, delay_s: float) -> list[str]:
    """Read what a writer says until it is about to do something for the count-th time, then kill it a moment later."""
    assert victim.stdout is not None
    said = []
    while count:
        said.append(victim.stdout.readline().strip())
        assert said[-1], "the writer ended by itself"
        count -= said[-1] == what
    wait_until(time.perf_counter() + delay_s)
    victim.kill()
    said += victim.stdout.read().split("\n")
    victim.wait()
    return said


def test_a_writer_killed_in_its_commits_loses_nothing_that_it_had_said(record: Record, evaluation: str, run: str) -> None:
    chance = random.Random(20261122)
    finished: dict[int, int] = {}
    for what in ("begin", "finish", "flush", "finish", "begin", "finish", "flush", "finish"):
        before = [step for step in record.steps(run) if step.done]
        with process(WRITER, record.path, evaluation, run) as victim:
            said = kill_in(victim, what, chance.randint(1, 3), chance.uniform(0.0, 0.008))
        result = record.verify()
        assert result.passed, result.all_problems
        steps = record.steps(run)
        assert [step for step in steps if step.done][: len(before)] == before, "what was finished stays as it was"
        finished |= {int(line.split()[1]): 0 for line in said if line.startswith("finished ")}
        assert {step.number for step in steps if step.done} >= finished.keys()
        readings = [record.load(evaluation, f"c{number}") for number in range(4)]
        flushed = max((int(line.split()[1]) for line in said if line.startswith("flushed ")), default=0)
        for series in readings:
            np.testing.assert_array_equal(series.time, np.arange(len(series)))
            assert len(series) == len(readings[0]) >= flushed
    steps = record.steps(run)
    assert len(record.attempts(run)) == sum(step.attempts - 1 for step in steps) > 0
    numbers = [document["step"] for document in record.laboratory(evaluation)]
    assert numbers == [step.number for step in steps if step.done], "no command is lost or doubled"


def test_an_evaluation_and_givers_of_commands_write_at_once(
    record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime
) -> None:
    writer = record.readings(evaluation)
    taken = 0
    with process(GIVER, record.path, evaluation) as one, process(GIVER, record.path, evaluation) as two:
        number = 0
        while one.poll() is None or two.poll() is None or record.commands.waiting(evaluation):
            step = record.begin_step(run, "average", {}, bench_time=float(number), started=moment)
            for _ in range(20):
                writer.add(channel, float(number), 1.0, 0)
                number += 1
            writer.flush()
            for command in record.commands.waiting(evaluation):
                record.commands.take(command.number, reply="done", at=moment)
                taken += 1
            record.finish_step(run, step, result={}, error=None, bench_time=float(number), finished=moment)
        assert (one.returncode, two.returncode) == (0, 0)
    commands = record.commands.of(evaluation)
    assert taken == len(commands) == 120
    assert {command.kind for command in commands} == {CommandKind.PAUSE}
    assert sorted(command.document["number"] for command in commands) == sorted([*range(60)] * 2)
    assert len(record.load(evaluation, "a.co2")) == number
    result = record.verify()
    assert result.passed, result.all_problems


@pytest.mark.skipif(sys.platform == "win32", reason="the limit of file sizes is a POSIX one")
def test_nothing_is_lost_where_there_was_no_room_for_a_while(record: Record, evaluation: str, run: str) -> None:
    record.close()
    size = record.path.stat().st_size
    with process(LIMITED, record.path, evaluation, run, size) as limited:
        output = limited.communicate()[0]
        assert limited.returncode == 0
    assert int(output.split()[1]) >= 5, "there was no room several times"
    with Record.open(record.path) as again:
        assert [step.result for step in again.steps(run)] == [{"end": 1500 * n} for n in range(1, 41)]
        np.testing.assert_array_equal(again.load(evaluation, "c0").time, np.arange(60_000))
        assert again.verify().passed


@contextmanager
def small_file_system(folder: Path) -> Iterator[Path]:
    """A file system of 1.5 MB in memory; skips where it may not be mounted."""
    folder.mkdir()
    mount = shutil.which("mount")
    answer = (
        subprocess.run([mount, "-t", "tmpfs", "-o", "size=1536k", "tmpfs", folder], capture_output=True) if mount else None
    )
    if answer is None or answer.returncode != 0:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is a file system of Linux")
def test_a_full_file_system_is_said_to_be_full_and_writing_goes_on_when_there_is_room(
    tmp_path: Path, record: Record, evaluation: str, run: str, moment: dt.datetime
) -> None:
    start = record.evaluation(evaluation).start
    with small_file_system(tmp_path / "small") as folder:
        ballast = folder / "ballast"
        ballast.write_bytes(b"x" * 700_000)
        with Record.open(folder / "bench.sqlite", create=True) as small:
            mine = small.begin_evaluation(start)
            own = small.begin_run(mine, "drift", {}, clause="", number=1, bench_time=0.0, started=moment)
            channel = small.channel(mine, "a", quantity="content", unit="%", resolution=0.01, device=None)
            writer = small.readings(mine)
            step = small.begin_step(own, "average", {}, bench_time=0.0, started=moment)
            noise = np.random.default_rng(1).normal(size=100_000)
            added = 0

            def fill() -> None:
                nonlocal added
                while added < len(noise):
                    for _ in range(5000):
                        writer.add(channel, float(added), float(noise[added]), 0)
                        added += 1
                    writer.flush()

            with pytest.raises(RecordFullError, match="the disk is full; free some space there"):
                fill()
            with pytest.raises(RecordFullError):
                small.finish_step(own, step, result={}, error=None, bench_time=float(added), finished=moment)
            ballast.unlink()
            small.finish_step(own, step, result={"n": added}, error=None, bench_time=float(added), finished=moment)
            small.finish_run(own, state=RunState.FINISHED, outcome=None, bench_time=float(added), finished=moment)
            np.testing.assert_array_equal(small.load(mine, "a").value, noise[:added])
            assert small.verify().passed
