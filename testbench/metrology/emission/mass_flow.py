"""Mass flow of CO2 from its content and the volume flow, both on a stated basis and at a stated standard state."""

from __future__ import annotations

import math
from enum import StrEnum

from testbench.metrology.arguments import checked
from testbench.metrology.part75_emissions import CO2_TONS_PER_SCF_PERCENT
from testbench.metrology.standard_state import EPA, HJ75, NORMAL, StandardState

MOLAR_MASS_CO2 = 44.01  # g/mol
KG_PER_SHORT_TON = 907.18474
M3_PER_SCF = 0.3048**3


class BasisError(ValueError):
    """Dry and wet data, or volumes at different states, that would be multiplied with one another."""


class Basis(StrEnum):
    """Whether a content or a flow counts the water of the gas."""

    DRY = "dry"
    WET = "wet"


class Rules(StrEnum):
    """By whose constants the mass is counted: the standard state and the mass of CO2 in a cubic metre of it.

    `SI`: 0 °C, 273.15 K, 44.01/22.414 kg/m³. `HJ75`: 0 °C, 273 K, 44.01/22.4 kg/m³ (annex of HJ 75-2017). `EPA`: 20 °C,
    293 K, 5.7·10⁻⁷ short tons in a scf for each percent (40 CFR 75 Appendix F, F-11), which is 1.826 kg/m³.
    """

    SI = "si"
    HJ75 = "hj75"
    EPA = "epa"

    @property
    def state(self) -> StandardState:
        """The standard state that flows are referred to."""
        return {Rules.SI: NORMAL, Rules.HJ75: HJ75, Rules.EPA: EPA}[self]

    @property
    def kg_per_m3(self) -> float:
        """Mass of one cubic metre of CO2 at the standard state, kg."""
        if self is Rules.EPA:
            return CO2_TONS_PER_SCF_PERCENT * 100.0 * KG_PER_SHORT_TON / M3_PER_SCF
        return MOLAR_MASS_CO2 / (22.414 if self is Rules.SI else 22.4)


def basis_factor_power(content_basis: Basis, flow_basis: Basis) -> int:
    """Power m of (1 − water) in content·flow·(1 − water)^m: 1 for dry·wet, −1 for wet·dry, 0 for one basis."""
    if content_basis is flow_basis:
        return 0
    return 1 if content_basis is Basis.DRY else -1


@checked
def co2_mass_flow(
    content: float,
    flow: float,
    *,
    content_basis: Basis,
    flow_basis: Basis,
    water: float | None = None,
    rules: Rules = Rules.SI,
) -> float:
    """Mass flow of CO2 in kg/h: E = x·Q·ρ·(1 − w)^m, ρ and the standard state by `rules`.

    `content` x in mol/mol, `flow` Q in m³/h at the standard state of `rules`, `water` w in mol/mol. A dry content times a
    wet flow needs the water content (m = 1), a wet content times a dry flow as well (m = −1); on one basis m = 0.

    Raises BasisError where the bases differ and the water content is not given, ValueError for a content outside 0 to 1, a
    negative flow and a water content outside 0 to below 1.
    """
    if not 0 <= content <= 1:
        raise ValueError(f"the CO2 content must be from 0 to 1 mol/mol, got {content:g}")
    if not 0 <= flow < math.inf:
        raise ValueError(f"the flow must be 0 or more, got {flow:g} m³/h")
    power = basis_factor_power(content_basis, flow_basis)
    if power and water is None:
        raise BasisError(
            f"a {content_basis.value} content times a {flow_basis.value} flow is no emission: give the water content"
        )
    if water is not None and not 0 <= water < 1:
        raise ValueError(f"the water content must be from 0 to below 1 mol/mol, got {water:g}")
    return content * flow * rules.kg_per_m3 * (1.0 - (water or 0.0)) ** power
