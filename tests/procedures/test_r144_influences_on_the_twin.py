"""OIML R 144 on the plant: errors under influences, cross-sensitivity; lack of fit and repeatability on the flow rig."""

import pytest


def steady(data):
    """Exact gas, and one device without curve, offset or drift."""
    data["cylinders"]["co2"]["truth"] = {"error_percent": 0.0}
    for name in ("mfc-co2", "mfc-n2"):
        data["instruments"][name]["truth"] = {"flow_error_percent": 0.0}
    data["devices"] = {"A": data["devices"]["A"]}
    data["devices"]["A"]["truth"] |= {
        "linearity_percent_fs": 0.0,
        "zero_drift_percent_fs_per_day": 0.0,
        "span_drift_percent_fs_per_day": 0.0,
    }


def test_an_influence_of_the_temperature_shows_at_its_extremes(simulated_station, direct_bench):
    """0.1 % of full scale a kelvin, adjusted at 20 °C: +2 % at 40 °C and −1.5 % at 5 °C; of 90 % of full scale."""

    def change(data):
        steady(data)
        data["devices"]["A"]["truth"]["influence"] = {"temperature": 0.1}

    made = direct_bench(simulated_station(change), wait_every_s=3600.0)
    made.run("error-under-influence", levels=(0.9,), hold_s=0.0, repeats=1)
    found = {f.index: f for f in made.ledger.findings if f.characteristic == "error_under_temperature"}
    for index, percent in (("40 °C, 90 %F.S.", 2.0), ("5 °C, 90 %F.S.", -1.5)):
        assert found[index].value == pytest.approx(percent / 0.9, abs=0.25)
        assert found[index].details["variables"]["difference"] == pytest.approx(percent * 2000, abs=500)  # µmol/mol


def test_an_interferent_moves_the_reading_alone_and_with_the_measurand(simulated_station, direct_bench):
    """0.05 % of full scale for each percent of O2: 10 % O2 moves it by 0.5 % of full scale, 1000 µmol/mol of 20 %."""

    def change(data):
        steady(data)
        data["devices"]["A"]["truth"]["cross_sensitivity"] = {"O2": 0.05}

    made = direct_bench(simulated_station(change), wait_every_s=3600.0)
    made.run("cross-sensitivity", interferents=("O2 10 %", "CO2 5 %"))
    alone, together = (f for f in made.ledger.findings if f.characteristic == "cross_sensitivity")
    assert alone.index == "O2 10 %, 0 %F.S."
    assert together.index == "O2 10 %, 10 %F.S."
    for finding in (alone, together):
        assert finding.unit == "µmol/mol"
        assert finding.value == pytest.approx(1000, abs=150)
    assert alone.details["variables"]["content"] == 0.0
    assert together.details["variables"]["percent_of_content"] == pytest.approx(5.0, abs=0.75)


def test_a_flow_monitor_has_its_lack_of_fit_and_repeatability(flow_station, direct_bench):
    made = direct_bench(flow_station(), wait_every_s=600.0)
    fit = made.run("velocity-lack-of-fit", readings=1)
    repeat = made.run("velocity-repeatability", readings=10)
    for info in made.bench.devices:
        assert abs(fit[info.name, "lack_of_fit"].value) < 5
        low, high = repeat[info.name, "repeatability_span"].interval
        assert 0 <= low < repeat[info.name, "repeatability_span"].value < high
