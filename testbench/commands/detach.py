"""`--detach`: the command starts the evaluation as a process of its own, and returns when it has begun."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from testbench.office.detached import LOG, StartError, start_detached

ABORTED = 5


def add_detach(parser: argparse.ArgumentParser) -> None:
    """Add --detach, and what the detached process itself is started with."""
    parser.add_argument(
        "--detach",
        action="store_true",
        help=f"start it as a process of its own, print its identifier, and return; its messages go to DIR/{LOG}",
    )
    parser.add_argument("--announce", action="store_true", help=argparse.SUPPRESS)


def wants_detaching(arguments: argparse.Namespace) -> bool:
    """Whether this process is only to start another one."""
    return bool(arguments.detach) and not arguments.announce


def detach(arguments: argparse.Namespace, folder: Path) -> int:
    """Start this command again in a process of its own; print the identifier when the evaluation has begun.

    Return the exit status: that of the other process where it ended before, after what it said.
    """
    try:
        evaluation = start_detached(arguments.words, folder)
    except KeyboardInterrupt:
        print("testbench: aborted from the keyboard before the evaluation had begun", file=sys.stderr)
        return ABORTED
    except StartError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    print(evaluation)
    log = folder / LOG
    if getattr(arguments, "language", "en") == "zh":
        print(f"  testbench watch {evaluation}   查看；用 `pause`、`resume`、`abort`、`answer` 操作")
        print(f"  {log}   为其消息")
    else:
        print(f"  testbench watch {evaluation}   shows it; `pause`, `resume`, `abort` and `answer` steer it")
        print(f"  {log}   has its messages")
    return 0
