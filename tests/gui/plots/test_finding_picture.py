"""Pictures of findings: what the details of each kind of finding turn into, and values beside their limits."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gui.plots.finding_picture import LineStyle, Quantity, picture
from gui.plots.finding_plot import FindingPlot
from gui.plots.limit_bar import LimitBar, Mark, paint_limit_bar
from testbench.findings import Finding
from testbench.record.store import Record
from testbench.report.content import LimitKind

LEVELS = [
    {"reference": 4.0, "indication": 4.1, "error_percent_fs": 0.5, "expanded_uncertainty_percent_fs": 0.2},
    {"reference": 16.0, "indication": 16.3, "error_percent_fs": 1.5, "expanded_uncertainty_percent_fs": 0.2},
]


def finding(characteristic: str, value: float | None = 1.0, **details: object) -> Finding:
    return Finding("A", characteristic, value, "%F.S.", 0.2, 2.0, details=details)


def test_linearity_shows_the_error_of_each_level_its_passes_and_the_limits_on_both_sides() -> None:
    passes = [{"pass": 1, "reference": 4.0, "indication": 4.2}]
    drawn = picture(finding("linearity_error", levels=LEVELS, passes=passes, unit="%"), 1.0)
    assert [(p.x, p.y, p.expanded_uncertainty, p.outside) for p in drawn.points] == [
        (4, 0.5, 0.2, False),
        (16, 1.5, 0.2, True),
    ]
    assert drawn.faint == (pytest.approx((4.0, 1.0)),)  # 0.2 % of a full scale of 20 %
    assert [line.at for line in drawn.levels if line.style is LineStyle.LIMIT] == [1.0, -1.0]
    assert (drawn.horizontal.unit, drawn.vertical.unit) == ("%", "%F.S.")
    (_, _), (low, high) = drawn.bounds()
    assert low < -1.0
    assert high > 1.7


def test_week_drift_shows_the_change_since_day_0_and_daily_drift_each_day() -> None:
    days = [
        {"index": 0, "reading_percent_fs": 1.0, "drift_percent_fs": None},
        {"index": 1, "reading_percent_fs": 1.5, "drift_percent_fs": 0.5, "expanded_uncertainty_percent_fs": 0.1},
        {"index": 2, "reading_percent_fs": 0.8, "drift_percent_fs": -0.7, "expanded_uncertainty_percent_fs": 0.1},
    ]
    week = picture(finding("zero_drift_week", days=days), 2.0)
    assert [(p.x, pytest.approx(p.y)) for p in week.points] == [(0, 0), (1, 0.5), (2, -0.2)]
    assert [p.expanded_uncertainty for p in week.points] == [None, None, 0.2]
    daily = picture(finding("zero_drift_24h", days=days), 0.6)
    assert [(p.x, p.y, p.outside) for p in daily.points] == [(1, 0.5, False), (2, -0.7, True)]
    assert daily.vertical.quantity is Quantity.DRIFT


def test_response_shows_curves_threshold_time_and_limit() -> None:
    curve = {"time_s": list(range(1000)), "value": [min(20.0, t / 2) for t in range(1000)]}
    drawn = picture(
        finding("response_time_rise", 36.0, curves=[curve], threshold=18.0, start=0.0, nominal=20.0, unit="%"), 200.0
    )
    assert drawn.rising
    assert drawn.points[0].x == 36.0
    assert drawn.points[0].y == 18.0
    assert not drawn.points[0].outside
    assert [line.text for line in drawn.times] == ["", "200 s", "T90 = 36.0 s"]
    assert drawn.curves[0].time_s[-1] == 260  # what is needed to see the limit


def test_repeatability_shows_single_readings_with_mean_and_deviation() -> None:
    drawn = picture(finding("repeatability", readings=[1.0, 2.0, 3.0], mean=2.0, standard_deviation=1.0, unit="%"), 1.0)
    assert [(p.x, p.y) for p in drawn.points] == [(1, 1), (2, 2), (3, 3)]
    assert [line.at for line in drawn.levels] == [2.0, 3.0, 1.0]


@pytest.mark.parametrize(
    "details", [{}, {"levels": "none"}, {"levels": [{"reference": None}]}, {"curves": [{"time_s": []}]}]
)
def test_a_finding_without_what_a_picture_needs_has_none(details) -> None:
    assert picture(finding("linearity_error", **details)) is None


@pytest.mark.parametrize(
    ("bar", "mark"),
    [
        (LimitBar(0.3, 0.1, 1.0), Mark.INSIDE),
        (LimitBar(-0.95, 0.1, 1.0), Mark.WITHIN_UNCERTAINTY),
        (LimitBar(-1.3, 0.1, 1.0), Mark.OUTSIDE),
        (LimitBar(1.0, None, 1.0), Mark.INSIDE),  # the limit itself is kept
        (LimitBar(-3.0, 0.1, 1.0, LimitKind.MAXIMUM), Mark.INSIDE),
        (LimitBar(0.8, 0.01, 0.85, LimitKind.MINIMUM), Mark.OUTSIDE),
        (LimitBar(0.9, 0.01, 0.85, LimitKind.MINIMUM), Mark.INSIDE),
        (LimitBar(0.9, 0.01, None), Mark.UNJUDGED),
    ],
)
def test_a_bar_says_by_its_shape_how_a_value_stands_to_its_limit(bar, mark) -> None:
    assert bar.mark is mark


def drawing(bar: LimitBar, theme) -> bytes:
    image = QImage(160, 24, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    paint_limit_bar(painter, QRectF(0, 0, 160, 24), bar, theme)
    painter.end()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(grey.constBits())


def test_bars_differ_without_colours(desk) -> None:
    values = (0.3, 0.95, 1.3, 40.0, -40.0)
    drawn = {drawing(LimitBar(value, 0.1, 1.0), desk.theme) for value in values}
    drawn |= {drawing(LimitBar(value, 0.1, None), desk.theme) for value in (0.0, -2.0)}
    assert len(drawn) == 7


def test_every_finding_of_an_evaluation_has_its_picture(qtbot, desk, evaluated) -> None:
    plot = FindingPlot(desk.theme)
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.show()
    with Record.open(evaluated) as record:
        findings = [stored.finding for stored in record.findings(record.evaluations()[0].identifier)]
    assert len(findings) > 20
    for one in findings:
        plot.show_finding(one, 1.0)
        assert picture(one, 1.0) is not None
        plot.grab()
    plot.show_finding(None)
    plot.show_finding(finding("unknown"))
    plot.restyle()
