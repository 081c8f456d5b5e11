"""Peers on loopback: our simulated instruments for clients that are not ours, and pymodbus's server for our drivers."""

from __future__ import annotations

import asyncio
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    server: Any


class _Conversation(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Listener)
        talker = self.server.server.connect()
        with suppress(OSError):
            while data := self.request.recv(4096):
                self.request.sendall(talker.receive(data))


@pytest.fixture
def served() -> Iterator[Callable[[Any], int]]:
    """`served(server)` lets a simulated instrument listen on loopback and returns its port; it ends with its last client."""
    with ExitStack() as stack:

        def start(server: Any) -> int:
            listener = stack.enter_context(_Listener(("127.0.0.1", 0), _Conversation))
            listener.server = server
            thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(listener.shutdown)
            return int(listener.server_address[1])

        yield start


class ModbusPeer:
    """pymodbus's own server on loopback; registers can be looked at and changed while it serves."""

    def __init__(self, server: ModbusTcpServer, loop: asyncio.AbstractEventLoop, address: int, framer: FramerType) -> None:
        self._server = server
        self._loop = loop
        self._address = address
        self._rtu = framer is FramerType.RTU
        self.port = int(server.transport.sockets[0].getsockname()[1])

    @property
    def resource(self) -> str:
        """VISA resource name: of RTU frames, the one of a serial device server."""
        if self._rtu:
            return f"ASRLsocket://127.0.0.1:{self.port}::INSTR"
        return f"TCPIP::127.0.0.1::{self.port}::SOCKET"

    def registers(self, register: int, count: int, function: int = 3) -> list[int]:
        return asyncio.run_coroutine_threadsafe(
            self._server.async_getValues(self._address, function, register, count), self._loop
        ).result(5.0)

    def set(self, register: int, values: list[int] | list[bool], function: int = 3) -> None:
        asyncio.run_coroutine_threadsafe(
            self._server.async_setValues(self._address, function, register, values), self._loop
        ).result(5.0)


Blocks = Mapping[int, list[int]]


@pytest.fixture
def modbus_peer() -> Iterator[Callable[..., ModbusPeer]]:
    """`modbus_peer(address, holding={0: [1, 2]}, input_={}, coils={}, framer=…)` serves blocks of registers."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers: list[ModbusTcpServer] = []

    def wait(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(5.0)

    def start(
        address: int,
        *,
        holding: Blocks | None = None,
        input_: Blocks | None = None,
        coils: Mapping[int, list[bool]] | None = None,
        discrete: Mapping[int, list[bool]] | None = None,
        framer: FramerType = FramerType.SOCKET,
    ) -> ModbusPeer:
        bits = [
            [SimData(at, values=block, datatype=DataType.BITS) for at, block in (blocks or {0: [False]}).items()]
            for blocks in (coils, discrete)
        ]
        words = [
            [SimData(at, values=block, datatype=DataType.REGISTERS) for at, block in (blocks or {0xFFFF: [0]}).items()]
            for blocks in (holding, input_)
        ]

        async def serve() -> ModbusTcpServer:
            device = SimDevice(address, simdata=(bits[0], bits[1], words[0], words[1]))
            server = ModbusTcpServer(device, framer=framer, address=("127.0.0.1", 0))
            await server.serve_forever(background=True)
            return server

        servers.append(wait(serve()))
        return ModbusPeer(servers[-1], loop, address, framer)

    yield start
    for server in servers:
        wait(server.shutdown())
    wait(asyncio.sleep(0))
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
