"""Searching the registers: all words of a query somewhere in an entry, and entries of a state."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from testbench.register.entries import KIND_WORDS, Entry, RegisteredStandard
from testbench.register.states import WORDS, State, states

E = TypeVar("E", bound=Entry)


def searched(
    entries: Iterable[E], query: str = "", *, today: dt.date, wanted: Collection[State] | None = None
) -> tuple[E, ...]:
    """The entries that have every word of the query, and one of the wanted states; without either, all."""
    words = search_words(query)
    return tuple(
        entry
        for entry in entries
        if (wanted is None or not set(wanted).isdisjoint(states(entry, today)))
        and (not words or all(word in text for text in [searchable(entry, today)] for word in words))
    )


def search_words(query: str) -> tuple[str, ...]:
    """The words of a query, as they are looked for in what `searchable` gives."""
    return tuple(_folded(query).split())


def searchable(entry: Entry, today: dt.date) -> str:
    """The text that an entry is searched in: what a person filled in, names of its files, words of its states."""
    parts: list[Any] = [entry.name, *entry.content().values(), *(file.name for file in entry.attachments)]
    if isinstance(entry, RegisteredStandard):
        parts += [KIND_WORDS[entry.kind].zh, KIND_WORDS[entry.kind].en]
    for state in states(entry, today):
        parts += [WORDS[state].zh, WORDS[state].en]
    return _folded("\n".join(_text(part) for part in parts))


def _text(part: Any) -> str:
    if part is None:
        return ""
    if isinstance(part, float):
        return f"{part:g}"
    if isinstance(part, dict):
        return " ".join(f"{key} {_text(value)}" for key, value in part.items())
    return str(part)


def _folded(text: str) -> str:
    """Full-width letters and digits as plain ones, without regard to case."""
    return unicodedata.normalize("NFKC", text).casefold()
