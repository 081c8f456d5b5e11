"""`python -m instruments.twin STATION`: the simulated laboratory of a station, as a process of its own."""

from __future__ import annotations

import argparse
import contextlib
import gc
import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from instruments.twin.faults import Fault
from instruments.twin.launch import running_laboratory, visit
from instruments.twin.process import IDLE_EXIT_S, LaboratoryProcess
from instruments.twin.rendezvous import (
    remove_if_empty,
    remove_rendezvous,
    rendezvous_directory,
    rendezvous_path,
    write_rendezvous,
)
from testbench.errors import InputError, InstrumentError, TestbenchError
from testbench.station import StationFile, parse_station, read_station

DESCRIPTION = """\
Serve the simulated instruments of a station on loopback ports, in the protocols of the real ones.

Every table of the station file with resource = "twin" (a socket) or "twin:serial" (a serial line behind a socket)
is served. One physical model stands behind all of them: what the mass flow controllers blend reaches the analysers
through the line; the truth tables of the station file say what each simulated thing really is.
"""
EPILOG = """\
A run starts the laboratory by itself, or finds the one that is running: this command is for looking at the
instruments by hand, or for keeping one laboratory for several programs. It prints the VISA resource names:

  python -m instruments.twin station.toml --stay
  python -c "import pyvisa; i = pyvisa.ResourceManager('@py').open_resource('TCPIP::127.0.0.1::40001::SOCKET',
      read_termination='\\r', write_termination='\\r'); print(i.query('A'))"

Bench time follows real time until a run owns the laboratory; then it moves only when that run moves it.
One seed and the same commands give the same numbers. Ctrl-C ends the laboratory.

While a laboratory is running, also for a run, the line of an instrument can be given a fault and be mended:

  python -m instruments.twin station.toml --fault B silent
  python -m instruments.twin station.toml --fault mfc-n2 late --requests 3 --delay 0.8
  python -m instruments.twin station.toml --clear B
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.fault is None and (options.requests, options.delay, options.at, options.data) != (None,) * 4:
        parser.error("--requests, --delay, --at and --data belong to a --fault")
    try:
        if options.launched:
            file = parse_station(sys.stdin.buffer.read().decode(), options.station)
        else:
            file = read_station(options.station)
        directory = options.directory or rendezvous_directory()
        if options.fault is not None or options.clear is not None:
            _visit(file, directory, options)
            return 0
        if not options.launched and (running := running_laboratory(file, directory)) is not None:
            raise InstrumentError(f"process {running.pid} already serves {file.path}:\n{_listing(running.resources)}")
        laboratory = LaboratoryProcess(
            file, seed=options.seed, idle_exit_s=None if options.stay else options.idle_exit, log=options.log
        )
        path = rendezvous_path(file, directory)
        write_rendezvous(path, laboratory.rendezvous)
    except (TestbenchError, OSError) as error:
        print(f"simulated laboratory: {error}", file=sys.stderr)
        return error.exit_status if isinstance(error, TestbenchError) else 1
    try:
        if options.launched:
            print(laboratory.rendezvous.model_dump_json(), flush=True)
            _let_go_of_output()
        else:
            print(f"simulated laboratory of {laboratory.name}, process {os.getpid()}")
            print(_listing(laboratory.resources()), flush=True)
        gc.collect()
        gc.freeze()  # what is there at the start stays; the collector need not look at it again
        with contextlib.suppress(KeyboardInterrupt):
            laboratory.serve()
    finally:  # the ports close last, so that whoever finds them closed finds nothing else either
        if options.launched:
            remove_if_empty(path.with_suffix(".log"))
        remove_rendezvous(path, laboratory.token)
        laboratory.close()
    return 0


def _visit(file: StationFile, directory: Path, options: argparse.Namespace) -> None:
    """Give a fault, or take one, in the laboratory that is running."""
    with visit(file, directory) as visitor:
        if options.clear is not None:
            visitor.clear(options.clear or None)
        if options.fault is not None:
            instrument, kind = options.fault
            if kind not in list(Fault):
                raise InputError(f"{kind!r} is no fault; there are: {', '.join(Fault)}")
            visitor.fault(
                instrument,
                Fault(kind),
                requests=options.requests,
                delay_s=options.delay,
                at=options.at,
                data=options.data,
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m instruments.twin",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("station", type=Path, metavar="STATION", help="the station file (TOML)")
    parser.add_argument(
        "--seed", type=int, default=1, help='seed of noise and of everything that is "drawn" (default %(default)s)'
    )
    parser.add_argument(
        "--idle-exit",
        type=_seconds,
        default=IDLE_EXIT_S,
        metavar="SECONDS",
        help="end after so long without an owner and without a connection to an instrument (default %(default)g)",
    )
    parser.add_argument("--stay", action="store_true", help="never end by itself")
    parser.add_argument(
        "--log", type=Path, metavar="FILE", help="append every command, with its bench time, to FILE (JSON lines)"
    )
    faults = parser.add_argument_group("faults", "in the laboratory that is running, then end")
    faults.add_argument(
        "--fault", nargs=2, metavar=("INSTRUMENT", "FAULT"), help=f"give an instrument a fault: {', '.join(Fault)}"
    )
    faults.add_argument("--requests", type=int, metavar="N", help="for the next N requests (default: until it is cleared)")
    faults.add_argument(
        "--delay", type=_seconds, metavar="SECONDS", help="of an answer that is late, or of each byte of one that trickles"
    )
    faults.add_argument(
        "--at",
        type=int,
        metavar="INDEX",
        help="of a wrong checksum: which byte is wrong (default -1, the last)",
    )
    faults.add_argument(
        "--data", type=bytes.fromhex, metavar="HEX", help="of what is said unasked: its bytes (default: a line of text)"
    )
    faults.add_argument("--clear", nargs="?", const="", metavar="INSTRUMENT", help="take the fault from one or all")
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)  # of the rendezvous
    parser.add_argument("--launched", action="store_true", help=argparse.SUPPRESS)  # station on stdin, rendezvous on stdout
    return parser


def _listing(resources: Mapping[str, str]) -> str:
    return "\n".join(f"  {name:<16} {resource}" for name, resource in resources.items())


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.0 <= value < math.inf:
        raise ValueError
    return value


def _let_go_of_output() -> None:
    """Close the pipes of whoever launched this process; messages go on to the log file that is standard error."""
    with Path(os.devnull).open("r+b", buffering=0) as null:
        for descriptor in (0, 1):
            os.dup2(null.fileno(), descriptor)


if __name__ == "__main__":
    sys.exit(main())
