"""Checking a station: every instrument is asked, none stops the others, and what is wrong is said in words."""

import datetime as dt

import pytest

from testbench import cli
from testbench.engine.manual.checking import Severity, check_station, judged
from testbench.engine.manual.parts import Place
from testbench.engine.ownership import owning
from testbench.errors import InstrumentError

GONE = ('resource = "twin:serial"', 'resource = "TCPIP::127.0.0.1::9::SOCKET"')


def test_a_sound_station_has_nothing_wrong(station):
    checked = {one.part.key: one for one in check_station(station(), "li")}
    assert list(checked) == [
        "co2",
        "zero",
        "mfc-co2",
        "mfc-n2",
        "daq",
        "divider",
        "environment.temperature",
        "environment.humidity",
        "environment.pressure",
        "environment.supply",
        "A",
        "B",
        "C",
    ]
    assert [key for key, one in checked.items() if one.problems] == []
    assert checked["A"].identity.maker == "Thermo"
    assert checked["C"].identity is None
    assert checked["C"].part.session == "daq"


def test_a_silent_instrument_is_named_with_what_to_do_and_the_others_are_asked_on(station):
    asked = []
    checked = {one.part.key: one for one in check_station(station(GONE), "li", told=asked.append)}
    assert asked == ["mfc-co2", "mfc-n2", "daq", "A", "B", "C"]
    assert checked["B"].fault
    assert checked["B"].silent
    assert "nothing listens there; is the instrument on" in " ".join(p.text for p in checked["B"].problems).replace(
        "connection refused: ", ""
    )
    assert not checked["C"].fault
    assert [p.severity for p in checked["A"].problems] == [Severity.ATTENTION], "simulated beside a real one"


def test_what_a_silent_scanner_reads_is_silent_as_well(station):
    silent = (
        'driver = "keysight-daq"\nresource = "twin"',
        'driver = "keysight-daq"\nresource = "TCPIP::127.0.0.1::9::SOCKET"',
    )
    checked = {one.part.key: one for one in check_station(station(silent), "li")}
    assert {key for key, one in checked.items() if one.silent} == {
        "daq",
        "environment.temperature",
        "environment.humidity",
        "environment.pressure",
        "environment.supply",
        "C",
    }
    assert checked["C"].problems[0].text.startswith("daq, which reads it, does not")


def test_certificates_are_looked_at_before_an_evaluation_does(station):
    checked = check_station(station(("valid_until = 2028-12-31", "valid_until = 2020-01-31")), "li")
    expired = [one.part.key for one in checked if one.fault]
    assert expired == ["co2", "zero", "mfc-co2", "mfc-n2"]
    parts = tuple(one.part for one in checked)
    day_before = judged(parts, {}, dt.date(2020, 1, 30))
    assert [p.severity for one in day_before for p in one.problems] == [Severity.ATTENTION] * 4
    last_day = judged(parts, {}, dt.date(2020, 1, 31))
    assert not any(one.fault for one in last_day)
    assert all(part.place in (Place.CYLINDER, Place.INSTRUMENT) for part in (one.part for one in last_day if one.problems))


def test_a_station_that_a_run_has_is_not_checked(station):
    file = station()
    with owning([], file.path) as run:
        run.belongs_to("E0002")
        with pytest.raises(InstrumentError, match="in use by evaluation E0002"):
            check_station(file, "li")


@pytest.mark.parametrize(
    ("replacements", "status", "told"),
    [
        ((), 0, "every instrument answers"),
        ((GONE,), 3, "not usable: B"),
        ((("valid_until = 2028-12-31", "valid_until = 2020-01-31"),), 2, "not usable: co2, zero, mfc-co2, mfc-n2"),
    ],
)
def test_the_command_says_it_in_a_table_and_a_status(station, capsys, replacements, status, told):
    file = station(*replacements)
    assert cli.main(["station", "identify", str(file.path)]) == status
    out = capsys.readouterr().out
    assert told in out
    assert "Alicat MC-5" in out
