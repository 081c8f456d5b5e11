"""`testbench station`: print a station file to start from, or check one."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

DESCRIPTION = """\
A station file (TOML) describes a bench: instruments with their VISA resource names, gases with certificates, the gas
divider, ambient sensors and the devices under test.

  testbench station new --simulated > my.toml     a complete simulated CO2 bench, to edit
  testbench station check my.toml                 finds unknown drivers, wrong keys and missing parts
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `new` and `check`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    new = actions.add_parser("new", help="print a station file")
    new.add_argument("--simulated", action="store_true", help="of a simulated bench, with the truth of every device stated")
    new.set_defaults(action=_new)
    check = actions.add_parser("check", help="check a station file without touching an instrument")
    check.add_argument("file", type=Path)
    check.set_defaults(action=_check)


def run(arguments: argparse.Namespace) -> int:
    """Do the action."""
    return int(arguments.action(arguments))


def _new(arguments: argparse.Namespace) -> int:
    from testbench.errors import InputError

    if not arguments.simulated:
        raise InputError(
            "say --simulated: the simulated station is the one to start from; "
            "its comments tell how to point it at real instruments"
        )
    print((resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8"), end="")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from testbench.engine.assembly import assemble, shared_range
    from testbench.engine.interlocks import watched
    from testbench.engine.registry import check_truth
    from testbench.station import read_station

    file = read_station(arguments.file)
    equipment = assemble(file)
    shared_range(equipment)
    check_truth(file)
    interlocks = watched(file.station.interlocks, equipment, devices=file.station.devices)
    for interlock in interlocks:
        table, side = interlock.table, "or above" if interlock.table.upper else "or below"
        print(
            f"  interlock {interlock.name}: {interlock.channel} at {table.trip:g} {side}: {table.action}; "
            f"released at {table.release:g}"
        )
    names = ", ".join(device.name for device in equipment.devices)
    print(f"{arguments.file}: {file.station.station.name}: devices {names}; nothing wrong found (no instrument was touched)")
    return 0
