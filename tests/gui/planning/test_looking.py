"""Looking at a choice: files, registers and folders; starting it in a process of its own. Without a window."""

import datetime as dt
from dataclasses import replace
from importlib.resources import files

import pytest

from gui.planning.looking import Wanted, look, new_folder
from gui.planning.starting import STATION_FILE, SUITE_FILE, Order, start, words
from gui.planning.suite_lines import new_line
from testbench.engine.checking.problem import PlaceKind
from testbench.engine.clock import wall_now
from testbench.engine.suite_file import read_suite
from testbench.errors import InputError
from testbench.office.detached import StartError
from testbench.register.entries import RegisteredCylinder, RegisteredDevice
from testbench.register.store import Register
from testbench.station import read_station

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def wanted(state, simulated_station, short_suite, tmp_path):
    return Wanted(simulated_station, "hj76-2017", tmp_path / "evaluations", suite_file=short_suite)


def test_nothing_chosen_is_told_and_not_raised(state, tmp_path):
    found = look(Wanted(None, "hj76-2016", tmp_path))
    assert {problem.place.kind for problem in found.problems} == {PlaceKind.STATION, PlaceKind.STANDARD}
    assert not found.can_begin
    gone = look(Wanted(tmp_path / "none.toml", "hj76-2017", tmp_path, suite_file=tmp_path / "none.toml"))
    assert {problem.place.kind for problem in gone.problems if problem.blocks} == {PlaceKind.STATION, PlaceKind.SUITE}


def test_a_path_that_no_system_takes_is_a_problem_of_the_folder(wanted, tmp_path):
    found = look(replace(wanted, folder=tmp_path / ("x" * 3000)))
    (problem,) = [one for one in found.problems if one.place.kind is PlaceKind.FOLDER]
    assert problem.blocks
    assert "path of the folder" in problem.text.en


def test_a_standard_without_a_suite_begins_with_an_empty_one(wanted):
    found = look(replace(wanted, standard="en14181-operation", suite_file=None))
    assert found.suite.lines == ()
    assert any(problem.place.kind is PlaceKind.SUITE and problem.blocks for problem in found.problems)


def test_devices_are_those_of_one_measurand_that_are_not_left_out(wanted, simulated_station):
    text = simulated_station.read_text(encoding="utf-8").replace(
        'model = "IR-4 (simulated)"\nserial = "C-001"\nmeasurand = "CO2"', 'model = "IR-4"\nmeasurand = "SO2"'
    )
    simulated_station.write_text(text, encoding="utf-8")
    found = look(replace(wanted, left_out=frozenset({"B"})))
    assert (found.devices, found.measurand) == (("A",), "CO2")
    assert look(replace(wanted, measurand="SO2")).devices == ("C",)


def test_each_evaluation_of_a_day_has_a_folder_of_its_own(tmp_path):
    first = new_folder(tmp_path, "hj76-2017")
    first.mkdir()
    assert new_folder(tmp_path, "hj76-2017").name == f"{first.name}-2"


@pytest.fixture
def registered(state):
    with Register.open() as register:
        device = register.add(RegisteredDevice(maker="Jia", model="J1", serial="7", range_high=20.0), by="li", at=NOW)
        full = RegisteredCylinder(component="CO2", fraction_percent=28.0, number="N1", present_litres=5000.0)
        cylinder = register.add(full.model_copy(update={"valid_until": dt.date(2099, 1, 1)}), by="li", at=NOW)
        old = register.add(
            RegisteredCylinder(component="CO2", fraction_percent=30.0, number="N2", valid_until=dt.date(2020, 1, 1)),
            by="li",
            at=NOW,
        )
    return device, cylinder, old


def test_registered_devices_and_gases_stand_in_the_slots(wanted, registered):
    device, cylinder, _ = registered
    fitted = {(PlaceKind.DEVICE, "A"): device.identifier, (PlaceKind.CYLINDER, "co2"): cylinder.identifier}
    found = look(replace(wanted, fitted=fitted))
    assert found.station.station.devices["A"].maker == "Jia"
    assert found.station.station.cylinders["co2"].fraction_percent == 28.0
    assert found.base.station.devices["A"].maker == "Maker A"
    assert found.can_begin


def test_an_expired_gas_is_refused_in_its_slot(wanted, registered):
    found = look(replace(wanted, fitted={(PlaceKind.CYLINDER, "co2"): registered[2].identifier}))
    (refused,) = [problem for problem in found.problems if problem.blocks]
    assert (refused.place.kind, refused.place.name) == (PlaceKind.CYLINDER, "co2")
    assert not found.can_begin


def order(found, tmp_path, **more):
    return Order(found, tmp_path / "evaluations" / "record.sqlite", "en", "li", **more)


def test_the_command_line_says_all_that_was_chosen(wanted, tmp_path, simulated_station):
    found = look(replace(wanted, left_out=frozenset({"C"})))
    said = words(order(found, tmp_path, notes="--odd\nnotes", seed=7, attended=True), simulated_station)
    assert said[0] == "evaluate"
    assert {"--devices=A,B", "--by=li", "--notes=--odd\nnotes", "--seed=7", "--attended"} <= set(said)
    assert said[said.index("--record") + 1] == str(tmp_path / "evaluations" / "record.sqlite")


def test_an_order_that_is_blocked_is_not_started(wanted, tmp_path):
    with pytest.raises(InputError, match="in the way"):
        start(order(look(replace(wanted, standard="none")), tmp_path))


def test_what_is_started_is_fitted_written_and_noted_in_the_registers(wanted, registered, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr("gui.planning.starting.start_detached", lambda words, folder: said.append(words) or "E1")
    found = look(replace(wanted, fitted={(PlaceKind.DEVICE, "A"): registered[0].identifier}))
    started = start(order(found, tmp_path))
    assert (started.evaluation, started.trouble) == ("E1", "")
    assert read_suite(found.folder / SUITE_FILE)[0].settings.repeats == 3
    assert read_station(found.folder / STATION_FILE).station.devices["A"].maker == "Jia"
    assert str(found.folder / STATION_FILE) in said[0]
    with Register.open(create=False) as register:
        assert [use.evaluation for use in register.uses(registered[0])] == ["E1"]


def test_a_process_that_ends_at_once_says_why(wanted, tmp_path):
    found = look(wanted)
    found.base.path.write_text("[station]\n", encoding="utf-8")  # changed since it was looked at
    with pytest.raises(StartError, match="name: is missing"):
        start(order(found, tmp_path))
    assert wall_now() > NOW


def test_without_a_standard_there_is_a_suite_of_procedures_and_nothing_is_judged(state, tmp_path):
    station = tmp_path / "flow.toml"
    station.write_text((files("testbench") / "stations" / "simulated-flow.toml").read_text("utf-8"), encoding="utf-8")
    bare = look(Wanted(station, "", tmp_path))
    assert bare.suite.lines == ()
    assert {problem.place.kind for problem in bare.problems if problem.blocks} == {PlaceKind.SUITE}
    found = look(Wanted(station, "", tmp_path, suite=bare.suite.added(new_line("velocity-accuracy"), 0)))
    assert [problem.text.en for problem in found.problems if problem.blocks] == []
    assert "--standard" not in words(order(found, tmp_path), station)


def test_the_suite_is_what_the_standard_has_for_the_devices_until_it_is_edited(wanted, simulated_station, tmp_path):
    own = replace(wanted, standard="hj75-2017-commissioning", suite_file=None)
    assert "indication-error" in [line.procedure.name for line in look(own).suite.lines]
    flow = tmp_path / "flow.toml"
    flow.write_text((files("testbench") / "stations" / "simulated-flow.toml").read_text(encoding="utf-8"), encoding="utf-8")
    found = look(replace(own, station=flow))
    assert [line.procedure.name for line in found.suite.lines] == ["velocity-field", "velocity-error"]
    assert not any(problem.blocks for problem in found.problems)
    edited = found.suite.take(1, False)
    assert look(replace(own, station=flow, suite=edited)).suite is edited
