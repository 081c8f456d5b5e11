"""How a profile writes texts: answers as patterns, commands as templates. Both are checked when the profile is read.

A template is text with places in braces, `{value:.2f}`, `{address}`; a brace itself is doubled. After the colon stands how a
number is written: `[+][0][width][.digits]` and f, e, E, g or d (rounded to a whole number). Nothing else is understood, so
that a profile cannot reach into the program.

A pattern is a regular expression that fits the whole answer without blanks around it. It is refused if it could take very
long (`instruments.pattern_effort`).
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

from instruments.pattern_effort import check_effort

LONGEST_PATTERN = 300
LONGEST_TEMPLATE = 300
LONGEST_ANSWER = 512  # characters of an answer that a pattern is tried on

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
VALUE = rf"(?P<value>{NUMBER})"
"""The answer that is a number and nothing else."""

_PLACE = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z_]+)(?::(?P<form>[^{}]*))?\}|[{}]")
_FORM = re.compile(r"\+?0?\d{0,2}(?:\.\d{1,2})?[feEgd]")
_PLAIN = re.compile(r"[A-Za-z0-9 ._+/-]*")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; raise ValueError saying why it cannot be used."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"has {len(pattern)} characters; at most {LONGEST_PATTERN} are taken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what may mean something else one day is refused today
            made = re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    check_effort(pattern)
    return made


def fits(pattern: str, text: str) -> re.Match[str] | None:
    """How a pattern fits a whole answer, blanks around it left aside; None if it does not."""
    text = text.strip()
    return compiled(pattern).fullmatch(text) if len(text) <= LONGEST_ANSWER else None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a template: what is put there, and how a number is written."""

    name: str
    form: str

    def written(self, value: float | str) -> str:
        """What stands there; a number that rounds to zero has no sign. Raise ValueError for text with other characters."""
        if isinstance(value, str):
            if not _PLAIN.fullmatch(value):
                raise ValueError(f"{value!r} cannot be sent as {self.name}; letters, digits, blanks and . _ + / - can")
            return value
        number: float | int = round(value) if self.form.endswith("d") else value
        text = format(number, self.form or "g")
        return format(0 if self.form.endswith("d") else 0.0, self.form or "g") if float(text) == 0.0 else text


@cache
def places(template: str) -> tuple[str | Place, ...]:
    """Take a template apart; raise ValueError saying what in it is not understood."""
    if len(template) > LONGEST_TEMPLATE:
        raise ValueError(f"has {len(template)} characters; at most {LONGEST_TEMPLATE} are taken")
    parts: list[str | Place] = []
    end = 0
    for found in _PLACE.finditer(template):
        parts.append(template[end : found.start()])
        end = found.end()
        name, form = found["name"], found["form"]
        if found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        elif name is None:
            raise ValueError(
                f"has a single {found[0]!r}; put both braces around the name of a place, and write the brace itself doubled"
            )
        elif form is not None and not _FORM.fullmatch(form):
            raise ValueError(f"writes a number as {form!r}; write for example .2f, 06.1f, .3e or d")
        else:
            parts.append(Place(name, form or ""))
    parts.append(template[end:])
    return tuple(part for part in parts if part != "")


def place_names(template: str) -> tuple[str, ...]:
    """Names of the places of a template."""
    return tuple(part.name for part in places(template) if isinstance(part, Place))


def filled(template: str, **values: float | str) -> str:
    """Return a template's text with these values in its places; raise ValueError where one is missing or cannot be sent."""
    text = ""
    for part in places(template):
        if isinstance(part, Place):
            if part.name not in values:
                raise ValueError(f"nothing is given for the place {part.name!r}")
            text += part.written(values[part.name])
        else:
            text += part
    return text


@cache
def reader(template: str) -> re.Pattern[str]:
    """The pattern that finds in a text what was put in the places of a template: numbers for value, else plain text."""
    parts = ""
    for part in places(template):
        if isinstance(part, str):
            parts += re.escape(part)
        elif part.name == "value":
            parts += f" *{VALUE}"
        else:
            parts += f"(?P<{part.name}>{_PLAIN.pattern})"
    return re.compile(parts)


def as_sent(template: str, value: float) -> float:
    """The number that a template really says for `value`, by the digits that it writes."""
    for part in places(template):
        if isinstance(part, Place) and part.name == "value":
            return float(part.written(value))
    return value


def _pattern(text: str) -> str:
    compiled(text)
    return text


def _value_pattern(text: str) -> str:
    if "value" not in compiled(text).groupindex:
        raise ValueError("has no group that gives the value; write (?P<value>…) around it")
    return text


def _template(text: str) -> str:
    if any(ord(character) < 32 for character in text):
        raise ValueError("holds a control character; what ends a line belongs to [transport]")
    places(text)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
ValuePattern = Annotated[str, AfterValidator(_value_pattern)]
Template = Annotated[str, AfterValidator(_template)]
