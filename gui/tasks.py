"""Work in the background: a function in a thread, its progress, its result or its error in the thread of the window.

    desk.tasks.start(lambda progress: read_much(progress), owner=self, done=self.show, title=self.tr("Reading …"))

`done` and `failed` are called in the window's thread, and never after the task was cancelled or its owner is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from gui.posting import post

T = TypeVar("T")
THREADS = 8


class CancelledError(Exception):
    """The work was cancelled by a person, or nobody waits for it any more."""


class Progress:
    """What the working function says of itself, and hears: whether it was cancelled."""

    def __init__(self, heard: Callable[[str, float | None], None]) -> None:
        self._heard = heard
        self._cancelled = threading.Event()

    def say(self, text: str, share: float | None = None) -> None:
        """Say what is being done, and the share that is done (0 to 1), where it is known."""
        self._heard(text, share)

    @property
    def cancelled(self) -> bool:
        """Whether the work is to end."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """End here if the work was cancelled."""
        if self.cancelled:
            raise CancelledError

    def cancel(self) -> None:
        """Ask the work to end."""
        self._cancelled.set()


class Task(QObject):
    """One piece of work. `progressed` carries text and share (0 to 1 or None); `over` comes at every end."""

    progressed = Signal(str, object)
    over = Signal()
    _came = Signal(object, object)

    def __init__(
        self,
        title: str,
        owner: QObject,
        done: Callable[[Any], object] | None,
        failed: Callable[[Exception], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.text = ""
        self.share: float | None = None
        self._owner = owner
        self._done = done
        self._failed = failed
        self.progress = Progress(self._say)
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.progressed.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Ask the work to end; nothing of it is delivered."""
        self.progress.cancel()

    def work(self, function: Callable[[Progress], Any]) -> None:
        """Do the work; in a thread of its own."""
        result, error = None, None
        try:
            self.progress.check()
            result = function(self.progress)
        except Exception as raised:  # delivered to whoever waits
            error = raised
        post(self, self._came, result, error)

    def _say(self, text: str, share: float | None) -> None:
        post(self, self.progressed, text, share)

    def _keep(self, text: str, share: float | None) -> None:
        self.text, self.share = text, share

    def _deliver(self, result: Any, error: Exception | None) -> None:
        wanted = shiboken6.isValid(self._owner) and not self.progress.cancelled
        try:
            if wanted and error is not None and not isinstance(error, CancelledError):
                self._failed(error)
            elif wanted and error is None and self._done is not None:
                self._done(result)
        finally:
            self.over.emit()
            self.deleteLater()


class Tasks(QObject):
    """All work that goes on; `changed` comes when some begins or ends."""

    changed = Signal()

    def __init__(self, fail: Callable[[BaseException], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fail = fail
        self._going: list[Task] = []
        self._closed = False
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="task")

    @property
    def going(self) -> tuple[Task, ...]:
        """What goes on, the oldest first."""
        return tuple(self._going)

    def start(
        self,
        work: Callable[[Progress], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        title: str = "",
    ) -> Task:
        """Begin a piece of work; with a title it is shown, with a button to cancel it. After `close` nothing begins."""
        task = Task(title, owner, done, failed or self._fail, self)
        self._going.append(task)
        task.over.connect(lambda: self._end(task))
        self.changed.emit()
        if self._closed:
            task.cancel()
            task.work(work)  # which ends at once
        else:
            self._pool.submit(task.work, work)
        return task

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        self._closed = True
        for task in self._going:
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _end(self, task: Task) -> None:
        if task in self._going:
            self._going.remove(task)
        self.changed.emit()
