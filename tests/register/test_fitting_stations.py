"""Registered devices and gases in the slots of a station file, and a station file's contents in the register."""

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from testbench.errors import InputError
from testbench.register.entries import Entry, RegisteredCylinder, RegisteredDevice, RegisteredStandard, StandardKind
from testbench.register.fitting import concerns, fitted
from testbench.register.gathering import Taken, from_station, take
from testbench.register.store import Register
from testbench.station import StationFile, parse_station

DEVICE = RegisteredDevice(
    identifier=1, maker="雪迪龙", model="SCS-900", serial="X-7", measurand="CO2", range_high=25.0, response_time_s=90.0
)
CYLINDER = RegisteredCylinder(
    identifier=1,
    component="CO2",
    fraction_percent=15.5,
    expanded_uncertainty_percent=1.0,
    certificate="GBW-1",
    valid_until=dt.date(2027, 6, 30),
    nominal_litres=8000.0,
    present_litres=5000.0,
)


@pytest.fixture
def station(simulated_text: str) -> StationFile:
    return parse_station(simulated_text, Path("bench.toml"))


def refitted(text: str) -> StationFile:
    return parse_station(text, Path("bench.toml"))


def test_nothing_chosen_leaves_the_file_as_it_is(station: StationFile, today: dt.date) -> None:
    assert fitted(station, {}, {}, today=today) == station.text


def test_a_device_takes_a_slot_and_keeps_its_connection(station: StationFile, today: dt.date) -> None:
    text = fitted(station, {"A": DEVICE}, {}, today=today)
    slot = refitted(text).station.devices["A"]
    assert (slot.maker, slot.model, slot.serial, slot.range, slot.response_time_s) == (
        "雪迪龙",
        "SCS-900",
        "X-7",
        (0, 25),
        90,
    )
    before = station.station.devices["A"]
    assert (slot.driver, slot.resource, slot.truth) == (before.driver, before.resource, before.truth)
    others = refitted(text).station
    assert others.devices["B"] == station.station.devices["B"]
    assert others.cylinders == station.station.cylinders


def test_comments_of_the_file_stay(station: StationFile, today: dt.date) -> None:
    text = fitted(station, {"A": DEVICE, "B": DEVICE.model_copy(update={"identifier": 2})}, {"co2": CYLINDER}, today=today)
    comments = [line for line in station.text.splitlines() if line.startswith("#")]
    assert [line for line in text.splitlines() if line.startswith("#")] == comments


def test_a_driver_of_the_register_replaces_that_of_the_slot(station: StationFile, today: dt.date) -> None:
    driven = DEVICE.model_copy(update={"driver": "modbus-profile", "options": {"profile": "tl-gas280", "address": 3}})
    slot = refitted(fitted(station, {"A": driven}, {}, today=today)).station.devices["A"]
    assert slot.driver == "modbus-profile"
    assert slot.options == {"resource": "twin", "profile": "tl-gas280", "address": 3}
    same = refitted(fitted(station, {"B": driven}, {}, today=today)).station.devices["B"]
    assert same.options == {"resource": "twin:serial", "profile": "tl-gas280", "address": 3}
    scanned = refitted(fitted(station, {"C": driven}, {}, today=today)).station.devices["C"]
    assert scanned.options == {"profile": "tl-gas280", "address": 3}


def test_a_cylinder_brings_its_certificate_and_what_is_left(station: StationFile, today: dt.date) -> None:
    text = fitted(station, {}, {"co2": CYLINDER}, today=today)
    slot = refitted(text).station.cylinders["co2"]
    assert (slot.fraction_percent, slot.certificate, slot.valid_until) == (15.5, "GBW-1", dt.date(2027, 6, 30))
    assert slot.content_litres == 5000.0
    assert slot.truth == {"error_percent": "drawn"}


def test_lines_that_are_new_stand_with_their_table(station: StationFile, today: dt.date) -> None:
    text = fitted(station, {}, {"zero": CYLINDER.model_copy(update={"fraction_percent": 0.0})}, today=today)
    block = text.split("[cylinders.zero]\n")[1].split("\n\n")[0].splitlines()
    assert block[-1] == "content_litres = 5000.0"
    assert not any(line.startswith("impurity") for line in block)
    assert refitted(text).station.cylinders["zero"].content_litres == 5000.0


def test_tables_written_in_another_way_are_fitted_too(today: dt.date) -> None:
    text = (
        'station = {name = "S"}\n[cylinders]\nco2 = { component = "CO2", fraction_percent = 30.0 } # inline\n'
        '[devices]\n"A".driver = "modbus-profile"\nA.maker = "M"\nA.model = "N"\nA.range = [0, 1]\n'
    )
    station = parse_station(text, Path("bench.toml"))
    made = refitted(fitted(station, {"A": DEVICE}, {"co2": CYLINDER}, today=today)).station
    assert (made.devices["A"].serial, made.cylinders["co2"].content_litres) == ("X-7", 5000.0)


def test_standards_bring_their_certificates(station: StationFile, today: dt.date) -> None:
    standard = RegisteredStandard(
        identifier=1, maker="Alicat", model="MC", certificate="C-9", valid_until=dt.date(2027, 3, 1)
    )
    made = refitted(fitted(station, {}, {}, {"mfc-co2": standard, "divider": standard}, today=today)).station
    assert (made.instruments["mfc-co2"].certificate, made.instruments["mfc-co2"].valid_until) == ("C-9", dt.date(2027, 3, 1))
    assert made.divider is not None
    assert made.divider.certificate == "C-9"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valid_until": dt.date(2026, 11, 21)}, "GBW-1.*valid until 2026-11-21"),
        ({"present_litres": 0.0}, "empty"),
        ({"retired": True}, "retired"),
    ],
)
def test_a_cylinder_that_must_not_be_used_is_refused(
    station: StationFile, today: dt.date, change: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        fitted(station, {}, {"co2": CYLINDER.model_copy(update=change)}, today=today)


def test_a_nearly_empty_cylinder_is_flagged_and_fitted(station: StationFile, today: dt.date) -> None:
    low = CYLINDER.model_copy(update={"present_litres": 400.0})
    ((slot, words),) = concerns({"co2": low, "zero": CYLINDER}, today=today)
    assert slot == "co2"
    assert "nearly empty: 400 L left (5 %)" in words.en
    assert "即将用完" in words.zh
    assert refitted(fitted(station, {}, {"co2": low}, today=today)).station.cylinders["co2"].content_litres == 400.0


def test_a_slot_that_the_station_has_not_is_refused(station: StationFile, today: dt.date) -> None:
    with pytest.raises(InputError, match=r"no \[devices\.D\].*there are: A, B, C"):
        fitted(station, {"D": DEVICE}, {}, today=today)


def test_one_device_is_not_in_two_slots(station: StationFile, today: dt.date) -> None:
    with pytest.raises(InputError, match="cannot be device A and device B at once"):
        fitted(station, {"A": DEVICE, "B": DEVICE}, {}, today=today)


def test_a_station_is_taken_into_the_register_once(register: Register, station: StationFile, at: dt.datetime) -> None:
    offered = from_station(station)
    assert take(register, offered, by="li", at=at, update=False) == Taken(added=7, changed=0, unchanged=0)
    assert take(register, offered, by="li", at=at, update=False) == Taken(added=0, changed=0, unchanged=7)
    assert [device.serial for device in register.devices()] == ["A-001", "B-001", "C-001"]
    assert register.devices()[1].options == {"profile": "tl-gas280", "address": 1}
    assert register.cylinders()[0].nominal_litres == 8000.0
    assert [standard.certificate for standard in register.standards()] == ["SIM-MFC-0001", "SIM-MFC-0002"]


def test_a_divider_with_a_certificate_of_its_own_is_taken_as_one(
    register: Register, station: StationFile, at: dt.datetime
) -> None:
    certified = station.text.replace('driver = "mfc-blend"', 'driver = "mfc-blend"\ncertificate = "DIV-1"')
    take(register, from_station(parse_station(certified, station.path)), by="li", at=at, update=False)
    found = {standard.certificate: standard.kind for standard in register.standards()}
    assert found["DIV-1"] is StandardKind.DIVIDER


def test_what_was_taken_from_a_station_fits_where_it_came_from(
    register: Register, station: StationFile, at: dt.datetime, today: dt.date
) -> None:
    take(register, from_station(station), by="li", at=at, update=False)
    devices = dict(zip("ABC", register.devices(), strict=True))
    cylinders = dict(zip(("co2", "zero"), register.cylinders(), strict=True))
    text = fitted(station, devices, cylinders, today=today)
    assert tomllib.loads(text) == tomllib.loads(station.text) | {"cylinders": tomllib.loads(text)["cylinders"]}
    assert refitted(text).station == station.station


def test_with_update_an_entry_gets_what_was_given(register: Register, at: dt.datetime) -> None:
    stored = register.add(CYLINDER.model_copy(update={"issued_by": "NIM"}), by="li", at=at)
    offered: Entry = RegisteredCylinder(component="CO2", fraction_percent=15.6, certificate="GBW-1")
    assert take(register, [offered], by="wang", at=at, update=True) == Taken(added=0, changed=1, unchanged=0)
    changed = register.entry(RegisteredCylinder, stored.identifier)
    assert (changed.fraction_percent, changed.issued_by, changed.nominal_litres) == (15.6, "NIM", 8000.0)
