"""The line above the picture: which station, who has it, and what can be done with the whole of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.bench.live import Live, Mode
from gui.bench.words import Words
from gui.icons import icon
from gui.theme import Theme, Tone
from gui.widgets.state_label import StateLabel

CONNECT_KEY, CHECK_KEY, SAFE_KEY = "F6", "F7", "F8"


class TopBar(QWidget):
    """`picked` carries the path of a station; the other signals are the buttons."""

    picked = Signal(object)
    new_asked = Signal()
    open_asked = Signal()
    connect_asked = Signal()
    check_asked = Signal()
    safe_asked = Signal()
    run_asked = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._live = Live()
        self._ready = False
        self.stations = QComboBox()
        self.stations.setMinimumContentsLength(14)
        self.stations.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.label = QLabel()
        self.label.setBuddy(self.stations)
        self.new, self.open = QToolButton(), QToolButton()
        self.state = StateLabel(theme)
        self.connect_button, self.check, self.safe = QPushButton(), QPushButton(), QPushButton()
        self.safe.setProperty("kind", "danger")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.label, self.stations, self.new, self.open, self.state):
            row.addWidget(widget)
        row.addStretch(1)
        for button in (self.connect_button, self.check, self.safe):
            row.addWidget(button)
        self.stations.activated.connect(lambda _: self.picked.emit(self.stations.currentData()))
        for control, signal in (
            (self.new, self.new_asked),
            (self.open, self.open_asked),
            (self.check, self.check_asked),
            (self.safe, self.safe_asked),
        ):
            control.clicked.connect(signal)
        self.connect_button.clicked.connect(self._connect)
        self.restyle()

    def retranslate(self) -> None:
        """Set all texts."""
        self.label.setText(self.tr("St&ation"))
        self.new.setToolTip(self.tr("New simulated station"))
        self.new.setAccessibleName(self.tr("New simulated station"))
        self.open.setToolTip(self.tr("Open a station file … (Ctrl+O)"))
        self.open.setAccessibleName(self.tr("Open a station file"))
        self.open.setShortcut("Ctrl+O")
        self.check.setText(self.tr("Check the station"))
        self.check.setShortcut(CHECK_KEY)
        self.check.setToolTip(self.tr("Ask every instrument who it is, and say what is wrong ({key})").format(key=CHECK_KEY))
        self.safe.setText(self.tr("Make safe"))
        self.safe.setShortcut(SAFE_KEY)
        self.safe.setToolTip(self.tr("Drive every instrument to its safe state now ({key})").format(key=SAFE_KEY))
        self._show()

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        colour = self._theme.colour(Tone.TEXT)
        self.new.setIcon(icon("add", colour))
        self.open.setIcon(icon("open", colour))
        self.connect_button.setIcon(icon("connect", colour))
        self.check.setIcon(icon("check", colour))
        self.safe.setIcon(icon("stop", self._theme.colour(Tone.ALARM)))

    def show_stations(self, paths: Sequence[Path], chosen: Path | None) -> None:
        """List the stations that are known."""
        with QSignalBlocker(self.stations):
            self.stations.clear()
            for path in paths:
                self.stations.addItem(path.stem, path)
                self.stations.setItemData(self.stations.count() - 1, str(path), 3)  # the tool tip
            if chosen is not None and chosen in paths:
                self.stations.setCurrentIndex(list(paths).index(chosen))

    def show_live(self, live: Live, *, ready: bool) -> None:
        """Show who has the station; `ready` says whether its file could be read."""
        self._live, self._ready = live, ready
        self._show()

    def _show(self) -> None:
        mode = self._live.mode
        self.state.show_state(*self._words.mode(mode, self._live.evaluation))
        held = mode in (Mode.HAND, Mode.CONNECTING, Mode.RELEASING)
        if mode is Mode.RUN:
            text, words = self.tr("Show the run"), self.tr("Go to the screen of the run that has the station ({key})")
        elif held:
            text, words = self.tr("Release"), self.tr("Leave the bench safe and give it up ({key})")
        else:
            text = self.tr("Connect")
            words = self.tr("Connect to every instrument, to read and set it by hand ({key})")
        self.connect_button.setText(text)
        self.connect_button.setShortcut(CONNECT_KEY)
        self.connect_button.setToolTip(words.format(key=CONNECT_KEY))
        self.connect_button.setEnabled(self._ready and mode in (Mode.NOBODY, Mode.HAND, Mode.RUN))
        self.check.setEnabled(self._ready and mode in (Mode.NOBODY, Mode.HAND))
        self.safe.setEnabled(mode is Mode.HAND)
        self.stations.setEnabled(not held)
        self.new.setEnabled(not held)
        self.open.setEnabled(not held)

    def _connect(self) -> None:
        (self.run_asked if self._live.mode is Mode.RUN else self.connect_asked).emit()
