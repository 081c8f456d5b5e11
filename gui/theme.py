"""Colours by what they mean, light and dark: grey ground, colour only for what needs attention."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


class Tone(StrEnum):
    """What a colour stands for."""

    GROUND = "ground"  # the window
    SURFACE = "surface"  # panels on it
    RAISED = "raised"  # what can be typed into or read closely
    LINE = "line"
    TEXT = "text"
    MUTED = "muted"
    ACCENT = "accent"  # chosen, focused, the one action that is meant
    ON_ACCENT = "on accent"
    GOOD = "good"
    ATTENTION = "attention"
    ALARM = "alarm"
    FAULT = "fault"  # cannot be judged, no connection
    SIMULATED = "simulated"
    SET_POINT = "set point"
    REFERENCE = "reference"
    LIMIT = "limit"
    BAND = "band"  # every other step behind a trace
    TRACE_1 = "trace 1"
    TRACE_2 = "trace 2"
    TRACE_3 = "trace 3"
    TRACE_4 = "trace 4"
    TRACE_5 = "trace 5"
    TRACE_6 = "trace 6"
    TRACE_7 = "trace 7"
    TRACE_8 = "trace 8"
    TRACE_9 = "trace 9"
    TRACE_10 = "trace 10"
    TRACE_11 = "trace 11"
    TRACE_12 = "trace 12"


class Choice(StrEnum):
    """What a person chose: light, dark, or what the system has."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_LIGHT = {
    Tone.GROUND: "#dfe2e5",
    Tone.SURFACE: "#eceef0",
    Tone.RAISED: "#f8f9fa",
    Tone.LINE: "#b4bac0",
    Tone.TEXT: "#1c2126",
    Tone.MUTED: "#59626b",
    Tone.ACCENT: "#2b5c8a",
    Tone.ON_ACCENT: "#ffffff",
    Tone.GOOD: "#2f6b4a",
    Tone.ATTENTION: "#b06000",
    Tone.ALARM: "#b3261e",
    Tone.FAULT: "#78449a",
    Tone.SIMULATED: "#3a4650",
    Tone.SET_POINT: "#59626b",
    Tone.REFERENCE: "#11708a",
    Tone.LIMIT: "#b3261e",
    Tone.BAND: "#d3d7db",
    Tone.TRACE_1: "#1f4e79",
    Tone.TRACE_2: "#a3541a",
    Tone.TRACE_3: "#2e7257",
    Tone.TRACE_4: "#7a4a91",
    Tone.TRACE_5: "#8a6d0b",
    Tone.TRACE_6: "#8c3553",
    Tone.TRACE_7: "#3d7ea6",
    Tone.TRACE_8: "#5f6b1f",
    Tone.TRACE_9: "#54514d",
    Tone.TRACE_10: "#b04f6f",
    Tone.TRACE_11: "#0f7f7f",
    Tone.TRACE_12: "#6a5acd",
}
_DARK = {
    Tone.GROUND: "#202428",
    Tone.SURFACE: "#2a2f34",
    Tone.RAISED: "#33393f",
    Tone.LINE: "#4c545c",
    Tone.TEXT: "#e4e7ea",
    Tone.MUTED: "#a2abb4",
    Tone.ACCENT: "#7db0de",
    Tone.ON_ACCENT: "#14181c",
    Tone.GOOD: "#79b894",
    Tone.ATTENTION: "#e8a33d",
    Tone.ALARM: "#f2766c",
    Tone.FAULT: "#c49be0",
    Tone.SIMULATED: "#aab6c1",
    Tone.SET_POINT: "#a2abb4",
    Tone.REFERENCE: "#5cc0da",
    Tone.LIMIT: "#f2766c",
    Tone.BAND: "#3a4148",
    Tone.TRACE_1: "#7fb2e0",
    Tone.TRACE_2: "#e09a63",
    Tone.TRACE_3: "#78c2a4",
    Tone.TRACE_4: "#c39ad8",
    Tone.TRACE_5: "#d8bb55",
    Tone.TRACE_6: "#e08aa6",
    Tone.TRACE_7: "#9ccbe6",
    Tone.TRACE_8: "#b4c26a",
    Tone.TRACE_9: "#c2beb8",
    Tone.TRACE_10: "#f0a9c0",
    Tone.TRACE_11: "#6fd0d0",
    Tone.TRACE_12: "#aca2f5",
}
TRACES = tuple(tone for tone in Tone if tone.value.startswith("trace"))


class Theme(QObject):
    """The colours in use; `changed` comes when the system or a person changes between light and dark."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: Choice = Choice.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._dark = False
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self._dark

    @property
    def choice(self) -> Choice:
        """What the person chose."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Take light, dark, or what the system has."""
        self._choice = choice
        self._apply()

    def colour(self, tone: Tone) -> QColor:
        """The present colour of a tone."""
        return QColor((_DARK if self._dark else _LIGHT)[tone])

    def trace(self, number: int) -> QColor:
        """The colour of a trace, counted from 0; they begin again after the last."""
        return self.colour(TRACES[number % len(TRACES)])

    def _follow(self) -> None:
        if self._choice is Choice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        hints = QGuiApplication.styleHints()
        system = hints.colorScheme() is Qt.ColorScheme.Dark
        self._dark = self._choice is Choice.DARK or (self._choice is Choice.SYSTEM and system)
        self._application.setPalette(self._palette())
        self._application.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        for part, tone in (
            (role.Window, Tone.SURFACE),
            (role.WindowText, Tone.TEXT),
            (role.Base, Tone.RAISED),
            (role.AlternateBase, Tone.SURFACE),
            (role.Text, Tone.TEXT),
            (role.Button, Tone.SURFACE),
            (role.ButtonText, Tone.TEXT),
            (role.BrightText, Tone.ALARM),
            (role.ToolTipBase, Tone.RAISED),
            (role.ToolTipText, Tone.TEXT),
            (role.PlaceholderText, Tone.MUTED),
            (role.Highlight, Tone.ACCENT),
            (role.HighlightedText, Tone.ON_ACCENT),
            (role.Link, Tone.ACCENT),
            (role.LinkVisited, Tone.ACCENT),
            (role.Accent, Tone.ACCENT),
            (role.Mid, Tone.LINE),
            (role.Midlight, Tone.SURFACE),
            (role.Dark, Tone.LINE),
            (role.Shadow, Tone.LINE),
            (role.Light, Tone.RAISED),
        ):
            palette.setColor(part, self.colour(tone))
        for part in (role.WindowText, role.Text, role.ButtonText):
            faint = self.colour(Tone.MUTED)
            faint.setAlpha(150)
            palette.setColor(QPalette.ColorGroup.Disabled, part, faint)
        return palette

    def _style_sheet(self) -> str:
        """What a palette cannot say; widgets ask for it by a property: [level], [kind], [tone]."""
        colours = {tone.name: self.colour(tone).name() for tone in Tone}
        return _SHEET.format(**colours)


_SHEET = """
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; padding: 4px; }}
QLabel[level="1"] {{ font-size: 18pt; font-weight: 600; }}
QLabel[level="2"] {{ font-size: 13pt; font-weight: 600; }}
QLabel[level="3"] {{ font-weight: 600; }}
QLabel[level="far"] {{ font-size: 24pt; font-weight: 600; }}
QLabel[tone="muted"] {{ color: {MUTED}; }}
QLabel[tone="alarm"] {{ color: {ALARM}; }}
QLabel[tone="attention"] {{ color: {ATTENTION}; }}
QLabel[tone="good"] {{ color: {GOOD}; }}
QLabel[tone="fault"] {{ color: {FAULT}; }}
QPushButton {{ padding: 5px 12px; min-height: 18px; }}
QPushButton[kind="primary"] {{ background: {ACCENT}; color: {ON_ACCENT}; border: 1px solid {ACCENT}; border-radius: 3px;
    font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {TEXT}; }}
QPushButton[kind="primary"]:disabled {{ background: {LINE}; color: {SURFACE}; border-color: {LINE}; }}
QPushButton[kind="danger"] {{ color: {ALARM}; font-weight: 600; }}
QPushButton[kind="danger"]:disabled {{ color: {LINE}; }}
QFrame[kind="card"] {{ background: {SURFACE}; border: 1px solid {LINE}; border-radius: 4px; }}
QWidget#ground {{ background: {GROUND}; }}
QWidget#rail {{ background: {SURFACE}; border-right: 1px solid {LINE}; }}
QWidget#rail QToolButton {{ border: none; border-left: 3px solid transparent; padding: 8px 2px 6px 2px; color: {MUTED}; }}
QWidget#rail QToolButton:hover {{ background: {RAISED}; }}
QWidget#rail QToolButton:focus {{ border: 1px dotted {TEXT}; }}
QWidget#rail QToolButton:checked {{ border-left: 3px solid {ACCENT}; background: {RAISED}; color: {TEXT};
    font-weight: 600; }}
QLabel#simulated {{ background: {SIMULATED}; color: {SURFACE}; font-weight: 600; padding: 3px 12px; letter-spacing: 1px; }}
QFrame#message {{ background: {RAISED}; border: 2px solid {ALARM}; border-radius: 4px; }}
QFrame#message[tone="attention"] {{ border-color: {ATTENTION}; }}
QFrame#message[tone="muted"] {{ border-color: {LINE}; }}
QHeaderView::section {{ background: {SURFACE}; border: none; border-bottom: 1px solid {LINE}; border-right: 1px solid {LINE};
    padding: 5px 8px; font-weight: 600; }}
QTableView, QTreeView, QListView {{ gridline-color: {LINE}; border: 1px solid {LINE}; }}
QSplitter::handle {{ background: {GROUND}; }}
QStatusBar {{ background: {SURFACE}; border-top: 1px solid {LINE}; }}
QStatusBar::item {{ border: none; }}
"""
