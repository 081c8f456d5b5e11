"""What a person does to an evaluation, each a function for a thread: it opens the record, acts, returns what came of it."""

from __future__ import annotations

from pathlib import Path

from testbench.engine import commanding
from testbench.engine.clock import wall_now
from testbench.engine.entering import Entered
from testbench.engine.standing import stand
from testbench.errors import InputError, TestbenchError
from testbench.office.detached import start_detached
from testbench.office.reply_words import ended, reply_words
from testbench.record.model import PromptRow
from testbench.record.pictures import Picture, read_picture
from testbench.record.store import Record

NOTE = "operator"  # the kind of event that a person's note is


def pause(path: Path, evaluation: str, by: str, *, at_once: bool) -> str:
    """Have it pause; what its process says."""
    with Record.open(path) as record:
        return reply_words(commanding.pause(record, evaluation, by=by, at_once=at_once))


def resume(path: Path, evaluation: str, by: str) -> str:
    """Have it go on: the process that holds it, or a new one where it was lost or interrupted; empty for a new one."""
    with Record.open(path) as record:
        at = stand(record, evaluation)
        if at.standing.goes_on:
            return reply_words(commanding.resume(record, evaluation, by=by))
        if not at.standing.resumable:
            raise InputError(f"{evaluation} is over ({at.standing})")
        folder = Path(str(at.row.start.request.get("output") or record.path.parent))
        language = at.row.start.language
    words = ["resume", evaluation, "--record", str(path), "--language", "zh" if language == "zh" else "en"]
    start_detached(words, folder)
    return ""


def abort(path: Path, evaluation: str, by: str, reason: str) -> str:
    """Abort it; what became of it. TestbenchError where it does not end."""
    with Record.open(path) as record:
        end = commanding.abort(record, stand(record, evaluation), by=by, reason=reason)
    if end is None:
        raise TestbenchError(
            f"{evaluation} has not ended within {commanding.ENDS_WITHIN_S:.0f} s after it was asked to abort; look at the "
            "bench, and shut the gas by hand if need be"
        )
    return ended(end)


def acknowledge(path: Path, evaluation: str, by: str, number: int | None = None) -> None:
    """Acknowledge one alarm, or all that nobody has acknowledged yet."""
    with Record.open(path) as record:
        alarms = [alarm for alarm in record.alarms.of(evaluation) if alarm.acknowledged is None]
        chosen = [alarm for alarm in alarms if number in (None, alarm.number)]
        commanding.acknowledge(record, stand(record, evaluation), chosen, by=by)


def answer(path: Path, prompt: PromptRow, text: str, picture: Path | None, by: str) -> None:
    """Answer a question; InputError says what is wrong with the answer."""
    given = None if picture is None else read_picture(picture)
    with Record.open(path) as record:
        commanding.answer(record, prompt, text, given, by=by)


def enter(path: Path, prompt: PromptRow, entered: Entered) -> None:
    """Answer a question with a table; InputError says what is wrong with it."""
    with Record.open(path) as record:
        commanding.enter(record, prompt, entered)


def shown_picture(path: Path, prompt: PromptRow) -> Picture | None:
    """The picture that is shown with a question."""
    if prompt.shown is None:
        return None
    with Record.open(path) as record:
        return record.prompts.picture(prompt.shown.number)


def note(path: Path, evaluation: str, by: str, text: str) -> None:
    """Enter a note."""
    with Record.open(path) as record:
        runs = record.runs(evaluation)
        run = runs[-1].identifier if runs else None
        at = record.last_bench_time(evaluation)
        record.event(evaluation, run, NOTE, f"{text} ({by})", bench_time=at, at=wall_now())
