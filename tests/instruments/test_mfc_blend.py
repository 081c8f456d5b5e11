"""The gas divider of mass flow controllers: what it can make, how it sets it, and with which uncertainty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.mfc_blend import MfcBlend, MfcBlendSettings
from testbench.engine.roles import Channel, GasDivider, Identity, Instrument, Parts, SafeOutcome, Sample
from testbench.errors import InstrumentError, StationError, UnsuppliableError
from testbench.metrology.uncertain import influence_group
from testbench.station import Cylinder

CYLINDERS = {
    "co2": Cylinder(component="CO2", fraction_percent=30.0, expanded_uncertainty_percent=0.6),
    "weak": Cylinder(component="CO2", fraction_percent=1.0, expanded_uncertainty_percent=1.0),
    "no": Cylinder(component="NO", fraction_percent=0.1, expanded_uncertainty_percent=1.0),
    "zero": Cylinder(component="CO2", fraction_percent=0.0, impurity_umol_per_mol=1.0),
    "pure": Cylinder(component="CO2", fraction_percent=0.0),
}


class Controller:
    """A flow controller that writes down what it is told."""

    safe_state = "flow 0"
    interval_s = 1.0

    def __init__(
        self, name: str, said: list[tuple[str, float]], full_scale: float = 5.0, unit: str = "L/min", step: float = 0.0
    ) -> None:
        self.name, self.said = name, said
        self.full_scale, self.flow_unit = full_scale, unit
        self.channels = (Channel(f"{name}.flow", "mass flow", unit, step),)

    def open(self) -> None: ...
    def close(self) -> None: ...
    def identify(self) -> Identity:
        return Identity()

    def drive_safe(self) -> SafeOutcome:
        return SafeOutcome(self.name, self.safe_state, True, "")

    def request(self) -> None: ...
    def collect(self) -> Sequence[Sample]:
        return ()

    def set_flow(self, flow: float) -> None:
        self.said.append((self.name, flow))

    def flow_uncertainty(self, flow: float) -> float:
        return 0.002 * flow

    def flow_reproducibility(self, flow: float) -> float:
        return 0.0003 * flow


class Bench:
    """A divider on controllers that write down what they are told."""

    def __init__(self, controllers: Mapping[str, str], options: Mapping[str, Any] | None = None, **changes: Any) -> None:
        self.said: list[tuple[str, float]] = []
        options = options or {}
        made = {name: Controller(name, self.said, **options.get(name, {})) for name in controllers}
        settings = MfcBlendSettings.model_validate({"total_flow": 4.0, "controllers": dict(controllers)} | changes)
        self.divider = MfcBlend("divider", settings, Parts(made, CYLINDERS))


TWO = {"mfc-co2": "co2", "mfc-n2": "zero"}


def simple(**changes: Any) -> Bench:
    """30 % CO2 and a pure zero gas."""
    return Bench({"mfc-co2": "co2", "mfc-n2": "pure"}, **changes)


# ---- arithmetic --------------------------------------------------------------------------------------------------------


def test_a_third_of_the_flow_makes_a_third_of_the_content() -> None:
    bench = simple()
    bench.divider.supply("CO2", 0.10)
    assert dict(bench.said) == pytest.approx({"mfc-co2": 4.0 / 3.0, "mfc-n2": 8.0 / 3.0})
    assert bench.divider.predict("CO2", 0.10, 1).value == pytest.approx(0.10)


def test_the_uncertainty_is_that_of_the_hand_calculation() -> None:
    # x = c q1/(q1 + q2) with q1/q = 1/3: relative sensitivity to q1 and q2 is 1 - 1/3 = 2/3, signs opposite.
    predicted = simple().divider.predict("CO2", 0.10, 7)
    relative = {name: part.contribution / 0.10 for name, part in predicted.components.items()}
    assert relative == pytest.approx(
        {
            "cylinder.co2": 0.003,
            "controller.mfc-co2": 0.002 * 2 / 3,
            "controller.mfc-n2": -0.002 * 2 / 3,
            "divider.setting.7.mfc-co2": 0.0003 * 2 / 3,
            "divider.setting.7.mfc-n2": -0.0003 * 2 / 3,
        }
    )
    expected = math.sqrt(0.003**2 + 2 * (0.002 * 2 / 3) ** 2 + 2 * (0.0003 * 2 / 3) ** 2)
    assert predicted.standard_uncertainty / 0.10 == pytest.approx(expected)


def test_the_last_digit_of_a_flow_counts_as_rectangular() -> None:
    bench = simple(options={"mfc-co2": {"step": 0.001}})
    part = bench.divider.predict("CO2", 0.10, 1).components["controller.mfc-co2.resolution.1333"]
    flow = 1.333  # the nearest that can be set
    assert part.contribution == pytest.approx(0.30 * (8 / 3) / (flow + 8 / 3) ** 2 * 0.001 / math.sqrt(12))


@pytest.mark.parametrize("step", [0.001, 0.00001])
def test_one_flow_is_rounded_alike_at_every_setting_and_another_flow_independently(step: float) -> None:
    divider = simple(options={"mfc-co2": {"step": step}}).divider

    def resolution(content: float, setting: int) -> dict[str, float]:
        parts = divider.predict("CO2", content, setting).components
        return {name: part.contribution for name, part in parts.items() if ".resolution." in name}

    first, again, other = resolution(0.10, 1), resolution(0.10, 2), resolution(0.20, 3)
    assert first == again
    assert len(first) == 1
    assert first.keys().isdisjoint(other)
    assert {influence_group(name) for name in first | other} == {"controller.mfc-co2.resolution"}


def test_flows_are_set_in_steps_of_the_controller_and_predicted_so() -> None:
    bench = simple(options={"mfc-co2": {"step": 0.01}, "mfc-n2": {"step": 0.01}})
    bench.divider.supply("CO2", 0.10)
    assert dict(bench.said) == pytest.approx({"mfc-co2": 1.33, "mfc-n2": 2.67})
    assert bench.divider.predict("CO2", 0.10, 1).value == pytest.approx(0.30 * 1.33 / 4.0)


def test_zero_gas_is_half_of_its_impurity_within_the_rectangle() -> None:
    zero = Bench(TWO).divider.predict("CO2", 0.0, 1)
    assert zero.value == pytest.approx(0.5e-6)
    assert set(zero.components) == {"cylinder.zero.impurity"}
    assert zero.standard_uncertainty == pytest.approx(1e-6 / math.sqrt(12))


def test_the_impurity_is_reckoned_with_when_the_flows_are_chosen() -> None:
    assert Bench(TWO).divider.predict("CO2", 0.004, 1).value == pytest.approx(0.004)


def test_measured_flows_tell_what_was_made() -> None:
    divider = simple(options={"mfc-co2": {"full_scale": 5000.0, "unit": "mL/min"}}).divider
    made = divider.reference("CO2", {"mfc-co2.flow": 1000.0, "mfc-n2.flow": 3.0}, setting=2)
    assert made.value == pytest.approx(0.075)
    assert made.unit == "mol/mol"
    assert "divider.setting.2.mfc-n2" in made.components


def test_a_closed_controller_that_shows_its_zero_offset_is_closed() -> None:
    made = Bench(TWO).divider.reference("CO2", {"mfc-co2.flow": 0.004, "mfc-n2.flow": 4.0}, setting=1)
    assert made.value == pytest.approx(0.5e-6)
    assert Bench(TWO).divider.reference("CO2", {"mfc-co2.flow": -0.004, "mfc-n2.flow": 4.0}, 1).value == made.value


def test_no_flow_is_no_content() -> None:
    with pytest.raises(InstrumentError, match=r"divider: no gas flows, so it has no content; are the cylinders open\?"):
        Bench(TWO).divider.reference("CO2", {"mfc-co2.flow": 0.0, "mfc-n2.flow": 0.0}, 1)


def test_consumption_is_told_by_cylinder_in_litres_a_minute() -> None:
    assert simple().divider.consumption("CO2", 0.075) == pytest.approx({"co2": 1.0, "pure": 3.0})
    assert simple().divider.consumption("CO2", 0.0) == {"co2": 0.0, "pure": 4.0}


@given(st.floats(0.004, 0.296))
def test_what_is_predicted_is_what_was_asked_and_adds_up_to_the_total(fraction: float) -> None:
    bench = Bench(TWO)
    assert bench.divider.predict("CO2", fraction, 1).value == pytest.approx(fraction, rel=1e-9)
    assert sum(bench.divider.consumption("CO2", fraction).values()) == pytest.approx(4.0)


# ---- what can be made --------------------------------------------------------------------------------------------------


def test_the_role_is_that_of_a_divider_without_a_session() -> None:
    divider = Bench(TWO).divider
    assert isinstance(divider, GasDivider)
    assert not isinstance(divider, Instrument)  # its controllers are opened and left safe, each by itself
    assert divider.component == "CO2"
    assert [source.name for source in divider.sources] == ["mfc-co2", "mfc-n2"]


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (
            0.002,
            "divider: 0.2 % CO2 cannot be made: mfc-co2 would have to pass 0.0267 L/min, below 1 % of its full scale "
            "(0.05 L/min). At 4 L/min it makes 0.375 to 29.62 %, 30 % undiluted, and zero gas; change the level, "
            "total_flow, minimum_flow_percent or a cylinder",
        ),
        (0.298, "mfc-n2 would have to pass 0.0267 L/min, below 1 % of its full scale (0.05 L/min)"),
        (0.35, "divider: 35 % CO2 cannot be made: cylinder co2 has 30 %, the zero gas 0 %. At 4 L/min it makes"),
        (-0.01, "divider: -1 % CO2 cannot be made"),
        (float("nan"), "divider: NaN % CO2 cannot be made"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_range_and_what_to_change(fraction: float, text: str) -> None:
    bench = simple()
    for ask in (bench.divider.check, bench.divider.supply, bench.divider.consumption):
        with pytest.raises(UnsuppliableError) as raised:
            ask("CO2", fraction)
        assert text in str(raised.value)
    assert bench.said == []


def test_a_controller_that_would_exceed_its_full_scale_is_named() -> None:
    bench = simple(options={"mfc-co2": {"full_scale": 1.0}})
    with pytest.raises(
        UnsuppliableError,
        match=r"mfc-co2 would have to pass 2 L/min, above its full scale of 1 L/min\. At .* 0.075 to 7.5 %, and",
    ):
        bench.divider.check("CO2", 0.15)


def test_small_contents_are_named_in_micromoles() -> None:
    cylinders = CYLINDERS | {"ppm": Cylinder(component="NO", fraction_percent=0.05)}
    said: list[tuple[str, float]] = []
    settings = MfcBlendSettings(total_flow=4.0, controllers={"a": "ppm", "b": "pure"})
    divider = MfcBlend("divider", settings, Parts({name: Controller(name, said) for name in "ab"}, cylinders))
    with pytest.raises(
        UnsuppliableError, match=r"800 µmol/mol NO cannot be made: cylinder ppm has 0.05 %, .* 6.25 to 493.7 µmol/mol"
    ):
        divider.check("NO", 800e-6)


def test_another_component_is_refused_by_what_there_is() -> None:
    with pytest.raises(UnsuppliableError, match="there is no cylinder of SO2; it can make CO2"):
        Bench(TWO).divider.check("SO2", 0.1)


def test_the_undiluted_gas_can_be_made() -> None:
    bench = simple()
    bench.divider.supply("CO2", 0.30)
    assert dict(bench.said) == {"mfc-co2": 4.0, "mfc-n2": 0.0}
    assert set(bench.divider.predict("CO2", 0.30, 1).components) == {"cylinder.co2"}


def test_a_second_source_widens_the_range_and_the_better_one_is_used() -> None:
    bench = Bench({"strong": "co2", "weak": "weak", "n2": "pure"})
    assert [pytest.approx(ends, rel=1e-6) for ends in bench.divider.ranges("CO2")] == [
        (0.000125, 0.009875),
        (0.00375, 0.29625),
    ]
    bench.divider.supply("CO2", 0.001)
    assert dict(bench.said) == pytest.approx({"strong": 0.0, "weak": 0.4, "n2": 3.6})
    for fraction in (0.005, 0.0095):  # both could make these
        both = {
            name: Bench({"source": cylinder, "n2": "pure"}).divider.predict("CO2", fraction, 1).standard_uncertainty
            for name, cylinder in (("strong", "co2"), ("weak", "weak"))
        }
        chosen = bench.divider.predict("CO2", fraction, 1).standard_uncertainty
        assert chosen == pytest.approx(min(both.values()))


def test_a_cylinder_of_another_component_makes_that_component() -> None:
    bench = Bench({"mfc-co2": "co2", "mfc-no": "no", "mfc-n2": "zero"})
    bench.divider.supply("NO", 250e-6)
    assert dict(bench.said) == pytest.approx({"mfc-co2": 0.0, "mfc-no": 1.0, "mfc-n2": 3.0})
    assert bench.divider.component == "CO2"


# ---- the order of setting ----------------------------------------------------------------------------------------------


def path(said: Sequence[tuple[str, float]], start: Mapping[str, float]) -> list[tuple[float, float]]:
    """Total flow and content after each command, the commands of a switch given one after the other."""
    flows, seen = dict(start), []
    for name, flow in said:
        flows[name] = flow
        total = sum(flows.values())
        seen.append((total, 0.30 * flows["mfc-co2"] / total if total else 0.0))
    return seen


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.2), (0.2, 0.0), (0.05, 0.25), (0.25, 0.05), (0.0, 0.3), (0.3, 0.0)])
def test_between_two_contents_the_flow_never_falls_and_the_content_stays_between(before: float, after: float) -> None:
    bench = simple()
    bench.divider.supply("CO2", before)
    start = dict(bench.said)
    bench.said.clear()
    bench.divider.supply("CO2", after)
    low, high = sorted((before, after))
    for total, content in path(bench.said, start):
        assert total >= 4.0 - 1e-9
        assert low - 1e-9 <= content <= high + 1e-9


def test_from_standstill_the_zero_gas_comes_first() -> None:
    bench = simple()
    bench.divider.supply("CO2", 0.2)
    assert [name for name, _ in bench.said] == ["mfc-n2", "mfc-co2"]


def test_zero_shuts_every_source_and_stop_shuts_all() -> None:
    bench = simple()
    bench.divider.supply("CO2", 0.2)
    bench.said.clear()
    bench.divider.zero()
    assert bench.said == [("mfc-n2", 4.0), ("mfc-co2", 0.0)]
    bench.said.clear()
    bench.divider.stop()
    assert bench.said == [("mfc-co2", 0.0), ("mfc-n2", 0.0)]


def test_at_rest_a_little_zero_gas_flows_and_no_source() -> None:
    bench = simple()
    assert bench.divider.rest_state == "zero gas at 0.4 L/min"
    bench.divider.supply("CO2", 0.2)
    bench.said.clear()
    bench.divider.rest()
    assert bench.said == [("mfc-co2", 0.0), ("mfc-n2", 0.4)]
    bench.said.clear()
    bench.divider.supply("CO2", 0.2)
    assert bench.said == [("mfc-n2", pytest.approx(4.0 / 3.0)), ("mfc-co2", pytest.approx(8.0 / 3.0))]


def test_on_the_way_to_rest_no_content_rises_whatever_the_order_of_the_controllers() -> None:
    bench = Bench({"mfc-n2": "pure", "mfc-co2": "co2"})
    bench.divider.supply("CO2", 0.2)
    start = dict(bench.said)
    bench.said.clear()
    bench.divider.rest()
    assert [content for _, content in path(bench.said, start)] == [0.0, 0.0]
    bench.divider.supply("CO2", 0.3)  # no zero gas flows: at rest it comes before the source is shut
    bench.said.clear()
    bench.divider.rest()
    assert bench.said == [("mfc-n2", 0.4), ("mfc-co2", 0.0)]


@pytest.mark.parametrize(
    ("options", "changes", "rest"),
    [
        ({}, {"rest_flow": 1.25}, 1.25),
        ({}, {"minimum_flow_percent": 20.0}, 1.0),  # a tenth of 4 L/min is below 20 % of 5 L/min
        ({"mfc-n2": {"step": 0.03}}, {}, 0.39),
        ({"mfc-n2": {"full_scale": 5000.0, "unit": "mL/min"}}, {"rest_flow": 0.5}, 500.0),
    ],
)
def test_the_flow_at_rest_is_one_that_the_controller_can_make(
    options: dict[str, Any], changes: dict[str, Any], rest: float
) -> None:
    bench = simple(options=options, **changes)
    bench.divider.rest()
    assert dict(bench.said)["mfc-n2"] == pytest.approx(rest)


@pytest.mark.parametrize("flow", [0.04, 4.1])
def test_a_flow_at_rest_that_cannot_be_made_is_refused_when_the_station_is_built(flow: float) -> None:
    with pytest.raises(
        StationError,
        match=rf"rest_flow of {flow:g} L/min cannot be made: mfc-n2 passes at least 0.05 L/min, and total_flow is 4",
    ):
        simple(rest_flow=flow)


def test_at_rest_the_measured_flows_are_those_of_zero_gas() -> None:
    divider = simple().divider
    divider.rest()
    assert divider.reference("CO2", {"mfc-co2.flow": 0.0, "mfc-n2.flow": 0.4}, 1).value == 0.0
    with pytest.raises(InstrumentError, match=r"mfc-n2 passes 4 L/min where 0\.4 L/min are set"):
        divider.reference("CO2", {"mfc-co2.flow": 0.0, "mfc-n2.flow": 4.0}, 1)


# ---- the station's keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("controllers", "options", "changes", "text"),
    [
        ({"a": "co2", "b": "weak"}, {}, {}, "one controller must carry zero gas .* none does"),
        ({"a": "zero", "b": "pure"}, {}, {}, "these do: a, b"),
        ({"a": "co2", "b": "nitrogen"}, {}, {}, "there is no cylinder 'nitrogen' for b; there are: co2, weak"),
        (
            TWO,
            {},
            {"total_flow": 6.0},
            r"zero gas at the total flow of 6 L/min is above the full scale of mfc-n2 \(5 L/min\)",
        ),
        (TWO, {"mfc-n2": {"unit": "SLPM"}}, {}, "mfc-co2 and mfc-n2 state flows at different reference conditions"),
        (TWO, {"mfc-n2": {"unit": "gallons"}}, {}, "mfc-n2: 'gallons' is no unit of flow"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    controllers: dict[str, str], options: dict[str, Any], changes: dict[str, Any], text: str
) -> None:
    with pytest.raises(StationError, match=text):
        Bench(controllers, options, **changes)


def test_a_controller_that_is_not_there_is_named_with_those_that_are() -> None:
    settings = MfcBlendSettings(total_flow=4.0, controllers={"mfc-co2": "co2", "mfc-n2": "zero"})
    with pytest.raises(StationError, match="divider: 'mfc-n2' is no flow controller of the station; there are: mfc-co2"):
        MfcBlend("divider", settings, Parts({"mfc-co2": Controller("mfc-co2", [])}, CYLINDERS))


@pytest.mark.parametrize(
    "changes",
    [{"total_flow": 0}, {"controllers": {"a": "co2"}}, {"minimum_flow_percent": 100}, {"rest_flow": 0}, {"flow": 1}],
)
def test_wrong_keys_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MfcBlendSettings.model_validate({"total_flow": 4.0, "controllers": TWO} | changes)


@pytest.mark.parametrize(
    ("flows", "named"),
    [
        ({"mfc-co2.flow": 0.0, "mfc-n2.flow": 2.667}, "mfc-co2 passes 0 L/min"),  # its cylinder is empty
        ({"mfc-co2.flow": 1.333, "mfc-n2.flow": 1.0}, "mfc-n2 passes 1 L/min"),  # its pressure is too low
    ],
)
def test_a_controller_that_loses_its_gas_is_named(flows: Mapping[str, float], named: str) -> None:
    divider = Bench(TWO).divider
    divider.supply("CO2", 0.10)
    made = divider.reference("CO2", {"mfc-co2.flow": 1.34, "mfc-n2.flow": 2.667}, 1)
    assert made.value == pytest.approx(0.30 * 1.34 / 4.007, rel=1e-5)  # of the measured flows, not of the set ones
    with pytest.raises(InstrumentError, match=f"{named}.*empty or closed"):
        divider.reference("CO2", flows, 1)


def test_zero_gas_that_fails_at_zero_is_noticed_too() -> None:
    divider = Bench(TWO).divider
    divider.zero()
    with pytest.raises(InstrumentError, match="mfc-n2 passes 1 L/min where 4 L/min are set"):
        divider.reference("CO2", {"mfc-co2.flow": 0.0, "mfc-n2.flow": 1.0}, 1)


def test_a_total_flow_that_no_controller_can_set_is_refused() -> None:
    with pytest.raises(StationError, match=r"below what mfc-n2 can set .*raise total_flow"):
        simple(total_flow=1e-9)


# ---- several components at once ----------------------------------------------------------------------------------------

THREE = {"mfc-co2": "co2", "mfc-no": "no", "mfc-n2": "pure"}


def test_two_gases_are_made_at_once_of_their_flows() -> None:
    # 10 % of 30 % is a third of 4 L/min, 200 of 1000 µmol/mol a fifth; the zero gas is what is left
    bench = Bench(THREE)
    bench.divider.supply_mixture({"CO2": 0.10, "NO": 200e-6})
    flows = {"mfc-co2": 4.0 / 3.0, "mfc-no": 0.8, "mfc-n2": 4.0 - 4.0 / 3.0 - 0.8}
    assert dict(bench.said) == pytest.approx(flows)
    for component, content in (("CO2", 0.10), ("NO", 200e-6)):
        predicted = bench.divider.predict_in_mixture(component, {"CO2": 0.10, "NO": 200e-6}, 1)
        assert predicted.value == pytest.approx(content)
    used = bench.divider.consumption_of_mixture({"CO2": 0.10, "NO": 200e-6})
    assert used == pytest.approx({"co2": 4.0 / 3.0, "no": 0.8, "pure": flows["mfc-n2"]})


def test_the_uncertainty_in_a_mixture_is_that_of_the_hand_calculation() -> None:
    # x = c q1/Σq with q1/Σq = 1/3: sensitivity to q1 is 2/3, to each other flow its share with the other sign
    predicted = Bench(THREE).divider.predict_in_mixture("CO2", {"CO2": 0.10, "NO": 200e-6}, 7)
    relative = {name: part.contribution / 0.10 for name, part in predicted.components.items()}
    assert relative["cylinder.co2"] == pytest.approx(0.003)
    assert relative["controller.mfc-co2"] == pytest.approx(0.002 * 2 / 3)
    assert relative["controller.mfc-no"] == pytest.approx(-0.002 * 0.2)
    assert relative["controller.mfc-n2"] == pytest.approx(-0.002 * (1 - 1 / 3 - 0.2))
    assert "cylinder.no" not in relative


@given(co2=st.floats(0.01, 0.14), no=st.floats(20e-6, 400e-6))
def test_a_mixture_has_the_contents_that_were_asked_for_also_with_an_impure_zero_gas(co2: float, no: float) -> None:
    divider = Bench({"mfc-co2": "co2", "mfc-no": "no", "mfc-n2": "zero"}).divider
    contents = {"CO2": co2, "NO": no}
    assert divider.predict_in_mixture("CO2", contents, 1).value == pytest.approx(co2, rel=1e-9)
    assert divider.predict_in_mixture("NO", contents, 1).value == pytest.approx(no, rel=1e-9)
    assert math.fsum(divider.consumption_of_mixture(contents).values()) == pytest.approx(4.0)


def test_an_interferent_alone_leaves_only_the_impurity_of_the_zero_gas() -> None:
    divider = Bench({"mfc-co2": "co2", "mfc-no": "no", "mfc-n2": "zero"}).divider
    contents = {"CO2": 0.0, "NO": 500e-6}
    assert divider.predict_in_mixture("CO2", contents, 1).value == pytest.approx(0.5 * 0.5e-6)
    assert divider.predict_in_mixture("NO", contents, 1).value == pytest.approx(500e-6)


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        ({"CO2": 0.1, "SO2": 1e-4}, "there is no cylinder of SO2; it can make CO2, NO"),
        (
            {"CO2": 0.25, "NO": 500e-6},
            "25 % CO2 with 0.05 % NO cannot be made: the source gases would need 5.333 L/min, more than",
        ),
        ({"CO2": 0.1, "NO": 2e-6}, r"mfc-no would have to pass 0.008 L/min; it passes 0.05 to 5 L/min"),
    ],
)
def test_a_mixture_that_cannot_be_made_is_refused_before_anything_is_set(contents: dict[str, float], why: str) -> None:
    bench = Bench(THREE)
    with pytest.raises(UnsuppliableError, match=why):
        bench.divider.check_mixture(contents)
    with pytest.raises(UnsuppliableError):
        bench.divider.supply_mixture(contents)
    assert bench.said == []
