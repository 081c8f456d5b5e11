"""Adjusts one device under test, by its command or by a person."""

from __future__ import annotations

from collections.abc import Callable

from testbench.engine.operator import Operator
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device
from testbench.engine.steps import DeviceInfo, Reading
from testbench.errors import InstrumentError

LEAST_SPAN = 0.05  # of full scale: with less indicated a span cannot be adjusted


def adjust_device(
    device: Device,
    info: DeviceInfo,
    point: Adjustment,
    reading: Reading,
    operator: Operator,
    event: Callable[[str, str], None],
) -> str | None:
    """Adjust a device to the reference of a reading and return by whom; None where it was not possible: `event` says why."""
    if reading.indication is None or reading.reference is None:
        event("adjustment", f"{info.name}: {point} not adjusted, there was no reading")
        return None
    indicated, target = reading.indication.value, reading.reference.value
    if point is Adjustment.SPAN and not abs(indicated - info.low) > LEAST_SPAN * info.full_scale:
        event(
            "adjustment",
            f"{info.name}: {point} not adjusted: it cannot be brought from {indicated:.4g} to {target:.4g} {info.unit}; "
            "does span gas reach it?",
        )
        return None
    try:
        device.adjust(point, indicated, target)
    except AdjustmentByOperatorError:
        return operator.adjust(info.name, point, indicated, target, info.unit)
    except InstrumentError as error:
        event("adjustment", f"{info.name}: {point} not adjusted: {error}")
        return None
    return "command"
