"""What the picture of a finding shows, taken from its details: points with uncertainty, curves, limits. Without Qt.

Linearity: the error of each level with U and the limits, and the single passes behind it. Drift: the change, or the drift of
24 h, by day. Response time: the curves from clock zero with the threshold, the time at which it is reached, and the limit.
Repeatability: the single readings with their mean and standard deviation.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from testbench.findings import Finding
from testbench.report import details


class Quantity(StrEnum):
    """What an axis shows."""

    REFERENCE = "reference"
    ERROR = "error"
    DAY = "day"
    CHANGE = "change since day 0"
    DRIFT = "drift in 24 h"
    TIME = "time from the change of gas"
    INDICATION = "indication"
    NUMBER = "number of the reading"


class LineStyle(StrEnum):
    """What a straight line across the picture stands for."""

    LIMIT = "limit"
    ZERO = "zero"
    CONSTRUCTION = "construction"


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: what it shows, in which unit (none where empty); `whole` where only whole numbers make sense."""

    quantity: Quantity
    unit: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A result, with its expanded uncertainty where there is one; `outside` the limit."""

    x: float
    y: float
    expanded_uncertainty: float | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Straight:
    """A straight line at a value, across the whole picture; `text` is without words: a value, or T90."""

    at: float
    style: LineStyle
    text: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn; `faint` are the single values behind the results."""

    horizontal: Axis
    vertical: Axis
    points: tuple[Point, ...] = ()
    faint: tuple[tuple[float, float], ...] = ()
    curves: tuple[details.Curve, ...] = ()
    levels: tuple[Straight, ...] = ()  # lines of one value on the vertical axis
    times: tuple[Straight, ...] = ()  # lines of one value on the horizontal axis

    @property
    def rising(self) -> bool:
        """Whether the curves go up."""
        return any(curve.value[-1] > curve.value[0] for curve in self.curves)

    def bounds(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Least and greatest value of both axes that must be in view, with a margin."""
        xs = [p.x for p in self.points] + [x for x, _ in self.faint] + [t for c in self.curves for t in c.time_s]
        ys = (
            [y for p in self.points for y in _ends(p)]
            + [y for _, y in self.faint]
            + [v for c in self.curves for v in c.value]
        )
        xs += [line.at for line in self.times]
        ys += [line.at for line in self.levels]
        return _padded(xs, 0.05), _padded(ys, 0.12)


def picture(finding: Finding, limit: float | None = None) -> Picture | None:
    """The picture of a finding, with the limit of its verdict in the finding's unit; None where its details hold none."""
    for draw in (_linearity, _drift, _response, _repeatability):
        if (drawn := draw(finding, limit)) is not None:
            return drawn
    return None


def _linearity(finding: Finding, limit: float | None) -> Picture | None:
    levels = [
        Point(
            level.reference,
            level.error_percent_fs,
            level.expanded_uncertainty_percent_fs,
            _outside(level.error_percent_fs, limit),
        )
        for level in details.levels(finding)
        if level.reference is not None and level.error_percent_fs is not None
    ]
    if not levels:
        return None
    full_scale = _full_scale(finding)
    faint = tuple(
        (one.reference, 100.0 * (one.indication - one.reference) / full_scale)
        for one in details.passes(finding)
        if full_scale is not None and one.reference is not None and one.indication is not None
    )
    return Picture(
        Axis(Quantity.REFERENCE, details.stated_unit(finding, "")),
        Axis(Quantity.ERROR, "%F.S."),
        tuple(levels),
        faint,
        levels=_both_sides(limit, "%F.S."),
    )


def _full_scale(finding: Finding) -> float | None:
    """Full scale in the unit of the readings, (indication − reference)/error, from the level with the largest error."""
    told = [
        (abs(level.error_percent_fs), 100.0 * (level.indication - level.reference) / level.error_percent_fs)
        for level in details.levels(finding)
        if level.reference is not None and level.indication is not None and level.error_percent_fs
    ]
    full_scale = max(told)[1] if told else 0.0
    return full_scale if full_scale > 0 and math.isfinite(full_scale) else None


def _drift(finding: Finding, limit: float | None) -> Picture | None:
    days = details.days(finding)
    if not days:
        return None
    weekly = finding.characteristic.endswith("_week")
    if weekly:
        known = [(day.index, day.reading_percent_fs) for day in days if day.reading_percent_fs is not None]
        points = [Point(float(index), value - known[0][1]) for index, value in known]
        if points:
            last = points[-1]
            points[-1] = Point(last.x, last.y, finding.expanded_uncertainty, _outside(last.y, limit))
    else:
        points = [
            Point(float(day.index), value, day.expanded_uncertainty_percent_fs, _outside(value, limit))
            for day in days
            if (value := day.drift_percent_fs) is not None
        ]
        points = points or [
            Point(float(b.index), b.reading_percent_fs - a.reading_percent_fs)
            for a, b in itertools.pairwise(days)
            if a.reading_percent_fs is not None and b.reading_percent_fs is not None and b.index == a.index + 1
        ]
    if not points:
        return None
    quantity = Quantity.CHANGE if weekly else Quantity.DRIFT
    vertical = Axis(quantity, "%F.S.")
    return Picture(Axis(Quantity.DAY, whole=True), vertical, tuple(points), levels=_both_sides(limit, "%F.S."))


def _response(finding: Finding, limit: float | None) -> Picture | None:
    curves = details.curves(finding)
    if not curves:
        return None
    unit = details.stated_unit(finding, "")
    threshold = details.number(finding.details, "threshold")
    times = [Straight(0.0, LineStyle.ZERO)]
    if limit is not None:
        times.append(Straight(limit, LineStyle.LIMIT, f"{limit:g} s"))
    points: tuple[Point, ...] = ()
    if finding.value is not None and threshold is not None:
        name = f"T{_percent_of_step(finding)} = {finding.value:.1f} s"
        times.append(Straight(finding.value, LineStyle.CONSTRUCTION, name))
        points = (Point(finding.value, threshold, outside=limit is not None and finding.value > limit),)
    levels = () if threshold is None else (Straight(threshold, LineStyle.CONSTRUCTION, f"{threshold:.4g} {unit}".strip()),)
    longest = max((2.0 * finding.value) if finding.value else 0.0, 1.3 * (limit or 0.0))
    shown = tuple(_until(curve, longest) for curve in curves) if longest > 0 else curves
    horizontal, vertical = Axis(Quantity.TIME, "s"), Axis(Quantity.INDICATION, unit)
    return Picture(horizontal, vertical, points, curves=shown, levels=levels, times=tuple(times))


def _until(curve: details.Curve, end: float) -> details.Curve:
    """The part of a curve that ends at a time; at least two points of it."""
    count = max(2, sum(time <= end for time in curve.time_s))
    return details.Curve(curve.time_s[:count], curve.value[:count])


def _percent_of_step(finding: Finding) -> int:
    """Which part of the step the threshold is, in percent; 90 where the details do not tell."""
    start, end, threshold = (details.number(finding.details, key) for key in ("start", "nominal", "threshold"))
    if start is None or end is None or threshold is None or start == end:
        return 90
    share = round(100 * (threshold - start) / (end - start))
    return share if 0 < share < 100 else 90


def _repeatability(finding: Finding, limit: float | None) -> Picture | None:
    readings = details.readings(finding)
    if not readings:
        return None
    unit = details.stated_unit(finding, "")
    mean, deviation = (details.number(finding.details, key) for key in ("mean", "standard_deviation"))
    lines: list[Straight] = []
    if mean is not None:
        lines.append(Straight(mean, LineStyle.ZERO, f"{mean:.4g} {unit}".strip()))
        if deviation is not None:
            lines += [
                Straight(mean + sign * deviation, LineStyle.CONSTRUCTION, text) for sign, text in ((1, "+s"), (-1, "−s"))
            ]
    points = tuple(Point(float(number), value) for number, value in enumerate(readings, 1))
    return Picture(Axis(Quantity.NUMBER, whole=True), Axis(Quantity.INDICATION, unit), points, levels=tuple(lines))


def _both_sides(limit: float | None, unit: str) -> tuple[Straight, ...]:
    zero = Straight(0.0, LineStyle.ZERO)
    if limit is None or not limit > 0:
        return (zero,)
    return (
        zero,
        Straight(limit, LineStyle.LIMIT, f"+{limit:g} {unit}"),
        Straight(-limit, LineStyle.LIMIT, f"−{limit:g} {unit}"),
    )


def _outside(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and limit > 0 and abs(value) > limit


def _ends(point: Point) -> tuple[float, float]:
    u = point.expanded_uncertainty or 0.0
    return point.y - u, point.y + u


def _padded(values: Sequence[float], share: float) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = share * (high - low) or 0.5
    return low - margin, high + margin
