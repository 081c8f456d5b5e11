"""QAL3 charts: CUSUM, EWMA and Shewhart, worked by hand and carried on."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.control_charts import (
    Action,
    ChartState,
    CusumState,
    EwmaState,
    cusum_step,
    ewma_step,
    service_deviation,
    shewhart,
)

S = 2.0  # s_AMS: k_x = 1.002, h_x = 5.7, k_s = 7.4, h_s = 27.6


def chart(deviations, s_ams=S, state=None):
    state = CusumState() if state is None else state
    for deviation in deviations:
        state = cusum_step(state, deviation, s_ams)
    return state


def test_drift_sums_and_their_counters_by_hand():
    """Σ⁺: 3 − 1.002 = 1.998; + 2 − 1.002 = 2.996; + 0 − 1.002 = 1.994. Σ⁻ stays 0."""
    state = chart([3.0, 2.0, 0.0])
    assert state.up == pytest.approx(1.994)
    assert (state.n_up, state.down, state.n_down) == (3, 0.0, 0)
    assert state.advice(S).action is Action.NONE


def test_a_positive_drift_is_adjusted_downwards():
    """Σ⁺ after three readings of 3: 5.994 > 5.7; adjust by −0.7·(1.002 + 5.994/3) = −0.7·3."""
    state = chart([3.0, 3.0, 3.0])
    advice = state.advice(S)
    assert advice.action is Action.ADJUST
    assert advice.adjust_by == pytest.approx(-2.1)


def test_a_negative_drift_is_adjusted_upwards():
    advice = chart([-3.0, -3.0, -3.0]).advice(S)
    assert advice.action is Action.ADJUST
    assert advice.adjust_by == pytest.approx(2.1)


def test_alternating_readings_lose_precision_and_are_not_adjusted_for():
    """d = ±5: each step adds 10²/2 − 7.4 = 42.6, above 27.6."""
    state = chart([5.0, -5.0])
    assert state.spread == pytest.approx(42.6)
    assert state.n_spread == 1
    assert state.advice(S).action is Action.REPAIR


def test_the_first_reading_adds_nothing_to_the_spread():
    assert chart([5.0]).spread == 0.0


def test_a_sum_that_falls_to_zero_begins_to_count_again():
    state = chart([3.0, -9.0, 2.0])
    assert (state.up, state.n_up) == (pytest.approx(0.998), 1)
    assert state.n_down == 2


def test_after_an_adjustment_drift_begins_anew_and_the_step_is_no_lack_of_precision():
    state = chart([3.0, 3.0, 3.0]).after_adjustment()
    assert (state.up, state.n_up, state.down, state.n_down) == (0.0, 0, 0.0, 0)
    assert cusum_step(state, -2.0, S).spread == state.spread


def test_the_moving_average_and_its_limits_by_hand():
    """E: 0.2·4 = 0.8; 0.2·4 + 0.8·0.8 = 1.44. Limit at t = 1: 3·2·sqrt(0.2/1.8·0.36) = 1.2."""
    state = ewma_step(EwmaState(), 4.0, S)
    assert state.average == pytest.approx(0.8)
    assert state.limit(S) == pytest.approx(1.2)
    state = ewma_step(state, 4.0, S)
    assert state.average == pytest.approx(1.44)
    assert state.limit(S) == pytest.approx(6 * math.sqrt(0.2 / 1.8 * (1 - 0.8**4)))
    assert state.advice(S).action is Action.NONE
    outside = ewma_step(ewma_step(state, 6.0, S), 6.0, S)
    assert outside.advice(S).action is Action.ADJUST
    assert outside.advice(S).adjust_by == pytest.approx(-outside.average)


@pytest.mark.parametrize(
    ("deviation", "action"), [(4.0, Action.NONE), (-4.1, Action.WATCH), (6.0, Action.WATCH), (-6.1, Action.ADJUST)]
)
def test_single_readings_warn_at_two_and_act_at_three_deviations(deviation, action):
    advice = shewhart(deviation, S)
    assert advice.action is action
    assert (advice.adjust_by is not None) == (action is Action.ADJUST)


def test_all_charts_stand_side_by_side_and_go_on_after_an_adjustment():
    charted = ChartState().step(7.0, S)
    assert charted.shewhart_advice.action is Action.ADJUST
    assert charted.ewma.count == 1
    after = ChartState(charted.cusum, charted.ewma).after_adjustment()
    assert after.ewma == EwmaState()
    assert after.cusum.up == 0.0


def test_s_ams_is_the_root_of_the_sum_of_squares():
    assert service_deviation(3.0, 4.0) == 5.0
    for parts in ((), (0.0,), (-1.0, 2.0), (math.nan,)):
        with pytest.raises(ValueError, match="s_AMS"):
            service_deviation(*parts)


@pytest.mark.parametrize(("deviation", "s_ams"), [(math.nan, 1.0), (1.0, 0.0), (1.0, math.inf), (1.0, -1.0)])
def test_what_is_no_reading_is_refused(deviation, s_ams):
    for step in (lambda: cusum_step(CusumState(), deviation, s_ams), lambda: shewhart(deviation, s_ams)):
        with pytest.raises(ValueError, match="must be"):
            step()


deviations = st.lists(st.floats(-100, 100), min_size=1, max_size=40)


@given(deviations, st.integers(0, 40))
def test_a_chart_carried_on_is_the_chart_drawn_in_one_go(readings, cut):
    assert chart(readings[cut:], state=chart(readings[:cut])) == chart(readings)


@given(deviations)
def test_turned_upside_down_the_two_drifts_change_places(readings):
    one, other = chart(readings), chart([-d for d in readings])
    assert (one.up, one.n_up, one.down, one.n_down) == (other.down, other.n_down, other.up, other.n_up)
    assert one.spread == other.spread
