"""RA, RE and AE of pairs, and the correlation of a particulate CEMS: hand-derived values and published tables."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.accuracy import accuracy_audit
from testbench.metrology.pair_accuracy import Pair, exact_pair, pair_accuracy
from testbench.metrology.particulate_correlation import particulate_correlation, tolerance_factor
from testbench.metrology.quantity import Component, Quantity

REFERENCE = (100.0, 102.0, 98.0, 101.0, 99.0, 100.0, 103.0, 97.0, 100.0)
MEASURED = (103.0, 104.0, 102.0, 103.0, 103.0, 102.0, 107.0, 99.0, 104.0)


def test_the_three_expressions_of_nine_pairs():
    found = pair_accuracy([exact_pair(r, m, "ppm") for r, m in zip(REFERENCE, MEASURED, strict=True)])
    # d = −3, −2, −4, −2, −4, −2, −4, −2, −4: mean −3, S_d = 1, cc = 2.306/3
    assert float(found.audit.mean_difference) == -3.0
    assert float(found.audit.standard_deviation) == 1.0
    assert found.relative_accuracy == pytest.approx(3.0 + 2.306 / 3)
    assert found.relative_error == pytest.approx(3.0)
    assert found.absolute_error == pytest.approx(3.0)
    assert found.absolute_error_expanded.uncertainty == pytest.approx(2.306 / 3, rel=1e-4)


def test_what_all_pairs_share_does_not_average_out():
    pairs = [
        Pair(
            Quantity(r, "ppm", {"cylinder": Component(0.01 * r)}),
            Quantity(m, "ppm", {f"noise.{n}": Component(5.0, 20.0)}),  # shows in the scatter, counts once
        )
        for n, (r, m) in enumerate(zip(REFERENCE, MEASURED, strict=True))
    ]
    found = pair_accuracy(pairs)
    assert found.budget["cylinder"] == pytest.approx(1.0)
    u = found.absolute_error_expanded.uncertainty / found.absolute_error_expanded.factor
    assert u == pytest.approx(math.hypot(1.0, 1 / 3), rel=1e-6)
    ra = found.relative_accuracy_expanded
    # RA = (|d̄| + cc)/RM̄: ∂RA/∂RM̄ = −(1 + RA)/RM̄·… for CEMS above RM
    assert ra.uncertainty / ra.factor == pytest.approx(1.0 * (100.0 + found.relative_accuracy) / 100.0, rel=1e-3)


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=2, max_size=20))
def test_ra_is_that_of_the_audit(rows):
    pairs = [exact_pair(Decimal(r), Decimal(m), "ppm") for r, m in rows]
    audit = accuracy_audit([Decimal(m) for _, m in rows], [Decimal(r) for r, _ in rows])
    found = pair_accuracy(pairs)
    assert found.relative_accuracy == pytest.approx(float(audit.relative_accuracy))
    assert found.absolute_error == pytest.approx(-float(audit.mean_difference), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("effective", "degrees", "u", "v"),
    # EPA PS-11 Table 1 (75 % share, 95 % confidence): u(n′) and v(f), as ISO 10155 prints them
    [(7, 7, 1.233, 1.7972), (15, 15, 1.189, 1.4373), (10, 13, 1.209, 1.4854), (20, 25, 1.180, 1.3081)],
)
def test_the_tolerance_factor_is_that_of_the_tables(effective, degrees, u, v):
    assert tolerance_factor(effective, degrees) == pytest.approx(u * v, rel=2e-3)


def test_a_straight_line_has_no_width_and_reaches_the_limit_where_it_must():
    x = np.linspace(4.0, 18.0, 15)
    found = particulate_correlation(x, 2.0 * x - 6.0, limit=20.0)
    assert found.slope == pytest.approx(2.0)
    assert found.intercept == pytest.approx(-6.0)
    assert found.correlation == pytest.approx(1.0)
    assert found.signal_at_limit == pytest.approx(13.0)
    assert found.confidence_percent == pytest.approx(0.0, abs=1e-6)
    assert not found.extrapolated


def test_the_half_widths_at_the_mean_are_those_of_the_mean():
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    y = x * 10 + np.array([1.0, -2.0, 2.0, -2.0, 1.0])  # residuals orthogonal to x: the line is 10·x
    found = particulate_correlation(x, y, limit=30.0)
    deviation = math.sqrt(14 / 3)
    assert found.residual_deviation == pytest.approx(deviation)
    assert found.confidence_percent == pytest.approx(100 * 3.18245 * deviation / math.sqrt(5) / 30.0, rel=1e-5)
    assert found.tolerance_percent == pytest.approx(100 * tolerance_factor(5, 3) * deviation / 30.0)
    assert particulate_correlation(x, y, limit=300.0).extrapolated


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        ([1, 2, 3], [1, 2], "do not make pairs"),
        ([1, 2], [1, 2], "at least 3 pairs"),
        ([1, 1, 1], [1, 2, 3], "differ"),
        ([1, 2, 3], [3, 2, 1], "does not rise"),
    ],
)
def test_pairs_without_a_correlation_are_refused(x, y, told):
    with pytest.raises(ValueError, match=told):
        particulate_correlation(x, y, limit=10.0)
