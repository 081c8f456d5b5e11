"""Contents of cylinders with their influences, and how a content is written for people."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from testbench.metrology.amount import from_fraction
from testbench.metrology.dilution import zero_gas_content
from testbench.metrology.quantity import Component, Quantity
from testbench.station import Cylinder

FRACTION = "mol/mol"


def cylinder_content(name: str, cylinder: Cylinder, component: str) -> Quantity:
    """Content of `component` (mol/mol) in a cylinder of the station, as its certificate states it.

    Influences: `cylinder.NAME`, the relative error of the content (certificates give the expanded uncertainty, k = 2), or
    `cylinder.NAME.impurity` of a zero gas, rectangular from 0 to the largest content that the certificate admits.
    """
    if component != cylinder.component:
        return Quantity(0.0, FRACTION)
    content = cylinder.fraction_percent / 100.0
    if content == 0:
        return zero_gas_content(cylinder.impurity_umol_per_mol * 1e-6, FRACTION, f"cylinder.{name}.impurity")
    u = content * cylinder.expanded_uncertainty_percent / 200.0
    return Quantity(content, FRACTION, {f"cylinder.{name}": Component(u)} if u > 0 else {})


def in_unit(fraction: float, unit: str, rounding: str = ROUND_HALF_EVEN) -> str:
    """A content (mol/mol) in `unit` with four digits."""
    value = Decimal(f"{from_fraction(fraction, unit):.9g}")
    if not value.is_finite():
        return str(value)
    return f"{Context(prec=4, rounding=rounding).plus(value):g}"


def range_in(low: float, high: float, unit: str) -> str:
    """A range of contents (mol/mol); its ends are rounded inwards, so that what is named can be made."""
    return f"{in_unit(low, unit, ROUND_CEILING)} to {in_unit(high, unit, ROUND_FLOOR)} {unit}"


def suitable_unit(contents: Iterable[float]) -> str:
    """The unit in which these contents (mol/mol) are written together."""
    return "%" if max(contents, default=0.0) >= 1e-3 else "µmol/mol"


def percent(fraction: float) -> str:
    """A content (mol/mol) with a unit, percent where that is legible."""
    unit = "%" if fraction == 0 or fraction >= 1e-4 else "µmol/mol"
    return f"{in_unit(fraction, unit)} {unit}"
