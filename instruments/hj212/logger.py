"""`python -m instruments.hj212.logger`: a data logger of HJ 212-2017 for trying out a platform, with values of one's own."""

from __future__ import annotations

import argparse
import contextlib
import csv
import math
import re
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from instruments.deadline import monotonic, pause
from instruments.hj212.answering import Groups, LoggerSide
from instruments.hj212.codes import SystemType, find_factor
from instruments.hj212.segment import group
from testbench.engine.clock import wall_now
from testbench.errors import InputError, TestbenchError

DESCRIPTION = """\
Connects to a platform as a data logger, uploads real-time data at its interval, and answers requests. Constant values:

  python -m instruments.hj212.logger --port 9212 --mn 010000A8900016F000169DC0 --value CO2=12.34 --value O2=8.1

Values of a file, one row an interval; the columns are codes or names, with a field (a05001-Rtd) or without, and FIELD Flag:

  python -m instruments.hj212.logger --port 9212 --mn 010000A8900016F000169DC0 --csv values.csv --interval 10
"""
AGAIN_S = 1.0
CHUNK = 65536
_VALUE = re.compile(r"[^;,&=\s]+")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        rows = read_rows(options.csv) if options.csv is not None else [constant(options.value)]
        player = Player(rows)
        logger = LoggerSide(
            options.mn,
            options.password,
            SystemType(options.st),
            player.now,
            lambda: wall_now().replace(tzinfo=None),
            interval_s=options.interval,
        )
        with contextlib.suppress(KeyboardInterrupt):
            play(logger, player, options.host, options.port, options.count, options.acknowledge, _say)
    except TestbenchError as error:
        print(f"HJ 212 logger: {error}", file=sys.stderr)
        return error.exit_status
    return 0


class Player:
    """Rows of values, one after the other; the last one stays."""

    def __init__(self, rows: Sequence[Groups]) -> None:
        self._rows = rows
        self._next = 0

    def now(self) -> Groups:
        """The present row."""
        return self._rows[min(self._next, len(self._rows) - 1)]

    def step(self) -> None:
        """Go on to the next row."""
        self._next += 1

    @property
    def over(self) -> bool:
        """Whether all rows have been played."""
        return self._next >= len(self._rows)


def play(
    logger: LoggerSide,
    player: Player,
    host: str,
    port: int,
    count: int | None,
    acknowledge: bool,
    say: Callable[[str], None],
) -> None:
    """Upload at every interval, and answer; connect anew where the connection is lost. Ends after `count` uploads."""
    left = math.inf if count is None else count
    while left > 0:
        try:
            connection = socket.create_connection((host, port), 5.0)
        except (OSError, OverflowError) as error:
            say(f"{host}:{port}: {getattr(error, 'strerror', None) or error}; again in {AGAIN_S:g} s")
            pause(AGAIN_S)
            continue
        say(f"{host}:{port}: connected")
        with connection, contextlib.suppress(OSError):
            left = _converse(connection, logger, player, left, acknowledge)
        say(f"{host}:{port}: disconnected")


def _converse(connection: socket.socket, logger: LoggerSide, player: Player, left: float, acknowledge: bool) -> float:
    """Upload and answer until so many uploads are made, or the platform ends the connection; return how many are left."""
    conversation = logger.connect()
    due = monotonic()
    while True:
        now = monotonic()
        if now >= due:
            if left <= 0:
                return 0
            if logger.sends:
                connection.sendall(logger.upload(acknowledge=acknowledge))
                left -= 1
                player.step()
            due = now + (logger.interval_s if left > 0 else AGAIN_S)  # the last acknowledgement is still taken
        connection.settimeout(max(0.001, due - monotonic()))
        try:
            data = connection.recv(CHUNK)
        except TimeoutError:
            continue
        if not data:
            return left
        connection.sendall(conversation.receive(data))


def constant(values: Sequence[str]) -> Groups:
    """Groups of NAME=VALUE; raise InputError for what is not of that form."""
    pairs = []
    for text in values:
        name, _, value = text.partition("=")
        pairs.append((name, value))
    return groups_of(pairs)


def read_rows(path: Path) -> list[Groups]:
    """The rows of a CSV file with a line of names; raise InputError for what cannot be sent."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            names, *rows = list(csv.reader(stream)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not rows:
        raise InputError(f"{path} has no values; give a line of names and a line of values for each upload")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names):
            raise InputError(f"{path}, line {number}: {len(row)} values for {len(names)} names")
    return [groups_of(list(zip(names, row, strict=True))) for row in rows]


def groups_of(pairs: Sequence[tuple[str, str]]) -> Groups:
    """Groups of values: names are codes, or names of factors, with a field after a dash (Rtd where there is none)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value in pairs:
        code, _, field = name.strip().partition("-")
        factor = find_factor(code)
        code = code if factor is None or code == factor.code_2005 else factor.code
        if not _VALUE.fullmatch(code) or not _VALUE.fullmatch(value.strip()) or (field and not _VALUE.fullmatch(field)):
            raise InputError(f"{name}={value} cannot be sent; write CODE=VALUE, for example a05001=12.34")
        found.setdefault(code, []).append((f"{code}-{field or 'Rtd'}", value.strip()))
    for code, items in found.items():
        if not any(name == f"{code}-Flag" for name, _ in items):
            items.append((f"{code}-Flag", "N"))
    return tuple(group(*items) for items in found.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m instruments.hj212.logger",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="where the platform listens (default %(default)s)")
    parser.add_argument("--port", type=int, required=True, help="its TCP port")
    parser.add_argument("--mn", required=True, help="MN of the logger")
    parser.add_argument("--password", default="123456", help="PW (default %(default)s)")
    parser.add_argument("--st", default="31", choices=[str(one) for one in SystemType], help="type of system (default 31)")
    parser.add_argument("--interval", type=_interval, default=10, metavar="SECONDS", help="between uploads (default 10)")
    values = parser.add_mutually_exclusive_group(required=True)
    values.add_argument("--value", action="append", metavar="CODE=VALUE", help="a constant value; as often as you like")
    values.add_argument("--csv", type=Path, metavar="FILE", help="values, one row an upload; the last row stays")
    parser.add_argument("--count", type=int, metavar="N", help="end after so many uploads")
    parser.add_argument("--acknowledge", action="store_true", help="ask for acknowledgements (Flag 5)")
    return parser


def _interval(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 3600:
        raise ValueError
    return value


def _say(text: str) -> None:
    print(f"{wall_now():%H:%M:%S}  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
