"""Amount of CO2 that a stack emits, in an hour and in a year, and its uncertainty.

    co2_mass_flow(0.12, 250_000.0, content_basis=Basis.DRY, flow_basis=Basis.WET, water=0.08)      kg/h
    amount = annual_amount(hours, site)                   hourly series to t, gaps substituted (MRR Eq. 4)
    emission_uncertainty(amount, influences)              by the GUM and by Monte Carlo, with the tier of MRR Annex VIII

Formulas of one hour: `mass_flow`; the regulation's equations and tiers: `mrr`; hourly series: `hours`; uncertainty:
`uncertainty`. Conversions of HJ 75 and of 40 CFR 75 in their own units are in `testbench.metrology.hj75_conversions` and
`testbench.metrology.part75_emissions`.
"""

from testbench.metrology.emission.hours import AnnualAmount, Hour, Site, annual_amount
from testbench.metrology.emission.mass_flow import Basis, BasisError, Rules, co2_mass_flow
from testbench.metrology.emission.mrr import tier_reached
from testbench.metrology.emission.uncertainty import (
    Correlated,
    EmissionUncertainty,
    Influence,
    Source,
    emission_uncertainty,
)

__all__ = [
    "AnnualAmount",
    "Basis",
    "BasisError",
    "Correlated",
    "EmissionUncertainty",
    "Hour",
    "Influence",
    "Rules",
    "Site",
    "Source",
    "annual_amount",
    "co2_mass_flow",
    "emission_uncertainty",
    "tier_reached",
]
