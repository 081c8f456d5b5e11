"""Verification of a gas dilution system for field calibrations (40 CFR 51 Appendix M, Method 205).

Numbers are floats in any one unit; nothing is rounded. Percentages carry their sign where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked

LEAST_LEVELS = 2
INJECTIONS = 3
NEAR_A_LEVEL_PERCENT = 10.0


@checked
def diluted_content(cylinder: float, source_flow: float, diluent_flow: float) -> float:
    """Predicted content of a dilution C = C_s·q_s/(q_s + q_d): flows in one unit, the diluent free of the component."""
    if source_flow < 0 or diluent_flow < 0 or not source_flow + diluent_flow > 0:
        raise ValueError(f"no dilution of flows {source_flow:g} and {diluent_flow:g}")
    return cylinder * source_flow / (source_flow + diluent_flow)


@dataclass(frozen=True, slots=True)
class DilutionLevel:
    """Response to one level: mean, its difference from the prediction and the injection farthest from the mean, percent.

    `accuracy_percent` is (mean − predicted)/predicted·100; `largest_departure_percent` the signed
    (injection − mean)/mean·100 of largest magnitude, `largest_index` its number from 0.
    """

    mean: float
    predicted: float
    accuracy_percent: float
    largest_departure_percent: float
    largest_index: int


@checked
def dilution_level(injections: Sequence[float], predicted: float) -> DilutionLevel:
    """Evaluate the (three) injections of one level (Method 205, 3.2.4 to 3.2.6): limits are 2 % for both percentages.

    Raises ValueError for no injection, a mean or a prediction that is not above zero.
    """
    if not injections:
        raise ValueError("a level needs at least one injection")
    mean = sum(injections) / len(injections)
    if not (mean > 0 and predicted > 0):
        raise ValueError(f"mean {mean:g} and prediction {predicted:g} must be above zero")
    departures = [100.0 * (injection - mean) / mean for injection in injections]
    index = max(range(len(departures)), key=lambda number: abs(departures[number]))
    return DilutionLevel(mean, predicted, 100.0 * (mean - predicted) / predicted, departures[index], index)


@checked
def is_near_a_level(protocol_gas: float, levels: Sequence[float]) -> bool:
    """Whether the undiluted gas lies within 10 % of one of the levels that were tested, as Method 205 (3.2.7) asks."""
    return any(abs(protocol_gas - level) <= NEAR_A_LEVEL_PERCENT / 100.0 * level for level in levels)
