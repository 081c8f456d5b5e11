"""Simulated instruments on loopback, for clients that are not ours."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest


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
