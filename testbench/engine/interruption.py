"""Ctrl-C and the system's request to end, turned into an abort at the next moment at which the bench can bear it.

An exception that strikes anywhere could cut a transaction of the record or an instrument's answer in two. So while an
evaluation runs a signal is only noted; the clock and every step look (`check`) and raise AbortedError. Before the bench is
touched nothing can be cut: there a signal strikes at once, as KeyboardInterrupt.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from testbench.errors import AbortedError, EndedError

REASONS = {
    "SIGINT": "aborted from the keyboard",
    "SIGBREAK": "aborted from the keyboard",
    "SIGTERM": "interrupted: the program was asked to end (SIGTERM)",
    "SIGHUP": "interrupted: the terminal was closed (SIGHUP)",
}
"""Signals that end an evaluation, where the system knows them, and what they say."""
ENDING = ("SIGTERM", "SIGHUP")
"""Those that nobody meant as an abort: the evaluation can be resumed."""


class Interruption:
    """Takes the signals for the length of a `with` block; outside the main thread it takes none."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._held = self._ending = False
        self._before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in REASONS:
                number = getattr(signal, name, None)
                # a signal that whoever started us has switched off stays off (nohup)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()

    def check(self) -> None:
        """Raise AbortedError if an abort was asked for, EndedError if the system asks the program to end."""
        if self.reason is not None:
            raise (EndedError if self._ending else AbortedError)(self.reason)

    def hold(self) -> None:
        """From now on signals are only noted: the bench is being driven."""
        self._held = True

    def _note(self, number: int, _: FrameType | None) -> None:
        if self.reason is None:
            name = signal.Signals(number).name
            self.reason, self._ending = REASONS[name], name in ENDING
        if not self._held:
            raise KeyboardInterrupt
