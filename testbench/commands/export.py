"""`testbench export`: the readings of an evaluation for other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from testbench.commands.choose_run import add_run, chosen

DESCRIPTION = """\
Writes the readings of an evaluation, a row a reading: when (with the offset from UTC, and in bench time), channel, value,
unit, status, and the run and step in which it was taken. Also while the evaluation goes on: then what is kept so far.

  testbench export last --format csv
  testbench export last --format parquet --channels A.co2,divider.flow --output readings.parquet

CSV is UTF-8 with a point in numbers; lines that begin with # say what it is. --bom is for Excel. Files of a simulated
evaluation say SIMULATED.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--format", choices=("csv", "parquet"), required=True, help="what is written")
    parser.add_argument("--channels", metavar="A,B", help="only these channels (all)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the file (named after the evaluation, in this folder)")
    parser.add_argument("--bom", action="store_true", help="begin CSV with a byte order mark, as Excel wants it")


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    with chosen(arguments) as found:
        from testbench.report.readings import ReadingFormat, export_readings, file_name

        form = ReadingFormat(arguments.format)
        path = arguments.output or Path(file_name(found.stand.row, form))
        channels = None
        if arguments.channels is not None:
            channels = [name.strip() for name in arguments.channels.split(",") if name.strip()]
        count = export_readings(
            found.record,
            found.evaluation,
            path,
            form,
            channels=channels,
            byte_order_mark=arguments.bom,
            progress=_told if sys.stderr.isatty() else lambda done, total: None,
        )
    print(f"{path}: {count} readings")
    return 0


def _told(done: int, total: int) -> None:
    print(f"\r{done / total:.0%}" if total else "", end="" if done < total else "\n", file=sys.stderr, flush=True)
