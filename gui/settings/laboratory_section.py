"""The section of the laboratory's template: the form, and beside it the first page that it makes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.settings.laboratory_draft import Assessment, LaboratoryDraft, assess, load, save
from gui.settings.laboratory_form import LaboratoryForm
from gui.settings.section import Section
from gui.tasks import Progress, Task
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.clock import wall_now
from testbench.report.laboratory import default_path

STILL_MS = 350  # after the last key, before the page is set anew
HEAD = 0.62  # the part of the page that is shown: its head


class PagePicture(QLabel):
    """The head of a page, as wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = QPixmap()
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(220, 160)

    def show_page(self, png: bytes) -> None:
        """Show a page; nothing for no bytes."""
        self._page = QPixmap()
        self._page.loadFromData(png, "PNG")
        self._fit()

    @property
    def shown(self) -> bool:
        """Whether a page is shown."""
        return not self._page.isNull()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._page.isNull():
            self.clear()
            return
        head = self._page.copy(0, 0, self._page.width(), round(self._page.height() * HEAD))
        ratio = self.devicePixelRatioF()
        fitted = head.scaled(
            self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)


class LaboratorySection(Section):
    """The laboratory's template, edited; it is written by Save alone."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._path = default_path()
        self._saved: LaboratoryDraft | None = None
        self._assessment: Assessment | None = None
        self._looking: Task | None = None
        self._saving = False
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self._assess)
        self._build()

    def _build(self) -> None:
        self.form = LaboratoryForm()
        self.form.setEnabled(False)
        self.form.changed.connect(self._edited)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.form)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(420)
        self._preview_title = QLabel()
        self._preview_title.setProperty("level", "3")
        self._number = QLabel(wordWrap=True)
        self._number.setProperty("tone", "muted")
        self.page = PagePicture()
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(self._preview_title)
        column.addWidget(self._number)
        column.addWidget(self.page, 1)
        split = QSplitter(childrenCollapsible=False)
        split.addWidget(scroll)
        split.addWidget(beside)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([560, 380])
        self._split = split
        self.desk.preferences.restore_layout("settings.laboratory", split)
        split.splitterMoved.connect(lambda: self.desk.preferences.save_layout("settings.laboratory", split))
        self._state = StateLabel(self.desk.theme)
        self._where = QLabel(str(self._path))
        self._where.setProperty("tone", "muted")
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.save_button = QPushButton()
        self.save_button.setProperty("kind", "primary")
        self.save_button.setShortcut(QKeySequence.StandardKey.Save)
        self.save_button.clicked.connect(self._save)
        self.revert_button = QPushButton()
        self.revert_button.clicked.connect(self.revert)
        row = QHBoxLayout()
        row.addWidget(self._state)
        row.addStretch()
        row.addWidget(self.revert_button)
        row.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._where)
        column.addWidget(split, 1)
        column.addLayout(row)
        self.setTabOrder(self.revert_button, self.save_button)

    # ---- section ------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """Its name."""
        return self.tr("Laboratory")

    def retranslate(self) -> None:
        """Set all texts."""
        self.form.retranslate()
        self._preview_title.setText(self.tr("First page of the next report"))
        self.page.setAccessibleName(self._preview_title.text())
        self.save_button.setText(self.tr("&Save"))
        self.save_button.setShortcut(QKeySequence.StandardKey.Save)
        self.save_button.setToolTip(self.tr("Write the template (Ctrl+S)"))
        self.revert_button.setText(self.tr("&Revert"))
        self.revert_button.setToolTip(self.tr("Take back what was not saved"))
        self._show_state()
        if self._saved is not None:
            self._assess()

    def arrive(self) -> None:
        """Read the template when the section is first shown."""
        if self._saved is None:
            path = self._path
            self.desk.tasks.start(lambda _: load(path), owner=self, done=self._loaded)

    def unsaved(self) -> str | None:
        """Whether something was typed and not saved."""
        return self.tr("The laboratory's template is not saved.") if self._changed else None

    # ---- reading, checking, writing -----------------------------------------------------------------------------------

    @property
    def _changed(self) -> bool:
        return self._saved is not None and self.form.draft() != self._saved

    def _loaded(self, draft: LaboratoryDraft) -> None:
        self._saved = draft
        self.form.setEnabled(True)
        self.form.show_draft(draft)
        self._assess()

    def _edited(self) -> None:
        self._assessment = None
        self._still.start()
        self._show_state()

    def _assess(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        draft, path, language, today = self.form.draft(), self._path, self.desk.language, wall_now().date()

        def work(progress: Progress) -> Assessment:
            progress.check()
            return assess(draft, path, language, today)

        self._assessment = None
        self._looking = self.desk.tasks.start(work, owner=self, done=self._assessed)

    def _assessed(self, assessment: Assessment) -> None:
        self._looking = None
        self._assessment = assessment
        self.form.show_problems({name: self.desk.tell(text) for name, text in assessment.errors.items()})
        self.form.show_pictures(assessment.pictures)
        if assessment.page:
            self.page.show_page(assessment.page)
        self._show_state()

    def _save(self) -> None:
        if self._saving or not self.save_button.isEnabled():
            return
        draft, path = self.form.draft(), self._path
        self._saving = True
        self.desk.tasks.start(
            lambda _: save(draft, path), owner=self, done=lambda kept: self._written(draft, kept), failed=self._not_written
        )

    def _written(self, draft: LaboratoryDraft, kept: LaboratoryDraft) -> None:
        self._saving = False
        self._saved = kept
        if self.form.draft() == draft:  # nothing was typed in the meantime
            self.form.show_draft(kept)
        self.desk.inform(self.tr("The laboratory's template is saved."))
        self._assess()

    def _not_written(self, error: Exception) -> None:
        self._saving = False
        self.desk.fail(error, self.tr("Saving the laboratory's template"))
        self._show_state()

    def revert(self) -> None:
        """Show the template as it stands on the disk."""
        if self._saved is not None:
            self.form.show_draft(self._saved)
            self._assess()

    def _show_state(self) -> None:
        assessment = self._assessment
        problems = 0 if assessment is None else len(assessment.errors) + bool(assessment.general)
        self.save_button.setEnabled(self._changed and assessment is not None and not problems)
        self.revert_button.setEnabled(self._changed)
        number = "" if assessment is None else assessment.next_number
        if number:
            self._number.setText(self.tr("Next number: {number}").format(number=number))
        elif problems:
            self._number.setText(self.tr("Shown as it was before the mistakes in the form."))
        if assessment is not None and assessment.general:
            self._state.show_state(Shape.CROSS, self.desk.tell(assessment.general), Tone.ALARM)
        elif problems:
            words = self.tr("Fields to be put right: {count}").format(count=problems)
            self._state.show_state(Shape.CROSS, words, Tone.ALARM)
        elif self._changed:
            self._state.show_state(Shape.TRIANGLE, self.tr("Not saved yet"), Tone.ATTENTION)
        else:
            self._state.show_state(Shape.CHECK, self.tr("Saved"), Tone.MUTED)
