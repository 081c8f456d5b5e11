"""One register on the screen: the list at the left, the chosen entry at the right, and what is done with it.

What is typed and not saved is kept for every entry until it is saved or discarded, also while others are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTemporaryDir, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.registers import deeds
from gui.registers.drafts import Draft, blank, draft_of, duplicate, read, rebased
from gui.registers.entry_list import EntryList
from gui.registers.files import picture_of
from gui.registers.history import history_rows
from gui.registers.panel import EntryPanel
from testbench.register.entries import Attachment, Entry, RegisteredDevice, Section
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
        self._saving: set[int] = set()
        self._shown: int | None = None
        self._wanted: int | None = None  # an entry to choose when the list has come
        self._folder = QTemporaryDir()
        self.list = EntryList(desk, section)
        self.panel = EntryPanel(desk, section)
        self._build()
        self._wire()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        self.splitter.setSizes([640, 520])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addWidget(self.splitter)
        self.panel.hide()

    def _wire(self) -> None:
        self.list.chosen.connect(self._choose)
        self.list.narrowed.connect(self._keep_listed)
        self.list.new.clicked.connect(self.begin_new)
        self.list.first.clicked.connect(self.begin_new)
        self.list.from_station.clicked.connect(self.import_wanted)
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
        self.list.retranslate()
        self.panel.retranslate()
        self._show()

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        self.list.restyle()
        self.panel.restyle()

    # ---- the list -----------------------------------------------------------------------------------------------------

    def reload(self, wanted: int | None = None) -> None:
        """Read the register again, and choose an entry."""
        self._wanted = wanted if wanted is not None else self._wanted
        section = self.section
        self.desk.tasks.start(
            lambda progress: deeds.load(section), owner=self, done=self._loaded, title=self.tr("Reading the register")
        )

    def _loaded(self, loaded: deeds.Loaded) -> None:
        chosen = self._wanted if self._wanted is not None else self._shown
        self._wanted = None
        self.list.show_rows(loaded.rows)
        for name, texts in loaded.offered.items():
            self.panel.form.suggest(name, texts)
        for identifier, draft in tuple(self._drafts.items()):
            if identifier != NEW and (self.list.model.entry(identifier) is None or not draft.dirty):
                self._drop(identifier)
        if chosen is not None and chosen != NEW and self.list.model.entry(chosen) is not None:
            self.list.narrow(keep=chosen)
            self.list.select(chosen)
        else:
            self._shown = NEW if chosen == NEW else None
            self.list.narrow()
        self._show()
        self.loaded.emit()

    def _choose(self, identifier: int) -> None:
        if identifier != self._shown:
            self._shown = identifier
            self._show(fresh=True)

    def _keep_listed(self) -> None:
        """Choose the entry that is shown in the list, or show the first of the list where it is not in it."""
        if self._shown is not None and self.list.place(self._shown).isValid():
            self.list.select(self._shown)
        elif self._shown != NEW:
            self.list.select_first()

    # ---- drafts -------------------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft | None:
        """What the form shows."""
        if self._shown is None:
            return None
        if self._shown in self._drafts:
            return self._drafts[self._shown]
        entry = self.list.model.entry(self._shown)
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
        self.list.select_none()
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
                self.list.select_first()
            self._show(fresh=True)

    def save(self) -> None:
        """Save what was typed; where something is wrong, say so and go there."""
        draft, shown = self.draft, self._shown
        if draft is None or shown is None or shown in self._saving:
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
            self._saving.discard(shown)
            later = self._drafts.get(shown)
            self._drop(shown)
            if later is not None and dict(later.texts) != saved:
                self._drafts[stored.identifier] = rebased(later, stored, saved)
            if self._shown == shown:
                self._shown = stored.identifier
            self.desk.inform(self.tr("Saved: {name}").format(name=stored.name))
            self.reload(self._shown)

        def failed(error: Exception) -> None:
            self._saving.discard(shown)
            self.desk.fail(error, self.tr("The entry could not be saved"))
            self.reload(self._shown)

        self._saving.add(shown)
        self.desk.tasks.start(lambda progress: deeds.save(entry, by), owner=self, done=done, failed=failed)

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
        self.list.model.mark_unsaved([identifier for identifier, draft in self._drafts.items() if draft.dirty])
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
            if draft.base is None:
                self.panel.show_control(None)
        if draft.base is not None and (fresh or not draft.dirty):
            self._fetch(draft.base)

    def _fetch(self, entry: Entry) -> None:
        """Fetch the history and the first picture of an entry."""

        if isinstance(entry, RegisteredDevice):
            self.panel.show_control(entry)

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
