"""`testbench instruments trace`: the dialogue with one instrument of a station, shown as it goes and kept in a file."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Mapping
from pathlib import Path

from instruments.tools.dialogue import Dialogue, Head, plain, write
from instruments.tools.talking import built, failures, talk
from testbench.engine.assembly import assemble, driver_settings
from testbench.engine.clock import wall_now
from testbench.engine.ownership import own_soon, real_resources
from testbench.engine.registry import find_driver, find_laboratory
from testbench.engine.roles import Traceable
from testbench.errors import InputError, InstrumentError, suggest
from testbench.station import Cylinder, DriverTable, StationFile, read_station

DESCRIPTION = """\
Connects to one instrument of a station, asks it who it is, reads it, and shows every byte with its time:

  testbench instruments trace --station my.toml --instrument A --readings 3 --output A.trace

      0.000131  >  63 6F 32 0D  'co2\\r'
      0.000474  <  63 6F 32 20 ... 0D  'co2 4.000E+1 ppm\\r'
      0.000522  =  A 0.004 % VALID

`>` is sent, `<` received, `=` what the driver made of it; times in seconds since the session began. Nothing is set beyond
what connecting does. A simulated instrument is started with its laboratory. Ctrl-C ends it; what is complete is kept. The
file, with what the driver was built with, replays as a test: `testbench instruments replay A.trace`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--station", type=Path, required=True, metavar="FILE", help="the station file")
    parser.add_argument("--instrument", required=True, metavar="NAME", help="its name in the station file")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--readings", type=int, metavar="N", help="how many readings (3)")
    length.add_argument("--seconds", type=float, metavar="S", help="read for so long, as often as its output is renewed")
    parser.add_argument("--output", type=Path, metavar="FILE", help="keep it in this file")


def run(arguments: argparse.Namespace) -> int:
    """Show, and keep."""
    if arguments.readings is not None and arguments.readings < 1:
        raise InputError(f"--readings: {arguments.readings} is no number of readings; give 1 or more")
    if arguments.seconds is not None and not 0 < arguments.seconds < math.inf:
        raise InputError(f"--seconds: {arguments.seconds:g} s is no time to read for; give more than 0")
    if arguments.output is not None and arguments.output.exists():
        raise InputError(f"{arguments.output} exists; choose another name, or remove it")
    file = read_station(arguments.station)
    head, dialogue = record(file, arguments.instrument, arguments.readings, arguments.seconds)
    if arguments.output is not None:
        write(arguments.output, head, dialogue)
        print(f"{arguments.output}: {len(dialogue.entries)} lines")
    failed = failures(dialogue)
    return InstrumentError.exit_status if failed else 0


def record(file: StationFile, name: str, readings: int | None, seconds: float | None) -> tuple[Head, Dialogue]:
    """Talk to one instrument of a station, which is owned meanwhile; raise a TestbenchError where that cannot be."""
    with contextlib.ExitStack() as stack:
        own_soon(stack, real_resources(file.station), file.path, 0.0)
        resources = {}
        table = _table(file, name)
        if table.simulated:
            laboratory = find_laboratory()(file)
            stack.callback(laboratory.close)
            resources = dict(laboratory.resources)
        equipment = assemble(file, resources=resources)
        listening = [one.name for one in equipment.instruments if isinstance(one, Traceable)]
        if name not in listening:
            raise InputError(f"{name!r} has no session of its own to listen to; {suggest(name, listening)}")
        place = f"station file {file.path}: {name}"
        settings = driver_settings(place, table, find_driver(table.driver, place), equipment.resources[name])
        head = Head(
            driver=table.driver,
            instrument=name,
            resource=equipment.resources[name],
            recorded=wall_now().replace(microsecond=0),
            simulated=table.simulated,
            readings=readings or 3,
            table=plain(settings.model_dump(mode="json", exclude={"resource"})),
            cylinders={key: plain(gas.model_dump(mode="json")) for key, gas in _cylinders(file, name).items()},
        )
        instrument = built(head, head.resource)
        every_s = 0.0
        if seconds is not None:
            every_s = float(getattr(instrument, "interval_s", 1.0))
            head = head.model_copy(update={"readings": max(1, math.floor(seconds / every_s))})
        dialogue = talk(instrument, head.readings, every_s=every_s, told=lambda line: print(line, flush=True))
        return head.model_copy(update={"readings": dialogue.readings}), dialogue


def _cylinders(file: StationFile, name: str) -> Mapping[str, Cylinder]:
    return file.station.cylinders if name == "divider" else {}


def _table(file: StationFile, name: str) -> DriverTable:
    station = file.station
    tables: dict[str, DriverTable] = {**station.instruments, **station.environment, **station.devices}
    tables |= {key: table for key, table in (("divider", station.divider), ("flow_rig", station.flow_rig)) if table}
    if name not in tables:
        raise InputError(f"station file {file.path} has no instrument {name!r}; {suggest(name, tables)}")
    return tables[name]
