"""The report's font, and text made safe for it: what the font cannot show is replaced visibly, never dropped in silence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection  # type: ignore[import-untyped]
from noto_cjk_sans_otc import FONT_PATH

FAMILY = "Noto Sans CJK SC"
REPLACEMENT = "□"
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def font_path() -> Path:
    """Return the path of the font collection that is installed with the product."""
    return Path(str(FONT_PATH))


@cache
def face_index() -> int:
    """Return the place of the simplified Chinese face in the collection."""
    with TTCollection(str(font_path()), lazy=True) as collection:
        names = [font["name"].getDebugName(1) for font in collection.fonts]
    return names.index(FAMILY)


@cache
def covered() -> frozenset[int]:
    """Return the code points that the font has glyphs for."""
    with TTCollection(str(font_path()), lazy=True) as collection:
        return frozenset(collection.fonts[face_index()].getBestCmap())


class Clean:
    """Makes texts showable and remembers which characters it had to replace."""

    def __init__(self) -> None:
        self.replaced: set[str] = set()

    def text(self, text: str) -> str:
        """Return one line of text that the font can show.

        Line ends and tabs become spaces; subscripts, special spaces and compatibility forms become their plain form; raised
        digits that the font lacks are written with a caret (10⁻⁶ → 10^−6); everything else that it lacks becomes □.
        """
        if text.isascii() and text.isprintable():
            return text
        text = unicodedata.normalize("NFC", text)
        text = _SUPERSCRIPTS.sub(_raise, text)
        return "".join(self._character(character) for character in text)

    def _character(self, character: str) -> str:
        if character in "\n\r\t\v\f":
            return " "
        if unicodedata.category(character) in _UNSHOWN:
            self.replaced.add(character)
            return REPLACEMENT
        if ord(character) in covered():
            return character
        simple = unicodedata.normalize("NFKC", character)
        if simple != character and all(ord(part) in covered() for part in simple):
            return simple
        self.replaced.add(character)
        return REPLACEMENT

    def tree(self, value: object) -> object:
        """Return a JSON tree with every string made showable, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.tree(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(item) for item in value]
        return value

    def code_points(self) -> list[str]:
        """Return the replaced characters as U+XXXX, in order."""
        return [f"U+{ord(character):04X}" for character in sorted(self.replaced)]


def _raise(match: re.Match[str]) -> str:
    run = match.group()
    if all(ord(character) in covered() for character in run):
        return run
    return "^" + unicodedata.normalize("NFKC", run)
