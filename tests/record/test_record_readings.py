"""Writing readings tick by tick and reading them back, from the tail and from blocks."""

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import pysqlite3.dbapi2 as sqlite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.errors import RecordError
from testbench.outcome import Outcome, RunState
from testbench.record.blocks import BLOCK_SIZE
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.record.writer import MERGE_TAIL_ROWS

INF = math.inf


class Clock(Protocol):
    """The clock of the fixtures, set by hand."""

    now: float

    def __call__(self) -> float: ...


def rows(path: Path, table: str) -> int:
    connection = sqlite.connect(path)
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(count)


def test_readings_are_seen_once_they_are_flushed(record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    writer.add(channel, 0.5, 15.21, 0)
    writer.add(channel, 1.5, math.nan, 1, "故障")
    writer.add(channel, 2.5, 15.2, 2, "")
    assert len(record.load(evaluation, "a.co2")) == 0
    writer.flush()
    readings = record.load(evaluation, "a.co2")
    np.testing.assert_array_equal(readings.time, [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(readings.value, [15.21, math.nan, 15.2])
    np.testing.assert_array_equal(readings.status, [0, 1, 2])
    assert readings.raw == {1: "故障", 2: ""}
    assert (readings.time.dtype, readings.value.dtype, readings.status.dtype) == (np.float64, np.float64, np.uint8)


def test_a_flush_is_due_after_a_second_of_real_time(
    path: Path, record: Record, evaluation: str, channel: int, clock: Clock
) -> None:
    writer = record.readings(evaluation, monotonic=clock)
    writer.add(channel, 0.0, 1.0, 0)
    clock.now = 1.0
    writer.flush_if_due()
    assert rows(path, "tail") == 0
    clock.now = 1.1
    writer.flush_if_due()
    assert rows(path, "tail") == 1
    writer.add(channel, 1.0, 1.0, 0)
    clock.now = 2.05
    writer.flush_if_due()
    assert rows(path, "tail") == 1
    clock.now = 2.2
    writer.flush_if_due()
    assert rows(path, "tail") == 2


def test_a_flush_without_new_readings_writes_nothing(path: Path, record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    writer.add(channel, 0.0, 1.0, 0)
    writer.flush()
    writer.flush()
    assert rows(path, "tail") == 1


def test_the_end_of_a_step_seals_its_readings_in_blocks(
    path: Path, record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime
) -> None:
    writer = record.readings(evaluation)
    step = record.begin_step(run, "average", {}, bench_time=0.0, started=moment)
    for second in range(20):
        writer.add(channel, float(second), 15.0 + second, 0)
        if second == 12:
            writer.flush()
    assert (rows(path, "tail"), rows(path, "block")) == (1, 0)
    record.finish_step(run, step, result={}, error=None, bench_time=20.0, finished=moment)
    assert (rows(path, "tail"), rows(path, "block")) == (0, 1)
    np.testing.assert_array_equal(record.load(evaluation, "a.co2").value, 15.0 + np.arange(20))


@pytest.mark.parametrize("end", ["run", "evaluation", "seal"])
def test_the_end_of_a_run_and_of_an_evaluation_seal_too(
    path: Path, record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime, end: str
) -> None:
    writer = record.readings(evaluation)
    writer.add(channel, 0.0, 1.0, 0)
    if end == "run":
        record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=moment)
    elif end == "evaluation":
        record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=moment)
    else:
        writer.seal()
        writer.seal()
    assert (rows(path, "tail"), rows(path, "block")) == (0, 1)


def test_closing_makes_the_last_readings_durable(path: Path, record: Record, evaluation: str, channel: int) -> None:
    record.readings(evaluation).add(channel, 0.0, 1.0, 0)
    record.close()
    with Record.open(path) as again:
        assert len(again.load(evaluation, "a.co2")) == 1


def test_the_span_asked_for_includes_both_ends(record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    for tenth in range(100):
        writer.add(channel, tenth / 10, float(tenth), 0, str(tenth) if tenth % 7 == 0 else None)
        if tenth == 50:
            writer.seal()
    writer.flush()
    readings = record.load(evaluation, "a.co2", 4.8, 5.7)
    np.testing.assert_array_equal(readings.value, np.arange(48, 58))
    assert readings.raw == {1: "49", 8: "56"}
    assert len(record.load(evaluation, "a.co2", 100.0, 200.0)) == 0
    assert len(record.load(evaluation, "a.co2", 5.0, 4.0)) == 0


def test_readings_that_came_out_of_order_are_given_in_time_order(record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    for time in (0.0, 3.0, 1.0):
        writer.add(channel, time, time, 0, f"t{time}")
    writer.seal()
    writer.add(channel, 2.0, 2.0, 0, "t2.0")
    writer.flush()
    readings = record.load(evaluation, "a.co2")
    np.testing.assert_array_equal(readings.time, [0, 1, 2, 3])
    assert readings.raw == {0: "t0.0", 1: "t1.0", 2: "t2.0", 3: "t3.0"}


def test_a_long_step_is_sealed_in_whole_blocks_on_the_way(path: Path, record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    count = 2 * BLOCK_SIZE + 5
    for index in range(count):
        writer.add(channel, float(index), float(index), 0, "x" if index % BLOCK_SIZE == 1 else None)
    writer.flush()
    assert (rows(path, "tail"), rows(path, "block")) == (1, 2)
    writer.add(channel, float(count), float(count), 0)
    writer.flush()
    readings = record.load(evaluation, "a.co2")
    np.testing.assert_array_equal(readings.value, np.arange(count + 1))
    assert readings.raw == {1: "x", BLOCK_SIZE + 1: "x", 2 * BLOCK_SIZE + 1: "x"}


def test_many_small_tail_rows_are_merged(path: Path, record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    for index in range(5 * MERGE_TAIL_ROWS + 3):
        writer.add(channel, float(index), float(index), 0, str(index))
        writer.flush()
    assert rows(path, "tail") == 5 + 3
    readings = record.load(evaluation, "a.co2")
    np.testing.assert_array_equal(readings.value, np.arange(5 * MERGE_TAIL_ROWS + 3))
    assert readings.raw[200] == "200"


@pytest.mark.parametrize("flush_every", [1, 700, BLOCK_SIZE, 10**9])
def test_blocks_do_not_depend_on_when_flushes_came(
    record: Record, start: EvaluationStart, flush_every: int, moment: dt.datetime
) -> None:
    digests = []
    for every in (flush_every, 977):
        evaluation = record.begin_evaluation(start)
        channel = record.channel(evaluation, "a", quantity="content", unit="%", resolution=0.0, device=None)
        writer = record.readings(evaluation)
        flushes = 0
        for index in range(BLOCK_SIZE + 700):
            writer.add(channel, index * 0.1, math.sin(index), 0)
            if index % every == every - 1 and (flushes := flushes + 1) < 200:
                writer.flush()
        writer.seal()
        digests.append(record.journal_digest(evaluation))
    assert digests[0] == digests[1]


def test_a_tail_that_a_lost_process_left_is_sealed_when_writing_goes_on(
    path: Path, record: Record, evaluation: str, channel: int
) -> None:
    lost = record.readings(evaluation)
    for index in range(3):
        lost.add(channel, float(index), float(index), 0, f"r{index}")
        lost.flush()
    with Record.open(path) as again:
        writer = again.readings(evaluation)
        assert (rows(path, "tail"), rows(path, "block")) == (0, 1)
        writer.add(channel, 3.0, 3.0, 0)
        writer.flush()
        readings = again.load(evaluation, "a.co2")
        np.testing.assert_array_equal(readings.value, [0, 1, 2, 3])
        assert readings.raw == {0: "r0", 1: "r1", 2: "r2"}


def test_one_evaluation_has_one_writer(record: Record, evaluation: str) -> None:
    assert record.readings(evaluation) is record.readings(evaluation)


def test_a_reading_without_time_or_of_another_evaluation_is_refused(
    record: Record, evaluation: str, channel: int, start: EvaluationStart
) -> None:
    writer = record.readings(evaluation)
    with pytest.raises(ValueError, match="a time must be finite"):
        writer.add(channel, math.nan, 1.0, 0)
    with pytest.raises(ValueError, match="not a channel of evaluation"):
        writer.add(channel + 1, 0.0, 1.0, 0)
    with pytest.raises(ValueError, match="256"):
        writer.add(channel, 0.0, 1.0, 256)
    with pytest.raises(TypeError):
        writer.add(channel, 0.0, None, 0)  # type: ignore[arg-type]
    writer.add(channel, 1.0, 2.0, 0)
    writer.flush()
    np.testing.assert_array_equal(record.load(evaluation, "a.co2").value, [2.0])


def test_an_unknown_channel_is_named(record: Record, evaluation: str) -> None:
    with pytest.raises(RecordError, match="has no channel nothing"):
        record.load(evaluation, "nothing")


def test_a_changed_block_is_noticed_when_it_is_read(path: Path, record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    writer.add(channel, 0.0, 1.0, 0)
    writer.seal()
    connection = sqlite.connect(path)
    connection.execute("UPDATE block SET digest = ?", ("0" * 64,))
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match="does not match its digest"):
        record.load(evaluation, "a.co2")


COUNT = 3 * BLOCK_SIZE + 300
Series = tuple[Record, str]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Series]:
    """Five blocks, long and short, and some tail at 10 Hz: a slow wave with two spikes and a gap of 400 readings."""
    with Record.open(tmp_path_factory.mktemp("series") / "bench.record", create=True) as record:
        started = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
        start = EvaluationStart("", "", "", "", "", "", None, "en", True, {}, "CO2", [], started)
        evaluation = record.begin_evaluation(start)
        channel = record.channel(evaluation, "a", quantity="content", unit="%", resolution=0.0, device=None)
        writer = record.readings(evaluation)
        for index in range(COUNT):
            spike = {4321: 9.0, 20000: -9.0}.get(index)
            if 12000 <= index < 12400:
                writer.add(channel, index / 10, math.nan, 1)
            else:
                writer.add(channel, index / 10, math.sin(index / 900) if spike is None else spike, 2 if spike else 0)
            if index in (500, 505, 20000):
                writer.seal()
        writer.flush()
        yield record, evaluation


@pytest.mark.parametrize("points", [1, 3, 7, 100, 1000, 10**6])
def test_an_overview_keeps_every_extreme_and_counts_every_reading(series: Series, points: int) -> None:
    record, evaluation = series
    overview = record.overview(evaluation, "a", -INF, INF, points)
    assert len(overview) <= points
    assert np.nanmax(overview.maximum) == 9.0
    assert np.nanmin(overview.minimum) == -9.0
    assert overview.count.sum() == COUNT
    assert overview.doubtful.sum() == 402
    assert np.all(np.diff(overview.time) > 0)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(-50, COUNT + 50), st.integers(0, COUNT), st.integers(1, 400))
def test_an_overview_of_any_span_agrees_with_the_readings_there(
    series: Series, first: int, length: int, points: int
) -> None:
    record, evaluation = series
    start, end = first / 10, (first + length) / 10
    readings = record.load(evaluation, "a", start, end)
    overview = record.overview(evaluation, "a", start, end, points)
    assert len(overview) <= points
    assert overview.count.sum() == len(readings)
    assert overview.doubtful.sum() == np.count_nonzero(readings.status)
    assert np.fmax.reduce(overview.maximum, initial=-INF) == np.fmax.reduce(readings.value, initial=-INF)
    assert np.fmin.reduce(overview.minimum, initial=INF) == np.fmin.reduce(readings.value, initial=INF)
    if len(readings):
        assert overview.time[0] == readings.time[0]


def test_a_gap_shows_as_no_extremes(series: Series) -> None:
    record, evaluation = series
    gap = record.overview(evaluation, "a", 1200.0, 1239.9, 5)
    assert np.isnan(gap.minimum).all()
    assert np.isnan(gap.maximum).all()
    assert gap.doubtful.sum() == 400


def test_an_overview_with_room_for_all_is_the_readings(record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    for index, time in enumerate((0.0, 2.0, 1.0)):
        writer.add(channel, time, float(index), 0)
    writer.seal()
    overview = record.overview(evaluation, "a.co2", -INF, INF, 100)
    np.testing.assert_array_equal(overview.time, [0, 1, 2])
    np.testing.assert_array_equal(overview.minimum, [0, 2, 1])
    np.testing.assert_array_equal(overview.maximum, [0, 2, 1])


def test_an_overview_of_nothing_is_empty(record: Record, evaluation: str, channel: int) -> None:
    assert len(record.overview(evaluation, "a.co2", -INF, INF, 100)) == 0
    with pytest.raises(ValueError, match="at least one point"):
        record.overview(evaluation, "a.co2", -INF, INF, 0)
