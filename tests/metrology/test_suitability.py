"""Suitability test of an AMS: repeatability of the range, detection limit, paired devices, field service, QAL1, R 144."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.lack_of_fit import lack_of_fit
from testbench.metrology.linearity import LinearityPoint
from testbench.metrology.permissible_error import INTRINSIC, VERIFICATION, warm_up_spread, worst_error
from testbench.metrology.qal1 import (
    Contribution,
    combine,
    deviation_uncertainty,
    percent_of_permitted,
    reference_material_uncertainty,
)
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.suitability import (
    FieldCheck,
    availability_percent,
    detection_limit,
    maintenance_interval,
    range_repeatability,
    reproducibility,
)

SEQUENCE = (0.0, 0.7, 0.4, 0.0, 0.6, 0.1, 0.3, 0.9, 0.0)  # EN 15267-3


def quantity(value, **components):
    return Quantity(value, "%", {name: Component(u) for name, u in components.items()})


def visits(response, *, full_scale=20.0, noise=0.0):
    return [
        LinearityPoint(
            number,
            x,
            quantity(full_scale * x, cylinder=0.005 * full_scale * x),
            quantity(response(x), **{f"reading.{number}": noise}),
        )
        for number, x in enumerate(SEQUENCE, start=1)
    ]


def test_lack_of_fit_is_the_residual_of_a_level_from_the_line_through_all_visits():
    """A curve 4·L·x·(1 − x) with L = 1 % F.S.; the line by numpy's own least squares through the nine visits."""
    result = lack_of_fit(visits(lambda x: 20 * x + 0.2 * 4 * x * (1 - x)), full_scale=20)
    x = np.array(SEQUENCE)
    y = 4 * x * (1 - x)  # percent of full scale; a line through it takes up the rest
    residuals = dict(zip(SEQUENCE, y - np.polyval(np.polyfit(x, y, 1), x), strict=True))
    assert [level.nominal_fraction for level in result.levels] == [0.0, 0.1, 0.3, 0.4, 0.6, 0.7, 0.9]
    for level in result.levels:
        assert level.residual_percent_fs == pytest.approx(residuals[level.nominal_fraction])
    assert abs(result.largest.residual_percent_fs) == pytest.approx(max(map(abs, residuals.values())))
    assert result.levels[0].visits == 3


def test_offset_and_gain_are_no_lack_of_fit_and_a_wrong_cylinder_is_none():
    result = lack_of_fit(visits(lambda x: 0.5 + 1.03 * 20 * x), full_scale=20)
    for level in result.levels:
        assert level.residual_percent_fs == pytest.approx(0, abs=1e-12)
        assert level.standard_uncertainty == pytest.approx(0, abs=1e-9)
    assert (result.slope, result.intercept) == (pytest.approx(1.03), pytest.approx(0.5))


def test_noise_of_the_readings_is_in_the_uncertainty_of_each_level():
    """u² = noise²·(1/m − h): with H of the line, the variance of a level mean's residual is (1/m − 1/n − dx²/Sxx)·σ²."""
    result = lack_of_fit(visits(lambda x: 20 * x, noise=0.02), full_scale=20)
    x = np.array(SEQUENCE)
    sxx = float(((x - x.mean()) ** 2).sum())
    for level in result.levels:
        share = 1 / level.visits - 1 / 9 - (level.nominal_fraction - x.mean()) ** 2 / sxx
        assert level.standard_uncertainty == pytest.approx(0.1 * math.sqrt(share))
    assert result.expanded.of == 7


def test_a_lack_of_fit_needs_three_levels_of_one_unit():
    with pytest.raises(ValueError, match="3 levels"):
        lack_of_fit(visits(lambda x: x)[:2], full_scale=20)
    with pytest.raises(ValueError, match="full scale"):
        lack_of_fit(visits(lambda x: x), full_scale=0)
    mixed = [*visits(lambda x: x), LinearityPoint(10, 0.5, Quantity(1, "ppm"), quantity(1))]
    with pytest.raises(ValueError, match="one unit"):
        lack_of_fit(mixed, full_scale=20)


def test_repeatability_is_relative_to_the_range_also_at_zero():
    """Mean 0, Σ x² = 0.04 + 0.01 + 0.01 + 0.04 = 0.1, s = sqrt(0.1/3); χ²(0.975; 3) = 9.348, χ²(0.025; 3) = 0.2158."""
    result = range_repeatability([-0.2, 0.1, -0.1, 0.2], full_scale=20)
    s = 100 * math.sqrt(0.1 / 3) / 20
    assert result.percent_fs == pytest.approx(s)
    assert result.interval_percent_fs == pytest.approx((s * math.sqrt(3 / 9.348), s * math.sqrt(3 / 0.2158)), rel=1e-3)


def test_the_gas_and_the_rounding_can_explain_part_of_the_scatter():
    result = range_repeatability([9.9, 10.1, 9.9, 10.1], full_scale=20, resolution=0.1, gas_reproducibility=0.5)
    assert result.interval_percent_fs[0] == 0.0
    with pytest.raises(ValueError, match="missing"):
        range_repeatability([1.0, math.nan], full_scale=1)
    with pytest.raises(ValueError, match="full scale"):
        range_repeatability([1.0, 2.0], full_scale=0)


def test_the_detection_limit_is_t_times_the_deviation_of_the_blank():
    assert detection_limit(0.1, 20) == pytest.approx(0.2093, abs=1e-4)  # t(0.975; 19) = 2.093
    with pytest.raises(ValueError, match="2 readings"):
        detection_limit(0.1, 1)


def test_reproducibility_of_a_pair_by_hand():
    """Differences 1, −1, 2, 0: Σ = 6, s_D = sqrt(6/8); t(0.975; 3) = 3.1824."""
    result = reproducibility([11, 9, 12, 10], [10, 10, 10, 10])
    assert result.deviation == pytest.approx(math.sqrt(6 / 8))
    assert result.reproducibility == pytest.approx(3.1824 * math.sqrt(6 / 8), rel=1e-4)
    assert result.interval[0] < result.reproducibility < result.interval[1]
    with pytest.raises(ValueError, match="do not make pairs"):
        reproducibility([1, 2, 3], [1, 2])


def test_availability_is_what_the_outages_leave():
    assert availability_percent(2160, [24, 12.0, 7.2]) == pytest.approx(98.0)
    for total, outages in ((0, []), (10, [11]), (10, [-1])):
        with pytest.raises(ValueError, match=r"above zero|fit into"):
            availability_percent(total, outages)


def test_the_maintenance_interval_ends_with_the_last_check_within_the_permitted_drift():
    checks = [FieldCheck(7, 0.5, -1.0), FieldCheck(14, -1.2, 2.9), FieldCheck(21, 0.0, 3.1), FieldCheck(28, 0.0, 0.0)]
    result = maintenance_interval(checks, permitted_percent_fs=3.0)
    assert (result.days, result.exceeded_on) == (14, 21)
    assert (result.zero_percent_fs, result.span_percent_fs) == (-1.2, 2.9)
    assert maintenance_interval(checks[2:], permitted_percent_fs=3.0).days == 0
    with pytest.raises(ValueError, match="ascend"):
        maintenance_interval(checks[::-1], permitted_percent_fs=3.0)


def test_asymmetric_deviations_become_a_standard_uncertainty():
    assert deviation_uncertainty(-1.5, 1.5) == pytest.approx(1.5 / math.sqrt(3))
    assert deviation_uncertainty(0.0, 3.0) == pytest.approx(math.sqrt(3))
    assert deviation_uncertainty(2.0, 2.0, sensitivity=-0.5) == pytest.approx(1.0)


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_it_is_the_root_mean_square_of_all_values_between(lower, upper):
    between = lower + (upper - lower) * (np.arange(2000) + 0.5) / 2000
    assert deviation_uncertainty(lower, upper) == pytest.approx(math.sqrt(float(np.mean(between**2))), abs=1e-4)


def test_a_budget_adds_in_quadrature_and_expands_by_1_96():
    budget = combine([Contribution("lack of fit", 3.0), Contribution("drift", 4.0)])
    assert budget.combined == 5.0
    assert budget.expanded == pytest.approx(9.8)
    assert budget.percent_of(100) == pytest.approx(9.8)
    assert percent_of_permitted(9.8, limit_value=100, permitted_percent=20) == pytest.approx(49.0)
    with pytest.raises(ValueError, match="at least one"):
        combine([])


def test_three_quarters_of_the_permitted_dust_uncertainty_are_what_certificates_quote():
    """Dust, P = 30 %: a TÜV certificate quotes 22.5 % as the requirement, 75 % of the permitted."""
    assert percent_of_permitted(22.5, limit_value=100, permitted_percent=30) == pytest.approx(75.0)


def test_the_reference_gas_is_taken_as_two_percent_of_seventy_percent_of_the_range():
    assert reference_material_uncertainty(100) == pytest.approx(1.4 / math.sqrt(3))


def test_the_permissible_error_is_the_larger_of_two():
    assert INTRINSIC.at(40) == 2.0
    assert INTRINSIC.at(100) == 5.0
    assert VERIFICATION.at(20) == 5.0
    assert VERIFICATION.at(100) == 10.0


def test_of_all_readings_the_worst_counts_with_its_sign():
    worst = worst_error([101, 94, 104], [100, 100, 100])
    assert (worst.error, worst.reading, worst.percent_of_reference) == (-6, 2, -6.0)
    assert worst_error([1.0], [0.0]).percent_of_reference is None
    with pytest.raises(ValueError, match="do not make pairs"):
        worst_error([], [])


def test_the_warm_up_spread_is_from_the_smallest_to_the_largest_reading():
    assert warm_up_spread([97, 99, 101, 100]) == 4
    with pytest.raises(ValueError, match="2 readings"):
        warm_up_spread([97])
