"""Signals from other threads: what comes after the window has gone is dropped."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6.QtCore import QObject, SignalInstance


def post(source: QObject, signal: SignalInstance, *values: Any) -> None:
    """Emit a signal of `source` from a thread; nothing where `source` is gone, even if it goes at this moment."""
    try:
        signal.emit(*values)
    except RuntimeError:
        if shiboken6.isValid(source):
            raise
