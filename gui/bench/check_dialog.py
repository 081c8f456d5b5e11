"""Checking the station: every instrument is asked, one after the other, and what is wrong is listed in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.bench.check_model import CheckModel
from gui.bench.words import Words
from gui.desk import Desk
from gui.theme import Tone
from gui.widgets.simulated_banner import SimulatedBanner
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.manual.checking import Checked


class CheckDialog(QDialog):
    """Stays beside the bench; `again` asks for another check, `chosen` carries the key of a part to be shown."""

    again = Signal()
    chosen = Signal(str)

    def __init__(self, desk: Desk, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: tuple[Checked, ...] = ()
        self._problem = ""
        self._asked = ""
        self._station = ""
        self.setModal(False)
        self.resize(940, 560)
        self._state = StateLabel(desk.theme)
        self.simulated = SimulatedBanner()
        self._words = QLabel(wordWrap=True)
        self.model = CheckModel(desk.theme, words, desk.tell, self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setWordWrap(True)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(lambda index: self.chosen.emit(self.model.row(index.row()).part.key))
        self.repeat = QPushButton()
        self.repeat.clicked.connect(self.again)
        self.shut = QPushButton()
        self.shut.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.repeat)
        buttons.addWidget(self.shut)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for widget in (self.simulated, self._state, self._words, self.table):
            column.addWidget(widget)
        column.addLayout(buttons)
        desk.theme_changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setWindowTitle(self.tr("Check of the station"))
        self.table.setAccessibleName(self.tr("Parts of the station and what is wrong with them"))
        self.simulated.retranslate()
        self.repeat.setText(self.tr("&Check again"))
        self.shut.setText(self.tr("Cl&ose"))
        self.model.show_rows(self._rows)
        self._show()

    @property
    def said(self) -> str:
        """What is said above the table."""
        return self._state.word

    def begin(self, station: str, *, simulated: bool) -> None:
        """A check begins."""
        self.simulated.setVisible(simulated)
        self._station, self._rows, self._problem, self._asked = station, (), "", "…"
        self.repeat.setEnabled(False)
        self.model.show_rows(())
        self._show()

    def say_asked(self, name: str) -> None:
        """An instrument is being asked."""
        self._asked = name
        self._show()

    def show_result(self, rows: tuple[Checked, ...]) -> None:
        """A check is done."""
        self._rows, self._asked = rows, ""
        self.repeat.setEnabled(True)
        self.model.show_rows(rows)
        self._show()
        self.table.setFocus()

    def show_failure(self, error: BaseException) -> None:
        """A check could not be made."""
        self._problem, self._asked = str(error), ""
        self.repeat.setEnabled(True)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        self.table.resizeRowsToContents()

    def _show(self) -> None:
        faults = sum(one.fault for one in self._rows)
        attention = sum(bool(one.problems) and not one.fault for one in self._rows)
        self._words.setText(self._desk.tell(self._problem) if self._problem else self._station)
        if self._problem:
            self._state.show_state(Shape.CROSS, self.tr("the station cannot be checked now"), Tone.ALARM)
        elif self._asked:
            self._state.show_state(Shape.RING, self.tr("asking {name} …").format(name=self._asked), Tone.MUTED)
        elif faults:
            words = self.tr("parts that cannot be used: {faults}; to be looked at: {attention}")
            self._state.show_state(Shape.CROSS, words.format(faults=faults, attention=attention), Tone.ALARM)
        elif attention:
            words = self.tr("every instrument answers; to be looked at: {attention}")
            self._state.show_state(Shape.TRIANGLE, words.format(attention=attention), Tone.ATTENTION)
        else:
            self._state.show_state(Shape.CHECK, self.tr("every instrument answers; nothing is wrong"))
        for column in range(3):
            self.table.resizeColumnToContents(column)
        self.table.resizeRowsToContents()
