"""What can be set by hand: a small form for each ability of a part, which sends an `Action` or says what is typed wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.bench.live import shown
from gui.bench.typed import FULL_SCALE, TypingError, content_units, number, supply
from gui.bench.words import Words
from gui.preferences import Preferences
from testbench.engine.manual.actions import (
    Action,
    Adjust,
    Rest,
    SetCondition,
    SetFlow,
    SetVelocity,
    StopFlowRig,
    StopGas,
    ZeroGas,
)
from testbench.engine.manual.parts import Ability, Part
from testbench.engine.roles import Adjustment

LEVELS = (0, 20, 50, 80, 100)  # percent of full scale, at one press
UNIT_KEY = "bench.content_unit"


class Form(QWidget):
    """The base of the forms: `ordered` carries an action; a line below says what was typed wrong."""

    ordered = Signal(object)

    def __init__(self, part: Part, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self.words = words
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self._wrong = QLabel(wordWrap=True)
        self._wrong.setProperty("tone", "attention")
        self._wrong.hide()

    def retranslate(self) -> None:
        """Set all texts."""

    @property
    def wrong(self) -> str:
        """What is said of what was typed; empty for nothing."""
        return self._wrong.text()

    def finish(self) -> None:
        """Put the line for what is wrong below everything, and set the texts."""
        self.column.addWidget(self._wrong)
        self.retranslate()

    def order(self, make: Callable[[], Action], field: QLineEdit | None = None, unit: str = "") -> None:
        """Send an action; where what was typed is wrong, say so and go back to the field."""
        try:
            action = make()
        except TypingError as error:
            self._wrong.setText(f"▲ {self.words.typo(error, unit)}")
            self._wrong.show()
            if field is not None:
                field.setFocus()
                field.selectAll()
            return
        self._wrong.clear()
        self._wrong.hide()
        self.ordered.emit(action)


class GasForm(Form):
    """A content from the divider, zero gas, rest, stop."""

    def __init__(self, part: Part, words: Words, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(part, words, parent)
        self._preferences = preferences
        self.content = QLineEdit()
        self.unit = QComboBox()
        self.unit.addItems(content_units(part))
        kept = self.unit.findText(preferences.get(UNIT_KEY, ""))
        self.unit.setCurrentIndex(max(0, kept))
        self.unit.currentTextChanged.connect(lambda text: preferences.set(UNIT_KEY, text))
        self.set = QPushButton()
        self.set.setProperty("kind", "primary")
        self._label = QLabel()
        self._label.setBuddy(self.content)
        row = QHBoxLayout()
        row.addWidget(self.content, 1)
        row.addWidget(self.unit)
        row.addWidget(self.set)
        self.column.addWidget(self._label)
        self.column.addLayout(row)
        self.levels: list[QPushButton] = []
        if FULL_SCALE in content_units(part):
            levels = QHBoxLayout()
            levels.setSpacing(4)
            for level in LEVELS:
                button = QPushButton(f"{level} %")
                button.clicked.connect(lambda _=False, level=level: self._set_level(level))
                levels.addWidget(button, 1)
                self.levels.append(button)
            self.column.addLayout(levels)
        self.zero, self.rest, self.stop = QPushButton(), QPushButton(), QPushButton()
        states = QHBoxLayout()
        states.setSpacing(4)
        for button, action in ((self.zero, ZeroGas()), (self.rest, Rest()), (self.stop, StopGas())):
            button.clicked.connect(lambda _=False, action=action: self.order(lambda: action))
            states.addWidget(button, 1)
        self.column.addLayout(states)
        self.content.returnPressed.connect(self._set)
        self.set.clicked.connect(self._set)
        self.finish()

    def retranslate(self) -> None:
        """Set all texts."""
        self._label.setText(self.tr("&Content of {gas}").format(gas=self.part.component))
        self.content.setPlaceholderText(self.tr("for example 50"))
        self.unit.setAccessibleName(self.tr("Unit of the content"))
        self.set.setText(self.tr("&Supply"))
        for button, level in zip(self.levels, LEVELS, strict=False):
            words = self.tr("Supply {level} % of full scale").format(level=level)
            button.setToolTip(words)
            button.setAccessibleName(words)
        self.zero.setText(self.tr("&Zero gas"))
        self.rest.setText(self.tr("R&est"))
        self.rest.setToolTip(self.words.resting(self.part.safe_state))
        self.stop.setText(self.tr("S&top gas"))

    def _set(self) -> None:
        unit = self.unit.currentText()
        self.order(lambda: supply(self.part, self.content.text(), unit), self.content, unit)

    def _set_level(self, level: int) -> None:
        with QSignalBlocker(self.unit):
            self.unit.setCurrentText(FULL_SCALE)
        self.content.setText(str(level))
        self._set()


class NumberForm(Form):
    """One number to set, and a button for 0 or standstill where there is one."""

    def __init__(self, part: Part, words: Words, ability: Ability, parent: QWidget | None = None) -> None:
        super().__init__(part, words, parent)
        self._ability = ability
        self.field = QLineEdit()
        self.set = QPushButton()
        self.set.setProperty("kind", "primary")
        self.off = QPushButton()
        self.off.setVisible(ability is not Ability.CONDITION)
        self._label = QLabel()
        self._label.setBuddy(self.field)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(QLabel(part.unit))
        row.addWidget(self.set)
        row.addWidget(self.off)
        self.column.addWidget(self._label)
        self.column.addLayout(row)
        self.field.returnPressed.connect(self._set)
        self.set.clicked.connect(self._set)
        self.off.clicked.connect(lambda: self.order(self._stop))
        self.finish()

    def retranslate(self) -> None:
        """Set all texts."""
        part = self.part
        if self._ability is Ability.FLOW:
            words = self.tr("&Flow, 0 to {high} {unit}").format(high=f"{part.high or 0.0:g}", unit=part.unit)
        elif self._ability is Ability.VELOCITY:
            words = self.tr("&Velocity")
        else:
            words = self.words.name(part)
        self._label.setText(words)
        self.set.setText(self.tr("&Set"))
        self.off.setText(self.tr("S&top"))

    def _set(self) -> None:
        part = self.part
        bounded = self._ability is not Ability.CONDITION
        low, high = (part.low, part.high) if bounded else (None, None)
        self.order(lambda: self._action(number(self.field.text(), low, high)), self.field, part.unit)

    def _action(self, value: float) -> Action:
        if self._ability is Ability.FLOW:
            return SetFlow(self.part.key, value)
        if self._ability is Ability.VELOCITY:
            return SetVelocity(value)
        return SetCondition(self.part.component, value)

    def _stop(self) -> Action:
        return SetFlow(self.part.key, 0.0) if self._ability is Ability.FLOW else StopFlowRig()


class AdjustForm(Form):
    """Zero and span of a device: what its present indication shall become."""

    def __init__(self, part: Part, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(part, words, parent)
        self.fields: dict[Adjustment, QLineEdit] = {}
        self.buttons: dict[Adjustment, QPushButton] = {}
        self._labels: dict[Adjustment, QLabel] = {}
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        targets = {Adjustment.ZERO: part.low or 0.0, Adjustment.SPAN: None}
        for row, (point, target) in enumerate(targets.items()):
            field, button, label = QLineEdit(), QPushButton(), QLabel()
            label.setBuddy(field)
            if target is not None:
                field.setText(shown(target, 0.01).rstrip("0").rstrip(".") or "0")
            for column, widget in enumerate((label, field, QLabel(part.unit), button)):
                grid.addWidget(widget, row, column)
            field.returnPressed.connect(lambda point=point: self._adjust(point))
            button.clicked.connect(lambda _=False, point=point: self._adjust(point))
            self.fields[point], self.buttons[point], self._labels[point] = field, button, label
        self.column.addLayout(grid)
        self.finish()

    def retranslate(self) -> None:
        """Set all texts."""
        self._labels[Adjustment.ZERO].setText(self.tr("&Zero to"))
        self._labels[Adjustment.SPAN].setText(self.tr("S&pan to"))
        self.buttons[Adjustment.ZERO].setText(self.tr("Adjust zero …"))
        self.buttons[Adjustment.SPAN].setText(self.tr("Adjust span …"))

    def _adjust(self, point: Adjustment) -> None:
        part, field = self.part, self.fields[point]
        self.order(lambda: Adjust(part.key, point, number(field.text(), part.low, part.high)), field, part.unit)


def forms_for(part: Part, words: Words, preferences: Preferences) -> list[Form]:
    """A form for each thing that can be done with a part."""
    made: list[Form] = []
    for ability in part.abilities:
        if ability is Ability.GAS:
            made.append(GasForm(part, words, preferences))
        elif ability is Ability.ADJUST:
            made.append(AdjustForm(part, words))
        else:
            made.append(NumberForm(part, words, ability))
    return made
