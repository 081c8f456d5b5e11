"""`testbench qal3`: set s_AMS, enter readings, take them over, and read what to do."""

import datetime as dt
import json
import re

import pytest

from testbench.cli import main
from testbench.register.entries import RegisteredDevice
from testbench.register.store import Register

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def qal3(tmp_path, capsys):
    """Run the command on a register with two devices; what it printed, or its error."""
    place = tmp_path / "registers.sqlite"
    with Register.open(place) as register:
        for maker, serial in (("Maker A", "A-001"), ("Maker B", "B-001")):
            register.add(RegisteredDevice(maker=maker, model="410i", serial=serial, range_high=20.0), by="li", at=NOW)

    def run(action, *words, status=0, language="en"):
        assert main(["qal3", action, *words, "--register", str(place), "--language", language]) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return run


def test_a_drift_is_seen_reading_by_reading_and_ends_with_the_adjustment(qal3):
    qal3("set", "A-001", "--span", "2", "--zero", "1")
    for day in (1, 8):
        assert "in control" in qal3("add", "A-001", "--date", f"2026-01-{day:02}", "--span", "21,18")
    assert "drift: adjust the device, by -2.1 %" in qal3("add", "a-001", "--date", "2026-01-15", "--span", "21,18")
    assert "drift: adjust the device" in qal3("show", "Maker A 410i A-001")
    assert "in control" in qal3("add", "1", "--date", "2026-01-15", "--adjusted", "span")
    document = json.loads(qal3("show", "A-001", "--json"))
    (span,) = (chart for chart in document["charts"] if chart["gas"] == "span")
    assert span["readings"][2]["cusum"]["up"] == pytest.approx(5.994)
    assert span["readings"][2]["cusum"]["action"] == "adjust"
    assert span["deeds"] == [{"number": 4, "date": "2026-01-15", "deed": "adjusted"}]


def test_a_file_of_readings_is_added_and_a_wrong_one_named(qal3, tmp_path):
    file = tmp_path / "march.csv"
    file.write_text("date,gas,reading,reference\n2026-03-01,zero,0.02,0\n2026-03-01,span,18.1,18\n", encoding="utf-8")
    assert "2 entries added" in qal3("add", "B-001", "--csv", str(file))
    assert "2 were there already" in qal3("add", "B-001", "--csv", str(file))
    assert "s_AMS is not set" in qal3("show", "B-001")
    file.write_text("date,gas\n", encoding="utf-8")
    assert "march.csv, line 1" in qal3("add", "B-001", "--csv", str(file), status=2)


def test_an_entry_can_be_withdrawn_with_a_reason(qal3):
    qal3("set", "A-001", "--zero", "1")
    qal3("add", "A-001", "--zero", "9,0")
    assert "withdrawn" in qal3("withdraw", "A-001", "1", "--reason", "wrong cylinder")
    assert json.loads(qal3("show", "A-001", "--json"))["charts"][0]["readings"] == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("show", "C-001"), "no registered device is 'C-001'; registered are: Maker A 410i A-001, Maker B 410i B-001"),
        (("show", "410i"), "several devices"),
        (("add", "A-001"), "nothing to add"),
        (("set", "A-001"), "--zero, --span or both"),
        (("set", "A-001", "--zero", "0"), "above zero"),
        (("add", "A-001", "--zero", "1"), "reading and reference"),
        (("add", "A-001", "--zero", "1,x"), "--zero: 'x' is no number"),
        (("add", "A-001", "--zero", "1,1", "--date", "soon"), "no date"),
    ],
)
def test_what_cannot_be_done_is_said(qal3, words, problem):
    assert problem in qal3(*words, status=2)


def test_the_readings_of_an_evaluation_are_taken_over(qal3, tmp_path, simulated_text):
    station = tmp_path / "station.toml"
    station.write_text(simulated_text, encoding="utf-8")
    suite = tmp_path / "suite.toml"
    suite.write_text('[[suite]]\nprocedure = "drift"\nsettings.days = 2\nsettings.adjust_first = false\n', encoding="utf-8")
    output = tmp_path / "result"
    assert main(["evaluate", "--station", str(station), "--suite", str(suite), "--output", str(output)]) == 0
    qal3("set", "A-001", "--zero", "1", "--span", "1")
    words = ("add", "A-001", "--from-run", "last", "--record", str(output / "record.sqlite"))
    assert "6 entries added" in qal3(*words)
    assert "6 were there already" in qal3(*words)
    charts = json.loads(qal3("show", "A-001", "--json"))["charts"]
    assert [len(chart["readings"]) for chart in charts] == [3, 3]
    dates = [dt.date.fromisoformat(reading["date"]) for reading in charts[0]["readings"]]
    assert (dates[2] - dates[0]).days == 2


def test_chinese_has_no_english_words(qal3):
    said = qal3("set", "A-001", "--zero", "1", language="zh")
    for day in ("01", "08"):
        said += qal3("add", "A-001", "--date", f"2026-01-{day}", "--zero", "3,0", "--span", "18,18", language="zh")
    said += qal3("show", "A-001", language="zh")
    assert "增加 2 条" in said
    assert "量程点：未设定 s_AMS" in said
    assert "序号" in said
    english = set(
        re.findall(r"(?<![`\w-])[A-Za-z]{2,}(?![\w-])", said.replace("Maker A", "").replace("testbench qal3 set", ""))
    )
    assert english == {"EWMA"}
