"""A disk that is full during a whole evaluation: the run pauses, says so, goes on when there is room, and nothing is missing."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from testbench.outcome import Outcome, RunState

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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A file system of 4 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(params=["disk", "limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk that can be filled: a small one, or one on which files cannot grow."""
    if request.param == "disk":
        yield request.getfixturevalue("small_disk")
        return
    limit = SizeLimit(tmp_path)
    yield limit
    limit.clear()


def assert_complete(done) -> None:
    """Every step, finding and reading is there, and the record agrees with itself."""
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        row = record.evaluation(done.onlooker.evaluation)
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
        assert len(record.findings(row.identifier)) == 3
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
    assert_complete(done)
    paused = [text for text in done.onlooker.notices if "the disk" in text]
    assert len(paused) <= 3, paused
    assert "there is room for the record again" in done.events("record")
