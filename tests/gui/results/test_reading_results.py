"""An evaluation as it is read from its record, and devices side by side."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from gui.desk import Desk
from gui.plots.limit_bar import Mark
from gui.results.compare_model import CompareModel
from gui.results.comparing import Order, matrix
from gui.results.doing import exclude_finding, restore_finding
from gui.results.reading import Evaluated, read_evaluation
from gui.results.verdict_model import Column, DeviceProxy, VerdictModel
from testbench.errors import InputError
from testbench.outcome import Outcome
from testbench.record.attempts import repeat_document
from testbench.record.model import AmendmentKind
from testbench.record.store import Record


@pytest.fixture
def read(record: Path, evaluation: str) -> Evaluated:
    """The evaluation."""
    return read_evaluation(record, evaluation)


def test_every_device_has_its_results_with_value_limit_and_readings(read: Evaluated) -> None:
    assert [(line.device, line.characteristic) for line in read.lines] == [(d, "linearity_error") for d in "ABC"]
    first = read.lines[0]
    assert first.outcome is Outcome.PASS
    assert (first.limit, first.unit, first.bar.mark) == (2.0, "%F.S.", Mark.INSIDE)
    assert first.value_text.endswith("\u00a0%F.S.")
    span = read.runs[first.attempt.stored.run]
    assert [channel.device for channel in span.channels][:3].count("A") <= 1
    assert any(channel.device == "A" for channel in span.channels)
    assert span.steps[0].start == span.run.began_at
    levels = [share for step in span.steps for _, share in step.levels]
    assert {0.3, 0.7} <= set(levels)
    assert read.amendable
    assert read.outcome_of("A") is Outcome.PASS


def test_an_excluded_result_has_no_value_and_keeps_its_attempt(read: Evaluated, record: Path) -> None:
    number = read.lines[1].attempt.stored.number
    with pytest.raises(InputError, match="reason"):
        exclude_finding(record, read.identifier, number, " ", "li")
    assert exclude_finding(record, read.identifier, number, "漏气", "li").after is Outcome.INCONCLUSIVE
    after = read_evaluation(record, read.identifier)
    line = after.lines[1]
    assert (line.outcome, line.bar, line.value_text) == (Outcome.INCONCLUSIVE, None, "–")
    assert line.attempt.excluded.reason == "漏气"
    assert line.attempt.stored.finding.value is not None
    assert after.outcome_of("A") is Outcome.PASS, "the others are not touched"
    assert restore_finding(record, read.identifier, number, "not so", "li").after is Outcome.PASS


def test_devices_stand_side_by_side_also_of_several_evaluations(read: Evaluated) -> None:
    alone = matrix([read])
    assert [(column.device, column.maker) for column in alone.columns] == [
        ("A", "Maker A"),
        ("B", "Maker B"),
        ("C", "Maker C"),
    ]
    (row,) = alone.rows
    assert row.limits == ("±2 %F.S.",)
    assert [line.device for line in row.cells] == ["A", "B", "C"]
    both = matrix([read, read], Order.MAKER)
    assert [column.device for column in both.columns] == ["A", "A", "B", "B", "C", "C"]
    assert matrix([]).rows == ()
    assert both.simulated


def test_the_models_keep_the_promises_of_qt(read: Evaluated, desk: Desk) -> None:
    verdicts, proxy, comparison = VerdictModel(desk), DeviceProxy(), CompareModel(desk)
    testers = [
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for model in (verdicts, comparison)
    ]
    proxy.setSourceModel(verdicts)
    verdicts.show_lines(read.lines)
    proxy.show_device("B")
    assert proxy.rowCount() == 1
    assert verdicts.index(0, Column.VERDICT).data() == "pass\nprovisional limit"
    assert verdicts.index(0, Column.LIMIT).data() == "±2 %F.S."
    comparison.show_matrix(matrix([read]))
    assert comparison.index(0, 0).data() == "All together"
    assert comparison.index(1, 2).data().startswith("pass\n")
    assert comparison.headerData(2, Qt.Orientation.Horizontal) == "Maker A\n410i (simulated)\ndevice A"
    comparison.show_matrix(matrix([]))
    assert len(testers) == 2


def test_an_archived_evaluation_says_which_repeats_are_not_here(read: Evaluated, record: Path, tmp_path: Path) -> None:
    with Record.open(record) as opened:
        found = opened.findings(read.identifier)
        document = repeat_document("E9", found[0].run, "5" * 64, [replace(found[0], run="E9-R01", number=99)])
        at = opened.evaluation(read.identifier).finished
        assert at is not None
        opened.amendments.enter(
            read.identifier, AmendmentKind.REPEAT, document=document, reason="leak", by="li", at=at,
            verdicts=[line.verdict.to_json() | {"criterion": True} for line in read.lines], outcome=Outcome.PASS, after=0,
        )  # fmt: skip
    after = read_evaluation(record, read.identifier)
    assert after.unread == ("E9",)
    assert after.lines[0].attempt.stored.run not in after.runs, "its readings are not here"
    assert len(after.lines[0].result.attempts) == 2
