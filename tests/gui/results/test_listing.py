"""The list of evaluations is searched by anything that is known of them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from gui.desk import Desk
from gui.results.list_model import ROW, Column, ListModel, ListProxy
from gui.results.listing import Filter, Listed, Period, makers, standards
from testbench.engine.standing import Standing
from testbench.outcome import Outcome

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
ONE = Listed(
    record=Path("/records/record.sqlite"),
    identifier="E20261120-080000-aaaa",
    started=NOW - dt.timedelta(days=2),
    standard="hj76-2017",
    measurand="SO2",
    devices=("A", "B"),
    makers=("聚光科技", "Maker B"),
    models=("CEMS-2000", "X"),
    serials=("SN-17", ""),
    standing=Standing.FINISHED,
    outcome=Outcome.FAIL,
    simulated=False,
    notes="烟道二号",
)
OTHER = replace(
    ONE,
    identifier="E20251001-080000-bbbb",
    started=NOW - dt.timedelta(days=400),
    standard="en15267-3",
    makers=("Maker C", "Maker C"),
    outcome=Outcome.PASS,
    notes="",
    simulated=True,
    repeats="E1",
)


@pytest.mark.parametrize(
    "text",
    ["聚光", "cems-2000", "ＣＥＭＳ", "sn-17", "hj76", "2026-11-20", "so2 烟道", "e20261120", "烟道二号 聚光科技"],
)
def test_one_is_found_by_any_words_in_any_order_and_width(text: str) -> None:
    assert Filter(text=text).admits(ONE, NOW)
    assert not Filter(text=text).admits(replace(OTHER, measurand="CO", models=("", ""), serials=("", "")), NOW)


@pytest.mark.parametrize(
    "sought",
    [
        Filter(maker="Maker C"),
        Filter(standard="en15267-3"),
        Filter(outcome=Outcome.PASS),
        Filter(text="聚光 nothing"),
    ],
)
def test_filters_leave_out_what_does_not_fit(sought: Filter) -> None:
    assert not sought.admits(ONE, NOW)
    assert sought.text or sought.admits(OTHER, NOW)


def test_a_period_counts_back_from_now() -> None:
    assert [Filter(period=period).admits(OTHER, NOW) for period in Period] == [True, False, False, False]
    assert [Filter(period=period).admits(ONE, NOW) for period in Period] == [True] * 4


def test_what_there_is_to_choose_from() -> None:
    assert makers([ONE, OTHER]) == ("Maker B", "Maker C", "聚光科技")
    assert standards([ONE, OTHER, replace(ONE, standard="")]) == ("en15267-3", "hj76-2017")


def test_the_model_keeps_the_promises_of_qt_and_sorts_by_date(desk: Desk) -> None:
    model, proxy = ListModel(desk), ListProxy()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    proxy.setSourceModel(model)
    assert model.show_rows((OTHER, ONE))
    assert not model.show_rows((OTHER, ONE))
    proxy.sort(Column.STARTED)
    assert [proxy.index(row, 0).data(ROW).identifier for row in range(2)] == [OTHER.identifier, ONE.identifier]
    assert model.index(0, Column.OUTCOME).data() == "pass"
    assert model.index(0, Column.IDENTIFIER).data() == "E20251001-080000-bbbb (simulated, a repeat)"
    assert model.index(1, Column.MAKERS).data() == "聚光科技 CEMS-2000, Maker B X"
    assert "SN-17" in model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "repeats an item of E1" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert model.show_rows((replace(OTHER, outcome=Outcome.INCONCLUSIVE), ONE))
    assert model.index(0, Column.OUTCOME).data() == "inconclusive"
    proxy.seek(Filter(text="烟道"))
    assert proxy.rowCount() == 1
    model.show_rows(())
