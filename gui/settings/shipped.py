"""The libraries that ship with the application, their versions and licences, as installed. No Qt here."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from dataclasses import dataclass

PROGRAM = "testbench"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_CLASSIFIER = "License :: OSI Approved :: "
_OWN_WORDS = {  # what a distribution does not say of itself in its metadata
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "noto-cjk-sans-otc": "OFL-1.1",
    "pysqlite3": "Zlib",
}


@dataclass(frozen=True, slots=True)
class Library:
    """A library: its name, version and licence as its distribution states it."""

    name: str
    version: str
    licence: str


def libraries() -> tuple[Library, ...]:
    """Everything that this program needs, with what that needs in turn, in the order of names."""
    found: dict[str, Library] = {}
    waiting = list(_needed(PROGRAM))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = Library(distribution.metadata["Name"], distribution.version, _licence(name, distribution))
        waiting += _needed(name)
    return tuple(sorted(found.values(), key=lambda library: library.name.lower()))


def _needed(name: str) -> Iterator[str]:
    for requirement in importlib.metadata.requires(name) or ():
        text, _, marker = requirement.partition(";")
        if "extra ==" in marker and not (name == PROGRAM and "gui" in marker):
            continue
        found = _NAME.match(text.strip())
        if found is not None:
            yield re.sub(r"[-_.]+", "-", found[0]).lower()


def _licence(name: str, distribution: importlib.metadata.Distribution) -> str:
    """The licence in a few words: an expression, else the classifiers, else the first line of its text."""
    metadata = distribution.metadata
    if name in _OWN_WORDS:
        return _OWN_WORDS[name]
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [text for text in metadata.get_all("Classifier") or () if text.startswith(_CLASSIFIER)]
    if classifiers:
        return ", ".join(text.removeprefix(_CLASSIFIER) for text in classifiers)
    text = metadata["License"].strip() if "License" in metadata else ""
    return text.splitlines()[0][:60] if text else "–"
