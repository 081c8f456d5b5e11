"""Questions to a person: in the record until they are answered, from another terminal or at the keyboard."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from testbench.engine.asking import operator_of
from testbench.engine.clock import RealClock
from testbench.engine.holding import HoldError
from testbench.engine.interruption import Interruption
from testbench.engine.keyboard import Keyboard
from testbench.engine.operator import Prompt, RecordOperator, SimulatedOperator, read_answer, read_number
from testbench.engine.prompting import folder_of
from testbench.engine.roles import Adjustment
from testbench.engine.steps import Answer, from_json, to_json
from testbench.errors import AbortedError, InputError, RecordError

FLOW = Prompt("Flow at the exhaust", "L/min", 0.4)


class Typing:
    """A keyboard at which is typed what `lines` gives, a line each time it is looked at."""

    def __init__(self, *texts):
        self.texts = list(texts)

    def begin(self):
        pass

    def lines(self):
        return [self.texts.pop(0)] if self.texts else []


@pytest.fixture
def operator(going):
    """Make an operator; `meanwhile` is what happens while it waits, one after the other."""

    def make(*meanwhile, **options):
        happening = iter(meanwhile)
        told = []
        made = RecordOperator(
            going.record,
            going.evaluation,
            RealClock(),
            idle=lambda seconds: next(happening)(),
            tell=told.append,
            **options,
        )
        return made, told

    return make


def answering(going, text, value=None, by="li"):
    def answer():
        (row,) = going.record.prompts.open(going.evaluation)
        going.record.prompts.answer(row.number, text=text, value=value, by=by, at=going.at)

    return answer


def nothing():
    pass


def test_a_question_waits_in_the_record_for_its_answer(going, operator):
    made, told = operator(nothing, answering(going, "0.4", 0.4))
    answer = made.ask(FLOW)
    assert (answer.text, answer.number, answer.by) == ("0.4", 0.4, "li")
    (row,) = going.record.prompts.of(going.evaluation)
    assert (row.text, row.unit, row.expected, row.run) == ("Flow at the exhaust", "L/min", 0.4, going.run)
    command = f"`testbench answer {going.evaluation} --prompt {row.number} VALUE`"
    assert told == [f"question {row.number} to the operator: Flow at the exhaust [L/min]; answer with {command}"]


def test_the_keyboard_answers_too_and_is_asked_again_for_what_is_no_number(going, operator):
    made, told = operator(nothing, nothing, nothing, keyboard=Typing("about a half", "nan", " 0,41 "))
    answer = made.ask(FLOW)
    assert answer.number == 0.41
    assert answer.by == going.record.prompts.of(going.evaluation)[0].by != ""
    assert "type the answer here" in told[0]
    assert told[1:] == [
        "'about a half' is not a number; give a number in L/min",
        "'nan' is not a number; give a number in L/min",
    ]


def test_a_question_without_a_number_takes_any_text(going, operator):
    made, _ = operator(nothing, keyboard=Typing("the valve was shut"))
    answer = made.ask(Prompt("What was wrong?"))
    assert (answer.text, answer.number) == ("the valve was shut", None)


def test_choices_are_offered_and_taken_by_text_or_by_number(going, operator):
    made, told = operator(nothing, nothing, keyboard=Typing("perhaps", " NO "))
    assert made.ask(Prompt("Is there an alarm?", choices=("yes", "no"))).text == "no"
    assert told[0].startswith("question 1 to the operator: Is there an alarm? [yes | no]; type the answer here")
    assert told[0].endswith("CHOICE`")
    assert told[1] == "'perhaps' is none of the choices; give one of them, or its number: 1: yes; 2: no"
    assert read_answer("1", "", ("yes", "no")) == ("yes", None)
    with pytest.raises(InputError, match="none of the choices"):
        read_answer("3", "", ("yes", "no"))


def test_a_picture_is_asked_for_and_given_by_its_path(going, operator, tmp_path):
    file = tmp_path / "display.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n...")
    made, told = operator(nothing, nothing, keyboard=Typing(str(tmp_path / "missing.png"), f" {file} "))
    answer = made.ask(Prompt("Photograph the display", picture=file, wants_picture=True))
    (row,) = going.record.prompts.of(going.evaluation)
    assert answer.picture == row.given.digest == row.shown.digest
    assert told[0].startswith(f"question 1 to the operator: Photograph the display (see {file}); type the answer here")
    assert told[0].endswith("--file PICTURE`")
    assert "missing.png cannot be read" in told[1]


def test_a_number_and_a_picture_are_typed_with_a_semicolon_between(going, operator, tmp_path):
    file = tmp_path / "display.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n...")
    made, told = operator(nothing, nothing, keyboard=Typing("4,1", f"4,1; {file}"))
    answer = made.ask(Prompt("What does the display show?", "mg/m³", wants_picture=True))
    assert answer.number == 4.1
    assert answer.picture is not None
    assert "type the answer, a semicolon, and the path" in told[1]


def test_the_simulated_operator_takes_the_first_choice_and_has_no_picture():
    operator = SimulatedOperator(None)
    assert operator.ask(Prompt("Alarm?", choices=("no", "yes"))).text == "no"
    answer = operator.ask(Prompt("Photograph", wants_picture=True))
    assert (answer.text, answer.picture) == ("none", None)


def test_a_question_has_choices_or_a_unit_and_choices_that_differ():
    with pytest.raises(InputError, match="has choices and a unit"):
        Prompt("?", "mg", choices=("a", "b"))
    with pytest.raises(InputError, match="empty or alike"):
        Prompt("?", choices=("a", "a"))


def test_what_a_question_does_not_have_is_left_out_of_the_journal(tmp_path):
    assert Prompt("?").arguments() == {"text": "?", "unit": None}
    full = Prompt("?", choices=("a", "b"), picture=Path("pictures/valve.png"), wants_picture=True)
    offered = {"choices": ["a", "b"], "picture": "pictures/valve.png", "wants_picture": True}
    assert full.arguments() == {"text": "?", "unit": None, **offered}
    assert to_json(Answer("a", None, "li")) == {"text": "a", "number": None, "by": "li"}
    assert from_json(Answer, {"text": "a", "number": None, "by": "li"}) == Answer("a", None, "li")
    assert from_json(Answer, to_json(Answer("a", None, "li", "5" * 64))).picture == "5" * 64


def test_the_picture_of_a_question_lies_beside_the_procedure(tmp_path):
    prompt = Prompt("Which valve?", picture=Path("valve.png"))
    with pytest.raises(InputError, match=r"shows the picture .*valve\.png, which is not there"):
        prompt.beside(tmp_path)
    (tmp_path / "valve.png").write_bytes(b"x")
    assert prompt.beside(tmp_path).picture == tmp_path / "valve.png"
    assert folder_of(test_the_picture_of_a_question_lies_beside_the_procedure) == Path(__file__).parent


def test_an_adjustment_waits_for_the_confirmation_and_says_who_gave_it(going, operator):
    made, told = operator(answering(going, "done", by="wang"))
    assert made.adjust("A", Adjustment.SPAN, 19.71, 20.0, "%") == "wang"
    assert "Adjust the span of device A at the device: it shows 19.71 %, make it show 20.00 %. Answer when done" in told[0]
    assert told[0].endswith("done`")


def test_whoever_answers_first_counts(going, operator):
    made, told = operator(answering(going, "0.4", 0.4, by="wang"), keyboard=Typing())
    made._keyboard.lines = lambda: [] if going.record.prompts.open(going.evaluation) else ["0.5"]
    answer = made.ask(FLOW)
    assert (answer.number, answer.by) == (0.4, "wang")
    assert len(told) == 1


def test_an_abort_withdraws_the_question(going, operator):
    with Interruption() as interruption:
        interruption.hold()
        clock = RealClock(interruption.check)
        made = RecordOperator(going.record, going.evaluation, clock)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(AbortedError, match="from the keyboard"):
            made.ask(FLOW)
    (row,) = going.record.prompts.of(going.evaluation)
    assert not row.open
    assert row.answered is None


def test_a_record_that_cannot_be_read_for_a_moment_is_told_and_the_question_stays(going, operator, monkeypatch):
    get = going.record.prompts.get

    def locked(number):
        raise RecordError("the record is locked")

    def later():
        monkeypatch.setattr(going.record.prompts, "get", get)
        answering(going, "0.4", 0.4)()

    made, told = operator(nothing, later)
    monkeypatch.setattr(going.record.prompts, "get", locked)
    assert made.ask(FLOW).number == 0.4
    assert told[1:] == ["whether the question was answered cannot be seen at the moment: the record is locked"]


def test_the_bench_is_read_on_while_a_person_is_asked(going, simulated_station):
    class Sampling:
        reads = 0

        def once(self):
            self.reads += 1
            answering(going, "0.4", 0.4)()

    sampler, station = Sampling(), simulated_station().station
    asked = operator_of(station, None, going.record, going.evaluation, RealClock(), sampler, lambda text: None)
    assert asked.ask(FLOW).number == 0.4
    assert sampler.reads == 1


def test_what_the_reading_meets_withdraws_the_question(going, simulated_station):
    class Tripped:
        def once(self):
            raise HoldError("gas in the room", lambda: True)

    station = simulated_station().station
    asked = operator_of(station, None, going.record, going.evaluation, RealClock(), Tripped(), lambda text: None)
    with pytest.raises(HoldError):
        asked.ask(FLOW)
    assert going.record.prompts.open(going.evaluation) == []


@pytest.mark.parametrize(("text", "value"), [("1.5", 1.5), ("1,5", 1.5), (" -2e-3 ", -0.002)])
def test_numbers_are_read_with_a_point_or_a_comma(text, value):
    assert read_number(text, "kPa") == value


@pytest.mark.parametrize("text", ["", "one", "nan", "inf", "1.5 kPa", "1,234.5"])
def test_what_is_no_number_is_refused_by_name(text):
    with pytest.raises(InputError, match=r"is not a number; give a number in kPa"):
        read_number(text, "kPa")


@pytest.mark.skipif(sys.platform == "win32", reason="the other end of a terminal is had on POSIX alone")
def test_lines_typed_at_a_terminal_come_one_by_one_and_none_from_before_the_question():
    ours, terminal = os.openpty()
    keyboard = Keyboard(terminal)
    try:
        keyboard.begin()
        typed(ours, b"hello\n")
        assert lines(keyboard, 1) == ["hello"]
        typed(ours, b"early\n")
        deadline = time.monotonic() + 30
        while keyboard._lines.empty():
            assert time.monotonic() < deadline
        keyboard.begin()
        typed(ours, "流量 1\n2\n".encode())
        assert lines(keyboard, 2) == ["流量 1", "2"]
    finally:
        os.close(ours)


def test_without_a_terminal_there_is_no_keyboard(monkeypatch):
    with Path(os.devnull).open() as nothing_there:
        monkeypatch.setattr(sys, "stdin", nothing_there)
        assert Keyboard.of_terminal() is None
    assert Keyboard.of_terminal() is None  # closed
    monkeypatch.setattr(sys, "stdin", None)
    assert Keyboard.of_terminal() is None


def typed(terminal, data):
    os.write(terminal, data)


def lines(keyboard, count):
    """So many lines, as they come."""
    found = []
    deadline = time.monotonic() + 30
    while len(found) < count:
        assert time.monotonic() < deadline
        found += keyboard.lines()
    return found
