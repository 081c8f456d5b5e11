"""Replays a recorded dialogue: a peer that plays the recorded answers, and demands the recorded questions byte for byte.

The installed driver is built as it was when the dialogue was recorded, and connects to the peer over loopback. The same
calls are made; the first question that differs ends the dialogue, and what the driver makes of the answers is compared too.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from instruments.tools.dialogue import Dialogue, Head, Kind, told
from instruments.tools.talking import built, talk

CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said, one or more questions in a row, and what was answered (nothing, where nothing came)."""

    question: bytes
    answer: bytes


class Playback:
    """The peer; `difference` says where the driver left the recorded path, and "" as long as it has not."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self.difference = ""
        self._exchanges = list(exchanges)
        self._heard = b""
        self._at = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, name="playback", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The TCP port of loopback on which it listens."""
        return int(self._listener.getsockname()[1])

    def stop(self) -> str:
        """End it; return what differs, "" if everything was said that was recorded, and nothing else."""
        self._hang_up()
        self._thread.join(10.0)
        if not self.difference and self._at < len(self._exchanges):
            due = self._exchanges[self._at].question
            said = f", only {told(self._heard)}" if self._heard else ""
            self.difference = f"question {self._at + 1} was not asked{said}; recorded is {told(due)}"
        return self.difference

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # stopped
                return
            self._connections.append(connection)
            with contextlib.suppress(OSError):
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := connection.recv(CHUNK):
            self._heard += data
            while answer := self._next():
                connection.sendall(answer.answer)
            if self.difference:
                self._hang_up()
                return

    def _next(self) -> Exchange | None:
        """The exchange whose question is complete now; notes the first byte that differs."""
        if self._at == len(self._exchanges):
            if self._heard:
                self.difference = f"after the last question, {told(self._heard)} is said, which is not recorded"
            return None
        exchange = self._exchanges[self._at]
        due = exchange.question
        for number, (said, recorded) in enumerate(zip(self._heard, due, strict=False)):
            if said != recorded:
                self.difference = (
                    f"question {self._at + 1}, byte {number + 1}: {said:02X} is said, recorded is {recorded:02X}\n"
                    f"  said      {told(self._heard)}\n  recorded  {told(due)}"
                )
                return None
        if len(self._heard) < len(due):
            return None
        self._heard = self._heard[len(due) :]
        self._at += 1
        return exchange

    def _hang_up(self) -> None:
        for one in (self._listener, *self._connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def exchanges(dialogue: Dialogue) -> Iterator[Exchange]:
    """The questions of a dialogue, those in a row as one, with what came after them."""
    question = answer = b""
    for entry in dialogue.entries:
        if entry.kind is Kind.SENT:
            if answer:
                yield Exchange(question, answer)
                question = answer = b""
            question += entry.data
        elif entry.kind is Kind.RECEIVED:
            answer += entry.data
    if question or answer:
        yield Exchange(question, answer)


def replay(head: Head, recorded: Dialogue) -> str:
    """Talk to the recorded answers with the installed driver; return the first difference, "" where there is none."""
    peer = Playback(tuple(exchanges(recorded)))
    serial = head.resource.upper().startswith("ASRL")
    resource = f"ASRLsocket://127.0.0.1:{peer.port}::INSTR" if serial else f"TCPIP::127.0.0.1::{peer.port}::SOCKET"
    try:
        heard = talk(built(head, resource), head.readings)
    finally:
        difference = peer.stop()
    if difference:
        return difference
    made, due = heard.of(Kind.MADE), recorded.of(Kind.MADE)
    for number, (ours, theirs) in enumerate(zip(made, due, strict=False), start=1):
        if ours.words != theirs.words:
            return f"result {number}: the driver makes {ours.words!r} of the answers, recorded is {theirs.words!r}"
    return "" if len(made) == len(due) else f"{len(made)} results, {len(due)} are recorded"
