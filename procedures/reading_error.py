"""The error of single readings against their reference, as OIML R 144 judges it: every reading counts, the worst decides.

The finding is in percent of the reference; the same in µmol/mol serves the absolute branch of the permissible error.
"""

from __future__ import annotations

from collections.abc import Sequence

from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.permissible_error import worst_error
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import degrees_of_freedom
from testbench.metrology.uncertain import Influences, budget


def worst_reading(device: DeviceInfo, characteristic: str, index: str, readings: Sequence[Averages]) -> Finding:
    """The reading furthest from its reference, percent of the reference; `index` names the gas or the condition.

    The uncertainty holds for all readings at once. Raises ValueError for missing readings or a reference that is not above
    zero.
    """
    pairs = [_pair(device, index, averages) for averages in readings]
    worst = worst_error([i.value for i, _ in pairs], [r.value for _, r in pairs])
    percent = worst.percent_of_reference
    if percent is None:
        raise ValueError(f"the error at {index} has no percentage: the reference is not above zero")
    error, expanded = _error(device, pairs[worst.reading - 1], len(pairs))
    to_percent, micro = 100.0 / worst.reference, 1e6 * to_fraction(1.0, device.unit)
    return Finding(
        device.name,
        characteristic,
        percent,
        "%",
        expanded_uncertainty=to_percent * expanded.uncertainty,
        coverage_factor=expanded.factor,
        index=index,
        details={
            "unit": device.unit,
            "readings": [i.value for i, _ in pairs],
            "references": [r.value for _, r in pairs],
            "worst_reading": worst.reading,
            "budget": {name: to_percent * share for name, share in budget(error).items()},
            "variables": {"difference": micro * worst.error, "reference": micro * worst.reference},
            "expressed": {
                "absolute": {
                    "value": micro * worst.error,
                    "unit": "µmol/mol",
                    "expanded_uncertainty": micro * expanded.uncertainty,
                }
            },
        },
    )


def _pair(device: DeviceInfo, index: str, averages: Averages) -> tuple[Quantity, Quantity]:
    reading = averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading at {index}")
    return reading.indication, reading.reference


def _error(device: DeviceInfo, pair: tuple[Quantity, Quantity], readings: int) -> tuple[Quantity, Expanded]:
    influences = Influences()
    number = influences.number(pair[0]) - influences.number(pair[1])
    error = influences.quantity(number, device.unit)
    return error, expand(error.standard_uncertainty, degrees_of_freedom(number), of=readings)
