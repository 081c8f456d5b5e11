"""The language of the window, changed at once. Its texts are English; Chinese comes from Qt Linguist files."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from testbench.text import Language

CHINESE = "zh_CN"
LOCALES = {Language.CHINESE: QLocale("zh_CN"), Language.ENGLISH: QLocale("en_GB")}


def folder() -> Path:
    """Where the translations stand: `NAME_zh_CN.ts`, made by Qt Linguist, and `NAME_zh_CN.qm`, which the window reads."""
    return Path(str(resources.files("gui").joinpath("translations")))


def system_language() -> Language:
    """Chinese where the system speaks Chinese, else English."""
    return Language.CHINESE if QLocale.system().language() is QLocale.Language.Chinese else Language.ENGLISH


class Translators:
    """The translators that are installed in the application."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._installed: list[QTranslator] = []

    def install(self, language: Language) -> None:
        """Install the translators of a language; windows hear of it by an event and set their texts anew."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self._installed = []
        QLocale.setDefault(LOCALES[language])
        if language is not Language.CHINESE:
            return
        own = sorted(folder().glob(f"*_{CHINESE}.qm"))
        qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{CHINESE}.qm"
        for path in (qt, *own):
            translator = QTranslator(self._application)
            if translator.load(str(path)) and self._application.installTranslator(translator):
                self._installed.append(translator)
