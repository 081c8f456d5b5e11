"""Annual surveillance test, AST (EN 14181:2014): variability, and whether the calibration function of QAL2 still holds.

At least five parallel measurements in one day; s_D ≤ 1.5·σ0·k_v and |D̄| ≤ t(0.95; N − 1)·s_D/√N + σ0.
"""

from __future__ import annotations

from procedures.parallel_measurements import Parallel, ParallelSettings, take_parallel
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.coverage import standard_deviation_interval
from testbench.metrology.qal2 import CalibrationFunction, Method, SurveillanceTest, surveillance_test


class AnnualSurveillanceSettings(ParallelSettings):
    """The calibration function of the last QAL2, and how many measurements are made."""

    slope: float = setting(1.0, title=Text(zh="校准函数斜率 b", en="slope b of the calibration function"))
    intercept: float = setting(
        0.0,
        title=Text(zh="校准函数截距 a（被测仪器的单位）", en="intercept a of the calibration function, unit of the device"),
    )
    pairs: int = setting(5, title=Text(zh="平行测量次数", en="parallel measurements"), ge=5, le=200, join="most")


@procedure(
    "ast",
    title=Text(zh="年度检查试验（AST）", en="Annual surveillance test"),
    roles=("divider",),
    characteristics=("ast_variability", "ast_validity"),
)
def ast(bench: Bench, settings: AnnualSurveillanceSettings) -> None:
    """Scatter and mean of the differences to the calibrated values, percent of what is permitted."""
    bench.check_conditions()
    title = Text(zh="AST 平行测量", en="Parallel measurements of the AST")
    taken = take_parallel(bench, settings, title=title, count=settings.pairs, days=1, gas=False)
    for device in bench.devices:
        bench.determine(device, "ast_variability", "%", _variability, taken, settings)
        bench.determine(device, "ast_validity", "%", _validity, taken, settings)


def _test(device: DeviceInfo, taken: Parallel, settings: AnnualSurveillanceSettings) -> SurveillanceTest:
    pairs = taken.pairs(device, settings)
    function = CalibrationFunction(Method.A, settings.intercept, settings.slope, 0.0, 0.0, None, len(pairs))
    return surveillance_test(
        pairs, function, limit_value=settings.limit_for(device), permitted_percent=settings.permitted_for(device)
    )


def _details(device: DeviceInfo, result: SurveillanceTest) -> dict[str, object]:
    return {
        "unit": device.unit,
        "differences": list(result.variability.differences),
        "standard_deviation": result.variability.standard_deviation,
        "mean_difference": result.variability.mean_difference,
        "sigma0": result.variability.sigma0,
        "k_v": result.variability.k_v,
        "t": result.t,
        "permitted_deviation": result.variability.permitted,
        "permitted_difference": result.permitted_difference,
    }


def _variability(device: DeviceInfo, characteristic: str, taken: Parallel, settings: AnnualSurveillanceSettings) -> Finding:
    result = _test(device, taken, settings)
    s, permitted = result.variability.standard_deviation, result.variability.permitted
    low, high = standard_deviation_interval(s, len(result.variability.differences))
    return Finding(
        device.name,
        characteristic,
        result.variability.percent_of_permitted,
        "%",
        interval=(100.0 * low / permitted, 100.0 * high / permitted),
        details=_details(device, result),
    )


def _validity(device: DeviceInfo, characteristic: str, taken: Parallel, settings: AnnualSurveillanceSettings) -> Finding:
    result = _test(device, taken, settings)
    return Finding(
        device.name, characteristic, result.difference_percent_of_permitted, "%", details=_details(device, result)
    )
