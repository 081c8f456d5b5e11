"""`testbench trace`: the dialogue with the instruments, as it was kept in the record."""

from __future__ import annotations

import argparse
from pathlib import Path

DESCRIPTION = """\
Prints the dialogue with the instruments of an evaluation that was run with --trace, one line for each piece of bytes:

  testbench run linearity --station my.toml --trace
  testbench trace --record result/record.sqlite --instrument A --from 60 --to 62

      60.000      0.145720  A  >  'co2\\r'
      60.000      0.145876  A  <  'co2 6.019E+4 ppm\\r'
  bench time     real time  instrument, > sent to it or < received from it, the bytes

Both times are in seconds since the start; real time goes on where the bench time of a simulated bench stands still or
jumps. Bytes that are mostly text stand in quotes with the rest escaped (\\r, \\x02), others in hexadecimal (01 03 00 08).
Received bytes stand as the program took them from the session: in pieces where an answer came in pieces, and one
instrument after the other where several were asked at the same moment.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="the record (record.sqlite)")
    parser.add_argument("--evaluation", metavar="ID", help="identifier of the evaluation (the last one)")
    parser.add_argument("--instrument", metavar="NAME", help="only this instrument, by its name in the station file")
    parser.add_argument("--from", dest="start", type=float, default="-inf", metavar="S", help="from this bench time on, s")
    parser.add_argument("--to", dest="end", type=float, default="inf", metavar="S", help="up to this bench time, s")


def run(arguments: argparse.Namespace) -> int:
    """Print the lines."""
    from testbench.errors import InputError, suggest
    from testbench.record.store import Record

    with Record.open(arguments.record) as record:
        evaluations = record.evaluations()
        if not evaluations:
            raise InputError(f"record {arguments.record} holds no evaluation")
        identifier = record.evaluation(arguments.evaluation or evaluations[-1].identifier).identifier
        names = record.traced(identifier)
        if not names:
            raise InputError(f"evaluation {identifier} was not traced; run it with --trace to keep the bytes")
        wanted = arguments.instrument
        if wanted is not None and wanted not in names:
            raise InputError(f"evaluation {identifier} has no trace of {wanted!r}; {suggest(wanted, names)}")
        width = max(map(len, names if wanted is None else [wanted]))
        for entry in record.trace(identifier, arguments.start, arguments.end):
            if wanted is None or entry.instrument == wanted:
                times = f"{entry.bench_time:12.3f}  {entry.real_time:12.6f}"
                print(f"{times}  {entry.instrument:<{width}}  {'>' if entry.sent else '<'}  {show(entry.data)}")
    return 0


def show(data: bytes) -> str:
    """Bytes that are mostly text in quotes, with the rest escaped; others in hexadecimal."""
    legible = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in data)
    return repr(data)[1:] if 4 * legible >= 3 * len(data) else data.hex(" ").upper()
