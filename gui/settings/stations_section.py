"""The section of the stations: the known station files, and the text of the one that is chosen, checked as it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QItemSelection, QModelIndex, QStringListModel, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QMessageBox,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.settings.section import Section
from gui.settings.station_text import ChangedOutsideError, Checked, check, read, write
from gui.settings.text_editor import TextEditor
from gui.tasks import Progress, Task
from gui.theme import Tone
from gui.widgets.empty_state import EmptyState
from gui.widgets.state_label import Shape, StateLabel

STILL_MS = 600  # after the last key, before the text is checked


@dataclass(slots=True)
class Draft:
    """A station file that was opened: the text on the disk, and the text as it is edited."""

    saved: str
    text: str

    @property
    def changed(self) -> bool:
        """Whether something was typed and not saved."""
        return self.text != self.saved


class StationsSection(Section):
    """Station files: added, made, taken off the list, edited. What was typed is kept while another file is looked at."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._drafts: dict[Path, Draft] = {}
        self._paths: list[Path] = []
        self._present: Path | None = None
        self._checked: Checked | None = None
        self._checking: Task | None = None
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self._check)
        self._build()
        desk.stations_changed.connect(self._list_stations)

    def _build(self) -> None:
        self._model = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.selectionModel().selectionChanged.connect(self._selected)
        self.add_button, self.new_button, self.remove_button = QPushButton(), QPushButton(), QPushButton()
        self.add_button.clicked.connect(self._add)
        self.new_button.clicked.connect(self._new)
        self.remove_button.clicked.connect(self._remove)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        for button in (self.new_button, self.add_button, self.remove_button):
            column.addWidget(button)
        self.editor = TextEditor(self.desk.theme)
        self.editor.textChanged.connect(self._typed)
        self._where = QLabel()
        self._where.setProperty("tone", "muted")
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state = StateLabel(self.desk.theme)
        self._why = QLabel(wordWrap=True)
        self._why.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.line_button, self.check_button, self.revert_button, self.save_button = (QPushButton() for _ in range(4))
        self.line_button.clicked.connect(self._go_to_wrong_line)
        self.check_button.clicked.connect(self._check)
        self.revert_button.clicked.connect(self._revert)
        self.save_button.clicked.connect(self._save)
        self.save_button.setProperty("kind", "primary")
        row = QHBoxLayout()
        row.addWidget(self._state)
        row.addStretch()
        for button in (self.line_button, self.check_button, self.revert_button, self.save_button):
            row.addWidget(button)
        editing = QWidget()
        column = QVBoxLayout(editing)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._where)
        column.addWidget(self.editor, 1)
        column.addWidget(self._why)
        column.addLayout(row)
        self._empty = EmptyState("bench")
        self._right = QStackedWidget()
        self._right.addWidget(self._empty)
        self._right.addWidget(editing)
        split = QSplitter(childrenCollapsible=False)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setStretchFactor(1, 1)
        split.setSizes([230, 700])
        self.desk.preferences.restore_layout("settings.stations", split)
        split.splitterMoved.connect(lambda: self.desk.preferences.save_layout("settings.stations", split))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        self._list_stations()

    # ---- section ------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """Its name."""
        return self.tr("Stations")

    def retranslate(self) -> None:
        """Set all texts."""
        self.list.setAccessibleName(self.tr("Station files"))
        self.editor.setAccessibleName(self.tr("Text of the station file"))
        for button, words, tip, keys in (
            (
                self.new_button,
                self.tr("&New simulated station"),
                self.tr("Make a simulated bench to try or to edit"),
                "Ctrl+N",
            ),
            (self.add_button, self.tr("&Add a file …"), self.tr("Put a station file on the list"), "Ctrl+O"),
            (self.remove_button, self.tr("&Take off the list"), self.tr("The file itself stays"), "Ctrl+Del"),
            (self.line_button, self.tr("&Go to the line"), self.tr("Show the line that is wrong"), "F4"),
            (self.check_button, self.tr("&Check"), self.tr("Check the text; no instrument is touched"), "F5"),
            (self.revert_button, self.tr("&Revert"), self.tr("Take back what was not saved"), ""),
            (self.save_button, self.tr("&Save"), self.tr("Write the file"), "Ctrl+S"),
        ):
            button.setText(words)
            button.setToolTip(f"{tip} ({keys})" if keys else tip)
            if keys:
                button.setShortcut(QKeySequence(keys))
        self._empty.say(
            self.tr("No station yet"),
            self.tr("A station file describes a bench. Begin with a simulated one, or add the file of a real bench."),
        )
        self._show_state()

    def restyle(self) -> None:
        """Set the colours."""
        self._empty.restyle()

    def arrive(self) -> None:
        """Show the station that is in use."""
        self._list_stations()

    def simulated(self) -> bool | None:
        """Whether the station that is shown is simulated."""
        return None if self._checked is None else self._checked.simulated

    def unsaved(self) -> str | None:
        """The station files that were edited and not saved."""
        names = ", ".join(path.name for path, draft in self._drafts.items() if draft.changed)
        return self.tr("Station files that are not saved: {names}").format(names=names) if names else None

    # ---- the list -----------------------------------------------------------------------------------------------------

    def show_station(self, path: Path) -> None:
        """Choose a station file of the list."""
        if path in self._paths:
            self.list.setCurrentIndex(self._model.index(self._paths.index(path)))

    def _list_stations(self) -> None:
        self._paths = self.desk.stations.paths()
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self._name_stations()
        selection.blockSignals(False)
        wanted = self._present if self._present in self._paths else self.desk.stations.chosen
        self._right.setCurrentIndex(1 if self._paths else 0)
        if wanted is not None and wanted in self._paths:
            self.list.setCurrentIndex(self._model.index(self._paths.index(wanted)))
            self._open(wanted)
        else:
            self._present = None
        self._show_state()

    def _name_stations(self) -> None:
        names = [f"• {path.name}" if (d := self._drafts.get(path)) and d.changed else path.name for path in self._paths]
        if self._model.stringList() != names:
            if len(names) == self._model.rowCount():
                for row, name in enumerate(names):
                    self._model.setData(self._model.index(row), name)
            else:
                self._model.setStringList(names)

    def _selected(self, chosen: QItemSelection, _: QItemSelection) -> None:
        index: QModelIndex = self.list.currentIndex()
        if chosen.isEmpty() or not index.isValid():
            return
        self._open(self._paths[index.row()])

    def _add(self) -> None:
        kinds = self.tr("Station files (*.toml)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Add a station file"), str(self.desk.folder), kinds)
        if name:
            self._present = Path(name).absolute()
            self.desk.stations.add(self._present)
            self.desk.stations_changed.emit()

    def _new(self) -> None:
        stations = self.desk.stations
        self.desk.tasks.start(lambda _: stations.new_simulated(), owner=self, done=self._made)

    def _made(self, path: Path) -> None:
        self._present = path.absolute()
        self.desk.stations_changed.emit()
        self.desk.inform(self.tr("Made {path}").format(path=path))

    def _remove(self) -> None:
        path = self._present
        if path is None:
            return
        draft = self._drafts.get(path)
        if draft is not None and draft.changed:
            question = self.tr("{name} has changes that are not saved. They would be lost. Take it off the list?")
            if not self._agreed(question.format(name=path.name)):
                return
        self._drafts.pop(path, None)
        self._present = None
        self.desk.stations.remove(path)
        self.desk.stations_changed.emit()

    # ---- the text -----------------------------------------------------------------------------------------------------

    def _open(self, path: Path) -> None:
        if path == self._present and path in self._drafts:
            return
        self._present = path
        if path in self._drafts:
            self._show_text(path)
            return
        self._fill("", path)
        self.editor.setEnabled(False)
        self.desk.tasks.start(lambda _: read(path), owner=self, done=lambda text: self._read(path, text))

    def _read(self, path: Path, text: str) -> None:
        self._drafts.setdefault(path, Draft(text, text))
        if path == self._present:
            self._show_text(path)

    def _show_text(self, path: Path) -> None:
        self.editor.setEnabled(True)
        self._fill(self._drafts[path].text, path)
        self._check()

    def _fill(self, text: str, path: Path) -> None:
        self._checked = None
        self._where.setText(str(path))
        self.editor.blockSignals(True)
        self.editor.setPlainText(text)
        self.editor.blockSignals(False)
        self.editor.mark_wrong(None)
        self._show_state()

    def _typed(self) -> None:
        draft = self._drafts.get(self._present) if self._present is not None else None
        if draft is None:
            return
        draft.text = self.editor.toPlainText()
        self._checked = None
        self._still.start()
        self._name_stations()
        self._show_state()

    def _check(self) -> None:
        path = self._present
        draft = self._drafts.get(path) if path is not None else None
        if path is None or draft is None:
            return
        if self._checking is not None:
            self._checking.cancel()
        text, there = draft.text, path

        def work(progress: Progress) -> Checked:
            progress.check()
            return check(text, there)

        self._checking = self.desk.tasks.start(work, owner=self, done=lambda found: self._found(there, text, found))

    def _found(self, path: Path, text: str, found: Checked) -> None:
        self._checking = None
        draft = self._drafts.get(path)
        if path != self._present or draft is None or draft.text != text:
            return
        self._checked = found
        self.editor.mark_wrong(found.line if found.error else None)
        self._show_state()
        self.simulated_changed.emit()

    def _go_to_wrong_line(self) -> None:
        if self._checked is not None and self._checked.line is not None:
            self.editor.go_to(self._checked.line)
            self.editor.setFocus()

    def _revert(self) -> None:
        path = self._present
        if path is not None and path in self._drafts:
            self._drafts[path].text = self._drafts[path].saved
            self._name_stations()
            self._show_text(path)

    # ---- writing ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        path = self._present
        if path is None or path not in self._drafts:
            return
        text = self._drafts[path].text

        def work(_: Progress) -> Checked:
            found = check(text, path)
            if not found.error:
                write(path, text, before)
            return found

        before = self._drafts[path].saved
        self.desk.tasks.start(
            work,
            owner=self,
            done=lambda found: self._saved_or_ask(path, text, found),
            failed=lambda error: self._not_saved(path, text, error),
        )

    def _saved_or_ask(self, path: Path, text: str, found: Checked) -> None:
        self._found(path, text, found)
        if not found.error:
            self._is_saved(path, text)
            return
        place = self.tr("Line {line}: ").format(line=found.line) if found.line is not None else ""
        question = self.tr("{problem}\n\nThis station cannot be used like that. Save it all the same?")
        if self._agreed(question.format(problem=place + self.desk.tell(found.error))):
            self._write(path, text, self._drafts[path].saved)

    def _not_saved(self, path: Path, text: str, error: Exception) -> None:
        if not isinstance(error, ChangedOutsideError):
            self.desk.fail(error, self.tr("Saving the station file"))
            return
        question = self.tr("{name} was changed by another program since it was opened here. Overwrite it?")
        if self._agreed(question.format(name=path.name)):
            self._write(path, text, None)

    def _write(self, path: Path, text: str, before: str | None) -> None:
        self.desk.tasks.start(
            lambda _: write(path, text, before),
            owner=self,
            done=lambda _: self._is_saved(path, text),
            failed=lambda error: self._not_saved(path, text, error),
        )

    def _is_saved(self, path: Path, text: str) -> None:
        draft = self._drafts.get(path)
        if draft is not None:
            draft.saved = text
        self._name_stations()
        self._show_state()
        self.desk.inform(self.tr("Saved {name}").format(name=path.name))
        self.desk.stations_changed.emit()

    def _agreed(self, question: str) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(self, self.title(), question, buttons.Yes | buttons.Cancel, buttons.Cancel)
        return answer is buttons.Yes

    def _show_state(self) -> None:
        draft = self._drafts.get(self._present) if self._present is not None else None
        changed = draft is not None and draft.changed
        self.remove_button.setEnabled(self._present is not None)
        self.check_button.setEnabled(draft is not None)
        self.save_button.setEnabled(changed)
        self.revert_button.setEnabled(changed)
        found = self._checked
        self.line_button.setVisible(found is not None and found.line is not None)
        unsaved = self.tr("not saved yet") if changed else ""
        if draft is None:
            self._say(Shape.NONE, "", "")
        elif found is None:
            self._say(Shape.RING, self.tr("checking …"), unsaved, Tone.MUTED)
        elif found.error:
            words = self.tr("Line {line}").format(line=found.line) if found.line is not None else self.tr("Not usable")
            self._say(Shape.CROSS, words, unsaved, Tone.ALARM, self.desk.tell(found.error))
        else:
            kind = self.tr("simulated") if found.simulated else self.tr("real instruments")
            words = self.tr("Nothing wrong found; {kind}; devices {names}").format(kind=kind, names=", ".join(found.devices))
            self._say(Shape.CHECK, words, unsaved, Tone.GOOD)

    def _say(self, shape: Shape, words: str, more: str, tone: Tone = Tone.TEXT, why: str = "") -> None:
        self._state.show_state(shape, " – ".join(part for part in (words, more) if part), tone)
        self._why.setText(why)
        self._why.setVisible(bool(why))
