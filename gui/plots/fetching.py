"""Asks for stored readings in a thread of its own: only the latest wish counts, and the window never waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from gui.plots.trace import Window
from gui.posting import post
from testbench.record.model import Overview

Source = Callable[[str, float, float, int], Overview]
"""Answers (channel, start, end, points) from any thread; `Record.overview` of an evaluation does."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Stored readings of some channels from `start` to `end` (s), as at most `points` points each."""

    source: Source
    channels: Sequence[str]
    start: float
    end: float
    points: int


class Fetcher(QObject):
    """`fetched` carries a wish and the windows by channel, `failed` the error; both in the thread of the window."""

    fetched = Signal(object, object)
    failed = Signal(object)
    _came = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wishes: list[Wish] = []
        self._condition = threading.Condition()
        self._working: threading.Thread | None = None
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._working is not None

    def ask(self, wish: Wish) -> None:
        """Ask, in place of what is waiting."""
        with self._condition:
            self._wishes = [wish]
            if self._working is None:
                self._working = threading.Thread(target=self._work, name="plot", daemon=True)
                self._working.start()

    def forget(self) -> None:
        """Drop what is waiting."""
        with self._condition:
            self._wishes = []

    def close(self) -> None:
        """Drop what is waiting, and wait until the source is not used any more."""
        self.forget()
        if (thread := self._working) is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._condition:
                if not self._wishes:
                    self._working = None
                    return
                wish = self._wishes.pop(0)
            windows, error = {}, None
            try:
                for name in wish.channels:
                    windows[name] = Window.of(wish.start, wish.end, wish.source(name, wish.start, wish.end, wish.points))
            except Exception as raised:  # told in the thread of the window
                error = raised
            post(self, self._came, wish, windows, error)

    def _deliver(self, wish: Wish, windows: dict[str, Window], error: Exception | None) -> None:
        if error is not None:
            self.failed.emit(error)
        else:
            self.fetched.emit(wish, windows)
