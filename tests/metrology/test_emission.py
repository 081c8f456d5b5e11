"""Amount of CO2 and its uncertainty: the formulas of the facts they come from, properties, and budgets worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.emission import (
    Basis,
    BasisError,
    Correlated,
    Hour,
    Influence,
    Rules,
    Site,
    Source,
    annual_amount,
    co2_mass_flow,
    emission_uncertainty,
    tier_reached,
)
from testbench.metrology.emission.hours import FlowState
from testbench.metrology.emission.mass_flow import KG_PER_SHORT_TON, M3_PER_SCF
from testbench.metrology.emission.mrr import (
    annual_emission,
    average_hourly_emission,
    co2_by_difference,
    combined_percent,
    substitute,
)
from testbench.metrology.emission.uncertainty import GAPS, Shape
from testbench.metrology.hj75_conversions import (
    MOLAR_MASSES,
    mass_concentration,
    mass_rate,
    standard_dry_flow,
)
from testbench.metrology.part75_emissions import co2_mass_rate, co2_mass_rate_dry

HOUR = Hour(content=0.12, flow=400_000.0, temperature_c=130.0, pressure_pa=101_000.0, water=0.08)
DRY_CONTENT = Site(Basis.DRY)
K95 = 1.959963984540054


def test_the_mass_flow_is_content_times_flow_times_the_mass_of_a_cubic_metre() -> None:
    found = co2_mass_flow(0.12, 250_000.0, content_basis=Basis.WET, flow_basis=Basis.WET)
    assert found == pytest.approx(0.12 * 250_000 * 44.01 / 22.414, rel=1e-15)


def test_a_dry_content_times_a_wet_flow_needs_the_water() -> None:
    with pytest.raises(BasisError, match="a dry content times a wet flow is no emission: give the water content"):
        co2_mass_flow(0.12, 1.0, content_basis=Basis.DRY, flow_basis=Basis.WET)
    dry = co2_mass_flow(0.12, 1000.0, content_basis=Basis.DRY, flow_basis=Basis.WET, water=0.1)
    same = co2_mass_flow(0.12, 900.0, content_basis=Basis.DRY, flow_basis=Basis.DRY)
    wet = co2_mass_flow(0.108, 900.0, content_basis=Basis.WET, flow_basis=Basis.DRY, water=0.1)
    assert dry == pytest.approx(same, rel=1e-14)
    assert wet == pytest.approx(same, rel=1e-14)


def test_the_rules_of_the_epa_are_those_of_part_75() -> None:
    scfh, percent, water = 1e7, 11.0, 7.0
    flow = scfh * M3_PER_SCF
    wet = co2_mass_flow(percent / 100, flow, content_basis=Basis.WET, flow_basis=Basis.WET, rules=Rules.EPA)
    dry = co2_mass_flow(percent / 100, flow, content_basis=Basis.DRY, flow_basis=Basis.WET, water=0.07, rules=Rules.EPA)
    assert wet == pytest.approx(co2_mass_rate(percent, scfh) * KG_PER_SHORT_TON, rel=1e-12)
    assert dry == pytest.approx(co2_mass_rate_dry(percent, scfh, water) * KG_PER_SHORT_TON, rel=1e-12)


def test_the_rules_of_hj_75_are_the_chain_of_its_annex() -> None:
    found = annual_amount([HOUR], replace(DRY_CONTENT, rules=Rules.HJ75))
    content = mass_concentration(120_000.0, MOLAR_MASSES["CO2"])
    flow = standard_dry_flow(400_000.0, temperature_c=130.0, barometric_pa=101_000.0, static_pa=0.0, water_percent=8.0)
    assert found.hourly[0] == pytest.approx(mass_rate(content, flow), rel=1e-13)


def test_a_volume_at_20_degrees_is_larger_than_at_0_degrees() -> None:
    of_si, of_epa = (annual_amount([HOUR], replace(DRY_CONTENT, rules=rules)).total_t for rules in (Rules.SI, Rules.EPA))
    assert of_epa / of_si == pytest.approx(1.0, abs=0.005)
    assert Rules.SI.kg_per_m3 / Rules.EPA.kg_per_m3 == pytest.approx(1.073, abs=0.003)


def test_equations_of_the_mrr() -> None:
    assert annual_emission([200.0, 250.0], [1e6, 2e6]) == pytest.approx(700.0)
    assert average_hourly_emission(700.0, 2.0) == 350_000.0
    assert co2_by_difference([80.0, 6.0, 2.5]) == 11.5
    assert substitute([10.0, 12.0, 11.0]) == 13.0


@pytest.mark.parametrize(("u", "tier"), [(2.5, 4), (2.51, 3), (5.0, 3), (7.5, 2), (10.0, 1), (10.01, 0), (0.0, 4)])
def test_tiers_end_at_their_limits(u: float, tier: int) -> None:
    assert tier_reached(u) == tier


def test_a_budget_of_systematic_parts_reaches_tier_3() -> None:
    parts = [(1.0, 1), (2.0, 1), (0.5, 1), (0.3, 1), (0.3, 1), (0.3, 1)]
    assert combined_percent(parts) == pytest.approx(math.sqrt(5.52), rel=1e-15)
    assert combined_percent([*parts, (3.0, 10_000)]) == pytest.approx(math.sqrt(5.5209), rel=1e-15)
    assert tier_reached(2 * combined_percent(parts)) == 3


def test_gaps_are_substituted_so_that_they_never_lower_the_amount_and_stops_emit_nothing() -> None:
    hours = [replace(HOUR, content=c) for c in (0.10, 0.12, 0.11, None)] + [Hour(operating=False)]
    found = annual_amount(hours, DRY_CONTENT)
    assert found.series["content"].tolist() == [0.10, 0.12, 0.11, 0.13]
    assert (found.operating_hours, found.hours, found.substituted_hours) == (4, 5, 1)
    assert found.mean_kg_per_h == pytest.approx(float(found.hourly.mean()))


def relative(*influences: Influence, correlations: tuple[Correlated, ...] = (), hours: int = 1) -> float:
    """Standard uncertainty of so many equal hours in percent, by the GUM."""
    found = emission_uncertainty(annual_amount([HOUR] * hours, DRY_CONTENT), influences, correlations, monte_carlo=False)
    return 100 * found.gum.standard_uncertainty / found.total_t


@pytest.mark.parametrize(
    ("influence", "percent"),
    [
        (Influence("a", Source.CONTENT, relative=0.01), 1.0),
        (Influence("a", Source.FLOW, relative=0.02), 2.0),
        (Influence("a", Source.AREA, relative=0.003), 0.3),
        (Influence("a", Source.CONTENT, absolute=0.0012), 1.0),
        (Influence("a", Source.WATER, absolute=0.0046), 0.5),
        (Influence("a", Source.TEMPERATURE, absolute=4.0315), 1.0),
        (Influence("a", Source.PRESSURE, absolute=1010.0), 1.0),
    ],
    ids=lambda value: value.source.value if isinstance(value, Influence) else "",
)
def test_sensitivities_are_those_of_the_formula(influence: Influence, percent: float) -> None:
    assert relative(influence) == pytest.approx(percent, rel=2e-4)
    assert relative(influence, hours=50) == pytest.approx(percent, rel=2e-4)


def test_random_influences_average_out_and_systematic_ones_do_not() -> None:
    noise = Influence("noise", Source.CONTENT, relative=0.04, random_hours=1)
    daily = replace(noise, name="daily", random_hours=4)
    assert relative(noise) == pytest.approx(4.0, rel=1e-6)
    assert relative(noise, hours=16) == pytest.approx(1.0, rel=1e-6)
    assert relative(daily, hours=16) == pytest.approx(2.0, rel=1e-6)
    assert relative(noise, daily, Influence("k", Source.FLOW, relative=0.02), hours=16) == pytest.approx(3.0, rel=1e-6)


@given(r=st.floats(-1, 1), one=st.floats(0.001, 0.03), other=st.floats(0.001, 0.03))
@settings(max_examples=30)
def test_correlated_influences_add_with_their_coefficient(r: float, one: float, other: float) -> None:
    pair = (Influence("C", Source.CONTENT, relative=one), Influence("Q", Source.FLOW, relative=other))
    expected = 100 * math.sqrt(max(0.0, one**2 + other**2 + 2 * r * one * other))
    if expected > 1e-3:
        assert relative(*pair, correlations=(Correlated("C", "Q", r),)) == pytest.approx(expected, rel=1e-3)


def test_gaps_of_one_stretch_share_their_error() -> None:
    contents: list[float | None] = [0.11, 0.13, 0.12] * 4
    contents[4] = contents[5] = contents[9] = None
    amount = annual_amount([replace(HOUR, content=c) for c in contents], DRY_CONTENT)
    found = emission_uncertainty(amount, [Influence("C", Source.CONTENT, relative=0.0001)], monte_carlo=False)
    of_gaps = next(line for line in found.budget if line.name == GAPS + "content")
    per_hour = amount.scatter["content"] * amount.hourly[0] / amount.series["content"][0] / 1e3
    assert abs(of_gaps.contribution_t) == pytest.approx(per_hour * math.sqrt(2**2 + 1), rel=1e-6)


def test_monte_carlo_validates_a_linear_budget_and_refutes_a_rectangular_one() -> None:
    amount = annual_amount([HOUR] * 24, DRY_CONTENT)
    normal = emission_uncertainty(
        amount, [Influence("C", Source.CONTENT, relative=0.01), Influence("K", Source.VELOCITY_COEFFICIENT, relative=0.02)]
    )
    assert normal.monte_carlo is not None
    assert normal.validation is not None
    assert normal.validation.valid
    assert normal.expanded_percent == pytest.approx(K95 * math.sqrt(5), rel=1e-6)
    assert normal.monte_carlo_percent == pytest.approx(normal.expanded_percent, rel=0.01)
    assert normal.tier == 3

    flat = emission_uncertainty(amount, [Influence("C", Source.CONTENT, relative=0.0268, shape=Shape.RECTANGULAR)])
    assert flat.validation is not None
    assert not flat.validation.valid
    assert flat.expanded_percent == pytest.approx(K95 * 2.68, rel=1e-6)
    assert flat.monte_carlo_percent == pytest.approx(0.95 * math.sqrt(3) * 2.68, rel=0.005)
    assert (tier_reached(flat.expanded_percent), flat.tier) == (2, 3)


def test_the_sum_over_the_hours_in_error_is_what_monte_carlo_evaluates() -> None:
    generator = np.random.default_rng(3)
    hours = [
        Hour(0.12 + 0.01 * a, 4e5 * (1 + 0.1 * b), 130 + 5 * c, 101_000 + 300 * a, 0.08 + 0.005 * b)
        for a, b, c in generator.standard_normal((50, 3))
    ]
    amount = annual_amount(hours, DRY_CONTENT)
    found = emission_uncertainty(
        amount,
        [
            Influence("C", Source.CONTENT, relative=0.05),
            Influence("Q", Source.FLOW, relative=0.05),
            Influence("w", Source.WATER, absolute=0.01),
            Influence("T", Source.TEMPERATURE, absolute=10.0),
            Influence("p", Source.PRESSURE, absolute=2000.0),
        ],
    )
    assert found.monte_carlo is not None
    series = amount.series
    trials = 4000
    z = generator.standard_normal((5, trials, 1))
    direct = (
        series["content"] * (1 + 0.05 * z[0])
        * series["flow"] * (1 + 0.05 * z[1])
        * (1 - series["water"] - 0.01 * z[2])
        / (series["temperature_k"] + 10.0 * z[3])
        * (series["pressure_pa"] + 2000.0 * z[4])
    ).sum(axis=1) * (44.01 / 22.414 * 273.15 / 101_325 / 1e3)  # fmt: skip
    assert found.monte_carlo.standard_uncertainty == pytest.approx(direct.std(ddof=1), rel=4 / math.sqrt(2 * trials))
    assert found.monte_carlo.value == pytest.approx(direct.mean(), abs=4 * direct.std() / math.sqrt(trials))


def test_a_wet_content_and_a_dry_flow_are_divided_by_the_dry_share() -> None:
    site = Site(Basis.WET, Basis.DRY, FlowState.STANDARD)
    amount = annual_amount([Hour(content=0.11, flow=3e5, water=0.08)], site)
    assert amount.hourly[0] == pytest.approx(0.11 * 3e5 / 0.92 * 44.01 / 22.414, rel=1e-14)
    found = emission_uncertainty(amount, [Influence("w", Source.WATER, absolute=0.0046)], monte_carlo=False)
    assert found.gum.contributions["w"] / found.total_t == pytest.approx(0.005, rel=1e-4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Site(Basis.DRY, Basis.DRY), "a flow in the duct holds its water"),
        (lambda: annual_amount([Hour(operating=False)], DRY_CONTENT), "no hour of operation"),
        (lambda: annual_amount([HOUR, replace(HOUR, water=None)], DRY_CONTENT), "water: 1 valid hours"),
        (lambda: annual_amount([HOUR, replace(HOUR, content=12.0)], DRY_CONTENT), "hour 2: content must be from 0 to 1"),
        (lambda: relative(), "needs at least one influence"),
        (lambda: relative(Influence("a", Source.FLOW, relative=0.0)), "no influence contributes"),
        (lambda: relative(*[Influence("a", Source.FLOW, relative=0.1)] * 2), "two influences are called 'a'"),
        (lambda: Influence("a", Source.FLOW), "either relative or absolute"),
        (lambda: Influence("a", Source.TEMPERATURE, relative=0.1), "must be absolute, in K"),
        (lambda: Influence("a", Source.AREA, absolute=0.1), "must be relative"),
        (lambda: Influence("a", Source.FLOW, relative=-0.1), "0 or more"),
        (lambda: Influence("a", Source.FLOW, relative=0.1, random_hours=0), "at least 1 hour"),
        (
            lambda: relative(Influence("a", Source.FLOW, relative=0.1), correlations=(Correlated("a", "b", 0.5),)),
            "names 'b', which is no influence",
        ),
        (lambda: combined_percent([]), "at least one contribution"),
        (lambda: co2_by_difference([60.0, 50.0]), "100 % at most"),
        (lambda: substitute([1.0]), "at least 2 valid ones"),
        (lambda: co2_mass_flow(12.0, 1.0, content_basis=Basis.WET, flow_basis=Basis.WET), "from 0 to 1 mol/mol"),
    ],
)
def test_what_has_no_answer_is_refused(make: object, words: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=words):
        make()
