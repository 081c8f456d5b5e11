"""A simulated instrument that is the one to connect: to the port of loopback where its driver listens, again and again."""

from __future__ import annotations

import errno
import os
import selectors
import socket
from collections.abc import Callable

from instruments.twin.timers import Timers

SOONEST_S, LATEST_S = 0.01, 0.2  # between two attempts; twice as long after each that failed
UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}


class Connector:
    """Keeps one instrument connected to its driver, from `start` to `stop`; each connection is handed to `welcome`."""

    def __init__(self, selector: selectors.BaseSelector, timers: Timers, welcome: Callable[[socket.socket], None]) -> None:
        self._selector = selector
        self._timers = timers
        self._welcome = welcome
        self._kept = _reserved()
        self.port = int(self._kept.getsockname()[1])
        if os.name != "posix":  # only there two may have one port while neither listens
            self._kept.close()
        self._running = False
        self._round = 0  # of attempts; one that was planned before `stop` or a loss is not made any more
        self._attempt: socket.socket | None = None
        self._delay_s = SOONEST_S

    def start(self) -> None:
        """Begin to connect; nothing if it has begun."""
        if not self._running:
            self._running = True
            self.lost()

    def stop(self) -> None:
        """Connect no more; a connection that there is stays."""
        self._running = False
        self._round += 1
        self._give_up()

    def lost(self) -> None:
        """The connection has ended: connect again."""
        self._delay_s = SOONEST_S
        self._plan()

    def close(self) -> None:
        """Stop, and let the port go."""
        self.stop()
        self._kept.close()

    def _plan(self) -> None:
        self._round += 1
        current = self._round

        def attempt() -> None:
            if self._running and current == self._round:
                self._try()

        self._timers.after(self._delay_s, attempt)
        self._delay_s = min(2.0 * self._delay_s, LATEST_S)

    def _try(self) -> None:
        self._give_up()
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        if made.connect_ex(("127.0.0.1", self.port)) not in UNDER_WAY:
            made.close()
            self._plan()
            return
        self._attempt = made
        self._selector.register(made, selectors.EVENT_WRITE, self._settled)

    def _settled(self, _: int) -> None:
        """The attempt has come to its end, good or bad."""
        made, self._attempt = self._attempt, None
        if made is None:
            return
        self._selector.unregister(made)
        failed = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
        if failed or made.getsockname() == made.getpeername():  # a port of loopback can be connected to itself
            made.close()
            self._plan()
            return
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._welcome(made)

    def _give_up(self) -> None:
        if self._attempt is not None:
            self._selector.unregister(self._attempt)
            self._attempt.close()
            self._attempt = None


def _reserved() -> socket.socket:
    """A socket that has a free port of loopback and never listens: the driver does, at the same port."""
    kept = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept
