"""The truth tables of a station file: what each simulated thing really is. Wrong keys or values are StationErrors.

All percentages of full scale refer to `range` of the device's table; days count from the start of bench time.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from testbench.errors import StationError, explain

Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Drawn = Literal["drawn"]


class Truth(BaseModel):
    """A truth table; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AnalyserTruth(Truth):
    """What a simulated analyser is. Defaults: an analyser without errors or noise, T90 30 s, renewed every second.

    With x = (content - low) / full scale and d = days since the start, its indication in percent of full scale is
    100 x + z + g x + 4 L x (1 - x) + d [dz (1 - x) + ds x] + cross-sensitivities, before dynamics; positive reads high. The
    content of a device of NOx is that of NOx and NO, and of NO2 as far as its converter turns it into NO.
    """

    lag_s: NotNegative = Field(default=0.0, description="pure delay before the indication moves, s")
    t90_rise_s: Positive = Field(
        default=30.0, description="time from the change at the inlet to 90 % of the step, lag included, s"
    )
    t90_fall_s: Positive = Field(default=30.0, description="the same for a falling content, s")
    noise_percent_fs: NotNegative = Field(default=0.0, description="standard deviation of one update, white")
    update_s: Annotated[float, Field(ge=0.01, allow_inf_nan=False)] = Field(
        default=1.0, description="interval of updates, s"
    )
    average_s: NotNegative = Field(default=0.0, description="it shows the mean of the updates of so long a time, s")
    linearity_percent_fs: Finite = Field(default=0.0, description="L, departure at mid-scale")
    zero_offset_percent_fs: Finite = Field(default=0.0, description="z")
    gain_error_percent: Finite = Field(default=0.0, description="g")
    zero_drift_percent_fs_per_day: Finite = Field(default=0.0, description="dz")
    span_drift_percent_fs_per_day: Finite = Field(default=0.0, description="ds, total shift at full scale")
    cross_sensitivity: dict[str, Finite] = Field(
        default={}, description="component -> shift in percent of full scale for each 1 % (cmol/mol) of it in the gas"
    )
    influence: dict[str, Finite] = Field(
        default={}, description="condition -> shift in percent of full scale for each unit it is away from where it began"
    )
    influence_gain: dict[str, Finite] = Field(
        default={}, description="condition -> change in percent of the content for each unit it is away from where it began"
    )
    converter_efficiency_percent: Annotated[Finite, Field(ge=0, le=120)] | None = Field(
        default=None, description="of a device of NOx: the share of NO2 that its converter turns into NO; default 100"
    )

    @model_validator(mode="after")
    def _lag_is_part_of_t90(self) -> AnalyserTruth:
        for key, t90 in (("t90_rise_s", self.t90_rise_s), ("t90_fall_s", self.t90_fall_s)):
            if not t90 > self.lag_s:
                raise ValueError(f"{key} ({t90:g} s) includes lag_s ({self.lag_s:g} s) and must be larger")
        return self


class ControllerTruth(Truth):
    """Relative error of a controller's flow in percent, or "drawn" from its stated expanded uncertainty (normal, k = 2)."""

    flow_error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = 0.0


class DividerTruth(Truth):
    """Relative errors of a divider in one box in percent, or "drawn" from its stated expanded uncertainty (normal, k = 2).

    Of the flow of every port (drawn for each), where it is told flows; of the content, where it is told a content.
    """

    flow_error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = 0.0
    content_error_percent: Annotated[Finite, Field(gt=-100)] | Drawn = 0.0


class CylinderTruth(Truth):
    """Relative error of a cylinder's content in percent, or "drawn" (normal, k = 2); impurity of a zero gas, µmol/mol.

    "drawn" impurity is rectangular from 0 to the largest that the certificate admits.
    """

    error_percent: Annotated[Finite, Field(ge=-100)] | Drawn = 0.0
    impurity_umol_per_mol: NotNegative | Drawn = "drawn"


class LineTruth(Truth):
    """Delay and mixing of the simulated line where they differ from what the station states, s."""

    delay_s: NotNegative | None = None
    mixing_s: NotNegative | None = None


class SensorTruth(Truth):
    """Value of an ambient or supply condition in the unit of its table, with white noise (standard deviation) if any.

    When it is set it goes to its new value like exp(-t / settling_s); 0 is at once.
    """

    value: Finite
    noise: NotNegative = 0.0
    update_s: Positive = 1.0
    settling_s: NotNegative = 0.0


T = TypeVar("T", bound=BaseModel)


def read_truth(model: type[T], values: Mapping[str, Any] | None, place: str) -> T:
    """Check one truth table; `place` names it in the error, for example "[devices.A.truth]"."""
    try:
        return model.model_validate(dict(values or {}))
    except ValidationError as error:
        unknown = [str(item["loc"][-1]) for item in error.errors() if item["type"] == "extra_forbidden"]
        near = difflib.get_close_matches(unknown[0], model.model_fields, n=1) if unknown else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise StationError(f"{place}: {explain(error)}{hint}; keys are {', '.join(model.model_fields)}") from error
