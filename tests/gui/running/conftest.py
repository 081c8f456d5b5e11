"""What the tests of the Run screen share: a short evaluation whose questions a person answers, in a process of its own."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gui.running.page import RunPage
from testbench.engine import commanding
from testbench.engine.standing import stand
from testbench.office.detached import start_detached
from testbench.record.store import Record

SHORT = """
[[suite]]
procedure = "repeatability"
settings = { repeats = 3, zero_between = false, interval_s = 1 }
clause = { zh = "作业指导书 3", en = "work instruction 3" }
"""


@dataclass(frozen=True)
class Going:
    """An evaluation that goes on in a process of its own."""

    record: Path
    evaluation: str

    @contextlib.contextmanager
    def open(self) -> Iterator[Record]:
        with Record.open(self.record) as record:
            yield record


@pytest.fixture
def going(desk, simulated_station: Path, tmp_path: Path) -> Iterator[Going]:
    """An attended evaluation of one procedure: it asks questions, and bench time stands still until they are answered."""
    suite = tmp_path / "suite.toml"
    suite.write_text(SHORT, encoding="utf-8")
    folder = tmp_path / "results"
    words = ["evaluate", "--station", str(simulated_station), "--standard", "hj76-2017", "--suite", str(suite)]
    evaluation = start_detached([*words, "--attended", "--output", str(folder), "--language", "en"], folder)
    one = Going(folder / "record.sqlite", evaluation)
    yield one
    with one.open() as record:
        at = stand(record, evaluation)
        if at.standing.goes_on:
            commanding.abort(record, at, by="the end of the test")


@pytest.fixture
def page(qtbot, desk) -> Iterator[RunPage]:
    """The screen, empty."""
    shown = RunPage(desk)
    qtbot.addWidget(shown)
    shown.resize(1170, 720)
    shown.show()
    yield shown
    shown.close_feed()
