"""Every standard of EPA can be carried out: its suite is there, and every characteristic can be determined somehow."""

import pytest

from testbench.criteria.recorded import kinds
from testbench.criteria.standard import list_standards, load_standard
from testbench.engine.plan import SuiteItem, make_plan
from testbench.engine.registry import find_procedure
from testbench.text import Text

NAMES = [name for name in list_standards() if name.startswith("epa-")]


def test_all_of_them_are_there():
    parts = "part75 part75-operation ps2 ps3 ps4 ps4a ps6 ps18 procedure1 method7e method205"
    assert set(NAMES) >= {f"epa-{part}" for part in parts.split()}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_suite_does_not_determine_can_be_scored_from_recorded_data(name):
    standard = load_standard(name)
    by_bench = {
        characteristic for entry in standard.suite for characteristic in find_procedure(entry.procedure).characteristics
    }
    recorded = {characteristic for kind in kinds() for characteristic in kind.characteristics}
    asked = {criterion.characteristic for criterion in standard.criteria}
    assert asked - by_bench <= recorded
    assert by_bench & asked


@pytest.mark.parametrize("name", NAMES)
def test_a_suite_is_planned_on_the_simulated_station(simulated_station, name):
    items = []
    for entry in load_standard(name).suite:
        procedure = find_procedure(entry.procedure)
        items.append(SuiteItem(procedure, procedure.configure(entry.settings), Text("", "")))
    assert make_plan(simulated_station(), items, None).duration_s >= 0
