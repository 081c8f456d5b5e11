"""Interlocks in whole evaluations over real sockets: one warns, one holds the bench until it is released, one aborts."""

from __future__ import annotations

import pytest

from testbench.errors import AbortedError
from testbench.outcome import Outcome, RunState
from testbench.record.model import CommandKind

INTERLOCKS = """
[interlocks.damp]
channel = "humidity"
trip = 70.0
release = 60.0
action = "warn"

[interlocks.warm]
channel = "temperature"
trip = 30.0
release = 28.0
action = "pause"
text = "the room is too warm"

[interlocks.fire]
channel = "temperature"
trip = 50.0
release = 45.0
action = "abort"
"""


def alarms(done):
    """The alarms of the evaluation, by the names of their interlocks."""
    with done.open() as record:
        return {alarm.name: alarm for alarm in record.alarms.of(done.onlooker.evaluation)}


def test_one_warns_and_another_holds_the_bench_until_its_value_is_back(carry_out):
    seen_meanwhile = []

    def story(seen):
        yield seen.at("average", 1, ticks=3)
        seen.condition("humidity", 75.0)
        yield seen.told("interlock damp: environment.humidity is 75 %, at or above 70 %")
        yield seen.at("average", 2, ticks=3)
        seen.condition("temperature", 35.0)
        yield seen.told("paused: interlock warm (the room is too warm): environment.temperature is 35 °C, at or above 30 °C")
        yield lambda: seen.state() is RunState.PAUSED
        seen.command(CommandKind.ACKNOWLEDGE)
        seen.condition("temperature", 29.0)  # between the levels
        ticks = seen.ticks
        yield lambda: seen.ticks >= ticks + 2
        seen_meanwhile.append((seen.state(), seen.told("the run goes on")()))
        seen.condition("temperature", 27.0)
        yield seen.told("interlock warm: released, environment.temperature is 27 °C")
        yield seen.told("the run goes on")
        seen.condition("temperature", 23.0)

    done = carry_out(story, more=INTERLOCKS)
    assert seen_meanwhile == [(RunState.PAUSED, False)]
    (reason,) = done.attempts()["average"]
    assert reason.startswith("interlock warm (the room is too warm)")
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    kept = alarms(done)
    assert set(kept) == {"damp", "warm"}
    assert (kept["damp"].action, kept["damp"].by, kept["damp"].released) == ("warn", "Li", None)
    assert kept["damp"].latched, "acknowledged, but it is still damp"
    assert kept["warm"].value == pytest.approx(35.0, abs=0.01)
    assert kept["warm"].by == "Li"
    assert not kept["warm"].latched
    assert kept["warm"].released_at > kept["warm"].bench_time
    assert [text.split(":")[0] for text in done.events("alarm")] == [
        "interlock damp",
        "interlock warm (the room is too warm)",
        "interlock warm",
    ]


def test_one_aborts_at_once_and_the_bench_is_left_safe(carry_out):
    def story(seen):
        yield seen.at("settle", 3, ticks=3)
        seen.condition("temperature", 55.0)

    done = carry_out(story, more=INTERLOCKS)
    assert isinstance(done.error, AbortedError)
    assert "aborted by interlock fire: environment.temperature is 55 °C, at or above 50 °C" in str(done.error)
    with done.open() as record:
        row = record.evaluation(done.onlooker.evaluation)
        (run,) = record.runs(row.identifier)
        last = record.steps(run.identifier)[-1]
    assert (row.state, run.state, row.outcome) == (RunState.ABORTED, RunState.ABORTED, Outcome.ABORTED)
    assert (last.call, last.error_kind) == ("settle", "AbortedError")
    assert alarms(done)["fire"].latched
    assert len(done.events("safe state")) >= 4
    assert not [text for text in done.onlooker.notices if "not verified" in text]
