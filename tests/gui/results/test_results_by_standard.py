"""Results of several standards: grouped by standard, filtered by it, each paired with the finding of its own run."""

import contextlib
import io

import pytest

from gui.results.comparing import matrix
from gui.results.reading import read_evaluation
from gui.results.verdict_model import Column
from gui.results.verdict_table import VerdictTable
from testbench import cli
from testbench.outcome import Outcome
from testbench.record.store import Record

TEXT = """
[standard]
name = "{name}"
title = {{ zh = "{name}", en = "{name}" }}
edition = "1"
basis = {{ zh = "试", en = "test" }}

[[suite]]
procedure = "repeatability"
clause = {{ zh = "{name}", en = "{name}" }}
evidence = {{ mark = "P", source = "own" }}
settings = {{ level = {level}, repeats = 6, zero_between = false, interval_s = 1 }}

[[criterion]]
characteristic = "repeatability"
title = {{ zh = "重复性", en = "Repeatability" }}
clause = {{ zh = "{name}", en = "{name}" }}
requirement.metric = "percent_of_mean_indication"
requirement.unit = "%"
requirement.limit = {limit}
requirement.sided = "upper"
requirement.comparison = "full-value"
requirement.evidence = {{ mark = "P", source = "own" }}
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory, simulated_text):
    """The record of an evaluation by two standards that ask for other gases."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "station.toml").write_text(simulated_text, encoding="utf-8")
    words = ["evaluate", "--station", str(folder / "station.toml"), "--devices", "A,B", "--output", str(folder)]
    for name, level, limit in (("mild", 1.0, 3), ("strict", 0.5, 0.0001)):
        (folder / f"{name}.toml").write_text(TEXT.format(name=name, level=level, limit=limit), encoding="utf-8")
        words += ["--standard", str(folder / f"{name}.toml")]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setenv("TESTBENCH_STATE_DIR", str(folder / "state"))
        assert cli.main(words) == 0
    return folder / "record.sqlite"


@pytest.fixture
def evaluated(path):
    with Record.open(path) as record:
        return read_evaluation(path, record.evaluations()[0].identifier)


def test_lines_are_grouped_by_standard_and_each_has_the_finding_of_its_own_run(evaluated):
    told = [(line.standard, line.device, line.attempt.stored.run[-3:]) for line in evaluated.lines]
    assert told == [("mild", "A", "R01"), ("mild", "B", "R01"), ("strict", "A", "R02"), ("strict", "B", "R02")]
    assert evaluated.standards == ("mild", "strict")
    assert [evaluated.outcome_of("A", name) for name in ("mild", "strict", "")] == [Outcome.PASS, Outcome.FAIL, Outcome.FAIL]


def test_the_table_names_the_standard_and_shows_one_alone(evaluated, desk, qtbot):
    table = VerdictTable(desk)
    qtbot.addWidget(table)
    table.show_lines(evaluated.lines)
    assert not table.isColumnHidden(Column.STANDARD)
    assert table.horizontalHeader().visualIndex(Column.STANDARD) == 0
    assert table.proxy.index(0, Column.STANDARD).data() == "mild"
    table.show_standard("strict")
    shown = [table.proxy.index(row, Column.STANDARD).data() for row in range(table.proxy.rowCount())]
    assert shown == ["strict", "strict"]
    table.show_device("B")
    assert table.proxy.rowCount() == 1
    table.show_standard("")
    table.show_device("")
    table.show_lines(())
    assert table.isColumnHidden(Column.STANDARD)


def test_side_by_side_each_standard_has_a_row(evaluated):
    rows = matrix([evaluated]).rows
    assert [row.title.en for row in rows] == ["Repeatability (mild)", "Repeatability (strict)"]
    assert all(len(row.cells) == 2 and None not in row.cells for row in rows)
