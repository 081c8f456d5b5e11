"""A divider that reports contents: what it can make, and with which uncertainty, by hand calculation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.made_contents import Capability, MadeContents
from testbench.errors import InstrumentError, StationError, UnsuppliableError
from testbench.metrology.uncertain import budget
from testbench.station import Cylinder

CO2 = Cylinder(component="CO2", fraction_percent=1.0, expanded_uncertainty_percent=1.0)
WEAK = Cylinder(component="CO2", fraction_percent=0.1, expanded_uncertainty_percent=4.0)
SO2 = Cylinder(component="SO2", fraction_percent=0.5, expanded_uncertainty_percent=2.0)
ZERO = Cylinder(component="CO2", fraction_percent=0.0, impurity_umol_per_mol=3.0)
CAN = Capability(5.0, (0.01, 0.5), uncertainty_percent=2.0, reproducibility_percent=0.1)


def made(can: Capability = CAN, **gases: Cylinder) -> MadeContents:
    gases = gases or {"co2": CO2, "zero": ZERO}
    return MadeContents("divider", gases, can, {name: f"divider.{name}" for name in gases}, "divider.flow")


def test_the_uncertainty_is_that_of_the_hand_calculation() -> None:
    # r = 500 µmol/mol of a cylinder with 1 %: a twentieth of source gas, 19/20 of zero gas with 1.5 ± 3/√12 µmol/mol
    gas = made().predict("CO2", 500e-6, 7)
    assert gas.value == pytest.approx(500e-6 + 0.95 * 1.5e-6)
    assert {name: part.contribution for name, part in gas.components.items()} == pytest.approx(
        {
            "divider.content": 500e-6 * 0.01,
            "divider.setting.7.content": 500e-6 * 0.001,
            "cylinder.co2": 500e-6 * 0.005,
            "cylinder.zero.impurity": 0.95 * 3e-6 / math.sqrt(12.0),
        }
    )


def test_two_contents_share_cylinder_and_calibration_and_not_the_setting() -> None:
    divider = made()
    first, second = divider.predict("CO2", 200e-6, 1), divider.predict("CO2", 800e-6, 2)
    assert set(first.components) & set(second.components) == {"divider.content", "cylinder.co2", "cylinder.zero.impurity"}
    assert "divider.setting.content" in budget(first)


def test_zero_gas_is_what_its_certificate_says() -> None:
    gas = made().reference("CO2", {"divider.co2": 0.0, "divider.flow": 5.0}, 3)
    assert gas.value == pytest.approx(1.5e-6)
    assert gas.standard_uncertainty == pytest.approx(3e-6 / math.sqrt(12.0))


def test_the_last_digit_of_a_reported_content_counts_as_rectangular() -> None:
    can = Capability(5.0, (0.01, 0.5), 0.0, 0.0, resolution=1e-6)
    part = made(can).predict("CO2", 500e-6, 1).components["divider.content.resolution.500"]
    assert part.contribution == pytest.approx(1e-6 / math.sqrt(12.0))


@pytest.mark.parametrize("content", [10e-6, 2000e-6, 0.02])
def test_what_it_cannot_make_is_refused_with_its_range(content: float) -> None:
    with pytest.raises(UnsuppliableError, match=r"0.01 to 0.5 L/min can flow.*it makes 0.002 to 0.1 %, and zero gas"):
        made().plan("CO2", content)


def test_a_gas_that_it_has_not_is_refused() -> None:
    with pytest.raises(UnsuppliableError, match="there is no cylinder of NO; it can make CO2"):
        made().plan("NO", 1e-4)


def test_of_two_cylinders_the_better_known_is_diluted() -> None:
    divider = made(weak=WEAK, co2=CO2, zero=ZERO)
    assert divider.plan("CO2", 50e-6).port == 2
    assert divider.plan("CO2", 10e-6).port == 1, "too little for the strong one"
    assert [*map(pytest.approx, divider.ranges("CO2"))] == [(2e-6, 1e-4), (2e-5, 1e-3)]


def test_litres_are_those_of_the_dilution() -> None:
    divider = made(co2=CO2, so2=SO2, zero=ZERO)
    assert divider.consumption("CO2", 500e-6) == pytest.approx({"co2": 0.25, "so2": 0.0, "zero": 4.75})
    # ten minutes of 500 µmol/mol at 5 L/min, and two of zero gas
    passed = {"divider.co2": 5000.0, "divider.so2": 0.0, "divider.flow": 60.0}
    assert divider.drawn(passed) == pytest.approx({"co2": 2.5, "so2": 0.0, "zero": 57.5})


def test_another_content_than_was_set_and_no_flow_are_errors() -> None:
    divider = made()
    divider.remember(divider.plan("CO2", 500e-6))
    with pytest.raises(InstrumentError, match="makes 0 µmol/mol where 500 µmol/mol are set"):
        divider.reference("CO2", {"divider.co2": 0.0, "divider.flow": 5.0}, 1)
    with pytest.raises(InstrumentError, match="no gas flows"):
        divider.reference("CO2", {"divider.co2": 500.0, "divider.flow": 0.0}, 1)


def test_a_flow_of_a_pause_above_the_total_flow_is_refused() -> None:
    with pytest.raises(StationError, match=r"rest_flow of 6 L/min is above total_flow \(5 L/min\)"):
        MadeContents("divider", {"co2": CO2, "zero": ZERO}, CAN, {"co2": "divider.co2"}, "divider.flow", 6.0)


@given(st.floats(20e-6, 1e-3), st.sampled_from([0.0, 1e-9, 1e-7, 1e-6]))
def test_what_is_predicted_is_what_the_report_of_it_comes_to(content: float, resolution: float) -> None:
    divider = made(Capability(5.0, (0.01, 0.5), 2.0, 0.1, resolution))
    readings = {"divider.co2": content * 1e6, "divider.flow": 5.0}
    divider.remember(divider.plan("CO2", content))
    assert divider.reference("CO2", readings, 9).value == pytest.approx(divider.predict("CO2", content, 9).value)
    litres, used = divider.drawn(readings), divider.consumption("CO2", content)
    assert litres == pytest.approx(dict(used))
    assert sum(used.values()) == pytest.approx(5.0)


def test_cylinders_that_make_no_divider_are_refused() -> None:
    with pytest.raises(StationError, match=r"one of gases must be zero gas .* none is"):
        made(co2=CO2, so2=SO2)
    with pytest.raises(StationError, match="all its gases are zero gas"):
        made(zero=ZERO)
    with pytest.raises(StationError, match="source_flow must ascend"):
        made(Capability(5.0, (0.5, 6.0), 1.0, 0.1))


def test_of_another_gas_only_the_impurity_of_the_zero_gas_is_in_the_measurand() -> None:
    divider = made(co2=CO2, so2=SO2, zero=ZERO)
    contents = {"CO2": 0.0, "SO2": 400e-6}  # 8 % of a cylinder with 0.5 %
    assert divider.predict_in_mixture("SO2", contents, 1).value == pytest.approx(400e-6)
    assert divider.predict_in_mixture("CO2", contents, 1).value == pytest.approx(0.92 * 1.5e-6)
    used = divider.consumption_of_mixture(contents)
    assert used == pytest.approx({"co2": 0.0, "so2": 0.4, "zero": 4.6})
    divider.remember(divider.plan_mixture(contents))
    readings = {"divider.co2": 0.0, "divider.so2": 400.0, "divider.flow": 5.0}
    assert divider.reference("CO2", readings, 1).value == pytest.approx(0.92 * 1.5e-6)
    assert divider.reference("SO2", readings, 1).value == pytest.approx(400e-6)


def test_it_makes_no_two_gases_at_once() -> None:
    with pytest.raises(UnsuppliableError, match="CO2 and SO2 cannot be made at once"):
        made(co2=CO2, so2=SO2, zero=ZERO).plan_mixture({"CO2": 1e-3, "SO2": 4e-4})
