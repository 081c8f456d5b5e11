"""The entry that is shown: its name and state, its form, its files, its history, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local
from gui.desk import Desk
from gui.registers.control_panel import ControlPanel
from gui.registers.drafts import Draft, Reading
from gui.registers.files import FilesPanel, Picture
from gui.registers.form import EntryForm
from gui.registers.history import HistoryModel
from gui.registers.states import SHOWN
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.clock import wall_now
from testbench.register.entries import RegisteredDevice, Section
from testbench.register.states import explained, states
from testbench.text import Text

THUMBNAIL = QSize(84, 64)


class RoomyDelegate(QStyledItemDelegate):
    """Leaves some room between rows of several lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: D102, N802
        return super().sizeHint(option, index) + QSize(12, 12)


class EntryPanel(QWidget):
    """Shows a draft; the buttons are wired by whoever keeps the drafts."""

    def __init__(self, desk: Desk, section: Section, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._draft: Draft | None = None
        self.form = EntryForm(section, desk.theme)
        self.files = FilesPanel(desk.theme)
        self.history = HistoryModel(self)
        self._name = QLabel()
        self._name.setProperty("level", "2")
        self._name.setWordWrap(True)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._state = StateLabel(desk.theme)
        self._entered = QLabel()
        self._entered.setProperty("tone", "muted")
        self.thumbnail = Picture()
        self.thumbnail.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.thumbnail.setFixedSize(THUMBNAIL)
        self.thumbnail.hide()
        self.save = QPushButton()
        self.save.setProperty("kind", "primary")
        self.discard = QPushButton()
        self.duplicate = QPushButton()
        self.retire = QPushButton()
        self.tabs = QTabWidget()
        self.tabs.addTab(self.form, "")
        self.tabs.addTab(self.files, "")
        self.tabs.addTab(self._build_history(), "")
        self.control = ControlPanel(desk) if section is Section.DEVICES else None
        if self.control is not None:
            self.tabs.addTab(self.control, "")
        self._build()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self._name, self._state, self._entered):
            words.addWidget(part)
        words.addStretch()
        head = QHBoxLayout()
        head.addLayout(words, 1)
        head.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        for button in (self.save, self.discard, self.duplicate, self.retire):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)
        column.addLayout(buttons)

    def _build_history(self) -> QTableView:
        self._changes = QTableView()
        self._changes.setModel(self.history)
        self._changes.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._changes.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._changes.setTabKeyNavigation(False)
        self._changes.setWordWrap(True)
        self._changes.setShowGrid(False)
        self._changes.setItemDelegate(RoomyDelegate(self))
        self._changes.verticalHeader().hide()
        self._changes.verticalHeader().setMinimumSectionSize(20)
        self._changes.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._changes.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._changes.horizontalHeader().setStretchLastSection(True)
        self._changes.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self._changes.horizontalHeader().setHighlightSections(False)
        return self._changes

    def retranslate(self) -> None:
        """Set all texts."""
        for button, text, key, tip in (
            (self.save, self.tr("&Save"), "Ctrl+S", self.tr("Save this entry")),
            (self.discard, self.tr("Dis&card changes"), "Ctrl+Backspace", self.tr("Go back to what is stored")),
            (self.duplicate, self.tr("D&uplicate"), "Ctrl+D", self.tr("A new entry like this one, without its numbers")),
        ):
            button.setText(text)
            button.setShortcut(QKeySequence(key))
            button.setToolTip(f"{tip} ({QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)})")
        self.tabs.setTabText(0, self.tr("Data"))
        self._changes.setAccessibleName(self.tr("History of this entry"))
        self.tabs.setTabText(2, self.tr("History"))
        self.form.retranslate(self.desk.language)
        self.files.retranslate()
        self.history.set_language(self.desk.language)
        if self.control is not None:
            self.tabs.setTabText(3, self.tr("QAL3 charts"))
            self.control.retranslate()
        if self._draft is not None:
            self._show_head(self._draft)

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        self.files.restyle()
        if self.control is not None:
            self.control.restyle()

    def show_control(self, device: RegisteredDevice | None) -> None:
        """Show the control charts of a device, where these are devices."""
        if self.control is not None:
            self.control.show_device(device)

    def show_draft(self, draft: Draft, reading: Reading, *, all_problems: bool, asked: frozenset[str]) -> None:
        """Show a draft, with the problems of the fields that were filled in (`asked`), or with all of them."""
        self._draft = draft
        self.form.show_texts(draft.texts)
        shown = {name: words for name, words in reading.problems.items() if all_problems or name in asked}
        self.form.show_problems(shown)
        self.files.show_files(draft.base.attachments if draft.base else (), can_add=draft.base is not None)
        self._show_head(draft)

    def show_thumbnail(self, picture: QImage | None, name: str = "") -> None:
        """Show a small picture beside the name; None for none."""
        self.thumbnail.setVisible(picture is not None)
        if picture is not None:
            self.thumbnail.show_picture(picture, name)

    @property
    def state_words(self) -> str:
        """What is said of the state."""
        return self._state.word

    def _show_head(self, draft: Draft) -> None:
        entry = draft.base
        if entry is None:
            self._name.setText(self.tr("New entry"))
            self._state.show_state(Shape.RING, self.tr("not saved yet"), Tone.MUTED)
            self._entered.setText(self.tr("Fields with * are needed."))
        else:
            today = wall_now().date()
            found = states(entry, today)
            shape, tone = SHOWN[found[0]]
            joined = Text(zh="；", en="; ").say(self.desk.language)
            words = joined.join(self.desk.say(explained(entry, state, today)) for state in found)
            if draft.dirty:
                words = joined.join((words, self.tr("changed, not saved yet")))
            self._name.setText(entry.name)
            self._state.show_state(shape, words, Tone.TEXT if tone is Tone.MUTED else tone)
            entered = self.tr("Entered {at} by {by}")
            changed = self.tr("changed {at} by {by}")
            told = [] if entry.entered is None else [entered.format(at=local(entry.entered), by=entry.entered_by)]
            if entry.changed is not None and entry.changed != entry.entered:
                told.append(changed.format(at=local(entry.changed), by=entry.changed_by))
            self._entered.setText(" · ".join(told))
        self._show_buttons(draft)

    def _show_buttons(self, draft: Draft) -> None:
        entry = draft.base
        self.save.setEnabled(draft.dirty or entry is None)
        self.discard.setEnabled(draft.dirty or entry is None)
        self.duplicate.setEnabled(entry is not None)
        self.retire.setEnabled(entry is not None and not draft.dirty)
        back = entry is not None and entry.retired
        self.retire.setText(self.tr("&Take into use again") if back else self.tr("Re&tire"))
        self.retire.setToolTip(
            self.tr("Can be chosen for evaluations again") if back else self.tr("Out of use; it stays in the register")
        )
        count = len(entry.attachments) if entry is not None else 0
        self.tabs.setTabText(1, self.tr("Files ({count})").format(count=count) if count else self.tr("Files"))
