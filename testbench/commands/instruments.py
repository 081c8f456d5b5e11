"""`testbench instruments`: the drivers, where they may stand in a station file, and how each was verified."""

from __future__ import annotations

import argparse

DESCRIPTION = """\
Lists the installed drivers: the table of the station file that each is for, what it drives, who documents its protocol, and
how far that was verified. `testbench instruments NAME` prints the keys of its table.
"""

PLACES = {
    "instrument": "[instruments.NAME]",
    "divider": "[divider]",
    "device": "[devices.NAME]",
    "sensor": "[environment.NAME]",
    "flow-rig": "[flow_rig]",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the name."""
    parser.add_argument("name", nargs="?", help="only this driver, with the keys of its table")


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from testbench.engine.registry import driver_names, find_driver

    for name in [arguments.name] if arguments.name else driver_names():
        driver = find_driver(name, "testbench instruments")
        print(f"{name}  {PLACES.get(driver.kind, driver.kind)}")
        print(f"  {driver.summary}")
        print(f"  documented by: {driver.documented_by}")
        print(f"  verified: {driver.verified}")
        if arguments.name:
            for key, field in driver.Settings.model_fields.items():
                default = "required" if field.is_required() else f"default {field.get_default(call_default_factory=True)}"
                print(f"    {key}: {default}" + (f"  {field.description}" if field.description else ""))
        print()
    return 0
