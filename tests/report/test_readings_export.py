"""Readings written for other programs: every one of them, as it is recorded, block by block."""

import csv
import datetime as dt
import json
import math
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from testbench import cli
from testbench.errors import InputError
from testbench.record.store import Record
from testbench.report.reading_stream import ReadingStream
from testbench.report.readings import ReadingFormat, export_readings, file_name

AT = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def filled(going):
    """An evaluation with two channels over two steps, one gap, one flagged reading, the last ones not sealed."""
    record, evaluation = going.record, going.evaluation
    content = record.channel(evaluation, "A,co2", quantity="content", unit="%", resolution=0.01, device="A")
    flow = record.channel(evaluation, "flow", quantity="flow", unit="L/min", resolution=0.01, device=None)
    writer = record.readings(evaluation)
    for number in (0, 1):
        begun = 100.0 * number
        step = record.begin_step(going.run, "average", {}, bench_time=begun, started=going.at)
        for second in range(50):
            time = begun + second + 1 / 3
            writer.add(content, time, math.nan if second == 7 else time / 7, 1 if second == 7 else 2 if second == 8 else 0)
        writer.add(flow, begun + 1.0, 1.5, 0)
        if number == 0:
            done = {"result": {}, "error": None, "bench_time": begun + 60.0, "finished": going.at}
            record.finish_step(going.run, step, **done)
    writer.flush()
    return going


def rows_of(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("#")], list(csv.DictReader(x for x in lines if x[0] != "#"))


def test_csv_has_every_reading_with_its_time_status_and_step(filled, tmp_path):
    path = tmp_path / "readings.csv"
    told = []
    count = export_readings(
        filled.record, filled.evaluation, path, ReadingFormat.CSV, progress=lambda done, total: told.append((done, total))
    )
    head, rows = rows_of(path)
    assert count == len(rows) == 102
    assert told[0] == (0, 102)
    assert told[-1] == (102, 102)
    start = filled.record.evaluation(filled.evaluation).start
    assert head[-1] == f"# evaluation {filled.evaluation}, started {start.started.isoformat()}"
    assert (head[0] == "# 模拟 SIMULATED: these readings come from a simulated bench") is start.simulated
    stored = filled.record.load(filled.evaluation, "A,co2")
    own = [row for row in rows if row["channel"] == "A,co2"]
    assert [float(row["bench_time_s"]) for row in own] == stored.time.tolist(), "to the last digit"
    values = [math.nan if row["value"] == "" else float(row["value"]) for row in own]
    assert np.array_equal(values, stored.value, equal_nan=True)
    assert [row["status"] for row in own[6:10]] == ["valid", "gap", "flagged", "valid"]
    assert {row["unit"] for row in own} == {"%"}
    assert dt.datetime.fromisoformat(own[0]["time"]) == start.started + dt.timedelta(seconds=1 / 3)
    assert dt.datetime.fromisoformat(own[0]["time"]).utcoffset() == start.started.utcoffset()
    assert [row["step"] for row in own] == ["1"] * 50 + ["2"] * 50
    assert {row["run"] for row in own} == {filled.run}


def test_parquet_says_the_same_and_what_it_is(filled, tmp_path):
    path = tmp_path / "readings.parquet"
    assert export_readings(filled.record, filled.evaluation, path, ReadingFormat.PARQUET) == 102
    table = pq.read_table(path)
    stored = filled.record.load(filled.evaluation, "A,co2")
    own = [row for row in table.to_pylist() if row["channel"] == "A,co2"]
    assert [row["bench_time_s"] for row in own] == stored.time.tolist()
    assert own[7]["value"] is None
    assert [row["status"] for row in own[6:9]] == ["valid", "gap", "flagged"]
    start = filled.record.evaluation(filled.evaluation).start
    assert own[0]["time"] == start.started + dt.timedelta(microseconds=333333)
    assert [row["step"] for row in own] == [1] * 50 + [2] * 50
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert metadata["evaluation"] == filled.evaluation
    assert json.loads(metadata["channels"])["flow"] == {"quantity": "flow", "unit": "L/min"}
    assert ("SIMULATED" in metadata["simulated"]) is start.simulated


def test_channels_are_chosen_by_name_and_excel_gets_its_mark(filled, tmp_path):
    path = tmp_path / "flow.csv"
    count = export_readings(
        filled.record, filled.evaluation, path, ReadingFormat.CSV, channels=["flow"], byte_order_mark=True
    )
    assert count == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    with pytest.raises(InputError, match="has no channel 'flo'; did you mean 'flow'"):
        ReadingStream(filled.record, filled.evaluation, ["flo"])


def test_an_export_that_is_cancelled_leaves_nothing_and_nothing_is_overwritten(filled, tmp_path):
    path = tmp_path / "readings.csv"

    def cancel(done, total):
        if done:
            raise InputError("cancelled")

    for form in ReadingFormat:
        with pytest.raises(InputError, match="cancelled"):
            export_readings(filled.record, filled.evaluation, path, form, progress=cancel)
        assert list(tmp_path.glob("*readings.csv*")) == []
    path.write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        export_readings(filled.record, filled.evaluation, path, ReadingFormat.CSV)
    assert path.read_text() == "mine"
    assert export_readings(filled.record, filled.evaluation, path, ReadingFormat.CSV, overwrite=True) == 102
    with pytest.raises(InputError, match="does not exist"):
        export_readings(filled.record, filled.evaluation, tmp_path / "no" / "x.csv", ReadingFormat.CSV)


@pytest.mark.parametrize("form", list(ReadingFormat))
def test_memory_does_not_grow_with_the_readings(going, tmp_path, form):
    record, evaluation = going.record, going.evaluation
    number = record.channel(evaluation, "a", quantity="content", unit="%", resolution=0.01, device="A")
    writer = record.readings(evaluation)
    record.begin_step(going.run, "wait", {}, bench_time=0.0, started=going.at)
    peaks = []
    for part in (1, 4):
        for index in range(60_000 * (part - 1), 60_000 * part):
            writer.add(number, float(index), index % 97 / 8, 0)
        writer.flush()
        tracemalloc.start()
        export_readings(record, evaluation, tmp_path / f"{part}.{form}", form)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 4_000_000


def test_the_command_writes_a_file_that_is_named_after_the_evaluation(filled, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["export", filled.evaluation, "--record", str(filled.path), "--format", "csv"]
    assert cli.main(words) == 0
    with Record.open(filled.path) as record:
        name = file_name(record.evaluation(filled.evaluation), ReadingFormat.CSV)
    assert capsys.readouterr().out == f"{name}: 102 readings\n"
    assert Path(name).is_file()
    assert ("SIMULATED" in name) is filled.record.evaluation(filled.evaluation).start.simulated
    assert cli.main(words) == 2
    assert "is there already" in capsys.readouterr().err
