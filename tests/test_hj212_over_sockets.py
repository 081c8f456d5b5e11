"""Devices under test behind HJ 212 data loggers go through a run: asked for each reading, and listened to."""

import csv
import json
from pathlib import Path

import pytest

from testbench import cli

SHORT = ["--set", "levels=0,0.5,1", "--set", "passes=1", "--set", "zero_between=false", "--set", "average_s=20"]
STATION = """
[station]
name = "CEMS with data loggers"
[line]
delay_s = 4.0
[cylinders.co2]
component = "CO2"
fraction_percent = 30.0
certificate = "SIM-1"
[cylinders.zero]
component = "CO2"
fraction_percent = 0.0
certificate = "SIM-2"
[instruments.mfc-co2]
driver = "alicat"
resource = "twin"
full_scale = 5.0
uncertainty_percent = 0.4
reproducibility_percent = 0.03
[instruments.mfc-n2]
driver = "alicat"
resource = "twin"
unit_id = "B"
full_scale = 5.0
uncertainty_percent = 0.4
reproducibility_percent = 0.03
[divider]
driver = "mfc-blend"
total_flow = 4.0
controllers = { mfc-co2 = "co2", mfc-n2 = "zero" }
"""
DEVICE = """
[devices.{name}]
driver = "hj212"
resource = "twin"
mn = "{name}"
maker = "Maker {name}"
model = "CEMS"
range = [0.0, 20.0]
unit = "%"
response_time_s = 5.0
truth.update_s = 10.0
truth.t90_rise_s = 4.0
truth.t90_fall_s = 4.0
truth.linearity_percent_fs = {linearity}
{more}
"""
POLLED = DEVICE.format(name="P", linearity=2.0, more='record_also = ["O2"]')
LISTENED = DEVICE.format(name="L", linearity=-1.0, more='mode = "listen"\nstrict = true\nsent_unit = "mg/m³"\ndecimals = 1')


def test_loggers_are_evaluated_asked_and_listened_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    station = tmp_path / "station.toml"
    station.write_text(STATION + POLLED + LISTENED, encoding="utf-8")
    assert cli.main(["run", "linearity", "--station", str(station), *SHORT, "--trace", "--output", str(tmp_path)]) == 0
    record, readings = tmp_path / "record.sqlite", tmp_path / "readings.csv"
    devices = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))["devices"]
    errors = {device["name"]: device["findings"][0]["value"] for device in devices}
    assert errors == {"P": pytest.approx(2.0, abs=0.1), "L": pytest.approx(-1.0, abs=0.1)}

    assert cli.main(["export", "last", "--record", str(record), "--format", "csv", "--output", str(readings)]) == 0
    with readings.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert {row["status"] for row in rows if row["channel"] in ("P", "P.O2")} == {"valid"}
    heard = [row["status"] for row in rows if row["channel"] == "L"]
    assert heard.count("valid") > 5 * heard.count("gap"), "an upload is a reading once, what comes between is a gap"

    capsys.readouterr()
    assert cli.main(["trace", "--record", str(record), "--instrument", "P", "--from", "0", "--to", "10"]) == 0
    said = capsys.readouterr().out
    assert ";CN=2011;" in said
    assert "QnRtn=1" in said
