"""Words and shapes for outcomes, standings, characteristics and decisions on the screen of results."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.dates import local
from gui.desk import Desk
from gui.results.comparing import Row
from gui.results.reading import Line
from gui.theme import Tone
from gui.widgets.state_label import Shape
from testbench.criteria.judge import Verdict
from testbench.engine.standing import Standing
from testbench.office.outcome_words import WORDS as OUTCOMES
from testbench.office.standing_words import WORDS as STANDINGS
from testbench.outcome import Outcome
from testbench.record.attempts import Attempt
from testbench.report.wording import wording

SHAPES = {
    Outcome.PASS: (Shape.CHECK, Tone.TEXT),
    Outcome.FAIL: (Shape.CROSS, Tone.ALARM),
    Outcome.INCONCLUSIVE: (Shape.QUESTION, Tone.FAULT),
    Outcome.ABORTED: (Shape.SQUARE, Tone.ATTENTION),
    Outcome.ERROR: (Shape.TRIANGLE, Tone.ATTENTION),
}
NONE = (Shape.RING, Tone.MUTED)


def outcome_word(desk: Desk, outcome: Outcome | None) -> str:
    """A verdict in a word."""
    return QCoreApplication.translate("results", "not judged") if outcome is None else OUTCOMES[outcome].say(desk.language)


def outcome_shape(outcome: Outcome | None) -> tuple[Shape, Tone]:
    """A verdict in a shape, and its colour: a pass needs no attention."""
    return NONE if outcome is None else SHAPES[outcome]


def standing_word(desk: Desk, standing: Standing) -> str:
    """Where an evaluation stands."""
    return STANDINGS[standing].say(desk.language)


def title(desk: Desk, line: Line | Row) -> str:
    """What a characteristic is called: as the standard does, else as the reports do."""
    said = line.title if isinstance(line, Row) else line.verdict.title if line.verdict and line.criterion else None
    return desk.say(said) if said is not None else wording(desk.language).name("characteristic", line.characteristic)


def marks(desk: Desk, line: Line) -> list[str]:
    """What must be known of a verdict beside its word."""
    said = []
    if line.outcome is not None and line.verdict is not None:
        if line.verdict.limit_within_uncertainty:
            said.append(QCoreApplication.translate("results", "limit within uncertainty"))
        if line.verdict.provisional:
            said.append(QCoreApplication.translate("results", "provisional limit"))
    if line.attempt is not None and line.attempt.excluded is not None:
        said.append(QCoreApplication.translate("results", "excluded"))
    elif line.result is not None and len(line.result.attempts) > 1:
        said.append(QCoreApplication.translate("results", "repeated"))
    return said


def evidence_words(desk: Desk, verdict: Verdict) -> str:
    """How a limit is known: the mark in words, and the confidence where it is stated."""
    mark, _, percent = verdict.evidence.partition(" ")
    words = wording(desk.language)
    said = words.name("evidence", mark) if mark else ""
    return words.fill("evidence.confidence", mark=said, percent=percent.split()[0]) if percent else said


def decisions(attempt: Attempt) -> list[str]:
    """What was decided about an attempt, in order: why, by whom, when."""
    said = []
    if attempt.repeat is not None:
        text = QCoreApplication.translate("results", "Repeat: {reason} ({by}, {at})")
        said.append(text.format(reason=attempt.repeat.reason, by=attempt.repeat.by, at=local(attempt.repeat.at)))
    for exclusion in attempt.exclusions:
        text = QCoreApplication.translate("results", "Excluded: {reason} ({by}, {at})")
        said.append(text.format(reason=exclusion.reason, by=exclusion.by, at=local(exclusion.at)))
        if (back := exclusion.taken_back) is not None:
            text = QCoreApplication.translate("results", "Taken back: {reason} ({by}, {at})")
            said.append(text.format(reason=back.reason, by=back.by, at=local(back.at)))
    return said


def run_name(identifier: str, evaluation: str) -> str:
    """A run as people say it: R03 of the evaluation that is shown, else with the name of its own."""
    return identifier.removeprefix(f"{evaluation}-")
