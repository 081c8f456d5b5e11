"""Calibration line: by hand, what the references share, what scatters, and what is refused."""

import math

import pytest

from testbench.metrology.calibration_line import calibration_line
from testbench.metrology.coverage import expand
from testbench.metrology.pair_accuracy import Pair, exact_pair
from testbench.metrology.quantity import Component, Quantity


def test_a_line_by_hand():
    """x = 1, 2, 3, 4; y = 2, 4, 5, 8: b = 9.5/5 = 1.9, a = 4.75 − 1.9·2.5 = 0; RSS = 0.7, TSS = 18.75."""
    line = calibration_line([exact_pair(y, x, "%") for x, y in ((1, 2), (2, 4), (3, 5), (4, 8))])
    assert line.slope == pytest.approx(1.9)
    assert line.intercept == pytest.approx(0.0, abs=1e-12)
    assert line.r_squared == pytest.approx(1 - 0.7 / 18.75)
    s = math.sqrt(0.7 / 2)
    assert line.slope_expanded.uncertainty == pytest.approx(expand(s / math.sqrt(5), 2.0).uncertainty)
    assert line.intercept_expanded.uncertainty == pytest.approx(expand(s * math.sqrt(1 / 4 + 2.5**2 / 5), 2.0).uncertainty)
    assert line.pairs == 4


def test_an_error_that_all_references_share_in_proportion_is_of_the_slope():
    shared = [Pair(Quantity(y, "%", {"cylinder": Component(0.003 * y)}), Quantity(y / 0.9, "%")) for y in (2.0, 5.0, 9.0)]
    line = calibration_line(shared)
    assert line.slope == pytest.approx(0.9)
    assert line.slope_expanded.uncertainty == pytest.approx(expand(0.003 * 0.9).uncertainty)
    assert line.intercept_expanded.uncertainty == pytest.approx(0.0, abs=1e-9)


def test_a_zero_that_all_references_share_is_of_the_intercept():
    shared = [Pair(Quantity(y, "%", {"zero": Component(0.02)}), Quantity(y, "%")) for y in (2.0, 5.0, 9.0)]
    line = calibration_line(shared)
    assert line.slope_expanded.uncertainty == pytest.approx(0.0, abs=1e-9)
    assert line.intercept_expanded.uncertainty == pytest.approx(expand(0.02).uncertainty)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(1, 1), (2, 2)], "at least 3 pairs, got 2"),
        ([(1, 1), (1, 2), (1, 3)], "all equal"),
        ([(1, 1), (2, 1), (3, 1)], "all equal"),
    ],
)
def test_what_makes_no_line_is_refused(pairs, words):
    with pytest.raises(ValueError, match=words):
        calibration_line([exact_pair(y, x, "%") for x, y in pairs])
