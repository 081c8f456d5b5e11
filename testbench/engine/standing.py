"""Where an evaluation stands: what its record says of it, and whether a process runs it.

A record alone cannot tell: a process that was killed left it at "running". Only the lock of the control file can.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from testbench.engine.clock import MACHINE, PIECE_S, monotonic, wall_now
from testbench.engine.control import ProcessInfo, find_process
from testbench.outcome import RunState
from testbench.record.model import EvaluationRow
from testbench.record.store import Record

BEGINNING_S = 2.0  # an evaluation stands in the record for a moment before its process holds the control file


class Standing(StrEnum):
    """Where an evaluation stands.

    Lost: its process is gone and could not say so. Interrupted: it ended early, and can be gone on with. Closed: it was
    interrupted, and a person has closed it.
    """

    RUNNING = "running"
    PAUSED = "paused"
    LOST = "lost"
    INTERRUPTED = "interrupted"
    CLOSED = "closed"
    FINISHED = "finished"
    ABORTED = "aborted"

    @property
    def goes_on(self) -> bool:
        """Whether a process runs it."""
        return self in (Standing.RUNNING, Standing.PAUSED)

    @property
    def resumable(self) -> bool:
        """Whether it can be gone on with, or closed."""
        return self in (Standing.LOST, Standing.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Stand:
    """An evaluation, where it stands, and the process that runs it."""

    row: EvaluationRow
    standing: Standing
    process: ProcessInfo | None = None


def stand(record: Record, evaluation: str) -> Stand:
    """Look where an evaluation stands; RecordError if there is none, or if it cannot be told whether a process runs it."""
    row = record.evaluation(evaluation)
    if (settled := _settled(row)) is not None:
        return Stand(row, settled)
    deadline = monotonic() + BEGINNING_S
    while True:
        process = find_process(record.path, evaluation)
        row = record.evaluation(evaluation)  # it may have ended in the meantime
        if (settled := _settled(row)) is not None:
            return Stand(row, settled)
        if process is not None:  # also of an interrupted one: it is being gone on with
            return Stand(row, Standing.PAUSED if row.state is RunState.PAUSED else Standing.RUNNING, process)
        if row.state is RunState.INTERRUPTED:
            return Stand(row, Standing.INTERRUPTED)
        if not _just_begun(row) or monotonic() > deadline:
            return Stand(row, Standing.LOST)
        MACHINE.pause(PIECE_S)


def _settled(row: EvaluationRow) -> Standing | None:
    """Where it stands, if nothing can follow."""
    match row.state:
        case RunState.FINISHED:
            return Standing.FINISHED
        case RunState.ABORTED:
            return Standing.ABORTED
        case RunState.INTERRUPTED if row.finished is not None:
            return Standing.CLOSED
    return None


def _just_begun(row: EvaluationRow) -> bool:
    return abs(wall_now() - row.start.started) < dt.timedelta(seconds=BEGINNING_S)
