"""What a person has typed for an entry and not saved yet: texts by field, what they mean, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from testbench.errors import InputError
from testbench.register.checking import parse_options, problems
from testbench.register.entries import ENTRY_TYPES, Entry, RegisteredCylinder, Section, StandardKind
from testbench.register.fields import FIELDS, Field, Filling
from testbench.register.listing import shown_value
from testbench.register.typed import read_content, read_date, read_number
from testbench.text import Text

NO_NUMBER = Text(zh="须为数字，例如 12.5 或 12,5", en="must be a number, such as 12.5 or 12,5")
NO_DATE = Text(zh="须为日期，例如 2027-12-31", en="must be a date, such as 2027-12-31")
NO_OPTIONS = Text(
    zh='每行一项，文本加引号，例如 profile = "tl-gas280"', en='one a line, texts in quotation marks: profile = "tl-gas280"'
)
NO_CONTENT = Text(
    zh="须为数字；填写压力时须先填写满瓶气量和满瓶压力",
    en="must be a number; a pressure needs content and pressure when full",
)
_BLANK: dict[Section, dict[str, str]] = {
    Section.DEVICES: {"measurand": "CO2", "unit": "%", "range_low": "0"},
    Section.CYLINDERS: {"component": "CO2", "balance": "N2"},
    Section.STANDARDS: {"kind": StandardKind.CONTROLLER.value},
}
_NEVER_THE_SAME = ("serial", "number", "certificate", "valid_until", "present_litres")


@dataclass(frozen=True, slots=True)
class Draft:
    """The form of one entry as it is filled in; `base` is the entry as it was read, None for a new one."""

    section: Section
    base: Entry | None
    texts: Mapping[str, str]
    untouched: Mapping[str, str]

    @property
    def dirty(self) -> bool:
        """Whether anything was typed that is not saved."""
        return dict(self.texts) != dict(self.untouched)

    def typed(self, name: str, text: str) -> Draft:
        """The draft with another text in one field."""
        return replace(self, texts={**self.texts, name: text})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a draft means: the entry, or the problems by field."""

    entry: Entry | None
    problems: Mapping[str, Text]


def blank(section: Section) -> Draft:
    """The draft of a new entry."""
    texts = {field.name: _BLANK[section].get(field.name, "") for field in FIELDS[section]}
    return Draft(section, None, texts, texts)


def draft_of(entry: Entry) -> Draft:
    """The draft of an entry as it is stored."""
    texts = {field.name: _text(field, getattr(entry, field.name)) for field in FIELDS[entry.section]}
    return Draft(entry.section, entry, texts, texts)


def duplicate(draft: Draft) -> Draft:
    """A new entry like another one, without the numbers, the date and the content that belong to that one alone."""
    new = blank(draft.section)
    texts = {name: "" if name in _NEVER_THE_SAME else text for name, text in draft.texts.items()}
    return replace(new, texts=texts)


def rebased(draft: Draft, stored: Entry, saved: Mapping[str, str]) -> Draft:
    """The draft after `saved` of its texts were stored: what was typed since stays typed."""
    fresh = draft_of(stored)
    later = {name: text for name, text in draft.texts.items() if text != saved[name]}
    return replace(fresh, texts={**fresh.texts, **later})


def read(draft: Draft) -> Reading:
    """Make an entry of a draft; numbers and dates as people type them."""
    values: dict[str, Any] = {}
    wrong: dict[str, Text] = {}
    for field in FIELDS[draft.section]:
        text = draft.texts[field.name]
        try:
            value = _value(field, text, values)
        except InputError:
            wrong[field.name] = _WRONG[field.filling] if field.name != "present_litres" else NO_CONTENT
            continue
        if value is not None:
            values[field.name] = value
    kind = ENTRY_TYPES[draft.section]
    for problem in problems(kind, values):
        wrong.setdefault(problem.field, problem.words)
    if wrong:
        return Reading(None, wrong)
    kept = {}
    if draft.base is not None:
        kept = {name: getattr(draft.base, name) for name in kind.model_fields if name not in kind.content_fields()}
    return Reading(kind.model_validate({**values, **kept}), {})


_WRONG = {Filling.NUMBER: NO_NUMBER, Filling.DATE: NO_DATE, Filling.OPTIONS: NO_OPTIONS}


def _number(field: Field, text: str, values: Mapping[str, Any]) -> float:
    if field.name != "present_litres":
        return read_number(text, field.unit)
    full = RegisteredCylinder.model_construct(
        component="",
        fraction_percent=0.0,
        nominal_litres=values.get("nominal_litres"),
        full_pressure_mpa=values.get("full_pressure_mpa"),
    )
    return read_content(text, full)


_READERS: dict[Filling, Callable[[Field, str, Mapping[str, Any]], Any]] = {
    Filling.NUMBER: _number,
    Filling.DATE: lambda field, text, values: read_date(text),
    Filling.OPTIONS: lambda field, text, values: parse_options(text),
}


def _value(field: Field, text: str, values: Mapping[str, Any]) -> Any:
    """What a text means; None where a field that is not a text is empty."""
    reader = _READERS.get(field.filling)
    if reader is None:
        return text
    return reader(field, text, values) if text.strip() else None


def _text(field: Field, value: Any) -> str:
    return str(value) if field.filling is Filling.KIND else shown_value(field, value, "en")
