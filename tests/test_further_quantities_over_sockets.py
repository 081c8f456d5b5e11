"""Devices of several makers record quantities beside their measurand: a run reads, watches and exports them."""

import csv
from pathlib import Path

import pytest

from testbench import cli

SHORT = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "zero_between=false", "--set", "average_s=10"]
STATION = """
[station]
name = "several makers"
[line]
delay_s = 4.0
[cylinders.co2]
component = "CO2"
fraction_percent = 0.3
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
[interlocks.oxygen]
channel = "K.O2"
trip = 15.0
release = 16.0
action = "warn"
"""
DEVICES = {
    "I": ("thermo-iseries", 'record_also = ["pressure"]'),
    "K": ("ak-protocol", 'values = ["CO2", "O2"]\nunits = { O2 = "%" }\nrecord_also = ["O2"]'),
    "L": ("licor-li850", 'record_also = ["H2O", "cell temperature"]'),
    "T": ("teledyne", 'record_also = ["box temperature"]'),
}
DEVICE = """
[devices.{name}]
driver = "{driver}"
resource = "twin"
maker = "{driver}"
model = "M"
range = [0.0, 2000.0]
unit = "ppm"
{more}
response_time_s = 20.0
truth.t90_rise_s = 10.0
truth.t90_fall_s = 10.0
"""


def written(folder: Path) -> Path:
    tables = [DEVICE.format(name=name, driver=driver, more=more) for name, (driver, more) in DEVICES.items()]
    station = folder / "station.toml"
    station.write_text(STATION + "".join(tables), encoding="utf-8")
    return station


def test_what_is_recorded_beside_the_measurand_is_watched_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    station = written(tmp_path)
    assert cli.main(["run", "linearity", "--station", str(station), *SHORT, "--output", str(tmp_path)]) == 0
    record, readings = tmp_path / "record.sqlite", tmp_path / "readings.csv"
    assert "oxygen" in capsys.readouterr().out, "nitrogen takes the place of room air, which trips the interlock"
    assert cli.main(["export", "last", "--record", str(record), "--format", "csv", "--output", str(readings)]) == 0
    with readings.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    units = {row["channel"]: row["unit"] for row in rows}
    assert units == dict.fromkeys("IKLT", "ppm") | {
        "I.pressure": "mmHg",
        "K.O2": "%",
        "L.H2O": "mmol/mol",
        "L.cell temperature": "°C",
        "T.box temperature": "°C",
        "mfc-co2.flow": "L/min",
        "mfc-n2.flow": "L/min",
    }
    assert {row["status"] for row in rows} == {"valid"}
    oxygen = [float(row["value"]) for row in rows if row["channel"] == "K.O2"]
    assert (oxygen[0], oxygen[-1]) == (pytest.approx(20.95), pytest.approx(0.0, abs=1e-3))


def test_an_interlock_on_what_is_not_recorded_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    station = written(tmp_path)
    station.write_text(station.read_text(encoding="utf-8").replace('record_also = ["O2"]', ""), encoding="utf-8")
    assert cli.main(["plan", "--station", str(station), "--standard", "hj76-2017"]) == 2
    assert "[interlocks.oxygen] channel: the station has no channel 'K.O2'" in capsys.readouterr().err
