"""The section of language and colours; both change at once."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.settings.section import Card, Section
from gui.theme import Choice
from testbench.text import Language

LANGUAGES = {Language.CHINESE: "中文", Language.ENGLISH: "English"}


class AppearanceSection(Section):
    """Two choices, each taken at once."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._language, self._colours = Card(), Card()
        self.languages = {language: QRadioButton(name) for language, name in LANGUAGES.items()}
        self.choices = {choice: QRadioButton() for choice in Choice}
        self._groups = [
            _row(self._language, list(self.languages.values()), self),
            _row(self._colours, list(self.choices.values()), self),
        ]
        for language, button in self.languages.items():
            button.clicked.connect(lambda _=False, to=language: self.desk.set_language(to))
        for choice, button in self.choices.items():
            button.clicked.connect(lambda _=False, to=choice: self.desk.set_theme(to))
        desk.language_changed.connect(self._show)
        desk.theme_changed.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._language)
        column.addWidget(self._colours)
        column.addStretch()
        self._show()

    def title(self) -> str:
        """Its name."""
        return self.tr("Language and colours")

    def retranslate(self) -> None:
        """Set all texts."""
        self._language.say(
            self.tr("Language"), self.tr("Of the window; reports are written in either. Ctrl+Shift+L changes it anywhere.")
        )
        self._colours.say(self.tr("Colours"))
        self.choices[Choice.SYSTEM].setText(self.tr("As the system has them"))
        self.choices[Choice.LIGHT].setText(self.tr("Light"))
        self.choices[Choice.DARK].setText(self.tr("Dark"))

    def _show(self) -> None:
        self.languages[self.desk.language].setChecked(True)
        self.choices[self.desk.theme.choice].setChecked(True)


def _row(card: Card, buttons: list[QRadioButton], parent: QWidget) -> QButtonGroup:
    group = QButtonGroup(parent)
    row = QHBoxLayout()
    row.setSpacing(24)
    for button in buttons:
        group.addButton(button)
        row.addWidget(button)
    row.addStretch()
    card.column.addLayout(row)
    return group
