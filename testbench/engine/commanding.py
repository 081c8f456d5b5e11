"""Commands to an evaluation that another process runs, given from outside: pause, resume, acknowledge, abort, answer.

The command line and the window share this. A command goes into the record, and the process that runs the evaluation says
there what came of it; an abort goes to the process itself first, so that it works when the record cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testbench.engine.clock import MACHINE, monotonic, unheard, wall_now
from testbench.engine.control import ask_abort
from testbench.engine.entering import Entered, Form
from testbench.engine.operator import fill_in, read_answer
from testbench.engine.standing import Stand, Standing, stand
from testbench.errors import InputError, RecordError
from testbench.record.model import AlarmRow, CommandKind, PromptRow
from testbench.record.pictures import Picture
from testbench.record.store import Record

REPLY_WITHIN_S = 10.0  # how long a reply is waited for
ENDS_WITHIN_S = 60.0
GUARD_WITHIN_S = 15.0  # for the guard to drive the bench safe and to enter that
EVERY_S = 0.1
UNHEEDED = "the process has ended; it could not enter the abort itself"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a command: what the process said to it, empty where it has not said anything in time.

    `ended` is where the evaluation stands, if it did not go on and so nobody took the command.
    """

    said: str
    ended: Stand | None = None

    @property
    def taken(self) -> bool:
        """Whether the process took it."""
        return bool(self.said)


def give(record: Record, evaluation: str, kind: CommandKind, document: Mapping[str, Any], *, by: str) -> Reply:
    """Give a command, and wait for what the process says to it."""
    number = record.commands.give(evaluation, kind, document, by=by, at=wall_now())
    deadline = monotonic() + REPLY_WITHIN_S
    while (command := record.commands.get(number)).taken is None:
        now = stand(record, evaluation)
        if not now.standing.goes_on:
            return Reply("", now)
        if monotonic() > deadline:
            return Reply("")
        MACHINE.pause(EVERY_S)
    return Reply(command.reply)


def pause(record: Record, evaluation: str, *, by: str, reason: str = "", at_once: bool = False) -> Reply:
    """Have it pause: when its present step has ended, or `at_once`; the step is then attempted again."""
    return give(record, evaluation, CommandKind.PAUSE, {"at_once": at_once, "reason": reason}, by=by)


def resume(record: Record, evaluation: str, *, by: str) -> Reply:
    """Have a paused evaluation go on."""
    return give(record, evaluation, CommandKind.RESUME, {}, by=by)


def acknowledge(record: Record, at: Stand, alarms: Sequence[AlarmRow], *, by: str) -> list[Reply]:
    """Acknowledge alarms: by the process that runs the evaluation, else in the record (no replies then)."""
    evaluation = at.row.identifier
    if at.standing.goes_on:
        return [give(record, evaluation, CommandKind.ACKNOWLEDGE, {"alarm": alarm.number}, by=by) for alarm in alarms]
    for alarm in alarms:
        record.alarms.acknowledge(alarm.number, by=by, at=wall_now())
    return []


def acknowledge_all(record: Record, evaluation: str, *, by: str) -> Reply:
    """Have the process that runs an evaluation acknowledge all its alarms."""
    return give(record, evaluation, CommandKind.ACKNOWLEDGE, {"alarm": None}, by=by)


def abort(record: Record, at: Stand, *, by: str, reason: str = "", notice: Callable[[str], None] = unheard) -> Stand | None:
    """Abort, and wait for the end: where it then stands, or None if it has not ended within `ENDS_WITHIN_S`.

    The process itself is asked; where that fails, through the record. An abort that the process did not come to enter is
    entered here, and `notice` is told.
    """
    evaluation = at.row.identifier
    asked = at.process is not None and ask_abort(at.process, by, reason)
    if not asked:
        record.commands.give(evaluation, CommandKind.ABORT, {"reason": reason}, by=by, at=wall_now())
    end = _await_end(record, evaluation)
    if asked and end is not None and end.standing is not Standing.ABORTED:
        _enter_abort(record, evaluation, by, reason, notice)
    return end


def answer(record: Record, prompt: PromptRow, text: str, picture: Picture | None, *, by: str) -> tuple[str, float | None]:
    """Answer a question; the answer as it was taken. InputError where something else is asked for."""
    if prompt.wants_picture and picture is None:
        raise InputError(f"question {prompt.number} asks for a picture too; choose a PNG or JPEG file")
    said, value = read_answer(text, prompt.unit, prompt.choices)
    record.prompts.answer(prompt.number, text=said, value=value, by=by, at=wall_now(), picture=picture)
    return said, value


def enter(record: Record, prompt: PromptRow, entered: Entered) -> None:
    """Answer a question that asks for a table; InputError where it asks for something else."""
    if prompt.form is None:
        raise InputError(f"question {prompt.number} ({prompt.text}) asks for no table")
    Form.of(prompt.form).complete(entered.rows)
    fill_in(record, prompt.number, entered, wall_now())


def _await_end(record: Record, evaluation: str) -> Stand | None:
    """Where it stands when it has ended, and the guard has entered so if the process could not; None if it has not."""
    deadline = monotonic() + ENDS_WITHIN_S
    guarded: float | None = None
    while True:
        now = stand(record, evaluation)
        if now.standing is Standing.LOST:
            guarded = monotonic() + GUARD_WITHIN_S if guarded is None else guarded
        elif not now.standing.goes_on:
            return now
        if monotonic() > (deadline if guarded is None else guarded):
            return now if guarded is not None else None
        MACHINE.pause(EVERY_S)


def _enter_abort(record: Record, evaluation: str, by: str, reason: str, notice: Callable[[str], None]) -> None:
    """Enter an abort that the process did not come to enter itself."""
    notice(UNHEEDED)
    try:
        number = record.commands.give(evaluation, CommandKind.ABORT, {"reason": reason}, by=by, at=wall_now())
        record.commands.take(number, reply=UNHEEDED, at=wall_now())
    except RecordError as error:
        notice(f"nor could this command: {error}")
