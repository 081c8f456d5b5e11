"""The trace plot: live and stored readings, keyboard, mouse, legend, and what is remembered."""

import datetime as dt
import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from gui.plots.channel import Band, Channel, Limit, LineKind, StepLine
from gui.plots.legend import LegendModel
from gui.plots.time_axis import Mode
from gui.plots.trace import Trace, Window, at
from gui.plots.trace_plot import TracePlot
from testbench.record.store import Record

CHANNELS = (
    Channel("A", "A", "%", "CO2", 0.01),
    Channel("B", "B", "%", "CO2", 0.01),
    Channel("t", "room", "°C", "temperature"),
)


@pytest.fixture
def plot(qtbot, desk) -> TracePlot:
    shown = TracePlot(desk.theme)
    qtbot.addWidget(shown)
    shown.resize(900, 500)
    shown.set_channels(CHANNELS)
    shown.show()
    return shown


def fill(plot: TracePlot, seconds: int = 3600) -> None:
    times = np.arange(float(seconds))
    for number, channel in enumerate(CHANNELS):
        plot.append(channel.name, times, number + np.sin(times / 60))
    plot.draw()


def legend(plot: TracePlot, column: int = 1) -> list[str]:
    plot._show_values()
    model = plot._model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_live_readings_are_drawn_in_a_lane_for_each_quantity_with_their_latest_values(plot) -> None:
    fill(plot)
    assert list(plot._stack.lanes) == [("CO2", "%"), ("temperature", "°C")]
    assert plot.view.mode is Mode.ALL
    latest = np.sin(3599 / 60)
    assert legend(plot) == [f"{latest:.2f}", f"{1 + latest:.2f}", f"{2 + latest:.3f}"]
    assert legend(plot, 2) == ["%", "%", "°C"]


def test_updating_makes_no_new_items(plot) -> None:
    fill(plot)
    before = [len(lane.plot.scene().items()) for lane in plot._stack.lanes.values()]
    for time in range(3600, 3700):
        plot.append("A", [time], [0.5])
        plot.draw()
    assert [len(lane.plot.scene().items()) for lane in plot._stack.lanes.values()] == before


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        (Qt.Key.Key_Left, 980, 1180),
        (Qt.Key.Key_Right, 1020, 1220),
        (Qt.Key.Key_Plus, 1020, 1180),
        (Qt.Key.Key_Minus, 975, 1225),
        (Qt.Key.Key_Home, 0, 3599 * 1.02),
    ],
)
def test_keys_move_and_zoom(qtbot, plot, key, start, end) -> None:
    fill(plot)
    plot.show_span(1000, 1200)
    qtbot.keyClick(plot, key)
    assert (plot.view.start, plot.view.end) == pytest.approx((start, end))


def test_f_follows_the_latest_readings(qtbot, plot) -> None:
    fill(plot)
    plot.show_span(1000, 1200)
    qtbot.keyClick(plot, Qt.Key.Key_F)
    assert plot.view.mode is Mode.FOLLOW
    plot.append("A", [5000.0], [1.0])
    assert plot.view.start < 5000 < plot.view.end
    assert plot.view.span == pytest.approx(200)


def test_the_wheel_zooms_at_the_cursor_and_dragging_moves(qtbot, plot) -> None:
    fill(plot)
    plot.show_span(1000, 1200)
    plot.draw()
    canvas, area = plot._canvas, plot._canvas.area
    place = QPointF(area.left() + area.width() / 4, 100)
    time = canvas.time_at(place.x())
    wheel = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), wheel)
    plot.draw()
    assert plot.view.span < 200
    assert canvas.time_at(place.x()) == pytest.approx(time)
    start, span = plot.view.start, plot.view.span
    view, here = canvas.viewport(), place.toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=here)
    qtbot.mouseMove(view, here + QPoint(50, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=here + QPoint(50, 0))
    assert plot.view.start == pytest.approx(start - 50 / area.width() * span, rel=1e-3)


def test_a_span_is_chosen_with_the_right_button(qtbot, plot) -> None:
    fill(plot)
    plot.draw()
    view, area = plot._canvas.viewport(), plot._canvas.area
    left, right = (QPoint(int(area.left() + area.width() * share), 80) for share in (0.25, 0.5))
    expected = [plot._canvas.time_at(p.x()) for p in (left, right)]
    qtbot.mousePress(view, Qt.MouseButton.RightButton, pos=left)
    qtbot.mouseMove(view, right)
    qtbot.mouseRelease(view, Qt.MouseButton.RightButton, pos=right)
    assert [plot.view.start, plot.view.end] == pytest.approx(expected)


def test_the_cursor_shows_time_and_values_there(qtbot, plot) -> None:
    fill(plot)
    plot.show_span(0, 100)
    plot.draw()
    qtbot.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert plot._where.text() == "00:00:49.0"
    assert legend(plot)[0] == f"{np.sin(49 / 60):.2f}"
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot._where.text() == "Latest in view"


def test_a_channel_is_hidden_and_its_lane_goes_with_the_last(plot) -> None:
    fill(plot)
    model = plot._model
    model.setData(model.index(2, 0), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert list(plot._stack.lanes) == [("CO2", "%")]
    for row in (0, 1):
        model.setData(model.index(row, 0), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    plot.draw()
    assert plot._stack.lanes == {}
    model.setData(model.index(1, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    plot.draw()
    assert list(plot._stack.lanes) == [("CO2", "%")]


def test_view_and_channels_are_remembered(qtbot, desk, plot) -> None:
    fill(plot)
    plot._model.set_hidden({"t"})
    plot.show_span(100, 300)
    plot.set_together(True)
    other = TracePlot(desk.theme)
    qtbot.addWidget(other)
    other.set_channels(CHANNELS)
    fill(other)
    other.restore(plot.state())
    assert other.state() == plot.state()
    other.restore({"mode": 3, "hidden": "A", "together": "yes"})
    other.restore(None)


def test_bands_steps_limits_and_the_clock_are_drawn_in_both_colours(plot, desk) -> None:
    fill(plot)
    plot.set_bands([Band(0, 600, "supply gas"), Band(600, 3000, "average"), Band(3000, None, "settle")])
    plot.set_step_lines([StepLine.of(kind, "A", [0, 600], [0.5, 9.0]) for kind in LineKind])
    plot.set_limits([Limit("t", 5.0, "5 °C")])
    plot.set_origin(dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC))
    plot.draw()
    assert plot._stack.lanes["CO2", "%"].box.viewRange()[1][1] > 9.0
    assert plot._stack.lanes["temperature", "°C"].box.viewRange()[1][1] > 5.0
    plain = plot.grab().toImage()
    plot._set_clock(True)
    plot.draw()
    assert plot.grab().toImage() != plain
    plot.set_together(True)
    plot.draw()
    plot.retranslate()
    plot.restyle()


def test_a_step_line_has_corners_only_in_view() -> None:
    line = StepLine.of(LineKind.SET_POINT, "A", [0, 10, 20], [1, 2, 3])
    time, value = line.drawn(5, 15)
    assert time.tolist() == [5, 10, 10, 15]
    assert value.tolist() == [1, 1, 2, 2]
    assert line.drawn(-9, -5)[0].size == 0


def test_a_stored_run_is_drawn_from_its_overview_and_refined_by_zooming(qtbot, plot, evaluated) -> None:
    with Record.open(evaluated) as record:
        evaluation = record.evaluations()[0].identifier
        rows = record.channels(evaluation)
        end = record.last_bench_time(evaluation)
        threads = set()

        def source(name: str, start: float, end: float, points: int):
            threads.add(threading.current_thread())
            return record.overview(evaluation, name, start, end, points)

        plot.set_channels([Channel.of(row) for row in rows])
        plot.set_source(source, 0.0, end)
        qtbot.waitUntil(lambda: plot._fetcher.busy is False and len(plot._traces["A"].query(0, end, 800)) > 500)
        assert threading.main_thread() not in threads
        plot.draw()
        assert all(text != "–" for text in legend(plot)[2:4])
        plot.show_span(90_000, 90_060)
        plot.draw()
        expected = record.load(evaluation, "A", 90_000, 90_060)
        qtbot.waitUntil(lambda: len(plot._traces["A"].query(90_000, 90_060, 800)) >= len(expected))
        line = plot._traces["A"].query(90_000, 90_060, 800)
        inside = (line.time >= 90_000) & (line.time <= 90_060)
        assert line.time[inside].tolist() == expected.time.tolist()
        np.testing.assert_array_equal(line.value[inside], expected.value)
        plot.close_source()


def test_what_the_source_meets_is_told(qtbot, plot) -> None:
    def source(*_: object):
        raise ValueError("no such channel")

    with qtbot.waitSignal(plot.failed) as told:
        plot.set_source(source, 0.0, 10.0)
    assert str(told.args[0]) == "no such channel"


def test_live_readings_go_on_where_stored_ones_end() -> None:
    from testbench.record.model import Overview

    trace = Trace(stored=True)
    times = np.arange(100.0)
    counts = np.ones(100, np.int64)
    trace.keep(Window.of(0.0, 99.0, Overview(times, times, times, counts, 0 * counts)))
    trace.levels.append(np.arange(90.0, 150.0), np.arange(90.0, 150.0) + 1000)
    line = trace.query(0.0, 200.0, 500)
    assert line.time.tolist() == list(range(150))
    assert line.value[89] == 89
    assert line.value[90] == 1090
    assert at(line, 89.5) == (89.0, 89.0)
    assert trace.extent == (0.0, 149.0)


def test_the_legend_is_a_sound_model(qtbot) -> None:
    model = LegendModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    from PySide6.QtGui import QColor

    model.set_channels(CHANNELS, [QColor("red")] * 3)
    model.set_values({"A": (1.0, 1.234), "B": None})
    model.set_hidden({"A"})
    assert model.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Unchecked
    assert [model.index(row, 1).data() for row in range(3)] == ["1.00…1.23", "–", "–"]
    del tester
