"""The bench as a procedure sees it: every call is a step, and every step is in the journal before the procedure goes on.

Two benches answer the same calls: the live one (testbench.engine.live) drives instruments and samples them, the dry one
(testbench.engine.dry) answers from a model and lists what would be done. A procedure takes time, chance and outside facts
from these calls alone. Levels are fractions of the devices' full scale, times are seconds of bench time.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Concatenate, ParamSpec

from testbench.engine.entering import Entered, Form
from testbench.engine.operator import Prompt
from testbench.engine.roles import Adjustment
from testbench.engine.steps import (
    Adjustments,
    Answer,
    Averages,
    Conditions,
    ConditionSet,
    DeviceInfo,
    Displayed,
    Leak,
    Settling,
    Supplied,
    Transition,
    VelocitySet,
    Window,
)
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.station import Line

Given = ParamSpec("Given")  # what a finding is computed from

DAY_S = 86400.0
VELOCITY_TIMEOUT_S = 600.0  # of bench time, until a velocity must be reached
RESPONSES_TO_WAIT = 3.0  # a first-order device is then within 0.1 % of the step, also where noise hides the rest


def fastest_s(devices: Sequence[DeviceInfo]) -> float:
    """Sampling interval of a step response, s: 10 Hz, or the quickest device's own update."""
    return min(max(0.1, info.update_s) for info in devices)


def least_dwell_s(line: Line, devices: Sequence[DeviceInfo]) -> float:
    """What passes at least after a change of gas, s: the line's delay and three times the largest response time."""
    return (line.delay_s or 0.0) + RESPONSES_TO_WAIT * max(info.response_time_s for info in devices)


class Bench(ABC):
    """What a procedure can ask of the bench. All devices share one gas stream, or one duct, and are read together."""

    devices: tuple[DeviceInfo, ...]
    line: Line
    _adjustable: bool = True

    # ---- preparation ------------------------------------------------------------------------------------------------

    @abstractmethod
    def warm_up(self, duration_s: float) -> Window:
        """Let the devices warm up on zero gas, read once a minute."""

    @abstractmethod
    def leak_check(self, limit_percent: float) -> Leak:
        """Compare the flow at the exhaust with the flow set; InstrumentError if more than `limit_percent` is missing."""

    @abstractmethod
    def check_conditions(self) -> Conditions:
        """Read (or ask for) the ambient and supply conditions; those that the standard forbids are noted on the findings."""

    @abstractmethod
    def set_condition(self, quantity: str, value: float) -> ConditionSet:
        """Set an ambient or supply condition, and wait until it is there; return what was reached.

        By its instrument where the station has one: raises UnsuppliableError for what that cannot set, before anything is
        touched. Else by a person, who enters what was reached. A condition that is not reached in time is noted on the
        findings of the run.
        """

    @abstractmethod
    def ask(self, prompt: Prompt) -> Answer:
        """Ask the operator."""

    @abstractmethod
    def enter(self, form: Form) -> Entered:
        """Have a table filled in by a person: what the bench cannot measure itself, or what was measured elsewhere."""

    # ---- gas ----------------------------------------------------------------------------------------------------------

    @abstractmethod
    def supply(self, fraction: float) -> Supplied:
        """Set the gas to a fraction of full scale; raises UnsuppliableError for what the divider cannot make."""

    @abstractmethod
    def supply_other(self, component: str, content: float, *, fraction: float = 0.0) -> Supplied:
        """Set a gas that holds a component which is not the measurand, at a content in mol/mol.

        With `fraction` the gas holds the measurand too, at this fraction of full scale. The divider makes it where a
        cylinder of the component is connected to it and its range allows; else a person is asked to connect it by hand, and
        to state its content. The reference of the readings that follow is the content of the measurand, 0 without
        `fraction`; what was supplied beside it is `Supplied.other`. Raises InputError for the measurand itself.
        """

    @abstractmethod
    def zero_gas(self) -> Supplied:
        """Set zero gas."""

    @abstractmethod
    def purge(self, duration_s: float) -> Window:
        """Flush the line with zero gas."""

    # ---- velocity -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def set_velocity(self, velocity: float, *, timeout_s: float = VELOCITY_TIMEOUT_S) -> VelocitySet:
        """Set the velocity of the flow rig, m/s, and wait until the reference is there and stands still; 0 stops the fan.

        Raises UnsuppliableError for a velocity that the rig cannot make, before the fan is touched. The evidence is
        returned, also when the time ran out: the reference is measured all the same.
        """

    # ---- reading ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def settle(
        self, *, tolerance_percent_fs: float = 0.05, window_s: float = 120.0, timeout_s: float = 1800.0, every_s: float = 5.0
    ) -> Settling:
        """Wait until every device's indication is stable.

        At least the line's delay and three times the largest response time to reckon with pass first; then the two halves
        of the last `window_s` must agree within the tolerance or within what noise explains. The evidence is returned,
        also when the time ran out.
        """

    @abstractmethod
    def average(self, duration_s: float, *, every_s: float = 1.0) -> Averages:
        """Average the indications and the reference over a time."""

    @abstractmethod
    def read(self) -> Displayed:
        """Read the displayed values, once."""

    @abstractmethod
    def transition(self, before: float, after: float, *, average_s: float = 30.0, timeout_s: float = 1800.0) -> Transition:
        """Settle at one level, switch to another, watch until stable there: one step, never joined in its middle."""

    @abstractmethod
    def wait(self, duration_s: float) -> Window:
        """Wait, reading everything once a minute (on a real bench once a second)."""

    @abstractmethod
    def wait_until(self, time_s: float) -> Window:
        """Wait until a bench time."""

    # ---- adjustment ---------------------------------------------------------------------------------------------------

    def adjust(self, point: Adjustment, *, average_s: float = 60.0) -> Adjustments:
        """Adjust all devices to the gas that is flowing: by command, or by the operator. Forbidden in `unadjusted`."""
        if not self._adjustable:
            raise InputError(f"{point} adjustment inside an interval that must stay unadjusted: the procedure is wrong")
        return self._adjust(point, average_s)

    @abstractmethod
    def _adjust(self, point: Adjustment, average_s: float) -> Adjustments: ...

    @contextmanager
    def unadjusted(self) -> Iterator[None]:
        """Mark an interval in which no device may be adjusted."""
        self._adjustable = False
        try:
            yield
        finally:
            self._adjustable = True

    # ---- findings -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def report(self, finding: Finding) -> None:
        """Put a finding into the record."""

    def determine(
        self,
        device: DeviceInfo,
        characteristic: str,
        unit: str,
        compute: Callable[Concatenate[DeviceInfo, str, Given], Finding],
        *arguments: Given.args,
        **named: Given.kwargs,
    ) -> None:
        """Report what `compute(device, characteristic, …)` finds from the arguments given.

        A ValueError is why it cannot be determined; it is reported as a finding without a value, in `unit`. So is a finding
        whose value or uncertainty is infinite or no number.
        """
        try:
            finding = compute(device, characteristic, *arguments, **named)
            _check_finite(finding)
        except ValueError as error:
            finding = Finding(device.name, characteristic, None, unit, notes=(str(error),))
        self.report(finding)


def _check_finite(finding: Finding) -> None:
    """Raise ValueError for a finding with a number that is infinite or none, which could be neither recorded nor judged."""
    low, high = finding.interval or (None, None)
    numbers = {
        "value": finding.value,
        "expanded uncertainty": finding.expanded_uncertainty,
        "lower end of the interval": low,
        "upper end of the interval": high,
    }
    for name, number in numbers.items():
        if number is not None and not math.isfinite(number):
            raise ValueError(f"the {name} is {number:g}: there is no result with an uncertainty in these readings")
