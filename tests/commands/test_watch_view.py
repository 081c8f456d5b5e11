"""What a watcher sees: state, step, readings, what waits for a person, and what happened."""

import io
import json

import pytest
from rich.console import Console

from testbench.commands.terminal import Terminal
from testbench.commands.watch_view import View
from testbench.engine.control import ControlFile
from testbench.engine.watching import Watcher


@pytest.fixture
def watched(going):
    """An evaluation that waits for a person, with an alarm and readings."""
    record = going.record
    record.begin_step(going.run, "supply", {"fraction": 0.4}, bench_time=60.0, started=going.at)
    channel = record.channel(going.evaluation, "A", quantity="CO2", unit="%", resolution=0.01, device="A")
    writer = record.readings(going.evaluation)
    writer.add(channel, 61.0, 8.012345, 0)
    writer.flush()
    record.prompts.ask(going.evaluation, going.run, text="Flow", unit="L/min", expected=None, bench_time=61.0, at=going.at)
    record.alarms.trip(
        going.evaluation,
        name="room-co2",
        action="pause",
        text="gas in the room",
        channel="room.co2",
        value=1.25,
        bench_time=61.0,
        at=going.at,
    )
    record.event(going.evaluation, None, "gap", "B: no answer", bench_time=61.0, at=going.at)
    safe = {"instrument": "mfc", "state": "flow 0", "verified": False, "read_back": "flow 0.3 L/min"}
    record.event(going.evaluation, None, "safe state", json.dumps(safe), bench_time=62.0, at=going.at)
    with ControlFile.hold(going.path, going.evaluation):
        yield going


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ("running", "supply gas, 40 %F.S.", "question 1: Flow [L/min]", "alarm 1 room-co2: gas in the room", "1 min"),
        ),
        ("zh", ("运行中", "配气 40 %F.S.", "问题 1: Flow [L/min]", "报警 1 room-co2: gas in the room", "1 分")),
    ],
)
def test_a_screen_shows_all_that_matters(watched, language, parts):
    text = screen(watched, language)
    for part in (
        *parts,
        watched.evaluation,
        "8.0123",
        f"`testbench answer {watched.evaluation} --prompt 1 VALUE`",
        f"`testbench acknowledge {watched.evaluation} room-co2`",
        "gap: B: no answer" if language == "en" else "缺测：B: no answer",
        "mfc: flow 0, NOT VERIFIED (flow 0.3 L/min)" if language == "en" else "mfc：流量为 0，未确认（flow 0.3 L/min）",
        "SIMULATED" if language == "en" else "模拟",
    ):
        assert part in text


def test_a_pipe_gets_what_changed_only(watched):
    view, watcher = View(Terminal(), "en"), Watcher(watched.record, watched.evaluation)
    first = watcher.look()
    told = list(view.changes(first, None))
    assert [line.split(":")[0].split(" ")[0] for line in told] == [watched.evaluation, "0", "0", "[1]", "question", "alarm"]
    second = watcher.look()
    assert list(view.changes(second, first)) == []
    watched.record.prompts.answer(1, text="0.4", value=0.4, by="li", at=watched.at)
    watched.record.alarms.acknowledge(1, by="li", at=watched.at)
    third = watcher.look()
    (line,) = view.changes(third, second)
    assert "acknowledged by li" in line
    assert third.prompts == []
    watched.record.alarms.release(1, bench_time=70.0, at=watched.at)
    assert watcher.look().alarms == []


def test_the_last_events_stay_on_the_screen(watched):
    watcher = Watcher(watched.record, watched.evaluation)
    watcher.look()
    for number in range(10):
        watched.record.event(watched.evaluation, None, "gap", f"number {number}", bench_time=80.0, at=watched.at)
    sight = watcher.look()
    assert [event.text for event in sight.events] == [f"number {number}" for number in range(4, 10)]
    assert watcher.look().new_events == []


def screen(going, language):
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system=None)
    console.print(View(Terminal(), language).whole(Watcher(going.record, going.evaluation).look()))
    return console.file.getvalue()
