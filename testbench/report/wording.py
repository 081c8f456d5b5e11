"""The report's own words in both languages, read from one catalogue a language; keys are dotted, and equal in both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from testbench.report.content import Language, Words, say


class Wording:
    """The catalogue of one language; a missing key is a defect and raises KeyError."""

    def __init__(self, language: Language, entries: Mapping[str, str]) -> None:
        self.language = language
        self.entries = entries

    def __getitem__(self, key: str) -> str:
        return self.entries[key]

    def fill(self, key: str, **parts: object) -> str:
        """Return a sentence with its named places filled; the parts are never read as patterns."""
        return self.entries[key].format(**parts)

    def name(self, group: str, key: str) -> str:
        """Return the word for something named in data; what the catalogue doesn't know is shown as it is."""
        return self.entries.get(f"{group}.{key.replace(' ', '_')}", key)

    def influence(self, name: str) -> str:
        """Return an influence in words; names are dotted, and parts that the catalogue doesn't know stay: "cylinder co2"."""
        keys = [f"influence.{part.replace(' ', '_').replace('-', '_')}" for part in name.split(".")]
        text = " ".join(self.entries.get(key, part) for key, part in zip(keys, name.split("."), strict=True))
        return text[:1].upper() + text[1:] if keys[0] in self.entries else text

    def say(self, words: Words) -> str:
        """Return a text of the content in this language."""
        return say(words, self.language)

    def join(self, parts: list[str]) -> str:
        """List several words in one line."""
        return self.entries["punctuation.comma"].join(part for part in parts if part)


@cache
def wording(language: Language) -> Wording:
    """Read the catalogue of a language."""
    text = files("testbench.report").joinpath("catalogues", f"{language.value}.toml").read_text(encoding="utf-8")
    return Wording(language, dict(_flat(tomllib.loads(text))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            entries += _flat(value, f"{prefix}{key}.")
        else:
            entries.append((f"{prefix}{key}", str(value)))
    return entries
