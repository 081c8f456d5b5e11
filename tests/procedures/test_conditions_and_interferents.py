"""The procedures of HJ 76 and HJ 75 on the plant: what a station states as truth is what they find.

Expected values are closed forms of the simulated device's definition: a condition adds its percent per unit times the
departure; a cross-sensitivity its percent per percent of the component; all in percent of full scale.
"""

import pytest

from procedures.interference import read_interferent
from testbench.errors import InputError


def quiet(data, *names):
    """Exact gas and devices without drift, so that what is found is the effect alone."""
    data["cylinders"]["co2"]["truth"] = {"error_percent": 0.0}
    for name in ("mfc-co2", "mfc-n2"):
        data["instruments"][name]["truth"] = {"flow_error_percent": 0.0}
    for device in data["devices"].values():
        device["truth"] |= {"zero_drift_percent_fs_per_day": 0.0, "span_drift_percent_fs_per_day": 0.0}
    if names:
        data["devices"] = {name: data["devices"][name] for name in names}


def near(finding, expected):
    return finding.value == pytest.approx(expected, abs=max(1.3 * finding.expanded_uncertainty, 1e-9))


def test_the_influence_of_temperature_has_the_sign_and_size_of_its_largest_step(simulated_station, direct_bench):
    def change(data):
        quiet(data)
        data["devices"]["A"]["truth"]["influence"] = {"temperature": 0.12}
        data["devices"]["B"]["truth"]["influence"] = {"temperature": -0.3}

    found = direct_bench(simulated_station(change), wait_every_s=600.0).run(
        "temperature-influence", soak_s=0, read_zero=True
    )
    for device, per_kelvin in {"A": 0.12, "B": -0.3, "C": 0.0}.items():
        for point in ("zero", "span"):
            finding = found[device, f"temperature_influence_{point}"]
            changes = [row["change_percent_fs"] for row in finding.details["visits"] if row["change_percent_fs"] is not None]
            assert changes == pytest.approx([10 * per_kelvin, -10 * per_kelvin], abs=0.3)
            assert abs(finding.value) == pytest.approx(10 * abs(per_kelvin), abs=1.3 * finding.expanded_uncertainty)
            assert finding.index in ("35 °C", "15 °C")
            assert 0.0 < finding.expanded_uncertainty < 0.4


def test_the_influence_of_voltage_and_sample_flow_are_found_alike(simulated_station, direct_bench):
    def change(data):
        quiet(data, "A")
        data["environment"]["flow"] = {
            "driver": "current-loop-sensor",
            "quantity": "sample flow",
            "unit": "L/min",
            "instrument": "daq",
            "channel": 105,
            "low": 0.0,
            "high": 2.0,
            "truth": {"value": 1.0},
        }
        data["instruments"]["daq"]["shunts"]["105"] = 250.0
        data["devices"]["A"]["truth"]["influence"] = {"voltage": 0.05, "sample flow": -12.0}

    made = direct_bench(simulated_station(change), wait_every_s=600.0)
    voltage = made.run("voltage-influence", soak_s=0)["A", "voltage_influence_span"]
    assert abs(voltage.value) == pytest.approx(22 * 0.05, abs=1.3 * voltage.expanded_uncertainty)
    flow = made.run("sample-flow-influence", soak_s=0)["A", "sample_flow_influence_span"]
    assert abs(flow.value) == pytest.approx(0.1 * 12.0, abs=1.3 * flow.expanded_uncertainty)


def test_interferents_add_up_by_sign(simulated_station, direct_bench):
    def change(data):
        quiet(data, "A", "C")
        data["devices"]["A"]["truth"]["cross_sensitivity"] = {"CO": 20.0, "CH4": 30.0, "NH3": -40.0}

    made = direct_bench(simulated_station(change))
    settings = {"interferents": ["CO 1000 ppm", "CH4 0.05 %", "NH3 200 ppm", "CO2 15 %"], "repeats": 2}
    found = made.run("interference", **settings)
    positive, negative = (found["A", f"interference_{sign}_zero"] for sign in ("positive", "negative"))
    effects = {row["interferent"]: row["percent_fs"] for row in positive.details["interferents"]}
    assert effects == pytest.approx({"CO 1000 ppm": 2.0, "CH4 0.05 %": 1.5, "NH3 200 ppm": -0.8}, abs=0.2)
    assert positive.details["summed"] == ["CO 1000 ppm", "CH4 0.05 %"]
    assert near(positive, 3.5)
    assert near(negative, -0.8)
    assert "CO2 is what the device measures" in positive.notes[0]
    assert abs(found["C", "interference_positive_zero"].value) <= 0.1


def test_interferents_are_told_in_span_gas_too(simulated_station, direct_bench):
    def change(data):
        quiet(data, "A")
        data["devices"]["A"]["truth"]["cross_sensitivity"] = {"CO": 20.0}

    settings = {"interferents": ["CO 1000 ppm"], "repeats": 1, "read_zero": False, "read_span": True}
    found = direct_bench(simulated_station(change)).run("interference", **settings)
    assert set(found) == {("A", "interference_positive_span"), ("A", "interference_negative_span")}
    assert near(found["A", "interference_positive_span"], 2.0)


@pytest.mark.parametrize("written", ["CO", "CO lots ppm", "CO 300 bar", "XY 300 mg/m3", "CO 0 ppm", "CO 120 %"])
def test_an_interferent_without_content_or_unit_is_refused(written, simulated_station, direct_bench):
    with pytest.raises(InputError, match="interferent '"):
        direct_bench(simulated_station()).run("interference", interferents=[written])


def test_contents_by_mass_are_at_the_standard_state():
    found = read_interferent("CO 300 mg/m3")
    assert (found.component, found.written) == ("CO", "CO 300 mg/m3")
    assert found.content == pytest.approx(300 * 22.4 / 28.01 * 1e-6)


def nox(data):
    quiet(data, "A", "B")
    data["cylinders"]["co2"] |= {"component": "NOx", "fraction_percent": 0.04}
    data["cylinders"]["zero"] |= {"component": "NOx", "impurity_umol_per_mol": 0.01}
    for device in data["devices"].values():
        device |= {"measurand": "NOx", "range": [0.0, 200.0], "unit": "ppm"}
        device["truth"]["converter_efficiency_percent"] = 91.0
    data["devices"]["B"]["truth"]["linearity_percent_fs"] = 0.0


def test_the_converter_is_found_as_efficient_as_it_is(simulated_station, direct_bench):
    found = direct_bench(simulated_station(nox), component="NOx").run("converter-efficiency")
    finding = found["B", "converter_efficiency"]
    assert near(finding, 91.0)
    assert finding.expanded_uncertainty < 2.0
    # A departs from its line by 0.6 % of full scale: 1.2 % of the content at half of it, which its uncertainty knows
    departing = found["A", "converter_efficiency"]
    assert departing.value == pytest.approx(91.0 + 100 * 4 * 0.006 * 0.455 * 0.545 / 0.5, abs=0.5)
    assert near(departing, 91.0)
    assert departing.details["analyser_percent"] == pytest.approx(0.91 * 100 * (4 * 0.006 * 0.25 / 0.5 - 0.0024), abs=0.4)


@pytest.mark.parametrize("procedure", ["interference", "interference-check", "cross-sensitivity"])
def test_no_and_no2_are_what_a_device_of_nox_measures_and_no_interferents_of_it(simulated_station, direct_bench, procedure):
    made = direct_bench(simulated_station(nox), component="NOx")
    settings = {"interferents": ["NO 15 ppm", "CO 50 ppm", "NO2 15 ppm"]}
    if procedure == "interference-check":
        settings = {"components": ["NO", "CO", "NO2"], "contents": [15.0, 50.0, 15.0]}
    made.run(procedure, **settings)
    supplied = {arguments["component"] for call, arguments, _ in made.ledger.steps if call == "supply_other"}
    assert supplied == {"CO"}


def test_a_titration_is_computed_from_what_was_entered(simulated_station, direct_bench):
    finding = direct_bench(simulated_station(nox), component="NOx").run("converter-efficiency", method="titration")[
        "A", "converter_efficiency"
    ]
    assert finding.value == pytest.approx(100.0)
    assert finding.expanded_uncertainty is None
    assert len(finding.details["repeats"]) == 3


def test_a_device_without_converter_is_refused(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    finding = made.run("converter-efficiency")["A", "converter_efficiency"]
    assert finding.value is None
    assert "only devices for NOx" in finding.notes[0]
    assert made.ledger.steps == []


def test_parallelism_needs_its_three_units_of_one_kind(simulated_station, direct_bench):
    found = direct_bench(simulated_station(lambda data: quiet(data, "A", "B"))).run("parallelism")
    assert {finding.value for finding in found.values()} == {None}
    assert "of 3 units read together; here are 2" in found["A", "parallelism"].notes[0]

    def other_range(data):
        data["devices"]["C"]["range"] = [0.0, 25.0]

    found = direct_bench(simulated_station(other_range)).run("parallelism")
    assert "identical units" in found["A", "parallelism"].notes[0]


def test_an_influence_needs_a_gas_and_a_value_beside_the_reference(simulated_station, direct_bench):
    for settings in ({"read_span": False}, {"values": [220.0, 220.0]}):
        with pytest.raises(InputError, match="beside the reference condition"):
            direct_bench(simulated_station()).run("voltage-influence", **settings)


def test_parallelism_is_the_spread_of_the_three_units(simulated_station, direct_bench):
    def change(data):
        quiet(data)
        for name, gain in (("A", -4.0), ("B", 0.0), ("C", 4.0)):
            data["devices"][name]["truth"] |= {
                "gain_error_percent": gain,
                "zero_offset_percent_fs": 0.0,
                "linearity_percent_fs": 0.0,
            }

    found = direct_bench(simulated_station(change)).run("parallelism", adjust_first=False)
    values = {finding.value for finding in found.values()}
    assert len(found) == 3
    assert len(values) == 1
    low, high = found["A", "parallelism"].interval
    assert low <= 4.0 <= high
    assert high - low < 0.6


def test_the_indication_error_of_each_level_is_told_in_both_expressions(simulated_station, direct_bench):
    def change(data):
        quiet(data, "A")
        data["devices"]["A"]["truth"] |= {
            "gain_error_percent": 3.0,
            "zero_offset_percent_fs": 0.5,
            "linearity_percent_fs": 0.0,
            "noise_percent_fs": 0.01,
        }

    made = direct_bench(simulated_station(change))
    made.run("indication-error", adjust_first=False)
    for finding, x in zip(made.ledger.findings, (0.25, 0.55, 0.9), strict=True):
        assert finding.index == f"{100 * x:g} %F.S."
        assert near(finding, 100 * (0.005 + 0.03 * x) / x)
        assert finding.in_metric("percent_of_full_scale").value == pytest.approx(0.5 + 3 * x, abs=0.1)


def test_the_system_response_time_holds_the_line_and_the_device(simulated_station, direct_bench):
    found = direct_bench(simulated_station(lambda data: quiet(data))).run("system-response-time")
    for device, t90 in {"A": 45.0, "B": 72.0, "C": 30.0}.items():
        finding = found[device, "system_response_time"]
        assert finding.value == pytest.approx(t90 + 4.0, abs=finding.expanded_uncertainty + 0.4)
        assert finding.details["transport_s"] < finding.value - finding.details["transition_s"] + 0.1


def test_stability_is_the_drift_of_an_hour_at_the_content(simulated_station, direct_bench):
    def change(data):
        quiet(data, "C")
        data["devices"]["C"]["truth"] |= {"zero_drift_percent_fs_per_day": 0.0, "span_drift_percent_fs_per_day": 48.0}

    finding = direct_bench(simulated_station(change)).run("stability", level=0.5)["C", "stability"]
    # 2 % of full scale an hour at full scale, 1 % at half of it: 2 % of the reading
    assert near(finding, 2.0)
    assert finding.index == "60 min"


def test_accuracy_on_the_bench_is_that_of_the_device(simulated_station, direct_bench):
    def change(data):
        quiet(data, "A")
        data["devices"]["A"]["truth"] |= {
            "gain_error_percent": 4.0,
            "zero_offset_percent_fs": 0.0,
            "linearity_percent_fs": 0.0,
        }

    found = direct_bench(simulated_station(change)).run("relative-accuracy", adjust_first=False)
    finding = found["A", "relative_accuracy"]
    assert finding.details["mean_reference"] == pytest.approx(10.0, abs=0.05)
    assert near(finding.in_metric("mean_error_percent_of_reference_mean"), 4.0)
    absolute = finding.in_metric("absolute")
    assert absolute.unit == "%"
    assert near(absolute, 0.4)
    cc = finding.details["confidence_coefficient"]
    assert finding.value == pytest.approx(4.0 + 100 * cc / 10.0, abs=0.1)
    assert finding.variables["reference_mean"] == pytest.approx(10.0, abs=0.05)


def test_an_entered_reference_method_is_scored_without_gas(simulated_station, direct_bench):
    found = direct_bench(simulated_station()).run("relative-accuracy", source="entered", runs=9)
    finding = found["B", "relative_accuracy"]
    assert finding.value == 0.0  # the simulated operator enters the same for both
    assert finding.expanded_uncertainty is None
    assert len(finding.details["runs"]) == 9
