"""A value with its uncertainty split into named influences, so that what is common to two values cancels in a difference.

A `Quantity` is first-order (GUM 5.1.2, 5.2): `components[name]` is the signed contribution c_i·u(x_i) of the influence
`name` in the unit of the value. Two quantities that name the same influence are correlated through it; influences of
different names are independent. It is what the engine journals and passes between bench and procedure; calculations are
done with GTC uncertain numbers made of it (`testbench.metrology.uncertain`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from testbench.metrology.arguments import number


@dataclass(frozen=True, slots=True)
class Component:
    """Signed contribution of one influence and its degrees of freedom (infinite when the influence is known by type B)."""

    contribution: float
    degrees_of_freedom: float = math.inf


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, its unit, and the contributions to its standard uncertainty by influence."""

    value: float
    unit: str
    components: Mapping[str, Component] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.value, Decimal | Fraction):
            object.__setattr__(self, "value", number(self.value, "value of a quantity"))

    @property
    def standard_uncertainty(self) -> float:
        """Combined standard uncertainty: root of the sum of the squared contributions (GUM eq. 10)."""
        return math.sqrt(math.fsum(c.contribution**2 for c in self.components.values()))

    def scaled(self, factor: float, unit: str) -> Quantity:
        """Return the same quantity in another unit: value and contributions times `factor`."""
        components = {
            name: Component(component.contribution * factor, component.degrees_of_freedom)
            for name, component in self.components.items()
        }
        return Quantity(self.value * factor, unit, components)
