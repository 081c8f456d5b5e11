"""Sentences that instruments, the engine and procedures leave in the record, said in the language of a person.

The record holds them in English, as they were written. The catalogues `sentences.toml` and `sentences/*.toml` list them with
places to fill; a text that fits none of them is shown as it is, for nothing that was recorded may be lost to a translation.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from testbench.text import Language

NESTED = "text"  # places that hold a sentence of their own begin like this: text, text2
MOST_PARTS = 12  # a text of more parts is told part by part
DEEPEST = 6  # sentences within sentences
NAME_WORDS = 4  # a name or a listing may have some words; more of them are rather a sentence of their own
IN_A_NAME = 0.001  # what a letter in a name counts against one that could have been said
_PLACE = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_ENGLISH = re.compile(r"(?<![\w./\\-])[a-z]{2,}(?![\w/\\=-]|[.:]\w)")  # a word that is no part of a path, key or name

Namer = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is recorded, with places `{name}`, and how each language says it."""

    said: str
    words: Mapping[Language, str]
    pieces: tuple[str, ...]  # literal text and names of places in turn, beginning and ending with literal text

    def fit(self, text: str) -> dict[str, str] | None:
        """Return what stands in the places, each the shortest that will do and never empty; None where the text differs."""
        first, *rest = self.pieces
        if not rest:
            return {} if text == first else None
        if not text.startswith(first):
            return None
        found, at = {}, len(first)
        for number in range(0, len(rest), 2):
            name, literal = rest[number], rest[number + 1]
            if number == len(rest) - 2:
                end = len(text) - len(literal)
                if end <= at or not text.endswith(literal):
                    return None
            elif (end := text.find(literal, at + 1)) < 0:
                return None
            found[name] = text[at:end]
            at = end + len(literal)
        return found


@dataclass(frozen=True, slots=True)
class _Told:
    """A text in a language, and how many characters of it no sentence fits."""

    text: str
    left: float


def retell(text: str, language: Language, name: Namer) -> str:
    """Return a recorded text in a language; several sentences in one are parted by "; ", and may follow what they are about.

    `name` gives the word for what stands in a place, from the place's name and the text in it.
    """
    told = _Teller(language, name).tell(text, 0)
    return text if told is None else told.text


class _Teller:
    """Tells one text, and the sentences within it, each once."""

    def __init__(self, language: Language, name: Namer) -> None:
        self._language = language
        self._name = name
        chinese = language is Language.CHINESE
        self._semicolon, self._colon = ("；", "：") if chinese else ("; ", ": ")
        self._already: dict[str, _Told | None] = {}

    def tell(self, text: str, depth: int) -> _Told | None:
        """Tell a text with as little left as it was as can be; None where nothing of it is known."""
        if text not in self._already:
            parts = text.split("; ")
            self._already[text] = self._one(text, depth) if len(parts) == 1 else self._several(parts, depth)
        return self._already[text]

    def _several(self, parts: list[str], depth: int) -> _Told | None:
        """Tell a text of parts, any number of which in a row may be one sentence; of equals, that of more sentences."""
        longest = len(parts) if len(parts) <= MOST_PARTS else 1
        best = _Told("", 0), False
        following = [best]  # how best to tell what begins with each part from the end, and whether any of it is known
        for start in reversed(range(len(parts))):
            choices = []
            for count in range(1, min(longest, len(parts) - start) + 1):
                piece = "; ".join(parts[start : start + count])
                told = self._one(piece, depth)
                if told is None and count > 1:
                    continue
                rest, known = following[-count]
                words = piece if told is None else told.text
                left = rest.left + (len(piece) if told is None else told.left)
                shown = f"{words}{self._semicolon}{rest.text}" if start + count < len(parts) else words
                choices.append((_Told(shown, left), known or told is not None))
            best = min(choices, key=lambda choice: choice[0].left)
            following.append(best)
        return best[0] if best[1] else None

    def _one(self, text: str, depth: int) -> _Told | None:
        """Tell a text that is one sentence: the catalogue's, or one after what it is about and a colon."""
        best = self._known(text, depth)
        at = text.find(": ")
        while at > 0 and depth < DEEPEST and (best is None or best.left >= 1):
            rest = self.tell(text[at + 2 :], depth + 1)
            if rest is not None:
                about = self._known(text[:at], depth + 1) or _Told(text[:at], _unsaid(text[:at], NAME_WORDS))
                if best is None or about.left + rest.left < best.left:
                    best = _Told(f"{about.text}{self._colon}{rest.text}", about.left + rest.left)
            at = text.find(": ", at + 2)
        return best

    def _known(self, text: str, depth: int) -> _Told | None:
        """Tell a sentence of the catalogue: the first that fits, or a later one that leaves less as it was."""
        best: _Told | None = None
        for sentence in _candidates(text):
            places = sentence.fit(text)
            if places is not None:
                told = self._filled(sentence, places, text, depth)
                if best is None or told.left < best.left - 1:
                    best = told
                if best.left < 1:
                    break
        return best

    def _filled(self, sentence: Sentence, places: Mapping[str, str], text: str, depth: int) -> _Told:
        if self._language not in sentence.words:
            return _Told(text, 0)
        parts, left = {}, 0.0
        for place, part in places.items():
            if not place.startswith(NESTED):
                parts[place], left = self._name(place, part), left + _unsaid(part, NAME_WORDS)
            elif depth < DEEPEST and (told := self.tell(part, depth + 1)) is not None:
                parts[place], left = told.text, left + told.left
            else:
                parts[place], left = part, left + _unsaid(part, 0)
        return _Told(sentence.words[self._language].format(**parts), left)


def _unsaid(text: str, free: int) -> float:
    """Reckon how much of a text is English that a sentence might have said; up to `free` words may be a name."""
    words = _ENGLISH.findall(text)
    several = ": " in text or "; " in text
    return sum(map(len, words)) * (1.0 if several or len(words) > free else IN_A_NAME)


def _candidates(text: str) -> list[Sentence]:
    """The sentences that may fit a text, in their order: each has a word that only texts with this word can fit."""
    index = _index()
    words = {"", *_WORD.findall(text)}
    return [sentence for _, sentence in sorted((pair for word in words for pair in index.get(word, ())), key=lambda p: p[0])]


@cache
def _index() -> dict[str, list[tuple[int, Sentence]]]:
    """The sentences by the rarest word of each; by "" where a sentence has no whole word outside its places."""
    all_words = [list(_whole_words(sentence.pieces)) for sentence in sentences()]
    common = Counter(word for words in all_words for word in set(words))
    index: dict[str, list[tuple[int, Sentence]]] = {}
    for number, (sentence, words) in enumerate(zip(sentences(), all_words, strict=True)):
        rarest = min(words, key=lambda word: common[word], default="")
        index.setdefault(rarest, []).append((number, sentence))
    return index


def _whole_words(pieces: Sequence[str]) -> Iterator[str]:
    """The words of a sentence that no place touches: there what fills the place may go on with the word."""
    for number in range(0, len(pieces), 2):
        piece = pieces[number]
        for found in _WORD.finditer(piece):
            touched_before = found.start() == 0 and number > 0
            touched_after = found.end() == len(piece) and number < len(pieces) - 1
            if not touched_before and not touched_after:
                yield found.group()


@cache
def sentences() -> tuple[Sentence, ...]:
    """Read the catalogues: those with more text of their own first, for of those that fit equally the first is taken.

    `sentences.toml` has entries with any language; the files in `sentences/`, read by name, have a table `zh`, from what is
    said to what Chinese says.
    """
    folder = files("testbench.report").joinpath("catalogues")
    found = [
        Sentence(
            entry["said"],
            {language: entry[language] for language in Language if language in entry},
            tuple(_PLACE.split(entry["said"])),
        )
        for entry in tomllib.loads(folder.joinpath("sentences.toml").read_text(encoding="utf-8"))["sentence"]
    ]
    for file in sorted(folder.joinpath("sentences").iterdir(), key=lambda one: one.name):
        entries = tomllib.loads(file.read_text(encoding="utf-8"))["zh"]
        found += [Sentence(said, {Language.CHINESE: words}, tuple(_PLACE.split(said))) for said, words in entries.items()]
    return tuple(sorted(found, key=lambda sentence: -sum(map(len, sentence.pieces[::2]))))
