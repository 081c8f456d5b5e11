"""The procedures of 40 CFR 60 and 75 on the plant: what the station states of its devices is what they find.

Expected values are closed forms of the simulated device: after adjustment of zero and span at full scale the error at x is
4·L·x·(1 − x) percent of full scale; after d days zero reads d·dz, full scale d·ds.
"""

import itertools
import math

import pytest

from procedures.relative_accuracy import pairs_form
from testbench.criteria.judge import judge
from testbench.criteria.standard import load_standard
from testbench.engine.entering import Entered
from testbench.errors import InputError
from testbench.outcome import Outcome

BENDS = {"A": 0.6, "B": -1.1, "C": 0.9}
DRIFTS = {"A": (0.05, -0.10), "B": (-0.12, 0.62), "C": (0.03, 0.08)}


def exact_gas(data):
    data["cylinders"]["co2"]["truth"] = {"error_percent": 0.0}
    for name in ("mfc-co2", "mfc-n2"):
        data["instruments"][name]["truth"] = {"flow_error_percent": 0.0}


def exact_and_still(data):
    exact_gas(data)
    for device in data["devices"].values():
        device["truth"] |= {"zero_drift_percent_fs_per_day": 0.0, "span_drift_percent_fs_per_day": 0.0}


def by_index(made, characteristic, device):
    return {
        finding.index: finding
        for finding in made.ledger.findings
        if (finding.device, finding.characteristic) == (device, characteristic)
    }


def check_budgets(made):
    """The influences are in the unit of the finding: together they are the uncertainty that U is k times of."""
    checked = 0
    for finding in made.ledger.findings:
        influences = finding.details.get("budget")
        if influences and finding.expanded_uncertainty and finding.coverage_factor:
            together = math.sqrt(math.fsum(share * share for share in influences.values()))
            combined = finding.expanded_uncertainty / finding.coverage_factor
            assert together == pytest.approx(combined, rel=0.01), finding.characteristic
            checked += 1
    assert checked


@pytest.mark.parametrize(
    ("procedure", "characteristic", "metric", "signed"),
    [
        ("part75-linearity", "linearity_error", "percent_of_reference_mean", False),
        ("measurement-error", "measurement_error", "percent_of_span", True),
    ],
)
def test_each_level_has_a_finding_of_its_own(simulated_station, direct_bench, procedure, characteristic, metric, signed):
    made = direct_bench(simulated_station(exact_and_still))
    made.run(procedure)
    check_budgets(made)
    for device, bend in BENDS.items():
        found = by_index(made, characteristic, device)
        assert list(found) == ["25 %F.S.", "55 %F.S.", "90 %F.S."]
        for x, finding in zip((0.25, 0.55, 0.9), found.values(), strict=True):
            error = 4 * bend * x * (1 - x)  # percent of full scale
            expected = error if signed else abs(error)
            of_scale = finding.details["expressed"]["percent_of_span"]
            assert of_scale["value"] == pytest.approx(expected, abs=of_scale["expanded_uncertainty"])
            share = finding.details["expressed"]["percent_of_reference_mean"]
            assert share["value"] == pytest.approx(expected / x, abs=share["expanded_uncertainty"])
            assert finding.value == finding.details["expressed"][metric]["value"]
            assert 0 < finding.expanded_uncertainty < 3.0
            assert finding.runs_done == 3


def test_no_gas_is_used_twice_in_succession(simulated_station, direct_bench):
    for order in ("ascending", "up-and-down", "random"):
        made = direct_bench(simulated_station())
        made.run("part75-linearity", order=order, adjust_first=False)
        supplied = [arguments["fraction"] for call, arguments, _ in made.ledger.steps if call == "supply"]
        assert len(supplied) == 9
        assert sorted(supplied) == [0.25] * 3 + [0.55] * 3 + [0.9] * 3
        assert all(one != other for one, other in itertools.pairwise(supplied))


def test_the_difference_itself_serves_the_alternative_of_part_75(simulated_station, direct_bench):
    """A bend of −3 % of full scale at mid-scale is 7.3 % of the low gas, but 0.45 % CO2 on a range of 20 % CO2."""

    def change(data):
        exact_and_still(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {"linearity_percent_fs": -3.0, "noise_percent_fs": 0.01}

    made = direct_bench(simulated_station(change))
    made.run("part75-linearity")
    standard = load_standard("epa-part75")
    low = by_index(made, "linearity_error", "A")["25 %F.S."]
    full_scale = low.details["variables"]["span"]
    assert low.value > 5.0
    assert low.details["variables"]["difference"] == pytest.approx(0.0225 * full_scale, rel=0.1)
    verdict = judge(low, standard, measurand="CO2")
    assert verdict.by_alternative == (low.details["variables"]["difference"] <= 0.54)
    assert verdict.outcome in (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE)


@pytest.mark.parametrize("procedure", ["seven-day-calibration-error", "drift"])
def test_an_unadjusted_week_shows_the_calibration_error_of_its_last_day(simulated_station, direct_bench, procedure):
    made = direct_bench(simulated_station(exact_gas), wait_every_s=43200.0)
    made.run(procedure, **({"calibration_error": True} if procedure == "drift" else {}))
    check_budgets(made)
    for device, (zero, span) in DRIFTS.items():
        found = by_index(made, "calibration_error", device)
        assert len(found) == 2
        for gas, daily in (("zero", zero), ("upscale", span)):
            finding = next(finding for index, finding in found.items() if index.startswith(gas))
            of_span = finding.details["expressed"]["percent_of_span"]
            assert of_span["value"] == pytest.approx(abs(7 * daily), abs=1.5 * of_span["expanded_uncertainty"])
            assert len(finding.details["daily_errors"]) == 7
            assert finding.unit == "%"
    assert by_index(made, "calibration_error", "B")["upscale, day 7"]


def test_daily_adjustment_leaves_a_day_of_drift(simulated_station, direct_bench):
    made = direct_bench(simulated_station(exact_gas), wait_every_s=43200.0)
    made.run("seven-day-calibration-error", adjust_daily=True)
    upscale = next(f for index, f in by_index(made, "calibration_error", "B").items() if index.startswith("upscale"))
    of_span = upscale.details["expressed"]["percent_of_span"]
    assert of_span["value"] == pytest.approx(0.62, abs=1.5 * of_span["expanded_uncertainty"])


def test_days_that_may_exceed_the_limit_are_left_out(simulated_station, direct_bench):
    made = direct_bench(simulated_station(exact_gas), wait_every_s=43200.0)
    made.run("calibration-drift", excused_days=1)
    finding = by_index(made, "calibration_drift_upscale", "B")["upscale, day 6"]
    assert finding.details["excused_days"] == [7]
    of_span = finding.details["expressed"]["percent_of_span"]
    assert of_span["value"] == pytest.approx(6 * 0.62, abs=1.5 * of_span["expanded_uncertainty"])


def test_the_cycle_time_is_that_of_the_slower_step(simulated_station, direct_bench):
    """T95 of a first-order device with lag is lag + (T90 − lag)·ln 20/ln 10."""
    station = simulated_station(exact_gas)
    found = direct_bench(station).run("cycle-time")
    for device, t90 in {"A": 48.0, "B": 80.0, "C": 31.0}.items():
        lag = station.station.devices[device].truth.get("lag_s", 0.0)
        finding = found[device, "cycle_time"]
        expected = (lag + (t90 - lag) * math.log(20) / math.log(10)) / 60
        assert finding.value == pytest.approx(expected, abs=max(finding.expanded_uncertainty, 0.05))
        assert finding.index == "downscale"
        assert finding.unit == "min"
        assert finding.details["expressed"]["seconds"]["value"] == pytest.approx(60 * finding.value)


def test_a_cylinder_gas_audit_adjusts_nothing_and_keeps_the_sign(simulated_station, direct_bench):
    def change(data):
        exact_and_still(data)
        for name, device in data["devices"].items():
            device["truth"] |= {"zero_offset_percent_fs": 0.0, "gain_error_percent": {"A": 5.0, "B": -5.0, "C": 0.0}[name]}

    made = direct_bench(simulated_station(change))
    made.run("cylinder-gas-audit")
    assert "adjust" not in {call for call, _, _ in made.ledger.steps}
    for device, gain in {"A": 5.0, "B": -5.0, "C": 0.0}.items():
        for x, finding in zip((0.25, 0.55), by_index(made, "cga_accuracy", device).values(), strict=True):
            assert finding.value == pytest.approx(gain + 4 * BENDS[device] * (1 - x), abs=finding.expanded_uncertainty)


def test_method_205_finds_a_divider_that_dilutes_wrongly(simulated_station, direct_bench):
    def change(data):
        exact_and_still(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {"linearity_percent_fs": 0.0, "noise_percent_fs": 0.01}
        data["instruments"]["mfc-n2"]["truth"] = {"flow_error_percent": 6.0}

    made = direct_bench(simulated_station(change))
    made.run("method-205")
    accuracy = by_index(made, "dilution_accuracy", "A")
    repeatability = by_index(made, "dilution_repeatability", "A")
    assert list(accuracy) == list(repeatability) == ["30 %F.S.", "60 %F.S."]
    protocol = by_index(made, "protocol_gas_accuracy", "A")["60 %F.S."]
    # 6 % CO2 of a cylinder with 30 %: 0.2/(0.2 + 0.8·1.06) instead of 0.2; 12 %: 0.4/(0.4 + 0.6·1.06) instead of 0.4
    for index, expected in {"30 %F.S.": -4.580, "60 %F.S.": -3.475}.items():
        assert accuracy[index].value == pytest.approx(expected, abs=accuracy[index].expanded_uncertainty)
    assert all(abs(finding.value) < 0.5 for finding in repeatability.values())
    standard = load_standard("epa-method205")
    assert judge(repeatability["30 %F.S."], standard, measurand="CO2").outcome is Outcome.PASS
    assert judge(accuracy["30 %F.S."], standard, measurand="CO2").outcome is not Outcome.PASS
    assert protocol.value == pytest.approx(0.0, abs=2.0)


def test_a_protocol_gas_far_from_every_dilution_is_refused(simulated_station, direct_bench):
    with pytest.raises(InputError, match="within 10 %"):
        direct_bench(simulated_station()).run("method-205", protocol_gas=0.8)


def test_method_7e_finds_the_bend_as_calibration_error_and_the_drift_over_a_run(simulated_station, direct_bench):
    def change(data):
        exact_gas(data)
        for device in data["devices"].values():
            device["truth"] |= {"zero_drift_percent_fs_per_day": 2.0, "span_drift_percent_fs_per_day": 4.0}

    made = direct_bench(simulated_station(change), wait_every_s=3600.0)
    made.run("method-7e", run_s=86400.0)
    check_budgets(made)
    for device, bend in BENDS.items():
        direct = by_index(made, "calibration_error_direct", device)
        assert list(direct) == ["0 %F.S.", "50 %F.S.", "100 %F.S."]
        mid = direct["50 %F.S."]
        assert mid.value == pytest.approx(bend, abs=mid.expanded_uncertainty + 0.1)
        bias = by_index(made, "system_bias", device)
        assert list(bias) == [f"{level} %F.S., {when} the run" for level in (0, 50) for when in ("before", "after")]
        drift = by_index(made, "system_drift", device)
        for index, daily in (("0 %F.S.", 2.0), ("50 %F.S.", 3.0)):  # d·[dz·(1 − x) + ds·x]
            assert drift[index].value == pytest.approx(daily, abs=drift[index].expanded_uncertainty + 0.1)
            assert bias[f"{index}, before the run"].value == pytest.approx(
                0.0, abs=bias[f"{index}, before the run"].expanded_uncertainty + 0.2
            )


def test_the_interference_is_the_sum_of_magnitudes(simulated_station, direct_bench):
    def change(data):
        exact_and_still(data)
        for name, device in data["devices"].items():
            device["truth"]["cross_sensitivity"] = {"H2O": 0.2, "CO": -0.1} if name == "B" else {}

    made = direct_bench(simulated_station(change))
    found = made.run("interference-check", components=("CO2", "H2O", "CO"), contents=(150000.0, 50000.0, 50000.0))
    assert [response["interferent"] for response in found["B", "interference"].details["responses"]] == [
        "H2O 50000 µmol/mol",
        "CO 50000 µmol/mol",
    ]
    responses = [response["percent_of_span"] for response in found["B", "interference"].details["responses"]]
    # percent of full scale for each percent of the interferent
    assert responses == pytest.approx([1.0, -0.5], abs=found["B", "interference"].expanded_uncertainty)
    assert found["B", "interference"].value == pytest.approx(responses[0] - responses[1])
    assert found["A", "interference"].value == pytest.approx(0.0, abs=2 * found["A", "interference"].expanded_uncertainty)
    with pytest.raises(InputError, match="one content for each"):
        made.run("interference-check", components=("H2O",), contents=(1.0, 2.0))


def test_the_detection_limit_is_three_standard_deviations_of_averaged_readings(simulated_station, direct_bench):
    """A reading is averaged over a response time: 120 s of updates of 1 s, so its noise is that of an update over √120."""

    def change(data):
        exact_and_still(data)
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"]["noise_percent_fs"] = 1.0

    found = direct_bench(simulated_station(change)).run("detection-limit", readings=40, applicable_standard=0.1)
    finding = found["A", "detection_limit"]
    low, high = finding.interval
    assert low < 3 * 0.01 * 20.0 / math.sqrt(120) < high  # % CO2
    expressed = finding.details["expressed"]
    assert expressed["percent_of_standard"]["value"] == pytest.approx(10 * expressed["percent_of_span"]["value"])
    assert expressed["absolute"]["value"] == pytest.approx(finding.value)


class Answers:
    """An operator who fills in the tables with what is given for each column, by row."""

    def __init__(self, **columns):
        self.columns = columns

    def fill(self, form):
        return tuple(
            {**row, **{name: values[number % len(values)] for name, values in self.columns.items()}}
            for number, row in enumerate(form.given)
        )


def entered(made, monkeypatch, **columns):
    """Have the bench's tables filled in with these columns."""
    answers = Answers(**columns)

    def enter(form):
        return Entered(rows=form.complete(answers.fill(form)), by="operator", source="keyboard")

    monkeypatch.setattr(made.bench, "enter", enter)


def only_a(data):
    exact_and_still(data)
    data["devices"] = {"A": data["devices"]["A"]}


def test_three_runs_beside_a_reference_method_are_an_audit(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station(only_a))
    entered(made, monkeypatch, cems=(8.4, 8.4, 8.4), reference=(10.0, 10.0, 10.0))
    finding = made.run("relative-accuracy-audit", applicable_standard=1.2)["A", "relative_accuracy_audit"]
    assert finding.value == pytest.approx(-16.0)
    assert finding.variables["percent_of_standard"] == pytest.approx(100 * 1.6 / 24.0)
    verdict = judge(finding, load_standard("epa-procedure1"), measurand="CO2")
    assert (verdict.outcome, verdict.by_alternative) == (Outcome.PASS, True)


def test_an_entered_audit_may_be_judged_by_the_emission_standard(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station(only_a))
    entered(made, monkeypatch, cems=(7.9,), reference=(10.0,))
    found = made.run("relative-accuracy", source="entered", runs=9, applicable_standard=1.05)
    finding = found["A", "relative_accuracy"]
    assert finding.value == pytest.approx(21.0)
    assert finding.variables["percent_of_standard"] == pytest.approx(10.0)  # 2.1 of 21 % CO2
    assert finding.variables["reference_percent_of_standard"] == pytest.approx(100 * 10.0 / 21.0)
    assert finding.variables["absolute_accuracy"] == pytest.approx(2.1)
    assert "bias_test" not in finding.details  # for SO2 and NOx alone


def test_a_discarded_run_does_not_count_and_is_named(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station(only_a))
    runs = [{"cems": 9.0 + 0.1 * (number % 2), "reference": 10.0} for number in range(10)]
    runs[2] = {"discarded": True, "reason": "probe blocked", "cems": 1.0}

    def enter(form):
        rows = [{"device": "A", "run": number, **run} for number, run in enumerate(runs, start=1)]
        return Entered(rows=form.complete(rows), by="li", source="keyboard")

    monkeypatch.setattr(made.bench, "enter", enter)
    finding = made.run("relative-accuracy", source="entered", runs=9, most_discarded=3)["A", "relative_accuracy"]
    # nine differences, five of 0.9 and four of 1: mean 8.5/9, s = sqrt(0.1²·(5·4/9)/8), t 2.306
    d, s = 8.5 / 9, (0.01 * (20 / 9) / 8) ** 0.5
    assert finding.value == pytest.approx(10 * (d + 2.306 * s / 3))
    assert [run["run"] for run in finding.details["runs"]] == [1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert finding.details["discarded"] == [{"run": 3, "reference": None, "cems": 1.0, "reason": "probe blocked"}]
    assert finding.notes == ("run 3 is discarded: probe blocked",)
    verdict = judge(finding, load_standard("epa-ps3"), measurand="CO2")
    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize(("name", "typed"), [("reference", 1e4), ("cems", -100.0)])
def test_a_number_far_beyond_the_full_scale_is_not_taken(simulated_station, direct_bench, name, typed):
    form = pairs_form(direct_bench(simulated_station(only_a)).bench.devices, 9)
    with pytest.raises(InputError, match=f"row 1: {name}: {typed:g} is (more|less) than"):
        form.complete([{**form.expected[0], name: typed}, *form.expected[1:]])


def test_entered_drifts_put_out_of_control(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station(only_a))
    entered(made, monkeypatch, low=(0.0, 0.0, 11.0, 0.0, 0.0, 0.0, 0.0), high=(0.0, 6.0, 6.0, 6.0, 6.0, 6.0, 0.0))
    finding = made.run("out-of-control")["A", "out_of_control"]
    assert finding.value == 1
    assert [(period["gas"], period["begins"], period["ends"]) for period in finding.details["periods"]] == [
        ("low", 2, 4),
        ("high", 6, 7),
    ]
    assert judge(finding, load_standard("epa-procedure1"), measurand="CO2").outcome is Outcome.FAIL
