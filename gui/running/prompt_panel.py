"""A question to the operator, answered from the keyboard: a text, a number in its unit, a choice, a picture, a table.

The focus goes to it when it comes. Enter answers; what is wrong with an answer is said below it, and the question stays.
The second press of a double press of Enter confirms no question that has just taken the place of the answered one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.running.form_grid import FormGrid
from gui.running.steering_bar import AbortQuestion
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.engine.entering import Entered, Form
from testbench.engine.operator import read_answer
from testbench.errors import InputError
from testbench.record.model import PromptRow
from testbench.record.pictures import Picture

_PICTURE = QSize(280, 170)
_TEXT_POINTS = 14
_PICTURES = "*.png *.jpg *.jpeg"


class PromptPanel(QFrame):
    """Shows one question at a time. `answered` carries it, the answer's text, and the path of a picture or None.

    `filled_in` carries a question that asks for a table, and what was entered.
    """

    answered = Signal(object, str, object)
    filled_in = Signal(object, object)
    picture_wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._prompts: tuple[PromptRow, ...] = ()
        self._prompt: PromptRow | None = None
        self._path: Path | None = None
        self._shown: QPixmap | None = None
        self._form: Form | None = None
        self._busy = False
        self._since_answer = QElapsedTimer()  # invalid until something was answered
        self.setObjectName("message")
        self.setProperty("tone", "attention")
        self._build()
        self.hide()
        self.retranslate()

    @property
    def prompt(self) -> PromptRow | None:
        """The question that is shown."""
        return self._prompt

    def show_prompts(self, prompts: Sequence[PromptRow]) -> None:
        """Show the first of these; the one that is shown already stays as it is, with what was typed."""
        self._prompts = tuple(prompts)
        first = self._prompts[0] if self._prompts else None
        if (first and first.number) != (self._prompt and self._prompt.number):
            self._take(first)
        self._say_heading()

    def show_picture(self, prompt: PromptRow, picture: Picture | None) -> None:
        """Show the picture that belongs to a question."""
        if picture is None or self._prompt is None or prompt.number != self._prompt.number:
            return
        pixmap = QPixmap()
        if pixmap.loadFromData(picture.data):
            ratio = self.devicePixelRatioF()
            size = QSize(round(_PICTURE.width() * ratio), round(_PICTURE.height() * ratio))
            scaled = pixmap.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            scaled.setDevicePixelRatio(ratio)
            self._picture.setPixmap(scaled)
            self._picture.setAccessibleName(picture.name)
            self._picture.show()

    def refuse(self, why: str) -> None:
        """Say what is wrong with the answer; it can be given again."""
        self._set_busy(False)
        self._grid.set_busy(False)
        self._error.setText(why)
        self._error.setVisible(bool(why))
        self.give_focus()

    def give_focus(self) -> None:
        """Let the keyboard go to the answer."""
        prompt = self._prompt
        if prompt is None:
            return
        if prompt.form is not None:
            self._grid.give_focus()
        elif prompt.choices:
            checked = self._choices.checkedButton() or self._choices.button(0)
            checked.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._line.isVisibleTo(self):
            self._line.setFocus(Qt.FocusReason.OtherFocusReason)
            self._line.selectAll()
        else:
            self._file_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def offer_focus(self) -> None:
        """Let the keyboard go to the answer, unless a person types or decides elsewhere: that Enter is not an answer."""
        at = self.window().focusWidget()
        elsewhere = at is not None and at.isVisible() and at is not self and not self.isAncestorOf(at)
        if elsewhere and (isinstance(at, QLineEdit | QPlainTextEdit) or isinstance(at.parent(), AbortQuestion)):
            return
        self.give_focus()

    def choose_file(self, path: Path) -> None:
        """Take a picture as part of the answer."""
        self._path = path
        self._file.setText(path.name)
        self._file.setToolTip(str(path))
        self._error.hide()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Question to the operator"))
        self._answer_button.setText(self.tr("Answer (Enter)"))
        self._file_button.setText(self.tr("Choose &picture …"))
        self._line.setAccessibleName(self.tr("Answer"))
        if self._path is None:
            self._file.setText(self.tr("no picture chosen yet"))
        self._grid.retranslate()
        self._say_prompt()
        self._say_heading()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter answers; a digit takes the choice of that place."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._answer()
            return
        digit = event.text()
        buttons = self._choices.buttons()
        if digit.isdecimal() and 1 <= int(digit) <= len(buttons):
            buttons[int(digit) - 1].setChecked(True)
            buttons[int(digit) - 1].setFocus()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A key that is held down answers one question, not the next one too."""
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.isAutoRepeat():
            return True
        return super().eventFilter(watched, event)

    # ---- inside -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._heading = StateLabel(self._desk.theme)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self._text.font()
        font.setPointSize(_TEXT_POINTS)
        self._text.setFont(font)
        self._line = QLineEdit()
        self._line.setFont(font)
        self._line.setMinimumWidth(180)
        self._line.returnPressed.connect(self._answer)
        self._line.installEventFilter(self)
        self._unit = QLabel()
        self._unit.setFont(font)
        self._hint = QLabel()
        self._hint.setProperty("tone", "muted")
        self._choices = QButtonGroup(self)
        self._choice_place = QWidget()
        self._choice_grid = QGridLayout(self._choice_place)
        self._choice_grid.setContentsMargins(0, 0, 0, 0)
        self._file_button = QPushButton()
        self._file_button.clicked.connect(self._ask_file)
        self._file = QLabel()
        self._error = QLabel()
        self._error.setProperty("tone", "alarm")
        self._error.setWordWrap(True)
        self._error.hide()
        self._line.textEdited.connect(self._error.hide)
        self._answer_button = QPushButton()
        self._answer_button.setProperty("kind", "primary")
        self._answer_button.clicked.connect(self._answer)
        self._picture = QLabel()
        self._picture.hide()
        self._grid = FormGrid(self._desk)
        self._grid.saved.connect(self._save)
        entry = QHBoxLayout()
        entry.setSpacing(8)
        for part in (self._line, self._unit, self._file_button, self._file, self._answer_button, self._hint):
            entry.addWidget(part)
        entry.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self._heading)
        left.addWidget(self._text)
        left.addWidget(self._choice_place)
        left.addLayout(entry)
        left.addWidget(self._grid)
        left.addWidget(self._error)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._picture)

    def _take(self, prompt: PromptRow | None) -> None:
        self._prompt, self._path = prompt, None
        self._set_busy(False)
        self._error.hide()
        self._picture.hide()
        self._line.clear()
        self.setVisible(prompt is not None)
        if prompt is None:
            return
        self._make_choices(prompt)
        self._take_form(prompt)
        wants_line = prompt.form is None and not prompt.choices and (bool(prompt.unit) or not prompt.wants_picture)
        self._answer_button.setVisible(prompt.form is None)
        self._line.setVisible(wants_line)
        self._unit.setVisible(bool(prompt.unit))
        for part in (self._file_button, self._file):
            part.setVisible(prompt.wants_picture)
        self.retranslate()
        if prompt.shown is not None:
            self.picture_wanted.emit(prompt)
        self.offer_focus()

    def _take_form(self, prompt: PromptRow) -> None:
        """Show the table that a question asks for; one that cannot be read is said."""
        self._form = None
        if prompt.form is not None:
            try:
                self._form = Form.of(prompt.form)
            except InputError as error:
                self.refuse(self._desk.tell(str(error)))
        self._grid.show_form(self._form)
        self._grid.setVisible(self._form is not None)

    def _save(self, entered: Entered) -> None:
        if self._prompt is not None:
            self._error.hide()
            self.filled_in.emit(self._prompt, entered)

    def _make_choices(self, prompt: PromptRow) -> None:
        for button in self._choices.buttons():
            self._choices.removeButton(button)
            self._choice_grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        for number, choice in enumerate(prompt.choices):
            radio = QRadioButton(f"{number + 1}  {self._desk.tell(choice)}")
            radio.setFont(self._text.font())
            self._choices.addButton(radio, number)
            self._choice_grid.addWidget(radio, number // 3, number % 3)
        self._choice_place.setVisible(bool(prompt.choices))

    def _say_prompt(self) -> None:
        prompt = self._prompt
        if prompt is None:
            return
        form = self._form
        words = self._desk.tell(prompt.text)
        if form is not None:
            words = f"{self._desk.say(form.title)}\n{self._desk.say(form.instruction)}"
        self._text.setText(words)
        self._fit_text()
        self._unit.setText(prompt.unit)
        for number, choice in enumerate(prompt.choices):
            self._choices.button(number).setText(f"{number + 1}  {self._desk.tell(choice)}")
        hint = ""
        if prompt.choices:
            hint = self.tr("A digit chooses, Enter answers.")
        elif prompt.unit and prompt.expected is not None:
            hint = self.tr("Expected about {value} {unit}; a point or a comma.").format(
                value=f"{prompt.expected:g}", unit=prompt.unit
            )
        elif prompt.unit:
            hint = self.tr("A number; a point or a comma.")
        elif not prompt.wants_picture and prompt.form is None:
            hint = self.tr("Enter confirms; a remark may stand before it.")
        self._hint.setText(hint)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Give the words the height that they need in this width."""
        super().resizeEvent(event)
        self._fit_text()

    def _fit_text(self) -> None:
        self._text.setMinimumHeight(max(0, self._text.heightForWidth(self._text.width())))

    def _say_heading(self) -> None:
        words = self.tr("The evaluation waits for your answer")
        if len(self._prompts) > 1:
            words = self.tr("{count} questions wait for your answer").format(count=len(self._prompts))
        self._heading.show_state(Shape.QUESTION, words, Tone.ATTENTION)

    def _answer(self) -> None:
        prompt = self._prompt
        if prompt is None or prompt.form is not None or self._busy:
            return
        if self._pressed_twice() and not (prompt.unit or prompt.choices):
            return
        if prompt.wants_picture and self._path is None:
            self.refuse(self.tr("A picture is asked for too: choose a PNG or JPEG file."))
            return
        if prompt.choices:
            chosen = self._choices.checkedId()
            if chosen < 0:
                self.refuse(self.tr("Choose one of the answers first."))
                return
            text = prompt.choices[chosen]
        else:
            text = self._line.text()
        try:
            read_answer(text, prompt.unit, prompt.choices)
        except InputError:
            self.refuse(self.tr("“{text}” is not a number; give a number in {unit}.").format(text=text, unit=prompt.unit))
            return
        self._error.hide()
        self._set_busy(True)
        self._since_answer.start()
        self.answered.emit(prompt, text, self._path)

    def _pressed_twice(self) -> bool:
        """Whether the last answer was given so shortly ago that this is the same hand's second press."""
        recent = self._since_answer.isValid() and self._since_answer.elapsed() < QApplication.doubleClickInterval()
        return recent and not self._line.text()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._answer_button.setEnabled(not busy)

    def _ask_file(self) -> None:
        title, kinds = self.tr("Picture for the answer"), self.tr("Pictures") + f" ({_PICTURES})"
        chosen, _ = QFileDialog.getOpenFileName(self, title, "", kinds)
        if chosen:
            self.choose_file(Path(chosen))
