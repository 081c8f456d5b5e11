"""How a simulated instrument is reached over Modbus: connections that carry RTU or TCP frames to its registers."""

from __future__ import annotations

import contextlib
from typing import Protocol

from instruments.framing import FrameError
from instruments.modbus import (
    BROADCAST,
    Registers,
    RtuRequests,
    TcpFrames,
    answer,
    rtu_frame,
    rtu_pdu,
    tcp_frame,
    tcp_parts,
)


class RegisterServer(Protocol):
    """A simulated instrument: the address of its server, and its registers."""

    @property
    def address(self) -> int:
        """Server address (slave ID, unit ID)."""
        ...

    @property
    def registers(self) -> Registers:
        """What every connection reads and writes."""
        ...


class RtuConnection:
    """A serial line, or a socket that carries one."""

    def __init__(self, server: RegisterServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._framing = RtuRequests()

    def receive(self, data: bytes) -> bytes:
        """Answer every whole request for this address; a broadcast is carried out and not answered."""
        self._buffer += data
        reply = b""
        while (frame := self._framing.extract(self._buffer)) is not None:
            if frame[0] in (self._server.address, BROADCAST):
                pdu = answer(rtu_pdu(frame), self._server.registers)
                if frame[0] != BROADCAST:
                    reply += rtu_frame(frame[0], pdu)
        return reply


class TcpConnection:
    """A Modbus TCP connection."""

    def __init__(self, server: RegisterServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._framing = TcpFrames()

    def receive(self, data: bytes) -> bytes:
        """Answer every whole request for this address; bytes that are no Modbus TCP are dropped."""
        self._buffer += data
        reply = b""
        with contextlib.suppress(FrameError):
            while (frame := self._framing.extract(self._buffer)) is not None:
                transaction, address, pdu = tcp_parts(frame)
                if address == self._server.address:
                    reply += tcp_frame(transaction, address, answer(pdu, self._server.registers))
        return reply
