"""The suites of EN 15267-3, EN 14181, EN ISO 14956 and OIML R 144: each procedure takes its settings, each item is found."""

import pytest

from testbench.criteria.recorded import kinds
from testbench.criteria.requirement import Mark
from testbench.criteria.standard import load_standard
from testbench.engine.registry import find_procedure

NAMES = (
    "en15267-3",
    "en15267-3-flow",
    "en15267-3-in-situ",
    "en14181",
    "en14181-operation",
    "iso14956",
    "oiml-r144",
)
ONLY_RECORDED = {"en14181-operation", "en15267-3-flow"}  # what happens in the field, or what a rig cannot change quickly


@pytest.mark.parametrize("name", NAMES)
def test_every_criterion_is_determined_by_the_suite_or_by_recorded_data(name):
    standard = load_standard(name)
    by_suite = set()
    for entry in standard.suite:
        procedure = find_procedure(entry.procedure)
        procedure.configure(entry.settings)
        by_suite.update(procedure.characteristics)
    recorded = {characteristic for kind in kinds() for characteristic in kind.characteristics}
    asked = {criterion.characteristic for criterion in standard.criteria}
    assert asked <= (by_suite | recorded if name in ONLY_RECORDED else by_suite)


@pytest.mark.parametrize("name", NAMES)
def test_figures_that_nobody_read_are_provisional_and_those_of_r144_are_not(name):
    standard = load_standard(name)
    marks = {requirement.evidence.mark for criterion in standard.criteria for requirement in criterion.requirements}
    assert (marks == {Mark.PRIMARY}) is (name == "oiml-r144")
    assert (Mark.PRIMARY in marks) is (name == "oiml-r144")


def test_oxygen_has_limits_in_percent_by_volume():
    standard = load_standard("en15267-3")
    for characteristic, limit in (
        ("lack_of_fit", "0.20"),
        ("temperature_influence_span", "0.50"),
        ("reproducibility", "0.20"),
    ):
        criterion = standard.criterion_for(characteristic, "O2")
        assert criterion.requirement.unit == "%"
        assert str(criterion.requirement.limit) == limit
        assert standard.criterion_for(characteristic, "SO2").requirement.unit == "%F.S."
    assert standard.criterion_for("response_time_rise", "NH3").requirement.limit == 400
