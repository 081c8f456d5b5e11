"""The time to 95 % of a step, and the longest of all steps."""

import math
from decimal import Decimal

import numpy as np
import pytest

from testbench.metrology.cycle_time import CycleStep, cycle_time, step_cycle_time, step_faults
from testbench.metrology.response import Direction, LineDelay, NotReachedError


@pytest.mark.parametrize(("start", "end"), [(0.0, 90.0), (90.0, 0.0)])
def test_a_first_order_device_is_at_95_percent_after_its_lag_and_three_time_constants(start, end):
    lag, tau = 4.0, 30.0
    t = np.arange(0.0, 400.0, 0.1)
    v = np.where(t < lag, start, end + (start - end) * np.exp(-(t - lag) / tau))
    found = step_cycle_time(t, v, switch_time=0.0, start_value=start, end_value=end, update_s=0.1)
    assert found.response_s == pytest.approx(lag + tau * math.log(20), abs=0.1)  # 1 − exp(−t/τ) = 0.95


def test_the_lines_delay_is_not_the_systems():
    t = np.arange(0.0, 400.0, 0.1)
    v = np.where(t < 10.0, 0.0, 1.0 - np.exp(-(t - 10.0) / 20.0))
    found = step_cycle_time(t, v, switch_time=0.0, start_value=0.0, end_value=1.0, line=LineDelay(10.0), update_s=0.1)
    assert found.response_s == pytest.approx(20.0 * math.log(20), abs=0.1)


def test_a_step_that_stays_below_95_percent_has_no_cycle_time():
    t = np.arange(0.0, 100.0, 1.0)
    with pytest.raises(NotReachedError):
        step_cycle_time(t, 0.9 * np.minimum(t / 50.0, 1.0), switch_time=0.0, start_value=0.0, end_value=1.0)


def test_the_slower_direction_decides():
    assert cycle_time([Decimal(7)], [Decimal(9)]) == 9
    assert cycle_time([Decimal("15.5")], [Decimal(9)]) == Decimal("15.5")


@pytest.mark.parametrize(("up", "down"), [([], [Decimal(1)]), ([Decimal(1)], [])])
def test_both_directions_are_needed(up, down):
    with pytest.raises(ValueError, match="upscale and a downscale"):
        cycle_time(up, down)


def test_steps_must_go_their_way_with_the_right_gas():
    assert step_faults(CycleStep(Decimal(90), Decimal(1), Decimal(89), Decimal(5)), Direction.RISE, Decimal(100)) == ()
    assert step_faults(CycleStep(Decimal(0), Decimal(89), Decimal(1), Decimal(5)), Direction.FALL, Decimal(100)) == ()
    assert len(step_faults(CycleStep(Decimal(79), Decimal(80), Decimal(80), Decimal(5)), Direction.RISE, Decimal(100))) == 2
    assert len(step_faults(CycleStep(Decimal(21), Decimal(20), Decimal(21), Decimal(5)), Direction.FALL, Decimal(100))) == 2
    assert step_faults(CycleStep(Decimal(21), Decimal(80), Decimal(21), Decimal(5)), Direction.FALL, None) == ()
