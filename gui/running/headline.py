"""The big lines of the Run screen, readable from two metres: state, present step, progress, times."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from gui.dates import local_clock, now
from gui.desk import Desk
from gui.running.course import Course, StepItem
from gui.running.situation import Situation, Times
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.wording import duration, moment
from testbench.outcome import Outcome
from testbench.report.wording import wording

_FAR_POINTS, _NEAR_POINTS = 24, 14
_SHAPES = {
    Situation.RUNNING: (Shape.DISC, Tone.TEXT),
    Situation.PAUSING: (Shape.DISC, Tone.ATTENTION),
    Situation.PAUSED: (Shape.BARS, Tone.ATTENTION),
    Situation.HELD: (Shape.BARS, Tone.ALARM),
    Situation.WAITING: (Shape.QUESTION, Tone.ATTENTION),
    Situation.LOST: (Shape.CROSS, Tone.ALARM),
    Situation.INTERRUPTED: (Shape.TRIANGLE, Tone.ATTENTION),
    Situation.CLOSED: (Shape.SQUARE, Tone.MUTED),
    Situation.FINISHED: (Shape.CHECK, Tone.TEXT),
    Situation.ABORTED: (Shape.SQUARE, Tone.ALARM),
}
OUTCOMES = {
    Outcome.PASS: (Shape.CHECK, Tone.GOOD),
    Outcome.FAIL: (Shape.CROSS, Tone.ALARM),
    Outcome.INCONCLUSIVE: (Shape.QUESTION, Tone.FAULT),
    Outcome.ABORTED: (Shape.SQUARE, Tone.ALARM),
    Outcome.ERROR: (Shape.TRIANGLE, Tone.ALARM),
}


class OneLine(QWidget):
    """A text on one line, cut with dots where there is no room; the whole of it is in the tool tip."""

    def __init__(self, points: int, *, bold: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        font = QFont(self.font())
        font.setPointSize(points)
        font.setBold(bold)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show a text."""
        if text != self._text:
            self._text = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as a line."""
        return QSize(200, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class Headline(QFrame):
    """State and step, large; progress and times below."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("kind", "card")
        self.state = StateLabel(desk.theme)
        font = QFont(self.font())
        font.setPointSize(_FAR_POINTS)
        font.setBold(True)
        self.state.setFont(font)
        self.state.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.step = OneLine(_FAR_POINTS)
        self.where = QLabel()
        self.where.setProperty("tone", "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(14)
        self.percent = OneLine(_NEAR_POINTS, bold=True)
        self.percent.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.percent.setFixedWidth(self.percent.fontMetrics().horizontalAdvance("100 %") + 8)
        self.times = OneLine(_NEAR_POINTS)
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addWidget(self.state)
        top.addWidget(self.step, 1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.progress, 1)
        middle.addWidget(self.percent)
        bottom = QHBoxLayout()
        bottom.addWidget(self.times, 1)
        bottom.addWidget(self.where)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(middle)
        column.addLayout(bottom)

    def show_nothing(self) -> None:
        """Nothing is known yet of what is followed."""
        self.state.show_state(Shape.RING, self.tr("Reading the record …"), Tone.MUTED)
        for line in (self.step, self.percent, self.times):
            line.set_text("")
        self.where.clear()
        self.progress.setValue(0)

    def show_all(self, state: Situation, course: Course | None, times: Times, why: str = "") -> None:
        """Show everything anew; `why` is why it is paused, as the record says it."""
        self._show_state(state, course)
        present = None if course is None else course.present
        self.step.set_text(self._step_words(state, course, present))
        where = "" if course is None or present is None else self._where_words(course, present)
        paused = state in (Situation.PAUSED, Situation.HELD) and why
        self.where.setText(f"{self._desk.tell(why)} · {where}" if paused else where)
        self.progress.setValue(round(1000 * (times.share or 0.0)))
        share = None if times.share is None else 100 if times.share >= 1 else min(99, int(100 * times.share))
        self.percent.set_text("–" if share is None else f"{share} %")
        self.progress.setAccessibleName(self.tr("Progress") + f" {self.percent.text}")
        self.times.set_text(self._times_words(state, course, times))

    def situation_word(self, state: Situation) -> str:
        """The state in a word."""
        return {
            Situation.RUNNING: self.tr("Running"),
            Situation.PAUSING: self.tr("Pauses after this step"),
            Situation.PAUSED: self.tr("Paused"),
            Situation.HELD: self.tr("Held by an alarm"),
            Situation.WAITING: self.tr("Waits for you"),
            Situation.LOST: self.tr("Process lost"),
            Situation.INTERRUPTED: self.tr("Interrupted"),
            Situation.CLOSED: self.tr("Closed"),
            Situation.FINISHED: self.tr("Finished"),
            Situation.ABORTED: self.tr("Aborted"),
        }[state]

    def _show_state(self, state: Situation, course: Course | None) -> None:
        shape, tone = _SHAPES[state]
        word, outcome = self.situation_word(state), _outcome(state, course)
        if outcome is not None:
            shape, tone = OUTCOMES[outcome]
            word = self.tr("Finished: {outcome}").format(outcome=self._outcome_word(outcome))
        self.state.show_state(shape, word, tone)

    def _step_words(self, state: Situation, course: Course | None, present: StepItem | None) -> str:
        row = None if course is None else course.row
        if course is not None and _outcome(state, course) is not None:
            devices: dict[str, list[Outcome]] = {}
            for verdict in course.verdicts:
                devices.setdefault(verdict.device, []).append(verdict.outcome)
            return " · ".join(f"{name}: {self._outcome_word(Outcome.worst(all_))}" for name, all_ in devices.items())
        if state in (Situation.ABORTED, Situation.CLOSED, Situation.LOST, Situation.INTERRUPTED) and row is not None:
            reason = row.reason.removeprefix(f"{row.identifier}: ")
            if reason:
                return self._desk.tell(reason)
        if course is None or present is None:
            return self.tr("The first step has not begun yet")
        return self._desk.say(present.text)

    def _outcome_word(self, outcome: Outcome) -> str:
        return wording(self._desk.language).name("outcome", outcome.value)

    def _where_words(self, course: Course, present: StepItem) -> str:
        run = next(run for run in course.runs if run.number == present.run)
        words = self.tr("Run {run} of {runs}: {title}, step {step} of {steps}").format(
            run=run.number, runs=len(course.runs), title=self._desk.say(run.title), step=present.number, steps=len(run.steps)
        )
        return words + (self.tr(" (attempt {number})").format(number=present.attempts) if present.attempts > 1 else "")

    def _times_words(self, state: Situation, course: Course | None, times: Times) -> str:
        language: Literal["zh", "en"] = "zh" if self._desk.language.value == "zh" else "en"
        elapsed = "" if times.real_s is None else duration(times.real_s, language)
        if course is None or course.jumps:
            parts = [
                self.tr("Bench time {bench}").format(bench=moment(times.bench_s, language)),
                *([self.tr("real time {elapsed}").format(elapsed=elapsed)] if elapsed else []),
            ]
            if times.left_s is not None:
                end = moment(times.bench_s + times.left_s, language)
                parts.insert(1, self.tr("{left} left, until {end}").format(left=duration(times.left_s, language), end=end))
            return " · ".join(parts)
        parts = [self.tr("Elapsed {elapsed}").format(elapsed=elapsed)]
        if times.left_s is not None:
            parts.append(self.tr("{left} left").format(left=duration(times.left_s, language)))
        if times.ends is not None:
            parts.append(self.tr("ends about {clock}").format(clock=local_clock(times.ends, now())))
        return " · ".join(parts)


def _outcome(state: Situation, course: Course | None) -> Outcome | None:
    """What a finished evaluation came to, where a standard judged it."""
    if state is not Situation.FINISHED or course is None or not course.row.start.standard:
        return None
    return course.row.outcome
