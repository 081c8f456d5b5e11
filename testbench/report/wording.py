"""The report's own words in both languages, read from one catalogue a language; keys are dotted, and equal in both."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from testbench.report.content import Words, say
from testbench.report.sentences import retell
from testbench.text import Language

# Dotted names of influences: the pattern, and the catalogue's entry that names them. The section names the device.
_INFLUENCES = (
    (re.compile(r"controller\.(?P<name>.+)\.resolution"), "controller_resolution"),
    (re.compile(r"controller\.(?P<name>.+)"), "controller"),
    (re.compile(r"reference\.(?P<name>.+)\.zero"), "reference_zero"),
    (re.compile(r"reference\.(?P<name>.+)"), "reference"),
    (re.compile(r"divider\.content\.resolution"), "divider_resolution"),
    (re.compile(r"divider\.content"), "divider"),
    (re.compile(r"divider\.setting\.content"), "divider_setting"),
    (re.compile(r"divider\.setting\.(?P<name>.+)"), "setting"),
    (re.compile(r"cylinder\.(?P<name>.+)\.impurity"), "impurity"),
    (re.compile(r"cylinder\.(?P<name>.+)"), "cylinder"),
    (
        re.compile(r".+\.reading\.(?P<part>before|after)\.(?P<kind>repeatability|resolution|settling)"),
        "reading_{part}_{kind}",
    ),
    (re.compile(r".+\.reading\.(?P<kind>repeatability|resolution|settling)"), "reading_{kind}"),
    (re.compile(r"scatter between readings\.[^\d]*0/0/0-(?P<name>[\d.e+]+)"), "scatter_of_velocity"),
    (re.compile(r"scatter between readings\..*/.*-(?P<name>[\d.e+]+)"), "scatter_of_distorted_velocity"),
    (re.compile(r"scatter between readings\.\d+"), "scatter_between_readings"),
    (re.compile(r"scatter between repeats\.\d+"), "scatter_between_repeats"),
    (re.compile(r"condition reached\.\d+"), "condition_reached"),
)


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
        """Return an influence of a budget in words; a name that the catalogue doesn't know is shown as it is."""
        for pattern, key in _INFLUENCES:
            if found := pattern.fullmatch(name):
                parts = found.groupdict()
                return self.fill(f"influence.{key.format(**parts)}", **({"name": parts["name"]} if "name" in parts else {}))
        return self.name("influence", name)

    def say(self, words: Words) -> str:
        """Return a text of the content in this language."""
        return say(words, self.language)

    def tell(self, words: Words) -> str:
        """Return a text as `say` does; one that the record holds in a single language is translated where it is known."""
        return retell(words, self.language, self._place) if isinstance(words, str) else self.say(words)

    def _place(self, place: str, text: str) -> str:
        return self.name(place, text)

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
