"""Registers as CSV files, what people type, and the list on the command line."""

import contextlib
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.cli import main
from testbench.errors import InputError
from testbench.register.checking import options_text, parse_options, problems
from testbench.register.csv_files import read_csv, write_csv
from testbench.register.entries import (
    ENTRY_TYPES,
    RegisteredCylinder,
    RegisteredDevice,
    RegisteredStandard,
    Section,
    StandardKind,
)
from testbench.register.fields import FIELDS, SECTION_WORDS
from testbench.register.listing import plain_number
from testbench.register.store import Register
from testbench.register.typed import read_content, read_date, read_number

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=20).map(str.strip)
NUMBERS = st.floats(0, 1e6, allow_nan=False)


@given(
    st.lists(
        st.builds(
            RegisteredDevice,
            maker=TEXTS.filter(bool),
            model=TEXTS.filter(bool),
            serial=TEXTS,
            range_low=st.floats(-1e6, -1e-6),
            range_high=NUMBERS,
            response_time_s=st.none() | st.floats(1e-3, 3600),
            driver=st.just("modbus-profile"),
            options=st.dictionaries(st.sampled_from(["address", "profile"]), st.integers(0, 99) | TEXTS),
            note=TEXTS,
        ),
        max_size=4,
    ),
    st.sampled_from(["zh", "en"]),
)
def test_devices_come_back_from_their_file(devices: list[RegisteredDevice], language: str) -> None:
    read = read_csv(RegisteredDevice, write_csv(RegisteredDevice, devices, language), "devices.csv")
    assert [device.content() for device in read] == [device.content() for device in devices]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cylinders_and_standards_come_back_from_their_files(language: str) -> None:
    cylinder = RegisteredCylinder(
        component="SO2", fraction_percent=0.1 + 0.2, valid_until=dt.date(2027, 1, 5), note="a\nb;c,d"
    )
    standard = RegisteredStandard(kind=StandardKind.SENSOR, maker="Vaisala", model="PTB330", uncertainty="0.1 hPa (k = 2)")
    assert read_csv(RegisteredCylinder, write_csv(RegisteredCylinder, [cylinder], language), "c.csv") == (cylinder,)
    assert read_csv(RegisteredStandard, write_csv(RegisteredStandard, [standard], language), "s.csv") == (standard,)


def test_a_table_of_a_chinese_spreadsheet_is_read() -> None:
    content = '组分;标准值 (%);平衡气;有效期至;证书编号\r\nCO2;"15,5";氮气;2027/1/5;GBW-1\r\n;;;;\r\n'.encode("gb18030")
    (cylinder,) = read_csv(RegisteredCylinder, content, "c.csv")
    assert (cylinder.fraction_percent, cylinder.balance, cylinder.valid_until) == (15.5, "氮气", dt.date(2027, 1, 5))
    assert cylinder.model_fields_set == {"component", "fraction_percent", "balance", "valid_until", "certificate"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "c.csv is empty"),
        ("component,colour\nCO2,red\n", "line 1, column 2: 'colour' is no column"),
        ("component,Component\n", "is there twice"),
        ("component,fraction_percent\nCO2,1\nCO2,much\n", r"line 3, column 2 \(Content\): 'much' is no number"),
        ('component,note,fraction_percent\nCO2,"a\nb",1\nCO2,,2,3\n', "line 4, column 4: '3' stands in no column"),
        ("component\nCO2\n", "line 2: Content: is needed"),
        ("component,valid_until\nCO2,31.12.2027\n", "is no date"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_place(content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_csv(RegisteredCylinder, content.encode(), "c.csv")


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="no text file"):
        read_csv(RegisteredCylinder, b"\x89PNG\0\0\xff", "c.csv")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (read_number, read_date, parse_options, lambda given: read_csv(RegisteredDevice, given.encode(), "d.csv")):
        with contextlib.suppress(InputError):
            read(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.5", 12.5), ("12,5", 12.5), ("１２．５", 12.5), (" −3 ", -3.0), ("12,5 %", 12.5), ("1e-3", 1e-3), (".5", 0.5)],
)
def test_numbers_are_read_as_they_are_typed(text: str, number: float) -> None:
    assert read_number(text, "%") == number


@pytest.mark.parametrize("text", ["", "1,000.5", "1.000.000", "twelve", "nan", "inf", "1e999", "1 000", "0x10", "1_0"])
def test_numbers_that_could_mean_two_things_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_number(text)


CYLINDER = RegisteredCylinder(component="CO2", fraction_percent=30.0, nominal_litres=8000.0, full_pressure_mpa=12.0)


@pytest.mark.parametrize(("text", "litres"), [("850", 850.0), ("850,5 L", 850.5), ("6 MPa", 4000.0), ("60 bar", 4000.0)])
def test_a_content_is_litres_or_a_pressure(text: str, litres: float) -> None:
    assert read_content(text, CYLINDER) == pytest.approx(litres)


def test_a_pressure_needs_what_the_full_cylinder_has() -> None:
    with pytest.raises(InputError, match="pressure when full"):
        read_content("6 MPa", CYLINDER.model_copy(update={"full_pressure_mpa": None}))
    with pytest.raises(InputError, match="below zero"):
        read_content("-1 bar", CYLINDER)


@pytest.mark.parametrize("text", ["2027-12-31", "2027/12/31", "2027.12.31", "2027年12月31日", "２０２７-12-31"])
def test_dates_are_read_year_first(text: str) -> None:
    assert read_date(text) == dt.date(2027, 12, 31)


def test_options_come_back_from_their_text() -> None:
    options = {"profile": "tl-gas280", "address": 1, "swap": True, "shunts": {"101": 250.0}}
    assert parse_options(options_text(options)) == options
    with pytest.raises(InputError, match="one a line"):
        parse_options("profile = tl")


def test_problems_are_told_field_by_field_in_both_languages() -> None:
    found = {
        item.field: item.words
        for item in problems(RegisteredDevice, {"maker": "", "range_high": "x", "response_time_s": -1})
    }
    assert {name: words.en for name, words in found.items()} == {
        "maker": "is needed",
        "model": "is needed",
        "range_high": "must be a number",
        "response_time_s": "must be greater than 0",
    }
    assert found["response_time_s"].zh == "须大于 0"


def test_every_field_has_words_in_both_languages() -> None:
    for section in Section:
        assert {field.name for field in FIELDS[section]} == set(ENTRY_TYPES[section].content_fields())
        assert SECTION_WORDS[section].zh
        for field in FIELDS[section]:
            assert field.words.zh
            assert field.words.en
        headings = [field.words.en for field in FIELDS[section]]
        assert len(set(headings)) == len(headings)


@pytest.fixture
def filled(register: Register, at: dt.datetime) -> Path:
    register.add(RegisteredDevice(maker="雪迪龙", model="SCS-900", range_high=20.0), by="li", at=at)
    register.add(RegisteredDevice(maker="Thermo", model="410i", range_high=25.0), by="li", at=at)
    register.add(CYLINDER.model_copy(update={"valid_until": dt.date(2020, 1, 1)}), by="li", at=at)
    return register.path


def test_the_command_lists_what_is_searched(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "devices", "--register", str(filled), "--search", "雪迪"]) == 0
    output = capsys.readouterr().out
    assert "SCS-900" in output
    assert "410i" not in output


def test_the_command_tells_what_expired(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "standards", "--register", str(filled), "--language", "zh"]) == 0
    output = capsys.readouterr().out
    assert "已过期：有效期至 2020-01-01" in output
    assert "其他计量标准：没有条目" in output


def test_the_command_prints_a_document(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "standards", "--register", str(filled), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["standards"] == []
    assert document["cylinders"][0]["states"] == ["expired"]
    assert document["cylinders"][0]["fraction_percent"] == 30.0


def test_the_command_lists_nothing_where_nothing_was_entered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path))
    assert main(["register", "devices"]) == 0
    assert "none" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    assert main(["register", "devices", "--register", str(tmp_path / "other.sqlite")]) == 4


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_shown_is_read_as_the_same_number(number: float) -> None:
    assert read_number(plain_number(number)) == number
