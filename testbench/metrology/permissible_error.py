"""Maximum permissible errors of OIML R 144:2013, and the readings that are held against them.

Intrinsic error: the larger of ±2 ppm and ±5 % of the true value; on verification and under influences: of ±5 ppm and ±10 %.
Every single reading must be within; ppm is µmol/mol.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked


@checked
@dataclass(frozen=True, slots=True)
class PermissibleError:
    """The larger of an absolute error (µmol/mol) and a share of the true value (percent)."""

    absolute: float
    percent: float

    def at(self, value: float) -> float:
        """Maximum permissible error at a true value, both µmol/mol."""
        return max(self.absolute, self.percent / 100.0 * abs(value))


INTRINSIC = PermissibleError(absolute=2.0, percent=5.0)
VERIFICATION = PermissibleError(absolute=5.0, percent=10.0)
REPEATABILITY_SHARE = 1.0 / 3.0
CROSS_SENSITIVITY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class WorstError:
    """Of several readings of one gas the largest error (reading − reference, signed), and which it was, from 1."""

    error: float
    reference: float
    reading: int

    @property
    def percent_of_reference(self) -> float | None:
        """Error in percent of the reference; None at zero."""
        return 100.0 * self.error / self.reference if self.reference > 0 else None


@checked
def worst_error(readings: Sequence[float], references: Sequence[float]) -> WorstError:
    """The reading that is furthest from its reference (OIML R 144, every reading counts); of equal ones the first.

    Two equally long sequences in one unit. Raises ValueError for none, gaps, or different lengths.
    """
    if len(readings) != len(references) or not readings:
        raise ValueError(f"{len(readings)} readings and {len(references)} references do not make pairs")
    errors = [reading - reference for reading, reference in zip(readings, references, strict=True)]
    if not all(math.isfinite(error) for error in errors):
        raise ValueError("readings and references must be finite numbers")
    index = max(range(len(errors)), key=lambda i: abs(errors[i]))
    return WorstError(errors[index], references[index], index + 1)


@checked
def warm_up_spread(readings: Sequence[float]) -> float:
    """Largest minus smallest of the readings at once and after 2, 5 and 15 min (OIML R 144, warm-up time), in their unit.

    Raises ValueError for fewer than 2 readings or gaps.
    """
    if len(readings) < 2:
        raise ValueError(f"a spread needs at least 2 readings, got {len(readings)}")
    if not all(math.isfinite(reading) for reading in readings):
        raise ValueError("readings must be finite numbers")
    return max(readings) - min(readings)
