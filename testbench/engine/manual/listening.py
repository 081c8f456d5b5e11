"""Hears what is said on the sessions: the last question to each instrument and its answer, bytes as they went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from testbench.engine.clock import wall_now
from testbench.engine.manual.sight import Exchange
from testbench.engine.roles import Direction, Instrument, Listener, Traceable

LONGEST = 512  # bytes kept of a question or an answer


class Listening:
    """Listens to every instrument that lets itself be heard; `names` are those with a session."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._sent: dict[str, bytes] = {}
        self._received: dict[str, tuple[bytes, dt.datetime]] = {}
        self._answered: dict[str, Exchange] = {}
        self.names: tuple[str, ...] = tuple(i.name for i in instruments if isinstance(i, Traceable))
        for instrument in instruments:
            if isinstance(instrument, Traceable):
                instrument.trace(self._listener(instrument.name))

    def last(self, name: str) -> Exchange | None:
        """The last exchange that has an answer; None before the first."""
        received = self._received.get(name)
        if received is not None:
            return Exchange(self._sent.get(name, b""), *received)
        return self._answered.get(name)

    def _listener(self, name: str) -> Listener:
        def hear(direction: Direction, _: float, data: bytes) -> None:
            if direction is Direction.RECEIVED:
                before = self._received.get(name, (b"", None))[0]
                self._received[name] = ((before + bytes(data))[-LONGEST:], wall_now())
                return
            if name in self._received:
                self._answered[name] = Exchange(self._sent.get(name, b""), *self._received.pop(name))
            self._sent[name] = bytes(data)[-LONGEST:]

        return hear
