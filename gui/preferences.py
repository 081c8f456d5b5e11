"""What the window remembers of its user: layout, last choices, plot ranges; an ini file in the user's state folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QSettings

FILE = "window.ini"


class Layout(Protocol):
    """Anything of Qt that gives its layout as bytes and takes it back: a splitter, a header, a main window."""

    def saveState(self) -> QByteArray: ...  # noqa: D102, N802
    def restoreState(self, state: QByteArray, /) -> bool: ...  # noqa: D102, N802


class Preferences:
    """Values by keys of the form "page.what"; numbers, texts, truth values and lists of texts come back as they went in."""

    def __init__(self, folder: Path) -> None:
        self._settings = QSettings(str(folder / FILE), QSettings.Format.IniFormat)

    def get(self, key: str, default: Any) -> Any:
        """The value of a key in the type of the default; the default where there is none, or none of that type."""
        value = self._settings.value(_path(key))
        if value is None:
            return default
        try:
            if isinstance(default, bool):
                return str(value).lower() == "true"
            if isinstance(default, int | float):
                return type(default)(str(value))
            if isinstance(default, list):
                return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
            return str(value) if isinstance(default, str) else value
        except (TypeError, ValueError):
            return default

    def set(self, key: str, value: Any) -> None:
        """Remember a value; None forgets it."""
        if value is None:
            self._settings.remove(_path(key))
        else:
            self._settings.setValue(_path(key), value)

    def save_layout(self, key: str, layout: Layout) -> None:
        """Remember the layout of a splitter, a header or a window."""
        self._settings.setValue(_path(key), layout.saveState())

    def restore_layout(self, key: str, layout: Layout) -> bool:
        """Restore a layout; False where none is remembered, or one that does not fit."""
        value = self._settings.value(_path(key))
        return isinstance(value, QByteArray) and layout.restoreState(value)

    def sync(self) -> None:
        """Write everything to the disk."""
        self._settings.sync()


def _path(key: str) -> str:
    """A key as QSettings groups it."""
    return key.replace(".", "/", 1)
