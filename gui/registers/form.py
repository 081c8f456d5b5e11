"""The form of an entry: a line for each field with its unit, and under it what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from gui.registers.date_box import DateBox
from gui.theme import Theme
from testbench.register.entries import KIND_WORDS, Section, StandardKind
from testbench.register.fields import FIELDS, Field, Filling
from testbench.text import Language, Text

NOTE_LINES = 4


class _Line:
    """One field of the form: its label, its editor, its unit, and the message under it."""

    def __init__(self, field: Field, editor: QWidget) -> None:
        self.field = field
        self.editor = editor
        self.label = QLabel()
        self.label.setBuddy(editor)
        self.unit = QLabel(field.unit)
        self.unit.setProperty("tone", "muted")
        self.message = QLabel()
        self.message.setProperty("tone", "alarm")
        self.message.setWordWrap(True)
        self.message.hide()


class EntryForm(QScrollArea):
    """`edited` carries the name of a field and its text whenever a person changes it."""

    edited = Signal(str, str)

    def __init__(self, section: Section, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._language = Language.ENGLISH
        self._suggestions: dict[str, QStringListModel] = {}
        self._lines = {field.name: _Line(field, self._editor(field)) for field in FIELDS[section]}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for place, line in enumerate(self._lines.values()):
            top = isinstance(line.editor, QPlainTextEdit)
            line.label.setContentsMargins(0, 4 if top else 0, 0, 0)
            side = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(line.label, 2 * place, 0, side)
            grid.addWidget(line.editor, 2 * place, 1)
            grid.addWidget(line.unit, 2 * place, 2)
            grid.addWidget(line.message, 2 * place + 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2 * len(self._lines), 1)
        self.setWidget(inside)

    def editor(self, name: str) -> QWidget:
        """The editor of a field."""
        return self._lines[name].editor

    def message(self, name: str) -> str:
        """What is said to be wrong with a field; empty for nothing."""
        message = self._lines[name].message
        return "" if message.isHidden() else message.text()

    def retranslate(self, language: Language) -> None:
        """Set all texts."""
        self._language = language
        for line in self._lines.values():
            words = line.field.words.say(language)
            line.label.setText(f"{words} *" if line.field.needed else words)
            unit = f" ({line.field.unit})" if line.field.unit else ""
            line.editor.setAccessibleName(words + unit)
            hint = "" if line.field.hint is None else line.field.hint.say(language)
            line.editor.setToolTip(hint)
            line.editor.setAccessibleDescription(hint)
            if isinstance(line.editor, QLineEdit | QPlainTextEdit):
                line.editor.setPlaceholderText(hint)
            elif isinstance(line.editor, QComboBox):
                for place, kind in enumerate(StandardKind):
                    line.editor.setItemText(place, KIND_WORDS[kind].say(language))
            elif isinstance(line.editor, DateBox):
                line.editor.line.setAccessibleName(words)
                line.editor.retranslate()

    def suggest(self, name: str, texts: Sequence[str]) -> None:
        """Offer texts while a field is typed into."""
        if name in self._suggestions:
            self._suggestions[name].setStringList(sorted({text for text in texts if text}))

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Show the texts of a draft; the cursor stays where the text is the same."""
        for name, text in texts.items():
            editor = self._lines[name].editor
            if isinstance(editor, QLineEdit):
                if editor.text() != text:
                    editor.setText(text)
                    editor.setCursorPosition(0)
            elif isinstance(editor, DateBox):
                editor.set_text(text)
            elif isinstance(editor, QPlainTextEdit):
                if editor.toPlainText() != text:
                    editor.blockSignals(True)
                    editor.setPlainText(text)
                    editor.blockSignals(False)
            elif isinstance(editor, QComboBox):
                editor.setCurrentIndex(max(0, editor.findData(text)))

    def show_problems(self, problems: Mapping[str, Text]) -> None:
        """Say under each field what is wrong with it."""
        for name, line in self._lines.items():
            words = problems.get(name)
            line.message.setText("" if words is None else f"▲ {words.say(self._language)}")
            line.message.setVisible(words is not None)

    def focus_field(self, name: str) -> None:
        """Go to a field."""
        editor = self._lines[name].editor
        self.ensureWidgetVisible(editor)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(editor, QLineEdit):
            editor.selectAll()

    def focus_first(self) -> None:
        """Go to the first field."""
        self.focus_field(next(iter(self._lines)))

    def _editor(self, field: Field) -> QWidget:
        match field.filling:
            case Filling.TEXT | Filling.OPTIONS:
                text = QPlainTextEdit()
                text.setTabChangesFocus(True)
                text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                lines = NOTE_LINES if field.filling is Filling.TEXT else 3
                text.setFixedHeight(text.fontMetrics().lineSpacing() * lines + 12)
                text.textChanged.connect(lambda: self.edited.emit(field.name, text.toPlainText()))
                return text
            case Filling.KIND:
                box = QComboBox()
                for kind in StandardKind:
                    box.addItem(kind.value, kind.value)
                box.activated.connect(lambda _: self.edited.emit(field.name, str(box.currentData())))
                return box
            case Filling.DATE:
                date = DateBox(self._theme)
                date.edited.connect(lambda given: self.edited.emit(field.name, given))
                return date
            case _:
                line = QLineEdit()
                line.textEdited.connect(lambda given: self.edited.emit(field.name, given))
                if field.filling is Filling.LINE:
                    self._add_completer(field.name, line)
                return line

    def _add_completer(self, name: str, line: QLineEdit) -> None:
        offered = QStringListModel(self)
        completer = QCompleter(offered, line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(lambda given: self.edited.emit(name, given))
        line.setCompleter(completer)
        self._suggestions[name] = offered
