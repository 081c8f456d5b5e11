"""One register on the screen: search, filter and list at the left, the chosen entry at the right.

What is typed and not saved is kept for every entry until it is saved or discarded, also while others are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTemporaryDir, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.icons import icon
from gui.registers import deeds
from gui.registers.drafts import Draft, blank, draft_of, duplicate, read, rebased
from gui.registers.entry_table import EntryTable
from gui.registers.files import picture_of
from gui.registers.history import history_rows
from gui.registers.panel import EntryPanel
from gui.registers.rows import FILTER_WORDS, FILTERS, Filter
from gui.registers.table import ROW_ROLE, EntriesModel, EntriesProxy
from gui.theme import Tone
from gui.widgets.empty_state import EmptyState
from gui.widgets.search_box import SearchBox
from testbench.register.entries import Attachment, Entry, Section
from testbench.register.history import Change

NEW = 0
"""The number under which the draft of a new entry is kept."""


class SectionView(QWidget):
    """`unsaved_changed` comes when an entry gets or loses changes that are not saved."""

    unsaved_changed = Signal()
    import_wanted = Signal()
    loaded = Signal()

    def __init__(self, desk: Desk, section: Section, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.section = section
        self._drafts: dict[int, Draft] = {}
        self._asked: dict[int, set[str]] = {}  # fields that were filled in, and may be told to be wrong
        self._shown: int | None = None
        self._wanted: int | None = None  # an entry to choose when the list has come
        self._ever_loaded = False
        self._folder = QTemporaryDir()
        self.model = EntriesModel(section, self)
        self.proxy = EntriesProxy(self.model, self)
        self.panel = EntryPanel(desk, section)
        self._build()
        self._wire()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.search = SearchBox()
        self.filter = QComboBox()
        for wanted in FILTERS[self.section]:
            self.filter.addItem(wanted.value, wanted)
        self.count = QLabel()
        self.count.setProperty("tone", "muted")
        self.new = QPushButton()
        self.table = EntryTable(self.proxy, self.desk.theme)
        self.nothing = EmptyState("registers")
        self.first = QPushButton()
        self.first.setProperty("kind", "primary")
        self.from_station = QPushButton()
        self.nothing.add_button(self.first)
        self.nothing.add_button(self.from_station)
        self.unfound = EmptyState("search")
        self.all = QPushButton()
        self.unfound.add_button(self.all)
        self.stack = QStackedWidget()
        for page in (self.table, self.nothing, self.unfound):
            self.stack.addWidget(page)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.filter)
        top.addWidget(self.new)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        column.addWidget(self.count)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addWidget(self.splitter)
        self.panel.hide()

    def _wire(self) -> None:
        self.search.searched.connect(lambda _: self._filter())
        self.filter.activated.connect(lambda _: self._filter())
        self.new.clicked.connect(self.begin_new)
        self.first.clicked.connect(self.begin_new)
        self.from_station.clicked.connect(self.import_wanted)
        self.all.clicked.connect(self.show_all)
        self.table.selectionModel().currentRowChanged.connect(lambda now, before: self._choose(now.data(ROW_ROLE)))
        panel = self.panel
        panel.form.edited.connect(self._type)
        panel.save.clicked.connect(self.save)
        panel.discard.clicked.connect(self.discard)
        panel.duplicate.clicked.connect(self.duplicate)
        panel.retire.clicked.connect(self.retire)
        panel.files.wanted.connect(self.ask_for_files)
        panel.files.chosen_files.connect(self.attach)
        panel.files.opened.connect(self.open_file)
        panel.files.removed.connect(self.detach)
        panel.files.looked_at.connect(self._look)

    def retranslate(self) -> None:
        """Set all texts."""
        find = QKeySequence(QKeySequence.StandardKey.Find).toString(QKeySequence.SequenceFormat.NativeText)
        self.search.setPlaceholderText(self.tr("Search in all fields ({key})").format(key=find))
        self.search.setAccessibleName(self.tr("Search"))
        self.filter.setAccessibleName(self.tr("Which entries"))
        for place, wanted in enumerate(FILTERS[self.section]):
            self.filter.setItemText(place, self.desk.say(FILTER_WORDS[wanted]))
        self.new.setText(self.tr("&New"))
        self.new.setShortcut(QKeySequence("Ctrl+N"))
        self.new.setToolTip(self.tr("Enter something new (Ctrl+N)"))
        self.table.setAccessibleName(self.tr("Entries"))
        self.first.setText(self.tr("Enter the first one"))
        self.from_station.setText(self.tr("Import from a station file …"))
        self.all.setText(self.tr("Show all"))
        sentences = {
            Section.DEVICES: self.tr("Enter the devices under test once; every evaluation can then choose them."),
            Section.CYLINDERS: self.tr(
                "Enter the cylinders with their certificates; what is expired or empty is told in time."
            ),
            Section.STANDARDS: self.tr("Enter flow controllers, dividers and sensors with their certificates."),
        }
        self.nothing.say(self.tr("Nothing entered yet"), sentences[self.section])
        self.unfound.say(self.tr("Nothing found"), self.tr("No entry has all these words and this state."))
        self.model.set_language(self.desk.language)
        self.panel.retranslate()
        self._show()
        self._count()

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        self.new.setIcon(icon("add", self.desk.theme.colour(Tone.TEXT)))
        self.nothing.restyle()
        self.unfound.restyle()
        self.panel.restyle()

    # ---- the list -----------------------------------------------------------------------------------------------------

    def reload(self, wanted: int | None = None) -> None:
        """Read the register again, and choose an entry."""
        self._wanted = wanted if wanted is not None else self._wanted
        section = self.section
        self.desk.tasks.start(
            lambda progress: deeds.load(section), owner=self, done=self._loaded, title=self.tr("Reading the register")
        )

    def show_all(self) -> None:
        """Show all entries: without a search, whatever their state."""
        self.search.clear()
        self.filter.setCurrentIndex(self.filter.findData(Filter.ALL))
        self._filter()

    def show_attention(self) -> None:
        """Show what needs attention."""
        self.filter.setCurrentIndex(max(0, self.filter.findData(Filter.ATTENTION)))
        self._filter()

    def visible_entries(self) -> tuple[Entry, ...]:
        """The entries that are listed, in their order."""
        return tuple(self.proxy.index(row, 0).data(ROW_ROLE).entry for row in range(self.proxy.rowCount()))

    def _loaded(self, loaded: deeds.Loaded) -> None:
        self._ever_loaded = True
        chosen = self._wanted if self._wanted is not None else self._shown
        self._wanted = None
        self.model.show_rows(loaded.rows)
        for name, texts in loaded.offered.items():
            self.panel.form.suggest(name, texts)
        for identifier, draft in tuple(self._drafts.items()):
            entry = self.model.entry(identifier)
            if identifier != NEW and (entry is None or not draft.dirty):
                self._drop(identifier)
        self.table.fit_columns()
        if chosen is not None and chosen != NEW and self.model.position(chosen) >= 0:
            self._filter(keep=chosen)
            self.select(chosen)
        else:
            if chosen != NEW:
                self._shown = None
            self._filter()
            if self._shown is None and self.proxy.rowCount():
                self.table.selectRow(0)
        self._show()
        self.loaded.emit()

    def select(self, identifier: int) -> None:
        """Choose an entry."""
        index = self._listed(identifier)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)
            self.table.scrollTo(index)

    def _listed(self, identifier: int) -> QModelIndex:
        """Where an entry is in the list; an invalid index where it is not listed."""
        return self.proxy.mapFromSource(self.model.index(self.model.position(identifier), 0))

    def _filter(self, keep: int = NEW) -> None:
        wanted: Filter = self.filter.currentData()
        self.proxy.search(self.search.text(), wanted, keep)
        nothing = not self.model.rowCount() and self._ever_loaded
        unfound = not nothing and not self.proxy.rowCount() and self._ever_loaded
        self.stack.setCurrentIndex(1 if nothing else 2 if unfound else 0)
        self._count()
        listed = self._shown is not None and self._listed(self._shown).isValid()
        if self._shown != NEW and not listed and self.proxy.rowCount():
            self.table.selectRow(0)

    def _count(self) -> None:
        shown, whole = self.proxy.rowCount(), self.model.rowCount()
        self.count.setText(self.tr("{shown} of {whole} entries").format(shown=shown, whole=whole) if whole else "")

    def _choose(self, row: Any) -> None:
        if row is not None and row.entry.identifier != self._shown:
            self._shown = row.entry.identifier
            self._show(fresh=True)

    # ---- drafts -------------------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft | None:
        """What the form shows."""
        if self._shown is None:
            return None
        if self._shown in self._drafts:
            return self._drafts[self._shown]
        entry = self.model.entry(self._shown)
        return None if entry is None else draft_of(entry)

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Names of the entries with changes that are not saved."""
        return tuple(
            self.tr("new entry") if draft.base is None else draft.base.name for draft in self._drafts.values() if draft.dirty
        )

    def begin_new(self) -> None:
        """Begin a new entry, or go on with the one that was begun."""
        if NEW not in self._drafts:
            self._drafts[NEW] = blank(self.section)
            self._asked[NEW] = set()
        self._shown = NEW
        self.table.clearSelection()
        self.table.setCurrentIndex(self.proxy.index(-1, -1))
        self._show(fresh=True)
        self.panel.tabs.setCurrentIndex(0)
        self.panel.form.focus_first()

    def duplicate(self) -> None:
        """Begin a new entry like the one that is shown."""
        draft = self.draft
        if draft is not None:
            self._drafts[NEW] = duplicate(draft)
            self.begin_new()

    def discard(self) -> None:
        """Forget what was typed and not saved."""
        if self._shown is not None:
            new = self._shown == NEW
            self._drop(self._shown)
            if new:
                self._shown = None
                if self.proxy.rowCount():
                    self.table.selectRow(0)
            self._show(fresh=True)

    def save(self) -> None:
        """Save what was typed; where something is wrong, say so and go there."""
        draft, shown = self.draft, self._shown
        if draft is None or shown is None:
            return
        reading = read(draft)
        if reading.entry is None:
            self._asked.setdefault(shown, set()).update(draft.texts)
            self._show()
            self.panel.tabs.setCurrentIndex(0)
            self.panel.form.focus_field(next(name for name in draft.texts if name in reading.problems))
            return
        entry, by, saved = reading.entry, self.desk.person, dict(draft.texts)

        def done(stored: Entry) -> None:
            later = self._drafts.get(shown)
            self._drop(shown)
            if later is not None and dict(later.texts) != saved:
                self._drafts[stored.identifier] = rebased(later, stored, saved)
            if self._shown == shown:
                self._shown = stored.identifier
            self.desk.inform(self.tr("Saved: {name}").format(name=stored.name))
            self.reload(self._shown)

        self.desk.tasks.start(
            lambda progress: deeds.save(entry, by),
            owner=self,
            done=done,
            failed=lambda error: self.desk.fail(error, self.tr("The entry could not be saved")),
            title=self.tr("Saving"),
        )

    def _type(self, name: str, text: str) -> None:
        draft, shown = self.draft, self._shown
        if draft is None or shown is None:
            return
        self._drafts[shown] = draft.typed(name, text)
        self._asked.setdefault(shown, set()).add(name)
        self._show()
        self._mark()

    def _drop(self, identifier: int) -> None:
        self._drafts.pop(identifier, None)
        self._asked.pop(identifier, None)
        self._mark()

    def _mark(self) -> None:
        self.model.mark_unsaved([identifier for identifier, draft in self._drafts.items() if draft.dirty])
        self.unsaved_changed.emit()

    def _show(self, *, fresh: bool = False) -> None:
        """Show the chosen entry; `fresh` where it is another one than before."""
        draft = self.draft
        self.panel.setVisible(draft is not None)
        if draft is None:
            return
        asked = frozenset(self._asked.get(self._shown or NEW, ()))
        self.panel.show_draft(draft, read(draft), all_problems=False, asked=asked)
        if fresh:
            self.panel.history.show_rows(())
            self.panel.show_thumbnail(None)
        if draft.base is not None and (fresh or not draft.dirty):
            self._fetch(draft.base)

    def _fetch(self, entry: Entry) -> None:
        """Fetch the history and the first picture of an entry."""

        def told(changes: tuple[Change, ...]) -> None:
            if self._shown == entry.identifier:
                self.panel.history.show_rows(history_rows(self.section, changes))

        self.desk.tasks.start(lambda progress: deeds.history(entry), owner=self, done=told)
        picture = next((file for file in entry.attachments if file.is_picture), None)
        if picture is None:
            self.panel.show_thumbnail(None)
            return

        def seen(image: QImage) -> None:
            if self._shown == entry.identifier and not image.isNull():
                self.panel.show_thumbnail(image, picture.name)

        self.desk.tasks.start(lambda progress: picture_of(deeds.content(picture)), owner=self, done=seen)

    # ---- deeds --------------------------------------------------------------------------------------------------------

    def retire(self) -> None:
        """Take the entry out of use, or into it again."""
        draft, by = self.draft, self.desk.person
        if draft is not None and draft.base is not None and not draft.dirty:
            entry = draft.base
            retired = not entry.retired
            self._do(lambda progress: deeds.set_retired(entry, retired, by), self.tr("Saving"))

    def remove(self) -> None:
        """Remove the entry, which was entered by mistake."""
        draft = self.draft
        if draft is None or draft.base is None:
            return
        entry = draft.base

        def done(_: None) -> None:
            self._drop(entry.identifier)
            self._shown = None
            self.desk.inform(self.tr("Removed: {name}").format(name=entry.name))
            self.reload()

        self.desk.tasks.start(lambda progress: deeds.remove(entry), owner=self, done=done, title=self.tr("Saving"))

    def ask_for_files(self) -> None:
        """Choose files to add in a dialog."""
        dialog = QFileDialog(self, self.tr("Add files"), self.desk.preferences.get("registers.folder", ""))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.attach([Path(name) for name in names]))
        dialog.open()

    def attach(self, paths: Sequence[Path]) -> None:
        """Add files to the entry."""
        draft, by = self.draft, self.desk.person
        if draft is None or draft.base is None or not paths:
            return
        entry = draft.base
        self.desk.preferences.set("registers.folder", str(paths[0].parent))
        self._do(lambda progress: deeds.attach(entry, paths, by, progress), self.tr("Adding files"))

    def detach(self, file: Attachment) -> None:
        """Take a file off the entry."""
        draft, by = self.draft, self.desk.person
        if draft is not None and draft.base is not None:
            entry = draft.base
            self._do(lambda progress: deeds.detach(entry, file, by), self.tr("Saving"))

    def open_file(self, file: Attachment) -> None:
        """Open a file with the program of the system."""
        folder = Path(self._folder.path())
        self.desk.tasks.start(
            lambda progress: deeds.put_down(file, folder),
            owner=self,
            done=lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
            title=self.tr("Opening {name}").format(name=file.name),
        )

    def _look(self, file: Attachment) -> None:
        def seen(image: QImage) -> None:
            if self.panel.files.current == file:
                if image.isNull():
                    self.panel.files.picture.show_words(file.name)
                else:
                    self.panel.files.picture.show_picture(image, file.name)

        self.desk.tasks.start(lambda progress: picture_of(deeds.content(file)), owner=self, done=seen)

    def _do(self, work: Any, title: str) -> None:
        """Do something with the entry that is shown, then show it as it is."""
        identifier = self._shown
        self.desk.tasks.start(
            work, owner=self, done=lambda _: self.reload(identifier if self._shown == identifier else None), title=title
        )
