"""Connections to the simulated laboratory: bytes go to a conversation, its answers go back, and no peer is waited for."""

from __future__ import annotations

import selectors
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Protocol

from instruments.twin.control import ControlConnection
from instruments.twin.faults import Fault, Faults
from instruments.twin.peer import Teller
from instruments.twin.timers import Timers
from testbench.errors import TestbenchError


class Host(Protocol):
    """What of the laboratory's process a client of an instrument needs."""

    faults: Faults
    timers: Timers

    def follow_real_time(self) -> None:
        """Without an owner, bring bench time to where real time is."""
        ...

    def keep_log(self) -> None:
        """Append new commands to the log file, if there is one."""
        ...

    def forget(self, client: InstrumentClient) -> None:
        """The client has gone."""
        ...


CHUNK = 65536
LONGEST_UNSENT = 1 << 20  # bytes; a client that does not read its answers is dropped


class Conversation(Protocol):
    """One client's conversation: bytes in, bytes out."""

    def receive(self, data: bytes) -> bytes:
        """Take what arrived; return what is answered now."""
        ...


class Client:
    """One connection."""

    def __init__(self, selector: selectors.BaseSelector, connection: socket.socket, conversation: Conversation) -> None:
        self.conversation = conversation
        self._selector = selector
        self._socket = connection
        self._unsent = b""
        self._open = True
        selector.register(connection, selectors.EVENT_READ, self._ready)

    def close(self) -> None:
        """Close the connection; nothing if it is closed."""
        if self._open:
            self._open = False
            self._selector.unregister(self._socket)
            self._socket.close()
            self._ended()

    def say(self, answer: bytes) -> None:
        """Send bytes, as far as the peer takes them now and the rest when it does."""
        if not self._open:
            return
        try:
            self._send(answer)
        except BlockingIOError:
            pass
        except OSError:  # the client is gone
            self.close()

    def _ready(self, mask: int) -> None:
        if not self._open:  # closed by another client's request in the same round
            return
        if mask & selectors.EVENT_WRITE:
            self.say(b"")
        if mask & selectors.EVENT_READ and self._open:
            try:
                data = self._socket.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
            elif answer := self._converse(data):
                self.say(answer)

    def _converse(self, data: bytes) -> bytes:
        return self.conversation.receive(data)

    def _ended(self) -> None:
        """The connection is closed."""

    def _send(self, answer: bytes) -> None:
        if not self._unsent:
            try:
                sent = self._socket.send(answer) if answer else 0
            except BlockingIOError:
                sent = 0
            if sent == len(answer):
                return
            self._unsent = answer[sent:]
            self._selector.modify(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self._ready)
            return
        self._unsent += answer
        if len(self._unsent) > LONGEST_UNSENT:
            raise ConnectionAbortedError
        self._unsent = self._unsent[self._socket.send(self._unsent) :]
        if not self._unsent:
            self._selector.modify(self._socket, selectors.EVENT_READ, self._ready)


class InstrumentClient(Client):
    """A client of a simulated instrument, whose line may have a fault."""

    def __init__(
        self,
        laboratory: Host,
        selector: selectors.BaseSelector,
        connection: socket.socket,
        instrument: str,
        conversation: Conversation,
    ) -> None:
        super().__init__(selector, connection, conversation)
        self.instrument = instrument
        self._laboratory = laboratory
        self._recoveries = 0
        self._requests = 0

    def recover(self) -> None:
        """Say nothing any more of what was to be said late or byte by byte."""
        self._recoveries += 1

    def let_tell(self) -> None:
        """Say what the instrument says by itself, now that bench time has moved."""
        if isinstance(self.conversation, Teller) and self._open and (told := self.conversation.tell()):
            self.say(self._faulty(lambda: told))

    def _converse(self, data: bytes) -> bytes:
        return self._faulty(lambda: self._answer(data))

    def _faulty(self, speak: Callable[[], bytes]) -> bytes:
        """What is said at once of what the instrument would say, when its line may have a fault."""
        self._requests += 1
        fault = self._laboratory.faults.meet(self.instrument)
        if fault is None:
            return speak()
        match fault.kind:
            case Fault.SILENT:
                return b""
            case Fault.CLOSE | Fault.UNPLUGGED | Fault.REFUSED:
                self.close()
                return b""
            case Fault.LATE:
                self._say_after(fault.delay, speak())
                return b""
            case Fault.TRICKLE:
                self._trickle(speak(), fault.delay, self._requests)
                return b""
        return fault.altered(speak())

    def _say_after(self, delay_s: float, answer: bytes) -> None:
        recoveries = self._recoveries

        def say() -> None:
            if self._recoveries == recoveries:
                self.say(answer)

        self._laboratory.timers.after(delay_s, say)

    def _trickle(self, answer: bytes, delay_s: float, request: int) -> None:
        """Say the first byte after the delay, and go on with the rest while no other request comes."""
        recoveries = self._recoveries

        def say() -> None:
            if (self._recoveries, self._requests) == (recoveries, request) and self._open:
                self.say(answer[:1])
                self._trickle(answer[1:], delay_s, request)

        if answer:
            self._laboratory.timers.after(delay_s, say)

    def _answer(self, data: bytes) -> bytes:
        self._laboratory.follow_real_time()
        try:
            return self.conversation.receive(data)
        except TestbenchError as error:  # the instrument refuses what its protocol has no words for: it stays silent
            print(f"{self.instrument}: {error}", file=sys.stderr, flush=True)
            return b""
        except Exception:  # a defect of a simulated instrument must not end the others
            print(f"{self.instrument}: failed at {data!r}\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            self.close()
            return b""
        finally:
            self._laboratory.keep_log()

    def _ended(self) -> None:
        self._laboratory.forget(self)


class ControlClient(Client):
    """A client of the control channel."""

    def __init__(self, selector: selectors.BaseSelector, connection: socket.socket, control: ControlConnection) -> None:
        super().__init__(selector, connection, control)
        self._control = control

    def _ended(self) -> None:
        self._control.closed()
