"""Who is asked on a bench: a person through the record, the simulated operator, or both, each for their part."""

from __future__ import annotations

import math
from collections.abc import Callable

from testbench.engine.clock import Clock, monotonic
from testbench.engine.keyboard import Keyboard
from testbench.engine.laboratory import Laboratory
from testbench.engine.operator import AttendedOperator, Operator, RecordOperator, SharedOperator, SimulatedOperator
from testbench.engine.sampling import Sampler
from testbench.record.store import Record
from testbench.station import Station

READ_EVERY_S = 1.0  # while a person is waited for


def operator_of(
    station: Station,
    laboratory: Laboratory | None,
    record: Record,
    evaluation: str,
    clock: Clock,
    sampler: Sampler,
    tell: Callable[[str], None],
    *,
    attended: bool = False,
) -> Operator:
    """Whoever answers the questions of an evaluation.

    While a person is waited for the bench is read on, so that interlocks act and the record has no hole. An `attended`
    evaluation asks a person also where everything is simulated; bench time then stands still meanwhile.
    """
    read_at = monotonic()
    read_last = -math.inf

    def idle(real_s: float) -> None:
        nonlocal read_at, read_last
        clock.idle(real_s)
        if monotonic() >= read_at and clock.now() > read_last:
            read_at, read_last = monotonic() + READ_EVERY_S, clock.now()
            sampler.once()

    person = RecordOperator(record, evaluation, clock, idle=idle, keyboard=Keyboard.of_terminal(), tell=tell)
    if laboratory is None:
        return person
    simulated = SimulatedOperator(laboratory)
    if attended:
        return AttendedOperator(person, simulated, station.simulates)
    return simulated if station.jumps else SharedOperator(person, simulated, station.simulates)
