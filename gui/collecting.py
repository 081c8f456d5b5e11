"""Garbage is collected in the thread of the window alone: widgets in reference cycles must not be destroyed in another.

Python collects in whatever thread happens to allocate. Of a dialog that was closed and is held by its own connections that
would destroy Qt objects in a working thread, which ends the process now and then.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250


class Collector(QObject):
    """Collects as Python would by itself, by the same thresholds, but from the event loop of the thread it was made in."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MS)

    def look(self) -> None:
        """Collect the generations that are due."""
        counts = gc.get_count()
        due = [place for place, (count, most) in enumerate(zip(counts, self._thresholds, strict=True)) if count > most > 0]
        if due:
            gc.collect(max(due))
