"""The photographs and files of an entry: a list with a picture of the chosen one; files are added by button or dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.dates import local
from gui.icons import icon
from gui.theme import Theme, Tone
from testbench.register.entries import Attachment

Index = QModelIndex | QPersistentModelIndex
FILE_ROLE = Qt.ItemDataRole.UserRole + 1
LARGEST_PICTURE = QSize(1600, 1600)


def size_words(size: int) -> str:
    """The size of a file: "640 B", "12 kB", "3.4 MB"."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def picture_of(content: bytes) -> QImage:
    """A picture from the bytes of a file, no larger than a screen needs; a null one where they are none."""
    picture = QImage.fromData(content)
    if picture.isNull() or (picture.width() <= LARGEST_PICTURE.width() and picture.height() <= LARGEST_PICTURE.height()):
        return picture
    return picture.scaled(LARGEST_PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


class FilesModel(QAbstractListModel):
    """The files of an entry."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: tuple[Attachment, ...] = ()

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files that are shown."""
        return self._files

    def show_files(self, files: tuple[Attachment, ...]) -> None:
        """Show other files."""
        self.beginResetModel()
        self._files = files
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: D102, N802, B008
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or not 0 <= index.row() < len(self._files):
            return None
        file = self._files[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{file.name}\n{size_words(file.size)} · {local(file.added)} · {file.added_by}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{file.name}\nSHA-256 {file.sha256}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{file.name}, {size_words(file.size)}"
            case _ if role == FILE_ROLE:
                return file
        return None


class Picture(QLabel):
    """A picture that fits into the place it has, or words in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QPixmap | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setProperty("tone", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_picture(self, picture: QImage, name: str) -> None:
        """Show a picture."""
        self._picture = QPixmap.fromImage(picture)
        self.setAccessibleName(name)
        self._fit()

    def show_words(self, words: str) -> None:
        """Show words where there is no picture."""
        self._picture = None
        self.setPixmap(QPixmap())
        self.setText(words)
        self.setAccessibleName(words)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._picture is not None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._picture is None or self.width() < 2 or self.height() < 2:
            return
        ratio = self.devicePixelRatioF()
        room = (QSize(self.width(), self.height()) * ratio).boundedTo(self._picture.size())
        fitting = self._picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        fitting.setDevicePixelRatio(ratio)
        self.setPixmap(fitting)


class FilesPanel(QWidget):
    """The files of the entry that is shown; what is done with them is done by whoever hears the signals."""

    chosen_files = Signal(list)  # paths to add
    wanted = Signal()  # a dialog to choose files is asked for
    opened = Signal(object)
    removed = Signal(object)
    looked_at = Signal(object)  # an attachment whose picture is asked for

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = FilesModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setAlternatingRowColors(False)
        self.list.setSpacing(2)
        self.list.selectionModel().currentChanged.connect(self._look)
        self.list.doubleClicked.connect(lambda _: self._with_current(self.opened.emit))
        self.picture = Picture()
        self.add = QPushButton()
        self.add.clicked.connect(self.wanted)
        self.open = QPushButton()
        self.open.clicked.connect(lambda: self._with_current(self.opened.emit))
        self.remove = QPushButton()
        self.remove.clicked.connect(lambda: self._with_current(self.removed.emit))
        buttons = QHBoxLayout()
        for button in (self.add, self.open, self.remove):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.list, 2)
        column.addWidget(self.picture, 3)
        self.setAcceptDrops(True)
        self.show_files((), can_add=False)

    def retranslate(self) -> None:
        """Set all texts."""
        self.add.setText(self.tr("&Add files …"))
        self.add.setToolTip(self.tr("Photographs, certificates, manuals; they can be dropped here as well (Ctrl+Shift+A)"))
        self.add.setShortcut(QKeySequence("Ctrl+Shift+A"))
        self.open.setText(self.tr("&Open"))
        self.remove.setText(self.tr("Remove &file"))
        self.remove.setToolTip(self.tr("Take the file off the entry; the history keeps it"))
        self.list.setAccessibleName(self.tr("Files of this entry"))
        self._look()

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        colour = self._theme.colour(Tone.TEXT)
        for button, name in ((self.add, "add"), (self.open, "open"), (self.remove, "remove")):
            button.setIcon(icon(name, colour))

    def show_files(self, files: tuple[Attachment, ...], *, can_add: bool) -> None:
        """Show the files of an entry; `can_add` is False where there is no stored entry to add to."""
        before = self.current
        if files == self.model.files and can_add == self.add.isEnabled():
            return
        self.model.show_files(files)
        self.add.setEnabled(can_add)
        self.setAcceptDrops(can_add)
        same = [place for place, file in enumerate(files) if before is not None and file.identifier == before.identifier]
        pictures = [place for place, file in enumerate(files) if file.is_picture]
        if files:
            self.list.setCurrentIndex(self.model.index((same or pictures or [0])[0]))
        self._look()

    @property
    def current(self) -> Attachment | None:
        """The chosen file."""
        file = self.list.currentIndex().data(FILE_ROLE)
        return file if isinstance(file, Attachment) else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102, N802
        if event.mimeData().hasUrls() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102, N802
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            self.chosen_files.emit(paths)

    def _look(self) -> None:
        file = self.current
        self.open.setEnabled(file is not None)
        self.remove.setEnabled(file is not None)
        if file is None:
            ready = self.add.isEnabled()
            drop = self.tr("No file yet. Drop photographs, certificates or other files here.")
            self.picture.show_words(drop if ready else self.tr("Save the entry first; then files can be added."))
        elif file.is_picture:
            self.looked_at.emit(file)
        else:
            self.picture.show_words(file.name)

    def _with_current(self, act: Callable[[Attachment], object]) -> None:
        if self.current is not None:
            act(self.current)
