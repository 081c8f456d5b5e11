"""Numbers as a certificate prints them: uncertainty to two significant digits, the value to the same last digit.

GUM 7.2.6 (JCGM 100:2008): U to at most two significant digits, the estimate consistent with it. Halves round away from zero;
rounding is decimal, from the shortest text that gives the same binary number. Full stop as decimal mark, U+2212 as minus.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
NOTHING = "–"
_PLACES_WITHOUT_UNCERTAINTY = 4
_MOST_PLACES = 9


def rounded(value: float, places: int) -> str:
    """Return a finite value with so many decimal places (negative: rounded to tens, hundreds …), halves away from zero."""
    quantum = Decimal(1).scaleb(-places)
    number = Decimal(repr(float(value))).quantize(quantum, rounding=ROUND_HALF_UP)
    number = abs(number) if number.is_zero() else number
    return f"{number:f}".replace("-", MINUS)


def places_for(uncertainty: float) -> int:
    """Return the decimal places that give an uncertainty two significant digits: 0.0437 → 3 (0.044), 0.0996 → 2 (0.10)."""
    if not (math.isfinite(uncertainty) and uncertainty > 0):
        raise ValueError(f"an uncertainty must be positive and finite, got {uncertainty}")
    number = Decimal(repr(float(uncertainty)))
    places = 1 - number.adjusted()
    if number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP).adjusted() > number.adjusted():
        places -= 1
    return min(places, _MOST_PLACES)


def with_uncertainty(value: float | None, uncertainty: float | None) -> tuple[str, str]:
    """Return value and expanded uncertainty as printed; a dash stands for what is not there.

    Without a usable U the value has four significant digits.
    """
    known = uncertainty is not None and math.isfinite(uncertainty) and uncertainty > 0
    places = places_for(uncertainty) if known and uncertainty is not None else None
    if value is None or not math.isfinite(value):
        text = NOTHING
    elif places is None:
        text = significant(value, _PLACES_WITHOUT_UNCERTAINTY)
    else:
        text = rounded(value, places)
    if places is not None and uncertainty is not None:
        return text, rounded(uncertainty, places)
    return text, "0" if uncertainty == 0 else NOTHING


def significant(value: float | None, digits: int) -> str:
    """Return a value with so many significant digits, never in powers of ten; a dash for None, NaN or infinity."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    places = digits - 1 - Decimal(repr(float(value))).adjusted()
    return rounded(value, max(0, min(places, _MOST_PLACES)))


def signed(text: str) -> str:
    """Return a printed number with its sign shown, for errors and drifts; zero has none."""
    if text == NOTHING or text.startswith(MINUS) or not text.strip("0."):
        return text
    return f"+{text}"


def plain(value: float | None) -> str:
    """Return a stated number (a limit, a range) as it was stated, without padding."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{Decimal(repr(float(value))).normalize():f}".replace("-", MINUS)


def aligned(texts: list[str]) -> list[tuple[str, str]]:
    """Pair each printed number of a column with the invisible characters that align the decimal marks."""
    tails = [len(text) - text.index(".") if "." in text else 0 for text in texts]
    widest = max(tails, default=0)
    pads = []
    for tail in tails:
        missing = widest - tail
        pads.append("" if not missing else ("." + "0" * (missing - 1) if tail == 0 else "0" * missing))
    return list(zip(texts, pads, strict=True))


def moment(time: dt.datetime | None) -> str:
    """Return a date-time to the second with its offset: 2026-03-02 09:00:00 +08:00."""
    if time is None:
        return NOTHING
    text = time.strftime("%Y-%m-%d %H:%M:%S %z")
    return f"{text[:-2]}:{text[-2:]}" if time.utcoffset() is not None else text


def with_unit(number: str, unit: str) -> str:
    """Put a unit behind a printed number, parted by a space that does not break; %F.S. and % too, 1 not."""
    return f"{number}\u00a0{unit}" if unit not in ("", "1") else number
