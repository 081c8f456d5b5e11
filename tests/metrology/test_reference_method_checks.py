"""Checks of Methods 7E and 205, worked by hand."""

from decimal import Decimal

import pytest

from testbench.metrology.method_7e import (
    SystemChecks,
    calibration_error,
    converter_efficiency,
    corrected_concentration,
    interference,
    system_bias,
    system_drift,
)
from testbench.metrology.method_205 import diluted_content, dilution_level, is_near_a_level


def test_percentages_are_of_the_calibration_span():
    assert calibration_error(Decimal("101.5"), Decimal(100), Decimal(200)) == Decimal("0.75")
    assert system_bias(Decimal(95), Decimal(101), Decimal(200)) == -3
    assert system_drift(Decimal("-1.5"), Decimal(1)) == Decimal("2.5")
    with pytest.raises(ValueError, match="above zero"):
        calibration_error(Decimal(1), Decimal(1), Decimal(0))


def test_interference_sums_magnitudes():
    assert interference({"CO2": Decimal("0.5"), "H2O": Decimal("-1.5")}, Decimal(100)) == 2


def test_the_converter_is_judged_by_what_it_finds():
    assert converter_efficiency(Decimal(45), Decimal(50)) == 90


def test_a_linear_system_error_is_corrected_wholly():
    truth, offset, gain = Decimal(60), Decimal(2), Decimal("0.9")
    shown = [offset + gain * content for content in (truth, Decimal(0), Decimal(100))]
    assert corrected_concentration(shown[0], SystemChecks(zero=shown[1], upscale=shown[2], gas=Decimal(100))) == truth
    with pytest.raises(ValueError, match="above that to zero"):
        corrected_concentration(Decimal(1), SystemChecks(Decimal(5), Decimal(5), Decimal(100)))


def test_a_dilution_level_keeps_the_farthest_injection_with_its_sign():
    found = dilution_level([99.0, 100.0, 104.0], 100.0)
    assert found.mean == pytest.approx(101.0)
    assert found.accuracy_percent == pytest.approx(1.0)
    assert (found.largest_index, found.largest_departure_percent) == (2, pytest.approx(300.0 / 101.0))


def test_dilution_by_flows():
    assert diluted_content(1000.0, 1.0, 3.0) == pytest.approx(250.0)
    with pytest.raises(ValueError, match="no dilution"):
        diluted_content(1000.0, 0.0, 0.0)


def test_the_protocol_gas_lies_within_ten_percent_of_a_level():
    assert is_near_a_level(55.0, [30.0, 50.0])
    assert not is_near_a_level(55.1, [30.0, 50.0])
