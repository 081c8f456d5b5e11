"""A person reads and sets the instruments of a simulated station, over its real protocols."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from instruments.twin.faults import Fault
from instruments.twin.launch import visit
from testbench.engine.manual.actions import (
    Adjust,
    DriveSafe,
    Rest,
    SetCondition,
    SetFlow,
    SetVelocity,
    StopGas,
    SupplyGas,
    ZeroGas,
)
from testbench.engine.manual.sight import Connection, Phase, spelled
from testbench.engine.ownership import owning
from testbench.engine.roles import Adjustment
from testbench.errors import InputError, InstrumentError, RecordError, UnsuppliableError

WITHIN_S = 30.0
HOT = """
[interlocks.too-hot]
channel = "temperature"
trip = 22.0
release = 20.0
action = "{action}"
"""


def test_everything_is_read_with_the_last_answer_of_each_instrument(hand):
    one = hand()
    sight = one.service.connected.result(WITHIN_S)
    assert sight.phase is Phase.HELD
    assert {name: item.connection for name, item in sight.instruments.items()} == dict.fromkeys(
        ("mfc-co2", "mfc-n2", "daq", "A", "B"), Connection.ANSWERS
    )
    assert sight.instruments["mfc-co2"].identity.maker == "Alicat"
    temperature = sight.readings["environment.temperature"]
    assert (temperature.value, temperature.channel.unit, temperature.instrument) == (pytest.approx(23.0), "°C", "daq")
    assert temperature.at <= sight.at
    exchange = sight.instruments["A"].exchange
    assert spelled(exchange.sent) == "co2\\r"
    assert spelled(exchange.received).startswith("co2 ")


def test_what_is_set_is_read_back_and_logged(hand):
    one = hand()
    done = one.service.carry_out(SupplyGas("CO2", 0.12)).result(WITHIN_S)
    assert done.by == "li"
    assert {r.channel.name: r.value for r in done.readings} == {
        "mfc-co2.flow": pytest.approx(1.6, abs=0.02),
        "mfc-n2.flow": pytest.approx(2.4, abs=0.03),
    }
    flow = one.service.carry_out(SetFlow("mfc-co2", 1.0)).result(WITHIN_S)
    assert [r.value for r in flow.readings] == [pytest.approx(1.0, abs=0.02)]
    rest = one.service.carry_out(Rest()).result(WITHIN_S)
    assert [r.value for r in rest.readings] == [pytest.approx(0.0, abs=0.01), pytest.approx(0.4, abs=0.01)]
    entries = [json.loads(line) for line in one.log.read_text(encoding="utf-8").splitlines()]
    assert {entry["by"] for entry in entries} == {"li"}
    assert [entry["what"] for entry in entries][:3] == ["connect", "supply 12 % CO2", "supply 12 % CO2"]
    assert "mfc-co2.flow 1.6" in entries[2]["came_of_it"]


REFUSED = [
    (SupplyGas("CO2", 0.5), UnsuppliableError, "cannot be made"),
    (SupplyGas("SO2", 0.1), UnsuppliableError, "no cylinder of SO2"),
    (SupplyGas("CO2", float("nan")), InputError, "from 0 to 100 %"),
    (SupplyGas("CO2", -0.1), InputError, "from 0 to 100 %"),
    (SetFlow("mfc-co2", 9.0), InputError, "outside its range, 0 to 5 L/min"),
    (SetFlow("mfc-co2", float("nan")), InputError, "outside its range"),
    (SetFlow("daq", 1.0), InputError, "no flow controller"),
    (SetVelocity(3.0), InputError, "no flow rig"),
    (SetCondition("temperature", 20.0), InputError, "nothing on this station sets"),
    (Adjust("A", Adjustment.SPAN, 99.0), InputError, "outside its range, 0 to 20 %"),
    (Adjust("Z", Adjustment.SPAN, 9.0), InputError, "no device"),
]


def test_what_cannot_be_set_is_refused_in_words_before_anything_is_touched(hand, flows):
    one = hand()
    one.service.connected.result(WITHIN_S)
    before = flows(one.service.station)
    for action, error, told in REFUSED:
        with pytest.raises(error, match=told):
            one.service.carry_out(action).result(WITHIN_S)
    assert flows(one.service.station) == before


def test_the_station_is_checked_while_it_is_in_the_hand(hand):
    one = hand()
    asked = []
    checked = one.service.check(asked.append).result(WITHIN_S)
    assert asked == ["mfc-co2", "mfc-n2", "daq", "A", "B", "C"]
    assert not [item.part.key for item in checked if item.problems]


def test_zero_is_adjusted_by_command_or_at_the_simulated_keys(hand):
    one = hand()
    before = one.service.connected.result(WITHIN_S).readings
    for device in ("A", "B", "C"):
        target = before[device].value + 0.5
        done = one.service.carry_out(Adjust(device, Adjustment.ZERO, target)).result(WITHIN_S)
        assert done.note.startswith("adjusted ")
    one.posted.wait(lambda sight: all(abs(sight.readings[d].value - before[d].value - 0.5) < 0.3 for d in ("A", "B", "C")))


def test_the_bench_is_left_safe_on_release_and_takes_no_orders_after(hand, flows):
    one = hand()
    one.service.carry_out(ZeroGas()).result(WITHIN_S)
    assert flows(one.service.station)["mfc-n2"] == pytest.approx(4.0)
    safe = {outcome.instrument: outcome for outcome in one.service.release().result(WITHIN_S)}
    assert safe["mfc-n2"].verified
    assert "flow 0 " in safe["mfc-n2"].read_back
    assert flows(one.service.station) == {"mfc-co2": 0.0, "mfc-n2": 0.0}
    assert one.posted.sights[-1].phase is Phase.RELEASED
    with pytest.raises(InputError, match="not in your hand"):
        one.service.carry_out(StopGas()).result(WITHIN_S)


def test_one_action_drives_everything_safe_and_keeps_the_bench(hand, flows):
    one = hand()
    one.service.carry_out(ZeroGas()).result(WITHIN_S)
    assert all(outcome.verified for outcome in one.service.carry_out(DriveSafe()).result(WITHIN_S).safe)
    assert flows(one.service.station)["mfc-n2"] == 0.0
    one.service.carry_out(ZeroGas()).result(WITHIN_S)


def test_a_station_that_a_run_has_is_refused_by_the_name_of_the_evaluation(hand, station):
    with owning([], station().path) as run:
        run.belongs_to("E0001")
        one = hand()
        with pytest.raises(InstrumentError, match="in use by evaluation E0001"):
            one.service.connected.result(WITHIN_S)
    one.service.release().result(WITHIN_S)
    assert "E0001" in one.posted.sights[-1].problem


def test_a_station_in_somebodys_hand_is_refused_by_their_name(hand, station):
    one = hand()
    one.service.connected.result(WITHIN_S)
    with pytest.raises(InstrumentError, match="in use by li, by hand"), owning([], one.service.station.path):
        pass


def test_a_wrong_station_is_told_before_anything_is_started(hand):
    one = hand(('driver = "alicat"', 'driver = "alicad"'))
    with pytest.raises(InputError, match="did you mean 'alicat'"):
        one.service.connected.result(WITHIN_S)


def test_an_instrument_that_falls_silent_does_not_hold_up_the_others_and_comes_back(hand, monkeypatch):
    monkeypatch.setattr("testbench.engine.manual.bench.ASK_AGAIN_S", 0.1)
    one = hand()
    one.service.connected.result(WITHIN_S)
    with visit(one.service.station) as visitor:
        visitor.fault("A", Fault.UNPLUGGED)
        silent = one.posted.wait(lambda sight: sight.instruments["A"].connection is Connection.SILENT)
        assert silent.readings["A"].value is None
        assert "A (" in silent.instruments["A"].problem
        assert silent.readings["B"].value is not None
        with pytest.raises(InstrumentError, match="no valid reading"):
            one.service.carry_out(Adjust("A", Adjustment.ZERO, 0.0)).result(WITHIN_S)
        visitor.clear("A")
        one.posted.wait(lambda sight: sight.readings["A"].value is not None)


def test_an_instrument_that_is_not_there_leaves_the_others_usable(hand):
    one = hand(('resource = "twin:serial"', 'resource = "TCPIP::127.0.0.1::10::SOCKET"'))
    sight = one.service.connected.result(WITHIN_S)
    assert sight.instruments["B"].connection is Connection.SILENT
    assert "nothing listens there" in sight.instruments["B"].problem
    one.service.carry_out(ZeroGas()).result(WITHIN_S)


@pytest.mark.parametrize("action", ["abort", "pause"])
def test_an_interlock_that_ends_or_holds_a_run_makes_the_bench_safe(hand, flows, action):
    one = hand(("[interlocks.room-temperature]", HOT.format(action=action) + "\n[interlocks.room-temperature]"))
    one.service.connected.result(WITHIN_S)
    sight = one.posted.wait(lambda sight: bool(sight.alarms))
    assert "too-hot" in sight.alarms[0]
    assert sight.safe
    assert "everything was driven to its safe state" in sight.notice
    with pytest.raises(InputError, match="too-hot"):
        one.service.carry_out(ZeroGas()).result(WITHIN_S)


def test_nothing_is_set_that_cannot_be_logged(hand, flows):
    one = hand()
    one.service.connected.result(WITHIN_S)
    one.log.unlink()
    one.log.mkdir()
    with pytest.raises(RecordError, match="cannot be written"):
        one.service.carry_out(ZeroGas()).result(WITHIN_S)
    assert flows(one.service.station).get("mfc-n2", 0.0) == 0.0


def test_a_laboratory_that_ends_is_told_and_the_bench_given_up(hand):
    one = hand()
    one.service.connected.result(WITHIN_S)
    with visit(one.service.station) as visitor:
        os.kill(visitor.pid, signal.SIGTERM)
    one.posted.wait(lambda sight: sight.phase is Phase.RELEASED)
    assert "no longer there" in one.posted.sights[-1].problem


LOST = """
import os
from pathlib import Path
from testbench.engine.manual.actions import ZeroGas
from testbench.engine.manual.service import HandService
from testbench.station import read_station

service = HandService(read_station(Path({path!r})), "li", lambda sight: None)
service.carry_out(ZeroGas()).result(30)
os._exit(1)
"""


def test_the_guard_makes_the_bench_safe_when_the_process_is_lost(station, flows, wait_for):
    file = station()
    subprocess.run([sys.executable, "-c", textwrap.dedent(LOST.format(path=str(file.path)))], check=False, timeout=60)
    wait_for(lambda: flows(file) == {"mfc-co2": 0.0, "mfc-n2": 0.0})


def test_a_program_that_ends_without_release_leaves_the_bench_safe(station, flows):
    file = station()
    text = LOST.format(path=str(file.path)).replace("os._exit(1)", "")
    subprocess.run([sys.executable, "-c", textwrap.dedent(text)], check=True, timeout=60)
    assert flows(file) == {"mfc-co2": 0.0, "mfc-n2": 0.0}


def test_bytes_are_spelled_as_text_or_as_hexadecimal():
    assert spelled(b"A +1.0\r\n") == "A +1.0\\r\\n"
    assert spelled(b"\x01\x03\x04\xdf") == "01 03 04 DF"
    assert spelled(b"co2 1.2\x80\r") == "co2 1.2\\x80\\r"
    assert spelled(b"") == ""
