"""What is saved by serving several standards at once: each of them planned alone, and all of them together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testbench.criteria.standard import Standard
from testbench.engine.combining import own_suite
from testbench.engine.plan import Plan, make_plan
from testbench.errors import TestbenchError
from testbench.station import StationFile


@dataclass(frozen=True, slots=True)
class Effort:
    """What an evaluation takes: bench time (s) and litres of gas by cylinder."""

    duration_s: float
    gas_litres: Mapping[str, float]

    @property
    def litres(self) -> float:
        """All gas."""
        return math.fsum(self.gas_litres.values())


@dataclass(frozen=True, slots=True)
class Saving:
    """What each standard would take alone, by its name, and what all take together."""

    alone: Mapping[str, Effort]
    together: Effort

    @property
    def apart(self) -> Effort:
        """All of them one after the other."""
        efforts = self.alone.values()
        names = dict.fromkeys(name for effort in efforts for name in effort.gas_litres)
        litres = {name: math.fsum(effort.gas_litres.get(name, 0.0) for effort in efforts) for name in names}
        return Effort(math.fsum(effort.duration_s for effort in efforts), litres)

    @property
    def saved_s(self) -> float:
        """Bench time that is saved; negative where the suite was made longer than the standards' own."""
        return self.apart.duration_s - self.together.duration_s

    @property
    def saved_litres(self) -> float:
        """Gas that is saved, of all cylinders."""
        return self.apart.litres - self.together.litres


def saving(plan: Plan, station: StationFile, standard: Standard, *, devices: Sequence[str] | None = None) -> Saving | None:
    """Plan each part of a combined standard alone; None for a single one, or where one cannot be done on this station."""
    if not standard.parts:
        return None
    alone = {}
    measurand = station.station.measurand_of(devices)
    for part in standard.parts if measurand is None else standard.carried_out_for(measurand).parts:
        try:
            own = make_plan(station, own_suite(part), part, devices=devices)
        except TestbenchError:  # then there is nothing to compare with; what stands in the way is told of the plan itself
            return None
        alone[part.name] = Effort(own.duration_s, own.gas_litres)
    return Saving(alone, Effort(plan.duration_s, plan.gas_litres))
