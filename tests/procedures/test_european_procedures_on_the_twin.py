"""The procedures of EN 15267-3, EN 14181 and OIML R 144 on the plant: the truth of a station is what they find.

Expected values are closed forms of the simulated device's definition (x = content / full scale, percent of full scale):
the curve 4·L·x·(1 − x) leaves known residuals from a line, a reading of n updates has the noise over √n, drift grows with
the days, and after adjustment the rest is the curve.
"""

import math

import numpy as np
import pytest

from testbench.engine.entering import Entered

SEQUENCE = (0.0, 0.7, 0.4, 0.0, 0.6, 0.1, 0.3, 0.9, 0.0)
CURVES = {"A": 0.6, "B": -1.1, "C": 0.9}


def exact_gas(data):
    """No error in the gas, so that what is found is the device alone."""
    data["cylinders"]["co2"]["truth"] = {"error_percent": 0.0}
    for name in ("mfc-co2", "mfc-n2"):
        data["instruments"][name]["truth"] = {"flow_error_percent": 0.0}


def steady(data):
    """Exact gas and devices that do not drift."""
    exact_gas(data)
    for device in data["devices"].values():
        device["truth"] |= {"zero_drift_percent_fs_per_day": 0.0, "span_drift_percent_fs_per_day": 0.0}


def residuals(curve, visits):
    """Residuals of 4·L·x·(1 − x) from its least squares line through the visits, by level."""
    x = np.array(visits)
    y = 4 * curve * x * (1 - x)
    return dict(zip(visits, y - np.polyval(np.polyfit(x, y, 1), x), strict=True))


def test_lack_of_fit_is_what_a_line_leaves_of_the_curve(simulated_station, direct_bench):
    found = direct_bench(simulated_station(steady)).run("lack-of-fit")
    for device, curve in CURVES.items():
        finding = found[device, "lack_of_fit"]
        expected = residuals(curve, SEQUENCE)
        largest = max(expected, key=lambda level: abs(expected[level]))
        assert finding.index == f"{100 * largest:g} %F.S."
        assert finding.value == pytest.approx(expected[largest], abs=finding.expanded_uncertainty)
        assert finding.expanded_uncertainty < 0.3
        for level in finding.details["levels"]:
            assert level["error_percent_fs"] == pytest.approx(expected[level["nominal_fraction"]], abs=0.15)
        assert finding.details["levels"][0]["readings"] == 9  # zero three times, three readings each


def test_repeatability_at_zero_and_span_is_the_noise_of_a_mean_reading(simulated_station, direct_bench):
    def change(data):
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"]["noise_percent_fs"] = 0.8
        data["devices"]["A"]["response_time_s"] = 60.0

    found = direct_bench(simulated_station(change)).run("repeatability-zero-span", readings=40)
    noise = 0.8 / math.sqrt(60)  # 60 updates of 1 s in a reading of one response time
    for point in ("zero", "span"):
        finding = found["A", f"repeatability_{point}"]
        low, high = finding.interval
        assert low < noise < high
        assert finding.value == pytest.approx(noise, rel=0.35)
    limit = found["A", "detection_limit"]
    assert limit.value == pytest.approx(2.0227 * found["A", "repeatability_zero"].value / 100 * 20, rel=1e-3)
    three = found["A", "repeatability_3s"]
    assert three.value == pytest.approx(3 * found["A", "repeatability_span"].value / 0.7, rel=0.05)
    assert three.details["expressed"]["absolute"]["unit"] == "µmol/mol"


def test_the_reproducibility_of_two_devices_is_their_difference(simulated_station, direct_bench):
    """A and B differ by 4·(0.6 + 1.1)·x·(1 − x) and by what their lines are off; noise is small against it."""

    def change(data):
        steady(data)
        del data["devices"]["C"]
        for name, offset in (("A", 1.0), ("B", -0.5)):
            data["devices"][name]["truth"] = {
                "zero_offset_percent_fs": offset,
                "gain_error_percent": 0.0,
                "linearity_percent_fs": 0.0,
                "noise_percent_fs": 0.01,
                "t90_rise_s": 45.0,
                "t90_fall_s": 48.0,
                "lag_s": 4.0,
                "zero_drift_percent_fs_per_day": 0.0,
                "span_drift_percent_fs_per_day": 0.0,
            }

    found = direct_bench(simulated_station(change)).run("reproducibility", passes=2)
    expected = 2.2010 * 1.5 / math.sqrt(2)  # t(0.975; 11), s_D = 1.5/√2
    for device in "AB":
        assert found[device, "reproducibility"].value == pytest.approx(expected, rel=0.01)


def test_a_single_device_has_no_reproducibility(simulated_station, direct_bench):
    def change(data):
        data["devices"] = {"A": data["devices"]["A"]}

    finding = direct_bench(simulated_station(change)).run("reproducibility", passes=1)["A", "reproducibility"]
    assert finding.value is None
    assert "two devices" in finding.notes[0]


def test_the_maintenance_interval_ends_when_the_drift_is_too_large(simulated_station, direct_bench):
    """Span drift at 70 % of full scale is 0.7·ds + 0.3·dz a day: B 0.398 %, so 3 % are passed between day 7 and 8."""
    found = direct_bench(simulated_station(exact_gas), wait_every_s=43200.0).run("maintenance-interval")
    truth = {"A": (0.05, -0.055), "B": (-0.12, 0.398), "C": (0.03, 0.065)}
    for device, (zero, span) in truth.items():
        for point, daily in (("zero", zero), ("span", span)):
            finding = found[device, f"{point}_drift_maintenance"]
            last = finding.details["days"][-1]
            assert last["drift_percent_fs"] == pytest.approx(8 * daily, abs=1.5 * last["expanded_uncertainty_percent_fs"])
    assert found["A", "maintenance_interval"].value >= 8  # as many days as the standard asks for, not some minutes fewer
    assert found["A", "maintenance_interval"].value == pytest.approx(8, abs=1e-3)
    assert found["B", "maintenance_interval"].value == pytest.approx(7, abs=1e-3)
    assert found["B", "maintenance_interval"].details["exceeded_on"] == pytest.approx(8, abs=0.1)


def test_qal2_finds_the_line_of_a_device_and_its_scatter(simulated_station, direct_bench):
    """A gain error of 4 % and an offset of 1 % of full scale (0.2 %): y = (x − 0.2)/1.04 in the device's unit."""

    def change(data):
        steady(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {
            "gain_error_percent": 4.0,
            "zero_offset_percent_fs": 1.0,
            "linearity_percent_fs": 0.0,
        }

    found = direct_bench(simulated_station(change), wait_every_s=3600.0).run("qal2", limit_value=13.0, permitted=10.0)
    assert found["A", "calibration_slope"].value == pytest.approx(1 / 1.04, rel=2e-3)
    assert found["A", "calibration_intercept"].value == pytest.approx(-0.2 / 1.04, abs=0.02)
    assert found["A", "calibration_r_squared"].value > 0.999
    assert found["A", "calibration_pairs"].value == 15
    top = 0.75 * 20  # the largest gas
    assert found["A", "calibration_valid_range"].value == pytest.approx(1.1 * top, rel=0.01)
    variability = found["A", "qal2_variability"]
    assert variability.details["method"] == "A"
    assert variability.value < 10
    assert variability.details["permitted_deviation"] == pytest.approx(1.3 / 1.96 * 0.9761, rel=1e-3)


@pytest.mark.parametrize(("levels", "method"), [((0.4, 0.42), "B"), ((0.02, 0.03), "C")])
def test_a_small_spread_of_contents_asks_for_another_method(simulated_station, direct_bench, levels, method):
    def change(data):
        steady(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {"gain_error_percent": 4.0, "linearity_percent_fs": 0.0}

    found = direct_bench(simulated_station(change), wait_every_s=3600.0).run(
        "qal2", limit_value=13.0, permitted=10.0, levels=levels
    )
    assert found["A", "qal2_variability"].details["method"] == method
    assert found["A", "calibration_slope"].value == pytest.approx(1 / 1.04, rel=5e-3)


def test_qal2_says_what_is_not_known_of_a_measurand(simulated_station, direct_bench):
    found = direct_bench(simulated_station(), wait_every_s=3600.0).run("qal2", pairs=3, days=1, signals="entered")
    finding = found["A", "qal2_variability"]
    assert finding.value is None
    assert "permitted" in finding.notes[0]


@pytest.mark.parametrize(
    ("zero", "gas", "method", "slope"),
    [
        (2.0, (), "B", 5.0),  # mean 12 and 50: 50/(12 − 2)
        (None, ((2.0, 0.0),), "B", 5.0),  # the signal of zero gas
        (None, (), None, None),
    ],
)
def test_signals_that_are_entered_have_the_signal_at_zero_with_them(
    simulated_station, direct_bench, monkeypatch, zero, gas, method, slope
):
    made = direct_bench(simulated_station(steady))

    def enter(form):
        rows = []
        for device in made.bench.devices:
            pairs = [(11.0, 48.0), (12.0, 50.0), (13.0, 52.0)]
            rows += [
                {"device": device.name, "measurement": n, "signal": x, "reference": y} for n, (x, y) in enumerate(pairs, 1)
            ]
        for device in made.bench.devices:
            own = {"device": device.name, "reference_gas": True}
            rows += [{**own, "measurement": 3 + n, "signal": x, "reference": y} for n, (x, y) in enumerate(gas, 1)]
        rows[0]["zero_signal"] = rows[3]["zero_signal"] = zero
        return Entered(rows=form.complete(rows), by="li", source="keyboard")

    monkeypatch.setattr(made.bench, "enter", enter)
    found = made.run("qal2", pairs=3, days=1, signals="entered", limit_value=100.0, permitted=20.0)
    finding = found["A", "calibration_slope"]
    assert finding.value == (None if slope is None else pytest.approx(slope))
    assert finding.details.get("method") == method
    assert method is not None or "method B needs the signal" in finding.notes[0]
    assert found["A", "calibration_pairs"].value == 3


def test_the_annual_test_sees_a_shift_of_the_device(simulated_station, direct_bench):
    """Offset +15 % of full scale (3 %) against an unchanged function: D̄ = −3, σ0 = 1.3/1.96."""

    def change(data):
        steady(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {
            "gain_error_percent": 0.0,
            "zero_offset_percent_fs": 15.0,
            "linearity_percent_fs": 0.0,
        }

    found = direct_bench(simulated_station(change), wait_every_s=3600.0).run("ast", limit_value=13.0, permitted=10.0)
    validity = found["A", "ast_validity"]
    assert validity.details["mean_difference"] == pytest.approx(-3.0, rel=0.02)
    assert validity.value > 300
    assert found["A", "ast_variability"].value < 50


def test_intrinsic_error_is_the_worst_reading_of_each_gas(simulated_station, direct_bench):
    """After adjustment of zero and of span at 90 % the curve stays: 4·L·x·(1 − x) less what the span took, 4·L·0.1·x."""
    found = direct_bench(simulated_station(steady))
    found.run("intrinsic-error")
    findings = [f for f in found.ledger.findings if f.characteristic == "intrinsic_error" and f.device == "B"]
    assert [finding.index for finding in findings] == ["10 %F.S.", "50 %F.S.", "90 %F.S."]
    for finding, x in zip(findings, (0.1, 0.5, 0.9), strict=True):
        error = 4 * -1.1 * x * ((1 - x) - 0.1)  # percent of full scale
        assert finding.value == pytest.approx(error / x, abs=max(finding.expanded_uncertainty, 0.4 / x))
        assert finding.details["variables"]["difference"] == pytest.approx(finding.value / 100 * x * 200_000, rel=0.01)
        assert len(finding.details["readings"]) == 3


def test_errors_over_days_grow_with_the_drift(simulated_station, direct_bench):
    """B at 90 % of full scale drifts 0.9·0.62 − 0.1·0.12 = 0.546 % a day, 3.8 % in a week: 4.2 % of the content."""
    found = direct_bench(simulated_station(exact_gas), wait_every_s=43200.0)
    found.run("error-over-days")
    top = next(
        f for f in found.ledger.findings if (f.device, f.characteristic, f.index) == ("B", "error_over_days", "90 %F.S.")
    )
    assert top.value == pytest.approx(7 * 0.546 / 0.9, abs=0.5)
    assert top.details["worst_reading"] == 8


def test_the_warm_up_spread_is_small_for_a_device_that_is_warm(simulated_station, direct_bench):
    found = direct_bench(simulated_station(steady)).run("warm-up-readings", minutes=(0.0, 10.0, 15.0))
    assert found["A", "warm_up_spread"].value is not None


def test_what_is_entered_is_what_is_found(simulated_station, direct_bench):
    bench = direct_bench(simulated_station())
    bench.run("field-availability")
    bench.run("qal1-uncertainty", limit_value=13.0, permitted=10.0)
    found = bench.run("disturbance-tests")
    assert found["A", "availability"].value == pytest.approx(100 * (2160 - 21.6) / 2160)
    # nine influences of ±0.5 and the reference gas 1.4 %, all over √3, percent of full scale 20
    u = math.sqrt(9 * 0.5**2 + 1.4**2) / math.sqrt(3) * 0.2
    assert found["A", "qal1_uncertainty"].value == pytest.approx(100 * 1.96 * u / 1.3)
    assert found["A", "error_under_disturbance"].value == 0.0
    assert found["A", "significant_faults"].value == 0.0


def test_the_stated_uncertainty_of_a_lack_of_fit_covers_the_truth_of_single_levels(simulated_station, direct_bench):
    """400 draws of cylinder, controllers and device, three levels in turn; 92 to 98 % must be inside."""

    def alone(data):
        data["devices"] = {"A": data["devices"]["A"] | {"response_time_s": 20.0}}
        data["devices"]["A"]["truth"] |= {"zero_drift_percent_fs_per_day": 0.0, "span_drift_percent_fs_per_day": 0.0}
        data["environment"] = data["interlocks"] = {}

    levels = (0.0, 0.3, 0.6, 0.9)
    truth = residuals(0.6, levels)
    station = simulated_station(alone)
    inside = 0
    for seed in range(400):
        made = direct_bench(station, seed=3000 + seed, wait_every_s=600.0)
        found = made.run("lack-of-fit", levels=levels, readings=1)["A", "lack_of_fit"]
        level = found.details["levels"][seed % 4]
        error = level["error_percent_fs"] - truth[level["nominal_fraction"]]
        inside += abs(error) <= level["expanded_uncertainty_percent_fs"]
    assert 0.92 <= inside / 400 <= 0.98, inside / 400


def test_the_calibration_function_is_the_line_back_from_signal_to_gas(simulated_station, direct_bench):
    """A gain error of 4 % and an offset of 1 % of full scale (0.2 %): y = (x − 0.2)/1.04; no permission is asked."""

    def change(data):
        steady(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {
            "gain_error_percent": 4.0,
            "zero_offset_percent_fs": 1.0,
            "linearity_percent_fs": 0.0,
        }

    made = direct_bench(simulated_station(change), wait_every_s=3600.0)
    found = made.run("calibration-function", pairs=6, days=2, average_s=60)
    slope, intercept = found["A", "calibration_slope"], found["A", "calibration_intercept"]
    assert slope.value == pytest.approx(1 / 1.04, abs=1.5 * slope.expanded_uncertainty)
    assert 0.002 < slope.expanded_uncertainty < 0.02
    assert intercept.value == pytest.approx(-0.2 / 1.04, abs=1.5 * intercept.expanded_uncertainty)
    assert found["A", "calibration_r_squared"].value > 0.999
    starts = [arguments["until_s"] for call, arguments, _ in made.ledger.steps if "until_s" in arguments]
    assert [round(start - starts[0], 3) for start in starts] == [0.0, 3600.0, 82800.0, 86400.0, 90000.0]


def test_the_calibration_function_of_a_flow_monitor_and_of_pairs_that_were_entered(flow_station, direct_bench):
    made = direct_bench(flow_station())
    found = made.run("calibration-function", pairs=3, days=1, average_s=60)
    # U reads +2.4 %, 0.3 %F.S. of zero (0.09 m/s) and up to 0.4 %F.S. in the middle
    assert found["U", "calibration_slope"].value == pytest.approx(1 / 1.024, abs=0.02)
    assert found["U", "calibration_r_squared"].value > 0.99
    entered = made.run("calibration-function", source="entered", pairs=4)
    assert entered["U", "calibration_slope"].value == pytest.approx(1.0)
    assert entered["U", "calibration_intercept"].value == pytest.approx(0.0, abs=1e-9)


def test_flow_monitors_that_differ_by_a_percent_of_full_scale_have_that_in_their_reproducibility(flow_station, direct_bench):
    """s_D = 1/√2 %F.S.; t(0.95; 11) = 2.201: R_f = 1.556 %F.S."""

    def change(data):
        data["flow_rig"]["truth"] |= {"turbulence_percent": 0.2, "unsteadiness_percent": 0.1}
        first = data["devices"]["U"]
        first["truth"] |= {"coefficient_error_percent": 0.0, "linearity_percent_fs": 0.0, "zero_offset_percent_fs": 0.0}
        other = first | {"serial": "U-002", "address": 9, "truth": first["truth"] | {"zero_offset_percent_fs": 1.0}}
        data["devices"] = {"U": first, "V": other}

    found = direct_bench(flow_station(change)).run("velocity-reproducibility", passes=2)
    assert found["U", "reproducibility"].value == pytest.approx(2.201 / 2**0.5, abs=0.1)
    assert found["U", "reproducibility"].index == "U − V"
