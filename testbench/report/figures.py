"""The report's pictures as vector graphics: linearity, drift and step response of one device, each as SVG text.

Grey first: lines and points are grey, a limit is dashed, and colour says one thing only: outside the limit. Words are drawn
as paths with the report's own font, so that a picture is the same on each machine. A picture whose data are missing is None.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.text import Text as Label
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import RcKeyType

from testbench.findings import Finding
from testbench.report import details
from testbench.report.content import LimitKind, ReportDevice, ReportVerdict
from testbench.report.glyphs import Clean, face_index, font_path
from testbench.report.numbers import plain, rounded, signed, with_unit
from testbench.report.wording import Wording

WIDTH_MM = 170.0
_MM = 1 / 25.4
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN, _ABOVE = 13.0, 1.5, 5.5, 9.5, 17.0, 13.0  # margins and gaps, mm
_INK, _MIDDLE, _LIGHT, _OUTSIDE = "#222222", "#7a7a7a", "#b4b4b4", "#b23a00"
_SMALL, _NORMAL = 7.0, 7.5
_STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "testbench",
    "text.parse_math": False,
    "axes.linewidth": 0.5,
    "axes.edgecolor": _MIDDLE,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.color": _MIDDLE,
    "ytick.color": _MIDDLE,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "lines.linewidth": 0.8,
    "path.simplify": True,
}


def linearity(device: ReportDevice, verdict: ReportVerdict, wording: Wording) -> str | None:
    """Draw indication over reference, and the error of each level with U and limits."""
    finding = verdict.finding
    if finding is None:
        return None
    levels = [
        (level.reference, level.indication, level.error_percent_fs, level.expanded_uncertainty_percent_fs)
        for level in details.levels(finding)
    ]
    errors = [(x, error, u) for x, _, error, u in levels if x is not None and error is not None]
    if not errors:
        return None
    unit, span = details.stated_unit(finding, device.unit), device.high - device.low
    with matplotlib.rc_context(_STYLE):
        figure, ((left, right),) = _panels(54, 1, (1.0, 1.75))
        pairs = [(x, y) for x, y, _, _ in levels if x is not None and y is not None]
        left.axline((device.low, device.low), slope=1, color=_LIGHT, linewidth=0.6)
        left.plot([x for x, _ in pairs], [y for _, y in pairs], "o", markersize=3, color=_INK)
        edge = 0.04 * span
        left.set_xlim(device.low - edge, device.high + edge)
        left.set_ylim(device.low - edge, device.high + edge)
        reference = _axis(wording, "reference", unit)
        _name(left, wording["figure.indication_title"], reference, _axis(wording, "indication", unit))

        singles = [
            (p.reference, 100 * (p.indication - p.reference) / span)
            for p in details.passes(finding)
            if p.reference is not None and p.indication is not None
        ]
        right.plot([x for x, _ in singles], [y for _, y in singles], "o", markersize=1.8, color=_LIGHT)
        _error_points(right, errors, verdict)
        _limit_lines(right, verdict, wording)
        right.set_xlim(device.low - edge, device.high + edge)
        _around(right, [*_ends(errors), *(y for _, y in singles)], verdict)
        _largest(right, errors)
        _name(right, wording["figure.error_title"], reference, _axis(wording, "error", "%F.S."))
        return _svg(figure)


def drift(device: ReportDevice, verdicts: Mapping[str, ReportVerdict], wording: Wording) -> str | None:
    """Draw, for zero and span, the change since day 0 (upper) and the drift of each 24 h (lower), with limits."""
    points = ("zero", "span")
    present = [p for p in points if _drift_days(verdicts, p)]
    if not present:
        return None
    with matplotlib.rc_context(_STYLE):
        figure, grid = _panels(90, 2, [1.0] * len(present))
        for column, point in enumerate(present):
            days = _drift_days(verdicts, point)
            week, daily = verdicts.get(f"{point}_drift_week"), verdicts.get(f"{point}_drift_24h")
            upper, lower = grid[0][column], grid[1][column]
            start = days[0].reading_percent_fs
            trend: list[tuple[float, float, float | None]] = [
                (float(day.index), day.reading_percent_fs - start, None)
                for day in days
                if day.reading_percent_fs is not None and start is not None
            ]
            u = _uncertainty_percent_fs(week)
            if trend and u is not None:
                trend[-1] = (trend[-1][0], trend[-1][1], u)
            upper.plot([x for x, _, _ in trend], [y for _, y, _ in trend], color=_MIDDLE)
            _finish_drift(upper, trend, week, wording, wording[f"figure.{point}_week_title"], wording["figure.change"])
            steps = _daily_steps(days, daily)
            lower.vlines([x for x, _, _ in steps], 0, [y for _, y, _ in steps], color=_LIGHT, linewidth=2.0)
            _finish_drift(lower, steps, daily, wording, wording[f"figure.{point}_24h_title"], wording["figure.drift_24h"])
            lower.set_xlabel(wording["figure.day"])
            for axes in (upper, lower):
                axes.set_xlim(-0.4, max(1, days[-1].index) + 0.4)
                axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
        return _svg(figure)


def response(device: ReportDevice, verdicts: Mapping[str, ReportVerdict], wording: Wording) -> str | None:
    """Draw the step responses, rising and falling, with threshold, response time and limit."""
    present = [
        (side, verdict)
        for side in ("rise", "fall")
        if (verdict := verdicts.get(f"response_time_{side}")) and verdict.finding and details.curves(verdict.finding)
    ]
    if not present:
        return None
    with matplotlib.rc_context(_STYLE):
        figure, (grid,) = _panels(50, 1, [1.0] * len(present))
        for axes, (side, verdict) in zip(grid, present, strict=True):
            _response_panel(axes, verdict, device, wording, rising=side == "rise")
            axes.set_title(wording[f"figure.{side}_title"], loc="left")
        unit = details.stated_unit(present[0][1].finding, device.unit) if present[0][1].finding else device.unit
        grid[0].set_ylabel(_axis(wording, "indication", unit))
        return _svg(figure)


def _response_panel(axes: Axes, verdict: ReportVerdict, device: ReportDevice, wording: Wording, *, rising: bool) -> None:
    finding = verdict.finding
    if finding is None:
        return
    curves = details.curves(finding)
    for curve in curves:
        axes.plot(curve.time_s, curve.value, color=_MIDDLE, linewidth=0.6)
    unit = details.stated_unit(finding, device.unit)
    first, last = min(c.time_s[0] for c in curves), max(c.time_s[-1] for c in curves)
    limit = verdict.limit if verdict.limit is not None and 0 < verdict.limit < 4 * last else None
    right = _right_end(last, finding.value, limit)
    low, high = min(min(c.value) for c in curves), max(max(c.value) for c in curves)
    pad = 0.08 * ((high - low) or 1.0)
    axes.set_xlim(min(first, 0.0), right)
    axes.set_ylim(low - pad, high + pad)
    axes.axvline(0, color=_LIGHT, linewidth=0.6)
    threshold, share = details.number(finding.details, "threshold"), _percent_of_step(finding)
    if threshold is not None:
        axes.axhline(threshold, color=_MIDDLE, linewidth=0.5, linestyle=(0, (1, 2)))
        text = f"{share if rising else 100 - share}\u00a0%: {with_unit(rounded(threshold, 2), unit)}"
        _say(axes, text, (right, threshold), (-2, -9 if rising else 3), "right")
    if limit is not None:
        outside = finding.value is not None and finding.value > limit
        axes.axvline(limit, color=_OUTSIDE if outside else _MIDDLE, linewidth=0.7, linestyle=(0, (5, 3)))
        place = (limit, low if rising else high)
        _say(axes, f"{wording['figure.limit']} {plain(limit)}\u00a0s", place, (3, 2 if rising else -6), "left")
    if finding.value is not None and math.isfinite(finding.value) and threshold is not None:
        axes.plot([finding.value], [threshold], "o", markersize=3.5, color=_INK)
        foot = low - pad if rising else high + pad
        axes.vlines(finding.value, min(foot, threshold), max(foot, threshold), color=_INK, linewidth=0.6)
        middle = (finding.value, (low + high) / 2)
        half = min((c.time_s[n] for c in curves if (n := _half_way(c)) is not None), default=0.0)
        free = (limit if limit is not None and limit > finding.value else right) - finding.value
        leftwards = finding.value - half > free
        shift, side = (-4, "right") if leftwards else (4, "left")
        _say(axes, f"T{share} = {rounded(finding.value, 1)}\u00a0s", middle, (shift, 0), side)
    axes.set_xlabel(wording["figure.time"])


def _right_end(last: float, value: float | None, limit: float | None) -> float:
    """Where the time axis ends: all readings, but no more than the response and its limit need to be seen."""
    needed = [x for x in (limit, value) if x is not None and math.isfinite(x) and x > 0]
    wanted = max(2.0 * value if value is not None and math.isfinite(value) else last, 1.3 * (limit or 0.0))
    return 1.06 * min(last, wanted) if not needed or min(last, wanted) > max(needed) else 1.15 * max(needed)


def _half_way(curve: details.Curve) -> int | None:
    """Index of the first reading past the middle of a curve; None for a flat one."""
    low, high = min(curve.value), max(curve.value)
    middle, rising = (low + high) / 2, curve.value[-1] > curve.value[0]
    return next((n for n, v in enumerate(curve.value) if (v > middle) == rising and high > low), None)


def _percent_of_step(finding: Finding) -> int:
    """Return which part of the step the threshold is, in percent; 90 where the details do not tell."""
    start, end, threshold = (details.number(finding.details, key) for key in ("start", "nominal", "threshold"))
    if start is None or end is None or threshold is None or start == end:
        return 90
    share = round(100 * (threshold - start) / (end - start))
    return share if 0 < share < 100 else 90


def _drift_days(verdicts: Mapping[str, ReportVerdict], point: str) -> tuple[details.Day, ...]:
    for name in (f"{point}_drift_week", f"{point}_drift_24h"):
        verdict = verdicts.get(name)
        if verdict and verdict.finding:
            days = details.days(verdict.finding)
            if sum(day.reading_percent_fs is not None for day in days) > 1 and days[0].reading_percent_fs is not None:
                return days
    return ()


def _daily_steps(days: Sequence[details.Day], daily: ReportVerdict | None) -> list[tuple[float, float, float | None]]:
    if daily and daily.finding:
        own = [
            (float(d.index), d.drift_percent_fs, d.expanded_uncertainty_percent_fs)
            for d in details.days(daily.finding)
            if d.index > 0 and d.drift_percent_fs is not None
        ]
        if own:
            return own
    return [
        (float(b.index), b.reading_percent_fs - a.reading_percent_fs, None)
        for a, b in itertools.pairwise(days)
        if a.reading_percent_fs is not None and b.reading_percent_fs is not None and b.index == a.index + 1
    ]


def _finish_drift(
    axes: Axes,
    points: Sequence[tuple[float, float, float | None]],
    verdict: ReportVerdict | None,
    wording: Wording,
    title: str,
    label: str,
) -> None:
    axes.axhline(0, color=_LIGHT, linewidth=0.5)
    if points:
        _error_points(axes, points, verdict)
        if verdict is not None:
            _limit_lines(axes, verdict, wording)
        _around(axes, _ends(points), verdict)
        _largest(axes, points)
    axes.set_title(title, loc="left")
    axes.set_ylabel(f"{label} / %F.S.")


def _uncertainty_percent_fs(verdict: ReportVerdict | None) -> float | None:
    if verdict is None or verdict.finding is None or "F" not in verdict.finding.unit.upper():
        return None
    return verdict.finding.expanded_uncertainty


def _error_points(axes: Axes, points: Sequence[tuple[float, float, float | None]], verdict: ReportVerdict | None) -> None:
    limit = _symmetric_limit(verdict)
    for x, y, u in points:
        colour = _OUTSIDE if limit is not None and abs(y) > limit else _INK
        bar = u if u is not None and u > 0 else None
        axes.errorbar(x, y, yerr=bar, fmt="o", markersize=3.2, color=colour, elinewidth=0.7, capsize=1.8, capthick=0.7)


def _limit_lines(axes: Axes, verdict: ReportVerdict, wording: Wording) -> None:
    limit = _symmetric_limit(verdict)
    if limit is None:
        return
    axes.axhline(0, color=_LIGHT, linewidth=0.5)
    for side in (limit, -limit):
        axes.axhline(side, color=_MIDDLE, linewidth=0.7, linestyle=(0, (5, 3)))
    axes.annotate(
        f"{wording['figure.limit']} ±{with_unit(plain(limit), '%F.S.')}",
        (0, limit),
        xycoords=("axes fraction", "data"),
        xytext=(3, 3),
        textcoords="offset points",
        fontsize=_SMALL,
        color=_MIDDLE,
    )


def _largest(axes: Axes, points: Sequence[tuple[float, float, float | None]]) -> None:
    x, y, u = max(points, key=lambda point: abs(point[1]))
    end = y + math.copysign(u or 0.0, y)
    _say(axes, signed(rounded(y, 2)), (x, end), (0, 4 if y >= 0 else -9), "center")


def _symmetric_limit(verdict: ReportVerdict | None) -> float | None:
    if verdict is None or verdict.limit is None or verdict.limit_kind is LimitKind.MINIMUM or verdict.limit <= 0:
        return None
    unit = verdict.finding.unit if verdict.finding else verdict.unit
    if "F" not in unit.upper():  # the axes are in percent of full scale, and a limit in another unit is no line there
        return None
    return verdict.limit if math.isfinite(verdict.limit) else None


def _ends(points: Iterable[tuple[float, float, float | None]]) -> list[float]:
    return [end for _, y, u in points for end in (y - (u or 0.0), y + (u or 0.0))]


def _around(axes: Axes, values: Sequence[float], verdict: ReportVerdict | None) -> None:
    largest = max((abs(v) for v in values), default=0.0)
    reach = max(largest, _symmetric_limit(verdict) or 0.0) or 1.0
    room = 1.3 if largest < 0.8 * reach else 1.6  # the number at the outermost point stands within
    axes.set_ylim(-room * reach, room * reach)


def _say(axes: Axes, text: str, at: tuple[float, float], shift: tuple[float, float], side: str) -> None:
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # a line behind the words does not cross them
    axes.annotate(text, at, xytext=shift, textcoords="offset points", fontsize=_SMALL, ha=side, color=_INK, bbox=ground)


def _axis(wording: Wording, quantity: str, unit: str) -> str:
    return f"{wording[f'figure.{quantity}']} / {unit}"


def _name(axes: Axes, title: str, horizontal: str, vertical: str) -> None:
    axes.set_title(title, loc="left")
    axes.set_xlabel(horizontal)
    axes.set_ylabel(vertical)


def _panels(height_mm: float, rows: int, ratios: Sequence[float]) -> tuple[Figure, Sequence[Sequence[Axes]]]:
    """Return a figure as wide as the page with rows of panels; margins are fixed, so that all pictures stand alike."""
    figure = Figure(figsize=(WIDTH_MM * _MM, height_mm * _MM))
    FigureCanvasSVG(figure)
    wide = (WIDTH_MM - _LEFT - _RIGHT - (len(ratios) - 1) * _BETWEEN) / len(ratios)
    high = (height_mm - _TOP - _BOTTOM - (rows - 1) * _ABOVE) / rows
    grid = figure.subplots(
        rows,
        len(ratios),
        squeeze=False,
        width_ratios=ratios,
        gridspec_kw={
            "left": _LEFT / WIDTH_MM,
            "right": 1 - _RIGHT / WIDTH_MM,
            "bottom": _BOTTOM / height_mm,
            "top": 1 - _TOP / height_mm,
            "wspace": _BETWEEN / wide,
            "hspace": _ABOVE / high,
        },
    )
    return figure, [list(row) for row in grid]


def _svg(figure: Figure) -> str:
    clean = Clean()
    file = FontPath(str(font_path()), face_index())
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_locator()) is not MaxNLocator:
                axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        small = {*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.texts}
        for label in axes.findobj(Label):
            label.set_fontproperties(FontProperties(fname=file, size=_SMALL if label in small else _NORMAL))
            label.set_text(clean.text(label.get_text()))
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
