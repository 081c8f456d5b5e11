"""Instrumental reference methods: checks of Method 7E, which 3A, 6C and 10 share (40 CFR 60 Appendix A-4).

Decimal from what was recorded; nothing is rounded. Percentages are of the calibration span, the certified value of the high
gas. The criteria file says which limit holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from testbench.metrology.arguments import checked

_PRECISION = 60


@checked
def calibration_error(direct: Decimal, certified: Decimal, span: Decimal) -> Decimal:
    """Analyser calibration error ACE = (C_dir − C_v)/CS·100, % of span (Method 7E, equation 7E-1)."""
    return _percent_of_span(direct - certified, span)


@checked
def system_bias(system: Decimal, direct: Decimal, span: Decimal) -> Decimal:
    """System bias SB = (C_s − C_dir)/CS·100, % of span (equation 7E-2): through the whole system against directly."""
    return _percent_of_span(system - direct, span)


@checked
def system_drift(bias_before: Decimal, bias_after: Decimal) -> Decimal:
    """Drift D = |SB_final − SB_initial|, % of span (equation 7E-4)."""
    return abs(bias_after - bias_before)


@checked
def interference(responses: Mapping[str, Decimal], span: Decimal) -> Decimal:
    """Sum of the magnitudes of the responses to all interference gases, % of span (Method 7E, 8.2.7)."""
    if not responses:
        raise ValueError("an interference check needs at least one gas")
    return _percent_of_span(sum((abs(response) for response in responses.values()), Decimal(0)), span)


@checked
def converter_efficiency(measured: Decimal, certified: Decimal) -> Decimal:
    """Efficiency of the NO2 converter by NO2 gas: NOx found/NO2 certified·100 % (equation 7E-7)."""
    if not certified > 0:
        raise ValueError(f"the NO2 gas is {certified:f}; it must be above zero")
    with localcontext(prec=_PRECISION):
        return measured / certified * 100


@checked
@dataclass(frozen=True, slots=True)
class SystemChecks:
    """Means of the bias checks before and after a run: `zero` and `upscale` system responses, and the upscale gas `gas`."""

    zero: Decimal
    upscale: Decimal
    gas: Decimal


@checked
def corrected_concentration(mean: Decimal, checks: SystemChecks) -> Decimal:
    """Run average corrected for bias: C = (C̄ − C_0)·C_ma/(C_m − C_0) (equation 7E-5b), in the data's unit.

    C̄ the run's mean, C_0 and C_m the mean system responses to zero and upscale gas, C_ma the upscale gas. Raises ValueError
    where the upscale response does not lie above that to zero gas.
    """
    if not checks.upscale > checks.zero:
        raise ValueError("the response to the upscale gas must lie above that to zero gas")
    with localcontext(prec=_PRECISION):
        return (mean - checks.zero) * checks.gas / (checks.upscale - checks.zero)


def _percent_of_span(part: Decimal, span: Decimal) -> Decimal:
    if not span > 0:
        raise ValueError(f"the calibration span must be above zero, got {span:f}")
    with localcontext(prec=_PRECISION):
        return part / span * 100
