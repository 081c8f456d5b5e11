"""The trace: every byte to and from the instruments of an evaluation, with bench time and real time, for the record."""

from __future__ import annotations

from collections.abc import Iterable

from testbench.engine.clock import Clock, monotonic
from testbench.engine.roles import Direction, Instrument, Listener, Traceable
from testbench.record.model import TraceEntry
from testbench.record.trace import TraceBuffer


def trace(instruments: Iterable[Instrument], clock: Clock) -> TraceBuffer:
    """Listen to all instruments that let themselves be heard, from now on; real time counts from now, in microseconds."""
    buffer = TraceBuffer()
    start = monotonic()
    for instrument in instruments:
        if isinstance(instrument, Traceable):
            instrument.trace(_listener(instrument.name, buffer, clock, start))
    return buffer


def _listener(name: str, buffer: TraceBuffer, clock: Clock, start: float) -> Listener:
    def hear(direction: Direction, at: float, data: bytes) -> None:
        buffer.add(TraceEntry(name, direction is Direction.SENT, clock.now(), round(at - start, 6), bytes(data)))

    return hear
