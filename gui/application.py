"""Starts the application: fonts, language, colours, the window, and what watches beside it."""

from __future__ import annotations

import argparse
import contextlib
import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gui.collecting import Collector
from gui.desk import Desk
from gui.failures import Failures
from gui.fonts import install_fonts
from gui.icons import icon
from gui.notices.awake import Awake
from gui.notices.notices import Notices
from gui.pages import PLACES
from gui.recovery.recovery import Recovery
from gui.theme import Choice
from gui.window import MainWindow
from testbench import __version__
from testbench.text import Language


def make_application() -> QApplication:
    """The one application of this process, with its name and fonts."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
        Collector(application)
    application.setApplicationName("testbench")
    application.setApplicationDisplayName("testbench")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("testbench")
    install_fonts(application)
    return application


def run(arguments: argparse.Namespace) -> int:
    """Open the window and run until it is closed."""
    application = make_application()
    language = Language(arguments.language) if arguments.language else None
    desk = Desk(application, language=language, choice=Choice(arguments.theme) if arguments.theme else None)
    failures = Failures(desk.state, desk)
    failures.install()
    try:
        for path in arguments.station:
            desk.stations.add(path)
        for path in arguments.record:
            desk.know(path)
        window = open_window(desk, failures, arguments.page)
        if arguments.quit_when_shown:
            QTimer.singleShot(0, window.close)
        return application.exec()
    finally:
        desk.close()
        failures.remove()


def open_window(desk: Desk, failures: Failures | None = None, page: str | None = None) -> MainWindow:
    """Show the window with its first screen, and begin to watch the records.

    Beside it stand the offer for what was lost, desktop notices, and what keeps the computer awake.
    """
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.setWindowIcon(_window_icon())
    window = MainWindow(desk, failures)
    Recovery(desk, window)
    Notices(desk, window)
    Awake(desk, parent=window)
    known = [place.name for place in PLACES]
    first = page or desk.preferences.get("window.page", "bench")
    window.go(first if first in known else "bench")
    window.show()
    desk.lookout.start()
    return window


def _window_icon() -> QIcon:
    with contextlib.suppress(OSError):
        return icon("bench")
    return QIcon()
