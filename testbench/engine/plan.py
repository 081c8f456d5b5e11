"""A suite of procedures as it is going to be run, and its plan: every step before a valve is opened."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from testbench.criteria.standard import Metric, Standard
from testbench.engine.assembly import assemble, shared_range
from testbench.engine.clock import wall_now
from testbench.engine.combining import combine, own_suite
from testbench.engine.dry import DryBench, PlannedStep, require_roles
from testbench.engine.interlocks import Watched, watched
from testbench.engine.prompting import folder_of
from testbench.engine.registry import check_truth
from testbench.engine.suite_item import SuiteItem as SuiteItem
from testbench.errors import StationError
from testbench.station import StationFile

REFERENCE_SHARE = 1.0 / 3.0  # the reference's expanded uncertainty should not exceed this share of the limit


@dataclass(frozen=True, slots=True)
class Plan:
    """What an evaluation would do: steps, duration (s), litres of gas by cylinder, and what is wrong with it."""

    steps: tuple[PlannedStep, ...]
    duration_s: float
    gas_litres: Mapping[str, float]
    limits_percent_fs: Mapping[str, float]
    warnings: tuple[str, ...]

    def flagged(self, step: PlannedStep) -> bool:
        """Whether the reference's expanded uncertainty exceeds a third of the smallest limit that the step serves."""
        limit = self.limits_percent_fs.get(step.procedure)
        uncertainty = step.reference_uncertainty_percent_fs
        return limit is not None and uncertainty is not None and uncertainty > REFERENCE_SHARE * limit


def suite_of(standard: Standard) -> tuple[SuiteItem, ...]:
    """The suite of a standard, its settings checked; of a combined one the suite that serves all of them."""
    return combine(standard.parts) if standard.parts else own_suite(standard)


def make_plan(
    station: StationFile, items: Sequence[SuiteItem], standard: Standard | None, *, devices: Sequence[str] | None = None
) -> Plan:
    """Run the suite on a model. Raises what would stop the evaluation: missing roles, gas that cannot be made."""
    equipment = assemble(station, devices=devices)
    check_truth(station)
    interlocks = watched(station.station.interlocks, equipment, devices=station.station.devices)
    low, _ = shared_range(equipment)
    if low != 0 and not next(iter(equipment.information.values())).kind.moves:
        raise StationError(f"station file {station.path}: a range must begin at 0 for zero gas to be its low end")
    component = next(iter(equipment.information.values())).measurand
    wait_every_s = 60.0 if station.station.jumps else 1.0
    bench = DryBench(equipment, line=station.station.line, component=component, wait_every_s=wait_every_s)
    for number, item in enumerate(items, start=1):
        require_roles(equipment, item.procedure.name, item.procedure.roles, str(station.path))
        bench.begin_run(number, item.procedure.name, folder_of(item.procedure.function))
        item.procedure.function(bench, item.settings)
    litres: dict[str, float] = defaultdict(float)
    for step in bench.steps:
        for cylinder, volume in step.gas_litres.items():
            litres[cylinder] += volume
    measurand = bench.devices[0].measurand
    limits = _limits(items, standard, measurand)
    plan = Plan(tuple(bench.steps), bench.now, dict(litres), limits, ())
    return Plan(
        plan.steps,
        plan.duration_s,
        plan.gas_litres,
        limits,
        (*_unwatched(station, interlocks), *_warnings(plan, station, items, standard, measurand)),
    )


def _limits(items: Iterable[SuiteItem], standard: Standard | None, measurand: str) -> dict[str, float]:
    """Smallest limit in percent of full scale that each procedure's findings are judged by."""
    limits: dict[str, float] = {}
    judging = standard.each if standard is not None else ()
    for item in items:
        found = [
            float(requirement.limit)
            for part in judging
            if item.serves(part.name)
            for name in item.procedure.characteristics
            if (criterion := part.criterion_for(name, measurand)) is not None
            for requirement in criterion.requirements
            if requirement.metric is Metric.PERCENT_OF_FULL_SCALE
        ]
        if found:
            limits[item.procedure.name] = min([*found, limits.get(item.procedure.name, math.inf)])
    return limits


def _unwatched(station: StationFile, interlocks: Iterable[Watched]) -> Iterable[str]:
    watching = {interlock.name for interlock in interlocks}
    for name, table in station.station.interlocks.items():
        if name not in watching:
            yield f"interlock {name}: {table.channel} does not take part, so nothing watches it"


def _warnings(
    plan: Plan, station: StationFile, items: Sequence[SuiteItem], standard: Standard | None, measurand: str
) -> Iterable[str]:
    for name, litres in sorted(plan.gas_litres.items()):
        cylinder = station.station.cylinders.get(name)
        if cylinder is not None and cylinder.content_litres is not None and litres > cylinder.content_litres:
            yield (
                f"cylinder {name}: {litres:.0f} L are needed, {cylinder.content_litres:.0f} L are in it; "
                "have a second one ready, or lower the divider's total_flow"
            )
    flagged = sorted({(step.procedure, step.level) for step in plan.steps if plan.flagged(step) and step.level is not None})
    for procedure, level in flagged:
        yield (
            f"{procedure}: at {100 * level:g} %F.S. the reference's expanded uncertainty exceeds a third of the limit "
            f"(±{plan.limits_percent_fs[procedure]:g} %F.S.)"
        )
    for part in standard.each if standard is not None else ():
        found = {name for item in items if item.serves(part.name) for name in item.procedure.characteristics}
        asked = {criterion.characteristic for criterion in part.criteria if criterion.applies_to(measurand, None)}
        for name in sorted(asked - found):
            yield f"criterion {name} of {part.name}: no procedure of this suite determines it; it will be inconclusive"
    for name, cylinder in station.station.cylinders.items():
        if cylinder.valid_until is None:
            yield f"cylinder {name}: no validity date in the station file; check its certificate"
        elif cylinder.valid_until < (end := wall_now().date() + dt.timedelta(seconds=plan.duration_s)):
            yield (
                f"cylinder {name}: its certificate is valid until {cylinder.valid_until}, the evaluation ends {end}; "
                "an expired one is refused"
            )
