"""Stabilisation times: small series by hand, a published excerpt, and the whole published series where it is there."""

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest

from testbench.metrology.stabilisation import (
    StabilityRule,
    plateau_of,
    stabilisation_time,
    stabilisation_times,
    without_half_day_slips,
)

THREE = StabilityRule(plateau_min=3, consecutive=3)


def test_stable_is_the_first_of_the_consecutive_readings_inside():
    found = stabilisation_time(range(8), [0.0, 6.0, 9.6, 8.0, 9.6, 10.0, 10.0, 10.0], before=0.0, rule=THREE)
    assert (found.plateau, found.tolerance, found.minutes) == (10.0, 0.5, 4.0)


@pytest.mark.parametrize(
    ("before", "plateau", "tolerance"),
    [(0.0, 100.0, 5.0), (99.0, 100.0, 1.0), (0.0, 0.0, 0.001), (1.0, -100.0, 5.05)],
)
def test_the_largest_of_the_three_tolerances_counts(before, plateau, tolerance):
    found = stabilisation_time(range(4), [plateau] * 4, before=before, rule=THREE)
    assert found.tolerance == pytest.approx(tolerance)
    assert found.minutes == 0.0


def test_the_plateau_is_the_median_of_the_last_minutes_alone():
    assert plateau_of([0, 1, 2, 3, 4], [50.0, 40.0, 1.0, 2.0, 9.0], plateau_min=3) == 2.0


def test_readings_that_never_stay_have_no_time():
    found = stabilisation_time(range(8), [0, 10, 0, 10, 0, 10, 0, 10], before=0.0, rule=THREE)
    assert found.minutes is None


def test_a_gap_counts_by_its_times_not_by_its_readings():
    found = stabilisation_time([0, 1, 7, 8, 9], [0.0, 0.0, 10.0, 10.0, 10.0], before=0.0, rule=THREE)
    assert found.minutes == 7.0


def test_slips_of_a_twelve_hour_clock_are_undone_and_real_gaps_stay():
    assert without_half_day_slips([718, 719, 0, 1, 722]) == (718, 719, 720, 721, 722)
    assert without_half_day_slips([100, 821, 102]) == (100, 101, 102)
    assert without_half_day_slips([100, 101, 401]) == (100, 101, 401)


@pytest.mark.parametrize(
    ("times", "readings", "complaint"),
    [
        ([0, 1, 1], [1, 1, 1], "must ascend"),
        ([0, 1, 2], [1, float("nan"), 1], "finite"),
        ([0, 1], [1, 1], "at least 3"),
        ([0, 1], [1], "one time a reading"),
    ],
)
def test_series_that_cannot_be_judged_are_refused(times, readings, complaint):
    with pytest.raises(ValueError, match=complaint):
        stabilisation_time(times, readings, before=0.0, rule=THREE)


def test_a_published_step_from_6_3_to_4_2_takes_two_minutes():
    """CO analyser of an interlaboratory comparison (willl182/pt_app): readings of 17:03 to 17:09, then the plateau."""
    readings = [5.58, 4.723, 4.352, 4.332, 4.329, 4.323, 4.315] + [4.282] * 170
    found = stabilisation_time(range(len(readings)), readings, before=6.518)
    assert round(found.tolerance, 3) == 0.112
    assert found.minutes == 2.0


def test_every_published_stabilisation_time_comes_out():
    """All rows of the published table: plateau, tolerance and minutes to the digits that are printed."""
    shared_data = Path(__file__).parents[2].parent / "shared" / "data"
    if not shared_data.is_dir():
        pytest.skip("the published series are not here")
    series = defaultdict(list)
    for row in _rows(shared_data / "analyser_steps.csv"):
        at = dt.datetime.fromisoformat(row["time"])
        series[row["series"].split("-")[1]].append((at.timestamp() / 60, float(row["generator"]), float(row["reading"])))
    found = {}
    for measure, rows in series.items():
        times, setpoints, readings = zip(*rows, strict=True)
        for one in stabilisation_times(without_half_day_slips(times), setpoints, readings):
            found[measure, one.from_setpoint, one.to_setpoint] = one
    expected = _rows(shared_data / "analyser_steps.expected.csv")
    assert len(expected) == len(found) == 8
    for row in expected:
        one = found[row["measure"], float(row["from"]), float(row["to"])]
        assert one.plateau == pytest.approx(float(row["final_plateau"]), abs=0.00051)
        assert one.tolerance == pytest.approx(float(row["tolerance"]), abs=0.00051)
        assert one.minutes == float(row["minutes_to_stable"])


def _rows(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
