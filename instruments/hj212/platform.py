"""The platform's end of the line: a TCP server that data loggers connect to, in a thread of its own.

A port belongs to one platform of this process; devices under test with the same address share it, told apart by MN. Loggers
may come, go and come again, hold several connections, or share one; a request goes to the newest connection on which the MN
was heard, else to one on which nothing was heard yet: that with the fewest requests in vain, of these the newest. What
arrives is handed to the `DataLogger` of its MN, whose answer (an acknowledgement) is sent back at once, whatever the bench
is doing meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from typing import Protocol

from instruments.deadline import monotonic
from instruments.hj212.defects import DefectKind
from instruments.hj212.frame import Frame
from instruments.hj212.reader import FrameReader, Refused
from testbench.engine.roles import Direction

CHUNK = 65536
MOST_CONNECTIONS = 32
MOST_LOGGERS = 64  # whose MN is remembered of one connection
ROUND_S = 0.5  # Windows delivers no signal to a thread that waits for ever


class Hearer(Protocol):
    """What a platform tells of one data logger (`instruments.hj212.data_logger.DataLogger`); called in its thread."""

    mn: str

    def hear(self, frame: Frame) -> bytes:
        """Take a frame of this MN; return what is to be answered at once."""
        ...

    def refuse(self, refused: Refused) -> None:
        """Take what arrived, perhaps from this logger, and is no frame."""
        ...

    def complain(self, text: str) -> None:
        """Something arrived, perhaps from this logger, that cannot be used."""
        ...

    def passed(self, direction: Direction, at: float, data: bytes) -> None:
        """Bytes went over a connection that is, or may be, this logger's."""
        ...

    def changed(self) -> None:
        """A connection was made or lost."""
        ...


class Connection:
    """One connection: of a logger, or of several that share it; `loggers` has each MN that was heard on it."""

    def __init__(self, peer: socket.socket, address: str) -> None:
        self.address = address
        self.loggers: frozenset[str] = frozenset()
        self.unanswered = 0  # requests; counted to ask on another connection where nobody has said yet who it is
        self.open = True
        self.reader = FrameReader()
        self.socket = peer
        self._sending = threading.Lock()

    def may_be_of(self, mn: str) -> bool:
        """Whether a logger was heard on it, or none yet."""
        return not self.loggers or mn in self.loggers

    def send(self, data: bytes) -> bool:
        """Send a frame; False if the logger is gone, or takes no more."""
        with self._sending:
            try:
                self.socket.sendall(data)
            except OSError:  # a peer that does not take a few hundred bytes is lost as well
                with contextlib.suppress(OSError):
                    self.socket.shutdown(socket.SHUT_RDWR)
                return False
        return True


class Platform:
    """Listens at an address from `start` to `stop`; raise OSError where it cannot.

    `everyone` hears the loggers of whose MN nobody else does.
    """

    def __init__(self, host: str, port: int, everyone: Hearer | None = None) -> None:
        self.host = host
        self.port = port
        self._everyone = everyone
        self._lock = threading.Lock()
        self._hearers: dict[str, Hearer] = {}
        self._connections: list[Connection] = []
        self._selector = selectors.DefaultSelector()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen, and serve in a thread; port 0 becomes the port that was found free."""
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # there the connections of before would keep the port; Windows means another thing by it
                self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listening.bind((self.host, self.port))
            self._listening.listen()
        except OSError:
            self._listening.close()
            raise
        self.port = int(self._listening.getsockname()[1])
        self._listening.setblocking(False)
        self._bell, self._ringing = socket.socketpair()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name=f"HJ 212 platform, port {self.port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every connection and stop listening."""
        if self._thread is None:
            return
        self._ringing.close()  # the other end becomes readable: the thread ends
        self._thread.join()
        self._thread = None
        for connection in self._connections:
            connection.open = False
            connection.socket.close()
        self._connections.clear()
        self._selector.close()
        self._listening.close()
        self._bell.close()

    def attend(self, hearer: Hearer) -> bool:
        """Tell a hearer what comes with its MN from now on; False if that MN has one already."""
        with self._lock:
            return self._hearers.setdefault(hearer.mn, hearer) is hearer

    def leave(self, hearer: Hearer) -> int:
        """Tell it nothing any more; return how many hearers are left."""
        with self._lock:
            if self._hearers.get(hearer.mn) is hearer:
                del self._hearers[hearer.mn]
            return len(self._hearers)

    def connection(self, mn: str) -> Connection | None:
        """The connection over which a logger is reached; None while there is none."""
        with self._lock:
            there = [connection for connection in reversed(self._connections) if connection.open]
        unknown = min((one for one in there if not one.loggers), key=lambda one: one.unanswered, default=None)
        return next((one for one in there if mn in one.loggers), unknown)

    # ---- in the thread

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select(ROUND_S):
                if key.fileobj is self._bell:
                    return
                if key.fileobj is self._listening:
                    self._accept()
                else:
                    self._receive(key.data)

    def _accept(self) -> None:
        try:
            peer, (host, port) = self._listening.accept()
        except OSError:  # it has gone already
            return
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made = Connection(peer, f"{host}:{port}")
        self._selector.register(peer, selectors.EVENT_READ, made)
        with self._lock:
            self._connections.append(made)
            surplus = self._connections[:-MOST_CONNECTIONS]
        for old in surplus:
            self._end(old)
        self._tell_change(made)

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(connection)
            return
        at = monotonic()
        for hearer in self._hearers_of(connection):
            hearer.passed(Direction.RECEIVED, at, data)
        for found in connection.reader.feed(data):
            self._take(connection, found)

    def _take(self, connection: Connection, found: Frame | Refused) -> None:
        if isinstance(found, Refused):
            for hearer in self._hearers_of(connection):
                hearer.refuse(found)
            return
        mn = found.segment.mn or ""
        with self._lock:
            meant = self._hearers.get(mn, self._everyone)
            others = list(self._hearers.values())
        if meant is None:
            for other in others:
                other.complain(f"{connection.address} says MN {mn or '(none)'}, not {other.mn}")
            return
        if not any(defect.kind is DefectKind.CRC for defect in found.defects):
            self._heard(connection, mn)
        answer = meant.hear(found)
        if answer:
            meant.passed(Direction.SENT, monotonic(), answer)
            connection.send(answer)

    def _heard(self, connection: Connection, mn: str) -> None:
        """Remember whose connection it is; who waits for another logger's answer on it has to ask elsewhere."""
        if mn in connection.loggers or len(connection.loggers) >= MOST_LOGGERS:
            return
        others = [] if connection.loggers else self._hearers_of(connection)
        connection.loggers |= {mn}
        for other in others:
            other.changed()

    def _end(self, connection: Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.open = False
        connection.socket.close()
        with self._lock:
            self._connections.remove(connection)
        self._tell_change(connection)

    def _tell_change(self, connection: Connection) -> None:
        for hearer in self._hearers_of(connection):
            hearer.changed()

    def _hearers_of(self, connection: Connection) -> list[Hearer]:
        """The hearers of the loggers of a connection, or all of them while none is known."""
        with self._lock:
            hearers = [hearer for mn, hearer in self._hearers.items() if connection.may_be_of(mn)]
        return hearers or ([] if self._everyone is None else [self._everyone])


_platforms: dict[tuple[str, int], Platform] = {}
_platforms_lock = threading.Lock()


def join_platform(host: str, port: int, hearer: Hearer) -> Platform | None:
    """The platform of an address, started for its first hearer; None if it has one of that MN. Raise OSError."""
    with _platforms_lock:
        platform = _platforms.get((host, port))
        if platform is None:
            platform = Platform(host, port)
            platform.start()
            _platforms[host, port] = platform
        return platform if platform.attend(hearer) else None


def leave_platform(platform: Platform, hearer: Hearer) -> None:
    """Leave a platform; with its last hearer it stops."""
    with _platforms_lock:
        if platform.leave(hearer) == 0:
            _platforms.pop((platform.host, platform.port), None)
            platform.stop()
