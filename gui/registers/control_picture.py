"""What a QAL3 chart draws: points, lines between them, limits, and where the device was adjusted or repaired. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from testbench.metrology.control_charts import (
    ACTION_LIMIT,
    SHIFT_LIMIT,
    SPREAD_LIMIT,
    WARNING_LIMIT,
    Action,
    Charted,
)
from testbench.register.control import ChartPoint, ControlChart, ControlDeed
from testbench.text import Text


class Chart(StrEnum):
    """The charts of one gas."""

    DRIFT = "cusum drift"
    PRECISION = "cusum precision"
    EWMA = "ewma"
    SHEWHART = "shewhart"


CHART_WORDS = {
    Chart.DRIFT: Text(zh="CUSUM：漂移", en="CUSUM: drift"),
    Chart.PRECISION: Text(zh="CUSUM：精密度", en="CUSUM: precision"),
    Chart.EWMA: Text(zh="EWMA：指数加权移动平均", en="EWMA: moving average"),
    Chart.SHEWHART: Text(zh="休哈特：单次偏差", en="Shewhart: single deviations"),
}


@dataclass(frozen=True, slots=True)
class Series:
    """Values over days (ordinals of dates); `alarmed` says of each point whether the chart asks for action there."""

    days: tuple[int, ...]
    values: tuple[float, ...]
    alarmed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class ControlLimit:
    """A limit over days: a constant has one value, that of EWMA one a point; a warning is fainter than an action limit."""

    days: tuple[int, ...]
    values: tuple[float, ...]
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class ControlPicture:
    """All that one chart draws; `deeds` are the days on which the device was adjusted or repaired, `unit` of the values."""

    series: tuple[Series, ...]
    limits: tuple[ControlLimit, ...]
    deeds: tuple[tuple[int, ControlDeed], ...]
    unit: str


def control_picture(drawn: ControlChart, chart: Chart, unit: str) -> ControlPicture:
    """The picture of one chart; `unit` is that of the readings. A drift downwards is drawn below zero."""
    s = drawn.s_ams
    deeds = tuple((e.date.toordinal(), e.deed) for e in drawn.entries if e.deed is not ControlDeed.READING)
    days = tuple(point.entry.date.toordinal() for point in drawn.points)
    match chart:
        case Chart.DRIFT:
            limit = SHIFT_LIMIT * s
            up = _series(drawn.points, lambda c: c.cusum.up, lambda c: c.cusum.up > limit)
            down = _series(drawn.points, lambda c: -c.cusum.down, lambda c: c.cusum.down > limit)
            return ControlPicture((up, down), (*_both(limit, "h_x"),), deeds, unit)
        case Chart.PRECISION:
            limit = SPREAD_LIMIT * s**2
            spread = _series(drawn.points, lambda c: c.cusum.spread, lambda c: c.cusum_advice.action is Action.REPAIR)
            return ControlPicture((spread,), (ControlLimit((), (limit,), "h_s"),), deeds, f"{unit}²")
        case Chart.EWMA:
            average = _series(drawn.points, lambda c: c.ewma.average, lambda c: c.ewma_advice.action is Action.ADJUST)
            limits = tuple(point.charted.ewma.limit(s) for point in drawn.points)
            below = tuple(-limit for limit in limits)
            return ControlPicture((average,), (ControlLimit(days, limits, "L"), ControlLimit(days, below, "")), deeds, unit)
        case Chart.SHEWHART:
            deviations = _series(drawn.points, lambda c: c.deviation, lambda c: c.shewhart_advice.action is Action.ADJUST)
            action, warning = _both(ACTION_LIMIT * s, "3 s"), _both(WARNING_LIMIT * s, "2 s", warning=True)
            return ControlPicture((deviations,), (*action, *warning), deeds, unit)


def _series(points: tuple[ChartPoint, ...], value: Callable[[Charted], float], alarmed: Callable[[Charted], bool]) -> Series:
    return Series(
        tuple(point.entry.date.toordinal() for point in points),
        tuple(value(point.charted) for point in points),
        tuple(alarmed(point.charted) for point in points),
    )


def _both(limit: float, text: str, *, warning: bool = False) -> tuple[ControlLimit, ControlLimit]:
    return ControlLimit((), (limit,), text, warning), ControlLimit((), (-limit,), f"−{text}", warning)
