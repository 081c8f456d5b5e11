"""What drivers that set a condition of the environment have in common: range, tolerance, times, and what is left behind.

The profile says what holds for the instrument (`ControlTerms`); the table of the station file may say otherwise
(`ControlKeys`). What they leave behind at every end of a run is the value `leave_at`: mains voltage, room temperature.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from instruments.station_keys import DriverSettings
from testbench.engine.roles import SafeOutcome
from testbench.errors import InputError, InstrumentError, UnsuppliableError, explain


class NotTakenError(InstrumentError):
    """The instrument answers, but refused a setting or reads back another."""


class ControlTerms(BaseModel):
    """The terms of a control, in the unit of its condition.

    It can be set within `range`. It is there when all readings of `stable_s` are within `tolerance`, which takes `reach_s`
    at most. `leave_at` is its safe state. `expanded_uncertainty` (k = 2) is that of its readings; 0 where none is stated.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    range: tuple[float, float]
    tolerance: float = Field(gt=0, allow_inf_nan=False)
    stable_s: float = Field(ge=0, le=86400, allow_inf_nan=False)
    reach_s: float = Field(gt=0, le=86400, allow_inf_nan=False)
    leave_at: float
    expanded_uncertainty: float = Field(default=0.0, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _leaves_what_it_can_set(self) -> ControlTerms:
        low, high = self.range
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"range must be [low, high] with low < high, got {list(self.range)}")
        if not low <= self.leave_at <= high:
            raise ValueError(f"leave_at is {self.leave_at:g}, outside the range {low:g} to {high:g}")
        return self

    def converted(self, gain: float, offset: float) -> ControlTerms:
        """The terms in another unit: value · gain + offset."""
        low, high = (end * gain + offset for end in self.range)
        return self.model_copy(
            update={
                "range": (low, high),
                "tolerance": self.tolerance * gain,
                "leave_at": self.leave_at * gain + offset,
                "expanded_uncertainty": self.expanded_uncertainty * gain,
            }
        )


class ControlKeys(DriverSettings):
    """Keys of an `[environment.NAME]` table for what its profile says otherwise; all in the unit of the table."""

    limits: tuple[float, float] | None = Field(default=None, description="lowest and highest value that may be set")
    tolerance: float | None = Field(default=None, gt=0, description="how far readings may be from the value set")
    stable_s: float | None = Field(default=None, ge=0, le=86400, description="for how long they must be within it, s")
    reach_s: float | None = Field(default=None, gt=0, le=86400, description="longest time until then, s")
    expanded_uncertainty: float | None = Field(default=None, ge=0, description="of the readings, k = 2")

    def terms(self, usual: ControlTerms) -> ControlTerms:
        """The terms as stated here, else the usual ones; raises InputError for limits beyond what the instrument can."""
        low, high = usual.range
        if self.limits is not None and not low <= self.limits[0] < self.limits[1] <= high:
            raise InputError(f"limits {list(self.limits)} are not within what the instrument can set, {low:g} to {high:g}")
        stated = {key: getattr(self, key, None) for key in ControlTerms.model_fields} | {"range": self.limits}
        kept = {key: getattr(usual, key) for key in ControlTerms.model_fields}
        try:
            return ControlTerms(**kept | {key: value for key, value in stated.items() if value is not None})
        except ValidationError as error:
            raise InputError(f"what is stated of the control does not go together: {explain(error)}") from None


class LeavingControlKeys(ControlKeys):
    """The keys of a control that leaves a value of its own behind."""

    leave_at: float | None = Field(default=None, description="value that is left behind at the end of a run")


class ControlledCondition(ABC):
    """The role `ConditionControl` for a driver that says how a value is put and read back (`_put`)."""

    name: str
    unit: str
    quantity: str

    def take(self, terms: ControlTerms) -> None:
        """Keep the terms."""
        self.low, self.high = terms.range
        self.tolerance = terms.tolerance
        self.stable_s = terms.stable_s
        self.reach_s = terms.reach_s
        self.leave_at = terms.leave_at
        self.uncertainty = terms.expanded_uncertainty / 2.0

    @property
    def safe_state(self) -> str:
        """The safe state in words."""
        return f"{self.quantity} set to {self.leave_at:g} {self.unit}"

    def check(self, value: float) -> None:
        """Raise UnsuppliableError, naming the range, for a value that cannot be set."""
        if not self.low <= value <= self.high:  # NaN is refused as well
            raise UnsuppliableError(
                f"{self.name}: {self.quantity} can be set from {self.low:g} to {self.high:g} {self.unit}, not to {value:g}"
            )

    def set_condition(self, value: float) -> None:
        """Set the condition, and see that the instrument has taken it; raises UnsuppliableError or InstrumentError."""
        self.check(value)
        self._put(value)

    def drive_safe(self) -> SafeOutcome:
        """Set what is left behind; verified where the set-point is read back."""
        try:
            shown = self._put(self.leave_at)
        except NotTakenError as error:
            return SafeOutcome(self.name, self.safe_state, verified=False, read_back=str(error))
        if shown is None:
            return SafeOutcome(self.name, self.safe_state, verified=False, read_back="its set-point cannot be read back")
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back=f"set-point {shown:g} {self.unit}")

    @abstractmethod
    def _put(self, value: float) -> float | None:
        """Set a value; return the set-point that was read back and found right, None where none can be read.

        Raises NotTakenError where the instrument does not take it.
        """
