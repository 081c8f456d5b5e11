"""Steering a running evaluation from outside: commands that others put into the record, and the abort socket.

The clock asks (`check`) at every tick and several times a second of a wait; the record itself is looked at a few times a
second. An abort raises AbortedError, a pause HoldError: at once, or from `safe_point`, which the bench asks between two
steps. Every command is answered in the record, so that whoever gave it sees what became of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Protocol

from testbench.engine.clock import monotonic, never, unheard, wall_now
from testbench.engine.control import ControlFile
from testbench.engine.holding import HoldError
from testbench.errors import AbortedError, RecordError
from testbench.outcome import RunState
from testbench.record.model import CommandKind, CommandRow
from testbench.record.store import Record

LOOK_S = 0.2  # real time between two looks at the record
LOST = "not taken: the process that it was given to was lost"
OVER = "not taken: the evaluation ended first"


class Abortable(Protocol):
    """What else can ask for an abort (`Interruption`)."""

    def check(self) -> None:
        """Raise AbortedError if an abort was asked for."""
        ...


class Steering:
    """Follows the commands to one evaluation.

    `beat` is called at every check (a sign of life). `acknowledge` is told the number of an alarm, or None for all, and by
    whom, and returns the reply; by default the alarms are acknowledged in the record. With `resumed` the commands and
    questions that wait already are those of a process that was lost: they are not obeyed, and not to be answered.
    """

    def __init__(
        self,
        record: Record,
        evaluation: str,
        interruption: Abortable,
        *,
        control: ControlFile | None = None,
        beat: Callable[[], None] = never,
        acknowledge: Callable[[int | None, str], str] | None = None,
        notice: Callable[[str], None] = unheard,
        resumed: bool = False,
    ) -> None:
        self.resumes = 0
        """How often a person said that the run may go on: for what else waits for a person's word."""
        self._record = record
        self._evaluation = evaluation
        self._interruption = interruption
        self._control = control
        self._beat = beat
        self._acknowledge = acknowledge or self._acknowledge_in_record
        self._notice = notice
        self._look_at = 0.0
        self._unreadable = False
        self._aborted: str | None = None
        self._asked: str | None = None  # a pause that waits for the next safe point: by whom and why
        self._held: str | None = None  # the pause that holds the bench now
        self._owed: dict[int, str] = {}  # replies that are not in the record yet
        if resumed:
            for command in record.commands.waiting(evaluation):
                record.commands.take(command.number, reply=LOST, at=wall_now())
            for prompt in record.prompts.open(evaluation):
                record.prompts.withdraw(prompt.number, at=wall_now())

    def check(self) -> None:
        """Raise AbortedError or HoldError where somebody asked for it; costs a microsecond when nothing is due."""
        self._beat()
        self._interruption.check()
        if self._aborted is not None:
            raise AbortedError(self._aborted)
        control = self._control
        if control is not None and control.abort is not None:
            self._abort(control.abort.by, control.abort.reason)
        now = monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_S
            self._look()

    def safe_point(self) -> None:
        """Between two steps: raise HoldError for a pause that was to wait for this, or that holds, and as `check`."""
        self.check()
        if self._held is not None:  # it came where no step could be held
            self._hold(self._held)
        if self._asked is not None:
            pause, self._asked = self._asked, None
            self._hold(pause)

    def finish(self) -> None:
        """At the end, before the evaluation is closed: keep what was not kept yet, and answer what was not obeyed.

        An abort that came to the socket is kept as a command here. A record that cannot be written is told, not raised.
        """
        commands = self._record.commands
        if self._control is not None:
            self._control.heed()
        try:
            if self._control is not None and (abort := self._control.abort) is not None:
                number = commands.give(
                    self._evaluation, CommandKind.ABORT, {"reason": abort.reason}, by=abort.by, at=wall_now()
                )
                self._owed[number] = OVER if self._aborted is None else "aborted"
            for command in commands.waiting(self._evaluation):
                self._owed.setdefault(command.number, OVER)
            self._pay()
        except RecordError as error:
            self._notice(f"replies to commands could not be kept: {error}")

    # ---- commands -----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Obey what waits in the record; a record that cannot be read for a moment ends nothing."""
        try:
            self._pay()
            waiting = self._record.commands.waiting(self._evaluation)
            state = self._record.evaluation(self._evaluation).state if waiting else RunState.RUNNING
        except RecordError as error:
            if not self._unreadable:
                self._unreadable = True
                self._notice(f"commands from outside cannot be taken at the moment: {error}")
            return
        self._unreadable = False
        for command in waiting:
            if command.number not in self._owed:
                self._obey(command, state)

    def _obey(self, command: CommandRow, state: RunState) -> None:
        match command.kind:
            case CommandKind.ABORT:
                self._owed[command.number] = "aborted"  # kept at the end: nothing comes before the abort
                self._abort(command.by, str(command.document.get("reason", "")))
            case CommandKind.PAUSE:
                self._pause(command, state)
            case CommandKind.RESUME:
                self._resume(command, state)
            case CommandKind.ACKNOWLEDGE:
                alarm = command.document.get("alarm")
                try:
                    reply = self._acknowledge(None if alarm is None else int(alarm), command.by)
                except RecordError as error:
                    reply = f"not acknowledged: {error}"
                self._reply(command, reply)

    def _abort(self, by: str, reason: str) -> None:
        if self._control is not None:
            self._control.heed()
        self._aborted = f"aborted by {by}{_because(reason)}"
        raise AbortedError(self._aborted)

    def _pause(self, command: CommandRow, state: RunState) -> None:
        if self._held is not None:
            self._reply(command, f"it is {self._held} already")
            return
        pause = f"paused by {command.by}{_because(str(command.document.get('reason', '')))}"
        if command.document.get("at_once") or state is RunState.PAUSED:
            self._asked = None
            paused = "it stays paused until it is resumed" if state is RunState.PAUSED else "it pauses now"
            self._reply(command, f"{paused}; the present step is attempted again afterwards")
            self._hold(pause)
        if self._asked is not None:
            self._reply(command, "it is going to pause at the next safe point already")
            return
        self._asked = pause
        self._reply(command, "it pauses at the next safe point, when the present step has ended")

    def _resume(self, command: CommandRow, state: RunState) -> None:
        self.resumes += 1
        if self._held is not None:
            self._held = None
            self._reply(command, "it goes on: first the gas is set anew and waited for")
        elif self._asked is not None:
            self._asked = None
            self._reply(command, "it does not pause")
        elif state is RunState.PAUSED:
            self._reply(command, "it goes on as soon as nothing else holds it")
        else:
            self._reply(command, "it is not paused")

    def _hold(self, pause: str) -> None:
        self._held = pause
        self._look_at = 0.0  # further commands may wait
        raise HoldError(pause, lambda: self._held is None)

    def _acknowledge_in_record(self, alarm: int | None, by: str) -> str:
        alarms = [row for row in self._record.alarms.of(self._evaluation) if row.acknowledged is None]
        chosen = [row for row in alarms if alarm in (None, row.number)]
        for row in chosen:
            self._record.alarms.acknowledge(row.number, by=by, at=wall_now())
        if not chosen:
            return "there is no alarm to acknowledge"
        return f"acknowledged: {', '.join(f'{row.name} ({row.number})' for row in chosen)}"

    # ---- replies ------------------------------------------------------------------------------------------------------

    def _reply(self, command: CommandRow, text: str) -> None:
        """Answer a command; where the record cannot be written the answer is kept for the next look."""
        self._owed[command.number] = text
        with contextlib.suppress(RecordError):  # the next look tries again, and tells
            self._pay()

    def _pay(self) -> None:
        for number, text in list(self._owed.items()):
            self._record.commands.take(number, reply=text, at=wall_now())
            del self._owed[number]


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
