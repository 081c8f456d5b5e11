"""The components that devices measure: no gas that holds one of them tells of an interference."""

from __future__ import annotations

from collections.abc import Iterable

from testbench.engine.steps import DeviceInfo

SUMS = {"nox": ("no", "no2")}
"""Measurands that are sums of components."""


def measured_components(devices: Iterable[DeviceInfo]) -> frozenset[str]:
    """The measurands of the devices and the components that they are sums of, in small letters."""
    measurands = {device.measurand.casefold() for device in devices}
    return frozenset(measurands.union(*(SUMS.get(measurand, ()) for measurand in measurands)))
