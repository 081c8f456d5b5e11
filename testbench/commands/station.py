"""`testbench station`: print a station file to start from, check one, or ask every instrument of it who it is."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

DESCRIPTION = """\
A station file (TOML) describes a bench: instruments with their VISA resource names, gases with certificates, the gas
divider, ambient sensors and the devices under test.

  testbench station new --simulated > my.toml     a complete simulated CO2 bench, to edit
  testbench station new --simulated --flow        a simulated flow rig with velocity devices
  testbench station check my.toml                 finds unknown drivers, wrong keys and missing parts
  testbench station identify my.toml              connects to every instrument and says what is wrong, in words

`identify` sets nothing. Its exit status is 3 when an instrument does not answer, 2 when a certificate has expired.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `new`, `check` and `identify`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    new = actions.add_parser("new", help="print a station file")
    new.add_argument("--simulated", action="store_true", help="of a simulated bench, with the truth of every device stated")
    new.add_argument("--flow", action="store_true", help="a flow rig with velocity devices, in place of a gas bench")
    new.set_defaults(action=_new)
    check = actions.add_parser("check", help="check a station file without touching an instrument")
    check.add_argument("file", type=Path)
    check.set_defaults(action=_check)
    identify = actions.add_parser("identify", help="ask every instrument who it is, and say what is wrong")
    identify.add_argument("file", type=Path)
    identify.set_defaults(action=_identify)


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
    name = "simulated-flow.toml" if arguments.flow else "simulated.toml"
    print((resources.files("testbench") / "stations" / name).read_text(encoding="utf-8"), end="")
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


def _identify(arguments: argparse.Namespace) -> int:
    from testbench.commands.terminal import Terminal
    from testbench.engine.manual.checking import check_station
    from testbench.engine.person import present_person
    from testbench.errors import InputError, InstrumentError
    from testbench.station import read_station

    terminal = Terminal()
    file = read_station(arguments.file)
    checked = check_station(file, present_person(), told=lambda name: terminal.line(f"  {name} …", style="dim"))
    table = terminal.table("part", "driver", "resource", "says it is", "what is wrong")
    for one in checked:
        said = one.identity
        identity = " ".join(filter(None, (said.maker, said.model, said.serial, said.firmware))) if said else ""
        if said is not None and not identity:
            identity = "answers, says no name"
        problems = "; ".join(problem.text for problem in one.problems) or "nothing"
        part = one.part
        resource = part.resource or (f"read by {part.session}" if part.session else "")
        style = "bold red" if one.fault else "yellow" if one.problems else ""
        terminal.row(table, f"{part.place.value} {part.key}", part.driver, resource, identity, problems, style=style)
    terminal.print(table)
    silent = [one.part.key for one in checked if one.silent]
    faulty = [one.part.key for one in checked if one.fault and not one.silent]
    name = f"{arguments.file}: {file.station.station.name}"
    if silent:
        terminal.line(f"{name}: not usable: {', '.join(silent + faulty)}; mend what is said above and ask again")
        return InstrumentError.exit_status
    if faulty:
        terminal.line(f"{name}: every instrument answers; not usable: {', '.join(faulty)}")
        return InputError.exit_status
    terminal.line(f"{name}: every instrument answers")
    return 0
