"""The dry run's plan: how long it takes and when it ends, gas and disk, the time axis, and the steps in a table."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local
from gui.desk import Desk
from gui.icons import icon
from gui.planning.looking import Look
from gui.planning.plan_picture import ends_at, gas_words, lacking_sensors, picture
from gui.planning.plan_view import PlanView
from gui.planning.step_table import StepModel
from gui.theme import Tone
from testbench.engine.checking.folder import megabytes
from testbench.engine.clock import wall_now
from testbench.engine.saving import Saving
from testbench.engine.wording import duration
from testbench.text import Language

AGEING_MS = 20_000  # the end of what is begun now moves on
STEP_OF_ZOOM = 1.6
ROW_HEIGHT = 24


class PlanPanel(QWidget):
    """Totals over two tabs; the step chosen in one is the step chosen in the other."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look: Look | None = None
        self.view = PlanView(desk)
        self.model = StepModel(desk, self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.totals, self.needs = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.needs.setProperty("tone", "muted")
        self.closer, self.wider, self.whole = (QToolButton() for _ in range(3))
        self._key = QLabel()
        self._key.setProperty("tone", "muted")
        self.tabs = QTabWidget()
        self.tabs.addTab(self._drawn(), "")
        self.tabs.addTab(self.table, "")
        self._set_up_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.totals)
        column.addWidget(self.needs)
        column.addWidget(self.tabs, 1)
        self.view.chosen.connect(self._choose_row)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self.view.choose(now.row()))
        self.closer.clicked.connect(lambda: self.view.zoom(1 / STEP_OF_ZOOM))
        self.wider.clicked.connect(lambda: self.view.zoom(STEP_OF_ZOOM))
        self.whole.clicked.connect(self.view.show_all)
        ageing = QTimer(self, interval=AGEING_MS)
        ageing.timeout.connect(self._show_totals)
        ageing.start()

    def _drawn(self) -> QWidget:
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, 6, 4)
        foot.addWidget(self._key, 1)
        for button in (self.closer, self.wider, self.whole):
            button.setAutoRaise(True)
            foot.addWidget(button)
        tab = QWidget()
        column = QVBoxLayout(tab)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        return tab

    def _set_up_table(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def show_look(self, look: Look | None) -> None:
        """Show the plan of a look; begun now."""
        self._look = look
        drawn = picture(None)
        if look is not None:
            station = look.station.station if look.station is not None else None
            drawn = picture(look.examination, conditions_asked=bool(lacking_sensors(look.standard, station)))
        begins = wall_now().astimezone()
        step = self.view.step
        self.view.show_picture(drawn, begins)
        self.model.show_picture(drawn, begins)
        if 0 <= step < len(drawn.steps):
            self._choose_row(step)
        self._show_totals()

    def _choose_row(self, step: int) -> None:
        index = self.model.index(step, 0)
        if index.isValid() and self.table.currentIndex().row() != step:
            self.table.setCurrentIndex(index)

    def _show_totals(self) -> None:
        look = self._look
        examination = look.examination if look is not None else None
        plan = examination.plan if examination is not None else None
        if look is None or examination is None or plan is None or not plan.steps:
            self.totals.setText(self.tr("Nothing can be planned yet"))
            self.needs.setText("")
            return
        totals = [
            self.tr("Takes {duration}").format(duration=duration(plan.duration_s, self._desk.language.value)),
            self.tr("begun now, ends {time} at the earliest").format(time=local(ends_at(plan.duration_s, wall_now()))),
        ]
        needs = []
        if look.saving is not None:
            totals.append(self._saved(look.saving))
        if examination.disk is not None:
            totals.append(self.tr("{count} readings").format(count=f"{examination.disk.readings:,}"))
            free = self.tr("unknown") if examination.free_bytes is None else megabytes(examination.free_bytes)
            words = self.tr("disk {needed}, {free} free")
            needs.append(words.format(needed=megabytes(examination.disk.bytes), free=free))
        cylinders = look.station.station.cylinders if look.station is not None else {}
        contents = {name: cylinder.content_litres for name, cylinder in cylinders.items()}
        for name, text, enough in gas_words(plan.gas_litres, contents):
            words = self.tr("gas {name} {amount}") if enough else self.tr("▲ gas {name} {amount}")
            needs.append(words.format(name=name, amount=text))
        separator = "；" if self._desk.language is Language.CHINESE else "; "
        self.totals.setText(separator.join(totals))
        self.needs.setText(separator.join(needs))

    def _saved(self, saving: Saving) -> str:
        """What serving several standards at once saves, or costs."""
        language: Literal["zh", "en"] = "zh" if self._desk.language is Language.CHINESE else "en"
        alone = "、" if language == "zh" else ", "
        each = alone.join(f"{name} {duration(effort.duration_s, language)}" for name, effort in saving.alone.items())
        if saving.saved_s < 0:
            words = self.tr("{duration} more than one after the other ({each})")
            return words.format(duration=duration(-saving.saved_s, language), each=each)
        words = self.tr("saves {duration} and {litres} L of gas against one after the other ({each})")
        return words.format(duration=duration(saving.saved_s, language), litres=f"{round(saving.saved_litres):,}", each=each)

    def retranslate(self) -> None:
        """Set the texts."""
        for button, text, key in (
            (self.closer, self.tr("Closer"), "+"),
            (self.wider, self.tr("Wider"), "−"),
            (self.whole, self.tr("Whole plan"), "0"),
        ):
            button.setToolTip(f"{text} ({key})")
            button.setAccessibleName(text)
        self.view.setAccessibleName(self.tr("Plan on a time axis"))
        self.table.setAccessibleName(self.tr("Steps"))
        self.tabs.setTabText(0, self.tr("Time axis"))
        self.tabs.setTabText(1, self.tr("Steps"))
        self._key.setText(self.tr("◆ adjustment   ? a person is asked   ← → steps"))
        self.show_look(self._look)

    def restyle(self) -> None:
        """Set the colours."""
        colour = self._desk.theme.colour(Tone.TEXT)
        for button, name in ((self.closer, "add"), (self.wider, "remove"), (self.whole, "search")):
            button.setIcon(icon(name, colour))
