"""An evaluation judged by another standard, or another version of one: what changes. The record keeps its verdicts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.results.reading import Evaluated
from gui.results.rescore_model import Column, RescoreModel, judged_again, write_changes
from gui.results.shape_delegate import ShapeDelegate
from gui.results.words import outcome_shape, outcome_word
from gui.tasks import Task
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.criteria.standard import list_standards
from testbench.engine.rescoring import Rescored
from testbench.report.wording import wording

SIZE = (900, 520)
WIDTHS = {Column.DEVICE: 70, Column.CHARACTERISTIC: 230, Column.VALUE: 120, Column.BEFORE: 220}


class RescoreDialog(QDialog):
    """Choose a standard; what changes is shown at once."""

    def __init__(self, desk: Desk, evaluated: Evaluated, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._evaluated = evaluated
        self._task: Task | None = None
        self._rescored: Rescored | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Judge {name} by another standard").format(name=evaluated.identifier))
        self.resize(*SIZE)
        self.standard = QComboBox()
        self.standard.setPlaceholderText(self.tr("choose a standard"))
        self.standard.addItems(list_standards())
        self.standard.setCurrentIndex(-1)
        self.standard.currentTextChanged.connect(self.judge)
        label = QLabel(self.tr("&Standard"))
        label.setBuddy(self.standard)
        self.outcome = StateLabel(desk.theme)
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in (label, self.standard, self.outcome):
            head.addWidget(part)
        head.addStretch()
        self.said = QLabel(wordWrap=True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.model = RescoreModel(desk, self)
        self.table = QTableView()
        self.table.setAccessibleName(self.tr("What changes"))
        self._prepare_table()
        self.why = QLabel(wordWrap=True)
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.why.setMinimumHeight(3 * self.why.fontMetrics().lineSpacing())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.rejected.connect(self.reject)
        self.save_button = buttons.addButton(self.tr("S&ave as CSV …"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setAutoDefault(False)
        self.save_button.clicked.connect(self._ask_where)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.said)
        column.addWidget(self.table, 1)
        column.addWidget(self.why)
        column.addWidget(buttons)
        self._say(None)
        self.standard.setFocus()

    def _prepare_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for place, width in WIDTHS.items():
            header.resizeSection(place, width)
        table.selectionModel().currentRowChanged.connect(lambda current, _: self._explain(current.row()))
        table.setItemDelegate(ShapeDelegate(self._desk.theme, self.model.shape, self))

    def judge(self, standard: str) -> None:
        """Judge by a standard."""
        if self._task is not None:
            self._task.cancel()
        record, evaluation = self._evaluated.path, self._evaluated.identifier
        self.outcome.show_state(Shape.NONE, "")
        self.said.setText(self.tr("judging …"))
        self.model.show_changes(())
        self.why.clear()
        self._rescored = None
        self.save_button.setEnabled(False)
        self._task = self._desk.tasks.start(
            lambda progress: judged_again(record, evaluation, standard),
            owner=self,
            done=self._say,
            failed=self._refuse,
        )

    def _refuse(self, error: Exception) -> None:
        self.outcome.show_state(Shape.CROSS, self.tr("It cannot be judged"), Tone.ALARM)
        self.said.setText(self._desk.tell(str(error)))

    def _say(self, rescored: Rescored | None) -> None:
        keeps = self.tr("The record keeps its verdicts; nothing is written.")
        self._rescored = rescored
        self.save_button.setEnabled(rescored is not None and bool(rescored.changes))
        if rescored is None:
            self.said.setText(keeps)
            return
        shape, tone = outcome_shape(rescored.after)
        before, after = (outcome_word(self._desk, outcome) for outcome in (rescored.before, rescored.after))
        self.outcome.show_state(shape, after if before == after else f"{before} → {after}", tone)
        text = self.tr("{changed} verdicts change, {unchanged} stay as they are.")
        said = [text.format(changed=len(rescored.changes), unchanged=rescored.unchanged) + f" {keeps}"]
        if rescored.undetermined:
            words = wording(self._desk.language)
            names = self.tr(", ").join(words.name("characteristic", name) for name in rescored.undetermined)
            said.append(self.tr("Not determined by this evaluation: {names}").format(names=names))
        self.said.setText("\n".join(said))
        self.model.show_changes(rescored.changes)
        self.table.selectRow(0)

    def _explain(self, row: int) -> None:
        """Say why the verdict that is selected is another one."""
        self.why.setText(self.model.why(row) if row >= 0 else "")

    def _ask_where(self) -> None:
        """Ask where the changes are to go."""
        kept = self._desk.preferences.get("results.folder", "")
        folder = Path(kept) if kept and Path(kept).is_dir() else self._evaluated.path.parent
        name = f"{self._evaluated.identifier}-{self.standard.currentText()}.csv"
        dialog = QFileDialog(self, self.tr("Save what changes"), str(folder / name), "*.csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write what changes into a file."""
        rescored, standard, language = self._rescored, self.standard.currentText(), self._desk.language
        if rescored is None:
            return
        self._desk.preferences.set("results.folder", str(path.parent))
        self._desk.tasks.start(
            lambda progress: write_changes(rescored, standard, language, path),
            owner=self,
            done=lambda written: self.why.setText(self.tr("Saved: {path}").format(path=written)),
            failed=lambda error: self.why.setText(self._desk.tell(str(error))),
        )
