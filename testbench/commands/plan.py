"""`testbench plan`: every step of an evaluation before a valve is opened."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.options import (
    add_language,
    add_standards,
    add_station,
    add_suite,
    chosen_devices,
    chosen_standard,
    chosen_suite,
    single_item,
)

if TYPE_CHECKING:
    from testbench.criteria.standard import Standard
    from testbench.engine.plan import SuiteItem
    from testbench.station import StationFile

DESCRIPTION = """\
Lists every step with start, duration and sampling rate, the end time, the gas and the disk that are needed, and the
expanded uncertainty of the reference at every level: "!" marks it where it exceeds a third of the limit it serves. Nothing
is touched. Where something stands in the way, everything that does is listed.

  testbench plan --station my.toml --standard hj76-2017
  testbench plan --station my.toml --standard hj76-2017 --procedure drift --set days=3
  testbench plan --station my.toml --standard hj76-2017 --suite trimmed.toml
  testbench plan --station my.toml --standard hj76-2017 --standard epa-part75

With several --standard it shows which item serves which of them, and what is saved against one after the other.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_station(parser)
    add_standards(parser, required=True)
    add_suite(parser)
    parser.add_argument("--procedure", metavar="NAME", help="plan only this procedure, with --set")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of --procedure")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan."""
    from testbench.commands.plan_table import print_plan, print_plan_json
    from testbench.engine.assembly import assemble
    from testbench.engine.disk_need import disk_need
    from testbench.engine.plan import make_plan
    from testbench.engine.saving import saving
    from testbench.errors import InputError, TestbenchError
    from testbench.station import read_station

    if arguments.set and not arguments.procedure:
        raise InputError("--set needs --procedure: say which procedure the setting belongs to")
    if arguments.suite and arguments.procedure:
        raise InputError("--suite and --procedure exclude each other: plan a suite, or one procedure")
    station = read_station(arguments.station)
    standard = chosen_standard(arguments)
    assert standard is not None
    if arguments.procedure:
        items: tuple[SuiteItem, ...] = (single_item(arguments.procedure, arguments.set),)
    else:
        items = chosen_suite(arguments, standard, station)
    devices = chosen_devices(arguments)
    try:
        plan = make_plan(station, items, standard, devices=devices)
    except TestbenchError:
        if not arguments.json:
            _list_everything(station, standard, items, devices, arguments.language)
        raise
    saved = saving(plan, station, standard, devices=devices)
    need = disk_need(plan, assemble(station, devices=devices), on_the_grid=station.station.jumps)
    if arguments.json:
        print_plan_json(plan, need, items, standard, saved)
    else:
        print_plan(plan, station, need, items, standard, saved, arguments.language)
    return 0


def _list_everything(
    station: StationFile,
    standard: Standard,
    items: tuple[SuiteItem, ...],
    devices: tuple[str, ...] | None,
    language: str,
) -> None:
    """Print all that stands in the way where it is more than the one thing that ends the command."""
    from testbench.engine.checking.draft import draft_of
    from testbench.engine.checking.examination import examine

    found = examine(draft_of(station, standard, items, devices=devices)).problems
    in_the_way = [problem for problem in found if problem.blocks]
    if len(in_the_way) > 1:
        for problem in in_the_way:
            print(f"! {problem.text.say(language)}")
