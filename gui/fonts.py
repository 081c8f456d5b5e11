"""Fonts: Chinese shows as Chinese also on a machine that has no Chinese font."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

CHINESE = "Noto Sans CJK SC"
FIXED = "Noto Sans Mono CJK SC"
POINTS = 10.0


def install_fonts(application: QApplication) -> None:
    """Give the application a font that has Chinese: the system's where it has one, else the one installed with it."""
    system = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    font = application.font()
    if not system:
        path = Path(str(resources.files("noto_cjk_sans_otc").joinpath("NotoSansCJK-Regular.ttc")))
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise RuntimeError(f"the font {path} cannot be loaded; install testbench anew")
        font = QFont(CHINESE, round(POINTS))
    if font.pointSizeF() < POINTS:
        font.setPointSizeF(POINTS)
    application.setFont(font)


def fixed_font() -> QFont:
    """A font with equal widths, for bytes and station files; with Chinese."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    families = [font.family(), FIXED, CHINESE]
    font.setFamilies(families)
    return font
