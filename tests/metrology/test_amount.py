"""Amount fractions and their units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.amount import UnitError, conversion, from_fraction, to_fraction

UNITS = ("mol/mol", "%", "cmol/mol", "mmol/mol", "µmol/mol", "ppm", "nmol/mol", "ppb")


@pytest.mark.parametrize(
    ("value", "unit", "fraction"),
    [(20.0, "%", 0.2), (20.0, "cmol/mol", 0.2), (400.0, "ppm", 4e-4), (3.0, "mmol/mol", 3e-3), (5.0, "ppb", 5e-9)],
)
def test_a_content_is_turned_into_moles_per_mole_and_back(value: float, unit: str, fraction: float) -> None:
    assert to_fraction(value, unit) == pytest.approx(fraction, rel=1e-15)
    assert from_fraction(fraction, unit) == pytest.approx(value, rel=1e-15)


def test_both_micro_signs_mean_the_same_unit() -> None:
    assert conversion("\u00b5mol/mol", "\u03bcmol/mol") == 1.0
    assert conversion("\u03bcmol/mol", "ppm") == 1.0


def test_percent_is_exactly_ten_thousand_ppm() -> None:
    assert conversion("%", "ppm") == 10_000.0


def test_arrays_are_converted_elementwise() -> None:
    assert to_fraction(np.array([0.0, 10.0, 20.0]), "%").tolist() == [0.0, 0.1, 0.2]


def test_an_unknown_unit_is_refused_with_the_units_that_are_known() -> None:
    with pytest.raises(UnitError, match=r"'mg/m³' is no unit of amount fraction; known are mol/mol, %, .*ppb"):
        conversion("mg/m³", "%")


@given(value=st.floats(-1e6, 1e6), there=st.sampled_from(UNITS), back=st.sampled_from(UNITS))
def test_there_and_back_gives_the_same_value(value: float, there: str, back: str) -> None:
    assert value * conversion(there, back) * conversion(back, there) == pytest.approx(value, rel=1e-12, abs=1e-300)
