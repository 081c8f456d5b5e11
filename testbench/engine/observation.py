"""What the readings of a window say: mean indications, the reference gas, evidence of stability, response curves.

Everything is computed from readings that the record holds: those in the sampler's memory while a run goes on, or those
loaded when it is computed anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from testbench.engine.roles import Device, GasDivider, GasMeter
from testbench.engine.steps import Curve, DeviceInfo, Reading, Settled, Supplied, Window
from testbench.errors import InstrumentError
from testbench.metrology.amount import from_fraction
from testbench.metrology.average import average
from testbench.metrology.measurand import from_si
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.settling import settled

SETTING = "divider.setting."  # influences that are new with every setting of the gas


class Readable(Protocol):
    """The readings of one channel, in the sampler's memory or loaded from the record."""

    def between(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values (NaN where it is no valid reading) with start <= time <= end."""
        ...


class Observation:
    """Looks at the readings of the devices under test and of the divider."""

    def __init__(
        self,
        series: Mapping[str, Readable],
        devices: Sequence[Device],
        information: Sequence[DeviceInfo],
        given_up: Callable[[str], bool],
    ) -> None:
        self.series = series
        self.channels: Mapping[str, str] = {device.name: device.channel for device in devices}
        self.intervals: Mapping[str, float] = {device.name: device.source.interval_s for device in devices}
        self._information = information
        self._given_up = given_up

    def silent(self, device: str) -> bool:
        """Whether a device was given up because it does not answer."""
        return self._given_up(self.channels[device])

    def displayed(self, device: str, time: float) -> float | None:
        """The value displayed at a moment; None where it is a gap."""
        return self.value(self.channels[device], time)

    def value(self, channel: str, time: float) -> float | None:
        """The reading of a channel at a moment; None where it is a gap."""
        _, values = self.series[channel].between(time, time)
        return None if len(values) == 0 or math.isnan(values[-1]) else float(values[-1])

    def curve(self, device: str, window: Window) -> Curve:
        """All readings of a device in a window."""
        return as_curve(*self.series[self.channels[device]].between(window.start, window.end))

    # ---- stability ----------------------------------------------------------------------------------------------------

    def evidence(self, now: float, window_s: float, tolerance_percent_fs: float) -> dict[str, Settled]:
        """Evidence of each device's stability in the last `window_s`."""
        evidence = {}
        for info in self._information:
            times, values = self.series[self.channels[info.name]].between(now - window_s, now)
            found = settled(times, values, tolerance=tolerance_percent_fs / 100.0 * info.full_scale)
            scatter = found.noise * math.sqrt(4.0 / max(1, int(np.count_nonzero(~np.isnan(values)))))
            missing = abs(found.residual) if abs(found.shift) > 2.0 * scatter else 0.0
            evidence[info.name] = Settled(found.stable, found.shift, found.allowed, found.residual, missing)
        return evidence

    def stable(self, evidence: Mapping[str, Settled]) -> bool:
        """Whether every device that answers is stable."""
        return all(found.stable for name, found in evidence.items() if not self.silent(name))

    # ---- means --------------------------------------------------------------------------------------------------------

    def indication(self, info: DeviceInfo, window: Window, *, influence: str, missing: float) -> Reading:
        """Mean indication of a device in a window, without a reference.

        `influence` begins the names of what is uncertain in it; `missing` is how far the device may still be from its final
        value (rectangular half-width, in its unit).
        """
        _, values = self.series[self.channels[info.name]].between(window.start, window.end)
        count = int(np.count_nonzero(~np.isnan(values)))
        gaps = len(values) - count
        if count == 0:
            return Reading(None, None, 0, gaps)
        independent = min(count, math.floor((window.end - window.start) / info.update_s + 1e-9) + 1)
        mean = average(values, resolution=info.resolution, independent=independent, influence=influence, unit=info.unit)
        indication = mean.quantity
        if missing > 0.0:
            settling = {f"{influence}.settling": Component(missing / math.sqrt(3.0))}
            indication = Quantity(indication.value, indication.unit, dict(indication.components) | settling)
        return Reading(indication, None, count, gaps, mean.standard_deviation)

    def content(self, divider: GasDivider, gas: Supplied, window: Window) -> Quantity | None:
        """Content of the gas (mol/mol) by what the divider's sources read in a window; None where one of them is missing.

        Of a gas that was connected by hand it is what was stated of it.
        """
        if gas.other is not None and gas.other.by_hand:
            return gas.predicted
        means = self._means(divider, window)
        if any(math.isnan(mean) for mean in means.values()):
            return None
        return divider.reference(gas.component, means, gas.setting)

    def total_flow(self, divider: GasDivider, window: Window) -> float:
        """Mean flow of the gas in a window, L/min.

        Of a divider that is no `GasMeter` it is the sum of its sources' first channels, in their unit.

        Raises InstrumentError where one of its sources gave no reading.
        """
        means = self._means(divider, window)
        for source in divider.sources:
            if math.isnan(means[source.channels[0].name]):
                raise InstrumentError(f"{source.name}: gave no reading of its flow")
        if isinstance(divider, GasMeter):
            return math.fsum(divider.drawn(means).values())
        return math.fsum(means[source.channels[0].name] for source in divider.sources)

    def _means(self, divider: GasDivider, window: Window) -> dict[str, float]:
        """Mean reading of every channel of a divider's sources; NaN where there is none."""
        means = {}
        for name in (channel.name for source in divider.sources for channel in source.channels):
            _, values = self.series[name].between(window.start, window.end)
            means[name] = float(np.nanmean(values)) if np.any(np.isfinite(values)) else math.nan
        return means


def as_curve(times: NDArray[np.float64], values: NDArray[np.float64]) -> Curve:
    """Readings as a curve: a value that is NaN is a gap."""
    return Curve(tuple(times.tolist()), tuple(None if math.isnan(value) else value for value in values.tolist()))


def in_unit(reference: Quantity | None, unit: str) -> Quantity | None:
    """A reference in the SI unit of its kind (mol/mol, m/s, m³/s), in a device's unit."""
    return None if reference is None else reference.scaled(from_si(unit), unit)


def setting_reproducibility(gas: Supplied | None, unit: str) -> float:
    """Standard deviation of the gas from one setting to the next, in a device's unit."""
    if gas is None:
        return 0.0
    parts = gas.predicted.components
    u = math.sqrt(math.fsum(c.contribution**2 for name, c in parts.items() if name.startswith(SETTING)))
    return float(from_fraction(u, unit))
