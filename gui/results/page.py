"""Results: the list of all evaluations, one of them with its results, or devices side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.page import Page
from gui.results.compare_view import CompareView
from gui.results.evaluation_view import EvaluationView
from gui.results.list_view import ListView
from gui.results.listing import Listed
from gui.results.reading import Evaluated, Line, read_evaluation
from gui.tasks import Progress, Task
from testbench.record.store import Record


class ResultsPage(Page):
    """The screen. `arrive(record=…, evaluation=…)` shows one evaluation; without a target it shows what it showed."""

    name: ClassVar[str] = "results"
    icon: ClassVar[str] = "results"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.list_view = ListView(desk)
        self.evaluation_view = EvaluationView(desk)
        self.compare_view = CompareView(desk)
        self.reading: Task | None = None
        self._shown: tuple[Path, str] | None = None
        self._state: object = None
        self._chosen: tuple[str, str] | None = None
        self.stack = QStackedWidget()
        for view in (self.list_view, self.evaluation_view, self.compare_view):
            self.stack.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.list_view.opened.connect(lambda row: self.open(row.record, row.identifier))
        self.list_view.compared.connect(self._compare_rows)
        self.list_view.sought_file.connect(self._ask_record)
        self.evaluation_view.left.connect(self.show_list)
        self.evaluation_view.compared.connect(self._compare_shown)
        self.evaluation_view.changed.connect(self._read_again)
        self.compare_view.left.connect(self._leave_comparison)
        self.compare_view.opened.connect(self._open_cell)
        desk.lookout.changed.connect(self._follow)
        self.restyle()
        self.retranslate()

    # ---- the three views ----------------------------------------------------------------------------------------------

    def arrive(self, **target: Any) -> None:
        """Show an evaluation, or what was shown before."""
        if target.get("record") is not None and target.get("evaluation"):
            self.open(Path(target["record"]), str(target["evaluation"]))
        elif self.stack.currentWidget() is self.list_view:
            self.list_view.table.setFocus()
        else:
            self._read_again()

    def end(self) -> None:
        """Read nothing any more."""
        self.evaluation_view.evidence.trace.close_source()

    def show_list(self) -> None:
        """Go back to the list."""
        self._stop_reading()
        self._shown = None
        self.stack.setCurrentWidget(self.list_view)
        self.evaluation_view.forget()
        self.desk.set_simulated(self, None)
        self.list_view.table.setFocus()

    def open(self, record: Path, evaluation: str) -> None:
        """Read an evaluation and show it."""
        self._stop_reading()
        self.reading = self.desk.tasks.start(
            lambda progress: read_evaluation(record, evaluation),
            owner=self,
            done=self._show,
            title=self.tr("Reading {name}").format(name=evaluation),
        )
        self.reading.over.connect(self._reading_over)

    def _show(self, evaluated: Evaluated) -> None:
        self._shown = (evaluated.path, evaluated.identifier)
        self.evaluation_view.show_evaluation(evaluated)
        self.stack.setCurrentWidget(self.evaluation_view)
        self.desk.set_simulated(self, evaluated.row.start.simulated)
        if self._chosen is not None:
            self.evaluation_view.choose(*self._chosen)
            self._chosen = None

    def _read_again(self) -> None:
        if self._shown is not None and self.reading is None:
            self.open(*self._shown)

    def _follow(self, standings: object) -> None:
        """Read the evaluation again that is shown, where it has moved on."""
        if self._shown is None or not isinstance(standings, tuple) or not self.isVisible():
            return
        record, evaluation = self._shown
        found = (one for one in standings if (one.record.absolute(), one.evaluation) == (record.absolute(), evaluation))
        now = next(found, None)
        shown = self.evaluation_view.evaluated
        if now is None or shown is None or shown.identifier != evaluation:
            return
        row, known = now.stand.row, shown.row
        moved = (row.state, row.outcome, row.finished) != (known.state, known.outcome, known.finished)
        if moved or now.amendments != shown.amendments:
            self._read_again()

    def _reading_over(self) -> None:
        self.reading = None

    def _stop_reading(self) -> None:
        if self.reading is not None:
            self.reading.over.disconnect(self._reading_over)
            self.reading.cancel()
            self.reading = None

    # ---- comparing ----------------------------------------------------------------------------------------------------

    def _compare_rows(self, rows: tuple[Listed, ...]) -> None:
        wanted = [(row.record, row.identifier) for row in rows]

        def read(progress: Progress) -> tuple[Evaluated, ...]:
            found = []
            for number, (record, evaluation) in enumerate(wanted):
                progress.check()
                progress.say(evaluation, number / len(wanted))
                found.append(read_evaluation(record, evaluation))
            return tuple(found)

        self._stop_reading()
        title = self.tr("Reading evaluations")
        self.reading = self.desk.tasks.start(read, owner=self, done=self._show_comparison, title=title)
        self.reading.over.connect(self._reading_over)

    def _compare_shown(self) -> None:
        if self.evaluation_view.evaluated is not None:
            self._show_comparison((self.evaluation_view.evaluated,))

    def _show_comparison(self, evaluations: tuple[Evaluated, ...]) -> None:
        self.compare_view.show_evaluations(evaluations)
        self.stack.setCurrentWidget(self.compare_view)
        self.desk.set_simulated(self, self.compare_view.model.matrix.simulated)

    def _leave_comparison(self) -> None:
        shown = self.evaluation_view.evaluated
        if self._shown is None or shown is None:
            self.show_list()
            return
        self.stack.setCurrentWidget(self.evaluation_view)
        self.desk.set_simulated(self, shown.row.start.simulated)

    def _open_cell(self, evaluation: str, line: Line) -> None:
        found = next((one for one in self.compare_view.evaluations if one.identifier == evaluation), None)
        if found is not None:
            self._chosen = (line.device, line.characteristic)
            self._show(found)

    # ---- another record -----------------------------------------------------------------------------------------------

    def _ask_record(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a record"), str(self.desk.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Records") + " (*.sqlite)", self.tr("All files") + " (*)"])
        dialog.fileSelected.connect(lambda path: self.add_record(Path(path)))
        dialog.open()

    def add_record(self, path: Path) -> None:
        """List the evaluations of a record from now on."""

        def check(progress: Progress) -> int:
            with Record.open(path) as record:
                return len(record.evaluations())

        def known(count: int) -> None:
            self.desk.know(path)
            self.desk.inform(self.tr("{name}: {count} evaluations").format(name=path.name, count=count))

        self.desk.tasks.start(check, owner=self, done=known, title=self.tr("Opening {name}").format(name=path.name))

    # ---- looks --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        for view in (self.list_view, self.evaluation_view, self.compare_view):
            view.retranslate()

    def restyle(self) -> None:
        """Set what the palette does not."""
        for view in (self.list_view, self.evaluation_view, self.compare_view):
            view.restyle()
