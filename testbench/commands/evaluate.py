"""`testbench evaluate`: a whole evaluation, from the first valve to the report."""

from __future__ import annotations

import argparse

from testbench.commands.options import (
    add_run_options,
    add_standards,
    add_station,
    add_suite,
    chosen_devices,
    chosen_standard,
    chosen_suite,
)

DESCRIPTION = """\
Runs the suite of a standard on a station, scores every device and writes into DIR:
  evaluation.json   findings and verdicts of every device
  report.pdf        the report (PDF/A)
  record.sqlite     everything that was done and read; reports are made from it

For a simulated station the simulated laboratory is started; bench time then runs as fast as it can.

  testbench evaluate --station my.toml --standard hj76-2017 --output result --language zh

With several --standard one suite serves all of them: what they ask for alike is done once, what differs is done for each.
Every finding is judged by each standard that its run serves; `testbench plan` shows the suite and what is saved.

  testbench evaluate --station my.toml --standard hj76-2017 --standard epa-part75 --output result

--suite runs a suite of the laboratory's own in place of the standard's: trimmed, in another order, with other settings.
The file has one [[suite]] table for each procedure, with procedure, settings and clause, as the standard's file has. All
criteria of the standard stay in the scorecard: what no procedure of the suite determines is inconclusive. With --suite and
no --standard nothing is judged: there are findings, without verdicts. With several standards an entry may name those that
it serves, standards = ["epa-part75"]; without it, it serves all.

With --detach the evaluation becomes a process of its own, which neither the terminal nor the end of this command reaches;
its identifier is printed, `testbench runs` lists it and `testbench watch` shows it.

At every end (finished, aborted with Ctrl-C, an error) the bench is driven to its safe state. What was measured stays in
the record. Exit status: 0 when the evaluation was carried through, whatever the verdicts.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_station(parser)
    add_standards(parser, required=False)
    add_suite(parser)
    add_run_options(parser, "result")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and write the results."""
    from testbench.commands.carry_out import carry_out
    from testbench.errors import InputError
    from testbench.station import read_station

    if arguments.standard is None and arguments.suite is None:
        raise InputError("which procedures? give --standard, or --suite for findings without verdicts")
    station = read_station(arguments.station)
    standard = chosen_standard(arguments)
    return carry_out(arguments, station, standard, chosen_suite(arguments, standard, station), chosen_devices(arguments))
