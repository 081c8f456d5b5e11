"""What people type: numbers with decimal comma or point, contents as litres or pressures, dates; full-width digits too."""

from __future__ import annotations

import datetime as dt
import math
import re

from testbench.errors import InputError
from testbench.register.entries import RegisteredCylinder
from testbench.typed_number import plain_number, plain_signs

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PRESSURES = {"mpa": 1.0, "bar": 0.1, "kpa": 0.001, "psi": 0.006894757}
"""MPa in a unit; psi as 6894.757 Pa (NIST SP 811, B.8)."""


def read_number(text: str, unit: str = "") -> float:
    """A number from text such as "12,5", "１２．５" or "12.5 %"; InputError if it is none.

    A comma is the decimal sign; one that may group thousands ("1,000.5" or "1,000,000") is refused rather than guessed.
    """
    plain = plain_signs(text)
    if unit and plain.casefold().endswith(folded_unit := plain_signs(unit).casefold()):
        plain = plain[: -len(folded_unit)].rstrip()
    spelled = plain_number(plain)
    if spelled is None:
        raise InputError(f"{text.strip()!r} is no number; write it like 12.5 or 12,5, without signs between thousands")
    number = float(spelled)
    if not math.isfinite(number):
        raise InputError(f"{text.strip()!r} is too large a number")
    return number


def read_content(text: str, cylinder: RegisteredCylinder | None) -> float:
    """Content of a cylinder in litres, from litres ("850", "850 L") or a gauge reading ("6.5 MPa", "65 bar", "940 psi").

    A pressure needs the nominal content and the pressure of the full cylinder; InputError says what is missing.
    """
    plain = plain_signs(text).casefold()
    for unit, mpa in _PRESSURES.items():
        if plain.endswith(unit):
            pressure = read_number(plain.removesuffix(unit)) * mpa
            litres = None if cylinder is None else cylinder.litres_at(pressure)
            if litres is None:
                raise InputError(
                    "a pressure tells the content only with the content and the pressure when full; state both first"
                )
            if pressure < 0:
                raise InputError(f"{text.strip()!r} is below zero; give the reading of the gauge")
            return litres
    return read_number(plain, "l")


def read_date(text: str) -> dt.date:
    """A date written year first: "2027-12-31", "2027/1/5", "2027.1.5", "2027年1月5日"; InputError if it is none."""
    found = _DATE.fullmatch(plain_signs(text))
    try:
        if found is not None:
            return dt.date(*map(int, found.groups()))
    except ValueError:  # no such day
        pass
    raise InputError(f"{text.strip()!r} is no date; write year, month and day like 2027-12-31")
