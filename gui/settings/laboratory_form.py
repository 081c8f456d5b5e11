"""The form of the laboratory's template: its fields in cards, each with what is wrong beneath it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.settings.laboratory_draft import PICTURES, LaboratoryDraft
from gui.settings.section import Card, Problem
from testbench.report.number_scheme import LONGEST

LONGEST_LINE = 200
THUMB = QSize(120, 34)


class PictureField(QWidget):
    """The file of a picture: chosen, shown small, taken away."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self._name = QLabel()
        self._name.setProperty("tone", "muted")
        self._thumb = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._thumb.setMinimumHeight(THUMB.height())
        self._choose = QPushButton()
        self._choose.clicked.connect(self._ask)
        self._remove = QPushButton()
        self._remove.clicked.connect(lambda: self._take(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self._choose, self._remove, self._thumb):
            row.addWidget(part)
        row.addWidget(self._name, 1)
        self.setFocusProxy(self._choose)
        self._show()

    def text(self) -> str:
        """The file's name as it stands in the template, or a whole path."""
        return self._path

    def set_text(self, path: str) -> None:
        """Show a file, without saying that it was changed."""
        self._path = path
        self._show()

    def draw(self, svg: str) -> None:
        """Show the picture small; nothing for an empty text."""
        self._thumb.clear()
        self._thumb.setVisible(bool(svg))
        renderer = QSvgRenderer(QByteArray(svg.encode())) if svg else None
        if renderer is None or not renderer.isValid():
            return
        size = renderer.defaultSize().scaled(THUMB, Qt.AspectRatioMode.KeepAspectRatio)
        ratio = self.devicePixelRatioF()
        picture = QPixmap(size * ratio)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(picture.rect()))
        painter.end()
        picture.setDevicePixelRatio(ratio)
        self._thumb.setPixmap(picture)

    def retranslate(self, what: str) -> None:
        """Set all texts; `what` is the picture's name."""
        self._choose.setText(self.tr("Choose …"))
        self._remove.setText(self.tr("Remove"))
        for button in (self._choose, self._remove):
            button.setAccessibleName(f"{what}: {button.text()}")
        self._title = what

    def _ask(self) -> None:
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg *.svg)")
        path, _ = QFileDialog.getOpenFileName(self, self._title, str(Path(self._path).parent) if self._path else "", kinds)
        if path:
            self._take(path)

    def _take(self, path: str) -> None:
        self._path = path
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._name.setText(Path(self._path).name)
        self._name.setToolTip(self._path)
        self._remove.setEnabled(bool(self._path))
        if not self._path:
            self.draw("")


Field = QLineEdit | QPlainTextEdit | PictureField


class LaboratoryForm(QWidget):
    """All fields of a draft; `changed` comes with every change a person makes."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = LaboratoryDraft()
        self._fields: dict[str, Field] = {}
        self._labels: dict[str, QLabel] = {}
        self._problems: dict[str, Problem] = {}
        self._cards = {name: Card() for name in ("laboratory", "accreditation", "numbers", "client", "people", "statements")}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for card in self._cards.values():
            column.addWidget(card)
        column.addStretch()
        self._chinese, self._english = QLabel(), QLabel()
        self._chinese_statements, self._english_statements = QLabel(), QLabel()
        self._build()

    def draft(self) -> LaboratoryDraft:
        """What stands in the fields."""
        return replace(self._draft, **{name: self._text(field) for name, field in self._fields.items()})

    def show_draft(self, draft: LaboratoryDraft) -> None:
        """Fill the fields, without saying that they were changed."""
        self._draft = draft
        for name, field in self._fields.items():
            field.blockSignals(True)
            text = getattr(draft, name)
            if isinstance(field, PictureField):
                field.set_text(text)
            elif isinstance(field, QPlainTextEdit):
                field.setPlainText(text)
            else:
                field.setText(text)
                field.setCursorPosition(0)
            field.blockSignals(False)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong beneath each field."""
        for name, label in self._problems.items():
            label.say(problems.get(name, ""))

    def show_pictures(self, pictures: Mapping[str, str]) -> None:
        """Show the pictures small."""
        for name in PICTURES:
            field = self._fields[name]
            assert isinstance(field, PictureField)
            field.draw(pictures.get(name, ""))

    def focus(self, name: str) -> None:
        """Put the cursor into a field."""
        self._fields[name].setFocus()

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        grid = self._grid("laboratory")
        grid.addWidget(self._chinese, 0, 1)
        grid.addWidget(self._english, 0, 2)
        self._pair(grid, 1, "name")
        self._pair(grid, 3, "address")
        self._line(grid, 5, "phone")
        self._picture(grid, 7, "logo")
        grid = self._grid("accreditation")
        for row, name in ((0, "cma"), (4, "cnas")):
            self._line(grid, row, f"{name}_number")
            self._picture(grid, row + 2, f"{name}_mark")
        grid = self._grid("numbers")
        self._line(grid, 0, "number_scheme", LONGEST)
        self._line(grid, 2, "number_from", 9)
        grid = self._grid("client")
        for row, name in enumerate(("client_name", "client_address", "client_contact")):
            self._line(grid, 2 * row, name)
        grid = self._grid("people")
        for row, name in enumerate(("tested", "checked", "approved")):
            self._line(grid, 2 * row, name)
        grid = self._grid("statements")
        grid.setColumnMinimumWidth(0, 0)
        for place, (label, name) in enumerate(
            ((self._chinese_statements, "statements_zh"), (self._english_statements, "statements_en"))
        ):
            edit = QPlainTextEdit(tabChangesFocus=True)
            edit.setMaximumHeight(96)
            label.setBuddy(edit)
            edit.textChanged.connect(self.changed)
            self._fields[name] = edit
            grid.addWidget(label, 0, 1 + place)
            grid.addWidget(edit, 1, 1 + place)

    def _grid(self, card: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 120)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self._cards[card].column.addLayout(grid)
        return grid

    def _edit(self, name: str, longest: int = LONGEST_LINE) -> QLineEdit:
        edit = QLineEdit()
        edit.setMaxLength(longest)
        edit.textEdited.connect(lambda _: self.changed.emit())
        self._fields[name] = edit
        return edit

    def _label(self, grid: QGridLayout, row: int, name: str, buddy: QWidget) -> None:
        label = QLabel()
        label.setBuddy(buddy)
        self._labels[name] = label
        grid.addWidget(label, row, 0)

    def _problem(self, grid: QGridLayout, row: int, name: str) -> None:
        problem = Problem()
        self._problems[name] = problem
        grid.addWidget(problem, row, 1, 1, 2)

    def _line(self, grid: QGridLayout, row: int, name: str, longest: int = LONGEST_LINE) -> None:
        edit = self._edit(name, longest)
        self._label(grid, row, name, edit)
        grid.addWidget(edit, row, 1, 1, 2)
        self._problem(grid, row + 1, name)

    def _pair(self, grid: QGridLayout, row: int, name: str) -> None:
        chinese, english = self._edit(f"{name}_zh"), self._edit(f"{name}_en")
        self._label(grid, row, name, chinese)
        grid.addWidget(chinese, row, 1)
        grid.addWidget(english, row, 2)
        self._problem(grid, row + 1, f"{name}_zh")

    def _picture(self, grid: QGridLayout, row: int, name: str) -> None:
        field = PictureField()
        field.changed.connect(self.changed)
        self._fields[name] = field
        self._label(grid, row, name, field)
        grid.addWidget(field, row, 1, 1, 2)
        self._problem(grid, row + 1, name)

    def _text(self, field: Field) -> str:
        return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()

    # ---- words --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self._chinese.setText(self.tr("In Chinese"))
        self._english.setText(self.tr("In English"))
        self._chinese_statements.setText(self.tr("In Chinese, one a line"))
        self._english_statements.setText(self.tr("In English, one a line"))
        cards = self._cards
        cards["laboratory"].say(self.tr("Laboratory"), self.tr("A text that is given in one language serves for both."))
        cards["accreditation"].say(
            self.tr("Accreditation"),
            self.tr("Numbers and marks stand on issued reports of real evaluations only, never on simulated ones."),
        )
        cards["numbers"].say(
            self.tr("Report numbers"),
            self.tr(
                "Places: {{year}} {{month}} {{day}} {{number}}; {{number:04}} writes at least four digits. "
                "A number is never given twice."
            ).format(),
        )
        cards["client"].say(self.tr("Client"), self.tr("Named where no other is given when a report is issued."))
        cards["people"].say(self.tr("Signature lines"), self.tr("An empty name is filled in by hand."))
        cards["statements"].say(self.tr("Statements on the first page"))
        words = {
            "name": self.tr("Name"),
            "address": self.tr("Address"),
            "phone": self.tr("Telephone"),
            "logo": self.tr("Logo"),
            "cma_number": self.tr("CMA number"),
            "cma_mark": self.tr("CMA mark"),
            "cnas_number": self.tr("CNAS number"),
            "cnas_mark": self.tr("CNAS mark"),
            "number_scheme": self.tr("Scheme"),
            "number_from": self.tr("Counts from"),
            "client_name": self.tr("Client"),
            "client_address": self.tr("Address"),
            "client_contact": self.tr("Contact"),
            "tested": self.tr("Tested by"),
            "checked": self.tr("Checked by"),
            "approved": self.tr("Approved by"),
        }
        for name, text in words.items():
            self._labels[name].setText(text)
        for name in PICTURES:
            field = self._fields[name]
            assert isinstance(field, PictureField)
            field.retranslate(words[name])
        for name in ("name", "address"):
            self._fields[f"{name}_zh"].setAccessibleName(f"{words[name]}, {self._chinese.text()}")
            self._fields[f"{name}_en"].setAccessibleName(f"{words[name]}, {self._english.text()}")
