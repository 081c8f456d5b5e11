"""A Modbus client on a link: sends prepared requests to one server address and hands back checked data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from instruments.framing import FrameError, Framing
from instruments.modbus import EXCEPTION_BIT, RefusedError, Request, RtuAnswers, TcpFrames, rtu_frame, rtu_pdu, tcp_frame
from instruments.transport import Link
from testbench.errors import InstrumentError

FrameKind = Literal["rtu", "tcp"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with everything about it that does not change from one reading to the next."""

    request: Request
    frame: bytes  # whole RTU frame, or TCP frame with transaction 0
    framing: Framing
    size: int  # length of the answer's frame, exceptions aside


class ModbusClient:
    """Asks one server; several requests may be prepared, one may be under way."""

    def __init__(self, name: str, link: Link, kind: FrameKind, address: int) -> None:
        self._name = name
        self._link = link
        self._rtu = kind == "rtu"
        self._address = address
        self._transaction = 0
        self._mark = b""
        self._pending: Prepared | None = None

    def prepare(self, request: Request) -> Prepared:
        """Return the request ready to be sent."""
        pdu = request.encode()
        if request.function <= 2:
            size = 2 + (request.count + 7) // 8
        elif request.function <= 4:
            size = 2 + 2 * request.count
        else:
            size = 5
        if self._rtu:
            return Prepared(request, rtu_frame(self._address, pdu), RtuAnswers(self._address, request.function), size + 3)
        return Prepared(request, tcp_frame(0, self._address, pdu), TcpFrames(), size + 7)

    def send(self, prepared: Prepared) -> None:
        """Send a request; its answer is taken by `receive`. Raises InstrumentError."""
        self._pending = prepared
        frame = prepared.frame
        if not self._rtu:
            self._transaction = self._transaction % 0xFFFF + 1
            self._mark = self._transaction.to_bytes(2, "big")
            frame = self._mark + frame[2:]
        self._link.send(frame, prepared.framing, accept=self._is_answer)

    def receive(self) -> bytes:
        """Return the data of the answer: the registers or bits read, nothing for a write. Raises InstrumentError."""
        if self._pending is None:
            raise InstrumentError(f"{self._name}: an answer was asked for before a request was sent")
        frame = self._link.receive()
        try:
            return self._pending.request.data_of(rtu_pdu(frame) if self._rtu else frame[7:])
        except RefusedError as error:
            raise InstrumentError(f"{self._name}: {error} (request {self._pending.frame.hex(' ')})") from error
        except FrameError as error:
            raise InstrumentError(f"{self._name}: {error}") from error

    def query(self, request: Request) -> bytes:
        """Send a request and return the data of its answer. Raises InstrumentError."""
        self.send(self.prepare(request))
        return self.receive()

    def _is_answer(self, frame: bytes) -> bool:
        """Whether a frame answers the pending request: late answers to earlier ones are passed over."""
        prepared = self._pending
        if prepared is None:
            return False
        if self._rtu:
            return len(frame) == prepared.size or bool(frame[1] & EXCEPTION_BIT)
        if not frame.startswith(self._mark) or frame[6] != self._address:
            return False
        return len(frame) == prepared.size or bool(frame[7] & EXCEPTION_BIT)
