"""Lines that a person types at the terminal, without making the bench wait for them."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator

CHUNK = 4096


class Keyboard:
    """The keyboard of a terminal: its lines are read in a thread of their own, from the first question on.

    The thread reads the terminal itself, not `sys.stdin`: it may still be waiting when the program ends.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reading = False

    @classmethod
    def of_terminal(cls) -> Keyboard | None:
        """The keyboard of this process's terminal; None where it has none (a pipe, a service, a detached process)."""
        try:
            return cls(sys.stdin.fileno()) if sys.stdin.isatty() else None
        except (AttributeError, OSError, ValueError):  # no standard input, or a closed one
            return None

    def begin(self) -> None:
        """Listen; what was typed before belongs to no question and is dropped."""
        for _ in self.lines():
            pass
        if not self._reading:
            self._reading = True
            threading.Thread(target=self._read, daemon=True, name="keyboard").start()

    def lines(self) -> Iterator[str]:
        """The lines that were typed since, without their ends."""
        while True:
            try:
                yield self._lines.get_nowait()
            except queue.Empty:
                return

    def _read(self) -> None:
        """Until the terminal is closed (Ctrl-D ends it too: then the question is answered from elsewhere)."""
        encoding = os.device_encoding(self._descriptor) or "utf-8"
        rest = b""
        while True:
            try:
                data = os.read(self._descriptor, CHUNK)
            except OSError:
                return
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._lines.put(line.decode(encoding, "replace").strip())
