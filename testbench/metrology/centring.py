"""Polynomials about the middle of their arguments, where they lose no digits, and the same polynomials about zero.

A line through points at 2001, 2002 and 2003 has an intercept that lies far from all of them, and the covariances of
intercept and slope nearly cancel wherever the line is used. About the middle of the points they do not: fits are made and
used there, and only what is shown (ISO/TS 28037: a, b and their covariance) is turned to zero, in rational arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where arguments and values are counted from, and the unit of the arguments: t = (x − middle)/reach, y − level."""

    middle: float = 0.0
    reach: float = 1.0
    level: float = 0.0

    @staticmethod
    def of(arguments: Floats, values: Floats) -> Frame:
        """The frame of points: their mid-range, the half of it, and the mean of their values."""
        low, high = float(arguments.min()), float(arguments.max())
        return Frame(low / 2.0 + high / 2.0, high / 2.0 - low / 2.0, float(values.mean()))

    def inside(self, arguments: Floats) -> Floats:
        """Arguments t of x."""
        return (arguments - self.middle) / self.reach

    def outside(self, inside: Floats) -> Floats:
        """Arguments x of t."""
        return self.middle + self.reach * inside

    def about_zero(self, coefficients: Floats, covariance: Floats) -> tuple[Floats, Floats]:
        """Coefficients of the powers of x, and their covariance matrix, from those of the powers of t.

        b_k = Σ_j c_j·C(j, k)·(−middle)^(j − k)/reach^j, the level added to b_0; V(b) = M·V(c)·Mᵀ.
        """
        n = coefficients.size
        middle, reach = Fraction(self.middle), Fraction(self.reach)
        turn = [
            [comb(j, k) * (-middle) ** (j - k) / reach**j if j >= k else Fraction(0) for j in range(n)] for k in range(n)
        ]
        c = [Fraction(float(each)) for each in coefficients]
        v = [[Fraction(float(each)) for each in row] for row in covariance]
        b = [sum((turn[k][j] * c[j] for j in range(n)), Fraction(0)) for k in range(n)]
        b[0] += Fraction(self.level)
        half = [[sum((row[i] * v[i][j] for i in range(n)), Fraction(0)) for j in range(n)] for row in turn]
        full = [[float(sum((left[j] * row[j] for j in range(n)), Fraction(0))) for row in turn] for left in half]
        return np.array([float(each) for each in b]), np.array(full)
