"""The buttons to exclude the chosen result, to take that back, and to repeat its item; each asks for a reason."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.desk import Desk
from gui.icons import icon
from gui.results.doing import exclude_finding, restore_finding, start_repeat
from gui.results.reading import Evaluated, Line
from gui.results.reason_dialog import ReasonDialog
from gui.results.words import outcome_word, title
from gui.tasks import Task
from testbench.engine.amending import Amended
from testbench.report.numbers import with_unit


class Amender(QWidget):
    """`changed` says that the evaluation was judged anew."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.going: Task | None = None
        self._evaluated: Evaluated | None = None
        self._line: Line | None = None
        self.exclude, self.restore, self.repeat = QPushButton(), QPushButton(), QPushButton()
        self.exclude.clicked.connect(self._ask_exclude)
        self.restore.clicked.connect(self._ask_restore)
        self.repeat.clicked.connect(self._ask_repeat)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.exclude, self.restore, self.repeat):
            row.addWidget(button)

    def show_line(self, evaluated: Evaluated | None, line: Line | None) -> None:
        """Be about a result."""
        self._evaluated, self._line = evaluated, line
        self._enable()

    def _enable(self) -> None:
        may = self._evaluated is not None and self._evaluated.amendable and self.going is None
        attempt = None if self._line is None else self._line.attempt
        self.exclude.setEnabled(may and attempt is not None and attempt.excluded is None)
        self.restore.setEnabled(may and attempt is not None and attempt.excluded is not None)
        self.repeat.setEnabled(may and self._run_number() is not None)

    def _run_number(self) -> int | None:
        """The run of the evaluation that determined the chosen result first."""
        line, evaluated = self._line, self._evaluated
        if line is None or evaluated is None or line.result is None:
            return None
        first = line.result.attempts[0]
        run = str(first.repeat.document["run"]) if first.repeat is not None else first.stored.run
        span = evaluated.runs.get(run)
        return None if span is None else span.run.number

    # ---- asked for a reason -------------------------------------------------------------------------------------------

    def _ask_exclude(self) -> None:
        line = self._line
        if line is None:
            return
        what = self.tr("Exclude {characteristic} of device {name} ({value})?")
        follows = self.tr(
            "The evaluation is judged anew. Without a repeat the verdict is then inconclusive. The value stays in the "
            "record and in the report, with your reason."
        )
        dialog = self._ask(line, self.tr("Exclude a result"), what, follows, self.tr("Exclude"))
        dialog.accepted.connect(lambda: self.amend(line, dialog.reason, restoring=False))

    def _ask_restore(self) -> None:
        line = self._line
        if line is None:
            return
        what = self.tr("Let {characteristic} of device {name} count again?")
        follows = self.tr("The evaluation is judged anew. Exclusion and reasons stay in the record and in the report.")
        dialog = self._ask(line, self.tr("Take back an exclusion"), what, follows, self.tr("Take back"))
        dialog.accepted.connect(lambda: self.amend(line, dialog.reason, restoring=True))

    def _ask_repeat(self) -> None:
        line, number = self._line, self._run_number()
        if line is None or number is None:
            return
        what = self.tr("Repeat the item that determines {characteristic}?")
        follows = self.tr(
            "An evaluation of its own begins on the station now: this item alone, same settings, all devices. When it is "
            "finished its results take the place of these; all attempts stay in the report."
        )
        dialog = self._ask(line, self.tr("Repeat an item"), what, follows, self.tr("Begin the repeat"))
        dialog.accepted.connect(lambda: self.begin_repeat(number, dialog.reason))

    def _ask(self, line: Line, heading: str, what: str, follows: str, confirm: str) -> ReasonDialog:
        finding = None if line.attempt is None else line.attempt.stored.finding
        value = "" if finding is None or finding.value is None else with_unit(f"{finding.value:.4g}", finding.unit)
        said = what.format(characteristic=title(self.desk, line), name=line.device, value=value)
        dialog = ReasonDialog(heading, said, follows, confirm, self.desk.person, self)
        dialog.open()
        return dialog

    # ---- done ---------------------------------------------------------------------------------------------------------

    def amend(self, line: Line, reason: str, *, restoring: bool) -> None:
        """Exclude the attempt at a result that counts, or take that back; with a reason."""
        evaluated, attempt = self._evaluated, line.attempt
        if evaluated is None or attempt is None or self.going is not None:
            return
        change = restore_finding if restoring else exclude_finding
        number, by = attempt.stored.number, self.desk.person
        path, identifier = evaluated.path, evaluated.identifier
        self.going = self.desk.tasks.start(
            lambda progress: change(path, identifier, number, reason, by),
            owner=self,
            done=self._amended,
            title=self.tr("Judging {name} anew").format(name=identifier),
        )
        self.going.over.connect(self._over)
        self._enable()

    def _amended(self, amended: Amended) -> None:
        word = outcome_word(self.desk, amended.after)
        self.desk.inform(self.tr("Judged anew: {outcome}").format(outcome=word))
        self.desk.lookout.look_now()
        self.changed.emit()

    def begin_repeat(self, number: int, reason: str) -> None:
        """Start the repeat of a run, and go to where it is watched."""
        evaluated = self._evaluated
        if evaluated is None or self.going is not None:
            return
        path, identifier, by, language = evaluated.path, evaluated.identifier, self.desk.person, self.desk.language
        self.going = self.desk.tasks.start(
            lambda progress: start_repeat(path, identifier, number, reason, by, language),
            owner=self,
            done=lambda repeat: self._repeating(path, repeat),
            failed=lambda error: self.desk.fail(error, self.tr("Beginning a repeat")),
            title=self.tr("Beginning a repeat of {name}").format(name=identifier),
        )
        self.going.over.connect(self._over)
        self._enable()

    def _repeating(self, path: Path, repeat: str) -> None:
        self.desk.know(path)
        self.desk.inform(self.tr("The repeat {name} has begun").format(name=repeat))
        self.desk.go("run", record=path, evaluation=repeat)

    def _over(self) -> None:
        self.going = None
        self._enable()

    # ---- looks --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.exclude.setText(self.tr("&Exclude …"))
        self.exclude.setToolTip(self.tr("Exclude the chosen result, with a reason"))
        self.restore.setText(self.tr("&Take back …"))
        self.restore.setToolTip(self.tr("Let the chosen result count again, with a reason"))
        self.repeat.setText(self.tr("&Repeat …"))
        self.repeat.setToolTip(self.tr("Repeat the item that determines the chosen result, with a reason"))

    def restyle(self) -> None:
        """Set what the palette does not."""
        for button, name in ((self.exclude, "remove"), (self.restore, "undo"), (self.repeat, "refresh")):
            button.setIcon(icon(name))
