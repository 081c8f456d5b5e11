"""The small picture beside a verdict: value ± U on an axis with the range that the limit leaves.

Places are fractions of the picture's width, 0 left to 1 right. The axis shows the limit and the value with its uncertainty,
but at most three times the limit: what lies beyond ends in an arrow at the edge.
"""

from __future__ import annotations

import math

from testbench.report.blocks import Cell
from testbench.report.content import LimitKind, ReportVerdict

_ROOM = 1.25
_MOST = 3.0


def strip(verdict: ReportVerdict) -> Cell:
    """Return the picture of a verdict, or an empty cell where there is no value or no limit to show."""
    finding = verdict.finding
    if finding is None or finding.value is None or verdict.limit is None:
        return ""
    value, limit = finding.value, verdict.limit
    if not (math.isfinite(value) and math.isfinite(limit)):
        return ""
    spread = finding.expanded_uncertainty or 0.0
    low_end, high_end = value - spread, value + spread
    if finding.interval is not None:
        low_end, high_end = finding.interval
    if not (math.isfinite(low_end) and math.isfinite(high_end)):
        low_end = high_end = value
    low, high, allowed_low, allowed_high = _axis(verdict.limit_kind, limit, low_end, high_end)

    def place(x: float) -> float:
        return min(max((x - low) / (high - low), 0.0), 1.0)

    bounds = [x for x in (allowed_low, allowed_high) if low < x < high]
    return {
        "cell": "strip",
        "allowed": [place(allowed_low), place(allowed_high)],
        "bounds": [place(x) for x in bounds],
        "zero": place(0.0) if low < 0.0 < high else None,
        "bar": [place(low_end), place(high_end)],
        "value": place(value),
        "beyond": -1 if value < low else 1 if value > high else 0,
        "outcome": verdict.outcome.value if verdict.outcome else "",
    }


def _axis(kind: LimitKind, limit: float, low_end: float, high_end: float) -> tuple[float, float, float, float]:
    size = abs(limit) or max(abs(low_end), abs(high_end)) or 1.0
    if kind is LimitKind.SYMMETRIC:
        reach = min(max(_ROOM * size, 1.05 * abs(low_end), 1.05 * abs(high_end)), _MOST * size)
        return -reach, reach, -size, size
    if kind is LimitKind.MAXIMUM:
        high = min(max(limit + (_ROOM - 1) * size, high_end + 0.05 * size), limit + (_MOST - 1) * size)
        low = min(0.0, limit - size)
        return low, high, low, limit
    low = max(min(limit - (_ROOM - 1) * size, low_end - 0.05 * size), limit - (_MOST - 1) * size)
    high = max(limit + (_ROOM - 1) * size, high_end + 0.05 * size)
    return low, high, limit, high
