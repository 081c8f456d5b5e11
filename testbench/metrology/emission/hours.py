"""Hourly series of content, flow, temperature, pressure and water to the amount of CO2, with gaps substituted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from testbench.metrology.arguments import number
from testbench.metrology.emission.mass_flow import Basis, BasisError, Rules, basis_factor_power
from testbench.metrology.emission.mrr import substitute
from testbench.metrology.sample import describe

Floats = NDArray[np.float64]


class FlowState(StrEnum):
    """At which state the flows of a series are."""

    DUCT = "duct"  # at temperature and pressure of the duct
    STANDARD = "standard"  # at the standard state of the rules


@dataclass(frozen=True, slots=True)
class Site:
    """What the hourly values of a stack mean.

    `content_basis`, `flow_basis`: dry or wet. `flow_state`: of the flows. A flow in the duct is wet: dry flows exist at the
    standard state alone.
    """

    content_basis: Basis
    flow_basis: Basis = Basis.WET
    flow_state: FlowState = FlowState.DUCT
    rules: Rules = Rules.SI

    def __post_init__(self) -> None:
        if self.flow_state is FlowState.DUCT and self.flow_basis is Basis.DRY:
            raise BasisError("a flow in the duct holds its water: state it as wet, or at the standard state")

    @property
    def water_power(self) -> int:
        """Power of (1 − water) in the product."""
        return basis_factor_power(self.content_basis, self.flow_basis)


@dataclass(frozen=True, slots=True)
class Hour:
    """Means of an hour; None is a gap.

    `content` mol/mol, `flow` m³/h, `temperature_c` °C, `pressure_pa` Pa (absolute, in the duct), `water` mol/mol. What the
    site does not need may be None. Hours out of operation emit nothing.
    """

    content: float | None = None
    flow: float | None = None
    temperature_c: float | None = None
    pressure_pa: float | None = None
    water: float | None = None
    operating: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class AnnualAmount:
    """The amount of a series of hours.

    `hourly` has kg for each hour of operation, in order. `series` has the values by name that it was computed with, `filled`
    says which were substituted, `scatter` the standard deviation of the valid values of what was substituted.
    """

    site: Site
    total_t: float
    hourly: Floats
    series: dict[str, Floats]
    filled: dict[str, NDArray[np.bool_]]
    scatter: dict[str, float]
    hours: int

    @property
    def operating_hours(self) -> int:
        """Hours of operation."""
        return int(self.hourly.size)

    @property
    def mean_kg_per_h(self) -> float:
        """Average hourly emission over the hours of operation (MRR Eq. 2)."""
        return self.total_t * 1e3 / self.operating_hours

    @property
    def substituted_hours(self) -> int:
        """Hours of operation in which anything was substituted."""
        return int(np.logical_or.reduce(list(self.filled.values())).sum())


def annual_amount(hours: Sequence[Hour], site: Site) -> AnnualAmount:
    """Sum of the hourly masses of the hours of operation: E = Σ x_i·Q_i·ρ·(T_n/T_i)·(p_i/p_n)·(1 − w_i)^m · 1 h.

    Temperature and pressure are needed where flows are in the duct, water where content and flow are on different bases.
    Gaps: content and flow by mean + 2·standard deviation of the valid hours of operation (MRR Eq. 4), so that a gap never
    lowers the amount; temperature, pressure and water by their means.

    Raises ValueError without an hour of operation, without a valid hour of something that is needed (at least two where
    there are gaps) and for values that cannot be (the text says in which hour, counted from 1).
    """
    running = [(place, hour) for place, hour in enumerate(hours, start=1) if hour.operating]
    if not running:
        raise ValueError("there is no hour of operation")
    series: dict[str, Floats] = {}
    filled: dict[str, NDArray[np.bool_]] = {}
    scatter: dict[str, float] = {}
    for name in needed(site):
        for place, hour in running:
            _check(name, getattr(hour, name), place)
        values = np.array([math.nan if (value := getattr(h, name)) is None else float(value) for _, h in running])
        gaps = np.isnan(values)
        if gaps.any():
            values[gaps], scatter[name] = _in_place_of_gaps(name, values[~gaps].tolist())
        series[name], filled[name] = values, gaps
    if "temperature_c" in series:
        series["temperature_k"] = series.pop("temperature_c") + site.rules.state.kelvin
        filled["temperature_k"] = filled.pop("temperature_c")
        if "temperature_c" in scatter:
            scatter["temperature_k"] = scatter.pop("temperature_c")
    hourly = constant(site) * np.prod([factor(site, name)(values) for name, values in series.items()], axis=0)
    return AnnualAmount(site, math.fsum(hourly) / 1e3, hourly, series, filled, scatter, len(hours))


def needed(site: Site) -> tuple[str, ...]:
    """Names of the values of an hour that a site needs."""
    names = ["content", "flow"]
    if site.flow_state is FlowState.DUCT:
        names += ["temperature_c", "pressure_pa"]
    if site.water_power:
        names.append("water")
    return tuple(names)


def constant(site: Site) -> float:
    """What stands before the product of the hourly values, so that it is in kg/h."""
    state = site.rules.state
    if site.flow_state is FlowState.STANDARD:
        return site.rules.kg_per_m3
    return site.rules.kg_per_m3 * (state.temperature_c + state.kelvin) / state.pressure_pa


def factor(site: Site, name: str) -> Callable[[Floats], Floats]:
    """How a value enters the product."""
    if name == "temperature_k":
        return lambda kelvin: 1.0 / kelvin
    if name == "water":
        return lambda water: np.asarray((1.0 - water) ** site.water_power)
    return lambda value: value


def _in_place_of_gaps(name: str, valid: list[float]) -> tuple[float, float]:
    if len(valid) < 2:
        raise ValueError(f"{name}: {len(valid)} valid hours; gaps need at least 2 to be substituted from")
    sample = describe(valid)
    spread = sample.standard_deviation or 0.0
    if name == "content":
        return min(substitute(valid), 1.0), spread
    return (substitute(valid) if name == "flow" else sample.mean), spread


_LIMITS: dict[str, tuple[float, float, str]] = {
    "content": (0.0, 1.0, "mol/mol"),
    "flow": (0.0, 1e9, "m³/h"),
    "temperature_c": (-100.0, 2000.0, "°C"),
    "pressure_pa": (1e3, 1e6, "Pa"),
    "water": (0.0, 0.99, "mol/mol"),
}


def _check(name: str, value: float | None, place: int) -> None:
    if value is None:
        return
    low, high, unit = _LIMITS[name]
    found = value if isinstance(value, float) else number(value, f"hour {place}, {name}")
    if not low <= found <= high:
        raise ValueError(f"hour {place}: {name} must be from {low:g} to {high:g} {unit}, got {found:g}")
