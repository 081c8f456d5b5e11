"""A suite entry may name the measurands that it is for: what is asked of NOx or of velocity alone is not done for CO2."""

import pytest

from testbench.criteria.standard import list_standards, load_standard
from testbench.engine.plan import make_plan, suite_of
from testbench.engine.registry import find_procedure
from testbench.errors import StandardError

GASES = ("indication-error", "system-response-time", "drift", "relative-accuracy")


def procedures(name, measurand):
    return [entry.procedure for entry in load_standard(name).carried_out_for(measurand).suite]


@pytest.mark.parametrize("name", ["hj76-2017", "en15267-3", "epa-method7e"])
def test_only_devices_of_nox_have_a_converter_tested(name):
    assert "converter-efficiency" in procedures(name, "nox")
    assert "converter-efficiency" not in procedures(name, "CO2")
    assert set(procedures(name, "NOx")) - set(procedures(name, "CO2")) == {"converter-efficiency"}


@pytest.mark.parametrize(
    ("name", "of_velocity"),
    [
        ("hj75-2017-commissioning", ["velocity-field", "velocity-error"]),
        ("hj75-2017-acceptance", ["velocity-error"]),
        ("hj75-2017-operation", ["velocity-error"]),
        ("hj76-2017-field", ["velocity-field", "velocity-error"]),
    ],
)
def test_velocity_has_items_of_its_own_in_the_field(name, of_velocity):
    assert procedures(name, "velocity") == of_velocity
    assert [one for one in procedures(name, "SO2") if one != "warm-up"] == sorted(GASES, key=procedures(name, "SO2").index)
    assert procedures(name, "moisture") == procedures(name, "temperature") == ["velocity-error"]


@pytest.mark.parametrize("name", [name for name in list_standards() if load_standard(name).standard.measurands])
def test_nothing_is_done_for_a_measurand_that_the_standard_asks_nothing_of_it(name):
    """An entry that a measurand excludes determines nothing that is judged for it, and the other way round."""
    standard = load_standard(name)
    for measurand in standard.standard.measurands:
        asked = {one.characteristic for one in standard.criteria if one.applies_to(measurand, None)}
        for entry in standard.suite:
            determined = set(find_procedure(entry.procedure).characteristics)
            if (entry.measurands or entry.not_for) and entry.applies_to(measurand):
                assert not determined or determined & asked, (measurand, entry.procedure)


@pytest.mark.parametrize(
    "name", [name for name in list_standards() if "velocity" in load_standard(name).standard.measurands]
)
def test_every_standard_of_velocity_is_planned_on_the_flow_rig(flow_station, name):
    standard = load_standard(name).carried_out_for("velocity")
    assert make_plan(flow_station(), suite_of(standard), standard).steps


def test_a_suite_without_a_procedure_for_the_devices_is_refused():
    standard = load_standard("hj76-2017")
    only = standard.model_copy(update={"suite": tuple(e for e in standard.suite if e.measurands)})
    with pytest.raises(StandardError, match="the suite of hj76-2017 has no procedure for devices of SO2"):
        only.carried_out_for("SO2")
