"""`testbench run`: one procedure on a station."""

from __future__ import annotations

import argparse

from testbench.commands.options import (
    add_run_options,
    add_standards,
    add_station,
    chosen_devices,
    chosen_standard,
    single_item,
)

DESCRIPTION = """\
Runs one procedure with its settings, prints its findings, and writes them with the record into DIR. With --standard the
findings are judged as well, by the criteria for what the procedure determines; the rest of the standard is left out.

  testbench run linearity --station my.toml --set levels=0,0.25,0.5,0.75,1 --set passes=1
  testbench procedures linearity        lists the settings
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("procedure", help="name of the procedure (`testbench procedures`)")
    add_station(parser)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting; lists as 0,0.5,1")
    add_standards(parser, required=False)
    add_run_options(parser, "result")


def run(arguments: argparse.Namespace) -> int:
    """Run the procedure."""
    from testbench.commands.carry_out import carry_out
    from testbench.station import read_station

    item = single_item(arguments.procedure, arguments.set)
    station = read_station(arguments.station)
    standard = chosen_standard(arguments)
    if standard is not None:
        standard = standard.restricted_to(item.procedure.characteristics)
    return carry_out(arguments, station, standard, (item,), chosen_devices(arguments), restricted=True)
