"""Differences between what a record says and what is computed anew: which number or text, at which place of a document.

Numbers are equal when they agree within a relative `RELATIVE` or within `ABSOLUTE`: another processor, or another version of
a numerical library, may sum in another order, which moves a result by some 2⁻⁵², 2e-16 of the numbers it was summed from;
neither border is near anything that a reading can resolve. Everything else must be the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

RELATIVE = 1e-12
ABSOLUTE = 1e-14  # in the number's own unit; for differences of nearly equal numbers, whose relative error has no bound
MISSING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where they differ: where in the evaluation, where in the document, what stands there, what was computed."""

    place: str
    item: str
    recorded: str
    computed: str

    def __str__(self) -> str:
        """In one line."""
        return f"{self.place}: {self.item} {self.recorded} → {self.computed}".replace(":  ", ": ")


def differences(place: str, recorded: Any, computed: Any, item: str = "") -> Iterator[Difference]:
    """Every place where two JSON documents differ, in the order of the recorded one."""
    if isinstance(recorded, Mapping) and isinstance(computed, Mapping):
        for key in dict.fromkeys([*recorded, *computed]):
            inner = f"{item}.{key}" if item else str(key)
            if key not in recorded or key not in computed:
                yield Difference(place, inner, _shown(recorded, key), _shown(computed, key))
            else:
                yield from differences(place, recorded[key], computed[key], inner)
    elif isinstance(recorded, list) and isinstance(computed, list) and len(recorded) == len(computed):
        for index, (one, other) in enumerate(zip(recorded, computed, strict=True)):
            yield from differences(place, one, other, f"{item}[{index}]")
    elif not _equal(recorded, computed):
        yield Difference(place, item, _text(recorded), _text(computed))


def _equal(one: Any, other: Any) -> bool:
    if _is_number(one) and _is_number(other):
        return bool(one == other or abs(one - other) <= max(ABSOLUTE, RELATIVE * max(abs(one), abs(other))))
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(document: Mapping[str, Any], key: str) -> str:
    return _text(document[key]) if key in document else MISSING


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, float) else repr(value)
