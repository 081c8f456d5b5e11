"""A process that runs a bench: opens the gas, gives signs of life, and does what it is told, one word a line.

Arguments: station file, record, how long a hang is (s), and the VISA resource names of simulated instruments as JSON. It
prints "flowing EVALUATION" when gas flows and its guard watches, "guard PID" when asked, and what it is told of its guard.
"""

import datetime as dt
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

from testbench.engine.assembly import assemble
from testbench.engine.guard.client import start_guard
from testbench.record.model import DeviceEntry, EvaluationStart
from testbench.record.store import Record
from testbench.station import read_station


def say(text: str) -> None:
    print(text, flush=True)


def begin(record: Path) -> str:
    with Record.open(record, create=True) as opened:
        device = DeviceEntry(name="A", maker="M", model="m", serial="", range=[0.0, 20.0], unit="%", channel="A")
        return opened.begin_evaluation(
            EvaluationStart(
                standard="",
                standard_text="",
                standard_digest="",
                station_path="station.toml",
                station_text="",
                station_digest="",
                seed=1,
                language="en",
                simulated=True,
                software={},
                measurand="CO2",
                devices=[device],
                started=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            )
        )


def main() -> None:
    station, record, hang_s, resources = read_station(Path(sys.argv[1])), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    equipment = assemble(station, resources=json.loads(resources))
    evaluation = "-" if "--unrecorded" in sys.argv else begin(record)  # it takes long, and no guard counts that yet;
    equipment.divider.check("CO2", 0.1)  # nor what is first imported for the arithmetic
    guard = start_guard(
        station, json.loads(resources), record, None, None, hang_s, notice=lambda text: say(f"notice: {text}")
    )
    controllers = equipment.divider.sources
    for controller in controllers:
        controller.open()
    guard.await_ready()
    if evaluation != "-":
        guard.evaluation(evaluation)
    equipment.divider.supply("CO2", 0.1)
    say(f"flowing {evaluation}")

    words: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [words.put(line.strip()) for line in sys.stdin], daemon=True).start()
    while True:
        try:
            word = words.get(timeout=0.05)
        except queue.Empty:
            guard.beat()
            continue
        if word == "guard":
            say(f"guard {guard.pid}")
        elif word == "child":
            waiting = [sys.executable, "-c", "import threading; threading.Event().wait()"]
            say(f"child {subprocess.Popen(waiting, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).pid}")
        elif word == "hang":
            threading.Event().wait()
        elif word == "be patient":
            with guard.patient():
                say(f"went on {words.get()}")
        elif word == "release":
            for controller in controllers:
                controller.close()
            guard.release()
            say("released")
            return


main()
