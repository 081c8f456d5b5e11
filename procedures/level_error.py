"""The error of one level as a finding, in the expressions that the standards ask for.

Percent of the reference, of the span, or of full scale, and the difference itself: in percent for CO2, O2 and H2O, in ppm
for other gases, as 40 CFR 60 and 75 write their limits. The span is the device's full scale.
"""

from __future__ import annotations

from typing import Any, Literal

from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.amount import UnitError, conversion
from testbench.metrology.coverage import expand
from testbench.metrology.indication_error import Expressed, IndicationLevel

Metric = Literal["percent_of_reference_mean", "percent_of_nominal", "percent_of_span", "percent_of_full_scale", "absolute"]

IN_PERCENT = frozenset({"CO2", "O2", "H2O"})


def rule_unit(device: DeviceInfo) -> tuple[str, float]:
    """Unit in which EPA's rules state differences of this measurand, and the factor into it; the device's own for others."""
    unit = "%" if device.measurand in IN_PERCENT else "ppm"
    try:
        return unit, conversion(device.unit, unit)
    except UnitError:
        return device.unit, 1.0


def daily_metric(device: DeviceInfo) -> Metric:
    """How a daily check is judged: in percent by volume for CO2, O2 and H2O, in percent of span for the others."""
    return "absolute" if device.measurand in IN_PERCENT and rule_unit(device)[0] == "%" else "percent_of_span"


def level_finding(
    device: DeviceInfo,
    characteristic: str,
    error: IndicationLevel,
    *,
    metric: Metric,
    index: str,
    signed: bool = True,
    of: int = 1,
    details: dict[str, Any] | None = None,
) -> Finding:
    """The finding of one level, in `metric`, with every other expression beside it.

    `signed` keeps indication − reference, else its magnitude is given. `of` says of how many levels it is the largest.
    Raises ValueError where `metric` is of a reference that is not above zero.
    """
    expressed = _expressed(device, error, signed=signed, of=of)
    if metric not in expressed:
        raise ValueError(f"the reference is {error.reference:g} {device.unit}; nothing can be in percent of it")
    own = expressed[metric]
    unit, factor = rule_unit(device)
    return Finding(
        device.name,
        characteristic,
        own["value"],
        own["unit"],
        expanded_uncertainty=own["expanded_uncertainty"],
        coverage_factor=expand(error.absolute.standard_uncertainty, error.absolute.degrees_of_freedom, of=of).factor,
        index=index,
        details={
            "unit": device.unit,
            "reference": error.reference,
            "indication": error.indication,
            "injections": error.readings,
            "runs_done": error.readings,
            "budget": _budget(device, error, metric),
            "variables": {
                "difference": abs(error.absolute.value) * factor,
                "mean_reference": error.reference * factor,
                "reference_mean": error.reference * factor,
                "span": device.full_scale * factor,
                "full_scale": device.full_scale * factor,
            },
            "difference_unit": unit,
            "expressed": expressed,
            **(details or {}),
        },
    )


def _budget(device: DeviceInfo, error: IndicationLevel, metric: Metric) -> dict[str, float]:
    """The influences in the unit of the finding: that of the metric it is expressed in."""
    if metric in ("percent_of_span", "percent_of_full_scale"):
        return dict(error.percent_fs.budget)
    if metric == "absolute" or error.relative is None:
        return {name: rule_unit(device)[1] * share for name, share in error.absolute.budget.items()}
    return dict(error.relative.budget)


def _expressed(device: DeviceInfo, error: IndicationLevel, *, signed: bool, of: int) -> dict[str, dict[str, Any]]:
    unit, factor = rule_unit(device)
    expressed = {
        "percent_of_span": _expression(error.percent_fs, "%", signed=signed, of=of),
        "percent_of_full_scale": _expression(error.percent_fs, "%F.S.", signed=signed, of=of),
        "absolute": _expression(error.absolute, unit, signed=signed, of=of, factor=factor),
    }
    if error.relative is not None:
        for metric in ("percent_of_reference_mean", "percent_of_nominal"):
            expressed[metric] = _expression(error.relative, "%", signed=signed, of=of)
    return expressed


def _expression(error: Expressed, unit: str, *, signed: bool, of: int, factor: float = 1.0) -> dict[str, Any]:
    value = error.value if signed else abs(error.value)
    uncertainty = expand(error.standard_uncertainty, error.degrees_of_freedom, of=of).uncertainty
    return {"value": value * factor, "unit": unit, "expanded_uncertainty": uncertainty * factor}
