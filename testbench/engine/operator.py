"""The operator: whoever answers the bench's questions and does by hand what no instrument can do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from testbench.engine.clock import PIECE_S, Clock, unheard
from testbench.engine.keyboard import Keyboard
from testbench.engine.laboratory import Laboratory
from testbench.engine.person import present_person
from testbench.engine.roles import Adjustment
from testbench.engine.steps import Answer
from testbench.errors import InputError, RecordError
from testbench.record.model import PromptRow
from testbench.record.store import Record


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to the operator: its text, the unit of a number that is asked for, and the answer to be expected."""

    text: str
    unit: str | None = None
    expected: float | None = None


class Operator(Protocol):
    """Answers prompts; `adjust` has the device's indication brought from `indicated` to `target` at the device itself."""

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question and return the answer."""
        ...

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have a device adjusted by hand; return by whom."""
        ...


class SimulatedOperator:
    """The operator of the simulated laboratory: answers with what is expected, and adjusts the simulated devices."""

    name = "simulated operator"

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory

    def ask(self, prompt: Prompt) -> Answer:
        """Answer with the expected number, or yes."""
        return Answer(
            text="yes" if prompt.expected is None else f"{prompt.expected:g}", number=prompt.expected, by=self.name
        )

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Turn the simulated device's keys."""
        self._laboratory.adjust_by_hand(device, point, indicated, target)
        return self.name


class SharedOperator:
    """A person for the real part of a bench, the simulated operator for the keys of the simulated devices."""

    def __init__(self, person: Operator, simulated: Operator, simulates: Callable[[str], bool]) -> None:
        self._person = person
        self._simulated = simulated
        self._simulates = simulates

    def ask(self, prompt: Prompt) -> Answer:
        """Ask the person."""
        return self._person.ask(prompt)

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have it done by whoever can reach the device."""
        operator = self._simulated if self._simulates(device) else self._person
        return operator.adjust(device, point, indicated, target, unit)


class RecordOperator:
    """A person: the question stands in the record until somebody answers it (`testbench answer`), or types at the keyboard.

    `idle` lets some real time pass and looks for commands; what it raises (an abort, a pause) withdraws the question.
    `keyboard` is this process's terminal, None where it has none. `tell` shows a text to whoever is at the screen.
    """

    def __init__(
        self,
        record: Record,
        evaluation: str,
        clock: Clock,
        *,
        idle: Callable[[float], None] | None = None,
        keyboard: Keyboard | None = None,
        tell: Callable[[str], None] = unheard,
    ) -> None:
        self._record = record
        self._evaluation = evaluation
        self._clock = clock
        self._idle = idle or clock.idle
        self._keyboard = keyboard
        self._tell = tell
        self._unreadable = False

    def ask(self, prompt: Prompt) -> Answer:
        """Ask until somebody has answered; a text that is no number is not taken where a number is asked for."""
        runs = self._record.runs(self._evaluation)
        number = self._record.prompts.ask(
            self._evaluation,
            runs[-1].identifier if runs else None,
            text=prompt.text,
            unit=prompt.unit or "",
            expected=prompt.expected,
            bench_time=self._clock.now(),
            at=self._clock.wall(),
        )
        self._show(number, prompt)
        try:
            while (row := self._answered(number)) is None:
                self._take_typed(number, prompt)
                self._idle(PIECE_S)
        except BaseException as error:
            self._withdraw(number, error)
            raise
        return Answer(text=row.answer_text or "", number=row.answer_number, by=row.by)

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have a person adjust the device, and wait for the confirmation."""
        text = (
            f"Adjust the {point} of device {device} at the device: it shows {indicated:.4g} {unit}, make it show "
            f"{target:.4g} {unit}. Answer when done"
        )
        return self.ask(Prompt(text)).by

    def _show(self, number: int, prompt: Prompt) -> None:
        value = "VALUE" if prompt.unit else "done"
        command = f"`testbench answer {self._evaluation} --prompt {number} {value}`"
        wanted = f" [{prompt.unit}]" if prompt.unit else ""
        here = "type the answer here, or give it with" if self._keyboard is not None else "answer with"
        if self._keyboard is not None:
            self._keyboard.begin()
        self._tell(f"question {number} to the operator: {prompt.text}{wanted}; {here} {command}")

    def _answered(self, number: int) -> PromptRow | None:
        """The question with its answer; a record that cannot be read for a moment ends nothing."""
        try:
            row = self._record.prompts.get(number)
        except RecordError as error:
            if not self._unreadable:
                self._tell(f"whether the question was answered cannot be seen at the moment: {error}")
            self._unreadable = True
            return None
        self._unreadable = False
        return row if row.answered is not None else None

    def _take_typed(self, number: int, prompt: Prompt) -> None:
        if self._keyboard is None:
            return
        for text in self._keyboard.lines():
            try:
                value = None if prompt.unit is None else read_number(text, prompt.unit)
                self._record.prompts.answer(number, text=text, value=value, by=present_person(), at=self._clock.wall())
            except (InputError, RecordError) as error:
                self._tell(str(error))

    def _withdraw(self, number: int, error: BaseException) -> None:
        """Nobody is to answer any more; a record that cannot be written must not hide why."""
        try:
            self._record.prompts.withdraw(number, at=self._clock.wall())
        except RecordError as second:
            error.add_note(str(second))


def read_number(text: str, unit: str) -> float:
    """Read a number that a person typed, with a point or a comma; InputError says what is wrong with it."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{text!r} is not a number; give a number in {unit}")
    return value
