"""Commands, prompts and alarms: what passes between a running evaluation and the people around it."""

import datetime as dt
import math
from pathlib import Path

import pytest

from testbench.errors import InputError, RecordError
from testbench.record.model import CommandKind, CommandRow
from testbench.record.pictures import LARGEST, Picture, picture_of, read_picture
from testbench.record.store import Record


def test_a_command_waits_until_it_is_taken(record: Record, evaluation: str, moment: dt.datetime) -> None:
    later = moment + dt.timedelta(seconds=1)
    with Record.open(record.path) as giver:
        pause = giver.commands.give(evaluation, CommandKind.PAUSE, {"at_once": True}, by="li@bench", at=moment)
        abort = giver.commands.give(evaluation, CommandKind.ABORT, {"reason": "漏气"}, by="li@bench", at=moment)
    given = CommandRow(pause, evaluation, CommandKind.PAUSE, {"at_once": True}, "li@bench", moment)
    assert record.commands.waiting(evaluation)[0] == given
    record.commands.take(pause, reply="paused", at=later)
    assert [command.number for command in record.commands.waiting(evaluation)] == [abort]
    taken = record.commands.of(evaluation)[0]
    assert (taken.taken, taken.reply) == (later, "paused")
    with pytest.raises(RecordError, match=f"command {pause} was taken already"):
        record.commands.take(pause, reply="", at=later)
    with pytest.raises(RecordError, match="there is no command 99"):
        record.commands.take(99, reply="", at=later)
    with pytest.raises(RecordError, match="there is no evaluation E1"):
        record.commands.give("E1", CommandKind.RESUME, {}, by="", at=moment)


def ask(record: Record, evaluation: str, run: str, moment: dt.datetime, unit: str = "hPa") -> int:
    return record.prompts.ask(
        evaluation, run, text="Enter the pressure", unit=unit, expected=1000.0, bench_time=5.0, at=moment
    )


def test_a_prompt_is_answered_once(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    number = ask(record, evaluation, run, moment)
    (prompt,) = record.prompts.open(evaluation)
    assert (prompt.number, prompt.run, prompt.unit, prompt.expected, prompt.asked) == (number, run, "hPa", 1000.0, moment)
    for value in (None, math.nan, math.inf):
        with pytest.raises(RecordError, match=r"asks for a number in hPa, not 'high'"):
            record.prompts.answer(number, text="high", value=value, by="li", at=moment)
    record.prompts.answer(number, text="1013", value=1013.0, by="li", at=moment)
    answered = record.prompts.get(number)
    assert (answered.answer_text, answered.answer_number, answered.by, answered.answered) == ("1013", 1013.0, "li", moment)
    assert record.prompts.open(evaluation) == []
    with pytest.raises(RecordError, match="was answered or withdrawn already"):
        record.prompts.answer(number, text="1014", value=1014.0, by="wang", at=moment)
    with pytest.raises(RecordError, match="was answered or withdrawn already"):
        record.prompts.withdraw(number, at=moment)
    assert record.prompts.get(number) == answered


def test_a_withdrawn_prompt_takes_no_answer(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    number = ask(record, evaluation, run, moment, unit="")
    record.prompts.withdraw(number, at=moment)
    assert record.prompts.open(evaluation) == []
    with pytest.raises(RecordError, match="was answered or withdrawn already"):
        record.prompts.answer(number, text="done", value=None, by="li", at=moment)
    with pytest.raises(RecordError, match="there is no prompt 99"):
        record.prompts.get(99)


def test_one_of_the_choices_is_taken_and_nothing_else(
    record: Record, evaluation: str, run: str, moment: dt.datetime
) -> None:
    number = record.prompts.ask(
        evaluation, run, text="Alarm?", unit="", expected=None, bench_time=5.0, at=moment, choices=("无", "有")
    )
    assert record.prompts.get(number).choices == ("无", "有")
    with pytest.raises(RecordError, match="offers '无', '有', not 'maybe'"):
        record.prompts.answer(number, text="maybe", value=None, by="li", at=moment)
    record.prompts.answer(number, text="有", value=None, by="li", at=moment)
    assert record.prompts.get(number).answer_text == "有"


def test_a_picture_is_shown_and_one_is_given(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    shown, given = Picture("valve.jpg", "image/jpeg", b"shown"), Picture("display.png", "image/png", b"given")
    number = record.prompts.ask(
        evaluation, run, text="Photograph the display", unit="", expected=None, bench_time=5.0, at=moment,
        picture=shown, wants_picture=True,
    )  # fmt: skip
    (prompt,) = record.prompts.open(evaluation)
    assert prompt.wants_picture
    assert prompt.given is None
    assert prompt.shown is not None
    assert record.prompts.picture(prompt.shown.number) == shown
    with pytest.raises(RecordError, match="asks for a picture; give one"):
        record.prompts.answer(number, text="", value=None, by="li", at=moment)
    record.prompts.answer(number, text="", value=None, by="li", at=moment, picture=given)
    kept = record.prompts.get(number).given
    assert kept is not None
    assert (kept.name, kept.media_type, kept.digest, kept.by, kept.at) == (
        "display.png", "image/png", given.digest, "li", moment,
    )  # fmt: skip
    assert record.prompts.picture(kept.number) == given
    with pytest.raises(RecordError, match="there is no picture 99"):
        record.prompts.picture(99)


def test_a_picture_that_nobody_asked_for_is_refused_and_not_kept(
    record: Record, evaluation: str, run: str, moment: dt.datetime
) -> None:
    number = ask(record, evaluation, run, moment, unit="")
    with pytest.raises(RecordError, match="asks for no picture"):
        record.prompts.answer(
            number, text="done", value=None, by="li", at=moment, picture=Picture("a.png", "image/png", b"x")
        )
    assert record.prompts.get(number).pictures == ()


def test_pictures_are_png_or_jpeg_of_a_bearable_size(tmp_path: Path) -> None:
    file = tmp_path / "display.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    assert read_picture(file) == Picture("display.png", "image/png", file.read_bytes())
    assert picture_of("a", b"\xff\xd8\xff\xe0").media_type == "image/jpeg"
    with pytest.raises(InputError, match=r"notes\.txt is neither PNG nor JPEG"):
        picture_of("notes.txt", b"hello")
    with pytest.raises(InputError, match=r"has 20\.0 MB, at most 20"):
        picture_of("a.png", b"\x89PNG\r\n\x1a\n" + bytes(LARGEST))
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_picture(tmp_path / "missing.png")


def test_an_alarm_stands_until_it_is_released_and_acknowledged(record: Record, evaluation: str, moment: dt.datetime) -> None:
    number = record.alarms.trip(
        evaluation,
        name="co",
        action="abort",
        text="CO is high",
        channel="room.co",
        value=31.0,
        bench_time=7.0,
        at=moment,
    )
    assert record.alarms.of(evaluation)[0].latched
    record.alarms.acknowledge(number, by="li", at=moment)
    assert record.alarms.of(evaluation)[0].latched
    record.alarms.release(number, bench_time=9.0, at=moment)
    (alarm,) = record.alarms.of(evaluation)
    assert not alarm.latched
    assert (alarm.released_at, alarm.by, alarm.acknowledged) == (9.0, "li", moment)
    with pytest.raises(RecordError, match="was released already"):
        record.alarms.release(number, bench_time=10.0, at=moment)
    with pytest.raises(RecordError, match="was acknowledged already"):
        record.alarms.acknowledge(number, by="wang", at=moment)
