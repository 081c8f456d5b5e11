"""Cycle time of a monitoring system (40 CFR 75 Appendix A, 6.4): time to 95 % of an upscale and of a downscale step.

Zero gas is let in until the reading is stable, then high gas until it is stable again (upscale), and the other way round
(downscale). The cycle time of a step is the time from the change of gas to 95.0 % of the way from the stable starting value
to the stable ending value. The slower of the two is the result, in minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from numpy.typing import ArrayLike

from testbench.metrology.arguments import checked
from testbench.metrology.response import Direction, LineDelay, StepResponse, step_response

SHARE_OF_STEP = 0.95
ZERO_GAS_AT_MOST = Decimal(20)
HIGH_GAS_AT_LEAST = Decimal(80)
HIGH_GAS_AT_MOST = Decimal(100)
SECONDS_IN_A_MINUTE = 60.0


@checked
def step_cycle_time(
    times: ArrayLike,
    values: ArrayLike,
    *,
    switch_time: float,
    start_value: float,
    end_value: float,
    line: LineDelay | None = None,
    reading_uncertainty: float = 0.0,
    end_uncertainty: float = 0.0,
    update_s: float = 1.0,
) -> StepResponse:
    """Time from the change of gas to 95 % of the change of the indication (40 CFR 75 App. A 6.4), s.

    `times` (s, strictly ascending) and `values` are arrays of one length, NaN is a gap; `start_value` and `end_value` are
    the stable readings before and after, in the unit of the values. The rest is as `step_response` has it, errors too.
    """
    return step_response(
        times,
        values,
        switch_time=switch_time,
        start_value=start_value,
        nominal_value=end_value,
        fraction=SHARE_OF_STEP,
        end_point="nominal",
        line=line,
        reading_uncertainty=reading_uncertainty,
        target_uncertainty=end_uncertainty,
        update_s=update_s,
    )


@checked
@dataclass(frozen=True, slots=True)
class CycleStep:
    """One step of a cycle time test as it was recorded: gas and stable readings in the data's unit, time in minutes."""

    gas: Decimal
    start: Decimal
    end: Decimal
    minutes: Decimal


@checked
def step_faults(step: CycleStep, direction: Direction, span: Decimal | None) -> tuple[str, ...]:
    """What is wrong with a step; nothing for one that counts (40 CFR 75 App. A 6.4).

    The high gas is 80 to 100 % of span and the reading ends above its start; the zero gas is 0 to 20 % of span and the
    reading ends below its start. Without a span the gas is not checked.
    """
    faults: list[str] = []
    rising = direction is Direction.RISE
    if rising and not step.end > step.start:
        faults.append(f"the upscale test ends at {step.end:f}, not above its start {step.start:f}")
    if not rising and not step.end < step.start:
        faults.append(f"the downscale test ends at {step.end:f}, not below its start {step.start:f}")
    if span is not None:
        share = step.gas / span * 100
        if rising and not HIGH_GAS_AT_LEAST <= share <= HIGH_GAS_AT_MOST:
            faults.append(f"the high gas is {share:.1f} % of span; it should be 80 to 100 %")
        if not rising and not 0 <= share <= ZERO_GAS_AT_MOST:
            faults.append(f"the zero gas is {share:.1f} % of span; it should be 0 to 20 %")
    return tuple(faults)


@checked
def cycle_time(upscale_minutes: Sequence[Decimal], downscale_minutes: Sequence[Decimal]) -> Decimal:
    """The longest of all upscale and downscale times, min. Raises ValueError where one direction is missing."""
    if not upscale_minutes or not downscale_minutes:
        raise ValueError("a cycle time needs an upscale and a downscale test")
    return max(*upscale_minutes, *downscale_minutes)
