"""Sentences that instruments, the engine and procedures leave in the record, said in the language of a report.

The record holds them in English, as they were written. The catalogue `sentences.toml` lists them with places to fill; a
text that fits none of them is shown as it is, for nothing that was recorded may be lost to a translation.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from testbench.text import Language

_PLACE = re.compile(r"\{(\w+)\}")
NESTED = "text"  # the place that holds a sentence of its own


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is recorded, with places `{name}`, and how each language says it."""

    said: re.Pattern[str]
    words: Mapping[Language, str]


def retell(text: str, language: Language, name: Callable[[str, str], str]) -> str:
    """Return a recorded text in a language; several sentences in one are parted by "; ".

    `name` gives the word for what stands in a place, from the place's name and the text in it.
    """
    parts = text.split("; ")
    told = [_retell(part, language, name) for part in parts] if len(parts) > 1 else []
    whole = None if told and None not in told else _retell(text, language, name)
    if whole is not None or not any(told):
        return text if whole is None else whole
    separator = "；" if language is Language.CHINESE else "; "
    return separator.join(part if words is None else words for part, words in zip(parts, told, strict=True))


def _retell(text: str, language: Language, name: Callable[[str, str], str]) -> str | None:
    for sentence in sentences():
        found = sentence.said.fullmatch(text)
        if found is None:
            continue
        if language not in sentence.words:
            return text
        parts = {
            place: retell(part, language, name) if place == NESTED else name(place, part)
            for place, part in found.groupdict().items()
        }
        return sentence.words[language].format(**parts)
    return None


@cache
def sentences() -> tuple[Sentence, ...]:
    """Read the catalogue, in its order: the first sentence that fits is taken."""
    text = files("testbench.report").joinpath("catalogues", "sentences.toml").read_text(encoding="utf-8")
    return tuple(
        Sentence(_pattern(entry["said"]), {language: entry[language] for language in Language if language in entry})
        for entry in tomllib.loads(text)["sentence"]
    )


def _pattern(said: str) -> re.Pattern[str]:
    """Make a pattern of a sentence: text as it is, places for at least one character."""
    pieces = _PLACE.split(said)
    return re.compile(
        "".join(f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)), re.DOTALL
    )
