"""Between quantities with named influences and uncertain numbers, so that correlation is carried by the arithmetic.

`Influences` gives every named influence one elementary uncertain number (value 0, standard uncertainty 1, its degrees of
freedom). A quantity becomes value + Σ contribution·influence, so two quantities that name the same influence are correlated
through it. Numbers are then combined by ordinary arithmetic (first order, GUM 5.1.2 and 5.2.2) and taken apart again::

    influences = Influences()
    difference = influences.number(later) - influences.number(earlier)
    result = influences.quantity(difference, "%")

GTC takes the better part of a second to import; who only sees these names at start-up, such as a guard or the simulated
laboratory, does not wait for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING

from testbench.metrology.arguments import number
from testbench.metrology.quantity import Component, Quantity

if TYPE_CHECKING:
    from GTC.lib import UncertainReal

COUNTER = re.compile(r"\d{0,5}|(.+-)?R\d+")


class InfluenceError(ValueError):
    """An influence that contradicts itself, or an uncertain number that is not made of these influences."""


class Influences:
    """The influences of one calculation, by name; numbers made by two different objects must not be mixed."""

    def __init__(self) -> None:
        self._numbers: dict[str, UncertainReal] = {}

    def influence(self, name: str, degrees_of_freedom: float = math.inf) -> UncertainReal:
        """Return the elementary uncertain number (0, standard uncertainty 1) of the influence `name`.

        Raises InfluenceError for degrees of freedom below 1 and for a second, different number of them.
        """
        import GTC

        known = self._numbers.get(name)
        if known is None:
            if not (isinstance(degrees_of_freedom, Real) and degrees_of_freedom >= 1):
                raise InfluenceError(f"influence {name!r}: degrees of freedom must be at least 1, got {degrees_of_freedom}")
            known = self._numbers[name] = GTC.ureal(0.0, 1.0, degrees_of_freedom, label=name)
        elif GTC.dof(known) != degrees_of_freedom:
            raise InfluenceError(
                f"influence {name!r} has {GTC.dof(known):g} degrees of freedom in one quantity and {degrees_of_freedom:g} "
                "in another: either they are different influences and need different names, or one of the two is wrong"
            )
        return known

    def number(self, quantity: Quantity) -> UncertainReal:
        """Return the uncertain number of a quantity; raise InfluenceError where it contradicts an earlier one."""
        import GTC

        uncertain = GTC.constant(_finite(quantity.value, "value"))
        for name, component in quantity.components.items():
            contribution = _finite(component.contribution, f"influence {name!r}: contribution")
            if contribution != 0.0:
                uncertain = uncertain + contribution * self.influence(name, component.degrees_of_freedom)
        return uncertain

    def quantity(self, number: UncertainReal | float, unit: str) -> Quantity:
        """Return the quantity of an uncertain number: its value, and the signed contribution of each influence.

        Contributions below 1e-12 of the standard uncertainty are what rounding leaves where two cancel; they are left out.
        Raises InfluenceError when the number also depends on uncertain numbers that were made elsewhere, since those have
        no name here.
        """
        import GTC
        from GTC.lib import UncertainReal

        if not isinstance(number, UncertainReal):
            return Quantity(float(number), unit)
        components = {}
        for name, elementary in self._numbers.items():
            contribution = float(GTC.reporting.u_component(number, elementary))
            if abs(contribution) > 1e-12 * number.u:
                components[name] = Component(contribution, float(GTC.dof(elementary)))
        quantity = Quantity(float(number.x), unit, components)
        if not math.isclose(quantity.standard_uncertainty, number.u, rel_tol=1e-9):
            raise InfluenceError("the uncertain number depends on influences that were not named in this calculation")
        return quantity


def _finite(value: float, what: str) -> float:
    try:
        return number(value, what)
    except ValueError:
        raise InfluenceError(f"{what} must be finite, got {value!r}") from None


def effective_degrees_of_freedom(quantity: Quantity) -> float:
    """Return the effective degrees of freedom of a quantity (Welch-Satterthwaite, GUM eq. G.2b); infinite without type A."""
    import GTC

    return float(GTC.dof(Influences().number(quantity)))


def influence_group(name: str) -> str:
    """Return the name of an influence without its counters: "A.reading.12.resolution" is of "A.reading.resolution".

    Counters are parts of at most five digits and identifiers of runs ("…-R03"); longer numbers are names (of cylinders).
    """
    return ".".join(part for part in name.split(".") if not COUNTER.fullmatch(part)) or name


def budget(quantity: Quantity) -> Mapping[str, float]:
    """Return the uncertainty budget by group of influences, largest first, in the unit of the quantity.

    A group's figure is the root of the sum of squares of the contributions whose names differ in their counters alone.
    """
    squares: dict[str, float] = {}
    for name, component in quantity.components.items():
        group = influence_group(name)
        squares[group] = squares.get(group, 0.0) + component.contribution**2
    return {group: math.sqrt(square) for group, square in sorted(squares.items(), key=lambda item: -item[1])}
