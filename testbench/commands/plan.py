"""`testbench plan`: every step of an evaluation before a valve is opened."""

from __future__ import annotations

import argparse

from testbench.commands.options import add_language, add_standard, add_station, chosen_devices, single_item

DESCRIPTION = """\
Lists every step with start, duration and sampling rate, the end time, the gas that is needed, and the expanded uncertainty
of the reference at every level: "!" marks it where it exceeds a third of the limit it serves. Nothing is touched.

  testbench plan --station my.toml --standard hj76-2017
  testbench plan --station my.toml --standard hj76-2017 --procedure drift --set days=3
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_station(parser)
    add_standard(parser, required=True)
    parser.add_argument("--procedure", metavar="NAME", help="plan only this procedure, with --set")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of --procedure")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan."""
    from testbench.commands.plan_table import print_plan, print_plan_json
    from testbench.criteria.standard import load_standard
    from testbench.engine.plan import make_plan, suite_of
    from testbench.errors import InputError
    from testbench.station import read_station

    if arguments.set and not arguments.procedure:
        raise InputError("--set needs --procedure: say which procedure the setting belongs to")
    station = read_station(arguments.station)
    standard = load_standard(arguments.standard)
    items = (single_item(arguments.procedure, arguments.set),) if arguments.procedure else suite_of(standard)
    plan = make_plan(station, items, standard, devices=chosen_devices(arguments))
    if arguments.json:
        print_plan_json(plan)
    else:
        print_plan(plan, station, arguments.language)
    return 0
