"""The trace in the record: bytes come back as they went in, in their order, as far as they had been flushed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.errors import RecordError
from testbench.record.model import TraceEntry
from testbench.record.store import Record
from testbench.record.trace import ROW_ENTRIES, TraceBuffer, pack, unpack

TRACE = """
import sys
from pathlib import Path
from testbench.record.model import TraceEntry
from testbench.record.store import Record
from testbench.record.trace import TraceBuffer
record = Record.open(Path(sys.argv[1]))
trace = TraceBuffer()
record.keep_trace(sys.argv[2], trace)
writer = record.readings(sys.argv[2])
written = 0
while True:
    for _ in range(100):
        trace.add(TraceEntry("A", True, float(written), written / 1000, b"%d\\r" % written))
        written += 1
    writer.flush()
    print(written, flush=True)
"""

times = st.floats(allow_nan=False, allow_infinity=False)
entries = st.builds(
    TraceEntry,
    st.sampled_from(["A", "mfc-co2", "二氧化碳"]),
    st.booleans(),
    times,
    times | st.integers(0, 10**13).map(lambda number: number / 1e6),
    st.binary(max_size=40),
)


def entry(number: int, instrument: str = "A") -> TraceEntry:
    return TraceEntry(instrument, number % 2 == 0, float(number), number / 1e6, b"%d\r" % number)


def rows(path: Path) -> list[tuple[int, int]]:
    """Index and count of the rows in the file."""
    connection = sqlite.connect(path)
    found = connection.execute('SELECT first, "count" FROM trace ORDER BY first').fetchall()
    connection.close()
    return [(first, count) for first, count in found]


@pytest.fixture
def trace(record: Record, evaluation: str) -> TraceBuffer:
    buffer = TraceBuffer()
    record.keep_trace(evaluation, buffer)
    return buffer


@given(kept=st.lists(entries, min_size=1, max_size=30))
def test_what_is_packed_comes_back_bit_by_bit(kept: list[TraceEntry]) -> None:
    row = pack(kept)
    assert list(unpack(row)) == kept
    assert (row["begins"], row["ends"]) == (min(e.bench_time for e in kept), max(e.bench_time for e in kept))


def test_what_went_before_the_evaluation_was_entered_is_kept(record: Record, evaluation: str) -> None:
    buffer = TraceBuffer()
    buffer.add(entry(0))
    record.keep_trace(evaluation, buffer)
    buffer.add(entry(1))
    assert list(record.trace(evaluation)) == [], "nothing is written before a flush"
    record.readings(evaluation).flush()
    assert list(record.trace(evaluation)) == [entry(0), entry(1)]


def test_the_last_row_grows_until_it_is_full(record: Record, path: Path, evaluation: str, trace: TraceBuffer) -> None:
    writer = record.readings(evaluation)
    for number in range(2 * ROW_ENTRIES + 10):
        trace.add(entry(number))
        if number % 100 == 99:
            writer.flush()
    writer.flush()
    assert rows(path) == [(0, ROW_ENTRIES), (ROW_ENTRIES, ROW_ENTRIES), (2 * ROW_ENTRIES, 10)]
    assert list(record.trace(evaluation)) == [entry(number) for number in range(2 * ROW_ENTRIES + 10)]
    writer.flush()
    assert len(rows(path)) == 3, "a flush with nothing new writes nothing"


def test_a_step_that_ends_takes_the_trace_with_it(
    record: Record, evaluation: str, trace: TraceBuffer, run: str, moment: object
) -> None:
    step = record.begin_step(run, "supply", {}, bench_time=0.0, started=moment)  # type: ignore[arg-type]
    trace.add(entry(0))
    record.finish_step(run, step, result={}, error=None, bench_time=1.0, finished=moment)  # type: ignore[arg-type]
    assert list(record.trace(evaluation)) == [entry(0)]


def test_closing_the_record_keeps_the_rest(record: Record, path: Path, evaluation: str, trace: TraceBuffer) -> None:
    trace.add(entry(0))
    record.close()
    with Record.open(path) as again:
        assert list(again.trace(evaluation)) == [entry(0)]


def test_a_span_of_bench_time_is_cut_out_with_both_ends(record: Record, evaluation: str, trace: TraceBuffer) -> None:
    for number in range(3 * ROW_ENTRIES):
        trace.add(entry(number, "AB"[number % 2]))
    record.readings(evaluation).flush()
    low, high = ROW_ENTRIES - 2, ROW_ENTRIES + 3
    assert [e.bench_time for e in record.trace(evaluation, low, high)] == list(range(low, high + 1))
    assert record.traced(evaluation) == ["A", "B"]


def test_a_second_writer_goes_on_after_the_first(record: Record, path: Path, evaluation: str, trace: TraceBuffer) -> None:
    for number in range(3):
        trace.add(entry(number))
    record.close()
    with Record.open(path) as again:
        more = TraceBuffer()
        again.keep_trace(evaluation, more)
        more.add(entry(3))
        again.readings(evaluation).flush()
        assert list(again.trace(evaluation)) == [entry(number) for number in range(4)]


def test_a_trace_outlives_a_transaction_that_failed(record: Record, evaluation: str, trace: TraceBuffer) -> None:
    writer = record.readings(evaluation)
    trace.add(entry(0))
    writer.flush()
    trace.add(entry(1))
    with record._database.writing() as connection:
        trace.flush_within(connection, evaluation)
        connection.rollback()
    assert list(record.trace(evaluation)) == [entry(0)]
    trace.add(entry(2))
    writer.flush()
    assert list(record.trace(evaluation)) == [entry(0), entry(1), entry(2)]


@pytest.mark.parametrize("flushes", [1, 8])
def test_what_a_killed_process_had_flushed_is_there(record: Record, path: Path, evaluation: str, flushes: int) -> None:
    with subprocess.Popen([sys.executable, "-c", TRACE, path, evaluation], stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        said = [int(victim.stdout.readline()) for _ in range(flushes)]
        victim.kill()
        victim.wait()
    with Record.open(path) as again:
        kept = list(again.trace(evaluation))
    assert len(kept) >= said[-1]
    assert len(kept) % 100 == 0, "a flush is there whole or not at all"
    assert [e.data for e in kept] == [b"%d\r" % number for number in range(len(kept))]


def test_the_digest_of_the_journal_does_not_depend_on_it(
    record: Record, evaluation: str, begin_run: Callable[..., str], trace: TraceBuffer
) -> None:
    begin_run()
    before = record.journal_digest(evaluation)
    trace.add(entry(0))
    record.readings(evaluation).flush()
    assert record.journal_digest(evaluation) == before


@pytest.mark.parametrize("column", ["bench_time", "real_time", "data"])
def test_a_damaged_row_is_told(record: Record, path: Path, evaluation: str, trace: TraceBuffer, column: str) -> None:
    trace.add(entry(0))
    record.readings(evaluation).flush()
    connection = sqlite.connect(path)
    connection.execute(f"UPDATE trace SET {column} = substr({column}, 1, 5)")
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match=r"a row of the trace cannot be unpacked.*use a backup"):
        list(record.trace(evaluation))


def test_a_record_from_before_there_was_a_trace_gets_one(path: Path, write_old: Callable[[str], None]) -> None:
    write_old("0001")
    with Record.open(path) as record:
        assert [row.identifier for row in record.evaluations()] == ["E1", "E2"]
        assert record.traced("E1") == []
