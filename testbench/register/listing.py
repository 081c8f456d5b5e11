"""The value of a field as it is shown in lists, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from testbench.register.checking import options_text
from testbench.register.entries import KIND_WORDS, Entry, StandardKind
from testbench.register.fields import Field, Filling


def shown(field: Field, entry: Entry, language: str) -> str:
    """The value of a field of an entry."""
    return shown_value(field, getattr(entry, field.name), language)


def shown_value(field: Field, value: Any, language: str) -> str:
    """A value of a field; empty where there is none. Numbers as they were entered, without trailing zeros."""
    if value is None:
        return ""
    if field.filling is Filling.KIND:
        return KIND_WORDS[StandardKind(value)].say(language)
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return options_text(value)
    return str(value)


def plain_number(value: float) -> str:
    """A number with all its digits, without an exponent where it is of a usual size."""
    if value and not 1e-6 <= abs(value) < 1e12:
        return repr(value)
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
