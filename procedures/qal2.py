"""QAL2 (EN 14181:2014): calibration function from parallel measurements, its valid range, and the test of variability.

At least 15 valid pairs over three days within four weeks; 18 are taken. The function is found by method A, B or C, as the
spread of the references asks; s_D of the differences at standard conditions is held against σ0·k_v. R² of at least 0.9 is
guidance: the variability decides.
"""

from __future__ import annotations

from procedures.parallel_measurements import Parallel, ParallelSettings, take_parallel
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.coverage import standard_deviation_interval
from testbench.metrology.qal2 import CalibrationFunction, Pair, calibration_function, variability


class Qal2Settings(ParallelSettings):
    """How many measurements on how many days."""

    pairs: int = setting(15, title=Text(zh="平行测量次数", en="parallel measurements"), ge=3, le=200, join="most")
    days: int = setting(3, unit="d", title=Text(zh="分布天数", en="days that they spread over"), ge=1, le=28, join="most")


@procedure(
    "qal2",
    title=Text(zh="QAL2 校准与变异性检验", en="QAL2 calibration and test of variability"),
    roles=("divider",),
    characteristics=(
        "qal2_variability",
        "calibration_r_squared",
        "calibration_slope",
        "calibration_intercept",
        "calibration_valid_range",
        "calibration_pairs",
    ),
)
def qal2(bench: Bench, settings: Qal2Settings) -> None:
    """Calibration function and its valid range, and the scatter of its differences in percent of what is permitted."""
    bench.check_conditions()
    title = Text(zh="QAL2 平行测量", en="Parallel measurements of QAL2")
    taken = take_parallel(bench, settings, title=title, count=settings.pairs, days=settings.days, gas=True)
    for device in bench.devices:
        bench.determine(device, "qal2_variability", "%", _variability, taken, settings)
        bench.determine(device, "calibration_r_squared", "1", _r_squared, taken, settings)
        bench.determine(device, "calibration_slope", "1", _slope, taken, settings)
        bench.determine(device, "calibration_intercept", device.unit, _intercept, taken, settings)
        bench.determine(device, "calibration_valid_range", device.unit, _valid_range, taken, settings)
        bench.determine(device, "calibration_pairs", "1", _pairs, taken, settings)


def _function(device: DeviceInfo, taken: Parallel, settings: Qal2Settings) -> tuple[list[Pair], CalibrationFunction]:
    """The pairs and their function; methods B and C use the gas that was read beside them."""
    pairs = taken.pairs(device, settings)
    function = calibration_function(
        pairs,
        limit_value=settings.limit_for(device),
        permitted_percent=settings.permitted_for(device),
        zero_signal=taken.zero_signal(device),
        reference_gas=taken.reference_gas(device),
    )
    return pairs, function


def _details(device: DeviceInfo, pairs: list[Pair], function: CalibrationFunction) -> dict[str, object]:
    return {
        "unit": device.unit,
        "method": function.method.value,
        "slope": function.slope,
        "intercept": function.intercept,
        "valid_upper": function.valid_upper,
        "spread": function.spread,
        "pairs": [
            {
                "signal": pair.signal,
                "reference": pair.reference,
                "standard_reference": pair.standard_reference,
                "standard_calibrated": function(pair.signal) * pair.to_standard,
            }
            for pair in pairs
        ],
    }


def _variability(device: DeviceInfo, characteristic: str, taken: Parallel, settings: Qal2Settings) -> Finding:
    pairs, function = _function(device, taken, settings)
    limits = {"limit_value": settings.limit_for(device), "permitted_percent": settings.permitted_for(device)}
    result = variability(pairs, function, **limits)
    share = 100.0 / result.permitted
    low, high = standard_deviation_interval(result.standard_deviation, len(pairs))
    value = result.percent_of_permitted
    return Finding(
        device.name,
        characteristic,
        value,
        "%",
        interval=(share * low, share * high),
        details=_details(device, pairs, function)
        | limits
        | {
            "standard_deviation": result.standard_deviation,
            "mean_difference": result.mean_difference,
            "sigma0": result.sigma0,
            "k_v": result.k_v,
            "permitted_deviation": result.permitted,
        },
    )


def _r_squared(device: DeviceInfo, characteristic: str, taken: Parallel, settings: Qal2Settings) -> Finding:
    pairs, function = _function(device, taken, settings)
    if function.r_squared is None:
        raise ValueError("signals or references are all equal, so there is no coefficient of determination")
    return Finding(device.name, characteristic, function.r_squared, "1", details=_details(device, pairs, function))


def _slope(device: DeviceInfo, characteristic: str, taken: Parallel, settings: Qal2Settings) -> Finding:
    _, function = _function(device, taken, settings)
    return Finding(device.name, characteristic, function.slope, "1", details={"method": function.method.value})


def _intercept(device: DeviceInfo, characteristic: str, taken: Parallel, settings: Qal2Settings) -> Finding:
    _, function = _function(device, taken, settings)
    return Finding(device.name, characteristic, function.intercept, device.unit, details={"method": function.method.value})


def _valid_range(device: DeviceInfo, characteristic: str, taken: Parallel, settings: Qal2Settings) -> Finding:
    _, function = _function(device, taken, settings)
    details = {"lower": 0.0, "upper": function.valid_upper, "limit_value": settings.limit_for(device)}
    return Finding(device.name, characteristic, function.valid_upper, device.unit, details=details)


def _pairs(device: DeviceInfo, characteristic: str, taken: Parallel, settings: Qal2Settings) -> Finding:
    return Finding(device.name, characteristic, float(len(taken.pairs(device, settings))), "1")
