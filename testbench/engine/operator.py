"""The operator: whoever answers the bench's questions and does by hand what no instrument can do."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from testbench.engine.clock import PIECE_S, Clock, unheard
from testbench.engine.entering import Entered, Form
from testbench.engine.form_file import columns_in_words, typed_form
from testbench.engine.keyboard import Keyboard
from testbench.engine.laboratory import Laboratory
from testbench.engine.other_gas import certified
from testbench.engine.person import present_person
from testbench.engine.prompting import Prompt, answer_words, asked_for
from testbench.engine.roles import Adjustment
from testbench.engine.steps import Answer, from_json, to_json
from testbench.errors import InputError, InstrumentError, RecordError
from testbench.record.model import PromptRow
from testbench.record.pictures import Picture, read_picture
from testbench.record.store import Record
from testbench.typed_number import plain_number

__all__ = [
    "AttendedOperator",
    "Operator",
    "Prompt",
    "RecordOperator",
    "SharedOperator",
    "SimulatedOperator",
    "read_answer",
    "read_number",
]


class Operator(Protocol):
    """Answers prompts, and does by hand what a prompt says.

    `adjust` has the device's indication brought from `indicated` to `target` at the device itself; `set_condition` has a
    condition of the environment brought to the number that the prompt expects, and returns what was reached. `enter` has a
    table filled in; `connect` has a gas connected by hand and what is stated of it entered, `disconnect` has it taken off.
    """

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question and return the answer."""
        ...

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have a device adjusted by hand; return by whom."""
        ...

    def set_condition(self, quantity: str, prompt: Prompt) -> Answer:
        """Have a condition set by hand; the answer is what it is then."""
        ...

    def enter(self, form: Form) -> Entered:
        """Have a table filled in."""
        ...

    def connect(self, form: Form) -> Entered:
        """Have a gas connected by hand, in place of the divider; the table is what its certificate states."""
        ...

    def disconnect(self, prompt: Prompt) -> Answer:
        """Have a gas that was connected by hand taken off, and the divider connected again."""
        ...


class SimulatedOperator:
    """The operator of the simulated laboratory: answers with what is expected, and adjusts the simulated devices."""

    name = "simulated operator"

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory

    def ask(self, prompt: Prompt) -> Answer:
        """Answer with the first choice, the expected number, or yes; of a picture it has "none" to give."""
        otherwise = "none" if prompt.wants_picture else "yes"
        text = prompt.choices[0] if prompt.choices else otherwise if prompt.expected is None else f"{prompt.expected:g}"
        return Answer(text=text, number=prompt.expected, by=self.name)

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Turn the simulated device's keys."""
        self._laboratory.adjust_by_hand(device, point, indicated, target)
        return self.name

    def set_condition(self, quantity: str, prompt: Prompt) -> Answer:
        """Set the condition in the simulated laboratory, where that has it, and answer that it is there."""
        if prompt.expected is not None:
            with contextlib.suppress(InstrumentError):  # a laboratory without it: nothing in it feels it either
                self._laboratory.set_condition(quantity, prompt.expected)
        return self.ask(prompt)

    def enter(self, form: Form) -> Entered:
        """Enter what is expected; InputError where nothing is expected of a cell that must not be empty."""
        rows = form.expected or form.given
        return Entered(form.complete(rows), by=self.name, source="simulated laboratory")

    def connect(self, form: Form) -> Entered:
        """Connect the gas in the simulated laboratory, and enter what is expected."""
        entered = self.enter(form)
        self.put_on(form, entered)
        return entered

    def put_on(self, form: Form, entered: Entered) -> None:
        """Have the simulated laboratory's line fed with a gas as it was stated."""
        self._laboratory.connect_gas({name: stated.content for name, stated in certified(form, entered).items()})

    def disconnect(self, prompt: Prompt) -> Answer:
        """Connect the divider again."""
        self._laboratory.connect_gas({})
        return self.ask(prompt)


class SharedOperator:
    """A person for the real part of a bench, the simulated operator for the keys of the simulated devices."""

    def __init__(self, person: Operator, simulated: SimulatedOperator, simulates: Callable[[str], bool]) -> None:
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

    def set_condition(self, quantity: str, prompt: Prompt) -> Answer:
        """Have the person do it."""
        return self._person.set_condition(quantity, prompt)

    def enter(self, form: Form) -> Entered:
        """Have the person fill it in."""
        return self._person.enter(form)

    def connect(self, form: Form) -> Entered:
        """Have the person connect the gas."""
        return self._person.connect(form)

    def disconnect(self, prompt: Prompt) -> Answer:
        """Have the person take it off."""
        return self._person.disconnect(prompt)


class AttendedOperator(SharedOperator):
    """A person who is asked everything, also at a simulated bench; what is done at a simulated device follows the word."""

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Ask the person to adjust; the keys of a simulated device are then turned."""
        by = self._person.adjust(device, point, indicated, target, unit)
        if self._simulates(device):
            self._simulated.adjust(device, point, indicated, target, unit)
        return by

    def set_condition(self, quantity: str, prompt: Prompt) -> Answer:
        """Ask the person; the simulated laboratory then has what was said."""
        answer = self._person.set_condition(quantity, prompt)
        self._simulated.set_condition(quantity, replace(prompt, expected=answer.number))
        return answer

    def connect(self, form: Form) -> Entered:
        """Ask the person; the line of the simulated laboratory then carries what was stated."""
        entered = self._person.connect(form)
        self._simulated.put_on(form, entered)
        return entered

    def disconnect(self, prompt: Prompt) -> Answer:
        """Ask the person; the divider of the simulated laboratory is then connected again."""
        answer = self._person.disconnect(prompt)
        self._simulated.disconnect(prompt)
        return answer


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
        number = self._put(prompt)
        row = self._await(number, lambda text: self._take(number, prompt, text))
        given = None if row.given is None else row.given.digest
        return Answer(text=row.answer_text or "", number=row.answer_number, by=row.by, picture=given)

    def _put(self, prompt: Prompt, form: Form | None = None) -> int:
        """Enter the question in the record and show it; its number."""
        runs = self._record.runs(self._evaluation)
        number = self._record.prompts.ask(
            self._evaluation,
            runs[-1].identifier if runs else None,
            text=prompt.text,
            unit=prompt.unit or "",
            expected=prompt.expected,
            bench_time=self._clock.now(),
            at=self._clock.wall(),
            choices=prompt.choices,
            picture=None if prompt.picture is None else read_picture(prompt.picture),
            wants_picture=prompt.wants_picture,
            form=None if form is None else form.document(),
        )
        self._show(number, prompt, form)
        return number

    def _await(self, number: int, take: Callable[[str], None]) -> PromptRow:
        """Wait until the question is answered; what is typed meanwhile is handed to `take`."""
        try:
            while (row := self._answered(number)) is None:
                self._take_typed(take)
                self._idle(PIECE_S)
        except BaseException as error:
            self._withdraw(number, error)
            raise
        return row

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have a person adjust the device, and wait for the confirmation."""
        decimals = _decimals(max(abs(indicated), abs(target)))
        text = (
            f"Adjust the {point} of device {device} at the device: it shows {indicated:.{decimals}f} {unit}, make it show "
            f"{target:.{decimals}f} {unit}. Answer when done"
        )
        return self.ask(Prompt(text)).by

    def set_condition(self, quantity: str, prompt: Prompt) -> Answer:
        """Ask a person to set the condition, and what it is then."""
        return self.ask(prompt)

    def enter(self, form: Form) -> Entered:
        """Ask until somebody has filled the table in."""
        number = self._put(Prompt(form.question), form)
        row = self._await(number, lambda text: self._fill_in(number, form, text))
        entered = from_json(Entered, row.entered or {})
        return replace(entered, rows=form.complete(entered.rows), by=row.by)

    def connect(self, form: Form) -> Entered:
        """Ask a person to connect the gas, and what its certificate states."""
        return self.enter(form)

    def disconnect(self, prompt: Prompt) -> Answer:
        """Ask a person to take the gas off, and wait for the confirmation."""
        return self.ask(prompt)

    def _show(self, number: int, prompt: Prompt, form: Form | None) -> None:
        value = answer_words(prompt.unit or "", prompt.choices, wants_picture=prompt.wants_picture)
        if form is not None:
            value = "--csv FILE"
        command = f"`testbench answer {self._evaluation} --prompt {number} {value}`"
        wanted = asked_for(prompt.unit or "", prompt.choices)
        if form is not None:
            wanted = f" [{columns_in_words(form)}]"
        if prompt.picture is not None:
            wanted += f" (see {prompt.picture})"
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

    def _take_typed(self, take: Callable[[str], None]) -> None:
        if self._keyboard is None:
            return
        for text in self._keyboard.lines():
            try:
                take(text)
            except (InputError, RecordError) as error:
                self._tell(str(error))

    def _take(self, number: int, prompt: Prompt, typed: str) -> None:
        text, value, picture = _typed(prompt, typed)
        by, at = present_person(), self._clock.wall()
        self._record.prompts.answer(number, text=text, value=value, by=by, at=at, picture=picture)

    def _fill_in(self, number: int, form: Form, typed: str) -> None:
        fill_in(self._record, number, typed_form(form, typed, present_person()), self._clock.wall())

    def _withdraw(self, number: int, error: BaseException) -> None:
        """Nobody is to answer any more; a record that cannot be written must not hide why."""
        try:
            self._record.prompts.withdraw(number, at=self._clock.wall())
        except RecordError as second:
            error.add_note(str(second))


def fill_in(record: Record, number: int, entered: Entered, at: dt.datetime) -> None:
    """Enter a table as the answer to a question; RecordError where it asks for none, or is answered."""
    text = f"{len(entered.rows)} rows from {entered.source}"
    record.prompts.fill_in(number, to_json(entered), text=text, by=entered.by, at=at)


def _typed(prompt: Prompt, text: str) -> tuple[str, float | None, Picture | None]:
    """What a person typed: answer and number; a picture is given by its path, behind the answer where one is asked for."""
    if not prompt.wants_picture:
        return *read_answer(text, prompt.unit or "", prompt.choices), None
    if not (prompt.unit or prompt.choices):
        return "", None, read_picture(Path(text.strip()))
    answer, _, path = text.partition(";")
    if not path.strip():
        raise InputError("the question asks for a picture too: type the answer, a semicolon, and the path of the picture")
    return *read_answer(answer, prompt.unit or "", prompt.choices), read_picture(Path(path.strip()))


def read_answer(text: str, unit: str, choices: Sequence[str]) -> tuple[str, float | None]:
    """Read what a person gave as an answer: the text, or the choice that is meant, and the number where one is asked for.

    A choice is meant by its text in any case of letters, or by its place from 1. InputError says what is wrong.
    """
    if unit:
        return text, read_number(text, unit)
    if not choices:
        return text, None
    wanted = text.strip()
    if wanted in choices:
        return wanted, None
    alike = [choice for choice in choices if choice.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0], None
    if wanted.isdecimal() and 1 <= int(wanted) <= len(choices):
        return choices[int(wanted) - 1], None
    listing = "; ".join(f"{place}: {choice}" for place, choice in enumerate(choices, 1))
    raise InputError(f"{text!r} is none of the choices; give one of them, or its number: {listing}")


def read_number(text: str, unit: str) -> float:
    """Read a number that a person typed, with a point or a comma; InputError says what is wrong with it."""
    spelled = plain_number(text)
    value = math.nan if spelled is None else float(spelled)
    if not math.isfinite(value):
        raise InputError(f"{text!r} is not a number; give a number in {unit}")
    return value


def _decimals(value: float) -> int:
    """Decimals that show a value with four digits."""
    return 3 if not value or not math.isfinite(value) else min(9, max(0, 3 - math.floor(math.log10(value))))
