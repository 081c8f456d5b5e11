"""`testbench instruments`: the drivers, how each was verified, and the tools for adding one.

A tool is a module that an entry point of group `testbench.tools` names: DESCRIPTION, `add_arguments` and `run`, as
commands have them.
"""

from __future__ import annotations

import argparse

DESCRIPTION = """\
Lists the installed drivers: the table of the station file that each is for, what it drives, who documents its protocol, and
how far that was verified. `testbench instruments NAME` prints the keys of its table.

Tools for whoever adds an instrument; `testbench instruments TOOL --help` explains each:

  identify RESOURCE                               ask an unknown instrument what is safe to ask, and say which driver fits
  trace --station FILE --instrument NAME          show what is said on the line, byte by byte, and keep it in a file
  replay FILE                                     check that the installed driver still says and reads what the file holds
  new NAME                                        write a driver with its simulated instrument and tests, to start from
  hj212-listen --port N                           show what data loggers send by HJ 212, and what departs from the standard
  hj212-check FILE                                the same for captured frames
"""

PLACES = {
    "instrument": "[instruments.NAME]",
    "divider": "[divider]",
    "device": "[devices.NAME]",
    "sensor": "[environment.NAME]",
    "flow-rig": "[flow_rig]",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the name, of a driver or of a tool; what follows it is the tool's."""
    from testbench.engine.registry import tool_names

    tools = ", ".join(tool_names())
    parser.add_argument("name", nargs="?", help=f"only this driver, with the keys of its table; or a tool: {tools}")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="what the tool is told")


def run(arguments: argparse.Namespace) -> int:
    """Print the list, or use a tool."""
    from testbench.engine.registry import driver_names, find_driver, find_tool, tool_names
    from testbench.errors import InputError

    if arguments.name in tool_names():
        tool = find_tool(arguments.name)
        parser = argparse.ArgumentParser(
            prog=f"testbench instruments {arguments.name}",
            description=tool.DESCRIPTION,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        tool.add_arguments(parser)
        return tool.run(parser.parse_args(arguments.rest))
    if arguments.rest:
        raise InputError(
            f"{' '.join(arguments.rest)!r} behind {arguments.name!r} means nothing; the tools are {', '.join(tool_names())}"
        )
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
