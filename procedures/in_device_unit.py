"""A finding in percent of full scale, expressed in the unit of the device too: for limits in vol % or µmol/mol."""

from __future__ import annotations

from collections.abc import Mapping

from testbench.engine.steps import DeviceInfo


def absolute(device: DeviceInfo, percent_fs: float, expanded: float | None = None) -> Mapping[str, object]:
    """What `details["expressed"]` has of a value, and of its expanded uncertainty, both in percent of full scale."""
    share = device.full_scale / 100.0
    uncertainty = None if expanded is None else share * expanded
    return {"absolute": {"value": share * percent_fs, "unit": device.unit, "expanded_uncertainty": uncertainty}}
