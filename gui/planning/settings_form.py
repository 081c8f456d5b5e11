"""The settings of one procedure as a form: unit, what is allowed, what differs from the standard, and errors in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.icons import icon
from gui.planning.suite_lines import Line
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.criteria.standard import Mark
from testbench.engine.forms import FormField, Kind
from testbench.text import Text

TITLE_WIDTH, EDITOR_WIDTH, UNIT_WIDTH = 150, 320, 44


class WrappedLabel(QLabel):
    """A label as high as its text is at its width, also in a form that reckons with another width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)

    def setText(self, text: str) -> None:  # noqa: D102, N802
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(self.heightForWidth(self.width()) if self.text() else 0)


class FieldRow(QWidget):
    """One setting: its editor with unit and range, a mark where it differs, a button to go back, and what is wrong."""

    def __init__(self, desk: Desk, field: FormField, typed: Callable[[str, str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.field = field
        self._typed = typed
        self.editor = self._make_editor()
        self.title = QLabel(wordWrap=True)
        self.title.setFixedWidth(TITLE_WIDTH)
        self.title.setBuddy(self.editor)
        self._unit = QLabel(field.unit)
        self._allowed = QLabel()
        self._allowed.setProperty("tone", "muted")
        self.back = QToolButton(autoRaise=True)
        self._differs = StateLabel(desk.theme)
        self._wrong = WrappedLabel()
        self._wrong.setProperty("tone", "alarm")
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.editor, 5)
        self._unit.setMinimumWidth(UNIT_WIDTH)
        self._unit.setVisible(bool(field.unit))
        first.addWidget(self._unit)
        first.addWidget(self.back)
        first.addStretch(1)
        self.editor.setMaximumWidth(EDITOR_WIDTH if field.unit else EDITOR_WIDTH + UNIT_WIDTH + first.spacing())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(first)
        for part in (self._allowed, self._differs, self._wrong):
            column.addWidget(part)

    def _make_editor(self) -> QWidget:
        name = self.field.name
        if self.field.kind is Kind.YES_NO:
            box = QCheckBox()
            box.clicked.connect(lambda checked: self._typed(name, "true" if checked else "false"))
            return box
        if self.field.kind is Kind.CHOICE:
            choice = QComboBox()
            for one in self.field.choices:
                choice.addItem("", one.value)
            choice.setMinimumContentsLength(12)
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.activated.connect(lambda index: self._typed(name, str(choice.itemData(index))))
            return choice
        line = QLineEdit()
        line.setMinimumWidth(64)
        line.textEdited.connect(lambda text: self._typed(name, text))
        return line

    def show_line(self, line: Line, told: Text | None) -> None:
        """Show the value as it stands in a line of the suite, and what the dry run told of it."""
        text = line.shown(self.field)
        editor = self.editor
        if isinstance(editor, QCheckBox):
            editor.setChecked(text == "true")
            editor.setText(self.tr("yes") if editor.isChecked() else self.tr("no"))
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, next((i for i, c in enumerate(self.field.choices) if str(c.value) == text), 0)))
        elif isinstance(editor, QLineEdit) and editor.text() != text:
            editor.setText(text)
        fault = next((fault for fault in line.faults if fault.name == self.field.name), None)
        wrong = told if fault is None else fault.text
        self._wrong.setText("" if wrong is None else "✕ " + self._desk.say(wrong))
        self._wrong.setVisible(wrong is not None)
        differs = line.differs(self.field.name)
        given = self.field.show(line.given[self.field.name])
        if self.field.kind is Kind.YES_NO:
            given = self.tr("yes") if given == "true" else self.tr("no")
        elif self.field.kind is Kind.CHOICE:
            given = next((self._desk.say(c.title) for c in self.field.choices if str(c.value) == given), given)
        words = self.tr("standard: {value}") if line.clause.en else self.tr("usual: {value}")
        self._differs.show_state(Shape.TRIANGLE if differs else Shape.NONE, words.format(value=given) if differs else "")
        self._differs.setVisible(differs)
        self.back.setEnabled(self.field.name in line.texts)
        self.back.setToolTip(self.tr("Back to {value}").format(value=given))
        self.back.setAccessibleName(f"{self._desk.say(self.field.title)}: {self.back.toolTip()}")
        self.editor.setAccessibleDescription(self._wrong.text() or self._allowed.text())

    def retranslate(self) -> None:
        """Set the texts."""
        title = self._desk.say(self.field.title)
        title = title[:1].upper() + title[1:]
        self.title.setText(title.replace("&", "&&"))
        self.editor.setAccessibleName(f"{title} ({self.field.unit})" if self.field.unit else title)
        allowed = self.field.allowed
        self._allowed.setText(self.tr("allowed: {range}").format(range=self._desk.say(allowed)) if allowed else "")
        self._allowed.setVisible(allowed is not None)
        if isinstance(self.editor, QComboBox):
            for index, one in enumerate(self.field.choices):
                self.editor.setItemText(index, self._desk.say(one.title))

    def restyle(self) -> None:
        """Set the colours."""
        self.back.setIcon(icon("undo", self._desk.theme.colour(Tone.TEXT)))


class SettingsForm(QScrollArea):
    """The form of the chosen line. `typed` carries the name of a setting and its text, `reset` a name ("" for all).

    `rebuilt` comes when the fields are those of another procedure.
    """

    typed = Signal(str, str)
    reset = Signal(str)
    rebuilt = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._line: Line | None = None
        self._told: Mapping[str, Text] = {}
        self.rows: dict[str, FieldRow] = {}
        self._heading = QLabel(wordWrap=True)
        self._heading.setProperty("level", "3")
        self._clause = QLabel(wordWrap=True)
        self._evidence = QLabel(wordWrap=True)
        self._evidence.setProperty("tone", "muted")
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(10)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        for part in (self._heading, self._clause, self._evidence):
            column.addWidget(part)
        column.addLayout(self._form)
        column.addStretch()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_line(self, line: Line | None, told: Mapping[str, Text]) -> None:
        """Show the settings of a line (nothing where there is none), and by setting what the dry run told of it."""
        rebuilt = line is None or self._line is None or line.procedure is not self._line.procedure
        if rebuilt:
            self._build(line)
        self._line, self._told = line, told
        self._show()
        if rebuilt:
            self.rebuilt.emit()

    def focus(self, name: str) -> None:
        """Put the keyboard on a setting."""
        row = self.rows.get(name)
        if row is not None:
            row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(row)

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard goes to, in its order."""
        return [control for row in self.rows.values() for control in (row.editor, row.back)]

    def retranslate(self) -> None:
        """Set the texts."""
        for row in self.rows.values():
            row.retranslate()
        self._show()

    def restyle(self) -> None:
        """Set the colours."""
        for row in self.rows.values():
            row.restyle()

    def _build(self, line: Line | None) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        self.rows = {}
        for one in line.fields if line is not None else ():
            row = FieldRow(self._desk, one, self._say, self)
            row.back.clicked.connect(lambda _=False, name=one.name: self.reset.emit(name))
            row.retranslate()
            row.restyle()
            self._form.addRow(row.title, row)
            self.rows[one.name] = row

    def _say(self, name: str, text: str) -> None:
        self.typed.emit(name, text)

    def _show(self) -> None:
        line = self._line
        if line is None:
            self._heading.setText(self.tr("No procedure is chosen"))
            for part in (self._clause, self._evidence):
                part.hide()
            return
        self._heading.setText(self._desk.say(line.procedure.title))
        clause = self._desk.say(line.clause)
        self._clause.setText(self.tr("Clause: {clause}").format(clause=clause))
        self._clause.setVisible(bool(clause))
        evidence = line.evidence
        if evidence is not None:
            words = self.tr("Evidence for these settings: {mark}, {meaning}")
            text = words.format(mark=str(evidence), meaning=self._meaning(evidence.mark))
            source = f" – {self._desk.tell(evidence.source)}" if evidence.source else ""
            self._evidence.setText(text + source)
        self._evidence.setVisible(evidence is not None)
        for row in self.rows.values():
            row.show_line(line, self._told.get(row.field.name))

    def _meaning(self, mark: Mark) -> str:
        """What a mark of evidence says."""
        return {
            Mark.PRIMARY: self.tr("read in the standard"),
            Mark.SECONDARY: self.tr("read in a secondary source"),
            Mark.MEMORY: self.tr("recalled from memory"),
            Mark.RECOMPUTED: self.tr("recomputed"),
        }[mark]
