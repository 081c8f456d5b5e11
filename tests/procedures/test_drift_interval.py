"""How long the interval without adjustment is decides which drifts are determined."""


def test_only_an_interval_of_seven_days_has_a_drift_of_a_week(simulated_station, direct_bench):
    found = direct_bench(simulated_station(), wait_every_s=43200.0).run("drift", days=2)
    assert {characteristic for _, characteristic in found} == {"zero_drift_24h", "span_drift_24h"}
