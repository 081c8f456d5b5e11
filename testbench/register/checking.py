"""Checking what a person gave for an entry: every problem with its field, in words of both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from testbench.errors import InputError
from testbench.register.entries import Entry
from testbench.register.fields import SECTION_WORDS, field_words
from testbench.text import Text

E = TypeVar("E", bound=Entry)

_NUMBER = Text(zh="须为数字", en="must be a number")
_DATE = Text(zh="须为日期，例如 2027-12-31", en="must be a date, such as 2027-12-31")
_NEEDED = Text(zh="必填", en="is needed")
_MESSAGES = {
    "missing": _NEEDED,
    "string_too_short": _NEEDED,
    "string_too_long": Text(zh="最多 {max_length} 个字符", en="at most {max_length} characters"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": Text(zh="须大于 {gt:g}", en="must be greater than {gt:g}"),
    "greater_than_equal": Text(zh="不得小于 {ge:g}", en="must not be less than {ge:g}"),
    "less_than": Text(zh="须小于 {lt:g}", en="must be less than {lt:g}"),
    "less_than_equal": Text(zh="不得大于 {le:g}", en="must not be greater than {le:g}"),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "enum": Text(zh="须为下列之一：{expected}", en="must be one of {expected}"),
    "extra_forbidden": Text(zh="没有此字段", en="no such field"),
    "range_order": Text(zh="须大于量程下限 {low}", en="must be above the low end, {low}"),
    "options_without_driver": Text(zh="填写驱动选项时须注明驱动程序", en="belong to a driver; name it"),
    "fuller_than_full": Text(zh="超过满瓶气量 {nominal:g} L", en="is more than the full cylinder holds, {nominal:g} L"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    field: str
    words: Text


def problems(kind: type[Entry], values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with the values of an entry, in the order of its fields; empty where nothing is."""
    try:
        kind.model_validate(dict(values))
    except ValidationError as error:
        return _problems(error)
    return ()


def checked(kind: type[E], values: Mapping[str, Any], where: str = "") -> E:
    """Make an entry of values; InputError says which fields are wrong and why, after `where`."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        listed = "; ".join(f"{field_words(kind.section, item.field).en}: {item.words.en}" for item in _problems(error))
        raise InputError(f"{where or SECTION_WORDS[kind.section].en}: {listed}") from error


def parse_options(text: str) -> dict[str, Any]:
    """Driver options from text, one `key = value` a line as in a station file; InputError says what is wrong."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise InputError(
            f'driver options: {error}; write one a line, texts in quotation marks, such as profile = "tl-gas280"'
        ) from error


def options_text(options: Mapping[str, Any]) -> str:
    """Driver options as text that `parse_options` reads."""
    import tomlkit

    return tomlkit.dumps(options).strip()


def _problems(error: ValidationError) -> tuple[Problem, ...]:
    found = []
    for item in error.errors():
        message = _MESSAGES.get(item["type"])
        words = Text(zh=item["msg"], en=item["msg"]) if message is None else message.format(**item.get("ctx", {}))
        found.append(Problem(str(item["loc"][0]) if item["loc"] else "", words))
    return tuple(found)
