"""The control book: QAL3 readings of a device over months, its charts, and what older files and other orders do to them."""

import datetime as dt
import sqlite3

import pytest

from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.control_charts import Action
from testbench.register.control import ControlDeed, ControlEntry, ControlGas, control_chart
from testbench.register.control_book import ControlBook
from testbench.register.control_csv import read_control_csv
from testbench.register.control_taking import taken_over
from testbench.register.entries import RegisteredDevice
from testbench.register.store import Register

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 1, 5)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "registers.sqlite"


@pytest.fixture
def device(place):
    with Register.open(place) as register:
        return register.add(
            RegisteredDevice(maker="Maker A", model="410i", serial="A-001", range_high=20.0), by="li", at=NOW
        )


def reading(week, deviation, gas=ControlGas.SPAN, **more):
    return ControlEntry(DAY + dt.timedelta(weeks=week), gas, reading=18.0 + deviation, reference=18.0, **more)


def test_readings_of_months_are_kept_and_charted_again_when_the_file_is_opened(place, device):
    with ControlBook.open(place) as book:
        book.set_deviation(device, ControlGas.SPAN, 2.0, by="li", at=NOW)
        for week, deviation in enumerate([3.0, 3.0]):
            book.add(device, [reading(week, deviation)], by="li", at=NOW)
        assert book.chart(device, ControlGas.SPAN).gravest is Action.NONE
    with ControlBook.open(place) as book:
        book.add(device, [reading(2, 3.0)], by="wang", at=NOW)
        chart = book.chart(device, ControlGas.SPAN)
    assert chart.gravest is Action.ADJUST
    assert chart.advice.adjust_by == pytest.approx(-2.1)  # −0.7·(1.002 + 5.994/3)
    assert [point.entry.entered_by for point in chart.points] == ["li", "li", "wang"]


def test_an_adjustment_begins_the_drift_anew_and_a_repair_everything(place, device):
    entries = [reading(0, 3.0), reading(1, 3.0), reading(2, 3.0)]
    adjusted = ControlEntry(DAY + dt.timedelta(weeks=2), ControlGas.SPAN, ControlDeed.ADJUSTED, identifier=9)
    chart = control_chart(ControlGas.SPAN, [*entries, adjusted], 2.0)
    assert chart.last is None
    assert chart.gravest is Action.NONE
    later = control_chart(ControlGas.SPAN, [*entries, adjusted, reading(3, 3.0)], 2.0)
    assert later.points[-1].charted.cusum.n_up == 1
    repaired = ControlEntry(DAY + dt.timedelta(weeks=1), ControlGas.SPAN, ControlDeed.REPAIRED, identifier=9)
    noisy = control_chart(ControlGas.SPAN, [reading(0, 5.0), reading(1, -5.0), repaired, reading(2, 0.0)], 2.0)
    assert noisy.points[1].charted.cusum_advice.action is Action.REPAIR
    assert noisy.points[2].charted.cusum.spread == 0.0


def test_a_reading_that_is_entered_late_takes_its_place_by_its_date():
    in_order = control_chart(ControlGas.SPAN, [reading(0, 1.0), reading(1, 4.0), reading(2, -3.0)], 2.0)
    late = control_chart(ControlGas.SPAN, [reading(0, 1.0), reading(2, -3.0), reading(1, 4.0)], 2.0)
    assert late.points == in_order.points


def test_zero_and_span_have_charts_of_their_own(place, device):
    with ControlBook.open(place) as book:
        book.set_deviation(device, ControlGas.ZERO, 0.05, by="li", at=NOW)
        book.add(device, [reading(0, 9.0)], by="li", at=NOW)
        assert book.chart(device, ControlGas.ZERO).points == ()
        with pytest.raises(InputError, match="s_AMS of span is not set"):
            book.chart(device, ControlGas.SPAN)


def test_the_latest_deviation_counts_and_must_be_above_zero(place, device):
    with ControlBook.open(place) as book:
        for value in (0.05, 0.07):
            book.set_deviation(device, ControlGas.ZERO, value, by="li", at=NOW)
        assert book.deviations(device) == {ControlGas.ZERO: 0.07}
        for wrong in (0.0, -1.0, float("nan")):
            with pytest.raises(InputError, match="above zero"):
                book.set_deviation(device, ControlGas.ZERO, wrong, by="li", at=NOW)


def test_what_was_taken_over_before_is_not_taken_over_twice(place, device):
    taken = [reading(week, 0.1, source="E-1") for week in range(3)]
    with ControlBook.open(place) as book:
        assert book.add(device, taken, by="li", at=NOW) == 3
        assert book.add(device, [*taken, reading(3, 0.1, source="E-2")], by="li", at=NOW) == 1
        assert len(book.entries(device)) == 4


def test_a_withdrawn_entry_leaves_the_charts_but_not_the_file(place, device):
    with ControlBook.open(place) as book:
        book.add(device, [reading(0, 1.0), reading(1, 99.0)], by="li", at=NOW)
        wrong = book.entries(device)[1].identifier
        with pytest.raises(InputError, match="reason"):
            book.withdraw(device, wrong, by="li", at=NOW, reason=" ")
        book.withdraw(device, wrong, by="li", at=NOW, reason="typing error")
        assert [entry.deviation for entry in book.entries(device)] == [1.0]
        with pytest.raises(InputError, match="no control entry"):
            book.withdraw(device, wrong, by="li", at=NOW, reason="once more")
    with sqlite3.connect(place) as connection:
        assert connection.execute("SELECT withdrawn_why FROM control_entry WHERE withdrawn_by = 'li'").fetchall() == [
            ("typing error",)
        ]


@pytest.mark.parametrize(
    "entry",
    [
        ControlEntry(DAY, ControlGas.ZERO, reading=1.0),
        ControlEntry(DAY, ControlGas.ZERO, reading=float("inf"), reference=0.0),
        ControlEntry(DAY, ControlGas.ZERO, ControlDeed.ADJUSTED, reading=1.0),
    ],
)
def test_entries_that_say_nothing_are_refused_and_nothing_is_added(place, device, entry):
    with ControlBook.open(place) as book:
        with pytest.raises(InputError, match="2026-01-05 zero"):
            book.add(device, [reading(0, 1.0), entry], by="li", at=NOW)
        assert book.entries(device) == ()


def test_a_device_with_readings_stays_in_the_register(place, device):
    with ControlBook.open(place) as book:
        book.add(device, [reading(0, 1.0)], by="li", at=NOW)
    with Register.open(place) as register, pytest.raises(InputError, match="QAL3 readings"):
        register.remove(device)


def test_a_file_of_the_first_schema_gets_the_tables(place, device):
    with sqlite3.connect(place) as connection:
        connection.execute("DROP TABLE control_entry")
        connection.execute("DROP TABLE control_deviation")
        connection.execute("PRAGMA user_version = 1")
    with ControlBook.open(place) as book:
        assert book.add(device, [reading(0, 1.0)], by="li", at=NOW) == 1
    with Register.open(place) as register:
        assert register.devices() == (device,)


def test_a_csv_file_gives_readings_and_deeds():
    text = '﻿Date,gas,reading,reference,deed\n2026/3/1,Zero,"0,02",0,\n2026-03-08,span,,,adjusted\n\n'
    one, other = read_control_csv(text.encode(), "march.csv")
    same = text.replace('"0,02"', "0.02").replace(",", ";").replace("\n", ";;\n").replace("\ufeff", "")
    assert read_control_csv(same.encode("gb18030"), "march.csv") == (one, other)
    assert (one.date, one.gas, one.deviation, one.source) == (dt.date(2026, 3, 1), ControlGas.ZERO, 0.02, "march.csv")
    assert other.deed is ControlDeed.ADJUSTED


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("date,gas,reading\n", "column reference is missing"),
        ("date,gas,reading,reference\n", "no readings"),
        ("date,gas,reading,reference\n2026-02-30,zero,1,1\n", "line 2.*no date"),
        ("date,gas,reading,reference\n2026-02-03,air,1,1\n", "line 2.*none of zero, span"),
        ("date,gas,reading,reference\n2026-02-03,zero,x,1\n", "line 2.*column reading"),
        ("date,gas,reading,reference\n2026-02-03,zero,1\n", "3 cells"),
        ("date,gas,reading,reference,dead\n2026-02-03,zero,1,1,adjusted\n", "line 1, column 5: 'dead' is no column"),
        ("date,gas,gas,reading,reference\n", "column 3: 'gas' is there twice"),
        ("日期,气体,示值,标准值\n", "'日期' is no column; the columns are date, gas, reading, reference"),
        ('date,gas,reading,reference\n2026-02-03,zero,"1,1\n', "line 2: unexpected end of data"),
        ("", "no readings; its first line names the columns"),
        ("date,gas,reading,reference\n2026-02-03,zero,nan,1\n", "line 2.*no number"),
        ("date,gas,reading,reference\n,zero,1,1\n", "line 2.*no date"),
    ],
)
def test_a_wrong_csv_file_is_refused_with_its_line(text, problem):
    with pytest.raises(InputError, match=problem):
        read_control_csv(text.encode(), "march.csv")


def test_readings_of_a_drift_run_are_taken_over_once_and_dated_by_the_bench():
    days = [
        {"index": day, "bench_time_h": 5.0 + 24 * day, "reading": 18.0 + day, "reference": 18.0, "drift_percent_fs": None}
        for day in range(3)
    ]
    findings = [
        Finding("A", "span_drift_24h", 1.0, "%F.S.", details={"days": days}),
        Finding("A", "span_drift_week", 1.0, "%F.S.", details={"days": days}),
        Finding("B", "span_drift_24h", 1.0, "%F.S.", details={"days": days}),
        Finding("A", "zero_drift_24h", None, "%F.S."),
        Finding("A", "linearity_error", 1.0, "%F.S."),
    ]
    taken = taken_over(findings, device="A", started=NOW.replace(hour=20), source="E-1")
    assert [(entry.date.day, entry.deviation) for entry in taken] == [(2, 0.0), (3, 1.0), (4, 2.0)]
    assert {entry.source for entry in taken} == {"E-1"}
