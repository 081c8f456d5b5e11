"""Between which numbers a reading can lie that is entered: beyond them it was mistyped, or is in another unit."""

from __future__ import annotations

from collections.abc import Sequence

from testbench.engine.steps import DeviceInfo

FULL_SCALES = 10.0
"""A device, or a reference method beside it, reads no more than so many full scales."""


def reach(devices: Sequence[DeviceInfo]) -> tuple[float, float]:
    """The least and the largest number that is taken, by the largest full scale of the devices."""
    full_scale = max(device.full_scale for device in devices)
    return -full_scale, FULL_SCALES * full_scale
