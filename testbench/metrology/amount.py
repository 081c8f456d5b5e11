"""Units of amount fraction and the conversions between them.

An amount fraction is moles of the component per mole of gas mixture (mol/mol). The names that the field uses for the same
unit are kept together: "%" is cmol/mol, "ppm" is µmol/mol, "ppb" is nmol/mol. The micro sign may be U+00B5 or U+03BC.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])

_PARTS: dict[str, int] = {
    "mol/mol": 1,
    "%": 100,
    "cmol/mol": 100,
    "mmol/mol": 1_000,
    "µmol/mol": 1_000_000,
    "ppm": 1_000_000,
    "nmol/mol": 1_000_000_000,
    "ppb": 1_000_000_000,
}
_GREEK_MU, _MICRO_SIGN = "\u03bc", "\u00b5"


class UnitError(ValueError):
    """A unit that is not one of amount fraction; the text names those that are."""


def units_of_amount() -> tuple[str, ...]:
    """Every unit of amount fraction that is known."""
    return tuple(_PARTS)


def to_fraction(value: Number, unit: str) -> Number:
    """Return the amount fraction in mol/mol of `value` (a number or an array) given in `unit`; raise UnitError."""
    return value / _parts(unit)


def from_fraction(fraction: Number, unit: str) -> Number:
    """Return `fraction` (mol/mol, a number or an array) expressed in `unit`; raise UnitError."""
    return fraction * _parts(unit)


def conversion(from_unit: str, to_unit: str) -> float:
    """Return the factor that turns a number in `from_unit` into one in `to_unit`; raise UnitError."""
    return _parts(to_unit) / _parts(from_unit)


def _parts(unit: str) -> int:
    """How many of the unit make 1 mol/mol."""
    try:
        return _PARTS[unit.strip().replace(_GREEK_MU, _MICRO_SIGN)]
    except KeyError:
        raise UnitError(f"{unit!r} is no unit of amount fraction; known are {', '.join(_PARTS)}") from None
