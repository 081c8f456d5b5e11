"""What is new in an evaluation, without reading all of it."""

import math


def test_the_last_step_is_that_of_the_last_run(going):
    record = going.record
    assert record.glances.last_step(going.evaluation) is None
    for number, call in enumerate(("supply", "settle"), start=1):
        record.begin_step(going.run, call, {"n": number}, bench_time=float(number), started=going.at)
    record.finish_step(going.run, 1, result={}, error=None, bench_time=1.5, finished=going.at)
    step = record.glances.last_step(going.evaluation)
    assert (step.run, step.procedure, step.number, step.call, step.arguments) == (1, "drift", 2, "settle", {"n": 2})
    assert (step.began_at, step.ended_at, step.attempts) == (2.0, None, 1)
    second = record.begin_run(going.evaluation, "linearity", {}, clause="", number=2, bench_time=3.0, started=going.at)
    record.begin_step(second, "supply", {}, bench_time=3.0, started=going.at)
    step = record.glances.last_step(going.evaluation)
    assert (step.run, step.procedure, step.number) == (2, "linearity", 1)


def test_the_latest_readings_come_from_the_tail_and_from_sealed_blocks(going):
    record = going.record
    first, gap, silent = (
        record.channel(going.evaluation, name, quantity="flow", unit="L/min", resolution=0.01, device=None)
        for name in ("a", "b", "c")
    )
    writer = record.readings(going.evaluation)
    for time in range(5):
        writer.add(first, float(time), 0.1 * time, 0)
        writer.add(gap, float(time), math.nan if time == 4 else 1.0, 1 if time == 4 else 0)
    assert record.glances.latest(going.evaluation) == []  # not durable yet
    writer.flush()
    expected = [("a", 4.0, 0.4), ("b", 4.0, None)]
    assert seen(going) == expected
    number = record.begin_step(going.run, "read", {}, bench_time=0.0, started=going.at)
    record.finish_step(going.run, number, result={}, error=None, bench_time=4.0, finished=going.at)  # seals
    assert seen(going) == expected
    writer.add(silent, 9.0, 7.0, 0)
    writer.flush()
    assert seen(going) == [*expected, ("c", 9.0, 7.0)]


def test_events_come_once(going):
    def happened(text):
        going.record.event(going.evaluation, None, "gap", text, bench_time=1.0, at=going.at)

    happened("first")
    happened("second")
    last, events = going.record.glances.events_after(going.evaluation, 0)
    assert [event.text for event in events] == ["first", "second"]
    assert going.record.glances.events_after(going.evaluation, last) == (last, [])
    happened("third")
    assert [event.text for event in going.record.glances.events_after(going.evaluation, last)[1]] == ["third"]


def seen(going):
    return [(reading.channel.name, reading.time, reading.value) for reading in going.record.glances.latest(going.evaluation)]
