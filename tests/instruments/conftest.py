"""Peers on loopback for drivers and transport: servers of simulated instruments, and a peer that misbehaves by script."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any, Protocol

import pytest

from testbench.engine.roles import Parts

KINDS = ["socket", "serial-over-socket"] + (["pseudo-terminal"] if os.name == "posix" else [])


class Talker(Protocol):
    """One side of a connection as a server sees it."""

    def receive(self, data: bytes) -> bytes: ...


class Server(Protocol):
    """A simulated instrument (instruments.twin.peer.InstrumentServer)."""

    def connect(self) -> Talker: ...


class Talk:
    """The misbehaving peer's end of one connection."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self._connection = connection
        self._over = over

    def hear(self) -> bytes:
        """The next request; empty when the client has gone."""
        try:
            return self._connection.recv(4096)
        except OSError:
            return b""

    def say(self, data: bytes) -> None:
        with suppress(OSError):
            self._connection.sendall(data)

    def wait(self, seconds: float) -> None:
        """Let real time pass (a slow peer); ends early when the test is over."""
        self._over.wait(seconds)

    def hang_up(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


Script = Callable[[Talk], None]


class Peer:
    """A listening socket on loopback; each connection is handed to `handle` in a thread of its own."""

    def __init__(self, handle: Callable[[int, socket.socket, threading.Event], None]) -> None:
        self._handle = handle
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def connections(self) -> int:
        """How many clients have come so far."""
        return len(self._connections)

    def resource(self, kind: str = "socket") -> str:
        if kind == "serial-over-socket":
            return f"ASRLsocket://127.0.0.1:{self.port}::INSTR"
        return f"TCPIP::127.0.0.1::{self.port}::SOCKET"

    def stop_listening(self) -> None:
        """Refuse new connections, and end those that there are."""
        self._over.set()
        self._accepting.join()
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._over.is_set():
            if not select.select([self._listener], [], [], 0.01)[0]:
                continue
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            arguments = (len(self._connections) - 1, connection, self._over)
            thread = threading.Thread(target=self._handle, args=arguments)
            self._threads.append(thread)
            thread.start()


def _serve(server: Server) -> Callable[[int, socket.socket, threading.Event], None]:
    def handle(index: int, connection: socket.socket, over: threading.Event) -> None:
        talker = server.connect()
        with suppress(OSError):
            while data := connection.recv(4096):
                connection.sendall(talker.receive(data))

    return handle


class Terminal:
    """A server behind a pseudo-terminal, which a driver opens like a serial port (POSIX only)."""

    def __init__(self, server: Server) -> None:
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._talker = server.connect()
        self._over = threading.Event()
        self.resource = f"ASRL{os.ttyname(self._slave)}::INSTR"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.is_set():
            if select.select([self._master], [], [], 0.05)[0]:
                with suppress(OSError):
                    os.write(self._master, self._talker.receive(os.read(self._master, 4096)))

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


class SerialLine:
    """A pseudo-terminal in front of a port of loopback: a serial line that stays, whatever is opened anew (POSIX only)."""

    def __init__(self, port: int) -> None:
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ends, self._end = os.pipe()
        self.resource = f"ASRL{os.ttyname(self._slave)}::INSTR"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):
            while self._ends not in (ready := select.select([self._ends, self._master, self._socket], [], [])[0]):
                if self._master in ready:
                    self._socket.sendall(os.read(self._master, 4096))
                if self._socket in ready:
                    data = self._socket.recv(4096)
                    if not data:
                        return
                    os.write(self._master, data)

    def stop(self) -> None:
        os.close(self._end)
        self._thread.join()
        self._socket.close()
        for descriptor in (self._master, self._slave, self._ends):
            os.close(descriptor)


@pytest.fixture
def serial_line() -> Iterator[Callable[[int], str]]:
    """Put a pseudo-terminal in front of a port of loopback: `serial_line(port)` returns its VISA resource name."""
    with ExitStack() as stack:

        def start(port: int) -> str:
            line = SerialLine(port)
            stack.callback(line.stop)
            return line.resource

        yield start


@pytest.fixture
def loopback() -> Iterator[Callable[..., str]]:
    """Serve a simulated instrument: `loopback(server, kind="socket")` returns its VISA resource name."""
    with ExitStack() as stack:

        def start(server: Server, kind: str = "socket") -> str:
            if kind == "pseudo-terminal":
                terminal = Terminal(server)
                stack.callback(terminal.stop)
                return terminal.resource
            peer = Peer(_serve(server))
            stack.callback(peer.stop_listening)
            return peer.resource(kind)

        yield start


@pytest.fixture
def fault_peer() -> Iterator[Callable[..., Peer]]:
    """A peer that follows scripts: `fault_peer(first, second)` gives each connection its script, later ones the last."""
    with ExitStack() as stack:

        def start(*scripts: Script) -> Peer:
            def handle(index: int, connection: socket.socket, over: threading.Event) -> None:
                scripts[min(index, len(scripts) - 1)](Talk(connection, over))

            peer = Peer(handle)
            stack.callback(peer.stop_listening)
            return peer

        yield start


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every way in which an instrument can be reached here."""
    return str(request.param)


@pytest.fixture
def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class ShownAnalyser:
    """An analyser in a plant (instruments.twin.peer.AnalyserPort) that shows what a test says."""

    def __init__(self, shown: float, unit: str, low: float, high: float, contents: dict[str, float]) -> None:
        self.unit, self.low, self.high = unit, low, high
        self.shown = shown
        self.contents = contents
        self.time_s = 0.0

    def indication(self) -> float:
        return self.shown

    def updated_s(self) -> float:
        return self.time_s

    def content(self, component: str) -> float:
        return self.contents.get(component, 0.0)

    def adjust_zero(self, indicated: float, target: float) -> None:
        self.shown += target - indicated

    def adjust_span(self, indicated: float, target: float) -> None:
        self.shown *= target / indicated


@pytest.fixture
def analyser() -> Callable[..., ShownAnalyser]:
    """`analyser(10.0, "%", 0.0, 20.0, O2=0.2)`: what it shows in its unit, its range, and other contents in mol/mol."""

    def make(shown: float = 10.0, unit: str = "%", low: float = 0.0, high: float = 20.0, **contents: float) -> ShownAnalyser:
        return ShownAnalyser(shown, unit, low, high, contents)

    return make


@pytest.fixture
def connected() -> Iterator[Callable[..., Any]]:
    """`connected(driver class, settings)` builds a driver, opens it, and closes it in the end."""
    with ExitStack() as stack:

        def start(driver: Any, **keys: Any) -> Any:
            keys = {"range": [0.0, 20.0], "unit": "%", "timeout_s": 0.2} | keys
            made = driver("A", driver.Settings.model_validate(keys), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start
