"""All keys of a screen and of the window, in a list."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

_MNEMONIC = re.compile(r"\s*\(&.\)")  # as Chinese texts have it: "打开(&O)"


def keys_of(widget: QWidget) -> list[tuple[str, str]]:
    """Keys and what they do, of all actions, buttons, fields and shortcuts of a widget that can be seen; each key once."""
    found: dict[str, str] = {}
    for action in widget.findChildren(QAction):
        _add(found, action.shortcut(), action.text() or action.toolTip())
    for button in widget.findChildren(QAbstractButton):
        if button.isVisibleTo(widget):
            _add(found, button.shortcut(), button.text() or button.accessibleName() or button.toolTip())
    for label in widget.findChildren(QLabel):
        if label.buddy() is not None and label.isVisibleTo(widget):
            _add(found, QKeySequence.mnemonic(label.text()), label.text())
    for shortcut in widget.findChildren(QShortcut):
        _add(found, shortcut.key(), shortcut.whatsThis())
    return list(found.items())


def _add(found: dict[str, str], key: QKeySequence, words: str) -> None:
    text = key.toString(QKeySequence.SequenceFormat.NativeText)
    if text and words:
        found.setdefault(text, _MNEMONIC.sub("", words).replace("&", ""))


class ShortcutsDialog(QDialog):
    """The keys of the screen that is shown, then those of the window."""

    def __init__(self, window: QWidget, page: QWidget | None) -> None:
        super().__init__(window)
        self._window, self._page = window, page
        self._scroll = QScrollArea(widgetResizable=True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(self._scroll)
        whole.addWidget(self._buttons)
        self.resize(520, 560)
        self.retranslate()

    def retranslate(self) -> None:
        """List the keys with their words in the present language."""
        window, page = self._window, self._page
        self.setWindowTitle(self.tr("Keys"))
        self._scroll.setAccessibleName(self.tr("Keys"))
        own = keys_of(page) if page is not None else []
        seen = {key for key, _ in own}
        others = [(key, words) for key, words in _window_keys(window, page) if key not in seen]
        inside = QWidget()
        form = QFormLayout(inside)
        form.setHorizontalSpacing(24)
        for heading, keys in ((self.tr("This screen"), own), (self.tr("Everywhere"), others)):
            if keys:
                form.addRow(_heading(heading))
            for key, words in keys:
                form.addRow(QLabel(key), QLabel(words))
        self._scroll.setWidget(inside)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102, N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            QTimer.singleShot(0, self, self.retranslate)  # after the screens, whose words are listed


def _window_keys(window: QWidget, page: QWidget | None) -> list[tuple[str, str]]:
    inside = set() if page is None else {id(button) for button in page.findChildren(QAbstractButton)}
    found: dict[str, str] = {}
    for button in window.findChildren(QAbstractButton):
        if id(button) not in inside and button.isVisibleTo(window):
            _add(found, button.shortcut(), button.text() or button.accessibleName() or button.toolTip())
    for key, words in (
        ("F1", QCoreApplication.translate("ShortcutsDialog", "This list")),
        ("Ctrl+Shift+L", QCoreApplication.translate("ShortcutsDialog", "中文 / English")),
        ("Ctrl+Q", QCoreApplication.translate("ShortcutsDialog", "Close the window; evaluations go on")),
    ):
        _add(found, QKeySequence(key), words)
    return list(found.items())


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("level", "3")
    return label
