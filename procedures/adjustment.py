"""Adjustment of zero and span before a test: zero gas until stable, set zero; span gas until stable, set span."""

from __future__ import annotations

from dataclasses import dataclass

from testbench.engine.bench import Bench
from testbench.engine.roles import Adjustment
from testbench.engine.steps import Adjustments, DeviceInfo
from testbench.metrology.linearity import AdjustmentPoint


@dataclass(frozen=True, slots=True)
class ZeroAndSpan:
    """The two adjustments that a test rests on."""

    zero: Adjustments
    span: Adjustments


def adjust_zero_and_span(bench: Bench, span: float, *, average_s: float = 60.0) -> ZeroAndSpan:
    """Adjust zero, then span at a fraction of full scale, each on settled gas."""
    bench.zero_gas()
    bench.settle()
    zero = bench.adjust(Adjustment.ZERO, average_s=average_s)
    bench.supply(span)
    bench.settle()
    return ZeroAndSpan(zero, bench.adjust(Adjustment.SPAN, average_s=average_s))


def adjustment_point(adjustments: Adjustments, device: DeviceInfo) -> AdjustmentPoint:
    """Gas and indication that one device was adjusted with; ValueError where it could not be adjusted."""
    adjusted = adjustments.devices[device.name]
    if adjusted.before is None or adjusted.reference is None:
        raise ValueError(f"{adjusted.point} could not be adjusted: there was no reading")
    return AdjustmentPoint(reference=adjusted.reference, indication=adjusted.before)
