"""Errors that no code of ours expected: kept in a log, and shown with what to do; the window goes on."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QtMsgType, Signal, qInstallMessageHandler

LOG = "application.log"
_log = logging.getLogger("gui")


class Failures(QObject):
    """Hears of every unexpected error, in any thread; `happened` carries its text, in the thread of the window."""

    happened = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log = folder / LOG

    def install(self) -> None:
        """Listen to this process, and keep a log."""
        self._open_log()
        sys.excepthook = self._raised
        threading.excepthook = lambda args: self._raised(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )
        sys.unraisablehook = lambda args: self._raised(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
        qInstallMessageHandler(_keep_message)

    def remove(self) -> None:
        """Leave everything as it was."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)
        for handler in list(_log.handlers):
            _log.removeHandler(handler)
            handler.close()

    def _open_log(self) -> None:
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            handler: logging.Handler = logging.handlers.RotatingFileHandler(
                self.log, maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
            )
        except OSError:
            handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("unexpected\n%s", "".join(traceback.format_exception(kind, error, trace)))
        text = (str(error) or kind.__name__).splitlines()[0]
        self.happened.emit(f"{kind.__name__}: {text}")


def log(text: str) -> None:
    """Keep a line in the log."""
    _log.info(text)


def _keep_message(kind: QtMsgType, context: object, text: str | None) -> None:
    level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
    _log.log(level, "Qt: %s", text)
