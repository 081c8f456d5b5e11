"""The QAL3 tab of a device: charts of what was entered, what to do, and entering a reading."""

import datetime as dt

import pytest

from gui.registers.control_panel import ControlPanel
from gui.registers.control_picture import Chart, control_picture
from gui.registers.page import RegistersPage
from testbench.register.control import ControlDeed, ControlEntry, ControlGas, control_chart
from testbench.register.control_book import ControlBook
from testbench.register.entries import RegisteredDevice, Section
from testbench.register.store import Register
from testbench.text import Language

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 1, 5)


def readings(*deviations):
    return [
        ControlEntry(
            DAY + dt.timedelta(weeks=week), ControlGas.SPAN, reading=18.0 + deviation, reference=18.0, identifier=week
        )
        for week, deviation in enumerate(deviations)
    ]


@pytest.fixture
def device(state):
    state.mkdir(parents=True, exist_ok=True)
    with Register.open() as register:
        return register.add(
            RegisteredDevice(maker="Maker A", model="410i", serial="A-001", range_high=20.0), by="li", at=NOW
        )


@pytest.fixture
def charted(device):
    """A device with three readings of span gas that drift."""
    with ControlBook.open() as book:
        book.set_deviation(device, ControlGas.SPAN, 2.0, by="li", at=NOW)
        book.add(device, readings(3.0, 3.0, 3.0), by="li", at=NOW)
    return device


@pytest.fixture
def panel(qtbot, desk):
    made = ControlPanel(desk)
    qtbot.addWidget(made)
    made.resize(520, 560)
    made.retranslate()
    made.show()
    return made


def shown(qtbot, panel, device, gas=ControlGas.SPAN):
    with qtbot.waitSignal(panel.shown):
        panel.show_device(device)
    panel.gas.setCurrentIndex(panel.gas.findData(gas))


def test_a_drift_is_said_with_the_amount_to_adjust(qtbot, panel, charted):
    shown(qtbot, panel, charted)
    assert panel.state.word == "drift: adjust the device, by -2.1 %"
    drawn = control_picture(panel.drawn, Chart.DRIFT, "%")
    assert drawn.series[0].alarmed == (False, False, True)
    assert drawn.series[0].values == pytest.approx((1.998, 3.996, 5.994))
    assert [limit.values[0] for limit in drawn.limits] == pytest.approx([5.7, -5.7])
    assert panel.plot.plot.listDataItems() or panel.plot.plot.getPlotItem().items


def test_each_chart_has_its_limits():
    chart = control_chart(ControlGas.SPAN, readings(5.0, -5.0, 7.0), 2.0)
    precision = control_picture(chart, Chart.PRECISION, "%")
    assert precision.unit == "%²"
    assert precision.limits[0].values == pytest.approx((27.6,))
    assert precision.series[0].alarmed == (False, True, True)
    single = control_picture(chart, Chart.SHEWHART, "%")
    assert single.series[0].alarmed == (False, False, True)
    assert sorted(limit.values[0] for limit in single.limits) == [-6.0, -4.0, 4.0, 6.0]
    average = control_picture(chart, Chart.EWMA, "%")
    assert average.limits[0].values[0] == pytest.approx(1.2)
    assert len(average.limits[0].values) == 3


def test_an_adjustment_is_drawn_and_begins_the_drift_anew():
    adjusted = ControlEntry(DAY + dt.timedelta(weeks=2), ControlGas.SPAN, ControlDeed.ADJUSTED, identifier=9)
    chart = control_chart(ControlGas.SPAN, [*readings(3.0, 3.0, 3.0), adjusted], 2.0)
    assert control_picture(chart, Chart.DRIFT, "%").deeds == ((adjusted.date.toordinal(), ControlDeed.ADJUSTED),)


def test_a_reading_is_entered_and_drawn_at_once(qtbot, panel, charted):
    shown(qtbot, panel, charted)
    panel.date.set_text("2026-02-01")
    panel.reading.setText("18,2")
    panel.reference.setText("18")
    with qtbot.waitSignal(panel.shown):
        panel.add.click()
    assert len(panel.drawn.points) == 4
    with ControlBook.open() as book:
        assert book.entries(charted)[-1].deviation == pytest.approx(0.2)
    with qtbot.waitSignal(panel.shown):
        panel.adjusted.click()
    assert panel.state.word == "in control"


def test_what_is_no_reading_is_said_and_not_entered(qtbot, panel, charted, desk):
    shown(qtbot, panel, charted)
    panel.reading.setText("much")
    panel.reference.setText("18")
    with qtbot.waitSignal(desk.failed) as failed:
        panel.add.click()
    assert "'much' is no number" in str(failed.args[0])
    assert len(panel.drawn.points) == 3


def test_without_s_ams_it_is_asked_for_and_can_be_set(qtbot, panel, device):
    shown(qtbot, panel, device, ControlGas.ZERO)
    assert "Set s_AMS" in panel.state.word
    panel.s_ams.setText("0,05")
    with qtbot.waitSignal(panel.shown):
        panel.set_s.click()
    assert panel.drawn.s_ams == 0.05
    assert panel.state.word == "no readings yet"


def test_the_register_has_the_charts_beside_a_device_and_not_beside_a_cylinder(qtbot, make_desk, charted):
    desk = make_desk(Language.CHINESE)
    page = RegistersPage(desk)
    qtbot.addWidget(page)
    page.show()
    view = page.views[Section.DEVICES]
    with qtbot.waitSignal(view.panel.control.shown):
        page.arrive(section="devices", entry=charted.identifier)
    assert view.panel.tabs.tabText(3) == "QAL3 控制图"
    assert view.panel.control.chart.itemText(0) == "CUSUM：漂移"
    assert page.views[Section.CYLINDERS].panel.control is None
    view.begin_new()
    assert not view.panel.control.isEnabled()
