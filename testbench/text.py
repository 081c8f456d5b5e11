"""A text in the two languages of screens and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import ConfigDict


class Language(StrEnum):
    """Language of a screen or a document."""

    CHINESE = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in Chinese (`zh`) and in English (`en`)."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The text in a language, a `Language` or its code; in English unless it is Chinese."""
        return self.zh if language == Language.CHINESE else self.en

    def format(self, **values: object) -> Text:
        """Both texts with `{name}` replaced by the values."""
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))

    def __add__(self, other: Text) -> Text:
        """Both texts one after the other; the Chinese joined directly, the English by a blank."""
        return Text(zh=f"{self.zh}{other.zh}", en=f"{self.en} {other.en}")
