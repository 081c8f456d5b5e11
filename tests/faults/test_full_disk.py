"""A disk that is full during a whole evaluation: the run pauses, says so, goes on when there is room, and misses nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from testbench.engine.control import ask_abort, find_process
from testbench.errors import AbortedError
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record

if sys.platform == "win32":
    pytest.skip("Windows has neither small disks for a test nor limits of a file's size", allow_module_level=True)

import resource


class Disk(Protocol):
    """A place for a record that can be filled."""

    folder: Path

    def fill(self) -> None: ...

    def clear(self) -> None: ...


@dataclass
class SmallDisk:
    """A file system of its own, filled to the last byte by one file."""

    folder: Path

    def fill(self) -> None:
        with contextlib.suppress(OSError), (self.folder / "filler").open("ab", buffering=0) as filler:
            for piece in (65536, 512, 1):
                with contextlib.suppress(OSError):
                    while filler.write(b"\0" * piece):
                        pass

    def clear(self) -> None:
        (self.folder / "filler").unlink()


@dataclass
class SizeLimit:
    """A limit of the size of the files that this process writes: none can grow, as on a full disk."""

    folder: Path

    def fill(self) -> None:
        self._limit(4096)

    def clear(self) -> None:
        self._limit(resource.getrlimit(resource.RLIMIT_FSIZE)[1])

    def _limit(self, size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def mounted(folder: Path) -> bool:
    """Whether a file system of 4 MB could be mounted there."""
    mount = shutil.which("mount")
    if mount is None or not sys.platform.startswith("linux"):
        return False
    command = [mount, "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A file system of its own, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder):
        pytest.skip("no file system can be mounted here")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def size_limit(tmp_path: Path) -> Iterator[SizeLimit]:
    """A limit that is taken away in the end."""
    limit = SizeLimit(tmp_path)
    yield limit
    limit.clear()


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Disk:
    """A disk that can be filled: a small one, or where none can be mounted one on which files cannot grow."""
    try:
        return request.getfixturevalue("small_disk")
    except pytest.skip.Exception:
        return request.getfixturevalue("size_limit")


def assert_complete(path: Path) -> None:
    """Every step, finding and reading of the last evaluation is there, and the record agrees with itself."""
    with Record.open(path) as record:
        row = record.evaluations()[-1]
        (run,) = record.runs(row.identifier)
        assert (row.state, run.state) == (RunState.FINISHED, RunState.FINISHED)
        steps = record.steps(run.identifier)
        assert all(step.done and step.error is None for step in steps)
        averages = [step for step in steps if step.call == "average"]
        assert len(averages) == 4
        for step in averages:
            window = step.result["window"]
            for channel, interval_s in {"A": 1.0, "B": 2.0, "C": 1.0, "mfc-co2.flow": 1.0}.items():
                read = record.load(row.identifier, channel, window["start"], window["end"])
                assert set(np.diff(np.unique(read.time))) == {interval_s}, "each at its own multiple of the grid"
                assert not read.status.any()
        assert {
            found.finding.device: found.finding.value is None for found in record.findings(row.identifier)
        } == dict.fromkeys("ABC", False)
        assert record.verify().passed, record.verify().all_problems


def test_a_run_pauses_while_the_disk_is_full_and_misses_nothing(carry_out, disk):
    full = []

    def story(seen):
        yield seen.at("average", 2, ticks=3)
        disk.fill()
        yield seen.told("paused: record")
        for _ in range(3):
            ticks = seen.ticks
            yield lambda: seen.ticks > ticks  # noqa: B023  asked before the next turn
        full.append(seen.told("the run goes on")())
        disk.clear()
        yield seen.told("the run goes on")

    done = carry_out(story, record=disk.folder / "record.sqlite")
    assert full == [False]
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert_complete(done.onlooker.record)
    told = [text for text in done.onlooker.notices if "the disk" in text]
    assert len(told) == 1, told
    assert "there is room for the record again" in done.events("record")


def test_there_may_be_no_room_for_any_entry(carry_out, disk, monkeypatch):
    """The disk is full when each kind of entry is first made, and has room again once that was told."""
    entries = ["begin_run", "begin_step", "finish_step", "add_findings", "finish_run", "finish_evaluation"]
    filled = []

    def full_before(name):
        enter = getattr(Record, name)

        def entering(self, *arguments, **named):
            if name not in filled:
                filled.append(name)
                disk.fill()
            return enter(self, *arguments, **named)

        monkeypatch.setattr(Record, name, entering)

    def story(seen):
        for number in range(1, len(entries) + 1):
            yield lambda: sum(text.startswith(("paused: record", "waiting: record")) for text in seen.notices) == number  # noqa: B023
            disk.clear()

    for name in entries:
        full_before(name)
    done = carry_out(story, record=disk.folder / "record.sqlite")
    assert filled == entries
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert_complete(done.onlooker.record)


def test_an_abort_works_while_no_file_can_grow(carry_out, size_limit):
    disk = size_limit

    def story(seen):
        yield seen.at("average", 2, ticks=3)
        disk.fill()
        yield seen.told("paused: record")
        process = find_process(seen.record, seen.evaluation)
        assert process is not None
        assert ask_abort(process, "Li", "smell of gas")

    done = carry_out(story, record=disk.folder / "record.sqlite")
    disk.clear()
    assert isinstance(done.error, AbortedError)
    assert "aborted by Li: smell of gas" in str(done.error)
    (note,) = done.error.__notes__
    assert "the disk" in note, "that it could not be recorded is said as well"
    assert not [text for text in done.onlooker.notices if "not verified" in text]
    with done.open() as record:
        evaluation = done.onlooker.evaluation
        (run,) = record.runs(evaluation)
        assert sum(step.done for step in record.steps(run.identifier)) > 8, "what was recorded is kept"
        assert record.verify().passed


def test_a_process_that_is_killed_while_the_disk_is_full_is_gone_on_with(impatient, carry_out, small_disk, tmp_path):
    station, record = impatient(""), small_disk.folder / "out" / "record.sqlite"
    left = tmp_path / "left"
    left.mkdir()
    command = [sys.executable, "-m", "testbench.cli", "run", "linearity", "--station", str(station.path), "--language", "en"]
    for setting in ("levels=0.3,0.7", "passes=1", "average_s=10", "zero_between=false"):
        command += ["--set", setting]
    command += ["--output", str(record.parent)]
    surroundings = os.environ | {"TMPDIR": str(left)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=surroundings) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("[1]"))
        with Record.open(record) as opened:
            run = opened.runs(opened.evaluations()[-1].identifier)[0].identifier
            while sum(step.done for step in opened.steps(run)) < 8:
                assert process.poll() is None
        small_disk.fill()
        assert any("paused: record" in line for line in process.stdout)
        process.kill()
    deadline = time.monotonic() + 30.0
    while not (notes := list(left.glob("record.sqlite.guard-*.txt"))):
        assert time.monotonic() < deadline
    small_disk.clear()
    note = notes[0].read_text(encoding="utf-8")
    assert "the disk is full" in note
    assert "mfc-co2: " in note
    assert "NOT VERIFIED" not in note
    with Record.open(record) as opened:
        evaluation = opened.evaluations()[-1].identifier
    carry_out(None, record=record, going_on=evaluation)
    assert_complete(record)
