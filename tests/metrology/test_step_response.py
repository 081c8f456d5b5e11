"""The step response time of devices whose truth is known in closed form."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from testbench.metrology.response import (
    Direction,
    LineDelay,
    NotReachedError,
    StepResponse,
    device_updates,
    mean_response,
    mixing_half_width,
    monotone,
    step_response,
)

SWITCH, DELAY, LAG = 10.0, 4.0, 3.0
AGE = 0.05  # half a sampling interval of 0.1 s
LINE = LineDelay(DELAY, 0.2, 0.4)


def curve(times: np.ndarray, tau: float, start: float = 0.0, end: float = 16.0) -> np.ndarray:
    """An ideal first-order device behind a line and a dead time, whose values are AGE old when they are read."""
    since = np.maximum(times - AGE - SWITCH - DELAY - LAG, 0.0)
    return end + (start - end) * np.exp(-since / tau)


def evaluate(times: np.ndarray, values: np.ndarray, **change: object) -> StepResponse:
    arguments: dict[str, object] = {
        "switch_time": SWITCH, "start_value": 0.0, "nominal_value": 16.0, "line": LINE, "update_s": 0.1,
    }  # fmt: skip
    return step_response(times, values, **(arguments | change))  # type: ignore[arg-type]


def grid(tau: float, interval: float = 0.1) -> np.ndarray:
    return np.arange(0.0, SWITCH + 30 + 8 * tau, interval)


@settings(max_examples=25)
@given(st.floats(2, 40), st.sampled_from([(0.0, 16.0), (16.0, 0.0), (2.0, 9.0), (-0.3, 16.0)]))
def test_an_ideal_device_has_the_closed_form(tau: float, step: tuple[float, float]) -> None:
    start, end = step
    t = grid(tau)
    result = evaluate(t, curve(t, tau, start, end), start_value=start, nominal_value=end)
    assert result.response_s == pytest.approx(LAG + tau * math.log(10), abs=0.02)
    assert result.lag_s == pytest.approx(LAG + tau * math.log(1 / 0.9), abs=0.02)
    assert result.transition_s == pytest.approx(tau * math.log(9), abs=0.03)
    assert result.direction is (Direction.RISE if end > start else Direction.FALL)
    assert result.threshold == pytest.approx(start + 0.9 * (end - start))
    assert not result.system


def test_without_a_line_delay_it_is_the_system_response_time() -> None:
    t = grid(10.0)
    result = evaluate(t, curve(t, 10.0), line=None)
    assert result.system
    assert result.response_s == pytest.approx(DELAY + LAG + 10 * math.log(10), abs=0.02)


def test_the_end_point_is_of_the_nominal_or_of_the_final_value() -> None:
    t = grid(10.0)
    low = curve(t, 10.0, 0.0, 15.2)  # reads 5 % low
    nominal = evaluate(t, low)
    final = evaluate(t, low, end_point="final")
    assert nominal.response_s == pytest.approx(LAG + 10 * math.log(15.2 / (15.2 - 14.4)), abs=0.02)
    assert final.response_s == pytest.approx(LAG + 10 * math.log(10), abs=0.02)
    assert final.end_value == pytest.approx(15.2, abs=0.01)


def test_an_output_held_between_updates_is_seen_at_its_updates() -> None:
    t = grid(20.0)
    updates = np.floor(t / 2 + 1e-9) * 2
    result = evaluate(t, curve(updates, 20.0), update_s=2.0)
    assert result.response_s == pytest.approx(LAG + 20 * math.log(10), abs=0.15)


def test_one_reading_an_update_is_kept() -> None:
    t = np.arange(0.0, 6.0, 0.5)
    v = np.array([1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4], dtype=float)  # an equal value at 2 s, a late one at 4.5 s
    times, values = device_updates(t, v, 1.0)
    assert times.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 4.5, 5.5]
    assert values.tolist() == [1, 2, 2, 3, 3, 4, 4]


def test_a_device_that_is_read_no_faster_than_it_updates_keeps_every_reading() -> None:
    t = np.arange(5.0)
    v = np.ones(5)
    assert device_updates(t, v, 1.0)[0].tolist() == t.tolist()


@pytest.mark.parametrize("spike", [400.0, -400.0])
@pytest.mark.parametrize("at_s", [12.0, 20.0, 45.0, 62.9, 64.0, 120.0])
def test_one_spike_does_not_fool_it(spike: float, at_s: float) -> None:
    t = grid(20.0)
    clean = curve(t, 20.0)
    wrong = clean.copy()
    wrong[round(at_s / 0.1)] = spike
    assert evaluate(t, wrong).response_s == pytest.approx(evaluate(t, clean).response_s, abs=0.1)


def test_gaps_are_bridged() -> None:
    t = grid(20.0)
    values = curve(t, 20.0)
    values[(t > 60) & (t < 63)] = np.nan
    assert evaluate(t, values).response_s == pytest.approx(LAG + 20 * math.log(10), abs=0.1)


def test_a_monotone_curve_is_left_as_it_is() -> None:
    ascending = np.sort(np.random.default_rng(2).normal(size=50))
    assert monotone(ascending)[1:-1] == pytest.approx(ascending[1:-1])


@pytest.mark.parametrize(("tau", "update", "noise"), [(20.0, 1.0, 0.2), (10.0, 1.0, 0.2), (30.0, 2.0, 0.1), (3.0, 0.5, 0.2)])
@pytest.mark.parametrize("rising", [True, False])
def test_noise_leaves_it_unbiased_and_within_its_uncertainty(tau: float, update: float, noise: float, rising: bool) -> None:
    # noise 0.2 of 20 is 1 % of full scale
    start, end = (0.0, 16.0) if rising else (16.0, 0.0)
    t = grid(tau, 0.25)
    errors, uncertainties = [], []
    for seed in range(150):
        generator = np.random.default_rng((seed, int(rising)))
        phase = generator.uniform(0, update)
        count = np.floor((t - phase) / update).astype(int)
        values = curve(count * update + phase, tau, start, end) + generator.normal(0, noise, count.max() + 2)[count + 1]
        result = evaluate(
            t, np.round(values, 2), start_value=start, nominal_value=end, reading_uncertainty=noise, update_s=update
        )
        errors.append(result.response_s - (LAG + tau * math.log(10)))
        uncertainties.append(result.standard_uncertainty_s)
    u = float(np.mean(uncertainties))
    assert abs(np.mean(errors)) < 0.3 * u
    assert np.std(errors) < u
    assert np.mean(np.abs(errors) <= 1.96 * np.array(uncertainties)) >= 0.95


def test_the_budget_names_its_influences() -> None:
    t = grid(20.0)
    result = evaluate(t, curve(t, 20.0), reading_uncertainty=1e-4, target_uncertainty=0.05, update_s=0.1)
    slope = 16.0 * 0.1 / 20.0 * 0.91  # the chord from 85 % to 95 % is 0.91 of the tangent: 0.1/ln 3/0.1
    assert result.budget["target"] == pytest.approx(0.9 * 0.05 / slope, rel=0.01)
    assert result.budget["reading"] == pytest.approx(1e-4 / slope, rel=0.01)
    assert result.budget["sampling"] == pytest.approx(0.1 / math.sqrt(12))
    assert result.budget["age of the reading"] == pytest.approx(0.1 / math.sqrt(12))
    assert result.budget["line delay"] == 0.2
    assert result.standard_uncertainty_s == pytest.approx(math.hypot(*result.budget.values()))
    assert result.expanded.uncertainty == pytest.approx(1.96 * result.standard_uncertainty_s, rel=1e-3)


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.3, 0.7, 1.5, 4.0, 50.0])
def test_the_mixing_component_covers_the_delay_that_mixing_makes(ratio: float) -> None:
    # two stages in series with time constants 1 and m: 1 − (exp(−t) − m·exp(−t/m))/(1 − m)
    def reaches(fraction: float) -> float:
        def left(t: float) -> float:
            return 1 - fraction - (math.exp(-t) - ratio * math.exp(-t / ratio)) / (1 - ratio)

        return float(brentq(left, 0.0, 100 * max(1.0, ratio)))

    shift = reaches(0.9) - math.log(10)
    half_width = mixing_half_width(ratio, reaches(0.9) - reaches(0.1))
    assert shift <= half_width <= 1.3 * shift
    assert 1.96 * half_width / math.sqrt(3) > shift


def test_a_device_that_does_not_get_there_is_told() -> None:
    t = grid(10.0)
    with pytest.raises(NotReachedError, match=r"90 % of the change was not reached .* the highest is 8\d"):
        evaluate(t, curve(t, 10.0, 0.0, 14.0))


def test_readings_that_end_too_early_are_told() -> None:
    t = np.arange(0.0, 30.0, 0.1)
    with pytest.raises(NotReachedError, match="watch longer"):
        evaluate(t, curve(t, 20.0))


def test_a_device_that_is_there_from_the_start_is_told() -> None:
    t = grid(10.0)
    with pytest.raises(NotReachedError, match="already at 100 %"):
        evaluate(t, np.full(t.size, 16.0))


def test_a_line_delay_longer_than_the_response_is_told() -> None:
    t = grid(2.0)
    with pytest.raises(NotReachedError, match="before the gas changed at the inlet"):
        evaluate(t, curve(t, 2.0), line=LineDelay(30.0))


@pytest.mark.parametrize(
    ("times", "values", "change", "message"),
    [
        ([0.0, 1.0], [1.0], {}, "as many times"),
        ([1.0, 0.0], [1.0, 1.0], {}, "strictly ascending"),
        ([0.0, 1.0, 2.0], [math.nan] * 3, {}, "only 0 of 3 readings are valid"),
        (list(range(8)), [1.0] * 8, {}, "updates of the device were read after switching"),
        (list(range(40)), [1.0] * 39 + [math.inf], {}, "infinite"),
        (list(range(40)), [1.0] * 40, {"nominal_value": 0.0}, "has no height"),
        (list(range(40)), [1.0] * 40, {"fraction": 1.0}, "between 10 % and 100 %"),
    ],
)
def test_what_is_no_step_is_refused(
    times: list[float], values: list[float], change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(np.array(times, dtype=float), np.array(values), **change)


@settings(max_examples=20)
@given(st.floats(0.01, 1000), st.floats(-50, 50))
def test_another_unit_or_origin_gives_the_same_times(scale: float, offset: float) -> None:
    t = grid(8.0)
    v = curve(t, 8.0)
    one = evaluate(t, v, reading_uncertainty=0.1)
    other = evaluate(
        t, offset + scale * v, start_value=offset, nominal_value=offset + 16 * scale, reading_uncertainty=0.1 * scale
    )
    assert other.response_s == pytest.approx(one.response_s, abs=1e-6)
    assert other.standard_uncertainty_s == pytest.approx(one.standard_uncertainty_s, rel=1e-6)


def repeats(*response_s: float) -> list[StepResponse]:
    t = grid(20.0)
    one = evaluate(t, curve(t, 20.0), reading_uncertainty=0.1)
    return [
        StepResponse(
            one.direction, value, one.lag_s, value - one.lag_s, one.end_value, one.threshold, one.system,
            one.standard_uncertainty_s, one.expanded, one.budget,
        )
        for value in response_s
    ]  # fmt: skip


def test_repeats_share_the_line_and_average_the_rest() -> None:
    mean = mean_response(repeats(49.0, 49.1, 49.2))
    single = repeats(49.0)[0].budget
    assert mean.value_s == pytest.approx(49.1)
    assert mean.standard_deviation_s == pytest.approx(0.1)
    assert mean.budget["line delay"] == pytest.approx(single["line delay"])
    assert mean.budget["line mixing"] == pytest.approx(single["line mixing"])
    assert mean.budget["reading"] == pytest.approx(single["reading"] / math.sqrt(3))
    assert mean.standard_uncertainty_s == pytest.approx(math.hypot(*mean.budget.values()))
    assert mean.degrees_of_freedom == math.inf


def test_repeats_that_scatter_more_than_stated_are_believed() -> None:
    mean = mean_response(repeats(40.0, 49.0, 58.0))
    assert mean.budget["scatter of the repeats"] == pytest.approx(9 / math.sqrt(3))
    assert mean.degrees_of_freedom == pytest.approx(2.0, rel=0.05)
    assert "reading" not in mean.budget


def test_one_step_is_its_own_mean() -> None:
    one = repeats(49.0)[0]
    mean = mean_response([one])
    assert (mean.value_s, mean.standard_deviation_s) == (one.response_s, None)
    assert mean.standard_uncertainty_s == pytest.approx(one.standard_uncertainty_s)


def test_steps_that_do_not_belong_together_have_no_mean() -> None:
    t = grid(20.0)
    rise = evaluate(t, curve(t, 20.0))
    fall = evaluate(t, curve(t, 20.0, 16.0, 0.0), start_value=16.0, nominal_value=0.0)
    with pytest.raises(ValueError, match="no common mean"):
        mean_response([rise, fall])
    with pytest.raises(ValueError, match="at least one step"):
        mean_response([])
