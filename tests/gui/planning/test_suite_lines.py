"""The suite that a person trims, orders and sets; and the plan as a picture. Without a window."""

import datetime as dt
from pathlib import Path

import pytest

from gui.planning.plan_picture import MarkKind, ends_at, gas_words, lacking_sensors, picture
from gui.planning.suite_lines import Suite, new_line, suite_of_items, suite_of_standard, undetermined
from testbench.criteria.standard import load_standard
from testbench.engine.checking.draft import Draft
from testbench.engine.checking.examination import examine
from testbench.engine.suite_file import parse_suite
from testbench.station import read_station

STANDARD = load_standard(Path(__file__).parents[2] / "standards" / "hj76-core.toml")
OWN = """
[[suite]]
procedure = "drift"
settings.days = 3
clause = { zh = "甲", en = "A" }
[[suite]]
procedure = "linearity"
[[suite]]
procedure = "linearity"
settings.passes = 1
"""


@pytest.fixture
def suite():
    return suite_of_standard(STANDARD)


def names(suite):
    return [line.procedure.name for line in suite.lines]


def test_the_suite_of_a_standard_has_its_settings_clauses_and_evidence(suite):
    assert names(suite) == ["warm-up", "linearity", "repeatability", "response-time", "drift"]
    line = suite.lines[1]
    assert line.values["levels"] == (0.2, 0.4, 0.6, 0.8)
    assert line.clause.en == "HJ 76-2017, laboratory tests: linearity error"
    assert str(line.evidence) == "M 65 %"
    assert not line.differing
    assert not line.faults


def test_what_is_typed_is_read_judged_and_taken_back(suite):
    line = suite.lines[1].typed("levels", "20, 50").typed("passes", "many").typed("span", "20")
    assert line.values["levels"] == (0.2, 0.5)
    assert set(line.differing) == {"levels", "passes", "span"}
    assert {fault.name: fault.text.en for fault in line.faults} == {
        "passes": "“many” is not a number",
        "span": "20 is out of range; allowed: 50 … 100 %F.S.",
    }
    assert line.shown(line.fields[0]) == "20, 50"
    assert set(line.reset("passes").texts) == {"levels", "span"}
    assert line.reset() == suite.lines[1]
    assert line.typed("levels", "20, 40, 60, 80").differing == ("passes", "span")


def test_lines_are_moved_left_out_added_and_removed(suite):
    assert names(suite.moved(4, 1)) == ["warm-up", "drift", "linearity", "repeatability", "response-time"]
    assert suite.moved(0, -1) is suite
    trimmed = suite.removed(2)
    assert names(trimmed) == names(suite)
    assert trimmed.taken == (0, 1, 3, 4)
    assert [item.procedure.name for item in trimmed.items] == ["warm-up", "linearity", "response-time", "drift"]
    more = suite.added(new_line("drift", STANDARD), 1)
    assert names(more)[2] == "drift"
    assert more.lines[2].clause == suite.lines[4].clause
    assert more.removed(2) == suite
    assert new_line("drift").clause.en == ""


def test_leaving_a_procedure_out_says_which_criteria_nobody_determines(suite):
    trimmed = suite.take(4, False)
    missing = undetermined(STANDARD, trimmed.lines, 4, "CO2")
    assert [criterion.characteristic for criterion in missing] == [
        "zero_drift_24h",
        "span_drift_24h",
        "zero_drift_week",
        "span_drift_week",
    ]
    assert undetermined(STANDARD, suite.lines, 4, "CO2") == ()
    twice = trimmed.added(new_line("drift"), 0)
    assert undetermined(STANDARD, twice.lines, 5, "CO2") == ()


def test_a_suite_of_the_laboratory_keeps_the_rest_of_the_standard_in_sight():
    suite = suite_of_items(parse_suite(OWN, "own.toml"), STANDARD)
    assert names(suite) == ["drift", "linearity", "linearity", "warm-up", "repeatability", "response-time"]
    assert suite.taken == (0, 1, 2)
    assert suite.lines[0].differing == ("days",)
    assert suite.lines[0].clause.en == "A"
    assert [line.of_standard for line in suite.lines] == [True, True, False, True, True, True]
    assert tuple(item.checked() for item in suite.items) == parse_suite(OWN, "own.toml")


def test_the_picture_of_a_plan_has_bands_levels_and_marks(suite, simulated_station):
    found = examine(Draft(read_station(simulated_station), STANDARD, suite.items))
    drawn = picture(found)
    assert [band.number for band in drawn.bands] == [1, 2, 3, 4, 5]
    assert drawn.bands[0].end == drawn.bands[1].start
    assert drawn.bands[-1].end == drawn.duration_s == found.plan.duration_s
    assert all(before[1] <= after[0] for before, after in zip(drawn.levels, drawn.levels[1:], strict=False))
    assert {level for _, _, level in drawn.levels} == {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}
    adjustments = [mark for mark in drawn.marks if mark.kind is MarkKind.ADJUSTMENT]
    assert len(adjustments) == 6
    assert drawn.steps[adjustments[0].step].call == "adjust"
    assert drawn.steps[drawn.at(3600.0)].call == "warm_up"
    assert drawn.at(-1.0) is None
    assert picture(None).steps == ()


def test_a_condition_without_a_sensor_is_asked_for_once(suite, simulated_station):
    station = read_station(simulated_station)
    assert lacking_sensors(STANDARD, station.station) == {"frequency"}
    assert lacking_sensors(None, station.station) == frozenset()
    found = examine(Draft(station, STANDARD, suite.items))
    for asked, calls in ((True, ["check_conditions", "leak_check"]), (False, ["leak_check"])):
        drawn = picture(found, conditions_asked=asked)
        assert [drawn.steps[mark.step].call for mark in drawn.marks if mark.kind is MarkKind.PERSON] == calls


def test_the_numbers_of_the_picture_are_those_of_the_suite(suite, simulated_station):
    wrong = suite.changed(1, suite.lines[1].typed("passes", "0"))
    drawn = picture(examine(Draft(read_station(simulated_station), STANDARD, wrong.items)))
    assert [band.number for band in drawn.bands] == [1, 3, 4, 5]
    assert drawn.number_of(drawn.steps[-1]) == 5


def test_totals_are_said_with_what_there_is():
    assert gas_words({"zero": 1234.4, "co2": 20.0}, {"co2": 10.0, "zero": None}) == (
        ("co2", "20 / 10 L", False),
        ("zero", "1,234 L", True),
    )
    now = dt.datetime(2026, 11, 22, 23, 0, tzinfo=dt.UTC)
    assert ends_at(7200.0, now) == dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
    assert Suite().items == ()
