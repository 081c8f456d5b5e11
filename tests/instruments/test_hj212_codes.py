"""Codes of HJ 212: commands, returns, data flags and pollutants, held to the tables of the standard."""

from __future__ import annotations

import pytest

from instruments.hj212.codes import (
    DATA_FLAGS,
    FACTORS,
    Command,
    ExecutionReturn,
    RequestReturn,
    SystemType,
    find_factor,
)


def test_commands_have_the_numbers_of_the_standard() -> None:
    assert {int(command) for command in Command} == {
        *(1000, 1011, 1012, 1013, 1061, 1062, 1063, 1064, 1072),
        *(2011, 2012, 2021, 2022, 2031, 2041, 2051, 2061, 2081),
        *(3011, 3012, 3013, 3019, 3020, 3021),
        *(9011, 9012, 9013, 9014),
    }
    assert (Command.REALTIME, Command.MINUTE, Command.HOUR, Command.DAY) == (2011, 2051, 2061, 2031)
    assert (Command.CALIBRATE_ZERO, Command.GET_INFO, Command.SET_TIME) == (3011, 3020, 1012)
    assert (Command.REQUEST_REPLY, Command.RESULT) == (9011, 9012)
    assert (Command.NOTICE_ACKNOWLEDGED, Command.DATA_ACKNOWLEDGED) == (9013, 9014)


def test_kinds_of_systems_have_the_numbers_of_the_standard() -> None:
    assert [str(kind) for kind in SystemType] == ["21", "22", "31", "32", "91"]
    assert SystemType.AIR_SOURCE == "31"


def test_returns_have_the_numbers_of_the_standard() -> None:
    assert {member.name: int(member) for member in RequestReturn} == {
        "READY": 1,
        "REJECTED": 2,
        "WRONG_PASSWORD": 3,
        "WRONG_MN": 4,
        "WRONG_ST": 5,
        "WRONG_FLAG": 6,
        "WRONG_QN": 7,
        "WRONG_CN": 8,
        "WRONG_CRC": 9,
        "UNKNOWN": 100,
    }
    assert {member.name: int(member) for member in ExecutionReturn} == {
        "DONE": 1,
        "FAILED": 2,
        "WRONG_CONDITION": 3,
        "TIMED_OUT": 4,
        "BUSY": 5,
        "FAULT": 6,
        "NO_DATA": 100,
    }


def test_every_data_flag_is_known() -> None:
    assert "".join(sorted(DATA_FLAGS)) == "BCDFMNST"


@pytest.mark.parametrize(
    ("code", "name", "unit", "code_2005"),
    [
        ("a00000", "flue gas flow", "m³/s", "B02"),
        ("a01011", "velocity", "m/s", "S02"),
        ("a01012", "temperature", "°C", "S03"),
        ("a01013", "pressure", "kPa", "S08"),
        ("a01014", "humidity", "%", "S05"),
        ("a01016", "duct area", "m²", ""),
        ("a01017", "dynamic pressure", "kPa", "S04"),
        ("a05001", "CO2", "mg/m³", "30"),
        ("a19001", "O2", "%", "S01"),
        ("a21001", "NH3", "mg/m³", ""),
        ("a21002", "NOx", "mg/m³", "03"),
        ("a21003", "NO", "mg/m³", ""),
        ("a21004", "NO2", "mg/m³", ""),
        ("a21005", "CO", "mg/m³", "04"),
        ("a21018", "fluoride", "mg/m³", ""),
        ("a21024", "HCl", "mg/m³", ""),
        ("a21026", "SO2", "mg/m³", "02"),
        ("a34013", "particulate", "mg/m³", "01"),
    ],
)
def test_a_pollutant_has_the_codes_and_the_unit_of_the_tables(code: str, name: str, unit: str, code_2005: str) -> None:
    factor = FACTORS[code]
    assert (factor.name, factor.unit, factor.code_2005) == (name, unit, code_2005)
    assert find_factor(name) == find_factor(code) == find_factor(code_2005 or code) == factor


def test_no_pollutant_is_forgotten() -> None:
    assert len(FACTORS) == 18
