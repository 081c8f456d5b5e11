"""A divider in one box in whole procedures: what it makes is known within its uncertainty, whichever kind it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from instruments.twin.direct import direct_divider
from instruments.twin.plant import Plant

FLOWS = {"driver": "alicat-mixer", "full_scale": [5.0, 5.0]}
CONTENTS = {"driver": "modbus-divider", "profile": "sms-calibrator", "source_flow": [0.02, 3.5]}
COMMON = {
    "resource": "twin",
    "gases": ["co2", "zero"],
    "total_flow": 4.0,
    "uncertainty_percent": 1.0,
    "reproducibility_percent": 0.1,
}
DRAWS = 200
LEVEL = 0.6


def with_divider(kind: dict[str, Any], **truth: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        for name in ("mfc-co2", "mfc-n2"):
            del data["instruments"][name]
        data["divider"] = COMMON | kind | {"truth": truth}
        data["devices"] = {"A": data["devices"]["A"]}

    return change


@pytest.mark.parametrize("kind", [FLOWS, CONTENTS], ids=["flows", "contents"])
def test_a_linearity_error_is_found_with_it(kind: dict[str, Any], simulated_station: Any, direct_bench: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        with_divider(kind)(data)
        data["cylinders"]["co2"]["truth"] = {"error_percent": 0.0}

    found = direct_bench(simulated_station(change)).run("linearity", levels=[0.4, 0.6], passes=1)["A", "linearity_error"]
    assert found.value == pytest.approx(4 * 0.6 * 0.4 * 0.6, abs=found.expanded_uncertainty)


@pytest.mark.parametrize("kind", [FLOWS, CONTENTS], ids=["flows", "contents"])
def test_the_stated_uncertainty_covers_the_true_content(
    kind: dict[str, Any], simulated_station: Any, direct_bench: Any
) -> None:
    """Cylinder, impurity, divider and setting are drawn as they are stated; the true content is the plant's own."""
    station = simulated_station(with_divider(kind, flow_error_percent="drawn", content_error_percent="drawn"))
    inside = []
    for seed in range(DRAWS):
        plant = Plant(station.station, seed)
        divider = direct_divider(station, plant)
        divider.supply("CO2", LEVEL * 0.2)
        plant.advance(10.0)
        flows = {
            channel.name: sample.value
            for channel, sample in zip(divider.sources[0].channels, divider.sources[0].collect(), strict=True)
        }
        gas = divider.reference("CO2", flows, 1)
        inside.append(abs(gas.value - plant.true_content("CO2")) <= 2.0 * gas.standard_uncertainty)
    assert 0.91 <= np.mean(inside) <= 0.985


@pytest.mark.parametrize("kind", [FLOWS, CONTENTS], ids=["flows", "contents"])
def test_a_restored_laboratory_makes_the_same_gas(kind: dict[str, Any], simulated_station: Any) -> None:
    station = simulated_station(with_divider(kind, flow_error_percent="drawn", content_error_percent="drawn"))
    plant = Plant(station.station, 3)
    divider = direct_divider(station, plant)
    for level in (0.1, 0.05, 0.2):
        divider.supply("CO2", level)
        plant.advance(plant.now + 60.0)
    again = plant.restored(plant.seed, plant.log, plant.now)
    assert again.true_content("CO2") == plant.true_content("CO2") != 0.2
    assert again.inlet_content("CO2") == plant.inlet_content("CO2")
