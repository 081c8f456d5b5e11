"""`testbench instruments hj212-listen`: what data loggers send to this computer, decoded as it comes."""

from __future__ import annotations

import argparse
import contextlib
import queue
from collections.abc import Callable

from instruments.hj212.acknowledging import acknowledgement
from instruments.hj212.decoding import described
from instruments.hj212.frame import Frame
from instruments.hj212.platform import Platform
from instruments.hj212.reader import Refused
from testbench.commands.options import add_language
from testbench.engine.clock import wall_now
from testbench.engine.roles import Direction
from testbench.errors import InputError, InstrumentError
from testbench.text import Language, Text

DESCRIPTION = """\
Is the platform that data loggers connect to, shows what they send, and names every departure from HJ 212-2017:

  testbench instruments hj212-listen --port 9212                         loggers on this computer
  testbench instruments hj212-listen --address 0.0.0.0 --port 9212       loggers on the network

What asks for an acknowledgement gets one, whatever its MN and password. Nothing is asked and nothing is set. Ctrl-C ends it.
"""
LISTENS = Text("正在 {address}:{port} 监听；按 Ctrl-C 结束", "listens at {address}:{port}; Ctrl-C ends it")
WAKES_S = 0.5  # Windows delivers Ctrl-C only between two waits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the address."""
    parser.add_argument("--port", type=int, required=True, metavar="N", help="the TCP port")
    parser.add_argument(
        "--address", default="127.0.0.1", help="an address of this computer (default %(default)s); 0.0.0.0: each"
    )
    parser.add_argument("--frames", type=int, metavar="N", help="end after so many")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Listen, and print."""
    if not 0 <= arguments.port < 65536:
        raise InputError(f"--port: {arguments.port} is not a port number (1 to 65535)")
    listen(
        arguments.address,
        arguments.port,
        Language(arguments.language),
        arguments.frames,
        lambda line: print(line, flush=True),
    )
    return 0


def listen(address: str, port: int, language: Language, frames: int | None, say: Callable[[str], None]) -> None:
    """Say what comes, until so many frames have come or somebody ends it; raise InstrumentError where it cannot listen."""
    everyone = Everyone()
    platform = Platform(address, port, everyone)
    try:
        platform.start()
    except (OSError, OverflowError) as error:
        raise InstrumentError(
            f"cannot listen at {address}:{port} ({getattr(error, 'strerror', None) or error}); is the port used by another "
            "program, and is the address one of this computer?"
        ) from error
    say(LISTENS.say(language).format(address=address, port=platform.port))
    heard = 0
    try:
        with contextlib.suppress(KeyboardInterrupt):
            while frames is None or heard < frames:
                with contextlib.suppress(queue.Empty):
                    found = everyone.heard.get(timeout=WAKES_S)
                    heard += isinstance(found, Frame)
                    time = f"{wall_now():%H:%M:%S}"
                    for number, line in enumerate(described(found, language)):
                        say(f"{time}  {line}" if number == 0 else f"          {line}")
    finally:
        platform.stop()


class Everyone:
    """Hears whatever comes, of any MN."""

    mn = ""

    def __init__(self) -> None:
        self.heard: queue.Queue[Frame | Refused] = queue.Queue()

    def hear(self, frame: Frame) -> bytes:
        """Keep a frame; return the acknowledgement that it asks for."""
        self.heard.put(frame)
        return acknowledgement(frame.segment) if frame.intact else b""

    def refuse(self, refused: Refused) -> None:
        """Keep what is no frame."""
        self.heard.put(refused)

    def complain(self, text: str) -> None:
        """Hear nothing of other MNs: there are none."""

    def passed(self, direction: Direction, at: float, data: bytes) -> None:
        """Bytes are not shown."""

    def changed(self) -> None:
        """Connections are not shown."""
